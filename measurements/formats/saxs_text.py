"""Scattering curves as text whose headings name q, its unit and the intensity.

Such as ``Q (A-1), I0, I0(err)``, ``# q_nm^-1 I sigma`` (pyFAI) or the columns that the reduction of
NIST names (``The 6 columns are | Q (1/A) | ...``). Tables without a unit of q are not claimed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from measurements import columns
from measurements.formats import Format, Notice, Reading, Sample
from measurements.formats._checks import Source, clean_text
from measurements.formats._scattering import curves, no_q_unit, q_factor
from measurements.formats._spectra import squeezed
from measurements.formats._text import Grid, canonical, decimal_sign, decode, headings_of, read_grid

COMMENT = "#"
SEPARATORS = ("|", "\t", ";", ",")
NIST = re.compile(r"The \d+ columns are\s*\|", re.IGNORECASE)

Q = re.compile(r"(?:q|scatteringvector)[_\[({,/ ]*(.+?)[\])}]*")
INTENSITY = re.compile(r"(?:i|i0|i\(q\)|intensity|dσ/dω|counts)([\[(/_].*)?")
INTENSITY_U = re.compile(
    r"(?:d?i?err(?:or)?s?|sig(?:ma)?(?:_?i|\(q\)|i\(q\))?|e|di|d_i|idev|i0?\(err\)|i_?u|"
    r"std\.?dev\.?(?:i\(q\))?|uncertainty)([\[(].*)?"
)
Q_U = re.compile(r"(?:sigma_?q|dq|d_q|qdev|q_?u|q\(err\))([\[(].*)?")
INTENSITY_UNITS = {"1/cm", "cm-1", "cm^-1", "1/m", "m-1", "a.u.", "arb.u.", "counts", "cts"}
EXPONENT = str.maketrans("{}", "()")


@dataclass(frozen=True)
class _Heading:
    """Where the headings stand, the texts of the columns, what separates them, the factor of q."""

    at: int
    names: tuple[str, ...]
    separator: str
    q: float


def sniff(sample: Sample) -> bool:
    """Tell the text by its headings: q with a unit, then the intensity."""
    return _heading(decode(sample.head).splitlines()) is not None


def read(path: Path) -> Reading:
    """Read the curve; FormatError for a line that is cut off or not numeric."""
    lines = decode(path.read_bytes()).splitlines()
    source = Source(path.name, "line")
    heading = _heading(lines)
    if heading is None:
        raise no_q_unit(source, "the column headings", next(iter(lines), ""))
    rows = ["" if line.startswith(COMMENT) else line for line in lines[heading.at + 1 :]]
    separator = heading.separator if heading.separator in {";", ","} else "\t"
    if separator == "\t":
        rows = ["\t".join(line.split()) for line in rows]
    grid = Grid(
        Source(path.name, "line", heading.at + 2),
        heading.names,
        separator,
        decimal_sign(rows, separator),
    )
    table = canonical(grid, read_grid(grid, rows), _meanings(heading))
    unit = _intensity_unit(heading.names)
    others = [name for name in heading.names[1:] if _q(re.sub(r" \(\d+\)$", "", name))]
    notices = [
        Notice("CURVES_LEFT_OUT", f"Of several curves the first is read; “{name}” begins another.")
        for name in others[:1]
    ]
    points = Source(path.name, "point")
    return curves(points, [table], unit=unit, metadata={}, notices=notices)


def _heading(lines: Sequence[str]) -> _Heading | None:
    """Return the first line that names q with its unit, and an intensity after it."""
    for at, line in enumerate(lines):
        text = line.strip().lstrip(COMMENT).strip()
        nist = NIST.match(text)
        if nist:
            text = text[nist.end() :].strip(" |")
        sign = next((sign for sign in SEPARATORS if sign in text), "")
        names = headings_of(text if sign else "\t".join(text.split()), sign or "\t")
        factor = _q(names[0]) if names else None
        if factor and any(INTENSITY.fullmatch(squeezed(name)) for name in names[1:]):
            return _Heading(at, names, sign, factor)
    return None


def _q(name: str) -> float | None:
    """Return the factor to 1/Å of a heading of q that has a unit, None for any other."""
    found = Q.fullmatch(squeezed(name).translate(EXPONENT))
    return q_factor(found[1]) if found else None


def _meanings(heading: _Heading) -> dict[str, tuple[str, float]]:
    """Return what the headings mean; of several intensities the first one counts."""
    found = {heading.names[0]: (columns.Q, heading.q)}
    given = {columns.Q}
    for name in heading.names[1:]:
        text = squeezed(name)
        for meaning, form, factor in (
            (columns.Q_U, Q_U, heading.q),
            (columns.INTENSITY_U, INTENSITY_U, 1.0),
            (columns.INTENSITY, INTENSITY, 1.0),
        ):
            fits = form.fullmatch(text) if meaning not in given else None
            if fits:
                own = (
                    q_factor(fits[1].strip("[]()")) if meaning == columns.Q_U and fits[1] else None
                )
                found[name] = (meaning, own or factor)
                given.add(meaning)
                break
    return found


def _intensity_unit(names: Sequence[str]) -> str:
    """Return the unit of the intensity as its heading has it in brackets, "" if it has none."""
    for name in names[1:]:
        found = re.search(r"[\[(]([^()\[\]]+)[\])]$", name)
        if found and INTENSITY.fullmatch(squeezed(name)):
            return clean_text(found[1]) if squeezed(found[1]) in INTENSITY_UNITS else ""
    return ""


FORMAT = Format(
    name="saxs_text",
    title="Scattering curve as text (q with unit, intensity)",
    suffixes=(".dat", ".txt", ".csv", ".abs", ".q"),
    kinds=(columns.SCATTERING,),
    sniff=sniff,
    read=read,
)
