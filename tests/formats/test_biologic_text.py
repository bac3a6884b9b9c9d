"""EC-Lab and BT-Lab text: real files of every technique, and what is particular to them."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from measurements import columns
from measurements.discovery import sample
from measurements.formats.biologic_text import read, sniff
from tests.formats.files import FREQUENCY_HZ, IMPEDANCE_OHM
from tests.formats.files_potentiostats import (
    eclab_absolute,
    eclab_bare,
    eclab_cycling,
    eclab_header,
    eclab_spectrum,
    eclab_voltammogram,
)
from tests.formats.files_texts import SWEEP_A, write
from tests.formats.refused import codes, refusal

NEEDED = list(columns.required(columns.IMPEDANCE, ()))
BATTERY = "cycling/biologic"
SYMMETRIC = (
    "cycling/li_symmetric/datalab-insitu/"
    "jr862_11_08_23_insitu-impedance-LiLi_1MLiTFSI_TEGDME-1mA_03_GCPL_C05.txt"
)


@pytest.mark.parametrize(
    ("name", "spectra", "first", "last"),
    [
        (
            "PyEIS/ex1.mpt",
            [59, 59],
            (200_019.48, 428.90558, -372.31183),
            (0.010005763, 66_802.32, -33_712.059),
        ),
        (
            "impedance.py/exampleDataBioLogic.mpt",
            [43],
            (1000.3201, 65.470886, -0.38998979),
            (0.01689554, 110.97003, -2.3458567),
        ),
        (
            "hybrid-drt_SSB/PEIS_LPSCl_IonBlocking_-25C.txt",
            [79],
            (7_000_018.5, 359.24146, -290.92038),
            (0.10002181, 1_799_427.6, -8_093_785.5),
        ),
    ],
)
def test_first_and_last_points_of_real_spectra(
    name: str,
    spectra: list[int],
    first: tuple[float, float, float],
    last: tuple[float, float, float],
    real_data: Path,
) -> None:
    reading = read(real_data / "eis/biologic" / name)
    frame = reading.frame
    assert (reading.kind, len(frame)) == (columns.IMPEDANCE, sum(spectra))
    assert tuple(frame[NEEDED].iloc[0]) == first
    assert tuple(frame[NEEDED].iloc[-1]) == last
    if len(spectra) > 1:
        assert frame[columns.SPECTRUM].value_counts().sort_index().tolist() == spectra
        assert (frame[columns.SPECTRUM] == frame[columns.CYCLE]).all()
    else:
        assert columns.SPECTRUM not in frame


def test_the_ion_blocking_pellet_has_its_known_local_minimum(real_data: Path) -> None:
    frame = read(real_data / "eis/biologic/hybrid-drt_SSB/PEIS_LPSCl_IonBlocking_-25C.txt").frame
    middle = frame[frame[columns.FREQUENCY].between(1e3, 1e6)]
    lowest = middle.loc[(-middle[columns.IMAGINARY_IMPEDANCE]).idxmin()]
    assert lowest[columns.FREQUENCY] == pytest.approx(54_070, rel=1e-3)
    assert lowest[columns.REAL_IMPEDANCE] == pytest.approx(1439.7, abs=0.05)
    assert lowest[columns.IMAGINARY_IMPEDANCE] == pytest.approx(-132.2, abs=0.05)


def test_a_real_csv_with_the_names_of_ec_lab_and_rests_between_its_spectra(
    real_data: Path,
) -> None:
    reading = read(real_data / "eis/biologic/hybrid-drt_SSB_webinar/Sample2_PEIS_AtRest.csv")
    frame = reading.frame
    assert frame[columns.SPECTRUM].value_counts().sort_index().tolist() == [89] * 10
    assert (frame["loop_index"] + 1 == frame[columns.SPECTRUM]).all()
    assert codes(reading) == ["REST_ROWS_LEFT_OUT", "SEVERAL_SWEEPS"]
    magnitude = np.hypot(frame[columns.REAL_IMPEDANCE], frame[columns.IMAGINARY_IMPEDANCE])
    assert magnitude.to_numpy() == pytest.approx(frame[columns.ABSOLUTE_IMPEDANCE].to_numpy())
    assert frame[columns.IMAGINARY_IMPEDANCE].iloc[0] < 0


def test_a_real_voltammogram_with_decimal_commas(real_data: Path) -> None:
    reading = read(real_data / "lsv_cv/biologic/ixdat/Pt_poly_cv.mpt")
    frame = reading.frame
    assert (reading.kind, len(frame)) == (columns.VOLTAMMETRY, 4473)
    assert sorted(frame[columns.CYCLE].unique()) == [1, 2, 3, 4, 5]
    assert frame[columns.VOLTAGE].iloc[0] == 0.94958913
    assert frame[columns.CURRENT].iloc[0] == pytest.approx(2.979992132168263e-7, rel=1e-12)
    assert frame[columns.TEST_TIME].iloc[-1] == 152.2007963426586
    charge = np.trapezoid(frame[columns.CURRENT], frame[columns.TEST_TIME])
    assert charge == pytest.approx(frame["(Q-Qo)/C"].iloc[-1], rel=0.05)
    assert codes(reading) == ["THREE_ELECTRODES"]
    assert reading.metadata["scan_rate_mv_s"] == 100.0
    assert reading.metadata["start_time"] == "2020-07-29T10:31:01"


def test_a_real_chronopotentiogram_of_a_solid_state_cell(real_data: Path) -> None:
    reading = read(real_data / BATTERY / "hybrid-drt_SSB/CP_SSB.txt")
    frame = reading.frame
    assert (reading.kind, len(frame)) == (columns.CHRONOPOTENTIOMETRY, 30_208)
    assert round(frame[columns.VOLTAGE].min(), 4) == 2.9087
    assert round(frame[columns.VOLTAGE].max(), 4) == 2.9385
    pulses = frame.groupby(columns.STEP_ID)[columns.CURRENT].median()
    assert pulses["1"] == pytest.approx(8.4e-6, rel=0.01)
    assert pulses["2"] == pytest.approx(-8.4e-6, rel=0.01)
    assert reading.metadata["active_mass_in_file_mg"] == 7.826
    assert reading.metadata["channel"] == "8"
    assert reading.metadata["software"] == "EC-Lab 11.50"


def test_a_real_test_of_bt_lab_discharges_with_negative_current(real_data: Path) -> None:
    reading = read(real_data / BATTERY / "PyProBE/Sample_data_biologic_01_MB_CA1.txt")
    frame = reading.frame
    assert (reading.kind, len(frame)) == (columns.CYCLING, 1397)
    assert frame[columns.TEST_TIME].iloc[-1] == pytest.approx(139.524007, abs=1e-6)
    discharged = np.trapezoid(frame[columns.CURRENT], frame[columns.TEST_TIME]) / 3.6
    assert discharged == pytest.approx(frame["(Q-Qo)/mA.h"].iloc[-1], rel=1e-3)
    assert frame["(Q-Qo)/mA.h"].iloc[-1] == pytest.approx(-32.371, abs=1e-3)
    assert "active_mass_in_file_mg" not in reading.metadata  # 0.001 mg: nobody typed one


def test_real_times_written_as_dates_become_seconds(real_data: Path) -> None:
    reading = read(real_data / BATTERY / "PyProBE/Sample_data_biologic_timestamped.txt")
    assert reading.frame[columns.TEST_TIME].tolist() == pytest.approx(
        [0, 6.464, 7.464, 8.464, 9.464, 10.464, 11.464, 12.464]
    )
    assert reading.frame[columns.TEST_TIME].to_numpy() == pytest.approx(
        reading.frame[columns.STEP_TIME].to_numpy(), abs=1e-5
    )
    assert codes(reading) == ["CLOCK_WITHOUT_ZONE"]


def test_a_real_table_without_header(real_data: Path) -> None:
    reading = read(real_data / BATTERY / "PyProBE/Sample_data_biologic_no_header.mpt")
    assert (reading.kind, len(reading.frame)) == (columns.CYCLING, 13)
    assert reading.frame[columns.TEST_TIME].iloc[0] == 281_672.3801174285
    assert reading.frame[columns.VOLTAGE].iloc[-1] == 2.9814022
    assert dict(reading.metadata) == {}


def test_a_real_potential_over_time_without_current(real_data: Path) -> None:
    reading = read(real_data / SYMMETRIC)
    frame = reading.frame
    assert (reading.kind, len(frame)) == (columns.CHRONOPOTENTIOMETRY, 76_807)
    assert list(frame) == [columns.TEST_TIME, columns.VOLTAGE]
    assert round(frame[columns.TEST_TIME].iloc[0], 1) == 907.6
    assert round(frame[columns.TEST_TIME].iloc[-1]) == 163_243
    assert round(frame[columns.VOLTAGE].min(), 4) == 0.0045
    assert round(frame[columns.VOLTAGE].max(), 4) == 0.6634


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("-prerun.mps", "holds the settings of an experiment, no measurement"),
        ("_02_GEIS_C05_LOOP.txt", "holds the first points of the loops of another file"),
    ],
)
def test_settings_and_loop_files_are_refused_with_what_they_hold(
    name: str, content: str, real_data: Path
) -> None:
    path = (real_data / SYMMETRIC).parent / (
        f"jr862_11_08_23_insitu-impedance-LiLi_1MLiTFSI_TEGDME-1mA{name}"
    )
    assert sniff(sample(path, path.name))
    error = refusal(read, path)
    assert error.code == "E_UNSUPPORTED"
    assert content in error.message
    assert ".mpr" in error.expected


def test_a_large_text_needs_a_small_multiple_of_its_size(tmp_path: Path) -> None:
    row = "\t".join(["1.234567890123456E+000"] * 16) + "\t"
    others = "\t".join(f"other {at}" for at in range(13))
    lines = [*eclab_header("Modulo Bat"), f"time/s\tEwe/V\tI/mA\t{others}\t", *[row] * 10_000]
    path = write(tmp_path / "cell.mpt", lines)
    read(path)
    tracemalloc.start()
    read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * path.stat().st_size


def test_a_spectrum_is_read_back_with_the_rest_before_it_left_out(tmp_path: Path) -> None:
    reading = read(eclab_spectrum(tmp_path))
    frame = reading.frame
    z = frame[columns.REAL_IMPEDANCE] + 1j * frame[columns.IMAGINARY_IMPEDANCE]
    assert frame[columns.FREQUENCY].tolist() == pytest.approx([*FREQUENCY_HZ, *FREQUENCY_HZ])
    assert np.abs(z / np.tile(IMPEDANCE_OHM, 2) - 1).max() < 1e-8
    assert frame[columns.CURRENT].iloc[0] == 1e-6
    assert codes(reading) == ["REST_ROWS_LEFT_OUT", "SEVERAL_SWEEPS"]
    assert reading.metadata["amplitude_peak_mv"] == 14.1


def test_a_german_file_is_read_back(tmp_path: Path) -> None:
    reading = read(eclab_cycling(tmp_path))
    frame = reading.frame
    assert frame[columns.CURRENT].tolist() == [1e-3] * 30 + [-1e-3] * 30
    assert frame[columns.VOLTAGE].iloc[7] == 3.507
    assert frame[columns.STEP_ID].tolist() == ["0"] * 30 + ["1"] * 30
    assert reading.metadata["area_in_file_cm2"] == 2.0106
    assert reading.metadata["active_mass_in_file_mg"] == 1.25
    assert reading.metadata["start_time"] == "2026-01-02T09:00:00.500000"
    assert reading.metadata["technique"] == "Galvanostatic Cycling with Potential Limitation"


def test_a_voltammogram_is_read_back(tmp_path: Path) -> None:
    reading = read(eclab_voltammogram(tmp_path))
    assert reading.kind == columns.VOLTAMMETRY
    assert reading.frame[columns.CURRENT].tolist() == pytest.approx(SWEEP_A.tolist())
    assert reading.metadata["scan_rate_mv_s"] == 100.0


def test_cycling_without_current_is_refused_in_the_words_of_the_program(tmp_path: Path) -> None:
    path = eclab_cycling(tmp_path)
    path.write_text(path.read_text(encoding="latin-1").replace("I/mA", "control/mA"))
    error = refusal(read, path)
    assert error.code == "E_COLUMNS_MISSING"
    assert error.message == "cell.mpt was exported without the current"
    assert "I/mA" in error.expected


def test_a_cycled_test_with_a_few_impedance_points_stays_cycling(tmp_path: Path) -> None:
    rows = [f"{at}\t3.5\t1.0\t0\t0\t0" for at in range(30)]
    rows += [f"{30 + at}\t3.5\t0.0\t{10 ** (3 - at)}\t20.0\t5.0" for at in range(4)]
    headings = "time/s\tEcell/V\tI/mA\tfreq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\t"
    path = write(tmp_path / "cell.txt", [*eclab_header("Modulo Bat"), headings, *rows])
    reading = read(path)
    assert (reading.kind, len(reading.frame)) == (columns.CYCLING, 34)
    assert reading.frame["freq/Hz"].iloc[-1] == 1.0
    assert columns.FREQUENCY not in reading.frame


def test_a_time_in_another_order_of_day_and_month_is_refused(tmp_path: Path) -> None:
    path = eclab_absolute(tmp_path)
    path.write_text(path.read_text().replace("01/02/2026 09:00:07", "31.01.2026 09:00:07"))
    error = refusal(read, path)
    assert error.code == "E_VALUE"
    assert error.found == "“31.01.2026 09:00:07.250”"


def test_the_headings_may_be_cut_off(tmp_path: Path) -> None:
    error = refusal(read, write(tmp_path / "cell.mpt", eclab_header("Open Circuit Voltage")[:7]))
    assert error.message == "cell.mpt is cut off in its header or lacks columns"
    assert error.place == "line 7"


def test_only_rows_without_frequency_are_no_spectrum(tmp_path: Path) -> None:
    lines = ["freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm", "0\t0\t0", "0\t0\t0"]
    assert refusal(read, write(tmp_path / "film.txt", lines)).code == "E_TOO_FEW_POINTS"


def test_two_columns_of_one_quantity_are_refused(tmp_path: Path) -> None:
    path = eclab_bare(tmp_path)
    text = path.read_text().replace("time/s\tEwe/V\t", "-Im(Z)/Ohm\tIm(Z)/Ohm\tfreq/Hz\tRe(Z)/Ohm")
    path.write_text(
        "\n".join(f"{line}\t1\t2" if at else line for at, line in enumerate(text.splitlines()))
    )
    assert refusal(read, path).code == "E_COLUMNS_DOUBLE"
