"""Numbers of a JCAMP-DX table: (X++(Y..Y)) over even abscissae, (XY..XY) and longer groups."""

import re
from collections.abc import Sequence

import numpy as np

from measurements.formats import FormatError, Notice
from measurements.formats._checks import Source, clean_text, counted, no_rows
from measurements.formats._jcamp_asdf import Begin, Ordinates
from measurements.formats._jcamp_file import LISTED, Block, Lines, Table
from measurements.formats._spectra import Values, turns
from measurements.formats._text import number

LARGEST_DIFFERENCE = 0.01
"""Part by which the labels may differ: DELTAX from the interval, FIRSTY from the first ordinate."""

MOST_TURNS = 0.2
"""Part of the points at which an axis may run back."""

LENGTH_UNKNOWN = Notice(
    "LENGTH_UNKNOWN",
    "The file does not say how many points it has, so that it is whole cannot be checked.",
)
LINES_SHIFTED = Notice(
    "LINES_SHIFTED",
    "The abscissae of the lines are those of a neighbouring point; the number of points and the "
    "ends of the axis agree and were used.",
)
WORD = re.compile(r"[^\s,;]+")


def even_table(name: str, block: Block, table: Table) -> tuple[Values, Values, list[Notice]]:
    """Return abscissae and ordinates (n,) of a table (X++(Y..Y)), and notices.

    Raises FormatError for an ordinate that cannot be read or fails a check, a line whose abscissa
    is not that of its first point, and another number of points than the labels announce.
    """
    decoded = Ordinates(name)
    for at, text in table.lines:
        decoded.add_line(at, text)
    if not decoded.values:
        raise no_rows(Source(name, "point"))
    notices = check_length(name, block, table, len(decoded.values))
    y = np.array(decoded.values) * _factor(name, block, "YFACTOR")
    first, interval = _axis(name, block, table, len(y))
    notices += _check_abscissae(name, block, decoded.begins, (first, interval))
    said = block.number(name, "FIRSTY")
    if said and abs(y[0] - said) > LARGEST_DIFFERENCE * abs(said):
        notices.append(
            Notice(
                "FIRST_ORDINATE_DIFFERS",
                f"The first ordinate is {y[0]:.6g}, the label FIRSTY says {said:.6g}.",
            )
        )
    return first + interval * np.arange(len(y), dtype=np.float64), y, notices


def grouped_table(name: str, block: Block, table: Table, width: int) -> tuple[Values, list[Notice]]:
    """Return the groups of numbers of a table such as (XY..XY), shape (n, width), and notices.

    Raises FormatError for what is no number, an incomplete group, another count than announced.
    """
    values = [_value(name, at, word) for at, text in table.lines for word in WORD.findall(text)]
    if len(values) % width:
        raise _torn(name, table.lines, counted(len(values), "number"), f"groups of {width}")
    found = np.array(values, dtype=np.float64).reshape(-1, width)
    return found, check_length(name, block, table, len(found))


def listed_factors(name: str, block: Block, count: int) -> list[float]:
    """Return the factors of NTUPLES, one for each of ``count`` symbols, 1 where the file has none.

    Raises FormatError for another number of them and for what is no number or 0.
    """
    text = block.text("FACTOR").strip(", ")
    factors = [number(part) or 0.0 for part in text.split(",")] if text else [1.0] * count
    if len(factors) != count or not all(factors):
        expected = f"{count} numbers other than 0, one for each symbol"
        raise _label(name, block, "FACTOR", f"“{clean_text(text, 40)}”", expected)
    return factors


def pairs(name: str, block: Block, table: Table) -> tuple[Values, Values, list[Notice]]:
    """Return abscissae and ordinates (n,) of a table (XY..XY), scaled, and notices.

    Raises FormatError also where nothing says how many points there are and the abscissae run to
    and fro: decimal commas, which JCAMP-DX does not have, make two points of one.
    """
    found, notices = grouped_table(name, block, table, 2)
    if LENGTH_UNKNOWN in notices and turns(found[:, 0]) > MOST_TURNS * len(found):
        raise _torn(
            name, table.lines, "abscissae that run to and fro", "decimal points and NPOINTS"
        )
    x_factor, y_factor = _factor(name, block, "XFACTOR"), _factor(name, block, "YFACTOR")
    return found[:, 0] * x_factor, found[:, 1] * y_factor, notices


def check_length(name: str, block: Block, table: Table, found: int) -> list[Notice]:
    """Compare the number of points with the labels; FormatError when they differ."""
    announced = block.number(name, "NPOINTS" if block.text("NPOINTS") else LISTED)
    if announced is None:
        return [LENGTH_UNKNOWN]
    if announced != found:
        raise _torn(
            name, table.lines, counted(found, "point"), f"{announced:.10g} points (NPOINTS)"
        )
    return []


def _torn(name: str, lines: Lines, found: str, expected: str) -> FormatError:
    last = lines[-1][0] if lines else 0
    return FormatError(
        f"{name} has a table that is not whole",
        place=f"line {last}, the end of the table",
        found=found,
        expected=expected,
        code="E_TRUNCATED",
    )


def _value(name: str, at: int, word: str) -> float:
    try:
        return np.nan if word == "?" else float(word)
    except ValueError as error:
        raise FormatError(
            f"{name} has a table with something that is no number",
            place=f"line {at}",
            found=f"“{clean_text(word, 40)}”",
            expected="numbers in AFFN form",
            code="E_VALUE",
        ) from error


def _factor(name: str, block: Block, label: str) -> float:
    """Return a scaling factor, 1 where the file has none; FormatError for 0."""
    factor = block.number(name, label)
    if factor == 0:
        raise _label(name, block, label, "0", "a factor other than 0")
    return 1.0 if factor is None else factor


def _axis(name: str, block: Block, table: Table, count: int) -> tuple[float, float]:
    """Return first abscissa and interval; FormatError where labels lack or contradict."""
    first, last = (block.number(name, label) for label in ("FIRSTX", "LASTX"))
    said = block.number(name, "DELTAX")
    if first is None or (last is None and said is None):
        raise _label(name, block, "FIRSTX, LASTX", "not both", "the ends of the axis")
    if last is None or count == 1:
        return first, said or 0.0
    interval = (last - first) / (count - 1)
    if interval == 0:
        raise _label(name, block, "LASTX", f"{last:g}, as FIRSTX", "another end of the axis")
    if said and abs(abs(said) - abs(interval)) > LARGEST_DIFFERENCE * abs(interval):
        raise _label(
            name, block, "DELTAX", f"{said:g}", f"{interval:.6g}, by FIRSTX, LASTX and the points"
        )
    return first, interval


def _check_abscissae(
    name: str, block: Block, begins: Sequence[Begin], axis: tuple[float, float]
) -> list[Notice]:
    """Compare the abscissae of the lines with those of their first points.

    Some programs write in all lines but the first the abscissa of the point before or after: that
    gives a notice. Raises FormatError for any other difference.
    """
    first, interval = axis
    factor = _factor(name, block, "XFACTOR")
    apart = np.array(
        [float(begin.abscissa) * factor - first - interval * begin.index for begin in begins]
    )
    allowed = np.array(
        [0.5 * abs(interval) + _last_digit(begin.abscissa) * abs(factor) for begin in begins]
    )
    if (np.abs(apart) <= allowed).all():
        return []
    for shift in (-interval, interval):
        if (np.abs(np.append(apart[:1], apart[1:] - shift)) <= allowed).all():
            return [LINES_SHIFTED]
    at = int(np.flatnonzero(~(np.abs(apart) <= allowed))[0])
    expected = first + interval * begins[at].index
    raise FormatError(
        f"{name} has a table with points too few or too many",
        place=f"line {begins[at].line}",
        found=f"the abscissa {expected + apart[at]:.8g}",
        expected=f"{expected:.8g}, after {begins[at].index} points",
        code="E_TRUNCATED",
    )


def _last_digit(text: str) -> float:
    """Return what one more in the last digit of a number changes."""
    digits, _, power = text.lower().partition("e")
    decimals = len(digits.partition(".")[2])
    return float(f"1e{int(power or 0) - decimals}")


def _label(name: str, block: Block, label: str, found: str, expected: str) -> FormatError:
    return FormatError(
        f"{name} has labels that do not go together",
        place=f"{label} of the block at line {block.line}",
        found=found,
        expected=expected,
        code="E_VALUE",
    )
