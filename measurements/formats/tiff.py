"""TIFF pictures and stacks: one row a slice with its grey values; the pixels stay in the file.

Slices are decoded one after the other. Colours are taken as their luminance, with a notice. The
size of a pixel is given where the resolution tags or the description of ImageJ say it.
"""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from measurements import columns
from measurements.formats import Format, FormatError, Notice, Reading, Sample
from measurements.formats._checks import Source, clean_text, finish
from measurements.formats._text import number

MAGICS = (b"II*\x00", b"MM\x00*", b"II+\x00\x08\x00", b"MM\x00+\x00\x08")
BITS, DESCRIPTION, X_RESOLUTION, UNIT, SAMPLE_FORMAT = 258, 270, 282, 296, 339
UNSIGNED, SIGNED = 1, 2
BYTE = 8
MISTAKEN = {("I", UNSIGNED): np.uint32, ("L", SIGNED): np.int8}
"""Mode of Pillow and format of the samples -> type of the samples, where Pillow has another."""

MICROMETRES = {2: 25_400.0, 3: 10_000.0}
"""Unit of the resolution: inch, centimetre."""

PRINTED, ROUNDED = (72, 96, 150, 300, 600, 1200), 1e-3
"""Pixels per inch that programs write where nobody measured; part by which one may be rounded."""

IMAGEJ_UNITS = {"nm": 1e-3, "um": 1.0, "µm": 1.0, "micron": 1.0, "microns": 1.0, "mm": 1e3}
MICRON_ESCAPE = "\\u00b5m"

LARGEST_SLICE = 100_000_000
"""Pixels of one slice: 10 000 x 10 000."""

LARGEST_RATIO = 2000
"""Bytes of pixels for a byte of the file; deflate reaches 1032 on a picture of one grey."""

SAME = 1e-6


def sniff(sample: Sample) -> bool:
    """Tell TIFF and BigTIFF by their first bytes."""
    return sample.head.startswith(MAGICS)


def read(path: Path) -> Reading:
    """Read one picture or stack; FormatError when it is damaged or unreasonably large."""
    notices: list[Notice] = []
    with _refusals(path.name), Image.open(path, formats=["TIFF"]) as image:
        facts = _facts(image)
        count = int(getattr(image, "n_frames", 1))
        rows = [_grey(path, image, at) for at in range(count)]
        colours = not _is_grey(image.mode)
    named, density = facts.pop("named", None), facts.pop("density", None)
    if colours:
        deep = ", in 8 bits (0 to 255)" if facts["bits"] > BYTE else ""
        notices.append(
            Notice(
                "COLOUR_AS_GREY", f"The picture has colours; the values are their luminance{deep}."
            )
        )
    if density is not None:
        notices.append(
            Notice(
                "PIXEL_SIZE_UNKNOWN",
                f"The file says {density} pixels per inch, as programs write for screen or print: "
                "that was not taken for the size of a pixel.",
            )
        )
    if named is not None and named != count:
        notices.append(
            Notice(
                "SLICES_MISSING",
                f"The description of the file counts {named} slices, the file has {count}.",
            )
        )
    frame = pd.DataFrame(rows)
    frame.insert(0, columns.SLICE, np.arange(1, count + 1))
    metadata = facts | {"slices": count}
    return finish(
        Source(path.name, "slice"), columns.IMAGE, frame, metadata=metadata, notices=notices
    )


@contextmanager
def _refusals(name: str) -> Iterator[None]:
    """Turn what Pillow raises on damaged pictures, and its warnings, into a FormatError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except FormatError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name, clean_text(error, 200)) from error
    except Exception as error:
        raise FormatError(
            f"{name} is cut off or damaged",
            place="the pictures in it",
            found=clean_text(f"{type(error).__name__}: {error}", 200),
            expected="a TIFF picture or stack that Pillow can decode",
            code="E_TRUNCATED",
        ) from error


def _too_large(name: str, found: str) -> FormatError:
    return FormatError(
        f"{name} is too large once it is unpacked",
        place="the size of its slices",
        found=found,
        expected=f"at most {LARGEST_SLICE} pixels in a slice, and {LARGEST_RATIO} bytes of pixels "
        "for each byte of the file",
        code="E_OUT_OF_RANGE",
    )


def _grey(path: Path, image: Any, at: int) -> dict[str, float]:
    """Return mean, extremes and standard deviation of the grey values of one slice."""
    image.seek(at)
    pixels = image.width * image.height
    if pixels > LARGEST_SLICE or pixels * (at + 1) > LARGEST_RATIO * path.stat().st_size:
        raise _too_large(path.name, f"{image.width} x {image.height} pixels in slice {at + 1}")
    values = _values(image)
    return {
        "grey_mean": float(values.mean(dtype=np.float64)),
        "grey_min": float(values.min()),
        "grey_max": float(values.max()),
        "grey_sd": float(values.std(dtype=np.float64)),
    }


def _is_grey(mode: str) -> bool:
    return mode in ("L", "F", "1") or mode.startswith("I")


def _values(image: Any) -> NDArray[Any]:
    """Return the grey values of a slice; Pillow takes 32 bits for signed and 8 for unsigned."""
    if not _is_grey(image.mode):
        return np.asarray(image.convert("L"))
    values = np.asarray(image)
    meant = MISTAKEN.get((image.mode, _first(image.tag_v2.get(SAMPLE_FORMAT, UNSIGNED))))
    return values if meant is None else values.view(meant)


def _first(value: Any) -> int:
    """Return the number of a tag, or the first of several."""
    return int(value[0] if isinstance(value, tuple) else value)


def _facts(image: Any) -> dict[str, Any]:
    """Return the metadata of the first slice; ``named``: slices that the description counts."""
    tags = image.tag_v2
    facts: dict[str, Any] = {
        "width_px": image.width,
        "height_px": image.height,
        "bits": _first(tags.get(BITS, 1)),
    }
    description = str(tags.get(DESCRIPTION, ""))
    pairs = dict(re.findall(r"^(\w+)=(.*)$", description.replace(MICRON_ESCAPE, "um"), re.M))
    micrometres = _pixel_um(tags, pairs)
    if micrometres is not None:
        density = round(MICROMETRES[2] / micrometres)
        printed = density in PRINTED and abs(density * micrometres / MICROMETRES[2] - 1) < ROUNDED
        known = "ImageJ" in pairs or not printed
        facts |= {"pixel_size_um": micrometres} if known else {"density": density}
    images = number(pairs.get("images"))
    if "ImageJ" in pairs and images is not None:
        facts["named"] = int(images)
    return facts


def _pixel_um(tags: Any, pairs: dict[str, str]) -> float | None:
    """Return the width of a pixel in um: from ImageJ's unit, else from a metric resolution."""
    resolution = float(tags.get(X_RESOLUTION, 0) or 0)
    if "ImageJ" in pairs:
        factor = IMAGEJ_UNITS.get(pairs.get("unit", "").strip())
    else:
        factor = MICROMETRES.get(int(tags.get(UNIT, 1) or 1))
    if factor is None or not SAME < resolution < 1 / SAME:
        return None
    return float(f"{factor / resolution:.6g}")


FORMAT = Format(
    name="tiff",
    title="TIFF picture or stack",
    suffixes=(".tif", ".tiff"),
    kinds=(columns.IMAGE,),
    sniff=sniff,
    read=read,
)
