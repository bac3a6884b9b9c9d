"""Curves in a PSTrace file: pairs of columns side by side, each curve with its title and date."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import FormatError, Notice, Reading
from measurements.formats._checks import Source, clean_text, finish
from measurements.formats._dates import start_of
from measurements.formats._text import Grid, decimal_sign, numeric, read_grid

DATES = "date and time measurement:"
UNITS = {
    "s": (columns.TEST_TIME, 1.0),
    "V": (columns.VOLTAGE, 1.0),
    "mV": (columns.VOLTAGE, 1e-3),
    "A": (columns.CURRENT, 1.0),
    "mA": (columns.CURRENT, 1e-3),
    "µA": (columns.CURRENT, 1e-6),
    "μA": (columns.CURRENT, 1e-6),
    "uA": (columns.CURRENT, 1e-6),
    "nA": (columns.CURRENT, 1e-9),
    "pA": (columns.CURRENT, 1e-12),
}
PAIR = 2
KINDS = {
    (columns.TEST_TIME, columns.VOLTAGE): columns.CHRONOPOTENTIOMETRY,
    (columns.TEST_TIME, columns.CURRENT): columns.CHRONOAMPEROMETRY,
    (columns.VOLTAGE, columns.CURRENT): columns.VOLTAMMETRY,
}
"""Quantities of a curve -> kind."""


@dataclass(frozen=True)
class _Layout:
    """Source whose first row is the first of the curves, units, separator, titles and dates."""

    source: Source
    units: tuple[str, ...]
    separator: str
    title: str
    dates: list[str]


def read_curves(name: str, lines: Sequence[str]) -> Reading:
    """Return all curves of a file in one table; several are steps, their times follow the dates."""
    layout = _layout(name, lines)
    kind, factors = _quantities(layout)
    rows = lines[layout.source.first - 1 :]
    starts = [start_of(*_parted(text)) for text in layout.dates]
    times = [found.get("start_time") for found, _ in starts]
    frames = _frames(layout, kind, factors, rows)
    if len(frames) > 1:
        frames = _as_steps(layout, frames, times)
    metadata = {"technique": layout.title} | (starts[0][0] if starts else {})
    notices = list(starts[0][1]) if starts else []
    if len(frames) > 1:
        notices.append(
            Notice(
                "SEVERAL_CURVES",
                f"The file holds {len(frames)} curves: step_count numbers them; "
                "times count from the beginning of the first.",
            )
        )
    table = pd.concat(frames)
    return finish(layout.source, kind, table, metadata=metadata, notices=notices)


def _layout(name: str, lines: Sequence[str]) -> _Layout:
    """Find dates and units; FormatError when the file ends before its units."""
    dated = next(at for at, line in enumerate(lines) if DATES in line.lower())
    units = next((at for at in range(dated + 1, len(lines)) if lines[at].strip()), None)
    if units is None:
        raise FormatError(
            f"{name} is cut off in its header",
            place=f"line {len(lines)}",
            found=f"“{clean_text(lines[dated], 60)}”",
            expected="the units of the curves, such as s,V",
            code="E_TRUNCATED",
        )
    separator = ";" if ";" in lines[units] else ","
    title = next((lines[at] for at in range(dated - 1, -1, -1) if lines[at].strip()), "")
    return _Layout(
        Source(name, "line", units + 2),
        tuple(cell.strip() for cell in lines[units].rstrip(" " + separator).split(separator)),
        separator,
        clean_text(title.split(separator)[0]),
        re.findall(rf"{DATES}\s*{separator}\s*([^{separator}]*)", lines[dated], re.IGNORECASE),
    )


def _quantities(layout: _Layout) -> tuple[str, list[float]]:
    """Return kind and factors of the columns; FormatError for units that make no known curve."""
    found = [UNITS.get(unit, ("", 1.0)) for unit in layout.units]
    pairs = {tuple(name for name, _ in found[at : at + PAIR]) for at in range(0, len(found), PAIR)}
    kind = KINDS.get(next(iter(pairs))) if len(pairs) == 1 else None  # type: ignore[arg-type]
    if kind is None:
        raise FormatError(
            f"{layout.source.name} has curves in unknown units",
            place=f"line {layout.source.first - 1}",
            found=clean_text(layout.separator.join(layout.units), 60),
            expected="the same two for every curve: s and V, s and µA, or V and µA",
            code="E_UNITS_UNKNOWN",
        )
    return kind, [factor for _, factor in found]


def _frames(
    layout: _Layout, kind: str, factors: Sequence[float], rows: Sequence[str]
) -> list[pd.DataFrame]:
    """Return the curves; a short one has empty cells at its end."""
    headings = tuple(str(at) for at in range(len(layout.units)))
    grid = Grid(layout.source, headings, layout.separator, decimal_sign(rows, layout.separator))
    raw = read_grid(grid, rows)
    names = next(names for names, made in KINDS.items() if made == kind)
    frames = []
    for at in range(0, len(headings), PAIR):
        pair = {
            name: numeric(grid, raw[headings[at + part]]) * factors[at + part]
            for part, name in enumerate(names)
        }
        frame = pd.DataFrame(pair)
        filled = np.flatnonzero(frame.notna().any(axis=1).to_numpy())
        frames.append(frame.iloc[: int(filled[-1]) + 1 if filled.size else 0])
    return [frame for frame in frames if len(frame)]


def _as_steps(
    layout: _Layout, frames: Sequence[pd.DataFrame], times: Sequence[object]
) -> list[pd.DataFrame]:
    """Return the curves numbered as steps, their times counted from the date of the first."""
    starts = [datetime.fromisoformat(text) for text in times if isinstance(text, str)]
    timed = columns.TEST_TIME in frames[0]
    if timed and (len(starts) != len(frames) or starts != sorted(starts)):
        raise FormatError(
            f"{layout.source.name} does not say when its curves were measured",
            place="the line “Date and time measurement:”",
            found=clean_text(", ".join(layout.dates), 100) or "no dates",
            expected=f"{len(frames)} dates, one for each curve, in their order",
            code="E_NON_MONOTONIC_TIME",
        )
    steps = []
    for at, frame in enumerate(frames):
        step = frame.assign(**{columns.STEP: float(at + 1)})
        if timed:
            step[columns.STEP_TIME] = frame[columns.TEST_TIME]
            step[columns.TEST_TIME] += (starts[at] - starts[0]).total_seconds()
        steps.append(step)
    return steps


def _parted(text: str) -> tuple[str, str]:
    day, _, clock = text.strip().partition(" ")
    return day, clock.strip()
