"""What every format must do, on generated samples and, where they exist, on real files."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from measurements import columns
from measurements.discovery import LONGEST_HEADER_BYTES, SAMPLE_BYTES, formats, sample
from measurements.formats import Reading
from measurements.formats._bdf import NAMES
from tests.formats.samples import SAMPLES


def check_reading(reading: Reading) -> None:
    frame = reading.frame
    assert set(columns.required(reading.kind, frame.columns)) <= set(frame.columns)
    assert isinstance(frame.index, pd.RangeIndex)
    assert len(frame) > 0
    for name in frame.columns:
        assert str(frame[name].dtype) == expected_dtype(frame, name), name
    needed = frame[
        [
            name
            for name in columns.required(reading.kind, frame.columns)
            if name not in columns.TEXTS
        ]
    ].to_numpy()
    assert np.isfinite(needed).all()
    codes = {notice.code for notice in reading.notices}
    if columns.TEST_TIME in frame and reading.kind != columns.IMPEDANCE:
        monotone = (np.diff(frame[columns.TEST_TIME]) >= 0).all()
        assert monotone or "NON_MONOTONIC_TIME" in codes
    assert len(codes) == len(reading.notices)
    assert all(notice.message.endswith(".") for notice in reading.notices)
    json.dumps(dict(reading.metadata), allow_nan=False)


def expected_dtype(frame: pd.DataFrame, name: str) -> str:
    if name in columns.INTEGERS:
        return "int64"
    if name in columns.TEXTS:
        return "str"
    vendor_text = name not in NAMES and str(frame[name].dtype) == "str"
    return "str" if vendor_text else "float64"


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_recognised_by_its_own_format_only(name: str, tmp_path: Path) -> None:
    owner, write = SAMPLES[name]
    path = write(tmp_path)
    seen = sample(path, "a name without meaning")
    assert [plugin.name for plugin in formats().values() if plugin.sniff(seen)] == [owner]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_becomes_a_valid_table(name: str, tmp_path: Path) -> None:
    owner, write = SAMPLES[name]
    reading = formats()[owner].read(write(tmp_path))
    check_reading(reading)
    assert reading.kind in formats()[owner].kinds


@pytest.mark.parametrize("name", SAMPLES)
def test_reading_twice_gives_the_same(name: str, tmp_path: Path) -> None:
    owner, write = SAMPLES[name]
    path = write(tmp_path)
    first, second = formats()[owner].read(path), formats()[owner].read(path)
    pd.testing.assert_frame_equal(first.frame, second.frame)
    assert (first.metadata, first.notices) == (second.metadata, second.notices)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_is_read_whatever_it_is_called(name: str, tmp_path: Path) -> None:
    owner, write = SAMPLES[name]
    path = write(tmp_path)
    frame = formats()[owner].read(path).frame
    renamed = path.rename(tmp_path / "5f3a9c")
    pd.testing.assert_frame_equal(formats()[owner].read(renamed).frame, frame)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sniffer_sees_no_more_than_the_ends_and_a_header(name: str, tmp_path: Path) -> None:
    seen = sample(SAMPLES[name][1](tmp_path), "x")
    assert len(seen.head) <= LONGEST_HEADER_BYTES
    assert len(seen.tail) <= SAMPLE_BYTES


@pytest.mark.parametrize("plugin", formats().values(), ids=formats().keys())
def test_every_format_has_a_sample(plugin: object) -> None:
    assert getattr(plugin, "name", "") in {owner for owner, _ in SAMPLES.values()}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\x00" * 5000,
        b"PK\x03\x04",
        b"NEWARE",
        b"PAR1",
        "\ufeff".encode(),
        b"\xff\xfe" * 100,
        b"\r" * 100,
    ],
    ids=repr,
)
def test_sniffers_never_raise(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    for plugin in formats().values():
        assert plugin.sniff(sample(path, "x")) in (True, False)
