"""Battery Data Format tables: names, units, the known traps, wrong cells."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from measurements import columns
from measurements.discovery import recognise, sample
from measurements.formats import FormatError, Reading, landt
from measurements.formats._bdf import NAMES, Meaning, meaning
from measurements.formats.bdf_csv import read as read_csv
from measurements.formats.bdf_csv import sniff
from measurements.formats.bdf_parquet import read as read_parquet
from tests.formats.files import (
    IMPEDANCE_OHM,
    bdf_csv_cycling,
    bdf_csv_impedance,
    bdf_parquet,
    cycling_frame,
    impedance_frame,
)

HEAD = "test_time_second,voltage_volt,current_ampere"


def csv(folder: Path, *lines: str) -> Path:
    path = folder / "cell.bdf.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def table(folder: Path, **changes: object) -> Reading:
    """A Parquet table of the cycling frame with these columns added or replaced."""
    path = folder / "cell.bdf.parquet"
    cycling_frame().assign(**changes).to_parquet(path, index=False)
    return read_parquet(path)


def refusal(path: Path) -> FormatError:
    with pytest.raises(FormatError) as caught:
        (read_parquet if path.suffix == ".parquet" else read_csv)(path)
    error = caught.value
    assert path.name in error.message
    assert error.place
    assert error.found
    assert error.expected
    return error


def codes(reading: Reading) -> list[str]:
    return [notice.code for notice in reading.notices]


def test_the_ontology_has_58_quantities() -> None:
    assert len(NAMES) == 58


@pytest.mark.parametrize(
    ("heading", "name", "factor"),
    [
        ("test_time_second", "test_time_second", 1.0),
        ("Test Time / s", "test_time_second", 1.0),
        ("Voltage / V", "voltage_volt", 1.0),
        ("Voltage / mV", "voltage_volt", 1e-3),
        ("Current / A", "current_ampere", 1.0),
        ("current_milliampere", "current_ampere", 1e-3),
        ("Cycle Count / 1", "cycle_count", 1.0),
        ("Step ID", "step_id", 1.0),
        ("Step Type", "step_type", 1.0),
        ("Step Charging Capacity / Ah", "step_charging_capacity_ah", 1.0),
        ("Cycle Discharging Energy / Wh", "cycle_discharging_energy_wh", 1.0),
        ("Ambient Temperature / degC", "ambient_temperature_celsius", 1.0),
        ("Temperature T2 / degC", "temperature_t2_celsius", 1.0),
        ("Frequency / Hz", "frequency_hertz", 1.0),
        ("Imaginary Impedance / ohm", "imaginary_impedance_ohm", 1.0),
        ("Phase / deg", "phase_degree", 1.0),
        ("Applied Pressure / kPa", "applied_pressure_pa", 1e3),
        ("test_time_millisecond", "test_time_second", 1e-3),
        ("date_time_millisecond", "unix_time_second", 1e-3),
        ("cycle_dimensionless", "cycle_count", 1.0),
        ("Surface Temperature T1 / degC", "temperature_t1_celsius", 1.0),
        ("Step Capacity / Ah", "step_cumulative_capacity_ah", 1.0),
    ],
)
def test_a_heading_means_a_quantity_and_a_unit(heading: str, name: str, factor: float) -> None:
    assert meaning(heading) == Meaning(name, factor)


@pytest.mark.parametrize("heading", ["Current", "Voltage(V)", "freq", "a", "", "Time / s", "/"])
def test_a_foreign_heading_means_nothing(heading: str) -> None:
    assert meaning(heading) is None


def test_labels_and_machine_names_give_the_same_table(tmp_path: Path) -> None:
    labels = read_csv(bdf_csv_cycling(tmp_path)).frame
    machine = read_parquet(bdf_parquet(tmp_path)).frame
    pd.testing.assert_frame_equal(labels, machine)
    pd.testing.assert_frame_equal(machine, cycling_frame(), check_dtype=False)


def test_magnitude_and_phase_become_real_and_imaginary_parts(tmp_path: Path) -> None:
    path = tmp_path / "film.bdf.csv"
    polar = (
        impedance_frame()
        .iloc[:, :1]
        .assign(
            absolute_impedance_ohm=np.abs(IMPEDANCE_OHM),
            phase_degree=np.degrees(np.angle(IMPEDANCE_OHM)),
        )
    )
    polar.to_csv(path, index=False)
    frame = read_csv(path).frame
    cartesian = read_csv(bdf_csv_impedance(tmp_path)).frame
    for name in (columns.REAL_IMPEDANCE, columns.IMAGINARY_IMPEDANCE):
        assert frame[name].to_numpy() == pytest.approx(cartesian[name].to_numpy(), rel=1e-12)


@pytest.mark.parametrize(
    ("separator", "decimal"), [(",", "."), (";", ","), ("\t", "."), (";", ".")]
)
def test_separators_and_decimal_commas(separator: str, decimal: str, tmp_path: Path) -> None:
    path = tmp_path / "cell.csv"
    truth = cycling_frame()
    truth.to_csv(path, sep=separator, decimal=decimal, index=False)
    assert recognise(path, path.name).name == "bdf_csv"
    assert read_csv(path).frame[columns.VOLTAGE].tolist() == truth[columns.VOLTAGE].tolist()


def test_foreign_columns_keep_their_names(tmp_path: Path) -> None:
    reading = read_csv(csv(tmp_path, f"{HEAD},dV/dt,operator", "0,3.1,0,0.5,Ana", "1,3.2,0,0.4,Bo"))
    assert reading.frame["dV/dt"].tolist() == [0.5, 0.4]
    assert reading.frame["operator"].tolist() == ["Ana", "Bo"]


def test_cycle_numbers_times_two_pi_are_recovered(tmp_path: Path) -> None:
    reading = table(tmp_path, cycle_count=2 * np.pi * cycling_frame()[columns.CYCLE])
    assert reading.frame[columns.CYCLE].tolist() == cycling_frame()[columns.CYCLE].tolist()
    assert codes(reading) == ["CYCLE_COUNT_TIMES_2PI"]


def test_the_real_file_with_cycles_times_two_pi(real_data: Path) -> None:
    reading = read_csv(
        real_data / "cycling/neware/battery-data-format/"
        "SINTEF__G20M7-202512-Gru6mV__20251228__C30__25degC__Neware.bdf.csv"
    )
    assert len(reading.frame) == 17_587
    assert reading.frame[columns.CYCLE].unique().tolist() == [1]
    assert codes(reading) == [
        "OLD_NAME", "CYCLE_COUNT_TIMES_2PI", "COUNTERS_RENAMED", "DUPLICATED_ROWS",
    ]  # fmt: skip


def charges(cycles: int = 3) -> tuple["pd.Series[float]", "pd.Series[float]"]:
    """Return what has been charged and discharged since the beginning of the test, in Ah."""
    current = cycling_frame(cycles)[columns.CURRENT]
    return current.clip(lower=0).cumsum() / 3600, -current.clip(upper=0).cumsum() / 3600


@pytest.mark.parametrize("scope", ["cycle_", "step_"])
def test_counters_that_never_restart_lose_a_name_that_says_so(scope: str, tmp_path: Path) -> None:
    charged, discharged = charges()
    names = [columns.CHARGING_CAPACITY, columns.DISCHARGING_CAPACITY]
    counters = dict(zip((scope + name for name in names), (charged, discharged), strict=True))
    frame = cycling_frame().drop(columns=[f"step_{name}" for name in names]).assign(**counters)
    frame.to_csv(tmp_path / "cell.csv", index=False)
    reading = read_csv(tmp_path / "cell.csv")
    assert reading.frame[names[0]].iloc[-1] == pytest.approx(3 * 60e-3 / 3600)
    assert not set(counters) & set(reading.frame)
    assert codes(reading) == ["COUNTERS_RENAMED"]


def test_counters_of_cycles_and_of_the_whole_test_keep_their_names(tmp_path: Path) -> None:
    charged, _ = charges()
    start = charged.groupby(cycling_frame()[columns.CYCLE]).transform("min")
    reading = table(
        tmp_path, charging_capacity_ah=charged, cycle_charging_capacity_ah=charged - start
    )
    assert reading.frame[columns.CHARGING_CAPACITY].tolist() == charged.tolist()
    assert columns.CYCLE_CHARGING_CAPACITY in reading.frame
    assert "COUNTERS_RENAMED" not in codes(reading)


def test_a_right_name_that_is_taken_is_not_given_twice(tmp_path: Path) -> None:
    charged, _ = charges()
    of_cycle = charged - charged.groupby(cycling_frame()[columns.CYCLE]).transform("min")
    reading = table(tmp_path, charging_capacity_ah=of_cycle, cycle_charging_capacity_ah=of_cycle)
    assert reading.frame["schedule_charging_capacity_ah"].tolist() == of_cycle.tolist()
    assert columns.CHARGING_CAPACITY not in reading.frame


def test_the_real_counters_that_restart_with_every_step(real_data: Path) -> None:
    stem = "cycling/landt/battery-data-format/SINTEF__LiGrR2032__2024-04-30__25degC__Landt"
    ours = read_csv(real_data / f"{stem}.bdf.csv").frame
    source = landt.read(real_data / f"{stem}.csv").frame
    for name in (columns.STEP_CHARGING_CAPACITY, columns.STEP_DISCHARGING_CAPACITY):
        np.testing.assert_allclose(ours[name], source[name], rtol=0, atol=1e-12)


def test_a_point_beside_decimal_commas_is_refused(tmp_path: Path) -> None:
    error = refusal(csv(tmp_path, HEAD.replace(",", ";"), "999;3,1;0", "1.000;3,2;0"))
    assert (error.code, error.found) == ("E_VALUE", "“1.000”")
    assert error.place == "line 3, column test_time_second"


def test_a_clock_in_milliseconds_is_refused(tmp_path: Path) -> None:
    error = refusal(csv(tmp_path, f"{HEAD},unix_time_second", "0,3.1,0,1.7e12"))
    assert error.code == "E_OUT_OF_RANGE"


def test_cycle_numbers_with_other_fractions_are_left_out(tmp_path: Path) -> None:
    reading = table(tmp_path, cycle_count=cycling_frame()[columns.CYCLE] + 0.5)
    assert columns.CYCLE not in reading.frame
    assert codes(reading) == ["CYCLE_COUNT_DROPPED"]
    assert reading.notices[0].message == "cycle_count is left out: 1.5 is not a whole number."


def test_a_fraction_among_step_numbers_is_an_error(tmp_path: Path) -> None:
    steps = cycling_frame()[columns.STEP].astype(float)
    steps[7] = 1.25
    with pytest.raises(FormatError, match=r"row 8, column step_count; found 1\.25"):
        table(tmp_path, step_count=steps)


def test_a_time_that_runs_backwards_is_noticed_and_not_sorted(real_data: Path) -> None:
    reading = read_csv(
        real_data / "cycling/neware/battery-data-format/"
        "SINTEF__SLPBA842124HV__2024-10-23__Rate_25degC__Neware__Time_Bug.bdf.csv"
    )
    time = reading.frame[columns.TEST_TIME].to_numpy()
    assert len(time) == 13_086
    assert int((np.diff(time) < 0).sum()) == 19
    assert time[-1] == 125_628.17
    notice = next(notice for notice in reading.notices if notice.code == "NON_MONOTONIC_TIME")
    assert notice.message == (
        "The time runs backwards 19 times, first at line 724, column test_time_second "
        "(7200 s, then 0 s); the rows keep the order of the file."
    )


def test_a_table_of_an_old_release_has_milliseconds(real_data: Path) -> None:
    frame = read_parquet(real_data / "cycling/bdf/battery-data-format/legacy.bdf.parquet").frame
    assert len(frame) == 5_000
    assert frame[columns.TEST_TIME].iloc[-1] == pytest.approx(148_781.953)
    assert frame[columns.CYCLE].iloc[-1] == 2
    assert pd.to_datetime(frame[columns.UNIX_TIME].iloc[0], unit="s").year == 2024


def test_a_test_of_sixteen_years_is_noticed(real_data: Path) -> None:
    reading = read_csv(
        real_data / "cycling/basytec/battery-data-format/"
        "DLR__LiLNMOHydra0b__20221125__POCV__25degC__Basytec.bdf.csv"
    )
    assert codes(reading) == ["LONG_TEST"]
    assert "16.8 years" in reading.notices[0].message


@pytest.mark.parametrize(
    ("values", "name"),
    [(np.arange(480) % 40, "step_record_index"), (np.arange(480) // 40, columns.STEP_ID)],
)
def test_the_old_step_index_is_read_by_what_it_counts(
    values: np.ndarray, name: str, tmp_path: Path
) -> None:
    reading = table(tmp_path, step_index=values)
    assert codes(reading) == ["OLD_NAME"]
    assert reading.frame[name].astype("int64").tolist() == values.tolist()


def test_step_ids_are_text_without_decimals(tmp_path: Path) -> None:
    reading = table(tmp_path, step_id=cycling_frame()[columns.STEP].astype(float))
    assert reading.frame[columns.STEP_ID].iloc[-1] == "12"


def test_a_csv_of_another_vendor_with_bdf_names_at_its_end_is_refused(tmp_path: Path) -> None:
    arbin = "Test_ID,Test_Time,DateTime,Step_Index,Cycle_Index,Current,Voltage"
    path = csv(tmp_path, f"{arbin},Test Time / s,Voltage / V,Current / A", "1,0,0,1,1,0,3,0,3,0")
    assert not sniff(sample(path, path.name))


def test_a_wrong_cell_is_named_with_line_and_column(tmp_path: Path) -> None:
    path = csv(tmp_path, HEAD, "0,3.1,0", "1,3.2,0", "2,OVERLOAD,0", "3,3.4,0")
    assert str(refusal(path)) == (
        "cell.bdf.csv has a cell that is not a number; at line 4, column voltage_volt; "
        "found “OVERLOAD” (1 such cell in this column); expected a number with a decimal point."
    )


@pytest.mark.parametrize(
    ("lines", "code", "place"),
    [
        (["0,3.1,0", "1,3.2"], "E_TRUNCATED", "the last line"),
        (["0,3.1,0,9", "1,3.2,0"], "E_VALUE", "line 2"),
        (["0,3.1,0", "1,3.2,0,9", "2,3.3,0"], "E_VALUE", "line 3"),
        (["0,3.1,0", "1,,0", "2,3.3,0"], "E_NON_FINITE", "line 3, column voltage_volt"),
        (["0,3.1,0", "1,inf,0", "2,3.3,0"], "E_NON_FINITE", "line 3, column voltage_volt"),
        (["0,3.1,0", "1,2e4,0"], "E_OUT_OF_RANGE", "line 3, column voltage_volt"),
        ([], "E_TOO_FEW_POINTS", "the end of the file"),
    ],
)
def test_damaged_tables(lines: list[str], code: str, place: str, tmp_path: Path) -> None:
    error = refusal(csv(tmp_path, HEAD, *lines))
    assert (error.code, error.place) == (code, place)


def test_a_blank_line_does_not_shift_the_line_numbers(tmp_path: Path) -> None:
    error = refusal(csv(tmp_path, HEAD, "0,3.1,0", "", "1,x,0", "2,3.2,0"))
    assert error.place == "line 4, column voltage_volt"


def test_few_rows_without_a_number_are_left_out_with_a_notice(tmp_path: Path) -> None:
    voltage = cycling_frame()[columns.VOLTAGE]
    voltage[[10, 20]] = np.nan
    reading = table(tmp_path, voltage_volt=voltage)
    assert len(reading.frame) == 478
    assert codes(reading) == ["NON_FINITE_DROPPED"]
    assert reading.notices[0].message == (
        "2 rows without a number left out, first at row 11, column voltage_volt."
    )


def test_two_columns_for_one_quantity_are_an_error(tmp_path: Path) -> None:
    path = csv(tmp_path, f"{HEAD},Voltage / V", "0,3.1,0,3.1")
    assert refusal(path).message == "cell.bdf.csv has two columns for voltage_volt"


def test_a_table_without_current_says_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "cell.parquet"
    cycling_frame().drop(columns=columns.CURRENT).to_parquet(path, index=False)
    error = refusal(path)
    assert error.message == "cell.parquet lacks current_ampere"
    assert error.found.startswith("test_time_second, voltage_volt, cycle_count")


def test_text_in_another_encoding_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "cell.csv"
    path.write_bytes(f"{HEAD},temp °C\n0,3.1,0,25\n".encode("latin-1"))
    assert refusal(path).message == "cell.csv is not UTF-8 text"


@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_a_truncated_parquet(part: float, tmp_path: Path) -> None:
    path = bdf_parquet(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: int(part * len(data))])
    assert refusal(path).message == "cell.bdf.parquet is damaged or cut off"


def test_a_parquet_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.parquet"
    nothing = pa.table({"x": pa.nulls(20_000_000)})
    names = [f"column_{at}" for at in range(30)]
    pq.write_table(nothing.select(["x"] * len(names)).rename_columns(names), path)
    assert path.stat().st_size < 2_000_000
    assert refusal(path).code == "E_TOO_LARGE"


def test_a_column_of_lists_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "nested.parquet"
    frame = cycling_frame().assign(spectrum=[[1.0, 2.0]] * 480)
    frame.to_parquet(path, index=False)
    assert refusal(path).place == "column spectrum"
