"""What programs of universal testers have in common: quantities, units, geometry.

Words say whether a column is a load or a deformation, its unit says which: N is a force and MPa a
stress, mm an extension and % a strain. Nothing is read without a unit. Signs are those of the file.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import FormatError, Notice
from measurements.formats._checks import Source, clean_text, short_list
from measurements.formats._text import Grid, number, numeric

LOAD, DEFORMATION, SENSOR, TIME = "load", "deformation", "extensometer", "time"
BY_SENSOR = r"( \d| \((strain \d|extensom\w+)\))"
BY_CROSSHEAD = r"( \(extension\))?"
WORDS = (
    (LOAD, r"((standard|axial|test|tensile|machine|applied) ?)?(force|load)( (standard|axial))?"),
    (LOAD, r"(standard|prüf|zug)?kraft|charge|effort"),
    (LOAD, r"((tensile|engineering|nominal|axial) )?stress|(zug|nenn)?spannung|contrainte"),
    (LOAD, r"compressi(ve|on) (force|load|stress)|druck(kraft|spannung)"),
    (DEFORMATION, r"standard ?(travel|weg)|course standard"),
    (DEFORMATION, r"((tensile|axial) )?(extension|displacement|elongation|deformation)|stroke"),
    (DEFORMATION, r"travel|weg|verformung|verlängerung|längenänderung|hub|allongement|déplacement"),
    (DEFORMATION, rf"((tensile|engineering|nominal|axial|compressi(ve|on)) )?strain{BY_SENSOR}"),
    (DEFORMATION, rf"((tensile|engineering|nominal|axial) )?strain{BY_CROSSHEAD}"),
    (DEFORMATION, r"(zug|nenn)?dehnung|nominelle dehnung|déformation( nominale)?"),
    (DEFORMATION, rf"compressi(ve|on) (extension|displacement|strain){BY_CROSSHEAD}"),
    (DEFORMATION, r"stauchung|stauchweg|druckweg"),
    (DEFORMATION, r"crosshead( (travel|displacement|extension|strain))?|machine extension"),
    (DEFORMATION, r"traverse(nweg)?|course (de la )?traverse"),
    (SENSOR, r"extensom[eè]t(er|re)( (travel|displacement|extension|strain))?|capteur de course"),
    (SENSOR, r"extensometer(weg|dehnung)|wegaufnehmer|feindehnung|längenaufnehmer"),
    (TIME, r"((test|elapsed|running|total) )?time|(prüf)?zeit|temps"),
)  # fmt: skip
"""Quantity, and how headings call it in lower case; the first that fits is taken for a column."""

LENGTHS = {"mm": 1.0, "um": 1e-3, "cm": 10.0, "m": 1e3, "in": 25.4, "inch": 25.4}
FRACTIONS = {"%": 0.01, "mm/mm": 1.0, "m/m": 1.0, "in/in": 1.0, "-": 1.0, "um/m": 1e-6}
FORCES = {
    "n": 1.0, "kn": 1e3, "mn": 1e-3, "cn": 1e-2,
    "gf": 9.80665e-3, "kgf": 9.80665, "lbf": 4.4482216152605,
}  # fmt: skip
PRESSURES = {
    "pa": 1.0, "kpa": 1e3, "mpa": 1e6, "gpa": 1e9, "n/mm2": 1e6, "n/m2": 1.0,
    "psi": 6894.757293168, "ksi": 6894757.293168,
}  # fmt: skip
MEGA_OR_MILLI = ("MN", "mPa")
"""Units that only their case tells from mN and MPa; no tester writes them, so they are unknown."""

TIMES = {"s": 1.0, "sec": 1.0, "min": 60.0, "ms": 1e-3, "h": 3600.0}
UNITS = {
    LOAD: {columns.FORCE: FORCES, columns.STRESS: PRESSURES},
    DEFORMATION: {columns.EXTENSION: LENGTHS, columns.STRAIN: FRACTIONS},
    SENSOR: {columns.EXTENSOMETER: LENGTHS, columns.STRAIN: FRACTIONS},
    TIME: {columns.TEST_TIME: TIMES},
}
"""Quantity -> canonical name -> units with their factors."""

SOURCES = (
    ("extensometer", r"extensom|strain \d|capteur de course|wegaufnehmer|feindehnung"),
    ("crosshead", r"crosshead|traverse|\(extension\)|machine"),
)
COMPRESSION = re.compile(r"compress|druck|stauch")
UNIT = r"\(([^()]*)\)|\[([^\[\]]*)\]|/ ?([^\s/()]+(?:/[^\s/()]+)?)|_([A-Za-zµμ/%]+)"
HEADING = re.compile(rf"(.+?)[\s_,]*(?:{UNIT}|(?: in|,) (\S+))")

GEOMETRY = (
    ("thickness_mm", LENGTHS, r".*(thickness|épaisseur|dicke).*|a0"),
    ("width_mm", LENGTHS, r".*(width|largeur|breite).*|b0"),
    ("gauge_length_mm", LENGTHS, r"ga(u)?ge length.*|l0.*|messlänge.*|length|longueur.*"),
    ("diameter_mm", LENGTHS, r".*(diameter|durchmesser|diamètre).*|d0"),
    ("height_mm", LENGTHS, r".*(height|höhe|hauteur).*|h0"),
    ("area_mm2", {"mm2": 1.0, "cm2": 100.0}, r".*(cross-?section|area|querschnitt).*|section|s0"),
    (
        "strain_rate_mm_min",
        {"mm/min": 1.0, "mm/s": 60.0},
        r"(test|crosshead) speed|rate( 1)?|prüfgeschwindigkeit|vitesse d'essai",
    ),
)
"""Metadata, its units with factors, and how headers call it in lower case."""

NAMES = re.compile(r"specimen (label|name|designation|id)|sample (name|id|label)|probenbezeichnung")
DATES = re.compile(r"date/?( ?clock time|heure|uhrzeit| ?time)?|datum(/uhrzeit)?")
EXCEL_EPOCH = np.datetime64("1899-12-30")
PLAUSIBLE_DAYS = (30_000.0, 80_000.0)
"""Dates as days since 1899-12-30: 1982 to 2119."""


@dataclass(frozen=True)
class Label:
    """A column of a file: its heading as it stands there, what it holds, in which unit."""

    heading: str
    words: str
    unit: str

    @property
    def rank(self) -> int:
        """Return the place of the words in ``WORDS``, -1 if they are not among them."""
        fits = (at for at, (_, pattern) in enumerate(WORDS) if re.fullmatch(pattern, self.words))
        return next(fits, -1)

    @property
    def quantity(self) -> str:
        """Return what the column holds, empty if that is not known."""
        return WORDS[self.rank][0] if self.rank >= 0 else ""


def cells_of(line: str, separator: str) -> list[str]:
    """Return the cells of a line, which may be quoted and then hold the separator."""
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error:
        return [line]


def label(heading: str, unit: str = "") -> Label:
    """Return the column of a heading whose unit stands in it or, given apart, below it."""
    words = _words(re.sub(r" \(\d+\)$", "", heading))
    if unit:
        return Label(heading, words, unit_of(unit))
    whole = Label(heading, words, "")
    found = HEADING.fullmatch(re.sub(r" \(\d+\)$", "", heading).strip())
    if whole.quantity or not found:
        return whole
    return Label(heading, _words(found[1]), unit_of(next(filter(None, found.groups()[1:]), "")))


def _words(text: str) -> str:
    return (
        re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).replace("_", " ")).strip().lower()
    )


def unit_of(text: str) -> str:
    """Return a unit in lower case without brackets, µ as u, ² and ^2 as 2."""
    name = unicodedata.normalize("NFKC", text).strip().strip("()[]").replace(" ", "")
    name = name.replace("μ", "u").replace("^", "")
    return name if name in MEGA_OR_MILLI else name.lower()


def is_table(labels: Sequence[Label]) -> bool:
    """Tell whether columns are those of a mechanical test, with units."""
    held = {label.quantity for label in labels if label.unit}
    return LOAD in held and bool(held & {DEFORMATION, SENSOR})


def table(grid: Grid, frame: pd.DataFrame, labels: Sequence[Label]) -> pd.DataFrame:
    """Return a table with canonical names and units; what is not needed keeps its heading.

    Raises FormatError for an unknown unit and for a cell of a canonical column that is no number.
    """
    chosen = _chosen(grid.source, labels)
    return pd.DataFrame(
        {
            chosen.get(name, (name, 1.0))[0]: numeric(grid, frame[name]) * chosen[name][1]
            if name in chosen
            else frame[name]
            for name in frame.columns
        },
        index=frame.index,
    )


def _chosen(source: Source, labels: Sequence[Label]) -> dict[str, tuple[str, float]]:
    """Return for the headings of needed columns the canonical name and the factor to its unit."""
    chosen: dict[str, tuple[str, float]] = {}
    for label in sorted((label for label in labels if label.quantity), key=lambda item: item.rank):
        meant = [
            (name, units[label.unit])
            for name, units in UNITS[label.quantity].items()
            if label.unit in units
        ]
        if not meant and label.unit:
            raise _unknown_unit(source, label)
        if meant and meant[0][0] not in {name for name, _ in chosen.values()}:
            chosen[label.heading] = meant[0]
    needed = columns.required(columns.MECHANICAL, {name for name, _ in chosen.values()})
    bare = [label for label in labels if label.quantity in (LOAD, DEFORMATION) and not label.unit]
    if bare and not set(needed) <= {name for name, _ in chosen.values()}:
        raise _unknown_unit(source, bare[0])
    return chosen


def _unknown_unit(source: Source, label: Label) -> FormatError:
    allowed = [unit for units in UNITS[label.quantity].values() for unit in units]
    return FormatError(
        f"{source.name} has an unknown unit",
        place=f"the column heading “{clean_text(label.heading, 60)}”",
        found=f"“{clean_text(label.unit, 40)}”" if label.unit else "no unit",
        expected=short_list(allowed),
        code="E_UNITS_UNKNOWN",
    )


def described(source: Source, labels: Sequence[Label]) -> tuple[dict[str, object], list[Notice]]:
    """Return what the headings say beside the numbers: source of the strain, compression."""
    chosen = _chosen(source, labels)
    by_name = {name: heading for heading, (name, _) in chosen.items()}
    notices = _beside(labels, chosen)
    words = {label.heading: label.words for label in labels}
    metadata: dict[str, object] = {}
    measured = by_name.get(columns.STRAIN) or by_name.get(columns.EXTENSION)
    for source_name, pattern in SOURCES:
        if measured and re.search(pattern, words[measured]):
            metadata["strain_source"] = source_name
            break
    pressed = [heading for heading in by_name.values() if COMPRESSION.search(words[heading])]
    if not pressed:
        return metadata, notices
    metadata["mode"] = "compression"
    message = (
        f"By their headings these columns count compression: {short_list(pressed)}. They and all "
        "others keep the signs of the file."
    )
    return metadata, [*notices, Notice("COMPRESSION_SIGN", message)]


def _beside(labels: Sequence[Label], chosen: Mapping[str, object]) -> list[Notice]:
    """Return a notice of the loads and deformations that keep their headings."""
    others = [
        label.heading
        for label in labels
        if label.quantity in (LOAD, DEFORMATION, SENSOR) and label.heading not in chosen
    ]
    if not others:
        return []
    message = (
        f"Of several columns for one quantity these are taken: {short_list(chosen)}; these keep "
        f"their headings: {short_list(others)}."
    )
    return [Notice("COLUMNS_BESIDE", message)]


def geometry(cells: Iterable[Sequence[str]]) -> dict[str, object]:
    """Return sizes of the specimen and other facts from header rows of name, value and unit."""
    found: dict[str, object] = {}
    for name, value, *rest in (row for row in cells if row[1:]):
        key = _words(name.rpartition(" : ")[2])
        for fact, units, pattern in GEOMETRY:
            factor = units.get(unit_of(rest[0]) if rest else "")
            size = number(value)
            if factor and size and "final" not in key and re.fullmatch(pattern, key):
                found.setdefault(fact, round(size * factor, 9))
        if NAMES.fullmatch(key) and value.strip():
            found.setdefault("sample_name", clean_text(value))
        if DATES.fullmatch(key):
            found |= _date(value)
    return found


def _date(text: str) -> dict[str, object]:
    """Return when a test began, from days since 1899-12-30; to the day where they are rounded."""
    days = number(text)
    if days is None or not PLAUSIBLE_DAYS[0] < days < PLAUSIBLE_DAYS[1]:
        return {"date": clean_text(text)} if text.strip() else {}
    moment = EXCEL_EPOCH + np.timedelta64(round(days * 86_400), "s")
    precise = re.search(r"[.,]\d{5}", text) is not None
    return {"start_time": str(moment)} if precise else {"date": str(moment)[:10]}
