"""Specimens of a mechanical test: side by side in a table or one below the other, as one table."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from measurements import columns
from measurements.formats import FormatError, Notice, Reading
from measurements.formats._checks import Source, clean_text, finish, short_list
from measurements.formats._mechanical import TIME, Label, described, is_table, table
from measurements.formats._text import Grid

MEASURED = (columns.FORCE, columns.STRESS, columns.EXTENSION, columns.STRAIN)
Part = tuple[dict[str, object], pd.DataFrame]
"""What is known of a specimen, its table."""


def specimens(source: Source, labels: Sequence[Label]) -> list[list[Label]]:
    """Return the columns of each specimen: of several side by side, all headings come so often.

    A time may be common to them. Raises FormatError where other columns come twice.
    """
    times = Counter[tuple[str, str]]()
    groups: dict[int, list[Label]] = {}
    for label in labels:
        times[label.words, label.unit] += 1
        groups.setdefault(times[label.words, label.unit], []).append(label)
    first, *others = [group for group in groups.values() if any(one.quantity for one in group)]
    for group in others:
        if not is_table(group):
            raise FormatError(
                f"{source.name} has a column twice",
                place="the column headings",
                found=f"“{clean_text(group[0].heading, 60)}” beside another",
                expected="one column for each quantity, or all of them for each specimen",
                code="E_COLUMNS_DOUBLE",
            )
        timed = any(one.quantity == TIME for one in group)
        group += [one for one in first if one.quantity == TIME and not timed]
    return [first, *others]


def parts(
    grid: Grid,
    frame: pd.DataFrame,
    labels: Sequence[Label],
    facts: dict[str, object],
    begin: int = 0,
) -> list[Part]:
    """Return facts and table of each specimen of a table; rows after the end of one are left out.

    ``begin`` is added to the index, for tables that do not begin a file. Raises FormatError as
    ``table`` does.
    """
    first, *others = specimens(grid.source, labels)
    if not others:
        return [(facts, _moved(table(grid, frame, labels), begin))]
    headings = {(one.words, one.unit): one.heading for one in first}
    found: list[Part] = []
    for at, group in enumerate([first, *others], 1):
        named = {one.heading: headings.get((one.words, one.unit), one.heading) for one in group}
        own = frame[list(named)].rename(columns=named)
        own = table(grid, own, [replace(one, heading=named[one.heading]) for one in group])
        measured = [name for name in MEASURED if name in own]
        name = f"{facts['sample_name']}, {at}" if "sample_name" in facts else f"specimen {at}"
        own = own.dropna(how="all", subset=measured)
        found.append((facts | {"sample_name": name}, _moved(own, begin)))
    return found


def _moved(frame: pd.DataFrame, begin: int) -> pd.DataFrame:
    return frame.set_axis(frame.index + begin)


def to_reading(
    source: Source,
    parts: Sequence[Part],
    labels: Sequence[Label],
) -> Reading:
    """Return the specimens of a file, each with its facts, one below the other.

    Of several, a column holds the names and the metadata what they have in common and, under
    ``specimens``, the facts of each. Raises FormatError as ``finish`` does.
    """
    said, notices = described(source, specimens(source, labels)[0])
    facts = [known for known, _ in parts]
    frames = [frame for _, frame in parts]
    common = {name: fact for name, fact in facts[0].items() if all(
        other.get(name) == fact for other in facts
    )}  # fmt: skip
    if len(parts) > 1:
        names = [
            str(known.get("sample_name", f"specimen {at}")) for at, known in enumerate(facts, 1)
        ]
        frames = [frame.assign(specimen=name) for name, frame in zip(names, frames, strict=True)]
        common["specimens"] = facts
        notices.append(
            Notice(
                "SEVERAL_SPECIMENS",
                f"The file holds {len(parts)} specimens ({short_list(names)}); the column "
                "“specimen” names them.",
            )
        )
    frame = pd.concat(frames)
    return finish(source, columns.MECHANICAL, frame, metadata=common | said, notices=notices)
