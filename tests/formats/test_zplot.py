"""ZPlot and ZView files: real ones, every layout, and every way in which one can be damaged."""

from pathlib import Path

import numpy as np
import pytest

from labsite.demo.zplot import write_zplot
from measurements import columns
from measurements.discovery import sample
from measurements.formats import FormatError
from measurements.formats.zplot import read, sniff
from tests.formats.files import (
    FREQUENCY_HZ,
    IMPEDANCE_OHM,
    zplot,
    zplot_lines,
    zplot_without_header,
    zview,
)


def write(folder: Path, *lines: str) -> Path:
    path = folder / "film.z"
    path.write_text("\n".join(lines) + "\n")
    return path


def refusal(path: Path) -> FormatError:
    with pytest.raises(FormatError) as caught:
        read(path)
    error = caught.value
    assert path.name in error.message
    assert error.place
    assert error.found
    assert error.expected
    return error


@pytest.mark.parametrize(
    ("name", "points", "first", "last"),
    [
        ("Circuit1_EIS_1.z", 48, (5e4, 29.036, 0.63662), (1.0, 75.803, -0.16244)),
        ("Circuit3_EIS_1.z", 53, (1.5e5, 1493.7, 10.377), (1.0, 6137.5, 17.890)),
        ("exampleDataZPlot.z", 21, (3e5, 147.77, -11.335), (3e3, 613.68, -137.13)),
    ],
)
def test_first_and_last_points_of_real_files(
    name: str,
    points: int,
    first: tuple[float, float, float],
    last: tuple[float, float, float],
    real_data: Path,
) -> None:
    frame = read(real_data / "eis/zplot_zview/impedance.py" / name).frame
    needed = frame[list(columns.required(columns.IMPEDANCE, ()))]
    assert len(frame) == points
    assert tuple(needed.iloc[0]) == first
    assert tuple(needed.iloc[-1]) == last
    assert frame[columns.REAL_IMPEDANCE].min() == pytest.approx(first[1], rel=2e-3)


def test_a_real_header_is_understood(real_data: Path) -> None:
    metadata = read(real_data / "eis/zplot_zview/impedance.py/Circuit1_EIS_1.z").metadata
    assert metadata == {
        "zplot_version": "3.2c",
        "experiment_type": "Sweep Frequency, Control Voltage",
        "potentiostat": "1287",
        "analyser": "1252",
        "open_circuit_voltage_volt": 0.0033,
        "area_in_file_cm2": 1.0,
        "amplitude_mv": 10.0,
        "points_announced": 48,
        "start_time": "2018-10-12T12:32:21",
    }


def test_a_spectrum_exported_by_autolab_for_zview_is_read(real_data: Path) -> None:
    path = real_data / "eis/autolab/exampleDataAutolab.txt"
    assert sniff(sample(path, path.name))
    reading = read(path)
    assert (len(reading.frame), reading.notices) == (41, ())
    first = reading.frame.iloc[0]
    assert first[columns.FREQUENCY] == 10_000
    assert first[columns.REAL_IMPEDANCE] == pytest.approx(0.013785863964281)
    assert first[columns.IMAGINARY_IMPEDANCE] == pytest.approx(0.007191946305823)


def test_a_file_with_fewer_points_than_its_header_says_is_noticed(real_data: Path) -> None:
    (notice,) = read(real_data / "eis/zplot_zview/impedance.py/exampleDataZPlot.z").notices
    assert notice.code == "POINTS_DIFFER"
    assert notice.message == "The header announces 56 points, the file holds 21."


@pytest.mark.parametrize("layout", [zplot, zview, zplot_without_header])
def test_every_layout_gives_the_same_spectrum(layout: object, tmp_path: Path) -> None:
    assert callable(layout)
    reading = read(layout(tmp_path))
    frame = reading.frame
    found = frame[columns.REAL_IMPEDANCE] + 1j * frame[columns.IMAGINARY_IMPEDANCE]
    assert reading.notices == ()
    assert frame[columns.FREQUENCY].to_numpy() == pytest.approx(FREQUENCY_HZ, rel=1e-8)
    assert np.abs(found / IMPEDANCE_OHM - 1).max() < 1e-8
    assert (frame[columns.IMAGINARY_IMPEDANCE] < 0).all()
    assert [*frame][1:4] == ["Ampl", "Bias", "Time(Sec)"]


def test_a_written_header_is_read_back(tmp_path: Path) -> None:
    metadata = read(zplot(tmp_path)).metadata
    assert metadata["comment"] == "synthetic, labsite demo\nRC element"
    assert metadata["area_in_file_cm2"] == 2.0106
    assert metadata["amplitude_mv"] == 10.0
    assert metadata["start_time"] == "2026-01-05T09:00:00"
    assert metadata["points_announced"] == FREQUENCY_HZ.size


def test_a_zview_header_is_understood(tmp_path: Path) -> None:
    metadata = read(zview(tmp_path)).metadata
    assert metadata == {"points_announced": 26, "start_time": "2026-01-05T09:00:00"}


def test_decimal_commas_are_accepted(tmp_path: Path) -> None:
    header, data = zplot_lines(tmp_path)
    expected = read(tmp_path / "film.z").frame
    frame = read(write(tmp_path, *header, *(line.replace(".", ",") for line in data))).frame
    assert frame.equals(expected)


def test_a_header_without_headings_means_the_standard_columns(tmp_path: Path) -> None:
    header, data = zplot_lines(tmp_path)
    expected = read(tmp_path / "film.z").frame
    frame = read(write(tmp_path, *header[:-2], header[-1], *data)).frame
    assert frame.equals(expected)


def test_a_header_without_its_end_mark_ends_at_the_headings(tmp_path: Path) -> None:
    header, data = zplot_lines(tmp_path)
    assert len(read(write(tmp_path, *header[:-1], *data)).frame) == FREQUENCY_HZ.size


def test_two_sweeps_in_one_file_are_noticed(tmp_path: Path) -> None:
    header, data = zplot_lines(tmp_path)
    reading = read(write(tmp_path, *header, *data, *data))
    assert {notice.code for notice in reading.notices} == {"POINTS_DIFFER", "SEVERAL_SWEEPS"}


@pytest.mark.parametrize("cut", [4, 20, 45])
def test_a_file_cut_off_in_its_last_line(cut: int, tmp_path: Path) -> None:
    header, data = zplot_lines(tmp_path)
    error = refusal(write(tmp_path, *header, *data[:-1], data[-1][:cut]))
    assert error.code == "E_TRUNCATED"
    assert error.place == f"line {len(header) + len(data)}"
    assert error.expected.startswith("9 columns: Freq(Hz), Ampl")


def test_a_number_cut_off_in_its_exponent(tmp_path: Path) -> None:
    lines = zview(tmp_path).read_text().splitlines()
    cells = lines[15].split(",")
    cells[4] = cells[4][:-4]
    error = refusal(write(tmp_path, *lines[:15], ",".join(cells)))
    assert error.code == "E_VALUE"
    assert error.place == "line 16, column Z'(a)"
    assert error.found.endswith("E+”")


def test_a_cell_that_is_not_a_number(tmp_path: Path) -> None:
    header, data = zplot_lines(tmp_path)
    cells = data[3].split("\t")
    cells[4] = "OVLD"
    data[3] = "\t".join(cells)
    assert str(refusal(write(tmp_path, *header, *data))) == (
        "film.z has a cell that is not a number; "
        f"at line {len(header) + 4}, column Z'(a); found “OVLD”; expected a number."
    )


def test_missing_columns(tmp_path: Path) -> None:
    header, data = zplot_lines(tmp_path)
    header[-2] = header[-2].replace("Z''(b)", "Phase")
    error = refusal(write(tmp_path, *header, *data))
    assert error.code == "E_COLUMNS_MISSING"
    assert error.place == f"line {len(header) - 1}"
    assert "Phase" in error.found
    assert "Z''(b)" in error.expected


def test_a_file_cut_off_in_its_header(tmp_path: Path) -> None:
    error = refusal(write(tmp_path, *zplot_lines(tmp_path)[0][:9]))
    assert error.message == "film.z is cut off in its header or lacks columns"
    assert error.place == "line 9"


def test_a_header_without_data(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, *zplot_lines(tmp_path)[0])).code == "E_TOO_FEW_POINTS"


def test_a_frequency_of_zero_is_impossible(tmp_path: Path) -> None:
    header, data = zplot_lines(tmp_path)
    data[0] = "\t".join(["0", *data[0].split("\t")[1:]])
    error = refusal(write(tmp_path, *header, *data))
    assert error.code == "E_OUT_OF_RANGE"
    assert error.place == f"line {len(header) + 1}, column frequency_hertz"


def test_the_spectrum_of_another_vendor_with_like_headings_is_refused(tmp_path: Path) -> None:
    path = write(
        tmp_path, "MACCOR, INC.    AC Impedance Test", "Freq(Hz)\ttime(sec)\tZ'(a)\tZ''(b)"
    )
    assert not sniff(sample(path, "film.z"))


@pytest.mark.parametrize("points", [0, 3])
def test_the_writer_refuses_lengths_that_differ(points: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one entry each"):
        write_zplot(tmp_path / "x.z", FREQUENCY_HZ[:points], IMPEDANCE_OHM[: 2 * points])
