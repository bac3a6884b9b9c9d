"""Exports of Neware's BTSDA and zipped .ndc folders, against the binary files of the same tests."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from measurements import columns
from measurements.formats import neware
from measurements.formats._clock import LOCAL_TIME
from measurements.formats.neware_export import read
from tests.formats import files_neware_exports as exports
from tests.formats.files import cycling_frame, ndax
from tests.formats.refused import codes, refusal

CHARGE, DISCHARGE = columns.STEP_CHARGING_CAPACITY, columns.STEP_DISCHARGING_CAPACITY
FOLDER = "cycling/neware"

LAYOUTS = [exports.flat, exports.chinese, exports.comma, exports.layered, exports.workbook]


@pytest.mark.parametrize("write", LAYOUTS)
def test_every_layout_gives_the_records(write: Callable[[Path], Path], tmp_path: Path) -> None:
    frame, truth = read(write(tmp_path)).frame, cycling_frame()
    for name in (columns.CYCLE, columns.STEP_TYPE):
        assert frame[name].tolist() == truth[name].tolist()
    for name in (columns.VOLTAGE, columns.CURRENT, CHARGE, DISCHARGE):
        assert np.allclose(frame[name], truth[name], atol=1e-9)
    days = 2 * 86400 if write is exports.workbook else 0
    assert np.array_equal(frame[columns.TEST_TIME], truth[columns.TEST_TIME] + days)
    assert frame[columns.STEP_ID].unique().tolist() == ["1", "2", "3", "4"]
    assert frame[LOCAL_TIME].iloc[0] == 1773478800.0 + days


def test_steps_are_numbered_through_in_layers_only(tmp_path: Path) -> None:
    assert read(exports.layered(tmp_path)).frame[columns.STEP].unique().tolist() == list(
        range(1, 13)
    )
    assert columns.STEP not in read(exports.flat(tmp_path)).frame


@pytest.mark.parametrize("hyphen", [True, False])
def test_times_of_more_than_a_day(hyphen: bool, tmp_path: Path) -> None:
    lines = exports.flat_lines(days=1, hyphen=hyphen)
    assert lines[-1][5] == ("1-00:07:48" if hyphen else "24:07:48")
    frame = read(exports.write(tmp_path / "cell.csv", lines)).frame
    assert frame[columns.TEST_TIME].iloc[[0, -1]].tolist() == [86400.0, 86868.0]


def without(lines: list[list[str]], *headings: str) -> list[list[str]]:
    kept = [at for at, heading in enumerate(lines[0]) if heading not in headings]
    return [[line[at] for at in kept] for line in lines]


def test_a_current_without_sign_gets_that_of_its_step(tmp_path: Path) -> None:
    lines = [[cell.lstrip("-") for cell in line] for line in exports.flat_lines()]
    reading = read(exports.write(tmp_path / "cell.csv", lines))
    assert "CURRENT_SIGN_FROM_STEP" in codes(reading)
    assert np.allclose(reading.frame[columns.CURRENT], cycling_frame()[columns.CURRENT])
    assert reading.frame[DISCHARGE].max() == pytest.approx(39e-3 / 3600)
    bare = without(lines, "Step Type", "Capacity(mAh)")
    assert "CURRENT_SIGN_UNKNOWN" in codes(read(exports.write(tmp_path / "cell.csv", bare)))


def test_a_current_without_sign_and_type_gets_that_of_its_capacity(tmp_path: Path) -> None:
    lines = [[cell.lstrip("-") for cell in line] for line in exports.flat_lines()]
    lines[0][8:9] = ["Chg. Cap.(mAh)", "DChg. Cap.(mAh)"]
    for line in lines[1:]:
        discharge = line[3] == "CC DChg"
        line[8:9] = ["0.0", line[8]] if discharge else [line[8], "0.0"]
    reading = read(exports.write(tmp_path / "cell.csv", without(lines, "Step Type")))
    assert np.allclose(reading.frame[columns.CURRENT], cycling_frame()[columns.CURRENT])


def test_currents_that_contradict_their_steps_are_refused(tmp_path: Path) -> None:
    lines = exports.flat_lines()
    for line in lines[1:]:
        line[6] = f"{-float(line[6]):.6f}"
    assert refusal(read, exports.write(tmp_path / "cell.csv", lines)).code == "E_VALUE"


def test_a_time_that_is_missing_is_added_up_or_taken_from_the_dates(tmp_path: Path) -> None:
    lines = without(exports.flat_lines(), "Total Time")
    reading = read(exports.write(tmp_path / "cell.csv", lines))
    assert "TIME_ADDED_UP" in codes(reading)
    assert np.array_equal(reading.frame[columns.TEST_TIME], cycling_frame()[columns.TEST_TIME])
    reading = read(exports.write(tmp_path / "cell.csv", without(lines, "Time")))
    assert "TIME_FROM_CLOCK" in codes(reading)
    assert reading.frame[columns.TEST_TIME].iloc[-1] == 468.0


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("Current(mA)", "Current(?)", "E_UNITS_UNKNOWN"),
        ("Voltage(V)", "Voltage", "E_UNITS_UNKNOWN"),
        ("00:00:05", "five", "E_VALUE"),
        ("Capacity(mAh)", "Current(A)", "E_COLUMNS_DOUBLE"),
    ],
)
def test_a_guess_is_refused(old: str, new: str, code: str, tmp_path: Path) -> None:
    path = exports.flat(tmp_path)
    path.write_text(path.read_text().replace(old, new))
    assert refusal(read, path).code == code


def test_an_unknown_unit_of_an_optional_column_keeps_its_heading(tmp_path: Path) -> None:
    path = exports.flat(tmp_path)
    path.write_text(path.read_text().replace("Capacity(mAh)", "T1(?)"))
    frame = read(path).frame
    assert "T1(?)" in frame
    assert "temperature_t1_celsius" not in frame


def test_an_export_without_records_is_refused(tmp_path: Path) -> None:
    path = exports.write(tmp_path / "cycles.csv", [exports.LAYERS[0], ["1", "0.1", "0.1"]])
    assert refusal(read, path).code == "E_UNSUPPORTED"


def test_a_line_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = exports.layered(tmp_path)
    path.write_bytes(path.read_bytes()[:-30])
    assert refusal(read, path).code == "E_TRUNCATED"


@pytest.mark.parametrize(("name", "cycles"), [("nw4-120-1-6-53", (150, 150)), ("test_2", (54, 44))])
def test_an_export_of_a_real_test_agrees_with_its_binary_file(
    name: str, cycles: tuple[int, int], real_data: Path, tmp_path: Path
) -> None:
    """The table is BTSDA's export in µA, mV, mAs, written as text again.

    BTSDA may count the cycles of an export anew: 54 of test_2, where the instrument counted 44.
    """
    table = pd.read_parquet(real_data / FOLDER / f"fastnda/reference_parquet/{name}.parquet")
    for column in ("Time", "Total Time"):
        table[column] = [exports.clock(value) + f"{value % 1:.3f}"[1:] for value in table[column]]
    table = table.rename(columns={"Current(uA)": "Current(µA)", "Step Count": "Step Number"})
    table.to_csv(tmp_path / "export.csv", index=False, encoding="utf-8")
    found = read(tmp_path / "export.csv").frame
    binary = neware.read(real_data / FOLDER / f"fastnda/{name}.ndax").frame
    assert (found[columns.CYCLE].nunique(), binary[columns.CYCLE].nunique()) == cycles
    for column in (columns.STEP, columns.STEP_ID, columns.STEP_TYPE):
        assert found[column].tolist() == binary[column].tolist()
    assert np.allclose(found[columns.TEST_TIME], binary[columns.TEST_TIME], atol=2e-3)
    assert np.allclose(found[columns.VOLTAGE], binary[columns.VOLTAGE], atol=2e-4)
    assert np.allclose(found[columns.CURRENT], binary[columns.CURRENT], atol=2e-6)
    for column in (CHARGE, DISCHARGE):
        assert np.allclose(found[column], binary[column], rtol=1e-3, atol=1e-9)


def test_a_real_layered_export_agrees_with_its_lines_of_cycles(real_data: Path) -> None:
    path = real_data / FOLDER / "cellpy/nw_regular_export_ife_example.csv"
    lines = [line.split(",") for line in path.read_text().splitlines()[3:]]
    told = {int(line[0]): (float(line[1]), float(line[2])) for line in lines if line[0]}
    frame = read(path).frame
    ends = frame.groupby(columns.STEP).last().groupby(columns.CYCLE)[[CHARGE, DISCHARGE]].sum()
    assert len(told) == 20
    for cycle, capacities in told.items():
        assert list(ends.loc[cycle]) == pytest.approx(capacities, abs=1.1e-5)
    step = np.diff(frame[columns.TEST_TIME], prepend=0.0)
    current = frame[columns.CURRENT].to_numpy()
    assert (np.maximum(current, 0) @ step) / 3600 == pytest.approx(ends[CHARGE].sum(), rel=2e-3)


def test_a_zipped_folder_is_the_same_as_the_packed_file(tmp_path: Path) -> None:
    path = ndax(tmp_path)
    folder = tmp_path / "folder.zip"
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(folder, "w") as target:
        for name in archive.namelist():
            target.writestr(f"NdcFile/{name.replace('data', '2026_27_1', 1)}", archive.read(name))
    packed, loose = neware.read(path), neware.read(folder)
    pd.testing.assert_frame_equal(packed.frame, loose.frame)
    assert packed.metadata == loose.metadata


def folder_of(real_data: Path) -> list[Path]:
    return sorted((real_data / FOLDER / "aurora-cycler-manager").glob("*.ndc"))


def test_a_real_folder_is_a_rest_of_twelve_hours(real_data: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "cell.zip", "w") as archive:
        for path in folder_of(real_data):
            archive.write(path, f"20250128/{path.name}")
    frame = neware.read(tmp_path / "cell.zip").frame
    assert len(frame) == 43201
    assert np.array_equal(frame[columns.TEST_TIME], np.arange(43201.0))
    assert set(frame[columns.STEP_TYPE]) == {"REST"}
    assert frame[columns.CURRENT].abs().max() == 0
    assert frame[columns.VOLTAGE].between(3.94, 3.95).all()


def test_a_single_file_of_a_folder_and_two_tests_are_refused(
    real_data: Path, tmp_path: Path
) -> None:
    paths = folder_of(real_data)
    for path in paths:
        assert refusal(neware.read, path).code == "E_UNSUPPORTED"
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        for path in paths:
            archive.write(path, path.name)
            archive.write(path, path.name.replace("_69_33", "_69_34"))
    assert refusal(neware.read, tmp_path / "two.zip").code == "E_UNSUPPORTED"
