"""LANDT, PEC, Basytec and Novonix texts: signs, units, counters of charge, refusals."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from measurements import columns
from measurements.formats import basytec as basytec_format
from measurements.formats import landt as landt_format
from measurements.formats import novonix as novonix_format
from measurements.formats import pec as pec_format
from measurements.formats._cycler import per_step
from tests.formats.files_cyclers import (
    basytec,
    basytec_comma,
    landt,
    landt_chinese,
    landt_states,
    novonix,
    pec,
    rows,
)
from tests.formats.files_texts import write
from tests.formats.refused import codes, refusal

LANDT, PEC = landt_format.FORMAT, pec_format.FORMAT
BASYTEC, NOVONIX = basytec_format.FORMAT, novonix_format.FORMAT
SIGNED_A = np.array([row["i"] for row in rows()])
TIME_S = np.array([row["t"] for row in rows()])
STEP_AH = np.array([row["q"] for row in rows()])


@pytest.mark.parametrize(
    ("plugin", "writer", "start_s"),
    [
        (LANDT, landt, 0.0),
        (LANDT, landt_states, 0.0),
        (LANDT, landt_chinese, 0.0),
        (PEC, pec, 86400.5),
        (BASYTEC, basytec, 0.0),
        (BASYTEC, basytec_comma, 0.0),
        (NOVONIX, novonix, 0.0),
    ],
)
def test_current_time_and_voltage(
    plugin: "landt_format.Format", writer: Callable[[Path], Path], start_s: float, tmp_path: Path
) -> None:
    reading = plugin.read(writer(tmp_path))
    np.testing.assert_allclose(reading.frame[columns.CURRENT], SIGNED_A, atol=1e-9)
    np.testing.assert_allclose(reading.frame[columns.TEST_TIME], TIME_S + start_s, atol=1e-3)
    np.testing.assert_allclose(reading.frame[columns.VOLTAGE], [row["v"] for row in rows()])
    assert codes(reading) == []


@pytest.mark.parametrize(
    ("plugin", "writer"),
    [(LANDT, landt), (LANDT, landt_states), (LANDT, landt_chinese), (NOVONIX, novonix)],
)
def test_counters_are_those_of_each_step(
    plugin: "landt_format.Format", writer: Callable[[Path], Path], tmp_path: Path
) -> None:
    frame = plugin.read(writer(tmp_path)).frame
    charge, discharge = np.where(SIGNED_A > 0, STEP_AH, 0), np.where(SIGNED_A < 0, STEP_AH, 0)
    np.testing.assert_allclose(frame[columns.STEP_CHARGING_CAPACITY], charge, atol=1e-7)
    np.testing.assert_allclose(frame[columns.STEP_DISCHARGING_CAPACITY], discharge, atol=1e-7)


@pytest.mark.parametrize(("plugin", "writer"), [(PEC, pec), (BASYTEC, basytec)])
def test_counters_that_run_through_a_cycle(
    plugin: "landt_format.Format", writer: Callable[[Path], Path], tmp_path: Path
) -> None:
    frame = plugin.read(writer(tmp_path)).frame
    assert frame[columns.CYCLE_CHARGING_CAPACITY].iloc[-1] == pytest.approx(0.6)
    assert frame[columns.CYCLE_DISCHARGING_CAPACITY].iloc[-1] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("counter", "passed", "expected"),
    [
        ([0, 1, 2, 0, 1, 2], 0, [0, 1, 2, 0, 1, 2]),
        ([0, 1, 2, 2, 3, 4], 0, [0, 1, 2, 0, 1, 2]),
        ([0, 1, 2, 2, 1, 0], 0, [0, 1, 2, 0, 1, 2]),
        ([0, 1, 2, 0, -1, -2], 0, [0, 1, 2, 0, 1, 2]),
        ([5, 6, 7, 7.1, 8, 9], 0, [5, 6, 7, 0.1, 1, 2]),
        ([0, 1, 2, 1.2, 1.5, 1.9], 1.1, [0, 1, 2, 1.2, 1.5, 1.9]),
        ([0, 1, 2, 3.2, 3.5, 3.9], 1.1, [0, 1, 2, 1.2, 1.5, 1.9]),
        ([0, 1, 2, 0.2, 0.5, 0.9], 9, [0, 1, 2, 0.2, 0.5, 0.9]),
    ],
    ids=[
        "restarts", "goes on", "goes on backwards", "restarts with sign", "begins late",
        "restarts, few records", "goes on, few records", "restarts after a pause",
    ],
)  # fmt: skip
def test_a_counter_becomes_that_of_its_step(
    counter: list[float], passed: float, expected: list[float]
) -> None:
    run = np.array([0, 0, 0, 1, 1, 1])
    found = per_step(np.array(counter, dtype=np.float64), run, np.full(6, float(passed)))
    np.testing.assert_allclose(found, expected)


def test_landt_facts(tmp_path: Path) -> None:
    reading = LANDT.read(landt(tmp_path))
    assert reading.metadata == {"sample_name": "A-1", "start_time": "2026-01-25T09:00:00"}
    frame = reading.frame
    assert list(frame[columns.STEP_TYPE].unique()) == ["REST", "CC_CHG", "CC_DCH"]
    assert list(frame[columns.RECORD][:3]) == [1, 2, 3]
    assert frame["temperature_t2_celsius"].iloc[0] == 25.5
    assert "temperature_t1_celsius" not in frame


def test_landt_as_the_conversion_beside_it(real_data: Path) -> None:
    folder = real_data / "cycling/landt/battery-data-format"
    name = "SINTEF__LiGrR2032__2024-04-30__25degC__Landt"
    frame = LANDT.read(folder / f"{name}.csv").frame
    other = pd.read_csv(folder / f"{name}.bdf.csv")
    pairs = {
        columns.TEST_TIME: columns.TEST_TIME,
        columns.VOLTAGE: columns.VOLTAGE,
        columns.CURRENT: columns.CURRENT,
        columns.STEP: "step_index",
        columns.STEP_CHARGING_CAPACITY: "charging_capacity_ah",
        columns.STEP_DISCHARGING_CAPACITY: "discharging_capacity_ah",
    }
    for ours, theirs in pairs.items():
        np.testing.assert_allclose(frame[ours], other[theirs], rtol=0, atol=1e-12, err_msg=ours)


def test_pec_facts_and_units(tmp_path: Path) -> None:
    reading = PEC.read(pec(tmp_path))
    assert reading.metadata["channel"] == "SBT-1-4"
    assert reading.metadata["schedule"] == "C/10"
    assert reading.metadata["operator"] == "Ada"
    assert reading.metadata["start_time"] == "2026-01-25T09:00:00"
    assert reading.frame["cycle_charging_energy_wh"].max() == pytest.approx(1.8)
    assert reading.frame[columns.AMBIENT_TEMPERATURE].iloc[0] == 25.1


def test_pec_with_two_cells_is_refused(tmp_path: Path) -> None:
    error = refusal(PEC.read, pec(tmp_path, cells=(1, 2)))
    assert error.code == "E_UNSUPPORTED"
    assert "187 2" in error.found


def test_pec_cycle_charges_are_the_integral_of_the_current(real_data: Path) -> None:
    """Within 1e-5 of 44 Ah."""
    frame = PEC.read(real_data / "cycling/pec/cellpy/pec.csv").frame
    cycle = frame[frame[columns.CYCLE] == 1]
    for name, sign in (
        (columns.CYCLE_CHARGING_CAPACITY, 1),
        (columns.CYCLE_DISCHARGING_CAPACITY, -1),
    ):
        current = np.clip(sign * cycle[columns.CURRENT], 0, None)
        charge = np.trapezoid(current, cycle[columns.TEST_TIME]) / 3600
        assert cycle[name].max() == pytest.approx(charge, rel=1e-4)


def test_basytec_facts(tmp_path: Path) -> None:
    reading = BASYTEC.read(basytec(tmp_path))
    assert reading.metadata == {
        "test_name": "formation",
        "sample_name": "A-1",
        "channel": "4",
        "start_time": "2026-01-25T09:00:00",
    }
    assert list(reading.frame[columns.STEP_TYPE].unique()) == ["REST", "CHG", "DCH"]
    assert reading.frame["net_capacity_ah"].iloc[-1] == pytest.approx(0.1)
    assert reading.frame["temperature_t1_celsius"].iloc[0] == 25.5


def test_basytec_with_signs_against_the_commands_is_refused(tmp_path: Path) -> None:
    assert refusal(BASYTEC.read, basytec(tmp_path, sign=-1)).code == "E_VALUE"


def test_an_unknown_unit_of_the_current_is_refused(tmp_path: Path) -> None:
    text = basytec(tmp_path).read_text(encoding="latin-1").replace("I[A]", "I[kA]")
    error = refusal(BASYTEC.read, write(tmp_path / "cell.txt", [text]))
    assert error.code == "E_UNITS_UNKNOWN"
    assert "I[kA]" in error.place


def test_an_unknown_unit_of_another_column_keeps_its_heading(tmp_path: Path) -> None:
    text = basytec(tmp_path).read_text(encoding="latin-1").replace("T1[°C]", "T1[K]")
    frame = BASYTEC.read(write(tmp_path / "cell.txt", [text])).frame
    assert frame["T1[K]"].iloc[0] == 25.5


def test_novonix_facts(tmp_path: Path) -> None:
    reading = NOVONIX.read(novonix(tmp_path))
    assert reading.metadata == {
        "channel": "01",
        "comment": "LFP",
        "software_version": "2.13.0",
        "active_mass_in_file_mg": 12.0,
        "start_time": "2026-01-25T09:00:00",
    }
    kinds = ["REST", "CC_CHG", "CV_CHG", "CC_DCH"]
    assert list(reading.frame[columns.STEP_TYPE].unique()) == kinds


def test_novonix_charge_is_the_integral_of_the_current(real_data: Path) -> None:
    """Within 1e-4: 0.5 A, a row a minute."""
    frame = NOVONIX.read(real_data / "cycling/novonix/PyProBE/sample_data_novonix.csv").frame
    charge = np.trapezoid(frame[columns.CURRENT], frame[columns.TEST_TIME]) / 3600
    assert frame[columns.STEP_CHARGING_CAPACITY].iloc[-1] == pytest.approx(charge, rel=1e-4)


@pytest.mark.parametrize(
    ("plugin", "line"),
    [(LANDT, "cell id: A"), (PEC, "Request Year:,2026"), (BASYTEC, "~Resultfile from Basytec"),
     (NOVONIX, "[Summary]")],
)  # fmt: skip
def test_a_header_without_table_is_refused(
    plugin: "landt_format.Format", line: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "cut.txt", [line])
    assert refusal(plugin.read, path).code == "E_COLUMNS_MISSING"


def test_a_landt_channel_that_is_a_name_stays_one(tmp_path: Path) -> None:
    path = landt(tmp_path)
    first, *rest = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    begin = next(at for at, line in enumerate(rest) if line.startswith("1,"))
    named = [f"002_5,{line.partition(',')[2]}" for line in rest[begin:]]
    path.write_text("".join([first, *rest[:begin], *named]), encoding="utf-8-sig")
    frame = LANDT.read(path).frame
    assert set(frame["channel_index"]) == {"002_5"}
    assert columns.RECORD not in frame
