"""Battery Data Format as JSON in four shapes, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from measurements import columns
from measurements.formats.bdf_json import FORMAT
from tests.formats.files import LABELS, cycling_frame
from tests.formats.files_cyclers import json_columns, json_lines, json_records, json_split
from tests.formats.files_texts import write
from tests.formats.refused import refusal


@pytest.mark.parametrize("writer", [json_records, json_columns, json_split, json_lines])
def test_every_shape_gives_the_same_table(writer: object, tmp_path: Path) -> None:
    expected = cycling_frame()
    frame = FORMAT.read(writer(tmp_path)).frame  # type: ignore[operator]
    assert list(frame.columns) == list(expected.columns)
    for name in (columns.TEST_TIME, columns.CURRENT, columns.CYCLE):
        np.testing.assert_allclose(frame[name], expected[name], rtol=1e-9)


def test_labels_with_units_are_read(tmp_path: Path) -> None:
    names = {**LABELS, columns.CURRENT: "Current / mA"}
    table = cycling_frame().rename(columns=names)
    path = write(tmp_path / "cell.json", [table.to_json(orient="records")])
    expected = cycling_frame()[columns.CURRENT] * 1e-3
    np.testing.assert_allclose(FORMAT.read(path).frame[columns.CURRENT], expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('[{"test_time_second": 1, "voltage_volt": 3, "current_ampere": 0}', "E_TRUNCATED"),
        ('{"test_time_second": [1], "voltage_volt": [3, 4], "current_ampere": [0]}', "E_VALUE"),
        ('{"test_time_second": [1], "voltage_volt": [3]}', "E_COLUMNS_MISSING"),
        ('[{"test_time_second": 1, "voltage_volt": "x", "current_ampere": 0}]', "E_VALUE"),
        ("[]", "E_TOO_FEW_POINTS"),
        ("[1, 2]", "E_VALUE"),
        ("[" * 100_000, "E_TRUNCATED"),
    ],
    ids=["cut off", "lengths", "column missing", "word", "empty", "numbers", "deep"],
)
def test_what_is_no_table_is_refused(text: str, code: str, tmp_path: Path) -> None:
    assert refusal(FORMAT.read, write(tmp_path / "cell.json", [text])).code == code


def test_a_null_in_one_of_many_rows_is_left_out(tmp_path: Path) -> None:
    table = cycling_frame().to_dict(orient="list")
    table[columns.VOLTAGE][5] = None
    reading = FORMAT.read(write(tmp_path / "cell.json", [json.dumps(table)]))
    assert len(reading.frame) == len(cycling_frame()) - 1
    assert [notice.code for notice in reading.notices] == ["NON_FINITE_DROPPED"]
