"""VersaStudio .par: a real spectrum, direct-current techniques, mixed and binary files."""

from pathlib import Path

import pytest

from measurements import columns
from measurements.formats.versastudio import read
from tests.formats.files import FREQUENCY_HZ
from tests.formats.files_texts import (
    SWEEP_A,
    SWEEP_V,
    versastudio_cv,
    versastudio_eis,
    versastudio_lines,
    versastudio_rows,
    write,
)
from tests.formats.refused import codes, refusal


def test_a_real_spectrum(real_data: Path) -> None:
    reading = read(real_data / "eis/parstat_versastudio/exampleDataVersaStudio.par")
    frame = reading.frame
    assert (reading.kind, len(frame), reading.notices) == (columns.IMPEDANCE, 61, ())
    needed = frame[list(columns.required(columns.IMPEDANCE, ()))]
    assert tuple(needed.iloc[0]) == (100_000, 55.31571, 4.575431)
    assert tuple(needed.iloc[-1]) == (0.02154435, 1516.313, -122.8279)
    assert frame[columns.IMAGINARY_IMPEDANCE].min() == -478.3702
    assert frame[columns.TEST_TIME].iloc[-1] == 1575.401
    assert reading.metadata == {
        "technique": "Potentiostatic EIS",
        "start_time": "2018-07-19T09:40:30",
        "software_version": "2.52.3.0",
        "instrument": "VersaSTAT4",
        "serial_number": "16334007",
        "firmware_version": "2.52,2.52,2.52",
        "area_in_file_cm2": 1.0,
        "amplitude_mv": 20.0,
    }


def test_a_spectrum_is_read_back(tmp_path: Path) -> None:
    reading = read(versastudio_eis(tmp_path))
    assert reading.frame[columns.FREQUENCY].tolist() == pytest.approx(FREQUENCY_HZ.tolist())
    assert reading.metadata["start_time"] == "2026-01-05T21:00:00"
    assert reading.metadata["active_mass_in_file_mg"] == 1.25
    assert columns.CURRENT not in reading.frame  # its sign is not known


def test_a_voltammogram_is_read_back_with_its_sign_assumed(tmp_path: Path) -> None:
    reading = read(versastudio_cv(tmp_path))
    assert reading.kind == columns.VOLTAMMETRY
    assert reading.frame[columns.VOLTAGE].tolist() == pytest.approx(SWEEP_V.tolist())
    assert reading.frame[columns.CURRENT].tolist() == pytest.approx(SWEEP_A.tolist())
    assert codes(reading) == ["CURRENT_SIGN_ASSUMED"]


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("Linear Scan Voltammetry", columns.VOLTAMMETRY),
        ("Chronoamperometry", columns.CHRONOAMPEROMETRY),
        ("Constant Current", columns.CHRONOPOTENTIOMETRY),
        ("Open Circuit", columns.CHRONOPOTENTIOMETRY),
        ("Loop", columns.CYCLING),
    ],
)
def test_the_action_says_the_kind(action: str, kind: str, tmp_path: Path) -> None:
    rows = [f"0,{at},3.1,1E-3,{at},0,0,0,0" for at in range(9)]
    assert read(write(tmp_path / "x.par", versastudio_lines(action, rows))).kind == kind


def test_rows_of_a_rest_beside_a_spectrum_are_left_out(tmp_path: Path) -> None:
    rest = [f"0,{at},0.5,0,{at},0,0,0,0" for at in range(7)]
    lines = versastudio_lines("Potentiostatic EIS", [*rest, *versastudio_rows()])
    reading = read(write(tmp_path / "film.par", lines))
    assert len(reading.frame) == FREQUENCY_HZ.size
    assert codes(reading) == ["REST_ROWS_LEFT_OUT"]
    assert reading.notices[0].message.startswith("7 rows without frequency")


def test_two_segments_are_two_spectra(tmp_path: Path) -> None:
    lines = versastudio_lines("Potentiostatic EIS", versastudio_rows())
    begin, end = lines.index("<Segment1>"), lines.index("</Segment1>") + 1
    second = [line.replace("Segment1", "Segment2") for line in lines[begin:end]]
    reading = read(write(tmp_path / "film.par", [*lines[:end], *second, *lines[end:]]))
    assert reading.frame[columns.SPECTRUM].tolist() == [1] * 26 + [2] * 26


def test_data_in_binary_form_are_refused(tmp_path: Path) -> None:
    lines = versastudio_lines("Potentiostatic EIS", [])
    lines.insert(lines.index("<Experiment>") + 1, "DataFormat=Binary")
    error = refusal(read, write(tmp_path / "film.par", lines))
    assert error.code == "E_UNSUPPORTED"
    assert error.message == "film.par has its data in binary form"


def test_a_file_cut_off_before_its_segment(tmp_path: Path) -> None:
    lines = versastudio_lines("Potentiostatic EIS", [])[:16]
    assert refusal(read, write(tmp_path / "film.par", lines)).code == "E_TOO_FEW_POINTS"


def test_a_segment_without_impedance_columns_lacks_nothing_else(tmp_path: Path) -> None:
    rows = [f"0,{at},3.1,1E-3" for at in range(9)]
    lines = versastudio_lines("Chronopotentiometry", rows)
    at = next(at for at, line in enumerate(lines) if line.startswith("Definition="))
    lines[at] = "Definition=Segment #, Point #, E(V), I(A)"
    error = refusal(read, write(tmp_path / "x.par", lines))
    assert error.code == "E_COLUMNS_MISSING"
    assert error.message == "x.par lacks test_time_second"
