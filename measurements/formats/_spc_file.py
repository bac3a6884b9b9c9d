"""The binary layout of Galactic and Thermo .spc files: header, axis, subfiles.

Version 0x4B is the new format with the low byte first, 0x4C with the high byte first, 0x4D the old
format (LabCalc). Every length is checked against the file's size before it is used. Source:
Galactic Industries, A Brief Guide to SPC File Format and Using GSPCIO, and its header spc.h.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from measurements.formats import FormatError
from measurements.formats._spc_codes import X_NAMES, X_UNITS, Y_NAMES
from measurements.formats._spectra import Values

NEW_LOW, NEW_HIGH, OLD = 0x4B, 0x4C, 0x4D
SHORT, MULTIPLE, LABELS, OWN_AXES, AXIS_VALUES = 0x01, 0x04, 0x20, 0x40, 0x80
"""Flags: 16-bit ordinates, several subfiles, labels as texts, an axis in each subfile, or one."""

FLOAT = -128
"""The exponent that says that ordinates are floating-point numbers."""

NEW_SIZE, OLD_SIZE, SUB_SIZE = 512, 256, 32
NEW_HEADER = "BBBbIddIBBBBI9s9sH32s130s30sI"
OLD_HEADER = "<BBhfffBBHBBBB8s"
OLD_SUBHEADER_AT = OLD_SIZE - SUB_SIZE
OLD_COMMENT_AT, OLD_LABELS_AT = 64, 194
LARGEST_END = 1e9
LABELLED = {0, 15}
"""Types of axes that a text may name."""


@dataclass(frozen=True)
class Header:
    """What the header of either version says; times are (year, month, day, hour, minute)."""

    version: int
    flags: int
    technique: int
    exponent: int
    points: int
    first: float
    last: float
    subfiles: int | None
    """None: as many as there are until the end of the file (old format)."""
    x_code: int
    y_code: int
    time: tuple[int, int, int, int, int]
    instrument: str
    comment: str
    labels: tuple[str, ...]
    log_at: int

    @property
    def order(self) -> str:
        """The byte order as struct and numpy write it."""
        return ">" if self.version == NEW_HIGH else "<"

    @property
    def begin(self) -> int:
        """Where the axis or the first subfile begins."""
        return OLD_SUBHEADER_AT if self.version == OLD else NEW_SIZE


Subfile = tuple[Values, Values]
"""Abscissae and ordinates, shape (points,) each."""


def is_header(head: bytes) -> bool:
    """Tell whether the first bytes of a file are a header that can be true."""
    if head[1:2] not in {bytes([version]) for version in (NEW_LOW, NEW_HIGH, OLD)}:
        return False
    size = OLD_SIZE if head[1] == OLD else NEW_SIZE
    if len(head) < size or b"\0" not in head[:size]:
        return False
    header = parse_header(head)
    ends = np.array([header.first, header.last])
    return (
        bool((np.abs(ends) < LARGEST_END).all())
        and not (header.flags & OWN_AXES and not header.flags & AXIS_VALUES)
        and header.points + (header.flags & OWN_AXES) > 0
        and header.subfiles != 0
        and header.x_code in LABELLED | X_UNITS.keys() | X_NAMES.keys()
        and header.y_code in Y_NAMES
    )


def parse_header(data: bytes) -> Header:
    """Return the header of data that has at least 512 bytes (old format: 256)."""
    return _old(data) if data[1] == OLD else _new(data)


def _new(data: bytes) -> Header:
    order = ">" if data[1] == NEW_HIGH else "<"
    (
        flags,
        version,
        technique,
        exponent,
        points,
        first,
        last,
        subfiles,
        x,
        y,
        _,
        _,
        date,
        _,
        *more,
    ) = struct.unpack_from(order + NEW_HEADER, data)
    instrument, _, _, comment, labels, log_at = more
    time = (date >> 20, date >> 16 & 15, date >> 11 & 31, date >> 6 & 31, date & 63)
    return Header(
        version, flags, technique, exponent, points, first, last, subfiles, x, y, time,
        _text(instrument), _text(comment), _labels(flags, labels), log_at,
    )  # fmt: skip


def _old(data: bytes) -> Header:
    flags, version, exponent, points, first, last, x, y, year, month, day, hour, minute, _ = (
        struct.unpack_from(OLD_HEADER, data)
    )
    count = int(points) if 0 <= points < 2**31 and points % 1 == 0 else 0
    return Header(
        version, flags, 0, FLOAT if exponent in {FLOAT, 128} else exponent, count, first, last,
        None if flags & MULTIPLE else 1, x, y, (year & 0xFFF, month, day, hour, minute), "",
        _text(data[OLD_COMMENT_AT:OLD_LABELS_AT]),
        _labels(flags, data[OLD_LABELS_AT:OLD_SUBHEADER_AT]), 0,
    )  # fmt: skip


def _text(data: bytes) -> str:
    """Return the text before the first zero byte."""
    return data.split(b"\0")[0].decode("latin-1").strip()


def _labels(flags: int, data: bytes) -> tuple[str, ...]:
    """Return the texts of the axes (x, y, z), none where the flag is not set."""
    return tuple(_text(part) for part in data.split(b"\0")[:3]) if flags & LABELS else ()


@dataclass
class Reader:
    """Reads the subfiles of a file; FormatError where the file ends before they do."""

    name: str
    data: bytes
    header: Header
    at: int = 0

    def subfiles(self) -> Iterator[Subfile]:
        """Yield abscissae and ordinates of every subfile, in the order of the file."""
        header = self.header
        self.at = header.begin
        count = 0
        axis = None if header.flags & OWN_AXES else self._axis()
        while self._goes_on(count):
            yield self._subfile(count + 1, axis)
            count += 1

    def _goes_on(self, count: int) -> bool:
        if self.header.subfiles is None:
            return count == 0 or len(self.data) - self.at >= SUB_SIZE
        return count < self.header.subfiles

    def _axis(self) -> Values:
        header = self.header
        if header.flags & AXIS_VALUES:
            return self._floats(header.points, "the axis")
        self._require(header.points * 2, "the first spectrum")
        return np.linspace(header.first, header.last, header.points)

    def _subfile(self, number: int, axis: Values | None) -> Subfile:
        what = f"spectrum {number}"
        self._require(SUB_SIZE, what)
        _, exponent, points = struct.unpack_from(self.header.order + "Bb14xI", self.data, self.at)
        self.at += SUB_SIZE
        if axis is None:
            axis = self._floats(points, what)
        if not self.header.flags & MULTIPLE:
            exponent = self.header.exponent
        return axis, self._ordinates(len(axis), exponent, what)

    def _ordinates(self, points: int, exponent: int, what: str) -> Values:
        """Return ordinates: floats, or fractions of 16 or 32 bits times a power of 2."""
        if FLOAT in {exponent, self.header.exponent}:
            return self._floats(points, what)
        if self.header.flags & SHORT:
            bits, values = 16, self._take(points, "i2", what)
        elif self.header.version == OLD:
            words = self._take(points * 2, "u2", what).reshape(-1, 2).astype(np.int64)
            bits, values = 32, (words[:, 0] << 16 | words[:, 1]).astype(np.uint32).view(np.int32)
        else:
            bits, values = 32, self._take(points, "i4", what)
        with np.errstate(over="ignore"):
            return np.ldexp(values.astype(np.float64), exponent - bits)

    def _floats(self, points: int, what: str) -> Values:
        with np.errstate(invalid="ignore"):
            return self._take(points, "f4", what).astype(np.float64)

    def _take(
        self, count: int, dtype: str, what: str
    ) -> np.ndarray[tuple[int], np.dtype[np.generic]]:
        form = np.dtype(self.header.order + dtype)
        self._require(count * form.itemsize, what)
        found = np.frombuffer(self.data, form, count, self.at)
        self.at += count * form.itemsize
        return found

    def _require(self, size: int, what: str) -> None:
        if self.at + size > len(self.data):
            raise FormatError(
                f"{self.name} ends too early",
                place=f"byte {len(self.data)}, in {what}",
                found=f"{len(self.data)} bytes",
                expected=f"at least {self.at + size} bytes",
                code="E_TRUNCATED",
            )
