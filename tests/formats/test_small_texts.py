"""Autolab NOVA, CH Instruments, PowerSuite, Ivium and RelaxIS: texts of one table."""

from pathlib import Path

import numpy as np
import pytest

from measurements import columns
from measurements.discovery import recognise, sample
from measurements.formats import Format, FormatError, autolab, chi, ivium, powersuite, relaxis
from tests.formats import files_texts as files
from tests.formats.files import FREQUENCY_HZ, IMPEDANCE_OHM
from tests.formats.refused import codes, refusal

NEEDED = list(columns.required(columns.IMPEDANCE, ()))


@pytest.mark.parametrize(
    ("plugin", "name", "points", "first", "last"),
    [
        (
            chi.FORMAT,
            "chinstruments/exampleDataCHInstruments.txt",
            73,
            (99_610, 98.91, -2.748),
            (0.1, 5685, -15_860),
        ),
        (
            powersuite.FORMAT,
            "powersuite/exampleDataPowersuite.txt",
            30,
            (0.1, 423_929.46, -49_014.063),
            (2_000_000, -470.54113, -1397.7358),
        ),
        (
            relaxis.FORMAT,
            "biologic/hybrid-drt_SSB/PEIS_LPSCl_IonBlocking_-25C_RelaxIS.txt",
            79,
            (0.10002180933952332, 1_799_427.625, -8_093_785.5),
            (7_000_018.5, 359.241455078125, -290.920379638671875),
        ),
    ],
)
def test_first_and_last_points_of_real_spectra(
    plugin: Format,
    name: str,
    points: int,
    first: tuple[float, float, float],
    last: tuple[float, float, float],
    real_data: Path,
) -> None:
    frame = plugin.read(real_data / "eis" / name).frame
    assert len(frame) == points
    assert tuple(frame[NEEDED].iloc[0]) == first
    assert tuple(frame[NEEDED].iloc[-1]) == pytest.approx(last, rel=1e-7)


@pytest.mark.parametrize(
    ("plugin", "write"),
    [
        (autolab.FORMAT, files.nova_spectrum),
        (chi.FORMAT, files.chi),
        (powersuite.FORMAT, files.powersuite),
        (relaxis.FORMAT, files.relaxis),
    ],
)
def test_a_spectrum_is_read_back(plugin: Format, write: object, tmp_path: Path) -> None:
    assert callable(write)
    frame = plugin.read(write(tmp_path)).frame
    z = frame[columns.REAL_IMPEDANCE] + 1j * frame[columns.IMAGINARY_IMPEDANCE]
    assert frame[columns.FREQUENCY].to_numpy() == pytest.approx(FREQUENCY_HZ, rel=1e-8)
    assert np.abs(z / IMPEDANCE_OHM - 1).max() < 1e-8


def test_the_export_of_relaxis_is_the_spectrum_of_ec_lab(real_data: Path) -> None:
    folder = real_data / "eis/biologic/hybrid-drt_SSB"
    path = folder / "PEIS_LPSCl_IonBlocking_-25C.txt"
    eclab = recognise(path, path.name).read(path).frame
    reading = relaxis.read(folder / "PEIS_LPSCl_IonBlocking_-25C_RelaxIS.txt")
    for name in NEEDED:
        assert reading.frame[name].to_numpy()[::-1] == pytest.approx(eclab[name].to_numpy(), 1e-6)
    assert reading.metadata == {
        "software": "RelaxIS 3.0",
        "dc_voltage_volt": -0.080042,
        "temperature_in_file_celsius": 33.741076,
    }


def test_spectra_side_by_side_in_an_export_of_relaxis_are_refused(tmp_path: Path) -> None:
    path = files.relaxis(tmp_path)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:2], *(f"{line}\t{line}" for line in lines[2:])]))
    error = refusal(relaxis.read, path)
    assert error.code == "E_UNSUPPORTED"
    assert error.found == "2 columns “Data: Frequency”"


def test_the_header_of_ch_instruments_is_understood(real_data: Path) -> None:
    metadata = chi.read(real_data / "eis/chinstruments/exampleDataCHInstruments.txt").metadata
    assert metadata == {
        "technique": "A.C. Impedance",
        "instrument": "CHI660E",
        "start_time": "2020-02-20T15:55:08",
        "dc_voltage_volt": 0.0,
        "amplitude_in_file_mv": 25.0,
    }


def test_other_techniques_of_ch_instruments_are_refused_for_their_sign(tmp_path: Path) -> None:
    header, _ = files.chi_lines("Cyclic Voltammetry")
    header[-2] = "Potential/V, Current/A"
    path = files.write(tmp_path / "cv.txt", [*header, "0.1, 1e-6", "0.2, 2e-6"])
    assert chi.sniff(sample(path, path.name))
    error = refusal(chi.read, path)
    assert error.code == "E_UNSUPPORTED"
    assert error.found == "“Cyclic Voltammetry”"
    assert "cathodic or anodic" in error.expected


def test_a_file_of_ch_instruments_cut_off_in_its_header(tmp_path: Path) -> None:
    header, _ = files.chi_lines()
    error = refusal(chi.read, files.write(tmp_path / "film.txt", header[:9]))
    assert error.code == "E_COLUMNS_MISSING"
    assert error.place == "line 9"


def test_a_voltammogram_of_nova_is_read_back(tmp_path: Path) -> None:
    reading = autolab.read(files.nova_voltammogram(tmp_path))
    assert reading.kind == columns.VOLTAMMETRY
    assert reading.frame[columns.CURRENT].tolist() == pytest.approx(files.SWEEP_A.tolist())
    assert reading.frame[columns.CYCLE].unique().tolist() == [1]
    assert reading.frame["Potential applied (V)"].tolist() == files.SWEEP_V.tolist()


def test_a_table_of_nova_without_sweep_is_read_over_time(tmp_path: Path) -> None:
    rows = [f"{at},{at / 1e6},3.1,{at + 1}" for at in range(9)]
    headings = "Time (s),WE(1).Current (A),WE(1).Potential (V),Index"
    reading = autolab.read(files.write(tmp_path / "hold.csv", [headings, *rows]))
    assert reading.kind == columns.CYCLING
    assert reading.frame[columns.CURRENT].iloc[-1] == 8e-6


def test_an_export_of_nova_in_other_units_is_not_claimed(tmp_path: Path) -> None:
    headings = "Frequency (Hz);Z' (kΩ);-Z'' (kΩ)"
    path = files.write(tmp_path / "film.txt", [headings, "1000;1;1"])
    assert not autolab.sniff(sample(path, path.name))
    assert refusal(autolab.read, path).code == "E_COLUMNS_MISSING"


def test_a_real_rest_of_ivium(real_data: Path) -> None:
    reading = ivium.read(real_data / "cycling/other/datalab_ivium/rest_only_ivium.txt")
    frame = reading.frame
    assert (reading.kind, len(frame)) == (columns.CYCLING, 30)
    assert frame[columns.TEST_TIME].iloc[-1] == 1740.0
    assert frame[columns.VOLTAGE].iloc[-1] == 3.0145
    assert (frame[columns.CURRENT] == 0).all()


@pytest.mark.parametrize(
    ("heading", "factor"), [("I /mA", 1e-3), ("I /A", 1.0), ("I /uA", 1e-6), ("I /µA", 1e-6)]
)
def test_the_unit_of_a_heading_of_ivium_counts(heading: str, factor: float, tmp_path: Path) -> None:
    path = files.ivium(tmp_path)
    path.write_text(path.read_text().replace("I /mA", heading))
    assert ivium.read(path).frame[columns.CURRENT].iloc[-1] == pytest.approx(0.5 * factor)


def test_an_unknown_unit_of_ivium_is_refused(tmp_path: Path) -> None:
    path = files.ivium(tmp_path)
    path.write_text(path.read_text().replace("I /mA", "I /kA"))
    error = refusal(ivium.read, path)
    assert error.code == "E_UNITS_UNKNOWN"
    assert error.place == "line 1, column I /kA"
    assert (error.found, error.expected) == ("“kA”", "A, mA, μA, uA, nA")


@pytest.mark.parametrize(
    "name", ["MADAP/test_1.csv", "MADAP/test_2.csv", "impedance.py/exampleData.csv"]
)
def test_real_tables_without_units_or_headings_are_of_no_known_format(
    name: str, real_data: Path
) -> None:
    with pytest.raises(FormatError) as caught:
        recognise(real_data / "eis/csv" / name, name)
    assert caught.value.code == "E_UNKNOWN_FORMAT"


def test_a_sweep_down_and_up_again_is_two_spectra(tmp_path: Path) -> None:
    rows = [f"{f}\t10\t-1" for f in (1000, 100, 10, 10, 100, 1000)]
    path = files.write(tmp_path / "film.txt", ["Frequency\t Zre\t Zimg", *rows])
    reading = powersuite.read(path)
    assert codes(reading) == ["SEVERAL_SWEEPS"]
    assert reading.frame[columns.SPECTRUM].tolist() == [1, 1, 1, 1, 2, 2]


def test_three_sweeps_down_are_three_spectra(tmp_path: Path) -> None:
    rows = [f"{f}\t10\t-1" for f in (1000, 100, 10) * 3]
    path = files.write(tmp_path / "film.txt", ["Frequency\t Zre\t Zimg", *rows])
    reading = powersuite.read(path)
    assert reading.frame[columns.SPECTRUM].tolist() == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert "3 spectra, the second from line 5 on" in reading.notices[0].message
