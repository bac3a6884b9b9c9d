"""Arbin texts, workbooks and databases: names, units, counters, clock, facts, refusals."""

import shutil
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import numpy as np
import pandas as pd
import pytest

from measurements import columns
from measurements.formats import Reading, _access, arbin_res, arbin_text, arbin_workbook
from measurements.formats._clock import LOCAL_TIME
from tests.formats import files_arbin as arbin
from tests.formats.access_writer import write_database
from tests.formats.refused import codes, refusal

CELLPY = "cycling/arbin/cellpy"
CHARGE, DISCHARGE = columns.CYCLE_CHARGING_CAPACITY, columns.CYCLE_DISCHARGING_CAPACITY

LAYOUTS = [
    pytest.param(arbin_text.read, arbin.text_mits, id="MITS csv"),
    pytest.param(arbin_text.read, arbin.text_mits_pro, id="MITS Pro csv"),
    pytest.param(arbin_text.read, arbin.text_database, id="database csv"),
    pytest.param(arbin_text.read, arbin.text_comma, id="decimal comma"),
    pytest.param(arbin_workbook.read, arbin.workbook, id="workbook"),
    pytest.param(arbin_res.read, arbin.database, id="res"),
]
Read = Callable[[Path], Reading]
Write = Callable[[Path], Path]


@pytest.fixture
def no_mdbtools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("mdb-export") is None


@pytest.mark.parametrize(("read", "write"), LAYOUTS)
def test_every_layout_gives_the_same_table(read: Read, write: Write, tmp_path: Path) -> None:
    reading = read(write(tmp_path))
    frame = reading.frame
    assert len(frame) == arbin.CYCLES * 2 * arbin.POINTS
    assert frame[columns.RECORD].tolist() == list(range(1, 121))
    assert frame[columns.TEST_TIME].iloc[-1] == pytest.approx(119 * 30.0)
    assert frame[columns.CURRENT].iloc[[0, -1]].tolist() == [2.0, -2.0]
    assert frame[columns.VOLTAGE].iloc[19] == pytest.approx(3.69)
    assert frame[columns.STEP_ID].unique().tolist() == ["2", "3"]
    ends = frame.groupby(columns.CYCLE)[[CHARGE, DISCHARGE]].max()
    assert ends.index.tolist() == [1, 2, 3]
    assert ends.to_numpy() == pytest.approx(arbin.PHASE_AH)
    assert str(reading.metadata["start_time"]).startswith("2026-03-14T09:00:00")


def test_a_clock_without_zone_is_no_unix_time(tmp_path: Path) -> None:
    naive = arbin_text.read(arbin.text_mits_pro(tmp_path))
    assert columns.UNIX_TIME not in naive.frame
    assert naive.frame[LOCAL_TIME].iloc[1] == 1773478830.0
    assert codes(naive) == ["CLOCK_WITHOUT_ZONE"]
    known = arbin_text.read(arbin.text_database(tmp_path))
    assert known.frame[columns.UNIX_TIME].iloc[1] == 1773478830.0
    assert known.metadata["start_time"] == "2026-03-14T09:00:00+00:00"


@pytest.mark.parametrize(
    ("restart", "name", "largest"),
    [
        ("cycle", "cycle_charging_capacity_ah", 1),
        ("never", "charging_capacity_ah", arbin.CYCLES),
        ("step", "schedule_charging_capacity_ah", 1),
    ],
)
def test_a_capacity_is_named_by_when_it_restarts(
    restart: str, name: str, largest: int, tmp_path: Path
) -> None:
    reading = arbin_text.read(arbin.text_mits(tmp_path, restart=restart))
    assert reading.frame[name].max() == pytest.approx(largest * arbin.PHASE_AH)
    assert [column for column in map(str, reading.frame) if "charging_capacity" in column] == [
        name,
        name.replace("charging", "discharging"),
    ]
    assert ("CAPACITY_OF_SCHEDULE" in codes(reading)) == name.startswith("schedule")


def test_a_day_that_could_be_a_month_is_decided_by_the_elapsed_time(tmp_path: Path) -> None:
    text = arbin.text_mits(tmp_path).read_text().replace("2026-03-14 09", "03/04/2026 09")
    path = arbin.write(tmp_path / "cell.csv", text)
    reading = arbin_text.read(path)
    assert "DATE_AMBIGUOUS" in codes(reading)
    assert "start_time" not in reading.metadata
    rows = text.splitlines()
    rows[-1] = rows[-1].replace("03/04/2026", "04/04/2026")
    later = rows[-1].replace(f",{119 * 30.0},", f",{119 * 30.0 + 86400},")
    reading = arbin_text.read(arbin.write(path, "\n".join([*rows[:-1], later]) + "\n"))
    assert reading.metadata["start_time"] == "2026-04-03T09:00:00"


@pytest.mark.parametrize("write", [arbin.workbook, arbin.database])
def test_facts_of_the_test_become_metadata(write: Write, tmp_path: Path) -> None:
    read = arbin_workbook.read if write is arbin.workbook else arbin_res.read
    metadata = read(write(tmp_path)).metadata
    assert metadata["test_name"] == "EC-2026-0007"
    assert metadata["channel"] == "12"
    assert metadata["start_time"] == "2026-03-14T09:00:00"
    assert metadata["schedule"] == "cells\\C10.sdu"
    assert metadata["active_mass_in_file_mg"] == 12.5
    assert "comment" not in metadata


def test_milliamperes_are_converted_and_an_unknown_unit_is_refused(tmp_path: Path) -> None:
    text = arbin.text_mits(tmp_path).read_text()
    path = arbin.write(tmp_path / "cell.csv", text.replace("Current(A)", "Current(mA)"))
    assert arbin_text.read(path).frame[columns.CURRENT].iloc[0] == pytest.approx(0.002)
    arbin.write(path, text.replace("Current(A)", "Current(C)"))
    assert refusal(arbin_text.read, path).code == "E_UNITS_UNKNOWN"


def test_facts_without_records_are_refused(tmp_path: Path) -> None:
    text = ",Test_ID,Device_ID,Schedule_File_Name,Item_ID\n0,7,1,C10.sdu,EC\n"
    error = refusal(arbin_text.read, arbin.write(tmp_path / "cell_Metadata.csv", text))
    assert error.code == "E_UNSUPPORTED"


def test_several_channels_or_tests_in_one_file_are_refused(tmp_path: Path) -> None:
    path = arbin.workbook(tmp_path, channels=("1-008", "1-009"))
    assert refusal(arbin_workbook.read, path).code == "E_UNSUPPORTED"
    rows = arbin.text_mits(tmp_path).read_text().splitlines()
    mixed = [f"Test_ID,{rows[0]}", *(f"{at % 2},{row}" for at, row in enumerate(rows[1:]))]
    path = arbin.write(tmp_path / "two.csv", "\n".join(mixed))
    assert refusal(arbin_text.read, path).code == "E_UNSUPPORTED"


@pytest.mark.parametrize("name", ["20160805_test001_45_cc_01.res", "20210210_FC_01_cc_01.res"])
def test_both_programs_read_the_same_numbers(
    name: str, real_data: Path, request: pytest.FixtureRequest
) -> None:
    if not shutil.which("mdb-export"):
        pytest.skip("mdbtools is not installed")
    path = real_data / CELLPY / name
    fast = arbin_res.read(path)
    request.getfixturevalue("no_mdbtools")
    slow = arbin_res.read(path)
    pd.testing.assert_frame_equal(fast.frame, slow.frame, check_exact=True)
    assert fast.metadata == slow.metadata


@pytest.mark.usefixtures("no_mdbtools")
def test_the_slow_program_reads_a_written_database(tmp_path: Path) -> None:
    reading = arbin_res.read(arbin.database(tmp_path))
    assert reading.frame[CHARGE].max() == pytest.approx(arbin.PHASE_AH)
    assert reading.metadata["schedule"] == "cells\\C10.sdu"


@pytest.mark.usefixtures("no_mdbtools")
def test_the_slow_program_is_given_no_large_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_access, "MAX_SLOW_BYTES", 1000)
    assert refusal(arbin_res.read, arbin.database(tmp_path)).code == "E_TOO_LARGE"


@pytest.mark.parametrize("command", ["/bin/sleep 60", "/usr/bin/yes"])
def test_a_program_that_takes_or_prints_too_much_is_ended(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = arbin.database(tmp_path)
    program = tmp_path / "mdb-export"
    program.write_text(f"#!/bin/sh\nexec {command}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(_access, "TIMEOUT_S", 1)
    began = monotonic()
    assert refusal(arbin_res.read, path).code == "E_UNSUPPORTED"
    assert monotonic() - began < 20


def test_other_databases_are_refused(tmp_path: Path) -> None:
    path = write_database(tmp_path / "a.mdb", {"Customers": ({"Id": "long"}, [(1,), (2,)])})
    assert refusal(arbin_res.read, path).code == "E_UNSUPPORTED"
    table = {"Channel_Normal_Table": ({"Data_Point": "long"}, [(1,), (2,)])}
    path = write_database(tmp_path / "b.mdb", table)
    assert refusal(arbin_res.read, path).code == "E_COLUMNS_MISSING"


def test_a_database_without_records_is_refused(tmp_path: Path) -> None:
    assert refusal(arbin_res.read, arbin.database(tmp_path, [])).code == "E_TOO_FEW_POINTS"


def test_a_database_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = arbin.database(tmp_path, arbin.records(cycles=20))
    data = path.read_bytes()
    path.write_bytes(data[:-1000])
    assert refusal(arbin_res.read, path).code == "E_TRUNCATED"
    path.write_bytes(data[:-8192])
    assert refusal(arbin_res.read, path).code in {"E_TRUNCATED", "E_UNSUPPORTED"}


def test_a_missing_record_is_noticed(tmp_path: Path) -> None:
    rows = arbin.records()
    path = arbin.database(tmp_path, [*rows[:50], *rows[51:]])
    assert refusal(arbin_res.read, path).code == "E_TRUNCATED"


def test_capacities_of_a_real_database(real_data: Path) -> None:
    """LIBRARIES.md, section 12: mdb-export = access-parser = cellpy."""
    frame = arbin_res.read(real_data / CELLPY / "20160805_test001_45_cc_01.res").frame
    ends_mah = 1e3 * frame.groupby(columns.CYCLE)[[CHARGE, DISCHARGE]].max()
    expected = {
        1: [1.625406, 1.755094], 2: [1.699564, 1.567475], 3: [1.731508, 1.585721],
        17: [1.525362, 1.464808], 18: [0.0, 0.239313],
    }  # fmt: skip
    for cycle, capacities in expected.items():
        assert list(ends_mah.loc[cycle]) == pytest.approx(capacities, abs=5.1e-7)
    assert frame[columns.TEST_TIME].iloc[-1] == pytest.approx(859077.240634)


def test_a_real_database_agrees_with_the_table_of_cellpy(real_data: Path) -> None:
    golden = real_data / CELLPY / "golden_20160805_test001_45_cc_01/summary.parquet"
    summary = pd.read_parquet(golden)
    frame = arbin_res.read(real_data / CELLPY / "20160805_test001_45_cc_01.res").frame
    ends = frame.groupby(columns.CYCLE)[[CHARGE, DISCHARGE]].max()
    assert len(summary) == len(ends) == 18
    assert np.allclose(ends[CHARGE], summary["charge_capacity"], rtol=1e-9)
    assert np.allclose(ends[DISCHARGE], summary["discharge_capacity"], rtol=1e-9)


def test_capacities_of_calce_accumulate_over_the_test(real_data: Path) -> None:
    folder = real_data / "cycling/arbin/DiffCapAnalyzer_CALCE"
    frame = arbin_text.read(folder / "CS2_33_10_05_10.csv").frame
    ends = frame.groupby(columns.CYCLE)[columns.DISCHARGING_CAPACITY].max()
    assert np.diff(ends)[:4] == pytest.approx(1.064, abs=0.004)
    step = np.diff(frame[columns.TEST_TIME])
    moved = np.minimum(frame[columns.CURRENT].to_numpy()[1:], 0.0) @ step / -3600
    assert ends.iloc[-1] == pytest.approx(moved, rel=0.01)
