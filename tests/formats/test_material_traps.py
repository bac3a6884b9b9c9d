"""Files of material tests that would give a wrong number without a word: layouts of vendors."""

import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook
from PIL import Image

from measurements import columns
from measurements.discovery import read_file
from measurements.formats import FormatError, Notice, Reading
from measurements.formats._archive import DAMAGE
from measurements.formats._biologic_table import reading_of
from measurements.formats._checks import Source, _without_gaps
from measurements.formats._text import Grid
from measurements.formats._workbook import DAMAGE as WORKBOOK_DAMAGE
from tests.formats import files_thermal
from tests.formats.files_texts import write
from tests.formats.refused import codes, refusal

POINTS = 12


def read(path: Path) -> Reading:
    return read_file(path, path.name)[1]


def text(folder: Path, name: str, headings: str, rows: str) -> Path:
    """Write headings and rows in which ``@`` is the number of the row."""
    lines = [rows.replace("@", str(at)) for at in range(POINTS)]
    return write(folder / name, [*headings.split("\n"), *lines])


def jcamp(folder: Path, labels: str, rows: str) -> Path:
    head = "##TITLE=x\n##JCAMP-DX=4.24\n##DATA TYPE=INFRARED SPECTRUM\n##XUNITS=1/CM"
    path = text(folder, "x.jdx", f"{head}\n##YUNITS=ABSORBANCE\n{labels}", rows)
    path.write_text(path.read_text() + "##END=\n")
    return path


@pytest.mark.parametrize(
    ("name", "headings", "rows", "column"),
    [
        ("calisto.csv", "Time (s);Sample Temperature (°C);TG (mg)", "@;2@;-0,@", columns.MASS),
        ("netzsch.txt", "##Temp./°C;Time/min;Mass/%", "3@;@;-1.@", columns.MASS_PERCENT),
    ],
)
def test_a_change_of_mass_is_not_taken_for_the_mass_without_a_word(
    name: str, headings: str, rows: str, column: str, tmp_path: Path
) -> None:
    reading = read(text(tmp_path, name, headings, rows))
    assert codes(reading) == ["MASS_NEGATIVE"]
    assert f"{column} falls to -" in reading.notices[0].message


def test_a_balance_that_drifts_below_zero_is_no_change_of_mass(tmp_path: Path) -> None:
    headings, rows = "Time (s);Temperature (°C);TG (mg)", [f"{t};{t};{9.98 - t}" for t in range(11)]
    reading = read(write(tmp_path / "x.csv", [headings, *rows]))
    assert reading.frame[columns.MASS].min() == pytest.approx(-0.02)
    assert codes(reading) == []


def test_the_date_of_trios_is_american_only_with_am_or_pm(tmp_path: Path) -> None:
    lines = files_thermal.trios_lines()
    path = write(tmp_path / "x.txt", [line.replace("1/25/", "3/5/") for line in lines])
    assert read(path).metadata["start_time"] == "2026-03-05T09:30:00"
    lines = [line.replace("1/25/2026 9:30:00 AM", "05/03/2026 14:30:00") for line in lines]
    reading = read(write(path, lines))
    assert "start_time" not in reading.metadata
    assert "DATE_AMBIGUOUS" in codes(reading)


def test_curves_of_other_temperatures_are_not_put_beside_each_other(tmp_path: Path) -> None:
    lines = files_thermal.star_lines()
    second = max(at for at, line in enumerate(lines) if "Index" in line) + 2
    end = lines.index("", second)
    lines[second:end] = [f"{line[:30]}{800:>15.3f}{line[45:]}" for line in lines[second:end]]
    reading = read(write(tmp_path / "x.txt", lines, encoding="latin-1"))
    assert columns.HEAT_FLOW not in reading.frame
    assert "TABLES_LEFT_OUT" in codes(reading)


@pytest.mark.parametrize(
    ("headings", "rows", "newtons"),
    [
        (
            '"Name","1_1","","","1_2","",""\n"Time","Force","Stroke","Time","Force","Stroke"\n'
            '"sec","kN","mm","sec","kN","mm"',
            "@,@,0.@,@,2@,0.@",
            [11_000.0, 211_000.0],
        ),
        (
            "Time (s),Extension (mm),Load (N),Extension (mm),Load (N)",
            "@,0.@,@,0.@,3@",
            [11.0, 311.0],
        ),
    ],
)
def test_specimens_side_by_side_are_all_read(
    headings: str, rows: str, newtons: list[float], tmp_path: Path
) -> None:
    reading = read(text(tmp_path, "x.csv", headings, rows))
    frame = reading.frame
    assert frame.groupby("specimen")[columns.FORCE].last().tolist() == newtons
    assert frame.groupby("specimen")[columns.TEST_TIME].last().tolist() == [11.0, 11.0]
    assert len(frame) == 2 * POINTS
    assert "SEVERAL_SPECIMENS" in codes(reading)


def test_specimens_side_by_side_in_a_sheet_may_be_of_different_length(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Strain", "Standard force", "Strain", "Standard force"])
    sheet.append(["%", "N", "%", "N"])
    for at in range(5):
        sheet.append([at, at, at, at * 5] if at < 3 else [at, at])
    path = tmp_path / "x.xlsx"
    book.save(path)
    frame = read(path).frame
    assert frame["specimen"].value_counts(sort=False).tolist() == [5, 3]
    assert frame[columns.FORCE].iloc[-1] == 10.0
    assert frame[columns.STRAIN].iloc[-1] == 0.02


def test_a_load_that_comes_twice_over_one_travel_is_refused(tmp_path: Path) -> None:
    path = text(tmp_path, "x.csv", "Extension (mm),Load (N),Load (N)", "0.@,@,3@")
    assert refusal(read, path).code == "E_COLUMNS_DOUBLE"


def test_the_strain_of_an_extensometer_comes_before_that_of_the_crosshead(tmp_path: Path) -> None:
    headings = "Load (N),Tensile strain (Extension) (%),Tensile strain (Strain 1) (%)"
    reading = read(text(tmp_path, "x.csv", headings, "@,2@,@"))
    assert reading.frame[columns.STRAIN].iloc[-1] == pytest.approx(0.11)
    assert reading.metadata["strain_source"] == "extensometer"
    assert codes(reading) == ["COLUMNS_BESIDE"]
    assert "Tensile strain (Extension) (%)" in reading.notices[0].message


def test_decimal_commas_in_the_labels_of_jcamp_are_read(tmp_path: Path) -> None:
    labels = "##FIRSTX=4000,5\n##LASTX=4011,5\n##NPOINTS=12\n##YFACTOR=1,5E-3\n"
    path = jcamp(tmp_path, labels + "##XYDATA=(X++(Y..Y))", "+7")
    lines = path.read_text().replace("+7", "+2").splitlines()
    rows = iter(range(POINTS))
    lines = [f"{4000.5 + next(rows)}+2" if line == "+2" else line for line in lines]
    frame = read(write(path, lines)).frame
    assert frame[columns.WAVENUMBER].iloc[[0, -1]].tolist() == [4000.5, 4011.5]
    assert frame[columns.ABSORBANCE].iloc[0] == pytest.approx(3e-3)


def test_decimal_commas_in_pairs_of_jcamp_do_not_make_two_points_of_one(tmp_path: Path) -> None:
    path = jcamp(tmp_path, "##XYPOINTS=(XY..XY)", "40@,5 0,2@")
    assert refusal(read, path).found == "abscissae that run to and fro"


def test_the_factors_of_ntuples_count(tmp_path: Path) -> None:
    head = (
        "##TITLE=x\n##JCAMP-DX=5.00\n##DATA TYPE=TGA\n##NTUPLES=TGA\n##SYMBOL=X,T,Y\n"
        "##VAR_DIM=12,12,12\n##UNITS=MIN,°C,MG\n##FACTOR={}\n##DATA TABLE=(TXY..TXY)"
    )
    frame = read(text(tmp_path, "x.jdx", head.format("0.5,1,0.001"), "3@,2@,5@")).frame
    last = frame.iloc[-1]
    assert last[columns.MASS] == pytest.approx(0.511)
    assert last[columns.TEST_TIME] == pytest.approx(211 * 0.5 * 60)
    assert last[columns.TEMPERATURE] == 311.0
    for wrong in ("1,0.001", "1,0,1", "1,x,1"):
        path = text(tmp_path, "x.jdx", head.format(wrong), "3@,2@,5@")
        assert refusal(read, path).place == "FACTOR of the block at line 1"


@pytest.mark.parametrize(
    "rows", ["400.5;1,0@", "40@,25;1.000"], ids=["points in the axis", "thousands"]
)
def test_points_beside_decimal_commas_are_refused(rows: str, tmp_path: Path) -> None:
    path = text(tmp_path, "x.csv", "Raman shift (cm-1);Intensity", rows)
    assert refusal(read, path).expected == "a number with decimal comma"


@pytest.mark.parametrize("places", ["", "#X\t\t#Y\t\t"], ids=["plain", "at one place"])
def test_spectra_of_wire_that_follow_each_other_are_numbered(places: str, tmp_path: Path) -> None:
    rows = [f"{1800 - 10 * k}\t{5 * i}" for i in range(3) for k in range(POINTS)]
    rows = [f"0\t0\t{row}" if places else row for row in rows]
    reading = read(write(tmp_path / "x.txt", [f"{places}#Wave\t\t#Intensity", *rows]))
    assert reading.frame.groupby(columns.SPECTRUM)[columns.INTENSITY].first().tolist() == [0, 5, 10]


def test_an_axis_that_runs_back_is_noticed(tmp_path: Path) -> None:
    rows = [f"{q / 10}\t5" for q in [*range(1, 6), *range(1, 6)]]
    reading = read(write(tmp_path / "x.dat", ["q_nm^-1\tI", *rows]))
    assert codes(reading) == ["AXIS_TURNS_BACK"]
    falling = [f"{4000 - at}\t90" for at in range(POINTS)]
    assert codes(read(write(tmp_path / "x.txt", ["cm-1\t%T", *falling]))) == []


def test_the_resolution_of_q_may_have_a_unit_of_its_own(tmp_path: Path) -> None:
    path = text(tmp_path, "x.csv", "q (1/nm),I (1/cm),dI,dq (1/A)", "0.5,1,0.1,0.002")
    last = read(path).frame.iloc[-1]
    assert last[columns.Q] == pytest.approx(0.05)
    assert last[columns.Q_U] == pytest.approx(0.002)


def test_a_second_curve_beside_the_first_is_noticed(tmp_path: Path) -> None:
    path = text(tmp_path, "x.csv", "q (1/A),I,err,q (1/A),I,err", "0.0@,5,1,0.0@,6,1")
    assert "CURVES_LEFT_OUT" in codes(read(path))


def test_an_uncertainty_in_another_unit_than_the_intensity_is_refused(tmp_path: Path) -> None:
    point = '<Idata><Q unit="1/nm">1</Q><I unit="1/m">5</I><Idev unit="1/cm">1</Idev></Idata>'
    xml = (
        '<SASroot version="1.1" xmlns="urn:cansas1d:1.1"><SASentry><SASdata>'
        f"{point}</SASdata></SASentry></SASroot>"
    )
    assert refusal(read, write(tmp_path / "x.xml", [xml])).code == "E_UNITS_UNKNOWN"


@pytest.mark.parametrize(
    ("name", "header", "headings", "rows", "column", "value"),
    [
        ("x.dat", '#   "key @": "of a long header"', "# q_nm^-1  I", " 0.5  7", columns.Q, 0.05),
        (
            "x.TRA",
            '"Parameter of a long header";"1,5";"mm"',
            '"Prüfzeit";"Standardkraft";"Standardweg"\n"s";"kN";"mm"',
            "1,5;0,25;0,5",
            columns.FORCE,
            250.0,
        ),
    ],
)
def test_headings_below_a_long_header_are_found(
    name: str, header: str, headings: str, rows: str, column: str, value: float, tmp_path: Path
) -> None:
    path = text(tmp_path, name, "\n".join([*[header] * 200, headings]), rows)
    assert read(path).frame[column].iloc[0] == pytest.approx(value)


def test_a_header_without_an_end_is_not_searched_for_ever(tmp_path: Path) -> None:
    path = text(tmp_path, "x.dat", "\n".join([*["# endless"] * 5000, "q_nm^-1  I"]), "0.5  7")
    with pytest.raises(FormatError) as caught:
        read(path)
    assert caught.value.code == "E_UNKNOWN_FORMAT"


def test_the_overflow_of_a_meter_is_an_overload(tmp_path: Path) -> None:
    path = text(tmp_path, "x.csv", "Time (s),Resistance (Ω)", "@,100")
    path.write_text(path.read_text().replace("3,100", "3,9.9E+37"))
    reading = read(path)
    assert reading.frame[columns.RESISTANCE].max() == 100.0
    assert codes(reading) == ["OVERLOAD_LEFT_OUT"]


def test_the_resolution_of_a_print_is_not_the_size_of_a_pixel(tmp_path: Path) -> None:
    path = tmp_path / "x.tif"
    for unit, resolution in ((2, 72.0), (2, 300.0), (3, 28.3465)):
        tags = {282: resolution, 283: resolution, 296: unit}
        Image.new("L", (3, 3)).save(path, tiffinfo=tags)
        reading = read(path)
        assert "pixel_size_um" not in reading.metadata
        assert codes(reading) == ["PIXEL_SIZE_UNKNOWN"]


def tiff(
    folder: Path, values: np.ndarray[tuple[int, ...], np.dtype[np.generic]], kind: int
) -> Path:
    """Write a picture with values of any type: ``kind`` 1 unsigned, 2 signed."""
    high, wide, *colours = values.shape
    samples, bits = (colours or [1])[0], values.dtype.itemsize * 8
    tags = [(256, wide), (257, high), (258, bits), (259, 1), (262, 2 if colours else 1)]
    tags += [(273, 170), (277, samples), (278, high), (279, values.nbytes), (339, kind)]
    words = struct.pack("<2sHIH", b"II", 42, 8, len(tags))
    long = {258: 140, 339: 150} if samples > 1 else {}
    for tag, value in tags:
        kinds, count = (3, samples) if tag in (258, 339) else (4, 1)
        words += struct.pack("<HHII", tag, kinds, count, long.get(tag, value))
    words = words.ljust(140, b"\0") + struct.pack("<5H", *[bits] * 5)
    words += struct.pack("<5H", *[kind] * 5)
    path = folder / "x.tif"
    path.write_bytes(words.ljust(170, b"\0") + values.tobytes())
    return path


@pytest.mark.parametrize(
    ("kind", "dtype", "value"),
    [(1, "<u4", 4e9), (2, "<i4", -40.0), (2, "i1", -40.0), (1, "u1", 216.0), (2, "<i2", -40.0)],
)
def test_grey_values_keep_their_type(kind: int, dtype: str, value: float, tmp_path: Path) -> None:
    path = tiff(tmp_path, np.full((3, 3), value).astype(dtype), kind)
    assert read(path).frame["grey_mean"].iloc[0] == value


def test_colours_of_sixteen_bits_say_that_they_become_eight(tmp_path: Path) -> None:
    reading = read(tiff(tmp_path, np.full((3, 3, 3), 40_000, dtype="<u2"), 1))
    assert reading.frame["grey_mean"].iloc[0] == 40_000 // 256
    assert "in 8 bits (0 to 255)" in reading.notices[0].message


def test_damage_is_told_by_isal_as_well_as_by_zlib() -> None:
    isal_zlib = pytest.importorskip("isal.isal_zlib")
    for known in (DAMAGE, WORKBOOK_DAMAGE):
        with pytest.raises(known):
            isal_zlib.decompressobj().decompress(b"\xff" * 40)


def test_a_long_table_is_checked_column_by_column() -> None:
    names = (columns.TEST_TIME, columns.VOLTAGE, columns.CURRENT, columns.CYCLE, columns.STEP)
    frame = pd.DataFrame(np.ones((200_000, len(names))), columns=list(names))
    notices: list[Notice] = []
    tracemalloc.start()
    _without_gaps(Source("x"), columns.CYCLING, frame, notices)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.2 * frame.memory_usage(index=False).sum()
    frame.loc[7, columns.VOLTAGE] = np.nan
    assert len(_without_gaps(Source("x"), columns.CYCLING, frame, notices)) == len(frame) - 1
    assert "row 8, column voltage_volt" in notices[0].message


def test_a_cell_voltage_beside_that_of_an_electrode_is_noticed() -> None:
    names = ("time/s", "Ewe/V", "Ecell/V", "I/mA")
    raw = pd.DataFrame([[0.0, 3.1, 4.2, 1.0], [1.0, 3.2, 4.3, 1.0]], columns=list(names))
    reading = reading_of(Grid(Source("x", "point"), names, ""), raw, "", {}, [])
    assert reading.frame[columns.VOLTAGE].tolist() == [3.1, 3.2]
    assert codes(reading) == ["THREE_ELECTRODES"]
