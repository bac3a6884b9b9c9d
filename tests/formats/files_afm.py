"""Waves of Igor Pro, force curves of AFM Workshop and TIFF stacks, written by the tests."""

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from tests.formats.files_texts import write

WAVE_HEAD_BYTES = 384
STEP_M = 1e-6 / 7
HEIGHT_M = np.arange(48.0).reshape(8, 6) * 1e-9
"""A map of 8 x 6 pixels; the first index is x."""

NOTE = (
    "SpringConstant: 2.5\rInvOLS: 5e-08\rScanSize: 1e-06\rDate:2026-01-05\rTime:9:30:00 AM\r"
    "MicroscopeModel:Cypher\rIndexes: 0,9,19\rDirection: NaN,1,-1,\r"
)


def wave(
    data: np.ndarray,
    labels: Sequence[str],
    *,
    step: Sequence[float],
    units: Sequence[str],
    data_unit: str = "m",
    order: str = "<",
) -> bytes:
    """A wave of version 5 in single precision with labels along its last dimension."""
    shape = (*data.shape, *(0,) * (4 - data.ndim))
    body = data.astype(f"{order}f4").tobytes(order="F")
    names = [b"", *(name.encode() for name in labels)]
    dimension_labels = b"".join(name.ljust(32, b"\x00") for name in names)
    head = bytearray(WAVE_HEAD_BYTES)
    sizes = [0] * 14
    sizes[0], sizes[2] = 320 + len(body), len(NOTE)
    sizes[8 + data.ndim - 1] = len(dimension_labels)
    struct.pack_into(f"{order}hh14i", head, 0, 5, 0, *sizes)
    struct.pack_into(f"{order}ih", head, 76, data.size, 2)
    struct.pack_into(f"{order}h", head, 90, 1)
    head[92:97] = b"wave0"
    struct.pack_into(f"{order}4i", head, 132, *shape)
    struct.pack_into(f"{order}4d", head, 148, *step, *[1.0] * (4 - len(step)))
    head[212 : 212 + len(data_unit)] = data_unit.encode()
    for at, unit in enumerate(units):
        head[216 + 4 * at : 216 + 4 * at + len(unit)] = unit.encode()
    total = int(np.frombuffer(bytes(head), dtype=f"{order}i2").sum(dtype=np.int64))
    struct.pack_into(f"{order}H", head, 2, -total % 65536)
    return bytes(head) + body + NOTE.encode() + dimension_labels


def map_data() -> np.ndarray:
    return np.stack([HEIGHT_M + 1.0, HEIGHT_M, -HEIGHT_M], axis=2)


def igor_map(folder: Path) -> Path:
    path = folder / "film0001.ibw"
    labels = ["HeightTrace", "HeightRetrace", "PhaseRetrace"]
    path.write_bytes(wave(map_data(), labels, step=[STEP_M, 2 * STEP_M], units=["m", "m"]))
    return path


def curve_data() -> np.ndarray:
    z = np.concatenate([np.arange(10.0), np.arange(10.0)[::-1]]) * 1e-8
    return np.stack([z + 1e-10, z / 10, z], axis=1)


def igor_curve(folder: Path, *, order: str = "<") -> Path:
    path = folder / "spot0001.ibw"
    labels = ["Raw", "Defl", "ZSnsr"]
    path.write_bytes(wave(curve_data(), labels, step=[5e-4], units=["s"], order=order))
    return path


def afm_workshop(folder: Path) -> Path:
    rows = [f"{100 + at}.5,{at}.25,{200 - at}.5,{2 * at}.75" for at in range(12)]
    header = [
        "Force-Distance Curve",
        "File Format:\t3",
        "",
        "Date:\tMonday, January 5, 2026",
        "Time:\t1:41:26 PM",
        "Mode:\tSingle",
        "X, um:\t25.000000",
        "Y, um:\t40.000000",
        "",
        "Extend Z-Sense(nm),Extend Force(nN),Retract Z-Sense(nm),Retract Force(nN)",
    ]
    return write(folder / "curve.csv", [*header, *rows], encoding="utf-8-sig", end="\r\n")


def slices() -> list[np.ndarray]:
    return [
        np.full((4, 6), 10 * at, dtype=np.uint8) + np.eye(4, 6, dtype=np.uint8) for at in (1, 2)
    ]


def tiff(folder: Path) -> Path:
    """Two slices of 6 x 4 pixels as ImageJ writes them: 0.5 um a pixel."""
    path = folder / "stack.tif"
    first, *rest = [Image.fromarray(values) for values in slices()]
    description = "ImageJ=1.54f\nimages=2\nslices=2\nunit=micron\nspacing=0.5\n"
    tags = {270: description, 282: 2.0, 283: 2.0, 296: 1}
    first.save(path, save_all=True, append_images=rest, tiffinfo=tags, compression="tiff_deflate")
    return path


SAMPLES = {
    "igor_map": ("igor", igor_map),
    "igor_curve": ("igor", igor_curve),
    "afm_workshop": ("afm_workshop", afm_workshop),
    "tiff": ("tiff", tiff),
}
