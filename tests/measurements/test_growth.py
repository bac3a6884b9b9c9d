"""When a newer file is the old one grown on, by its table alone."""

import numpy as np
import pandas as pd
import pytest

from measurements.formats import Reading
from measurements.growth import compare

ROWS = 20


def frame(rows: int = ROWS, **columns: object) -> pd.DataFrame:
    count = np.arange(rows, dtype=float)
    table = {
        "test_time_second": count * 10,
        "voltage_volt": 3.5 + 0.1 * np.sin(count),
        "current_ampere": np.full(rows, 1e-3),
    }
    return pd.DataFrame(table | columns)


def reading(table: pd.DataFrame, kind: str = "cycling", **metadata: object) -> Reading:
    return Reading(kind, table, metadata)


def changed(row: int, by: float, rows: int = ROWS) -> pd.DataFrame:
    table = frame(rows)
    table.loc[row, "voltage_volt"] += by
    return table


@pytest.mark.parametrize(
    ("row", "by", "grown"),
    [
        (5, 1e-7, True),  # the last digit of a float printed once shorter
        (5, 1e-5, False),
        (ROWS - 1, 0.5, True),  # the last row was written half
        (ROWS - 2, 0.5, False),
    ],
)
def test_old_rows_agree_to_print_rounding_but_for_the_last(
    row: int, by: float, grown: bool
) -> None:
    assert compare(reading(frame()), reading(changed(row, by, ROWS + 5))).grown is grown


@pytest.mark.parametrize(("rows", "grown"), [(1, False), (10, False), (11, True)])
def test_a_last_row_that_differs_needs_ten_rows_before_it_that_agree(
    rows: int, grown: bool
) -> None:
    before = changed(rows - 1, 0.5, rows)
    assert compare(reading(before), reading(frame(ROWS))).grown is grown


def test_a_current_of_zero_is_not_taken_for_a_small_one() -> None:
    rest = frame(current_ampere=np.zeros(ROWS))
    other = frame(current_ampere=np.full(ROWS, 1e-9))
    found = compare(reading(rest), reading(other))
    assert found.note == (
        "It does not begin with the file before: from row 1 on they differ, "
        "current_ampere was 0 and is 1e-09."
    )


@pytest.mark.parametrize(
    ("was", "now", "grown"),
    [
        ("2026-03-02T10:00:00", "2026-03-02T10:00:00.600", True),
        ("2026-03-02T10:00:00", "2026-03-02T10:00:02", False),
        ("2026-03-02T10:00:00+01:00", "2026-03-02T09:00:00+00:00", True),
        ("2026-03-02T10:00:00", "2026-03-02T10:00:00+00:00", False),
        (None, "2026-03-02T10:00:00", True),
    ],
)
def test_the_start_of_the_test_must_be_the_same(was: str | None, now: str, grown: bool) -> None:
    before = reading(frame(), start_time=was) if was else reading(frame())
    assert compare(before, reading(frame(), start_time=now)).grown is grown


def test_another_kind_and_other_columns_are_another_test() -> None:
    assert compare(reading(frame()), reading(frame(), "voltammetry")).note == (
        "It holds voltammetry data; the file before holds cycling data."
    )
    lacking = frame().drop(columns="current_ampere")
    assert compare(reading(frame()), reading(lacking)).note == (
        "It lacks current_ampere, which the file before has."
    )


@pytest.mark.parametrize(
    ("cycles", "note"),
    [
        (None, "It lacks cycle_count, which the file before has."),
        (np.ones(ROWS, dtype=int), "cycle_count was 2 and is 1."),
        (["1"] * 10 + ["2"] * 10, None),
        (["1"] * 10 + ["II"] * 10, "cycle_count was 2 and is “II”."),
    ],
)
def test_the_same_voltages_with_other_cycles_are_other_results(
    cycles: object, note: str | None
) -> None:
    """An export with fewer columns or another cycle count would change every capacity unseen."""
    counted = reading(frame(cycle_count=np.repeat([1, 2], ROWS // 2)))
    after = reading(frame() if cycles is None else frame(cycle_count=cycles))
    found = compare(counted, after)
    assert found.grown is (note is None)
    assert found.note.endswith(note or "")


def test_spectra_are_compared_by_frequency_and_impedance() -> None:
    spectrum = pd.DataFrame(
        {
            "frequency_hertz": [1e3, 1e2],
            "real_impedance_ohm": [5.0, 6.0],
            "imaginary_impedance_ohm": [-1.0, -2.0],
        }
    )
    other = spectrum.assign(imaginary_impedance_ohm=[-1.0, -2.1])
    assert compare(reading(spectrum, "impedance"), reading(spectrum, "impedance")).grown
    assert compare(reading(spectrum, "impedance"), reading(other, "impedance")).note == (
        "It does not begin with the file before: from row 2 on they differ, "
        "imaginary_impedance_ohm was -2 and is -2.1."
    )


def test_text_columns_are_compared_as_they_are() -> None:
    listed = pd.DataFrame({"member": ["a.z", "b.z"]})
    other = pd.DataFrame({"member": ["a.z", "c.z", "b.z"]})
    assert compare(reading(listed, "archive"), reading(other, "archive")).note.endswith(
        "member was “b.z” and is “c.z”."
    )
