"""Gamry .DTA: real files of every technique, and what is particular to them."""

import re
from pathlib import Path

import numpy as np
import pytest

from measurements import columns
from measurements.discovery import sample
from measurements.formats.gamry import read, sniff
from tests.formats.files import FREQUENCY_HZ, IMPEDANCE_OHM
from tests.formats.files_potentiostats import (
    gamry_curve,
    gamry_cv,
    gamry_eis,
    gamry_front_panel,
    gamry_lines,
    gamry_ocp,
    gamry_open_circuit,
    gamry_several,
    gamry_spectrum,
)
from tests.formats.files_texts import SWEEP_A, SWEEP_V, write
from tests.formats.refused import codes, refusal

EIS = "eis/gamry"
DC = "lsv_cv/gamry"
NEEDED = list(columns.required(columns.IMPEDANCE, ()))


@pytest.mark.parametrize(
    ("name", "points", "first", "last"),
    [
        (
            "gamry-parser/eispot_data.dta",
            10,
            (10_000, 224.6075, -3.767681),
            (0.5, 226.885, -7.053867),
        ),
        (
            "gamry-parser/eispot_data_curveaborted.dta",
            5,
            (10_000, 224.6075, -3.767681),
            (100, 226.2954, -6.136346),
        ),
        (
            "impedance.py/exampleDataGamry.DTA",
            72,
            (200_015.6, 825.8584, -1367.239),
            (0.0158898, 17_007.49, -6635.557),
        ),
        (
            "impedance.py/exampleDataGamryABORT.DTA",
            72,
            (200_015.6, 825.8584, -1367.239),
            (0.0158898, 17_007.49, -6635.557),
        ),
        (
            "hybrid-drt/EISGALV_EISTest3.DTA",
            71,
            (1_000_078, 0.04711733, 0.1695821),
            (0.1001603, 0.06649166, -0.001175554),
        ),
        (
            "GamryParser/20240401_B_GM0016_HL03_E01_EIS.DTA",
            61,
            (100_078.1, 5801.815, -7726.36),
            (0.1001603, 2.365137e8, -7.85436e8),
        ),
    ],
)
def test_first_and_last_points_of_real_spectra(
    name: str,
    points: int,
    first: tuple[float, float, float],
    last: tuple[float, float, float],
    real_data: Path,
) -> None:
    reading = read(real_data / EIS / name)
    frame = reading.frame
    assert (reading.kind, len(frame)) == (columns.IMPEDANCE, points)
    assert tuple(frame[NEEDED].iloc[0]) == first
    assert tuple(frame[NEEDED].iloc[-1]) == last
    assert columns.SPECTRUM not in frame


def test_magnitude_and_phase_of_a_real_spectrum_agree_with_its_parts(real_data: Path) -> None:
    frame = read(real_data / EIS / "impedance.py/exampleDataGamry.DTA").frame
    z = frame[columns.REAL_IMPEDANCE] + 1j * frame[columns.IMAGINARY_IMPEDANCE]
    assert np.abs(z).to_numpy() == pytest.approx(
        frame[columns.ABSOLUTE_IMPEDANCE].to_numpy(), rel=1e-5
    )
    assert np.degrees(np.angle(z)) == pytest.approx(frame[columns.PHASE].to_numpy(), abs=1e-3)


def test_an_aborted_spectrum_and_the_tables_beside_it_are_noticed(real_data: Path) -> None:
    reading = read(real_data / EIS / "impedance.py/exampleDataGamryABORT.DTA")
    notices = {notice.code: notice.message for notice in reading.notices}
    assert set(notices) == {"ABORTED", "TABLES_LEFT_OUT"}
    assert "OCVCURVE (39 rows), FRACURVE (128 rows)" in notices["TABLES_LEFT_OUT"]


def test_a_real_header_is_understood(real_data: Path) -> None:
    metadata = read(real_data / EIS / "impedance.py/exampleDataGamry.DTA").metadata
    assert metadata == {
        "technique": "EISPOT",
        "title": "Potentiostatic EIS",
        "instrument": "REF3000-34128",
        "serial_number": "34128",
        "framework_version": "7.05",
        "firmware_version": "4.21",
        "start_time": "2018-04-23T16:43:15",
        "area_in_file_cm2": 1.0,
        "amplitude_mv": 10.0,
        "open_circuit_voltage_volt": -0.2919803,
        "comment": "-50mV +5.66X10^-4 D8",
    }


def test_a_real_voltammogram_has_the_sign_of_oxidation_and_its_cycles(real_data: Path) -> None:
    reading = read(real_data / DC / "GamryParser/20240321_C_GM0016_HL03_E01_CV50.DTA")
    frame = reading.frame
    assert (reading.kind, len(frame)) == (columns.VOLTAMMETRY, 1121)
    assert frame[columns.CYCLE].value_counts().sort_index().tolist() == [217, 280, 280, 280, 64]
    assert frame[columns.VOLTAGE].iloc[-1] == 0.160214
    assert frame[columns.CURRENT].iloc[-1] == -1.44996e-10
    rising = np.diff(frame[columns.VOLTAGE]) > 0
    current = frame[columns.CURRENT].to_numpy()[1:]
    assert current[rising].mean() > current[~rising].mean()
    rate = np.abs(np.diff(frame[columns.VOLTAGE])).mean() / 0.2
    assert rate * 1e3 == pytest.approx(50, rel=0.01)
    assert reading.metadata["scan_rate_mv_s"] == 49.9999


@pytest.mark.parametrize(
    ("name", "first"), [("chronoa_data.dta", -2.34197e-8), ("chronoa_de_data.dta", -2e-8)]
)
def test_a_real_chronoamperogram_with_point_or_comma(
    name: str, first: float, real_data: Path
) -> None:
    reading = read(real_data / DC / name)
    frame = reading.frame
    assert (reading.kind, len(frame)) == (columns.CHRONOAMPEROMETRY, 10)
    assert frame[columns.TEST_TIME].tolist() == [0, 30, 60, 90.0001, 120, 150, 180, 210, 240, 270]
    assert frame[columns.CURRENT].iloc[0] == first
    assert frame[columns.CURRENT].iloc[-1] == 3e-9
    assert frame[columns.VOLTAGE].iloc[-1] == 0.4
    assert reading.metadata["sample_time_second"] == 30.0
    assert codes(reading) == ["DATE_AMBIGUOUS", "POINTS_DIFFER"]
    assert reading.metadata["date"] == "3/10/2019 12:00:00"


def test_a_real_open_circuit_needs_no_current(real_data: Path) -> None:
    reading = read(real_data / DC / "ocp_data.dta")
    assert (reading.kind, len(reading.frame)) == (columns.CHRONOPOTENTIOMETRY, 21)
    assert columns.CURRENT not in reading.frame
    assert reading.frame[columns.VOLTAGE].iloc[-1] == 0.0345678
    assert reading.frame[columns.TEST_TIME].iloc[-1] == 105.175


def test_the_times_of_a_real_front_panel_file_follow_from_its_rate(real_data: Path) -> None:
    reading = read(real_data / DC / "vfp600_data.dta")
    assert len(reading.frame) == 20
    assert np.diff(reading.frame[columns.TEST_TIME]) == pytest.approx(np.full(19, 1 / 15))
    assert codes(reading) == ["TIME_FROM_RATE"]


def test_a_real_file_that_ends_in_its_header_is_refused(real_data: Path) -> None:
    error = refusal(read, real_data / DC / "cv_data_incompleteheader.dta")
    assert error.code == "E_TOO_FEW_POINTS"
    assert error.place == "line 19, the end of the file"
    assert error.found == "a header without any table"


def test_a_spectrum_is_read_back(tmp_path: Path) -> None:
    reading = read(gamry_eis(tmp_path))
    frame = reading.frame
    z = frame[columns.REAL_IMPEDANCE] + 1j * frame[columns.IMAGINARY_IMPEDANCE]
    assert frame[columns.FREQUENCY].to_numpy() == pytest.approx(FREQUENCY_HZ, rel=1e-8)
    assert np.abs(z / IMPEDANCE_OHM - 1).max() < 1e-8
    assert reading.metadata["comment"] == "RC element\nsecond line"
    assert reading.metadata["area_in_file_cm2"] == 2.0106


def test_several_spectra_are_numbered(tmp_path: Path) -> None:
    reading = read(gamry_several(tmp_path))
    frame = reading.frame
    assert frame[columns.SPECTRUM].tolist() == [1] * 26 + [2] * 26
    assert frame[columns.REAL_IMPEDANCE].iloc[26] == pytest.approx(
        1.5 * frame[columns.REAL_IMPEDANCE].iloc[0]
    )
    (notice,) = reading.notices
    assert notice.code == "SEVERAL_SWEEPS"
    assert notice.message == (
        "The file holds 2 spectra, the second from line 48 on; spectrum_index numbers them."
    )


def test_the_cycles_of_a_voltammogram_are_its_curves(tmp_path: Path) -> None:
    frame = read(gamry_cv(tmp_path)).frame
    assert frame[columns.CYCLE].tolist() == [1] * 20 + [2] * 21
    assert frame[columns.VOLTAGE].tolist() == pytest.approx(SWEEP_V.tolist())
    assert frame[columns.CURRENT].tolist() == pytest.approx(SWEEP_A.tolist())


def test_decimal_commas_are_accepted(tmp_path: Path) -> None:
    path = gamry_cv(tmp_path)
    expected = read(path).frame
    path.write_text(re.sub(r"(\d)\.(\d)", r"\1,\2", path.read_text()))
    assert "," in path.read_text()
    assert read(path).frame.equals(expected)


def test_a_cathodic_sign_of_the_current_is_refused(tmp_path: Path) -> None:
    path = gamry_cv(tmp_path)
    path.write_text(path.read_text().replace("CONVENTION\tIQUANT\t1", "CONVENTION\tIQUANT\t0"))
    error = refusal(read, path)
    assert error.code == "E_UNSUPPORTED"
    assert error.place == "the header, CONVENTION"
    assert error.found == "0"


def test_another_unit_is_refused(tmp_path: Path) -> None:
    lines = gamry_lines("CV", gamry_curve("CURVE1", 0, 20))
    at = lines.index("\t#\ts\tV vs. Ref.\tA\tV\tV\tbits")
    lines[at] = lines[at].replace("\tA\t", "\tmA\t")
    error = refusal(read, write(tmp_path / "cv.DTA", lines))
    assert error.code == "E_UNITS_UNKNOWN"
    assert error.place == f"line {at + 1}, column Im"
    assert (error.found, error.expected) == ("“mA”", "A")


def test_a_file_with_an_open_circuit_before_the_test_only_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "film.DTA", gamry_lines("EISPOT", gamry_open_circuit()))
    assert refusal(read, path).found == "only the tables OCVCURVE"


def test_lost_points_are_noticed(tmp_path: Path) -> None:
    path = gamry_ocp(tmp_path)
    path.write_text("\n".join(path.read_text().splitlines()[:-5]) + "\n")
    reading = read(path)
    assert codes(reading) == ["POINTS_DIFFER"]
    assert reading.notices[0].message == ("The table CURVE announces 20 points, the file holds 15.")


def test_a_front_panel_file_without_rate_is_refused(tmp_path: Path) -> None:
    path = gamry_front_panel(tmp_path)
    path.write_text(path.read_text().replace("1.50000E+1", "0"))
    assert refusal(read, path).code == "E_COLUMNS_MISSING"


def test_the_order_of_day_and_month_is_taken_from_the_other_dates(tmp_path: Path) -> None:
    lines = gamry_lines("EISPOT", gamry_spectrum())
    lines[3] = "DATE\tLABEL\t4/1/2026\tDate"
    assert "date" in read(write(tmp_path / "a.DTA", lines)).metadata
    lines.insert(8, "DCCALDATE\tLABEL\t3/22/2026\tDC Calibration Date")
    metadata = read(write(tmp_path / "b.DTA", lines)).metadata
    assert metadata["start_time"] == "2026-04-01T09:00:00"


def test_another_text_that_begins_with_explain_is_not_claimed(tmp_path: Path) -> None:
    path = write(tmp_path / "plan.txt", ["EXPLAIN", "SELECT * FROM cells"])
    assert not sniff(sample(path, path.name))
