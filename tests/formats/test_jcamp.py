"""JCAMP-DX: every ordinate form, its checks, units, kinds, and what is refused."""

from pathlib import Path

import numpy as np
import pytest

from measurements import columns
from measurements.formats.jcamp import read
from tests.formats import files_spectra as files
from tests.formats.files_texts import write
from tests.formats.refused import codes, refusal

X = np.linspace(files.FIRST_X, files.LAST_X, len(files.COUNTS))
Y = np.array(files.COUNTS) * files.Y_FACTOR


@pytest.mark.parametrize("form", files.FORMS)
def test_every_ordinate_form_gives_the_same_spectrum(form: str, tmp_path: Path) -> None:
    reading = read(write(tmp_path / "x.jdx", files.jcamp_lines(files.asdf_lines(form))))
    assert reading.kind == columns.INFRARED
    np.testing.assert_allclose(reading.frame[columns.WAVENUMBER], X, rtol=1e-12)
    np.testing.assert_allclose(reading.frame[columns.ABSORBANCE], Y, rtol=1e-12, atol=1e-15)
    assert reading.notices == ()
    assert reading.metadata["instrument"] == "Nexus 870"


@pytest.mark.parametrize("form", files.FORMS)
def test_random_ordinates_come_back(form: str, tmp_path: Path) -> None:
    values = np.random.default_rng(1).integers(-40_000, 40_000, 500)
    values[100:240] = values[100]
    rows = files.asdf_lines(form, values.tolist())
    frame = read(write(tmp_path / "x.jdx", files.jcamp_lines(rows, points=500))).frame
    np.testing.assert_array_equal(np.round(frame[columns.ABSORBANCE] / files.Y_FACTOR), values)


@pytest.mark.parametrize("form", files.FORMS)
def test_a_lost_line_is_noticed(form: str, tmp_path: Path) -> None:
    rows = files.asdf_lines(form)
    del rows[1]
    error = refusal(read, write(tmp_path / "x.jdx", files.jcamp_lines(rows)))
    assert error.code in {"E_TRUNCATED", "E_VALUE"}


@pytest.mark.parametrize("form", files.FORMS)
def test_a_file_that_ends_early_is_refused(form: str, tmp_path: Path) -> None:
    lines = files.jcamp_lines(files.asdf_lines(form)[:2])[:-1]
    assert refusal(read, write(tmp_path / "x.jdx", lines)).code == "E_TRUNCATED"


def test_a_difference_that_was_changed_fails_the_check_of_the_next_line(tmp_path: Path) -> None:
    rows = files.asdf_lines("DIF")
    rows[0] = rows[0].replace("J2", "J3", 1)
    error = refusal(read, write(tmp_path / "x.jdx", files.jcamp_lines(rows)))
    assert error.code == "E_VALUE"
    assert error.place == "line 15"
    assert "as a check" in error.expected


def test_two_errors_in_the_number_of_points_do_not_cancel(tmp_path: Path) -> None:
    rows = files.asdf_lines("AFFN")
    rows[0] = rows[0].rpartition(" ")[0]
    rows[2] += " 5"
    error = refusal(read, write(tmp_path / "x.jdx", files.jcamp_lines(rows)))
    assert error.code == "E_TRUNCATED"
    assert error.place == "line 15"


def test_lines_that_name_a_neighbouring_point_are_noticed(tmp_path: Path) -> None:
    interval = float(X[1] - X[0])
    rows = files.asdf_lines("AFFN")
    rows[1:] = [
        f"{float(row.split()[0]) - interval:.4f} {row.partition(' ')[2]}" for row in rows[1:]
    ]
    reading = read(write(tmp_path / "x.jdx", files.jcamp_lines(rows)))
    np.testing.assert_allclose(reading.frame[columns.WAVENUMBER], X)
    assert codes(reading) == ["LINES_SHIFTED"]


def test_a_count_of_repetitions_is_bounded(tmp_path: Path) -> None:
    lines = files.jcamp_lines(["400.0@S9999999999"])
    assert refusal(read, write(tmp_path / "x.jdx", lines)).code == "E_OUT_OF_RANGE"


@pytest.mark.parametrize(
    ("row", "found"), [("400 1 2 x", "x"), ("400J1", "J1"), ("400S2", "S2"), ("abc 1", "abc 1")]
)
def test_signs_of_no_form_are_named(row: str, found: str, tmp_path: Path) -> None:
    error = refusal(read, write(tmp_path / "x.jdx", files.jcamp_lines([row], points=3)))
    assert error.code == "E_VALUE"
    assert (error.place, error.found) == ("line 14", f"“{found}”")


@pytest.mark.parametrize(
    ("kind", "x", "y", "column", "ordinate", "factor"),
    [
        ("INFRARED SPECTRUM", "1/CM", "TRANSMITTANCE", "wavenumber_cm1", "transmittance_percent",
         100.0),
        ("INFRARED SPECTRUM", "cm-1", "% Transmittance", "wavenumber_cm1",
         "transmittance_percent", 1.0),
        ("INFRARED SPECTRUM", "1/CM", "REFLECTANCE", "wavenumber_cm1", "intensity", 1.0),
        ("RAMAN SPECTRUM", "1/CM", "ABSORBANCE", "raman_shift_cm1", "intensity", 1.0),
        ("UV/VIS SPECTRUM", "NANOMETERS", "ABSORBANCE", "wavelength_nm", "absorbance", 1.0),
        ("UV-VISIBLE SPECTRUM", "nm", "Counts", "wavelength_nm", "intensity", 1.0),
    ],
)  # fmt: skip
def test_the_labels_decide_kind_and_units(
    kind: str, x: str, y: str, column: str, ordinate: str, factor: float, tmp_path: Path
) -> None:
    lines = files.jcamp_lines(files.asdf_lines("SQZ"), kind=kind, x=x, y=y)
    frame = read(write(tmp_path / "x.jdx", lines)).frame
    np.testing.assert_allclose(frame[column], X)
    np.testing.assert_allclose(frame[ordinate], Y * factor, atol=1e-12)


def test_micrometres_of_an_infrared_spectrum_become_wavenumbers(tmp_path: Path) -> None:
    lines = files.jcamp_lines(["2.5, 1; 10 2"], points=2, x="MICROMETERS", table="XYDATA=(XY..XY)")
    reading = read(write(tmp_path / "x.jdx", lines))
    assert reading.frame[columns.WAVENUMBER].tolist() == pytest.approx([4000.0, 1000.0])
    assert codes(reading) == ["WAVENUMBER_FROM_WAVELENGTH"]


def test_percent_that_is_called_transmittance_is_not_multiplied(tmp_path: Path) -> None:
    lines = files.jcamp_lines(["400, 80000; 4000 95000"], points=2, y="TRANSMITTANCE",
                              table="XYPOINTS=(XY..XY)")  # fmt: skip
    reading = read(write(tmp_path / "x.jdx", lines))
    assert reading.frame[columns.TRANSMITTANCE].tolist() == pytest.approx([80.0, 95.0])
    assert codes(reading) == ["TRANSMITTANCE_IN_PERCENT"]


def test_linked_blocks_are_numbered(tmp_path: Path) -> None:
    reading = read(files.linked(tmp_path))
    assert reading.frame[columns.SPECTRUM].tolist() == [1] * 4 + [2] * 4
    assert reading.frame[columns.RAMAN_SHIFT].tolist() == pytest.approx(
        [100, 102, 104, 106, 400, 1600, 2800, 4000]
    )
    intensity = reading.frame[columns.INTENSITY] / files.Y_FACTOR
    assert intensity.tolist() == pytest.approx([10, 12, 14, 16, 1, 2, 3, 4])
    assert reading.metadata["intensity_unit"] == "ARBITRARY UNITS"


def test_a_thermogram_comes_in_celsius_milligram_and_seconds(tmp_path: Path) -> None:
    reading = read(files.thermogram(tmp_path))
    assert reading.kind == columns.TGA
    assert reading.frame[columns.TEMPERATURE].tolist() == pytest.approx([30.0, 130.0, 230.0])
    assert reading.frame[columns.MASS].tolist() == pytest.approx([10.0, 9.0, 4.0])
    assert reading.frame[columns.TEST_TIME].tolist() == pytest.approx([0.0, 600.0, 1200.0])


def test_a_thermogram_without_a_row_is_refused(tmp_path: Path) -> None:
    path = files.thermogram(tmp_path)
    text = path.read_text().replace("403.15\t0.009\t10\n", "")
    path.write_text(text)
    assert refusal(read, path).code == "E_TRUNCATED"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "NMR SPECTRUM"}, "E_UNSUPPORTED"),
        ({"kind": "MASS SPECTRUM"}, "E_UNSUPPORTED"),
        ({"kind": ""}, "E_UNSUPPORTED"),
        ({"table": "PEAK TABLE=(XY..XY)"}, "E_UNSUPPORTED"),
        ({"table": "XYDATA=(X++(R..R))"}, "E_UNSUPPORTED"),
        ({"x": "SECONDS"}, "E_UNITS_UNKNOWN"),
        ({"kind": "TGA", "y": "WEIGHT"}, "E_UNITS_UNKNOWN"),
        ({"points": 23}, "E_TRUNCATED"),
    ],
)
def test_what_cannot_be_read_right_is_refused(
    change: dict[str, object], code: str, tmp_path: Path
) -> None:
    lines = files.jcamp_lines(files.asdf_lines("AFFN"), **change)  # type: ignore[arg-type]
    assert refusal(read, write(tmp_path / "x.jdx", lines)).code == code


def test_labels_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    lines = files.jcamp_lines(files.asdf_lines("AFFN"))
    lines.insert(9, "##DELTAX=100")
    error = refusal(read, write(tmp_path / "x.jdx", lines))
    assert error.code == "E_VALUE"
    assert "DELTAX" in error.place


def test_labels_give_the_extremes_of_real_spectra(real_data: Path) -> None:
    """MINY, MAXY, FIRSTX and LASTX were written by other programs than the tables."""
    folder = real_data / "spectra/jcamp/jcamp_package/infrared_spectra"
    frame = read(folder / "isopropanol_ASDF.jdx").frame
    assert frame[columns.ABSORBANCE].min() == pytest.approx(-0.09, abs=0.005)
    assert frame[columns.ABSORBANCE].max() == pytest.approx(0.37, abs=0.005)
    assert frame[columns.WAVENUMBER].iloc[-1] == pytest.approx(5000.042)
