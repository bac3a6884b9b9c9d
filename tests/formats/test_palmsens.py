"""PSTrace CSV: spectra below each other, curves side by side."""

from pathlib import Path

import numpy as np
import pytest

from measurements import columns
from measurements.formats._text import decode
from measurements.formats.palmsens import read
from tests.formats.files import FREQUENCY_HZ, IMPEDANCE_OHM
from tests.formats.files_potentiostats import palmsens_curves, palmsens_spectra
from tests.formats.refused import codes, refusal


def edited(path: Path, old: str, new: str) -> Path:
    text = decode(path.read_bytes())
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_real_spectra_have_capacitive_parts_negative(real_data: Path) -> None:
    reading = read(real_data / "eis/palmsens/datalab/palmsens_EIS.csv")
    frame = reading.frame
    assert frame[columns.SPECTRUM].value_counts().sort_index().tolist() == [41, 41]
    first, last = frame.iloc[0], frame.iloc[-1]
    assert (first[columns.FREQUENCY], last[columns.FREQUENCY]) == (50_000, 5)
    assert (first[columns.REAL_IMPEDANCE], last[columns.REAL_IMPEDANCE]) == (759.024, 7909)
    assert first[columns.IMAGINARY_IMPEDANCE] == -138.177
    assert last[columns.IMAGINARY_IMPEDANCE] == -8433
    assert first[columns.CURRENT] == pytest.approx(7e-9)
    z = frame[columns.REAL_IMPEDANCE] + 1j * frame[columns.IMAGINARY_IMPEDANCE]
    assert np.degrees(np.angle(z)) == pytest.approx(frame[columns.PHASE].to_numpy(), abs=0.05)
    assert codes(reading) == ["IMAG_SIGN_FLIPPED", "SEVERAL_SWEEPS"]
    assert reading.metadata["start_time"] == "2023-06-29T17:48:50"


def test_real_curves_side_by_side_become_steps_by_their_dates(real_data: Path) -> None:
    reading = read(real_data / "lsv_cv/palmsens/datalab/palmsens_chronopot.csv")
    frame = reading.frame
    assert (reading.kind, len(frame)) == (columns.CHRONOPOTENTIOMETRY, 303)
    begins = frame.groupby(columns.STEP).first()
    ends = frame.groupby(columns.STEP).last()
    assert begins[columns.TEST_TIME].tolist() == [0, 69, 156]
    assert begins[columns.VOLTAGE].tolist() == [0.806995, 0.898246, 0.925042]
    assert ends[columns.VOLTAGE].tolist() == [1.98567, 2.02137, 2.03255]
    assert ends[columns.STEP_TIME].tolist() == [10, 10, 10]
    assert codes(reading) == ["SEVERAL_CURVES"]
    assert reading.metadata["technique"] == "Chronopotentiometry: CP E vs t"


def test_spectra_are_read_back(tmp_path: Path) -> None:
    frame = read(palmsens_spectra(tmp_path)).frame
    z = frame[columns.REAL_IMPEDANCE] + 1j * frame[columns.IMAGINARY_IMPEDANCE]
    assert frame[columns.FREQUENCY].tolist() == pytest.approx([*FREQUENCY_HZ, *FREQUENCY_HZ])
    assert np.abs(z / np.tile(IMPEDANCE_OHM, 2) - 1).max() < 1e-8


def test_a_column_named_minus_imaginary_is_turned_round_without_a_notice(tmp_path: Path) -> None:
    reading = read(edited(palmsens_spectra(tmp_path), ",Z'' / Ohm", ",-Z'' / Ohm"))
    assert codes(reading) == ["SEVERAL_SWEEPS"]
    assert (reading.frame[columns.IMAGINARY_IMPEDANCE] < 0).all()


def test_a_column_that_already_has_the_sign_of_the_phase_is_left(tmp_path: Path) -> None:
    reading = read(edited(palmsens_spectra(tmp_path), "neg. Phase / °", "Phase / °"))
    assert codes(reading) == ["SEVERAL_SWEEPS"]
    assert (reading.frame[columns.IMAGINARY_IMPEDANCE] > 0).all()


def test_the_capacitance_shows_the_sign_where_there_is_no_phase(tmp_path: Path) -> None:
    reading = read(edited(palmsens_spectra(tmp_path), "neg. Phase / °", "extra"))
    assert (reading.frame[columns.IMAGINARY_IMPEDANCE] < 0).all()


def test_a_sign_that_nothing_shows_is_refused(tmp_path: Path) -> None:
    path = edited(palmsens_spectra(tmp_path), "neg. Phase / °", "extra")
    error = refusal(read, edited(path, "Cs / F", "more"))
    assert error.code == "E_UNITS_UNKNOWN"
    assert error.message == "film.csv does not say which sign Z'' has"


def test_curves_are_read_back_and_short_ones_end_earlier(tmp_path: Path) -> None:
    frame = read(palmsens_curves(tmp_path)).frame
    assert frame[columns.STEP].tolist() == [1] * 10 + [2] * 8
    assert frame[columns.TEST_TIME].tolist() == pytest.approx(
        [at / 10 for at in range(10)] + [60 + at / 10 for at in range(8)]
    )


@pytest.mark.parametrize(
    ("units", "kind", "name", "value"),
    [
        ("s,µA", columns.CHRONOAMPEROMETRY, columns.CURRENT, 9e-8),
        ("s,nA", columns.CHRONOAMPEROMETRY, columns.CURRENT, 9e-11),
        ("s,mV", columns.CHRONOPOTENTIOMETRY, columns.VOLTAGE, 9e-5),
        ("V,µA", columns.VOLTAMMETRY, columns.CURRENT, 9e-8),
    ],
)
def test_the_units_of_curves_say_their_kind(
    units: str, kind: str, name: str, value: float, tmp_path: Path
) -> None:
    reading = read(palmsens_curves(tmp_path, units))
    assert reading.kind == kind
    assert reading.frame[name].iloc[9] == pytest.approx(value)


@pytest.mark.parametrize("units", ["s,Ohm", "V,s", "s,V,s"])
def test_unknown_units_of_curves_are_refused(units: str, tmp_path: Path) -> None:
    error = refusal(read, palmsens_curves(tmp_path, units))
    assert error.code == "E_UNITS_UNKNOWN"
    assert error.place == "line 11"
    assert error.found == f"{units},{units}"


@pytest.mark.parametrize("date", ["2026-01-05 08:59:00", "yesterday"])
def test_curves_whose_order_in_time_is_unknown_are_refused(date: str, tmp_path: Path) -> None:
    error = refusal(read, edited(palmsens_curves(tmp_path), "2026-01-05 09:01:00", date))
    assert error.code == "E_NON_MONOTONIC_TIME"
    assert date in error.found


def test_a_file_cut_off_before_its_columns(tmp_path: Path) -> None:
    path = palmsens_spectra(tmp_path)
    path.write_text("File date:,2026-01-06 10:00:00\nMeasurement:,Impedance Spectroscopy\n")
    assert refusal(read, path).place == "line 2"
    path.write_text("Date and time:,x\nDate and time measurement:,2026-01-05 09:00:00\n")
    assert refusal(read, path).message == "film.csv is cut off in its header"
