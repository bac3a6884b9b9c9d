"""LabSpec, WITec, B&W Tek, WiRE, GRAMS, ROD: spectra as text."""

from pathlib import Path

import numpy as np
import pytest

from measurements import columns
from measurements.formats import Sample, bwtek, grams_ascii, labspec, rod, two_column, witec
from tests.formats import files_spectra as files
from tests.formats.files_texts import write
from tests.formats.refused import codes, refusal

SHIFT, INTENSITY = (list(values) for values in zip(*files.PEAK, strict=True))


def test_labspec_axis_laser_and_start(tmp_path: Path) -> None:
    reading = labspec.read(files.labspec(tmp_path))
    assert reading.kind == columns.RAMAN
    assert reading.frame[columns.RAMAN_SHIFT].tolist() == SHIFT
    assert reading.frame[columns.INTENSITY].tolist() == INTENSITY
    assert reading.metadata["laser_nm"] == 633.0
    assert reading.metadata["acquisition_time_s"] == 30.0
    assert reading.metadata["start_time"] == "2023-10-23T16:11:12"


def test_labspec_without_axis_lines_goes_by_the_range(tmp_path: Path) -> None:
    path = write(tmp_path / "x.txt", files.labspec_lines())
    assert labspec.read(path).frame[columns.RAMAN_SHIFT].tolist() == SHIFT


@pytest.mark.parametrize("unit", ["cm-¹", "eV"])
def test_labspec_outside_its_range_is_refused(unit: str, tmp_path: Path) -> None:
    lines = files.labspec_lines(unit=unit)
    lines = [*lines, "900\t1"] if unit == "cm-¹" else lines
    assert refusal(labspec.read, write(tmp_path / "x.txt", lines)).code == "E_UNITS_UNKNOWN"


def test_a_labspec_map_is_refused(tmp_path: Path) -> None:
    lines = [*files.labspec_lines()[:-3], "\t\t200\t201", "0\t0\t5\t6"]
    assert refusal(labspec.read, write(tmp_path / "x.txt", lines)).code == "E_UNSUPPORTED"


def test_witec_spectra_stand_beside_each_other(tmp_path: Path) -> None:
    reading = witec.read(files.witec(tmp_path))
    assert reading.kind == columns.RAMAN
    assert reading.frame[columns.RAMAN_SHIFT].tolist() == SHIFT * 2
    assert reading.frame[columns.INTENSITY].tolist() == [*INTENSITY, *(2 * y for y in INTENSITY)]
    assert reading.frame[columns.SPECTRUM].tolist() == [1] * 3 + [2] * 3


def test_witec_wavelengths_need_the_laser(tmp_path: Path) -> None:
    reading = witec.read(write(tmp_path / "x.txt", files.witec_lines("nm")))
    assert reading.kind == columns.SPECTRUM_OTHER
    assert reading.frame[columns.WAVELENGTH].tolist() == SHIFT * 2
    assert "RAMAN_OVER_WAVELENGTH" in codes(reading)


def test_witec_wavelengths_become_shifts_where_the_header_names_the_laser(tmp_path: Path) -> None:
    """Light of 532 nm scattered by silicon, 520.5 1/cm, has 547.1509 nm."""
    lines = files.witec_lines("nm", "ExcitationWavelength = 532")
    rows = [" 532.0, 9, 9", " 547.1509, 800, 900"]
    frame = witec.read(write(tmp_path / "x.txt", [*lines[:-3], *rows])).frame
    assert frame[columns.RAMAN_SHIFT].tolist() == pytest.approx([0.0, 520.5] * 2, abs=0.01)


def test_witec_absolute_wavenumbers_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "x.txt", files.witec_lines("1/cm"))
    assert refusal(witec.read, path).code == "E_UNITS_UNKNOWN"


@pytest.mark.parametrize("decimal", [",", "."])
def test_bwtek_is_dark_subtracted_over_the_shift(decimal: str, tmp_path: Path) -> None:
    reading = bwtek.read(write(tmp_path / "x.txt", files.bwtek_lines(decimal=decimal)))
    assert reading.frame[columns.RAMAN_SHIFT].tolist() == SHIFT
    assert reading.frame[columns.INTENSITY].tolist() == INTENSITY
    assert reading.frame["Raw data"].tolist() == [y + 7 for y in INTENSITY]
    assert reading.metadata["laser_nm"] == 532.07
    assert reading.metadata["acquisition_time_s"] == 2.5
    assert codes(reading) == ["PIXELS_LEFT_OUT"]


def test_bwtek_without_a_dark_subtracted_column_is_refused(tmp_path: Path) -> None:
    lines = [line.replace("Dark Subtracted #1", "%TR #1") for line in files.bwtek_lines()]
    assert refusal(bwtek.read, write(tmp_path / "x.txt", lines)).code == "E_COLUMNS_MISSING"


def test_wire_places_are_spectra(tmp_path: Path) -> None:
    reading = two_column.read(files.wire_map(tmp_path))
    assert reading.frame[columns.SPECTRUM].tolist() == [1] * 3 + [2] * 3
    assert reading.frame["X"].tolist() == [0.0] * 3 + [1.5] * 3
    assert reading.frame[columns.INTENSITY].tolist()[3:] == [y + 1.5 for y in INTENSITY]
    assert "RAMAN_SHIFT_ASSUMED" in codes(reading)


@pytest.mark.parametrize(
    ("heading", "kind", "column", "ordinate"),
    [
        ("cm-1,%T", columns.INFRARED, columns.WAVENUMBER, columns.TRANSMITTANCE),
        ('"Wavenumber (cm⁻¹)","Absorbance"', columns.INFRARED, columns.WAVENUMBER,
         columns.ABSORBANCE),
        ("Wavenumbers/cm-1,A", columns.INFRARED, columns.WAVENUMBER, columns.ABSORBANCE),
        ("Raman shift (cm-1),Intensity (a.u.)", columns.RAMAN, columns.RAMAN_SHIFT,
         columns.INTENSITY),
        ("Wavelength [nm],Abs", columns.SPECTRUM_OTHER, columns.WAVELENGTH, columns.ABSORBANCE),
        ("wavelength/nm,counts", columns.SPECTRUM_OTHER, columns.WAVELENGTH, columns.INTENSITY),
    ],
)  # fmt: skip
def test_headings_say_what_the_columns_are(
    heading: str, kind: str, column: str, ordinate: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "x.csv", [heading, *(f"{x},{y}" for x, y in files.PEAK)])
    reading = two_column.read(path)
    assert reading.kind == kind
    assert reading.frame[column].tolist() == SHIFT
    assert reading.frame[ordinate].tolist() == INTENSITY


@pytest.mark.parametrize(
    "heading",
    ["x,y", "Wavenumber (cm-1),Intensity", "Raman shift,Intensity", "cm-1,%T,sample", "200.5,10"],
)
def test_headings_that_leave_something_open_are_not_claimed(heading: str) -> None:
    head = f"{heading}\n1,2\n".encode()
    assert not two_column.sniff(Sample("x", len(head), head, head))


def test_decimal_commas_of_a_localised_export(tmp_path: Path) -> None:
    frame = two_column.read(files.perkin_elmer(tmp_path)).frame
    assert frame[columns.WAVENUMBER].tolist() == SHIFT
    assert frame[columns.TRANSMITTANCE].tolist() == [1.0, 20.0, 1.25]


def test_wire_text_is_the_same_spectrum_as_its_own_file(real_data: Path) -> None:
    folder = real_data / "spectra/raman/datalab"
    frame = two_column.read(folder / "raman_example.txt").frame
    own = (folder / "raman_example.wdf").read_bytes()
    axis = np.frombuffer(own, "<f4", 1011, 4600 + 24)
    np.testing.assert_allclose(frame[columns.RAMAN_SHIFT], axis, atol=1e-3)
    np.testing.assert_allclose(
        frame[columns.INTENSITY], np.frombuffer(own, "<f4", 1011, 528), atol=1e-3
    )


def test_rod_loop_and_laser(tmp_path: Path) -> None:
    reading = rod.read(files.rod(tmp_path))
    assert reading.frame[columns.RAMAN_SHIFT].tolist() == SHIFT
    assert reading.frame[columns.INTENSITY].tolist() == INTENSITY
    assert reading.metadata == {
        "sample_name": "K-cymrite",
        "instrument": "home made",
        "laser_nm": 488.0,
        "intensity_unit": "intensity",
    }


def test_rod_without_its_loop_is_refused(tmp_path: Path) -> None:
    path = files.rod(tmp_path)
    path.write_text(path.read_text().replace("_raman_spectrum.intensity\n", ""))
    assert refusal(rod.read, path).code == "E_COLUMNS_MISSING"


def test_grams_axis_follows_from_its_ends(tmp_path: Path) -> None:
    reading = grams_ascii.read(files.grams(tmp_path))
    assert reading.kind == columns.INFRARED
    np.testing.assert_allclose(reading.frame[columns.WAVENUMBER], np.linspace(4000, 400, 12))
    np.testing.assert_allclose(reading.frame[columns.ABSORBANCE], 0.05 * np.arange(12))
    assert reading.metadata == {"resolution_cm1": 4.0, "comment": "film 12"}


@pytest.mark.parametrize(
    ("points", "types", "code"),
    [(13, (1, 2), "E_TRUNCATED"), (11, (1, 2), "E_TRUNCATED"), (12, (5, 2), "E_UNITS_UNKNOWN")],
)
def test_grams_header_must_fit(
    points: int, types: tuple[int, int], code: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "x.asp", files.grams_lines(points, types))
    assert refusal(grams_ascii.read, path).code == code
