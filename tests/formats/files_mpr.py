"""BioLogic .mpr files in the layouts of several versions of EC-Lab, written by the tests."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from tests.formats.files import FREQUENCY_HZ, IMPEDANCE_OHM

MAGIC = b"BIO-LOGIC MODULAR FILE\x1a" + b" " * 25 + b"\x00" * 4
GCPL, OCV, PEIS, UNKNOWN = 0x04, 0x0B, 0x1D, 0xFE
FLAG_NUMBERS = (1, 2, 3, 21, 31, 65)
HEADS = {0: 100, 2: 405, 3: 406, 11: 1007}
"""Version of the data module -> bytes before its points."""

CHARGE_S = 1800
CURRENT_MA = 0.4
STEP_MAH = CURRENT_MA * 10 / 3600
START_DAYS = 45658.375
"""1 January 2025, 9:00."""

Field = tuple[int, str]


def module(name: str, body: bytes, *, version: int = 0, long: bool = False) -> bytes:
    head = b"MODULE" + name.encode().ljust(10) + b"".ljust(25)
    size = struct.pack("<4sQI", b"\xff" * 4, len(body), version)
    return head + (size if long else struct.pack("<II", len(body), version)) + b"01/01/25" + body


def settings(technique: int = GCPL, *, mass_mg: float = 0.001, area_cm2: float = 0.001) -> bytes:
    body = bytearray(700)
    body[0] = technique
    _text(body, 7, "Müller, Zelle 7")
    _text(body, 448, "Li6PS5Cl")
    _text(body, 533, "Li metal")
    struct.pack_into("<f", body, 584, 0.25)
    struct.pack_into("<f", body, 263, mass_mg)
    struct.pack_into("<f", body, 529, area_cm2)
    struct.pack_into("<fBB", body, 588, mass_mg, 2, 2)
    return bytes(body)


def log(channel: int = 5) -> bytes:
    body = bytearray(1100)
    body[9] = channel - 1
    struct.pack_into("<I", body, 171, 4711)
    struct.pack_into("<d", body, 585, START_DAYS)
    for at, text in ((593, "C:\\Data\\cell_C05.mpr"), (951, "11.50"), (958, "11.40"), (975, "42")):
        _text(body, at, text)
    return bytes(body)


def _text(body: bytearray, at: int, text: str) -> None:
    raw = text.encode("cp1252")
    body[at : at + 1 + len(raw)] = bytes([len(raw)]) + raw


def loops(starts: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(starts) + 1}I", len(starts), *starts).ljust(268, b"\x00")


def points(
    fields: Sequence[Field],
    columns: Mapping[int, np.ndarray],
    *,
    version: int = 3,
    flags: np.ndarray | None = None,
) -> bytes:
    """The body of a data module: the flags' numbers first, then the fields in their order."""
    numbers = [*(FLAG_NUMBERS if flags is not None else ()), *(number for number, _ in fields)]
    kind = np.dtype([("flags", "u1")] * (flags is not None) + [(str(n), t) for n, t in fields])
    count = len(next(iter(columns.values())))
    rows = np.zeros(count, dtype=kind)
    for number, values in columns.items():
        rows[str(number)] = values
    if flags is not None:
        rows["flags"] = flags
    width = "H" if version in (10, 11) else "B"
    letter = "B" if version == 0 else "H"
    head = struct.pack(f"<I{width}{len(numbers)}{letter}", count, len(numbers), *numbers)
    head = head.ljust(HEADS[version] - 1, b"\x00") + (b"\x01" if version > 2 else b"\x00")
    return head + rows.tobytes()


def charging(*, version: int = 3) -> bytes:
    """0.4 mA for half an hour from 3.2 V in steps of 10 s, then rest; charge, no current."""
    time = np.arange(0.0, CHARGE_S + 601, 10)
    flowing = (time > 0) & (time <= CHARGE_S)
    step = np.where(flowing, STEP_MAH, 0.0)
    columns = {
        131: np.where(time <= CHARGE_S, 1, 2),
        4: time,
        7: step,
        13: np.cumsum(step),
        5: np.where(flowing, CURRENT_MA, 0.0),
        6: 3.2 + np.cumsum(step),
        39: np.full(time.size, 11),
        468: np.zeros(time.size),
    }
    fields = [(131, "<u2"), (4, "<f8"), (7, "<f8"), (13, "<f8"), (5, "<f4"), (6, "<f4")]
    if version == 0:
        columns = {key: values for key, values in columns.items() if key < 256}
        fields += [(39, "<u2")]
    else:
        fields += [(39, "<u2"), (468, "<u4")]
    flags = np.where(flowing, 0b0001_0101, 0b0000_0111)
    return points(fields, columns, version=version, flags=flags)


def spectra(*, version: int = 11) -> bytes:
    """The spectrum of ``files`` twice, the second of twice the impedance."""
    frequency = np.tile(FREQUENCY_HZ, 2)
    z = np.concatenate([IMPEDANCE_OHM, 2 * IMPEDANCE_OHM])
    columns = {
        32: frequency,
        37: z.real,
        38: -z.imag,
        36: np.abs(z),
        35: np.degrees(np.angle(z)),
        4: np.arange(frequency.size, dtype=float),
        77: np.full(frequency.size, 3.7),
        76: np.full(frequency.size, 0.5),
        24: np.repeat([1.0, 2.0], FREQUENCY_HZ.size),
        131: np.zeros(frequency.size),
    }
    kinds = {4: "<f8", 24: "<f8", 131: "<u2"}
    return points([(n, kinds.get(n, "<f4")) for n in columns], columns, version=version)


def mpr(folder: Path, data: bytes, *, version: int = 3, technique: int = GCPL) -> Path:
    """A file with settings (1.25 mg, 2 cm2), a log and two loops of equal length."""
    long = version > 9
    count = struct.unpack_from("<I", data)[0]
    parts = [
        module("VMP Set", settings(technique, mass_mg=1.25, area_cm2=2.0), long=long),
        module("VMP data", data, version=version, long=long),
        module("VMP LOG", log(), long=long),
        module("VMP loop", loops([0, count // 2, count]), long=long),
    ]
    path = folder / "cell_C05.mpr"
    path.write_bytes(MAGIC + b"".join(parts))
    return path


def mpr_cycling(folder: Path) -> Path:
    return mpr(folder, charging())


def mpr_spectra(folder: Path) -> Path:
    return mpr(folder, spectra(), version=11, technique=PEIS)


SAMPLES = {
    "mpr_cycling": ("biologic_mpr", mpr_cycling),
    "mpr_spectra": ("biologic_mpr", mpr_spectra),
}
