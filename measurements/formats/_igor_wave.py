"""The head of an Igor Pro wave file (version 5), checked before anything is allocated by it.

Layout and checksum: WaveMetrics, Igor Technical Note 003. The wave itself is read by igor2.
"""

import logging
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from igor2 import binarywave
from numpy.typing import NDArray

from measurements.formats import FormatError
from measurements.formats._checks import clean_text

HEAD_BYTES = 384
WAVE_BYTES = 320
"""The binary header (64) and the wave header (320) before the data; the second counts as data."""

SIZES_AT, SIZES = 4, 14
"""Sizes of the wave with its header, formula, note, units, labels and so on, as int32."""

POINTS_AT, TYPE_AT, DIMENSIONS_AT = 76, 80, 132
ITEM_BYTES = {2: 4, 4: 8, 8: 1, 16: 2, 32: 4, 72: 1, 80: 2, 96: 4}
"""Types of real numbers -> bytes; texts and complex numbers are left out."""

logging.getLogger("igor2").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Wave:
    """A wave: data (up to 4 dimensions), per dimension start, step, unit; labels; the note."""

    data: NDArray[np.float64]
    starts: tuple[float, ...]
    steps: tuple[float, ...]
    units: tuple[str, ...]
    data_unit: str
    labels: tuple[tuple[str, ...], ...]
    note: Mapping[str, str]


def byte_order(head: bytes) -> str:
    """Return ``<`` or ``>`` for the head of a wave of version 5, empty for anything else.

    The 16-bit words of the two headers add up to 0.
    """
    for order in "<>":
        if len(head) >= HEAD_BYTES and head[:2] == struct.pack(f"{order}h", 5):
            words = np.frombuffer(head[:HEAD_BYTES], dtype=f"{order}i2")
            return order if int(words.sum(dtype=np.int64)) % 65536 == 0 else ""
    return ""


def wave_of(path: Path) -> Wave:
    """Read a wave; FormatError when its head does not agree with the size of the file."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    _check_sizes(path, head)
    try:
        return _wave(binarywave.load(str(path))["wave"])
    except Exception as error:
        raise _broken(path.name, clean_text(f"{type(error).__name__}: {error}", 200)) from error


def _check_sizes(path: Path, head: bytes) -> None:
    order = byte_order(head)
    if not order:
        raise _broken(path.name, "a head whose checksum is wrong")
    sizes = struct.unpack_from(f"{order}{SIZES}i", head, SIZES_AT)
    (points,) = struct.unpack_from(f"{order}i", head, POINTS_AT)
    (kind,) = struct.unpack_from(f"{order}h", head, TYPE_AT)
    dimensions = struct.unpack_from(f"{order}4i", head, DIMENSIONS_AT)
    if kind not in ITEM_BYTES:
        raise FormatError(
            f"{path.name} is a wave of texts or complex numbers",
            place=f"byte {TYPE_AT}",
            found=f"the type {kind}",
            expected="a wave of real numbers",
            code="E_UNSUPPORTED",
        )
    shape = [size for size in dimensions if size]
    needed = points * ITEM_BYTES[kind]
    if min(sizes) < 0 or min(shape, default=0) < 1 or math.prod(shape) != points:
        raise _broken(path.name, f"{points} points in {dimensions}")
    if needed > sizes[0] - WAVE_BYTES or sum(sizes) + 64 > path.stat().st_size:
        raise _broken(path.name, f"{path.stat().st_size} bytes for {points} points", "E_TRUNCATED")


def _broken(name: str, found: str, code: str = "E_FORMAT") -> FormatError:
    return FormatError(
        f"{name} is cut off or damaged",
        place="the head of the wave",
        found=found,
        expected="an Igor binary wave of version 5",
        code=code,
    )


def _wave(wave: Mapping[str, Any]) -> Wave:
    header = wave["wave_header"]
    data = np.asarray(wave["wData"], dtype=np.float64)
    units = header["dimUnits"]
    lines = bytes(wave["note"]).decode("cp1252", "replace").splitlines()
    pairs = (line.partition(":") for line in lines)
    return Wave(
        data=data,
        starts=tuple(float(value) for value in header["sfB"][: data.ndim]),
        steps=tuple(float(value) for value in header["sfA"][: data.ndim]),
        units=tuple(_letters(units[at]) for at in range(data.ndim)),
        data_unit=_letters(header["dataUnits"]),
        labels=tuple(tuple(_text(name) for name in names[1:]) for names in wave["labels"]),
        note={name.strip(): text.strip() for name, colon, text in pairs if colon},
    )


def _letters(parts: Any) -> str:
    return _text(b"".join(bytes(part) for part in parts))


def _text(raw: bytes) -> str:
    return clean_text(raw.decode("cp1252", "replace"), 60)
