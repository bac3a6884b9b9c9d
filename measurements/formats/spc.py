"""Galactic and Thermo .spc: infrared, Raman and UV/VIS spectra, one or many in a file.

Read are the new format in both byte orders and the old one, with even or given abscissae and
ordinates as fractions of 16 or 32 bits or as floats. Subfiles, also of a map or a series, are
numbered. The codes of the header say what the axes are; transmittance becomes percent.
"""

import re
import struct
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import numpy as np

from measurements import columns
from measurements.formats import Format, FormatError, Reading, Sample
from measurements.formats._checks import Source, clean_text, no_rows
from measurements.formats._spc_codes import RAMAN_SHIFT, X_NAMES, X_UNITS, Y_NAMES
from measurements.formats._spc_file import (
    NEW_SIZE,
    OLD,
    OLD_SIZE,
    Header,
    Reader,
    is_header,
    parse_header,
)
from measurements.formats._spectra import PER_CM, abscissa_unit, reading, spectrum

FOURIER, RAMAN = 4, 11
TECHNIQUES = {FOURIER: "FT-IR, FT-NIR or FT-Raman", 5: "NIR", 7: "UV-VIS", RAMAN: "Raman"}
FIRST_YEAR = 1980
"""Earlier dates are those of programs that write them otherwise (WiRE)."""

LASER = re.compile(rb"^Laser[^\r\n]*?(\d{3,4}(?:\.\d+)?) ?nm", re.MULTILINE)
LOG_HEADER = "IIIII"


def sniff(sample: Sample) -> bool:
    """Tell an .spc by the version in its second byte and a header that can be true."""
    return is_header(sample.head)


def read(path: Path) -> Reading:
    """Read all subfiles; FormatError where the file ends too early or holds no spectrum."""
    data = path.read_bytes()
    source = Source(path.name, "point")
    if len(data) < (OLD_SIZE if data[1:2] == bytes([OLD]) else NEW_SIZE):
        raise FormatError(
            f"{path.name} ends in its header",
            place=f"byte {len(data)}",
            found=f"{len(data)} bytes",
            expected=f"a header of {NEW_SIZE} bytes ({OLD_SIZE} in the old format)",
            code="E_TRUNCATED",
        )
    header = parse_header(data)
    unit = _unit(path.name, header)
    subfiles = list(Reader(path.name, data, header).subfiles())
    if not any(ordinates.size for _abscissae, ordinates in subfiles):
        raise no_rows(source)
    abscissae, ordinates = zip(*subfiles, strict=True)
    x, y = np.concatenate(abscissae), np.concatenate(ordinates)
    whole = spectrum(source, _kind(header, unit), unit, x, _ordinate(header), y)
    sizes = [len(values) for values in ordinates]
    return reading(source, whole, sizes, metadata=_metadata(header, data))


def _unit(name: str, header: Header) -> tuple[str, float]:
    """Return the unit of the abscissae; FormatError for an axis that is none of a spectrum."""
    label = header.labels[0] if header.labels else ""
    unit = X_UNITS.get(header.x_code) or abscissa_unit(label)
    if unit is None:
        found = label or X_NAMES.get(header.x_code, "arbitrary units")
        raise FormatError(
            f"{name} has no axis of a spectrum",
            place=f"the header, type of the x axis ({header.x_code})",
            found=clean_text(found, 40),
            expected="1/cm, Raman shift, nm or µm",
            code="E_UNSUPPORTED" if header.x_code in X_NAMES else "E_UNITS_UNKNOWN",
        )
    return unit


def _kind(header: Header, unit: tuple[str, float]) -> str:
    """Return the kind by the axis, and by the technique where the axis leaves it open."""
    if header.x_code == RAMAN_SHIFT or header.technique == RAMAN:
        return columns.RAMAN
    infrared = unit[0] == PER_CM or header.technique == FOURIER
    return columns.INFRARED if infrared else columns.SPECTRUM_OTHER


def _ordinate(header: Header) -> str:
    """Return what the ordinate is: its label, if the type says nothing, or the type."""
    label = header.labels[1] if len(header.labels) > 1 else ""
    name = Y_NAMES.get(header.y_code, f"type {header.y_code}")
    return label if label and name in {Y_NAMES[0], Y_NAMES[12]} else name


def _metadata(header: Header, data: bytes) -> dict[str, object]:
    facts: dict[str, object] = {
        "comment": clean_text(header.comment),
        "instrument": clean_text(header.instrument),
        "technique": TECHNIQUES.get(header.technique, ""),
    }
    if header.time[0] >= FIRST_YEAR:
        with suppress(ValueError):
            facts["start_time"] = datetime(*header.time).isoformat()
    laser = LASER.search(_log(header, data))
    if laser:
        facts["laser_nm"] = float(laser[1])
    return {name: fact for name, fact in facts.items() if fact}


def _log(header: Header, data: bytes) -> bytes:
    """Return the text that the instrument's program added, empty where there is none."""
    size = struct.calcsize(LOG_HEADER)
    if not 0 < header.log_at <= len(data) - size:
        return b""
    _, _, text_at, _, _ = struct.unpack_from(header.order + LOG_HEADER, data, header.log_at)
    return data[header.log_at + text_at :] if text_at else b""


FORMAT = Format(
    name="spc",
    title="Galactic or Thermo .spc",
    suffixes=(".spc",),
    kinds=(columns.INFRARED, columns.RAMAN, columns.SPECTRUM_OTHER),
    sniff=sniff,
    read=read,
)
