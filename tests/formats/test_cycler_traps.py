"""Files of cyclers whose numbers would be wrong without a word: signs, counters, times."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from measurements import columns
from measurements.discovery import read_file
from measurements.formats import maccor, neware_export, pec
from measurements.formats._sign_check import sign_doubts
from tests.formats import files_neware_exports as exports
from tests.formats.files_cyclers import MACCOR_HEADINGS, maccor_lines, rows, span
from tests.formats.files_cyclers import pec as write_pec
from tests.formats.files_texts import write
from tests.formats.refused import codes, refusal

HOUR_S = 3600.0
CURRENT = exports.ENGLISH.index("Current(mA)")
TYPE = exports.ENGLISH.index("Step Type")


def cycled(noise_v: float = 0.0) -> pd.DataFrame:
    """Three cycles: 1 h charge from 3 to 4 V at 1 A, 10 min at 4 V, 1 h discharge, rests."""
    up = np.linspace(3.05, 4.0, 360)
    half = [np.full(20, 3.05), up, np.full(60, 4.0), np.full(20, 3.98), up[::-1] - 0.05]
    amperes = [np.zeros(20), np.ones(360), np.full(60, 0.2), np.zeros(20), -np.ones(360)]
    voltage = np.tile(np.concatenate(half), 3)
    noise = noise_v * np.random.default_rng(1).standard_normal(len(voltage))
    return pd.DataFrame(
        {
            columns.TEST_TIME: 10.0 * np.arange(len(voltage)),
            columns.VOLTAGE: voltage + noise,
            columns.CURRENT: np.tile(np.concatenate(amperes), 3),
        }
    )


def doubted(frame: pd.DataFrame) -> bool:
    return [notice.code for notice in sign_doubts(frame)] == ["SIGN_SUSPECT"]


@pytest.mark.parametrize("noise_v", [0.0, 0.01])
def test_a_voltage_against_the_current_is_noticed(noise_v: float) -> None:
    frame = cycled(noise_v)
    assert not doubted(frame)
    assert doubted(frame.assign(current_ampere=-frame[columns.CURRENT]))
    assert doubted(frame.assign(current_ampere=frame[columns.CURRENT].abs()))


def test_a_symmetrical_cell_raises_no_doubt() -> None:
    frame = cycled()
    falling = np.sign(frame[columns.CURRENT]) * (0.6 - 0.1 * frame[columns.VOLTAGE])
    assert not doubted(frame.assign(voltage_volt=falling))
    assert not doubted(frame.assign(voltage_volt=falling.abs()))


def test_the_real_file_without_signs_is_noticed(real_data: Path) -> None:
    folder = real_data / "cycling/maccor/battery-data-format"
    path = next(folder.glob("faraday*.bdf.csv"))
    _, reading = read_file(path, path.name)
    assert reading.frame[columns.CURRENT].min() == 0.0
    message = next(one.message for one in reading.notices if one.code == "SIGN_SUSPECT")
    assert "in 43 of 76 cases" in message


@pytest.mark.parametrize(
    "name",
    [
        "neware/fastnda/nw4-120-1-6-53.ndax",
        "maccor/beep/PredictionDiagnostics_000109_tztest.010",
        "maccor/maccorcyclingdata/testdata18.csv",
        "arbin/battery-data-toolkit/arbin_example.csv",
        "neware/fastnda/nda_v26.nda.zip",
    ],
)
def test_real_signs_are_not_doubted_but_turned_ones_are(name: str, real_data: Path) -> None:
    path = real_data / "cycling" / name
    _, reading = read_file(path, path.name)
    assert "SIGN_SUSPECT" not in codes(reading)
    current = reading.frame[columns.CURRENT]
    assert doubted(reading.frame.assign(current_ampere=-current))
    assert doubted(reading.frame.assign(current_ampere=current.abs()))


def unsigned() -> list[list[str]]:
    return [[cell.lstrip("-") for cell in line] for line in exports.flat_lines()]


def test_noise_below_zero_makes_no_signed_current(tmp_path: Path) -> None:
    lines = unsigned()
    next(line for line in lines if line[TYPE] == "Rest")[CURRENT] = "-0.0001"
    error = refusal(neware_export.read, exports.write(tmp_path / "cell.csv", lines))
    assert error.code == "E_VALUE"
    assert error.found == "0.001 A in a step CC_DCH"


def test_any_chinese_discharge_gets_its_sign(tmp_path: Path) -> None:
    types = {**exports.CHINESE_TYPES, "CC_DCH": "倍率放电"}
    lines = [[c.lstrip("-") for c in line] for line in exports.flat_lines(exports.CHINESE, types)]
    path = exports.write(tmp_path / "cell.csv", lines, encoding="gb18030")
    frame = neware_export.read(path).frame
    assert frame.loc[frame[columns.STEP_TYPE] == "倍率_DCH", columns.CURRENT].unique() == [-0.001]


def test_steps_whose_type_tells_no_direction_are_noticed(tmp_path: Path) -> None:
    lines = unsigned()
    for line in lines[-80:-40]:
        line[TYPE] = "SIM"
    reading = neware_export.read(exports.write(tmp_path / "cell.csv", lines))
    message = next(one.message for one in reading.notices if one.code == "CURRENT_SIGN_UNKNOWN")
    assert "steps of the types SIM do not tell charge from discharge: their 40 rows" in message


def test_a_time_of_two_parts_is_refused(tmp_path: Path) -> None:
    lines = exports.flat_lines()
    for line in lines[1:]:
        line[4], line[5] = line[4][3:], line[5][3:]
    error = refusal(neware_export.read, exports.write(tmp_path / "cell.csv", lines))
    assert (error.code, error.found) == ("E_VALUE", "“00:00”")


def maccor_file(folder: Path, lines: list[str]) -> Path:
    header = "Today's Date 02/03/2026  Date of Test:\t01/25/2026\t Filename:\tcell.001"
    return write(folder / "cell.001", [header, MACCOR_HEADINGS, *lines], end="\r\n")


def test_a_counter_restarts_although_few_records_show_it(tmp_path: Path) -> None:
    records = (("C", 1, 3600, 3600, 0.5), ("C", 1, 7200, 7200, 1.0),
               ("D", 2, 11200, 4000, 0.5556), ("D", 2, 14200, 7000, 0.9722))  # fmt: skip
    lines = [
        f"{at}\t1\t{step}\t{span(t)}\t{span(ts)}\t{q}\t{3.7 * q}\t0.5\t3.7\t{state}\t1"
        f"\t01/25/2026 09:00:00"
        for at, (state, step, t, ts, q) in enumerate(records, 1)
    ]
    frame = maccor.read(maccor_file(tmp_path, lines)).frame
    assert frame[columns.STEP_CHARGING_CAPACITY].tolist() == [0.5, 1.0, 0.0, 0.0]
    assert frame[columns.STEP_DISCHARGING_CAPACITY].tolist() == [0.0, 0.0, 0.5556, 0.9722]
    assert frame[columns.STEP_DISCHARGING_ENERGY].iloc[-1] == pytest.approx(3.7 * 0.9722)


def test_days_before_a_point_are_counted(tmp_path: Path) -> None:
    lines = [line.replace("  0d ", "  00.") for line in maccor_lines(rows())]
    lines = [lines[0].replace("00.", "", 2), *(line.replace("  00.", "  1.") for line in lines[1:])]
    reading = maccor.read(maccor_file(tmp_path, lines))
    expected = [0.0, *(86400.0 + row["t"] for row in rows()[1:])]
    assert reading.frame[columns.TEST_TIME].tolist() == expected
    assert "NON_MONOTONIC_TIME" not in codes(reading)


@pytest.mark.parametrize("prefix", ["step_", "cycle_", ""])
def test_counters_of_pec_are_named_by_when_they_restart(prefix: str, tmp_path: Path) -> None:
    *header, headings, first = write_pec(tmp_path).read_text(encoding="utf-8").splitlines()[:10]
    lines = [*header, headings]
    charged = discharged = 0.0
    for cycle in (1, 2):
        if prefix == "cycle_":
            charged = discharged = 0.0
        base = charged, discharged
        for row in rows():
            charges, discharges = row["i"] > 0, row["i"] < 0
            if prefix == "step_":
                charged, discharged = row["q"] * charges, row["q"] * discharges
            elif charges:
                charged = base[0] + row["run"]
            elif discharges:
                discharged = base[1] + row["q"]
            cells = first.split(",")
            total = row["t"] / HOUR_S + 4 * cycle
            clock = f"{int(total)}:{total % 1 * 60:.0f}:00"
            cells[5:9] = [f"{row['step']}", f"{cycle}", clock, f"{row['ts']}"]
            cells[10:16] = [
                f"{row['v'] * 1e3:.3f}", f"{row['i'] * 1e3:.1f}", f"{charged * 1e3:.4f}",
                f"{discharged * 1e3:.4f}", f"{charged * 3e3:.4f}", f"{discharged * 3e3:.4f}",
            ]  # fmt: skip
            lines.append(",".join(cells))
    reading = pec.FORMAT.read(write(tmp_path / "two.csv", lines))
    last = reading.frame.iloc[-1]
    expected = {"step_": (0.0, 0.5), "cycle_": (0.6, 0.5), "": (1.2, 1.0)}[prefix]
    assert last[f"{prefix}charging_capacity_ah"] == pytest.approx(expected[0])
    assert last[f"{prefix}discharging_capacity_ah"] == pytest.approx(expected[1])
    assert last[f"{prefix}discharging_energy_wh"] == pytest.approx(3 * expected[1])
    assert codes(reading) == []
