"""Neware files: golden values of real ones, known truth of written ones."""

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labsite.demo.neware import write_ndax
from measurements import columns
from measurements.formats.neware import read
from tests.conftest import ROOT
from tests.formats.files import cycling_frame, nda, ndax

RELATIVE = 1e-6
"""Tolerance of golden values: float32 numbers summed over steps."""


def step_ends(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.groupby(columns.STEP).last()


def capacities_mah(frame: pd.DataFrame) -> pd.DataFrame:
    """Charge and discharge capacity of each instrument cycle: last value of each step, summed."""
    names = [columns.STEP_CHARGING_CAPACITY, columns.STEP_DISCHARGING_CAPACITY]
    return 1e3 * step_ends(frame).groupby(columns.CYCLE)[names].sum()


def unpacked(real_data: Path, folder: Path, version: int) -> Path:
    with zipfile.ZipFile(real_data / f"cycling/neware/fastnda/nda_v{version}.nda.zip") as archive:
        archive.extractall(folder)
    return folder / f"nda_v{version}.nda"


@pytest.mark.parametrize(
    ("name", "rows", "cycles", "steps", "end_s"),
    [
        ("fastnda/nw4-120-1-6-53.ndax", 18_700, 150, 480, 173_045.900),
        ("fastnda/test_2.ndax", 108_563, 44, 216, 93_207.600),
        ("fastnda/BTS85-36-6-5-110-20240424.ndax", 699_677, 15, 45, 692_462.700),
        ("NewareNDA/TestFile.nda", 6_670, 3, 11, 72_373.260),
        ("cellpy/20260302_IFE_BTS85_2_9_8_1.ndax", 252_951, 1, 5, 252_946.0),
    ],
)
def test_rows_cycles_steps_and_duration_of_real_files(
    name: str, rows: int, cycles: int, steps: int, end_s: float, real_data: Path
) -> None:
    frame = read(real_data / "cycling/neware" / name).frame
    assert len(frame) == rows
    assert frame[columns.CYCLE].nunique() == cycles
    assert frame[columns.STEP].iloc[-1] == steps
    assert frame[columns.TEST_TIME].iloc[-1] == pytest.approx(end_s, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "cycle", "charge_mah", "discharge_mah"),
    [
        ("fastnda/nw4-120-1-6-53.ndax", 1, 1.696540, 0.323620),
        ("fastnda/nw4-120-1-6-53.ndax", 2, 0.320648, 0.232165),
        ("fastnda/nw4-120-1-6-53.ndax", 76, 0.018434, 0.002641),
        ("fastnda/BTS85-36-6-5-110-20240424.ndax", 1, 1.057027, 1.026004),
        ("fastnda/BTS85-36-6-5-110-20240424.ndax", 3, 2.074674, 2.041522),
        ("NewareNDA/TestFile.nda", 1, 0.0, 3790.1682),
        ("NewareNDA/TestFile.nda", 2, 5811.0250, 5806.6465),
        ("NewareNDA/TestFile.nda", 3, 5815.0910, 0.0),
    ],
)
def test_capacities_of_real_files_count_cc_and_cv_together(
    name: str, cycle: int, charge_mah: float, discharge_mah: float, real_data: Path
) -> None:
    found = capacities_mah(read(real_data / "cycling/neware" / name).frame).loc[cycle]
    printed = 5e-7 if charge_mah < 100 else 5e-5
    expected = pytest.approx([charge_mah, discharge_mah], rel=RELATIVE, abs=printed)
    assert found.tolist() == expected


def test_nda_version_26_matches_its_golden_values(real_data: Path, tmp_path: Path) -> None:
    reading = read(unpacked(real_data, tmp_path, 26))
    frame = reading.frame
    assert len(frame) == 222_330
    assert frame[columns.CYCLE].nunique() == 8_992
    assert frame[columns.STEP].iloc[-1] == 36_352
    assert frame[columns.TEST_TIME].iloc[-1] == pytest.approx(1_358_158.2, abs=1e-6)
    found = capacities_mah(frame).loc[[1, 3, 8991]].to_numpy().ravel()
    golden = [1965.9925, 1859.5098, 41.679222, 41.667835, 41.678333, 41.667557]
    assert found == pytest.approx(golden, rel=RELATIVE, abs=5e-5)
    assert reading.metadata["active_mass_in_file_mg"] == 20_000.0


@pytest.mark.parametrize(
    "name",
    [
        "fastnda/nw4-120-1-6-53.ndax",
        "fastnda/test_2.ndax",
        "fastnda/21_10_7_85.ndax",
        "fastnda/Unit27_Example_Data_File.ndax",
        "NewareNDA/TestFile.nda",
        "NewareNDA/new_nda_file.nda",
        "nda_v8",
        "nda_v26",
    ],
)
def test_records_equal_the_export_of_the_vendor(name: str, real_data: Path, tmp_path: Path) -> None:
    folder = real_data / "cycling/neware"
    path = (
        unpacked(real_data, tmp_path, int(name[5:])) if name.startswith("nda_v") else folder / name
    )
    export = pd.read_parquet(folder / "fastnda/reference_parquet" / f"{path.stem}.parquet")
    frame = read(path).frame
    assert len(frame) == len(export)
    volts = export["Voltage(mV)"].to_numpy(np.float64) / 1e3
    amperes = export["Current(uA)"].to_numpy(np.float64) / 1e6
    seconds = export["Total Time"].to_numpy(np.float64)
    coulombs = np.abs(export["Capacity(mAs)"].to_numpy(np.float64)) / 1e3
    ours = 3600 * (frame[columns.STEP_CHARGING_CAPACITY] + frame[columns.STEP_DISCHARGING_CAPACITY])
    assert np.abs(frame[columns.VOLTAGE] - volts).max() < 0.06e-3
    assert np.abs(frame[columns.CURRENT] - amperes).max() < 1e-6
    assert np.abs(frame[columns.TEST_TIME] - seconds).max() <= 0.5
    assert np.abs(ours - coulombs).max() < max(3e-3, 1e-6 * coulombs.max())


def test_raw_cycle_numbers_equal_those_of_the_vendor(real_data: Path) -> None:
    folder = real_data / "cycling/neware/fastnda"
    export = pd.read_parquet(folder / "reference_parquet/nw4-120-1-6-53.parquet")
    frame = read(folder / "nw4-120-1-6-53.ndax").frame
    assert (frame[columns.CYCLE].to_numpy() == export["Cycle Index"].to_numpy()).all()
    words = frame[columns.STEP_TYPE].str.replace("DCH", "DCHG").str.replace("_", " ")
    assert (words.to_numpy() == export["Step Type"].astype(str).str.upper().to_numpy()).all()


def test_the_longest_step_of_a_formation_test_has_its_golden_capacity(real_data: Path) -> None:
    path = real_data / "cycling/neware/cellpy/20260302_IFE_BTS85_2_9_8_1.ndax"
    ends = step_ends(read(path).frame)
    assert 1e3 * ends[columns.STEP_CHARGING_CAPACITY].iloc[-1] == pytest.approx(
        1390.574829, rel=RELATIVE
    )
    assert ends[columns.STEP_TYPE].tolist() == ["CONTROL", "CC_CHG", "CV_CHG", "CC_CHG", "CC_CHG"]


def test_facts_beside_the_records_are_kept(real_data: Path) -> None:
    metadata = read(real_data / "cycling/neware/fastnda/nw4-120-1-6-53.ndax").metadata
    assert metadata["channel"] == "120-1-6"
    assert metadata["barcode"] == "250403_kigr_gen9_06"
    assert metadata["start_time"] == "2025-04-07T12:44:13"
    assert metadata["step_file"] == "250403_kigr_gen9_06__2025-04-07_12-44-12.xml"
    assert metadata["bts_client_version"] == "BTS Client 8.0.0.478(2024.06.24)"
    assert metadata["ndc_version"] == 14
    assert "active_mass_in_file_mg" not in metadata


def test_a_mass_typed_into_the_test_is_in_milligrams(real_data: Path) -> None:
    metadata = read(real_data / "cycling/neware/fastnda/test_2.ndax").metadata
    assert metadata["active_mass_in_file_mg"] == pytest.approx(3.04)


@pytest.mark.parametrize(
    ("name", "exported"),
    [
        ("fastnda/Unit27_Example_Data_File.ndax", ("T1", "T2")),
        ("NewareNDA/TestFile.nda", ("T1",)),
    ],
)
def test_auxiliary_temperatures_equal_the_export_of_the_vendor(
    name: str, exported: tuple[str, ...], real_data: Path
) -> None:
    folder = real_data / "cycling/neware"
    export = pd.read_parquet(
        folder / "fastnda/reference_parquet" / f"{Path(name).stem}.parquet"
    ).rename(columns=lambda heading: heading[:2])
    frame = read(folder / name).frame
    for number, heading in enumerate(exported, start=1):
        found = frame[f"temperature_t{number}_celsius"].to_numpy()
        assert np.abs(found - export[heading].to_numpy(np.float64)).max() < 0.06


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("NewareNDA/new_nda_file.nda", "CLOCK_WITHOUT_ZONE"),
        ("fastnda/scrubbed_ndc2.ndax", "CLOCK_WITHOUT_ZONE"),
        ("fastnda/BTS85-36-6-5-110-20240424.ndax", "CLOCK_JUMPS"),
        ("fastnda/Unit27_Example_Corrupt.ndax", "AUXILIARY_LOST"),
    ],
)
def test_what_a_person_should_know_is_noticed(name: str, code: str, real_data: Path) -> None:
    reading = read(real_data / "cycling/neware" / name)
    assert [notice.code for notice in reading.notices] == [code]
    assert (code == "CLOCK_WITHOUT_ZONE") == (columns.UNIX_TIME not in reading.frame)


def test_a_written_ndax_is_read_back(tmp_path: Path) -> None:
    truth = cycling_frame()
    reading = read(ndax(tmp_path))
    assert reading.notices == ()
    for name in truth:
        found, expected = reading.frame[name], truth[name]
        if name == columns.STEP_TYPE:
            assert found.tolist() == expected.tolist()
        else:
            assert found.to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-7, abs=1e-9)


def test_a_written_ndax_says_that_it_is_synthetic(tmp_path: Path) -> None:
    metadata = read(ndax(tmp_path)).metadata
    assert metadata["remark"] == "synthetic, labsite demo"
    assert metadata["barcode"] == "EC-2026-0001"
    assert metadata["active_mass_in_file_mg"] == 1.25
    assert metadata["channel"] == "120-1-1"


def test_energy_of_a_written_step_is_charge_times_mean_voltage(tmp_path: Path) -> None:
    ends = step_ends(read(ndax(tmp_path)).frame)
    charge_ah = 1e-3 * 39 / 3600
    mean_volt = 3.0 + 0.4 + 0.001 * 39 / 2
    assert ends[columns.STEP_CHARGING_ENERGY].iloc[0] == pytest.approx(
        charge_ah * mean_volt, rel=1e-6
    )
    assert ends[columns.STEP_DISCHARGING_ENERGY].iloc[0] == 0.0


def test_the_same_table_gives_the_same_bytes(tmp_path: Path) -> None:
    first = ndax(tmp_path).read_bytes()
    assert ndax(tmp_path).read_bytes() == first


def test_letters_outside_ascii_survive(tmp_path: Path) -> None:
    path = tmp_path / "x.ndax"
    write_ndax(path, cycling_frame(cycles=1), barcode="Prüfling 电池 α")
    assert read(path).metadata["barcode"] == "Prüfling 电池 α"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({columns.STEP: 2}, "numbered"),
        ({columns.STEP_TYPE: "NAP"}, "NAP"),
    ],
)
def test_the_writer_refuses_what_the_format_cannot_hold(
    change: dict[str, object], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=message):
        write_ndax(tmp_path / "x.ndax", cycling_frame().assign(**change))


def test_an_nda_has_the_values_of_its_records(tmp_path: Path) -> None:
    reading = read(nda(tmp_path))
    frame = reading.frame
    assert frame[columns.CURRENT].tolist() == pytest.approx([0.01] * 15 + [-0.01] * 15)
    assert frame[columns.VOLTAGE].iloc[14] == pytest.approx(3.664)
    assert frame[columns.TEST_TIME].tolist() == [*range(15), *range(14, 29)]
    assert frame[columns.STEP_TYPE].unique().tolist() == ["CC_CHG", "CC_DCH"]
    assert frame[columns.STEP_ID].unique().tolist() == ["1", "2"]
    ends = step_ends(frame)
    assert ends[columns.STEP_CHARGING_CAPACITY].tolist() == pytest.approx([0.14 / 3600, 0.0])
    assert ends[columns.STEP_DISCHARGING_CAPACITY].tolist() == pytest.approx([0.0, 0.14 / 3600])
    assert reading.metadata["start_time"] == "2026-01-05T09:00:00"
    assert reading.metadata["creator"] == "Müller"
    assert reading.metadata["active_mass_in_file_mg"] == 1.5


def test_recognising_files_does_not_load_polars() -> None:
    """A worker forks after the formats are found; polars may only be loaded in the child."""
    code = "import measurements.discovery as d, sys; d.formats(); print('polars' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "False"
