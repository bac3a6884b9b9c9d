"""TIFF: grey values, size of a pixel, damage, pictures that are too large."""

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from measurements import columns
from measurements.formats import FormatError
from measurements.formats.tiff import read
from tests.formats import files_afm as made
from tests.formats.refused import codes, refusal


def test_each_slice_has_its_grey_values(tmp_path: Path) -> None:
    reading = read(made.tiff(tmp_path))
    frame = reading.frame
    assert reading.kind == columns.IMAGE
    assert frame[columns.SLICE].tolist() == [1, 2]
    for at, values in enumerate(made.slices()):
        row = frame.iloc[at]
        assert row["grey_mean"] == pytest.approx(values.mean())
        assert row["grey_sd"] == pytest.approx(values.std())
        assert (row["grey_min"], row["grey_max"]) == (values.min(), values.max())
    assert reading.metadata == {
        "width_px": 6,
        "height_px": 4,
        "bits": 8,
        "pixel_size_um": 0.5,
        "slices": 2,
    }


@pytest.mark.parametrize(("unit", "micrometres"), [(2, 254.0), (3, 100.0), (1, None)])
def test_the_unit_of_the_resolution(unit: int, micrometres: float | None, tmp_path: Path) -> None:
    path = tmp_path / "picture.tif"
    Image.fromarray(made.slices()[0]).save(path, tiffinfo={282: 100.0, 283: 100.0, 296: unit})
    assert read(path).metadata.get("pixel_size_um") == micrometres


def test_sixteen_bits_and_colours(tmp_path: Path) -> None:
    path = tmp_path / "picture.tif"
    Image.fromarray(np.full((3, 3), 40_000, dtype=np.uint16)).save(path)
    assert read(path).frame["grey_mean"].iloc[0] == 40_000
    Image.new("RGB", (3, 3), (255, 0, 0)).save(path)
    reading = read(path)
    assert reading.frame["grey_max"].iloc[0] == 76
    assert codes(reading) == ["COLOUR_AS_GREY"]


def test_a_stack_of_fewer_slices_than_described_is_noticed(tmp_path: Path) -> None:
    path = made.tiff(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"images=2", b"images=7"))
    assert codes(read(path)) == ["SLICES_MISSING"]


def test_a_small_file_of_an_enormous_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "picture.tif"
    Image.new("1", (8000, 8000)).save(path, compression="group4")
    assert path.stat().st_size < 30_000
    assert refusal(read, path).code == "E_OUT_OF_RANGE"


def test_damaged_pictures_give_a_table_or_a_reason(tmp_path: Path) -> None:
    path = made.tiff(tmp_path)
    data = path.read_bytes()
    random = np.random.default_rng(5)
    for _ in range(120):
        damaged = bytearray(data)
        damaged[int(random.integers(8, len(data)))] = int(random.integers(256))
        path.write_bytes(damaged[: int(random.integers(9, len(data) + 400))])
        with suppress(FormatError):
            assert len(read(path).frame) > 0
