"""Maccor text: signs, units of time, counters of charge, grouped digits, damaged files."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from measurements import columns
from measurements.formats.maccor import FORMAT
from tests.formats.files import FREQUENCY_HZ, IMPEDANCE_OHM
from tests.formats.files_cyclers import (
    MACCOR_HEADINGS,
    maccor,
    maccor_grouped,
    maccor_lines,
    maccor_minutes,
    maccor_spectrum,
    rows,
)
from tests.formats.files_texts import write
from tests.formats.refused import codes, refusal

SIGNED_A = np.array([row["i"] for row in rows()])
TIME_S = np.array([row["t"] for row in rows()])
STEP_AH = np.array([row["q"] for row in rows()])


def edited(folder: Path, edit: Callable[[str], str]) -> Path:
    lines = [edit(line) for line in maccor_lines(rows())]
    return write(folder / "cell.txt", [MACCOR_HEADINGS, *lines])


def with_state(step: str, state: str) -> Callable[[str], str]:
    """Return an edit of the last row of a step: another state."""

    def edit(line: str) -> str:
        cells = line.split("\t")
        if cells[2] == step and cells[4].strip() == "0d 01:00:00.00":
            cells[9] = state
        return "\t".join(cells)

    return edit


def test_states_give_the_sign_and_counters_become_those_of_steps(tmp_path: Path) -> None:
    reading = FORMAT.read(maccor(tmp_path))
    frame = reading.frame
    np.testing.assert_allclose(frame[columns.CURRENT], SIGNED_A)
    np.testing.assert_allclose(frame[columns.TEST_TIME], TIME_S)
    charge = frame[columns.STEP_CHARGING_CAPACITY]
    np.testing.assert_allclose(charge, np.where(SIGNED_A > 0, STEP_AH, 0), atol=1e-9)
    discharge = frame[columns.STEP_DISCHARGING_CAPACITY]
    np.testing.assert_allclose(discharge, np.where(SIGNED_A < 0, STEP_AH, 0), atol=1e-9)
    assert frame[columns.STEP_DISCHARGING_ENERGY].max() == pytest.approx(1.5)
    assert list(frame[columns.STEP_TYPE].unique()) == ["REST", "CHG", "DCH"]
    assert codes(reading) == []
    assert reading.metadata == {
        "source_file": "C:\\data\\cell.001",
        "schedule": "cycle.000",
        "barcode": "A-1",
        "start_time": "2026-01-25T09:00:00",
    }


def test_a_current_with_sign_is_kept(tmp_path: Path) -> None:
    path = edited(tmp_path, _discharge_negative)
    np.testing.assert_allclose(FORMAT.read(path).frame[columns.CURRENT], SIGNED_A)


def _discharge_negative(line: str) -> str:
    cells = line.split("\t")
    return "\t".join([*cells[:7], ("-" if cells[9] == "D" else "") + cells[7], *cells[8:]])


def test_signs_that_contradict_the_states_are_refused(tmp_path: Path) -> None:
    def turned(line: str) -> str:
        cells = line.split("\t")
        return "\t".join([*cells[:7], ("-" if cells[9] == "C" else "") + cells[7], *cells[8:]])

    error = refusal(FORMAT.read, edited(tmp_path, turned))
    assert error.code == "E_VALUE"
    assert "charge" in error.place


@pytest.mark.parametrize("state", ["O", "S", "P"])
def test_a_row_that_ends_a_step_in_another_state_has_its_direction(
    state: str, tmp_path: Path
) -> None:
    frame = FORMAT.read(edited(tmp_path, with_state("4", state))).frame
    np.testing.assert_allclose(frame[columns.CURRENT], SIGNED_A)
    assert frame[columns.STEP_DISCHARGING_CAPACITY].iloc[-1] == pytest.approx(0.5)


def test_a_step_without_any_direction_is_refused(tmp_path: Path) -> None:
    path = edited(tmp_path, lambda line: line.replace("\tD\t", "\tW\t"))
    error = refusal(FORMAT.read, path)
    assert error.code == "E_VALUE"
    assert error.place == "line 22"
    assert "11 rows" in error.found


def test_a_few_rows_without_direction_are_left_out(tmp_path: Path) -> None:
    lines = maccor_lines(rows() * 10)
    odd = lines[-1].replace("\t4\t", "\t9\t", 1).replace("\tD\t", "\tW\t")
    path = write(tmp_path / "cell.txt", [MACCOR_HEADINGS, *lines, odd])
    reading = FORMAT.read(path)
    assert len(reading.frame) == 10 * len(rows())
    assert "DIRECTION_UNKNOWN" in codes(reading)


def test_an_unsigned_current_of_a_rest_is_zero(tmp_path: Path) -> None:
    path = edited(tmp_path, lambda line: line.replace("\t0.0000000000\t3.", "\t0.0001\t3."))
    reading = FORMAT.read(path)
    assert codes(reading) == ["REST_CURRENT_ZEROED"]
    np.testing.assert_allclose(reading.frame[columns.CURRENT], SIGNED_A)


def test_without_sign_and_state_the_voltage_tells_the_direction(tmp_path: Path) -> None:
    reading = FORMAT.read(maccor_grouped(tmp_path))
    assert codes(reading) == ["SIGN_FROM_VOLTAGE"]
    np.testing.assert_allclose(reading.frame[columns.CURRENT], SIGNED_A * 1e4)
    np.testing.assert_allclose(reading.frame[columns.TEST_TIME], TIME_S + 1e6)
    assert reading.frame[columns.STEP_DISCHARGING_CAPACITY].max() == pytest.approx(5000)


def test_a_voltage_that_hardly_changes_tells_no_direction(tmp_path: Path) -> None:
    lines = maccor_grouped(tmp_path).read_text().splitlines()
    flat = [line.rsplit(",", 2)[0] + ",3.3,0.0" for line in lines[1:]]
    error = refusal(FORMAT.read, write(tmp_path / "pack.csv", [lines[0], *flat]))
    assert error.code == "E_VALUE"
    assert "state" in error.expected


def test_the_clock_tells_the_unit_of_times(tmp_path: Path) -> None:
    reading = FORMAT.read(maccor_minutes(tmp_path))
    np.testing.assert_allclose(reading.frame[columns.TEST_TIME], TIME_S, atol=1e-3)
    np.testing.assert_allclose(reading.frame[columns.CURRENT], SIGNED_A)
    assert reading.metadata["channel"] == "81"
    assert reading.metadata["start_time"] == "2026-01-25T09:00:00"


@pytest.mark.parametrize(("unit", "factor"), [(" (Sec)", 1 / 60), (" (Min)", 1), (" (Hr)", 60)])
def test_a_unit_in_the_heading_rules(unit: str, factor: float, tmp_path: Path) -> None:
    frame = FORMAT.read(maccor_minutes(tmp_path, unit)).frame
    np.testing.assert_allclose(frame[columns.TEST_TIME], TIME_S * factor, rtol=1e-6)


def test_times_without_unit_and_clock_are_refused(tmp_path: Path) -> None:
    error = refusal(FORMAT.read, maccor_minutes(tmp_path, clock="Remark"))
    assert error.code == "E_UNITS_UNKNOWN"
    assert "Test (Min)" in error.expected


def test_millivolts_called_volts_are_found_by_the_energy(tmp_path: Path) -> None:
    def in_millivolt(line: str) -> str:
        cells = line.split("\t")
        return "\t".join([*cells[:8], str(float(cells[8]) * 1e3), *cells[9:]])

    reading = FORMAT.read(edited(tmp_path, in_millivolt))
    assert codes(reading) == ["VOLTAGE_IN_MILLIVOLT"]
    np.testing.assert_allclose(reading.frame[columns.VOLTAGE], [row["v"] for row in rows()])


def test_a_last_line_that_is_cut_off_is_left_out(tmp_path: Path) -> None:
    data = maccor(tmp_path).read_bytes()
    (tmp_path / "cut.001").write_bytes(data[: data.rindex(b"\t0.5000000000") + 3])
    reading = FORMAT.read(tmp_path / "cut.001")
    assert len(reading.frame) == len(rows()) - 1
    assert codes(reading) == ["LAST_LINE_CUT"]


def test_an_incomplete_line_in_the_middle_is_refused(tmp_path: Path) -> None:
    path = edited(tmp_path, lambda line: line[:20] if line.startswith("5\t") else line)
    assert refusal(FORMAT.read, path).place == "line 6"


def test_an_attached_spectrum(tmp_path: Path) -> None:
    reading = FORMAT.read(maccor_spectrum(tmp_path))
    assert reading.kind == columns.IMPEDANCE
    frame = reading.frame
    np.testing.assert_allclose(frame[columns.FREQUENCY], FREQUENCY_HZ, rtol=1e-4)
    np.testing.assert_allclose(frame[columns.IMAGINARY_IMPEDANCE], IMPEDANCE_OHM.imag, atol=1e-6)
    assert reading.metadata["start_time"] == "2026-01-25T09:00:00"


@pytest.mark.parametrize(
    "name", ["cellpy/maccor_three.txt", "beep/PredictionDiagnostics_000109_tztest.010"]
)
def test_step_charges_of_real_files_are_the_integral_of_the_current(
    name: str, real_data: Path
) -> None:
    """Within 2 % (rows are 30 s apart in constant voltage), in steps of 20 rows and more."""
    frame = FORMAT.read(real_data / "cycling/maccor" / name).frame
    checked = 0
    for _, step in frame.groupby([columns.CYCLE, columns.STEP], sort=False):
        charge = np.trapezoid(step[columns.CURRENT], step[columns.TEST_TIME]) / 3600
        halves = step[[columns.STEP_CHARGING_CAPACITY, columns.STEP_DISCHARGING_CAPACITY]]
        counted = halves.iloc[-1] - halves.iloc[0]
        if len(step) >= 20 and abs(charge) > 0:
            assert counted.iloc[0] - counted.iloc[1] == pytest.approx(charge, rel=0.02)
            checked += 1
    assert checked >= 10


@pytest.mark.parametrize(
    ("size", "code"), [(10, "E_COLUMNS_MISSING"), (150, "E_COLUMNS_MISSING"), (220, "E_TRUNCATED")]
)
def test_a_file_that_ends_before_its_rows_is_refused(size: int, code: str, tmp_path: Path) -> None:
    path = tmp_path / "cut.001"
    path.write_bytes(maccor(tmp_path).read_bytes()[:size])
    assert refusal(FORMAT.read, path).code.startswith(code)
