"""The contract of an instrument format.

One module in this folder, ending in ``FORMAT = Format(...)``, is one format. A format recognises
its file from a few kilobytes and turns it into a canonical table. Nothing here imports Django;
modules whose name starts with an underscore are parts of a format or shared by several.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

MAX_TEXT_BYTES = 512 * 2**20
"""Readers of text hold the whole file in memory, several times over."""


class FormatError(Exception):
    """A file cannot be read; says in the user's words what, where, found and expected."""

    def __init__(
        self,
        message: str,
        *,
        place: str = "",
        found: str = "",
        expected: str = "",
        code: str = "E_FORMAT",
    ) -> None:
        """Keep the parts; ``str(error)`` is one sentence of them all."""
        parts = [message.rstrip(".")]
        if place:
            parts.append(f"at {place}")
        if found:
            parts.append(f"found {found}")
        if expected:
            parts.append(f"expected {expected}")
        super().__init__("; ".join(parts) + ".")
        self.code = code
        self.message = message
        self.place = place
        self.found = found
        self.expected = expected

    def inside(self, archive: str) -> "FormatError":
        """Return the same error of a file in an archive, which it names as well."""
        return FormatError(
            f"{archive}: {self.message}",
            place=self.place,
            found=self.found,
            expected=self.expected,
            code=self.code,
        )


@dataclass(frozen=True)
class Sample:
    """What a sniffer sees of a file: its original name, size in bytes, first and last 2 KiB.

    Of a text with a longer header ``head`` goes down to the first row of its table, at most 32 KiB.
    Of a zip archive also the names in it, of a workbook the first rows of every sheet as texts.
    """

    name: str
    size: int
    head: bytes
    tail: bytes
    members: tuple[str, ...] = ()
    sheets: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Notice:
    """Something about a file that a person should know although it could be read."""

    code: str
    message: str


@dataclass(frozen=True)
class Reading:
    """One table read from a file.

    ``frame`` has canonical columns (measurements.columns), dtypes float64/int64/str, rows in the
    instrument's order; columns the format does not know keep the instrument's own names.
    ``metadata`` is JSON-ready (channel, start time, active mass in the file ...); a time without
    zone is kept as a naive ISO string under ``start_time``.
    """

    kind: str
    frame: pd.DataFrame
    metadata: Mapping[str, object] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Format:
    """A file format: ``sniff`` never raises, ``read`` raises only FormatError on bad input.

    A file of more than ``max_bytes`` is refused before it is read.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    kinds: tuple[str, ...]
    sniff: Callable[[Sample], bool]
    read: Callable[[Path], Reading]
    max_bytes: int = MAX_TEXT_BYTES
