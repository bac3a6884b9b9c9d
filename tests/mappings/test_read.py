"""Mapped tables: the numbers that come out, and the sentences when they cannot."""

import gzip
from pathlib import Path
from time import perf_counter

import numpy as np
import openpyxl
import pytest

from measurements import columns as names
from measurements.formats import FormatError
from measurements.mappings.consequences import consequences
from measurements.mappings.layout import Layout
from measurements.mappings.mapping import Column, Mapping, read
from measurements.mappings.quantities import NONE

TIME = Column("t", names.TEST_TIME, "s")
VOLTAGE = Column("U", names.VOLTAGE, "V")
CURRENT = Column("I", names.CURRENT, "A")
CYCLING = (TIME, VOLTAGE, CURRENT)


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "table.csv"
    path.write_bytes(text.encode(encoding))
    return path


def cycling(*mapped: Column, **layout: object) -> Mapping:
    return Mapping(names.CYCLING, Layout(**layout), mapped or CYCLING)  # type: ignore[arg-type]


def test_units_signs_and_offsets_become_canonical(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "Messung\nt;U;I;T;Bemerkung\n"
        "0,5;4.100,5;1.234,5;298,15;gut\n1,5;4.000;-250;298,65;\n2;3.999;10;299;\n",
    )
    mapping = cycling(
        Column("t", names.TEST_TIME, "h", offset=-0.5),
        Column("U", names.VOLTAGE, "mV"),
        Column("I", names.CURRENT, "mA", flip=True),
        Column("T", names.SURFACE_TEMPERATURE, "K"),
        separator=";",
        decimal=",",
        thousands=".",
        headings_line=2,
        first_line=3,
    )

    frame = read(path, mapping).frame

    assert frame[names.TEST_TIME].tolist() == [0.0, 3600.0, 5400.0]
    assert frame[names.VOLTAGE].tolist() == [4.1005, 4.0, 3.999]
    assert frame[names.CURRENT].tolist() == [-1.2345, 0.25, -0.01]
    assert frame[names.SURFACE_TEMPERATURE].tolist() == [25.0, 25.5, 25.850000000000023]
    assert frame["Bemerkung"].tolist() == ["gut", "", ""]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "latin-1"])
def test_headings_with_letters_are_found_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = table(tmp_path, "t;U;I/µA;T/°C\r\n0;3,5;1500;25,5\r\n1;3,6;1500;25,5\r\n", encoding)
    known = {"utf-16": "utf-16-le", "latin-1": "cp1252", "utf-8-sig": "utf-8"}
    mapping = cycling(
        TIME,
        VOLTAGE,
        Column("I/\u03bcA", names.CURRENT, "µA"),
        Column("T/°C", names.SURFACE_TEMPERATURE, "°C"),
        separator=";",
        decimal=",",
        encoding=known.get(encoding, encoding),
    )

    frame = read(path, mapping).frame

    assert frame[names.CURRENT].tolist() == pytest.approx([0.0015, 0.0015], rel=1e-15)
    assert frame[names.SURFACE_TEMPERATURE].tolist() == [25.5, 25.5]


def test_a_wrong_encoding_is_a_sentence(tmp_path: Path) -> None:
    path = table(tmp_path, "t,U,I,°C\n0,3.5,1,25\n", "latin-1")

    with pytest.raises(FormatError, match="not written in UTF-8; .*Latin-1"):
        read(path, cycling())


@pytest.mark.parametrize(
    ("unit", "cells", "seconds", "start"),
    [
        ("hh:mm:ss", ("00:00:01.5", "25:00:00", "2d 01:00:00"), [1.5, 90000, 176400], None),
        ("time of day", ("23:59:58", "00:00:02", "12:00:00"), [0, 4, 43202], None),
        ("YYYY-MM-DD hh:mm:ss", ("2026-02-28 23:00:00", "2026-03-01 01:00:00.5", "2026-03-01"),
         [0, 7200.5, 3600], "2026-02-28T23:00:00"),
        ("DD.MM.YYYY hh:mm:ss", ("01.02.2026 12:00", "02.02.2026 12:00:01", "03.02.2026 00:00"),
         [0, 86401, 129600], "2026-02-01T12:00:00"),
        ("MM/DD/YYYY hh:mm:ss", ("1/2/2026 1:00:00 PM", "1/3/2026 1:00 AM", "1/3/2026 13:00"),
         [0, 43200, 86400], "2026-01-02T13:00:00"),
        ("YYYY-MM-DD hh:mm:ss", ("2026-03-29T01:59:59+01:00", "2026-03-29T03:00:00+02:00",
         "2026-03-29T01:00:05Z"), [0, 1, 6], "2026-03-29T01:59:59+01:00"),
    ],
)  # fmt: skip
def test_times_as_text_become_seconds(
    tmp_path: Path, unit: str, cells: tuple[str, ...], seconds: list[float], start: str | None
) -> None:
    path = table(tmp_path, "t;U;I\n" + "".join(f"{cell};3.5;0.1\n" for cell in cells))

    reading = read(path, cycling(Column("t", names.TEST_TIME, unit), VOLTAGE, CURRENT,
                                 separator=";"))  # fmt: skip

    assert reading.frame[names.TEST_TIME].tolist() == seconds
    assert reading.metadata.get("start_time") == start


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("t,U,I\n0,3.5,1\n1,abc,1\n", "decimal point; at line 3, column U; found “abc”"),
        ("t,U,I\n" + 30 * "0,3.5,1\n" + "1,3.5,1,7\n", "more cells than the table has columns"),
        ("t,U,J\n0,3.5,1\n", "lacks I; at line 1, the headings; found t, U, J"),
        ("t,U,I\n", "holds no data"),
        ("t,U,I\n0,3.5,\n1,3.5,1\n", "rows without a number; at line 2"),
        ("t,U,I\n0,3500000,1\n", "impossible voltage_volt; at line 2"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(FormatError, match=sentence):
        read(table(tmp_path, text), cycling())


def test_a_decimal_point_is_never_taken_for_thousands_unasked(tmp_path: Path) -> None:
    path = table(tmp_path, "t;U;I\n0;3.512;1\n1;3.513;1\n")

    with pytest.raises(FormatError, match="decimal comma; at line 2, column U; found “3.512”"):
        read(path, cycling(separator=";", decimal=","))
    with pytest.raises(FormatError, match="found “0.512”"):
        read(table(tmp_path, "t;U;I\n0;0.512;1\n"),
             cycling(separator=";", decimal=",", thousands="."))  # fmt: skip


def test_lines_after_the_table_are_left_out_with_a_notice(tmp_path: Path) -> None:
    path = table(tmp_path, "t,U,I\n0,3.5,1\n\n1,3.6,1\n\nEnd of test\nchecked by Li\n")

    reading = read(path, cycling())

    assert reading.frame[names.VOLTAGE].tolist() == [3.5, 3.6]
    (notice,) = reading.notices
    assert notice.message == (
        "2 lines after the table left out, the first is line 6: “End of test”."
    )


def test_other_columns_keep_their_headings_and_never_pass_for_canonical(tmp_path: Path) -> None:
    path = table(tmp_path, 't,U,I,strain,"Note, long",empty,U\n0,3.5,1,7,a,,9\n1,3.5,1,8,b,,9\n')

    frame = read(path, cycling()).frame

    assert list(frame) == [
        names.TEST_TIME, names.VOLTAGE, names.CURRENT, "strain (file)", "Note, long", "U (2)",
    ]  # fmt: skip
    assert frame["strain (file)"].tolist() == [7, 8]


def test_modulus_and_phase_give_the_parts_of_a_spectrum(tmp_path: Path) -> None:
    path = table(tmp_path, "f,Z,phi\n100,10,60\n10,20,30\n")
    mapping = Mapping(
        names.IMPEDANCE,
        Layout(),
        (
            Column("f", names.FREQUENCY, "kHz"),
            Column("Z", names.ABSOLUTE_IMPEDANCE, "Ω"),
            Column("phi", names.PHASE, "°", flip=True),
        ),
    )

    reading = read(path, mapping)

    assert reading.frame[names.FREQUENCY].tolist() == [1e5, 1e4]
    assert reading.frame[names.REAL_IMPEDANCE].tolist() == pytest.approx([5, 17.3205080757])
    assert reading.frame[names.IMAGINARY_IMPEDANCE].tolist() == pytest.approx([-8.660254038, -10])
    assert "PARTS_DERIVED" in {notice.code for notice in reading.notices}


def test_a_sheet_of_a_workbook_with_titles_and_dates(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    sheet = book.create_sheet("Data")
    for row in (
        ["Cell 7"], [None], ["Date", "U", "I", None, "done"],
        ["2026-03-01 10:00:00", 3.5, "0,25", None, True],
        ["2026-03-01 10:01:00", 3.6, "0,25", None, False],
    ):  # fmt: skip
        sheet.append(row)
    book.save(path := tmp_path / "book.xlsx")
    date = Column("Date", names.TEST_TIME, "YYYY-MM-DD hh:mm:ss")
    mapping = cycling(
        date, VOLTAGE, CURRENT, sheet="Data", decimal=",", headings_line=3, first_line=4
    )

    frame = read(path, mapping).frame

    assert frame[names.TEST_TIME].tolist() == [0.0, 60.0]
    assert frame[names.CURRENT].tolist() == [0.25, 0.25]
    with pytest.raises(FormatError, match="no sheet Dta"):
        read(path, cycling(date, VOLTAGE, CURRENT, sheet="Dta"))
    with pytest.raises(FormatError, match="is an Excel workbook"):
        read(path, cycling())


def test_a_long_table_is_read_quickly_and_its_start_even_quicker(tmp_path: Path) -> None:
    rows = 200_000
    at = np.arange(rows)
    lines = (f"{n};3,{n % 1000:03d};-0,{n % 100:02d}" for n in at)
    path = table(tmp_path, "t;U;I\n" + "\n".join(lines) + "\n")
    mapping = cycling(separator=";", decimal=",")

    begin = perf_counter()
    reading = read(path, mapping)
    whole = perf_counter() - begin
    read(path, mapping, limit=2000)

    assert len(reading.frame) == rows
    assert reading.frame[names.VOLTAGE].iloc[-1] == 3.999
    assert whole < 3
    assert perf_counter() - begin - whole < 0.5


def test_the_direction_of_a_current_is_told_and_doubted(tmp_path: Path) -> None:
    lines = (f"{n},{4.1 - 0.01 * n},{0.0 if n < 2 else -1}\n" for n in range(20))
    falling = "t,U,I\n" + "".join(lines)
    flipped = cycling(TIME, VOLTAGE, Column("I", names.CURRENT, "A", flip=True))

    right = consequences(read(table(tmp_path, falling), cycling()))
    wrong = consequences(read(tmp_path / "table.csv", flipped))

    assert right == [("Rows 3 to 20: a current of −1000 mA discharges the cell.", False)]
    assert wrong[0][0].endswith("a current of 1000 mA charges the cell.")
    assert wrong[1] == (
        "But the voltage falls there from 4.08 V to 3.91 V: the sign of the current may be the "
        "other way round.",
        True,
    )


def test_real_cycling_tables(real_data: Path) -> None:
    folder = real_data / "cycling" / "gitt_hppc" / "ampworks"
    mapping = cycling(
        Column("Seconds", names.TEST_TIME, "s"),
        Column("Volts", names.VOLTAGE, "V"),
        Column("Amps", names.CURRENT, "A"),
        Column("Cycle", names.CYCLE, "–"),
    )

    reading = read(folder / "hppc_discharge.csv", mapping)

    assert len(reading.frame) == 15838  # MANIFEST.csv
    assert reading.frame[names.VOLTAGE].iloc[0] == 4.176192627369531
    assert set(reading.frame["State"]) == {"R", "C", "D"}
    assert reading.frame[names.CURRENT][reading.frame["State"] == "D"].max() < 0
    assert not [words for words, doubt in consequences(reading) if doubt]


def test_a_real_table_of_a_million_rows_is_previewed(real_data: Path, tmp_path: Path) -> None:
    packed = real_data / "cycling" / "gitt_hppc" / "ampworks" / "gitt_discharge.csv.gz"
    path = tmp_path / "gitt.csv"
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    mapping = cycling(*(
        Column(heading, quantity, unit)
        for heading, quantity, unit in (
            ("Seconds", names.TEST_TIME, "s"), ("Volts", names.VOLTAGE, "V"),
            ("Amps", names.CURRENT, "A"),
        )
    ))  # fmt: skip

    begin = perf_counter()

    assert len(read(path, mapping, limit=2000).frame) == 2000
    assert perf_counter() - begin < 1


def test_real_spectra_agree_in_every_way_they_are_written(real_data: Path) -> None:
    mapped = (
        Column("freq", names.FREQUENCY, "Hz"),
        Column("real", names.REAL_IMPEDANCE, "Ω"),
        Column("imag", names.IMAGINARY_IMPEDANCE, "Ω", flip=True),
    )
    layouts = {
        "csv/MADAP/test_1.csv": Layout(),
        "csv/MADAP/test_2.csv": Layout(separator=";"),
        "temperature_series/MADAP/test_excel.xlsx": Layout(sheet="test_4"),
    }
    frames = [
        read(real_data / "eis" / name, Mapping(names.IMPEDANCE, layout, mapped)).frame
        for name, layout in layouts.items()
    ]

    assert [len(frame) for frame in frames] == [46, 46, 46]  # MANIFEST.csv
    assert frames[0][names.FREQUENCY].min() == pytest.approx(81.54, abs=0.005)
    assert frames[0][names.REAL_IMPEDANCE].iloc[0] == 996.439157869206
    assert frames[0][names.IMAGINARY_IMPEDANCE].iloc[0] == -318.684884313117
    for other in frames[1:]:
        np.testing.assert_allclose(other.to_numpy(float), frames[0].to_numpy(float), rtol=1e-12)


def test_a_sign_that_makes_a_spectrum_inductive_is_doubted(real_data: Path) -> None:
    mapping = Mapping(
        names.IMPEDANCE,
        Layout(),
        (
            Column("freq", names.FREQUENCY, "Hz"),
            Column("real", names.REAL_IMPEDANCE, "Ω"),
            Column("imag", names.IMAGINARY_IMPEDANCE, "Ω"),
        ),
    )

    ((words, doubt),) = consequences(read(real_data / "eis/csv/MADAP/test_1.csv", mapping))

    assert doubt
    assert words.startswith("Im Z is positive in 46 of 46 rows")


def test_real_tables_without_headings(real_data: Path) -> None:
    bare = Layout(headings_line=0, first_line=1)
    pull = Mapping(names.MECHANICAL, bare, (
        Column("Column 1", names.FORCE, "kN"), Column("Column 2", names.EXTENSION, "mm"),
    ))  # fmt: skip
    saxs = Mapping(names.SCATTERING, bare, (
        Column("Column 1", names.Q, "1/nm"), Column("Column 2", names.INTENSITY, "a.u."),
        Column("Column 3", names.INTENSITY_U, "a.u."),
    ))  # fmt: skip
    spectrum = Mapping(names.IMPEDANCE, bare, (
        Column("Column 1", names.FREQUENCY, "Hz"), Column("Column 2", names.REAL_IMPEDANCE, "Ω"),
        Column("Column 3", names.IMAGINARY_IMPEDANCE, "Ω"),
    ))  # fmt: skip

    forces = read(real_data / "mechanical/Stress-Strain-Curve-Analyser/testData.csv", pull).frame
    curve = read(real_data / "saxs/isaigordeev_saxs/sample1.csv", saxs)
    impedance = read(real_data / "eis/csv/impedance.py/exampleData.csv", spectrum).frame

    assert len(forces) == 28927  # MANIFEST.csv, as the maxima
    assert forces[names.FORCE].max() == pytest.approx(76445, abs=0.5)
    assert forces[names.EXTENSION].max() == pytest.approx(50.801, abs=5e-4)
    assert len(curve.frame) == 499  # of 500 (MANIFEST.csv), line 8 without an intensity
    assert curve.frame[names.Q].iloc[0] == pytest.approx(5.0184e-4, rel=1e-12)
    assert curve.metadata["intensity_unit"] == "a.u."
    assert len(impedance) == 66
    assert impedance[names.IMAGINARY_IMPEDANCE].iloc[0] == -2.043869854441892481e-02


def test_a_real_stress_strain_curve(real_data: Path) -> None:
    mapping = Mapping(names.MECHANICAL, Layout(), (
        Column("Strain", names.STRAIN, "–"), Column("Stress_MPa", names.STRESS, "MPa"),
    ))  # fmt: skip

    frame = read(real_data / "mechanical" / "paramaterial" / "repres_id_0001.csv", mapping).frame

    assert frame[names.STRAIN].iloc[0] == 0.0008199751436366
    assert frame[names.STRESS].iloc[0] == pytest.approx(46.76301439326587e6, rel=1e-12)
    assert "std_Stress_MPa" in frame


def test_of_a_line_without_end_a_preview_reads_only_what_fits(tmp_path: Path) -> None:
    """A person looks at the page of such a file; the process that shows it must live."""
    path = table(tmp_path, "t;U;I\n0;4;1\n1;3;1\n" + "1;" * 2**23)
    mapping = cycling(separator=";")
    assert read(path, mapping, limit=2000).frame[names.VOLTAGE].tolist() == [4.0, 3.0]
    with pytest.raises(FormatError, match="more cells than the table has columns"):
        read(path, mapping)


def test_a_counter_is_named_as_its_rows_count(tmp_path: Path) -> None:
    rows = [
        f"{3600 * (2 * cycle + half) + 36 * at},{3 + half * 0.5},{1 - 2 * half},{cycle},{charged}"
        for cycle in range(3)
        for half in range(2)
        for at in range(100)
        for charged in [at / 100 if half == 0 else 0.99]
    ]
    mapping = cycling(
        *CYCLING,
        Column("n", names.CYCLE, NONE),
        Column("Q", names.CHARGING_CAPACITY, "Ah"),
    )
    reading = read(table(tmp_path, "\n".join(["t,U,I,n,Q", *rows])), mapping)
    assert names.CHARGING_CAPACITY not in reading.frame
    assert reading.frame[names.CYCLE_CHARGING_CAPACITY].max() == 0.99
    assert "COUNTERS_RENAMED" in {notice.code for notice in reading.notices}
