"""Igor Pro binary waves (.ibw) of atomic force microscopes: force curves and maps of heights.

Asylum Research names the channels in the labels of the last dimension. Lengths are in m, as the
wave says. A map becomes one row a pixel, x fastest; a force curve keeps the order of its points.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from measurements import columns
from measurements.formats import Format, FormatError, Reading, Sample
from measurements.formats._checks import Source, clean_text, finish, short_list
from measurements.formats._dates import start_of
from measurements.formats._igor_wave import Wave, byte_order, wave_of
from measurements.formats._text import number

HEIGHTS = ("HeightRetrace", "HeightTrace", "Height", "ZSensorRetrace", "ZSensorTrace", "ZSensor")
POSITIONS = ("ZSnsr", "ZSensor", "LVDT", "Raw")
DEFLECTIONS = ("Defl", "Deflection")
"""Channels for a height, a position and a deflection, in this order of preference."""

DIRECTIONS = {"1": "extend", "0": "dwell", "-1": "retract"}
NUMBERS = {
    "SpringConstant": "spring_constant_n_m",
    "InvOLS": "inverse_sensitivity_m_v",
    "ScanSize": "scan_size_m",
    "ScanRate": "scan_rate_hz",
}
TEXTS = {"MicroscopeModel": "instrument", "ImagingMode": "mode", "TipSerialNumber": "tip_serial"}
MAP_DIMENSIONS = 2


def sniff(sample: Sample) -> bool:
    """Tell a wave by its version and the checksum of its head."""
    return bool(byte_order(sample.head))


def read(path: Path) -> Reading:
    """Read one wave; FormatError when it is neither a force curve nor a map, or not in m."""
    wave = wave_of(path)
    names = _channels(wave)
    mapped = wave.data.ndim == MAP_DIMENSIONS + bool(names)
    if mapped and set(wave.units[:MAP_DIMENSIONS]) == {"m"}:
        return _map(path.name, wave, names or (HEIGHTS[0],))
    position, deflection = _first(POSITIONS, names), _first(DEFLECTIONS, names)
    if position and deflection and wave.data.ndim == MAP_DIMENSIONS:
        return _curve(path.name, wave, names, position, deflection)
    raise FormatError(
        f"{path.name} is neither a force curve nor a map in m",
        place="the labels and units of the wave",
        found=f"{wave.data.ndim} dimensions in {short_list(wave.units)}, channels "
        + (short_list(names) or "without names"),
        expected=f"two dimensions in m, or the channels {POSITIONS[0]} and {DEFLECTIONS[0]}",
        code="E_COLUMNS_MISSING",
    )


def _channels(wave: Wave) -> tuple[str, ...]:
    """Return the names along the last dimension; none if they are not one for each."""
    last = wave.data.ndim - 1
    names = wave.labels[last] if 0 < last < len(wave.labels) else ()
    whole = len(names) == wave.data.shape[-1] and all(names) and len(set(names)) == len(names)
    return names if whole else ()


def _first(wanted: Sequence[str], names: Sequence[str]) -> str:
    return next((name for name in wanted if name in names), "")


def _map(name: str, wave: Wave, names: tuple[str, ...]) -> Reading:
    source = Source(name, "pixel")
    height = _first(HEIGHTS, names)
    if not height:
        raise FormatError(
            f"{name} holds no map of heights",
            place="the labels of the wave",
            found=short_list(names),
            expected=f"one of {', '.join(HEIGHTS)}",
            code="E_COLUMNS_MISSING",
        )
    _check_metres(name, wave)
    layers = wave.data.reshape(*wave.data.shape[:MAP_DIMENSIONS], len(names))
    wide, high = layers.shape[:MAP_DIMENSIONS]
    x, y = (
        wave.starts[at] + wave.steps[at] * np.arange(size, dtype=np.float64)
        for at, size in enumerate((wide, high))
    )
    table = {columns.X_POSITION: np.tile(x, high), columns.Y_POSITION: np.repeat(y, wide)}
    for at, channel in enumerate(names):
        heading = columns.HEIGHT if channel == height else channel
        table[heading] = layers[:, :, at].ravel(order="F")
    size = {"width_px": wide, "height_px": high, "height_channel": height}
    facts = _facts(wave.note) | size
    return finish(source, columns.TOPOGRAPHY, pd.DataFrame(table), metadata=facts)


def _curve(
    name: str, wave: Wave, names: tuple[str, ...], position: str, deflection: str
) -> Reading:
    _check_metres(name, wave)
    headings = {position: columns.Z_POSITION, deflection: columns.DEFLECTION}
    frame = pd.DataFrame(wave.data, columns=[headings.get(name, name) for name in names])
    if wave.units[0] == "s":
        time = wave.starts[0] + wave.steps[0] * np.arange(len(frame), dtype=np.float64)
        frame.insert(0, columns.TEST_TIME, time)
    facts = _facts(wave.note) | {"position_channel": position}
    directions = _segments(wave.note, len(frame))
    if directions:
        lengths = [length for _, length in directions]
        frame[columns.SEGMENT] = np.repeat(np.arange(1, len(lengths) + 1), lengths)
        facts["segments"] = [direction for direction, _ in directions]
    return finish(Source(name, "point"), columns.FORCE_CURVE, frame, metadata=facts)


def _check_metres(name: str, wave: Wave) -> None:
    if wave.data_unit != "m":
        raise FormatError(
            f"{name} does not say that its channels are in m",
            place="the unit of the wave",
            found=f"“{wave.data_unit}”",
            expected="m, as Asylum Research writes lengths",
            code="E_UNITS_UNKNOWN",
        )


def _segments(note: Mapping[str, str], rows: int) -> list[tuple[str, int]]:
    """Return direction and number of points of each part of a curve; none if the note is odd."""
    ends = [number(text) for text in note.get("Indexes", "").strip(",").split(",")]
    words = note.get("Direction", "").strip(",").split(",")
    if len(ends) < len(DIRECTIONS) - 1 or len(words) != len(ends) or ends[0] != 0:
        return []
    stops = [int(end) + 1 for end in ends[1:] if end is not None]
    lengths = np.diff([0, *stops])
    if len(stops) != len(ends) - 1 or stops[-1] != rows or lengths.min() < 1:
        return []
    names = [DIRECTIONS.get(word.strip(), "unknown") for word in words[1:]]
    return [(name, int(length)) for name, length in zip(names, lengths, strict=True)]


def _facts(note: Mapping[str, str]) -> dict[str, object]:
    """Return the metadata in the note of Asylum Research."""
    facts: dict[str, object] = {}
    for key, name in NUMBERS.items():
        value = number(note.get(key))
        if value is not None:
            facts[name] = value
    for key, name in TEXTS.items():
        if note.get(key):
            facts[name] = clean_text(note[key], 100)
    start, _ = start_of(note.get("Date", ""), note.get("Time", ""))
    return facts | start


FORMAT = Format(
    name="igor",
    title="Igor Pro binary wave (AFM)",
    suffixes=(".ibw",),
    kinds=(columns.TOPOGRAPHY, columns.FORCE_CURVE),
    sniff=sniff,
    read=read,
)
