"""What programs of thermal analysis have in common: quantities, units, segments, direction."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from measurements import columns
from measurements.formats import FormatError, Notice, Reading
from measurements.formats._checks import Source, clean_text, finish
from measurements.formats._text import Grid, check_decimal, number, numeric, read_grid

TIME, SAMPLE, PROGRAM, FURNACE = "time", "sample temperature", "program temperature", "furnace"
HEAT, MASS, SEGMENT, POINT = "heat flow", "mass", "segment", "point"

TEMPERATURE_WORD = r"temp(erature?|érature)?\.?"
WORDS = {
    TIME: r"(relative |elapsed |run |test )?time|zeit|temps|t",
    SAMPLE: rf"(sample |proben)?{TEMPERATURE_WORD}( sample| échantillon)?|t ?s",
    PROGRAM: rf"(program|programmed|reference|set ?point) ?{TEMPERATURE_WORD}|t ?r",
    FURNACE: rf"furnace {TEMPERATURE_WORD}|{TEMPERATURE_WORD} (du )?four|ofen{TEMPERATURE_WORD}",
    HEAT: r"(unsubtracted |sample )?(heat ?flow|dsc|wärmestrom|flux (de chaleur|thermique))"
    r"( rate| signal| t\d\w?)?( ?\(?normali[sz]ed\)?)?( ?\(?(endo|exo)\w*\.? ?(up|down)\)?)?",
    MASS: r"(unsubtracted |sample )?(mass|weight)|masse|gewicht|poids|tga?( signal)?",
    SEGMENT: r"segment",
    POINT: r"index",
}
"""Quantity -> how headings call it, in lower case."""

UNITS = {
    TIME: {
        "s": (columns.TEST_TIME, 1.0), "sec": (columns.TEST_TIME, 1.0),
        "min": (columns.TEST_TIME, 60.0),
        "h": (columns.TEST_TIME, 3600.0), "hr": (columns.TEST_TIME, 3600.0),
    },
    HEAT: {
        "mw": (columns.HEAT_FLOW, 1.0), "w": (columns.HEAT_FLOW, 1e3),
        "uw": (columns.HEAT_FLOW, 1e-3),
        "w/g": (columns.SPECIFIC_HEAT_FLOW, 1.0), "mw/mg": (columns.SPECIFIC_HEAT_FLOW, 1.0),
        "mw/g": (columns.SPECIFIC_HEAT_FLOW, 1e-3), "w/kg": (columns.SPECIFIC_HEAT_FLOW, 1e-3),
        "uw/mg": (columns.SPECIFIC_HEAT_FLOW, 1e-3),
    },
    MASS: {
        "mg": (columns.MASS, 1.0), "g": (columns.MASS, 1e3), "ug": (columns.MASS, 1e-3),
        "%": (columns.MASS_PERCENT, 1.0), "wt%": (columns.MASS_PERCENT, 1.0),
        "wt.%": (columns.MASS_PERCENT, 1.0),
    },
}  # fmt: skip
"""Quantity -> unit -> canonical name, and factor to its unit."""

COUNTS = {SEGMENT: columns.SEGMENT, POINT: columns.RECORD}
TEMPERATURES = {SAMPLE: columns.TEMPERATURE, PROGRAM: columns.PROGRAM_TEMPERATURE}
VOLTAGES = ("uv", "mv", "uv/mg", "mv/mg")
"""Units of the raw signal of a calorimeter, which is no heat flow before its calibration."""

MASSES = (columns.MASS, columns.MASS_PERCENT)
DRIFT = 0.1
"""Part of the largest mass by which that of an empty crucible may be negative."""

KELVIN = 273.15
RATE = re.compile(r"(\d+(?:[.,]\d+)?)\s*\(?\S{0,4}?[CK]\s*/\s*min")
"""A rate in a line of a program: 5.0(K/min), 10.00 °C/min."""


@dataclass(frozen=True)
class Label:
    """A column of a file: its heading as it stands there, what it holds, in which unit."""

    heading: str
    quantity: str
    unit: str


@dataclass
class Facts:
    """What is known of a measurement beside its rows."""

    metadata: dict[str, object] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)


def quantity_of(words: str) -> str:
    """Return the quantity that a heading without its unit names, empty for any other."""
    name = re.sub(r"\s+", " ", words.strip().lower())
    return next((quantity for quantity in WORDS if re.fullmatch(WORDS[quantity], name)), "")


def unit_of(text: str) -> str:
    """Return a unit in one spelling: lower case, no brackets, ``c`` for degrees Celsius."""
    name = unicodedata.normalize("NFKC", text).strip().strip("[]").strip()
    if name.startswith("(") and name.endswith(")"):
        name = name[1:-1]
    name = name.replace(" ", "").replace("μ", "u").lower()
    name = re.sub(r"·?(m?g)\^?-1$", r"/\1", name)
    if re.fullmatch(r"(deg\.?)?[^\x00-\x7f]{0,4}c(elsius)?", name):
        return "c"
    return "k" if name == "kelvin" else name


def block(grid: Grid, lines: Sequence[str], begin: int, labels: Sequence[Label]) -> pd.DataFrame:
    """Return a table with canonical names and units; its index counts the lines of the file.

    ``begin`` is the position of the first of the lines, ``labels`` describes the grid's columns.
    Raises FormatError for an unknown unit, a cell that is no number, or a line that lacks cells.
    """
    check_decimal(grid, lines)
    frame = read_grid(grid, lines)
    table: dict[str, pd.Series[float]] = {}
    for label in [*labels, *_instead(labels)]:
        name, factor, offset = _meaning(grid.source, label)
        if name in table:
            raise FormatError(
                f"{grid.source.name} has two columns for {name}",
                place="the column headings",
                found=f"“{clean_text(label.heading, 60)}” and another",
                expected="one column for each quantity",
                code="E_COLUMNS_DOUBLE",
            )
        column = frame[label.heading]
        table[name] = column if name == label.heading else _numbers(grid, column, factor, offset)
    result = pd.DataFrame(table, index=frame.index)
    result.index += begin
    return result


def _numbers(
    grid: Grid, column: "pd.Series[float]", factor: float, offset: float
) -> "pd.Series[float]":
    return numeric(grid, column) * factor + offset


def _instead(labels: Sequence[Label]) -> list[Label]:
    """Return what stands for the temperature of the sample where the file does not give it."""
    if any(label.quantity == SAMPLE for label in labels):
        return []
    others = [label for label in labels if label.quantity in (FURNACE, PROGRAM)]
    return [Label(label.heading, SAMPLE, label.unit) for label in others[:1]]


def temperature_notice(labels: Sequence[Label]) -> list[Notice]:
    """Return a notice where the temperature is not that of the sample."""
    return [
        Notice(
            "TEMPERATURE_NOT_OF_SAMPLE",
            f"The file has no temperature of the sample: {columns.TEMPERATURE} is "
            f"“{clean_text(label.heading, 60)}”.",
        )
        for label in _instead(labels)
    ]


def _meaning(source: Source, label: Label) -> tuple[str, float, float]:
    """Return canonical name, factor and offset of a column; FormatError for an unknown unit."""
    if label.quantity in COUNTS:
        return COUNTS[label.quantity], 1.0, 0.0
    unit = unit_of(label.unit)
    if label.quantity in TEMPERATURES and unit in ("c", "k"):
        return TEMPERATURES[label.quantity], 1.0, -KELVIN if unit == "k" else 0.0
    known = UNITS.get(label.quantity, {})
    if unit in known:
        name, factor = known[unit]
        return name, factor, 0.0
    if label.quantity in ("", FURNACE) or (label.quantity == HEAT and unit in VOLTAGES):
        return label.heading, 1.0, 0.0
    raise FormatError(
        f"{source.name} has an unknown unit",
        place=f"the column heading “{clean_text(label.heading, 60)}”",
        found=f"“{clean_text(label.unit, 40)}”" if label.unit else "no unit",
        expected=", ".join(known) or "°C or K",
        code="E_UNITS_UNKNOWN",
    )


def to_reading(
    source: Source, frame: pd.DataFrame, labels: Iterable[Label], facts: Facts
) -> Reading:
    """Check the table of a measurement and return it as dsc or tga.

    A heat flow keeps the sign of the file; ``exothermic`` in the metadata says its direction.
    Raises FormatError as ``finish`` does, and for a calorimeter's signal that is not calibrated.
    """
    kind = columns.TGA if {columns.MASS, columns.MASS_PERCENT} & set(frame.columns) else columns.DSC
    flows = {columns.HEAT_FLOW, columns.SPECIFIC_HEAT_FLOW} & set(frame.columns)
    raw = [label for label in labels if label.quantity == HEAT and unit_of(label.unit) in VOLTAGES]
    if kind == columns.DSC and raw and not flows:
        raise FormatError(
            f"{source.name} holds no heat flow",
            place=f"the column heading “{clean_text(raw[0].heading, 60)}”",
            found=f"a signal in {clean_text(raw[0].unit, 40)}, without its calibration",
            expected="a heat flow: mW, W/g or mW/mg (apply the sensitivity and export again)",
            code="E_UNITS_UNKNOWN",
        )
    metadata, notices = dict(facts.metadata), [*facts.notices, *_mass_notices(frame)]
    if not flows:
        metadata.pop("exothermic", None)
    elif "exothermic" not in metadata:
        notices.append(
            Notice(
                "HEAT_FLOW_DIRECTION_UNKNOWN",
                "The file does not say whether exothermic heat flow is positive or negative: its "
                "sign is kept. Enter the direction before a glass transition is read from it.",
            )
        )
    return finish(source, kind, frame, metadata=metadata, notices=notices)


def _mass_notices(frame: pd.DataFrame) -> list[Notice]:
    """Return a notice for each mass that is negative by more than the drift of a balance."""
    extremes = [(name, frame[name].min(), frame[name].max()) for name in MASSES if name in frame]
    return [
        Notice(
            "MASS_NEGATIVE",
            f"{name} falls to {low:.4g}: the file seems to hold the change of the mass, which "
            "begins at 0, and not the mass.",
        )
        for name, low, high in extremes
        if low < -DRIFT * max(abs(low), abs(high))
    ]


def direction(text: str) -> dict[str, object]:
    """Return where exothermic heat flow points, by words like *exo up* or *Endo Down*."""
    found = re.search(r"(endo|exo)\w*\.?\W*(up|down)", text[:2000].lower())
    if not found:
        return {}
    up = (found[1] == "exo") == (found[2] == "up")
    return {"exothermic": "up" if up else "down"}


def program(segments: Mapping[int, str]) -> dict[str, object]:
    """Return the steps of a temperature program and its rate if it has only one (K/min)."""
    steps: list[dict[str, object]] = []
    rates = set()
    for index, text in segments.items():
        words = clean_text(text, 200)
        step: dict[str, object] = {"segment_index": index, "program": words}
        found = RATE.search(words)
        rate = number(found[1]) if found else None
        if rate:
            step["rate_k_min"] = rate
            rates.add(rate)
        steps.append(step)
    facts: dict[str, object] = {"segments": steps} if steps else {}
    if len(rates) == 1:
        facts["heating_rate_k_min"] = rates.pop()
    return facts


def mass_in_mg(text: str) -> dict[str, object]:
    """Return the mass of a sample from a number with its unit (mg, g, µg), {} if it is none."""
    found = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?)\s*(\S+)\s*", text[:100])
    value = number(found[1]) if found else None
    name, factor = UNITS[MASS].get(unit_of(found[2]) if found else "", ("", 0.0))
    if not value or name != columns.MASS:
        return {}
    return {"sample_mass_mg": round(value * factor, 9)}
