"""Multimeters: prefixes of units, overloads, clocks."""

from pathlib import Path

import pytest

from measurements import columns
from measurements.discovery import sample
from measurements.formats._multimeter import unit_of
from measurements.formats.resistance_log import read as read_resistance
from measurements.formats.resistance_log import sniff
from measurements.formats.tckit import read as read_kit
from measurements.formats.ut803 import read as read_ut803
from tests.formats import files_multimeter as made
from tests.formats.files_texts import write
from tests.formats.refused import codes, refusal


@pytest.mark.parametrize(
    ("unit", "name", "factor"),
    [
        ("Ω", columns.RESISTANCE, 1.0),
        ("\u2126", columns.RESISTANCE, 1.0),
        ("OHM", columns.RESISTANCE, 1.0),
        ("kΩ", columns.RESISTANCE, 1e3),
        ("KOhm", columns.RESISTANCE, 1e3),
        ("MΩ", columns.RESISTANCE, 1e6),
        ("Mohm", columns.RESISTANCE, 1e6),
        ("mΩ", columns.RESISTANCE, 1e-3),
        ("mOhm", columns.RESISTANCE, 1e-3),
        ("mV", columns.VOLTAGE, 1e-3),
        ("V DC", columns.VOLTAGE, 1.0),
        ("µA", columns.CURRENT, 1e-6),
        ("°C", columns.TEMPERATURE, 1.0),
    ],
)
def test_units_with_their_prefixes(unit: str, name: str, factor: float) -> None:
    assert unit_of(unit) == (name, factor)


@pytest.mark.parametrize("unit", ["", "MOHM", "mohm", "MA", "MV", "VAC", "°F", "m°C", "F", "Hz"])
def test_units_that_could_be_misread_are_not_known(unit: str) -> None:
    assert unit_of(unit) is None


def test_a_meter_that_changes_its_range(tmp_path: Path) -> None:
    reading = read_ut803(made.ut803(tmp_path))
    frame = reading.frame
    assert reading.kind == columns.MULTIMETER
    assert frame[columns.RESISTANCE].tolist() == [910.5e3, 1.25e6, 2.5e6]
    assert frame[columns.TEST_TIME].tolist() == [0.0, 1.0, 4.0]
    assert reading.metadata["start_time"] == "2026-01-05T09:00:00"
    assert codes(reading) == ["OVERLOAD_LEFT_OUT"]


def test_a_meter_that_was_turned_to_another_quantity_is_refused(tmp_path: Path) -> None:
    path = made.ut803(tmp_path)
    text = path.read_text(encoding="latin-1")
    path.write_text(text.replace("2,5 ; MOhm", "2,5 ; V"))
    error = refusal(read_ut803, path)
    assert (error.code, error.found) == ("E_UNITS_UNKNOWN", "kOhm, MOhm, V")
    path.write_text(text.replace("2,5 ; MOhm", "2,5 ; MOHM"))
    error = refusal(read_ut803, path)
    assert (error.code, error.place) == ("E_UNITS_UNKNOWN", "line 5, column Unit")
    path.write_text(text.replace("2,5 ;", "2,5x ;"))
    assert refusal(read_ut803, path).place == "line 5"


def test_overloads_of_the_thermal_kit_become_gaps(tmp_path: Path) -> None:
    reading = read_kit(made.tckit(tmp_path))
    frame = reading.frame
    assert frame["vbl1"].isna().tolist() == [True, False, True]
    assert frame["vbl1"].iloc[1] == 1.000004736
    assert frame[columns.TEMPERATURE].tolist() == [23.0, 23.1, 23.2]
    assert frame[columns.AMBIENT_TEMPERATURE].iloc[-1] == 24.7
    assert frame[columns.TEST_TIME].tolist() == [0.0, 30.0, 60.0]
    assert reading.metadata["start_time"] == "2026-01-05T09:00:00"
    assert codes(reading) == ["UNITS_NOT_IN_FILE", "OVERLOAD_LEFT_OUT"]


def test_damaged_headings_and_times_of_logs_are_refused(tmp_path: Path) -> None:
    path = made.tckit(tmp_path)
    path.write_text(path.read_text().replace("date;val1", "dat;val1"))
    assert refusal(read_kit, path).code == "E_COLUMNS_MISSING"
    path = made.ut803(tmp_path)
    path.write_text(path.read_text(encoding="latin-1").replace("09:00:04", "09:00:74"))
    error = refusal(read_ut803, path)
    assert (error.code, error.found) == ("E_VALUE", "“2026-01-05 09:00:74”")


def test_a_year_far_off_is_read_as_it_is_written(tmp_path: Path) -> None:
    path = made.ut803(tmp_path)
    path.write_text(path.read_text(encoding="latin-1").replace("2026", "4052"))
    assert read_ut803(path).metadata["start_time"] == "4052-01-05T09:00:00"


@pytest.mark.parametrize(
    ("heading", "first_ohm", "last_s"),
    [
        ("Time (s),Resistance (MΩ)", 1.5e6, 2.5),
        ("Time [min],Resistance [kOhm]", 1.5e3, 150.0),
        ("Elapsed Time / ms,Resistance / Ohm", 1.5, 2.5e-3),
    ],
)
def test_headings_give_the_units(
    heading: str, first_ohm: float, last_s: float, tmp_path: Path
) -> None:
    frame = read_resistance(made.resistance(tmp_path, heading)).frame
    assert frame[columns.RESISTANCE].iloc[0] == pytest.approx(first_ohm)
    assert frame[columns.TEST_TIME].iloc[-1] == pytest.approx(last_s)


def test_a_time_without_unit_is_not_guessed(tmp_path: Path) -> None:
    reading = read_resistance(made.resistance(tmp_path, "Time,Resistance (MΩ)"))
    assert reading.frame[columns.RECORD].tolist() == [1, 2, 3, 4, 5, 6]
    assert reading.frame["Time"].iloc[-1] == 2.5
    assert columns.TEST_TIME not in reading.frame
    assert codes(reading) == ["TIME_UNIT_UNKNOWN"]


def test_dates_and_overloads_in_a_log_of_a_resistance(tmp_path: Path) -> None:
    rows = ["2026-01-05 09:00:00;1,5", "2026-01-05 09:00:10;OL", "2026-01-05 09:00:20;2,5"]
    reading = read_resistance(write(tmp_path / "film.csv", ["Time;Resistance (kΩ)", *rows]))
    assert reading.frame[columns.RESISTANCE].tolist() == [1500.0, 2500.0]
    assert reading.frame[columns.TEST_TIME].tolist() == [0.0, 20.0]
    assert codes(reading) == ["OVERLOAD_LEFT_OUT"]


def test_an_ambiguous_unit_of_resistance_is_refused(tmp_path: Path) -> None:
    error = refusal(read_resistance, made.resistance(tmp_path, "Time (s),Resistance (mohm)"))
    assert error.code == "E_UNITS_UNKNOWN"
    assert error.found == "“Resistance (mohm)”"


@pytest.mark.parametrize("line", ["Time (s),Voltage (V)", "Time,Resistance", "Time (s),R (Ω),x"])
def test_other_tables_are_not_claimed(line: str, tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", [line, "1,2"])
    assert not sniff(sample(path, "x.csv"))
