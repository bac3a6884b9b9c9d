"""The modules of a BioLogic .mpr file, and what its settings, log and loops say.

Layout, learned from files beside their exports as text: 52 bytes of title, then modules, each with
``MODULE``, a short and a long name, the length of its body, a version, a date; little endian.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from measurements.formats import FormatError
from measurements.formats._checks import clean_text

MAGIC = b"BIO-LOGIC MODULAR FILE\x1a"
TITLE_BYTES = 52
MODULE = b"MODULE"
NAMES_BYTES = 41
"""``MODULE``, the short name (10), the long name (25)."""

LONG_HEADER = b"\xff\xff\xff\xff"
"""Stands where the length was before EC-Lab 11.50, which writes it in 8 bytes after this mark."""

SETTINGS, DATA, LOG, LOOPS = "VMP Set", "VMP data", "VMP LOG", "VMP loop"

TECHNIQUES = {
    0x04: "Galvanostatic Cycling with Potential Limitation",
    0x0B: "Open Circuit Voltage",
    0x19: "Chronopotentiometry",
    0x1D: "Potentio Electrochemical Impedance Spectroscopy",
    0x1E: "Galvano Electrochemical Impedance Spectroscopy",
}
"""First byte of the settings -> name, as far as files have shown it."""

UNSPECIFIED = "(unspecified)"
UNTOUCHED = 0.001
"""Mass and area that EC-Lab writes, in their unit, where nobody typed one."""

FLOAT_NOISE = 1e-6
MASS_UNITS_MG = {1: 1e3, 2: 1.0}
"""Unit of the characteristic mass: g, mg."""

SQUARE_CENTIMETRES = 2
EPOCH = datetime(1899, 12, 30)
"""Day 0 of the dates in the log."""

DAYS = (30_000, 80_000)
"""Start times in 1982 to 2119; another number is no date."""


@dataclass(frozen=True)
class Module:
    """One module: version, where its body begins in the file, the body (not copied)."""

    version: int
    at: int
    body: memoryview

    def number(self, layout: str, at: int) -> float | None:
        """Return one number at an offset of the body, None if the body ends before."""
        if at + struct.calcsize(layout) > len(self.body):
            return None
        value: float = struct.unpack_from(f"<{layout}", self.body, at)[0]
        return value

    def text(self, at: int, length: int) -> str:
        """Return a text of at most ``length`` bytes that begins with its own length."""
        size = min(self.body[at], length) if at < len(self.body) else 0
        return clean_text(bytes(self.body[at + 1 : at + 1 + size]).decode("cp1252", "replace"))


def modules_of(name: str, data: bytes) -> dict[str, Module]:
    """Return the modules by their short names, the first of each name.

    Raises FormatError when the file ends within one, or something else stands between them.
    """
    found: dict[str, Module] = {}
    at = TITLE_BYTES
    while at < len(data):
        title = data[at : at + NAMES_BYTES]
        long = data[at + NAMES_BYTES : at + NAMES_BYTES + 4] == LONG_HEADER
        layout = "<4xQI8x" if long else "<II8x"
        begin = at + NAMES_BYTES + struct.calcsize(layout)
        if not title.startswith(MODULE[: len(title)]):
            raise _broken(name, at, f"“{clean_text(title[:6].decode('latin-1'))}”")
        if begin > len(data):
            raise _broken(name, at, "the end of the file")
        length, version = struct.unpack_from(layout, data, at + NAMES_BYTES)
        if length > len(data) - begin:
            raise _broken(name, at, f"{len(data) - begin} of its {length} bytes")
        short = title[len(MODULE) : len(MODULE) + 10].decode("latin-1").strip()
        found.setdefault(short, Module(version, begin, memoryview(data)[begin : begin + length]))
        at = begin + length
    return found


def _broken(name: str, at: int, found: str) -> FormatError:
    return FormatError(
        f"{name} is cut off or damaged",
        place=f"byte {at}",
        found=found,
        expected="a whole module of EC-Lab",
        code="E_TRUNCATED",
    )


def technique_of(modules: Mapping[str, Module]) -> tuple[str, dict[str, object]]:
    """Return the name of the technique, empty if its number is not known, and its metadata."""
    number = modules[SETTINGS].number("B", 0) if SETTINGS in modules else None
    name = TECHNIQUES.get(int(number or 0), "")
    if name:
        return name, {"technique": name}
    return "", {} if number is None else {"technique_number": int(number)}


def facts_of(modules: Mapping[str, Module]) -> dict[str, object]:
    """Return the metadata of the settings and the log, under the names of EC-Lab's text."""
    facts: dict[str, object] = {}
    if SETTINGS in modules:
        facts |= _settings(modules[SETTINGS])
    if LOG in modules:
        facts |= _log(modules[LOG])
    return {name: value for name, value in facts.items() if value not in ("", None)}


def _settings(module: Module) -> dict[str, object]:
    electrode = module.text(533, 50)
    potential = module.number("f", 584)
    if electrode in ("", UNSPECIFIED) or potential is None:
        electrode = ""
    return {
        "comment": module.text(7, 255),
        "electrolyte": module.text(448, 80),
        "reference_electrode": f"{electrode} ({potential:.3f} V)" if electrode else "",
        "active_mass_in_file_mg": _mass_mg(module),
        "area_in_file_cm2": _area_cm2(module),
    }


def _mass_mg(module: Module) -> float | None:
    """Return the mass of active material, or the characteristic mass, if somebody typed one."""
    factor = MASS_UNITS_MG.get(int(module.number("B", 593) or 0))
    masses = (_typed(module, 263) if factor == 1.0 else None, _typed(module, 588))
    mass = next((mass for mass in masses if mass is not None), None)
    return None if mass is None or factor is None else _rounded(mass * factor)


def _area_cm2(module: Module) -> float | None:
    area = _typed(module, 529)
    known = module.number("B", 592) == SQUARE_CENTIMETRES
    return None if area is None or not known else _rounded(area)


def _typed(module: Module, at: int) -> float | None:
    """Return a number that somebody typed: none is written where it was left alone."""
    value = module.number("f", at)
    untouched = value is None or not UNTOUCHED * (1 + FLOAT_NOISE) < value < 1 / FLOAT_NOISE
    return None if untouched else value


def _rounded(value: float) -> float:
    """Return a number that was stored in 4 bytes as it was typed."""
    return float(f"{value:.7g}")


def _log(module: Module) -> dict[str, object]:
    channel = module.number("B", 9)
    serial = module.number("I", 171)
    return {
        "channel": "" if channel is None else str(int(channel) + 1),
        "channel_serial_number": str(int(serial)) if serial else "",
        "start_time": _start(module),
        "original_file": module.text(593, 255).rpartition("\\")[2],
        "software_version": module.text(951, 6),
        "firmware_version": module.text(958, 6),
        "instrument_serial": module.text(975, 16),
    }


def _start(module: Module) -> str:
    """Return when the test started, without zone, to the millisecond."""
    days = module.number("d", 585)
    if days is None or not DAYS[0] < days < DAYS[1]:
        return ""
    return (EPOCH + timedelta(milliseconds=round(days * 86_400_000))).isoformat()


def loop_starts(modules: Mapping[str, Module], points: int) -> list[int]:
    """Return the first point of each loop; of one loop, or where the module is odd, only 0."""
    module = modules.get(LOOPS)
    count = int(module.number("I", 0) or 0) if module else 0
    if module is None or not 1 < count <= len(module.body) // 4 - 1:
        return [0]
    starts = struct.unpack_from(f"<{count}I", module.body, 4)
    whole = starts[0] == 0 and starts[-1] == points
    rising = all(one < two for one, two in zip(starts, starts[1:], strict=False))
    return list(starts[:-1]) if whole and rising else [0]
