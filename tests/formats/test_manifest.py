"""Walks the manifest of the real files: every one is read right, or refused with its reason."""

import csv
from itertools import groupby
from pathlib import Path

import pytest

from measurements import columns
from measurements.discovery import read_file
from measurements.formats import FormatError
from tests.formats.manifest_table import Line, lines, value_at
from tests.formats.test_conformance import check_reading

TABLE = {
    path: list(group)
    for path, group in groupby(sorted(lines(), key=lambda line: line.path), lambda line: line.path)
}


def test_every_file_of_the_manifest_has_its_line(real_data: Path) -> None:
    with (real_data / "MANIFEST.csv").open(newline="", encoding="utf-8") as file:
        listed = {row["path"] for row in csv.DictReader(file)}
    assert set(TABLE) == listed


@pytest.mark.parametrize("path", [path for path in TABLE if TABLE[path][0].expect == "read"])
def test_a_file_is_read_right(path: str, real_data: Path) -> None:
    first, *_ = group = TABLE[path]
    plugin, reading = read_file(real_data / path, Path(path).name)
    check_reading(reading)
    assert (plugin.name, reading.kind) == (first.format, first.kind)
    assert len(reading.frame) == int(first.rows)
    if first.cycles:
        assert reading.frame[columns.CYCLE].nunique() == int(first.cycles)
    assert first.value, "a line needs a value to be checked by"
    for line in group:
        found = value_at(reading.frame, line.column, line.at)
        assert found == pytest.approx(float(line.value), abs=float(line.tolerance)), line


@pytest.mark.parametrize("path", [path for path in TABLE if TABLE[path][0].expect != "read"])
def test_a_file_is_refused_with_its_reason(path: str, real_data: Path) -> None:
    line: Line = TABLE[path][0]
    assert line.expect in {"refused", "reference"}
    with pytest.raises(FormatError) as caught:
        read_file(real_data / path, Path(path).name)
    error = caught.value
    assert error.code == line.code
    assert Path(path).name in error.message
    assert error.place
    assert error.found
    assert error.expected
    if line.expect == "reference":
        assert any(name == line.note or name.startswith(f"{line.note}/") for name in TABLE)
