"""How tables are written: separators, decimal signs, encodings, headings, units."""

from pathlib import Path

import openpyxl
import pytest

from measurements.mappings.guess import guess_layout
from measurements.mappings.headings import guess_columns, guess_kind
from measurements.mappings.layout import Layout, read_head, sheets_of, width_of

DATA = "0,5;4,1;-0,25\n1,5;4,0;-0,25\n2,5;3,9;-0,25\n"


def written(folder: Path, text: str, encoding: str = "utf-8", name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def headings(path: Path) -> tuple[str, ...]:
    layout = guess_layout(path)
    assert layout is not None
    return read_head(path, layout, width_of(path, layout)).headings


@pytest.mark.parametrize(
    ("text", "separator", "decimal", "thousands"),
    [
        ("t;U;I\n" + DATA, ";", ",", ""),
        ("t;U;I\n" + DATA.replace(",", "."), ";", ".", ""),
        ("t,U,I\n" + DATA.replace(",", ".").replace(";", ","), ",", ".", ""),
        ("t\tU\tI\n" + DATA.replace(";", "\t"), "\t", ",", ""),
        ("t|U|I\n" + DATA.replace(";", " | "), "|", ",", ""),
        ("  t   U   I\n" + DATA.replace(",", ".").replace(";", "   "), " ", ".", ""),
        ("f;R\n1.000,5;2.345.678,25\n20,5;1,5\n1,5;1,25\n", ";", ",", "."),
        ('f,R\n"1,000.5","2,345,678.25"\n20.5,1.5\n1.5,1.25\n', ",", ".", ","),
        ("f;R\n1 000,5;2\u00a0345\u00a0678,25\n20,5;1,5\n1,5;1,25\n", ";", ",", " "),
        ("a;b\n1;2\n3;4\n5;6\n", ";", ".", ""),
    ],
)
def test_separator_decimal_sign_and_thousands_are_seen(
    tmp_path: Path, text: str, separator: str, decimal: str, thousands: str
) -> None:
    layout = guess_layout(written(tmp_path, text))

    assert layout == Layout("utf-8", separator, decimal, thousands, 1, 2)


@pytest.mark.parametrize(
    ("encoding", "known"),
    [
        ("utf-8-sig", "utf-8"), ("utf-16", "utf-16-le"), ("utf-16-be", "utf-16-be"),
        ("latin-1", "cp1252"), ("utf-8", "utf-8"),
    ],
)  # fmt: skip
def test_encodings_keep_the_headings(tmp_path: Path, encoding: str, known: str) -> None:
    path = written(tmp_path, "Zeit (s);T (°C);I (µA)\r\n0,5;25,0;1,5\r\n1,5;25,5;1,5\r\n", encoding)

    layout = guess_layout(path)

    assert layout is not None
    assert layout.encoding == known
    assert headings(path) == ("Zeit (s)", "T (°C)", "I (\u03bcA)")  # one letter for micro


def test_titles_above_and_units_below_the_headings_are_told_apart(tmp_path: Path) -> None:
    text = 'Tester 3\nOperator: "Li"; Cell 7\n\n"Time";"U";"I"\n[s];[V];[mA]\n' + DATA

    path = written(tmp_path, text)
    layout = guess_layout(path)

    assert layout is not None
    assert (layout.headings_line, layout.first_line) == (4, 6)
    head = read_head(path, layout, 3)
    assert head.headings == ("Time", "U", "I")
    assert head.units == ("[s]", "[V]", "[mA]")
    assert [(one.quantity, one.unit) for one in guess_columns(head)] == [
        ("test_time_second", "s"), ("voltage_volt", "V"), ("current_ampere", "mA"),
    ]  # fmt: skip


def test_headings_that_are_double_or_lack_are_named_apart(tmp_path: Path) -> None:
    path = written(tmp_path, "U;U;;U\n1,5;2,5;3,5;4,5\n1,5;2,5;3,5;4,5\n")

    assert headings(path) == ("U", "U (2)", "Column 3", "U (3)")


def test_a_table_without_headings_counts_its_columns(tmp_path: Path) -> None:
    path = written(tmp_path, "0.0,1.5\n0.1,1.6\n0.2,1.7\n")

    assert guess_layout(path) == Layout("utf-8", ",", ".", "", 0, 1)
    assert headings(path) == ("Column 1", "Column 2")


def test_headings_after_a_hash_and_dates_among_the_data(tmp_path: Path) -> None:
    spaced = written(tmp_path, "# made by hand\n# q I dI\n0.1 5.5 0.2\n0.2 5.1 0.2\n", name="a.txt")
    dated = written(tmp_path, "Date,U (V)\n2026-03-01 10:00,3.5\n2026-03-01 10:01,3.6\n")

    assert headings(spaced) == ("q", "I", "dI")
    assert headings(dated) == ("Date", "U (V)")


def test_a_workbook_is_read_from_the_first_sheet_with_a_table(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book.active["A1"] = "nothing here"
    sheet = book.create_sheet("Data")
    for row in (["Cell 7"], [None], ["f (Hz)", "Z' (Ohm)"], [1000, 1.5], [100, 2.5], [10, 3.5]):
        sheet.append(row)
    book.save(path := tmp_path / "book.xlsx")

    layout = guess_layout(path)

    assert sheets_of(path) == ["Notes", "Data"]
    assert layout is not None
    assert (layout.sheet, layout.headings_line, layout.first_line) == ("Data", 3, 4)
    assert guess_layout(path, "Notes") is None


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x01\x02\x03" * 500, b"only words\nand more words\n", b"1.5\n2.5\n3.5\n",
     b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\n"],
)  # fmt: skip
def test_what_is_no_table_is_not_guessed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)

    assert guess_layout(path) is None


@pytest.mark.parametrize(
    ("heading", "quantity", "unit", "flip"),
    [
        ("Voltage (V)", "voltage_volt", "V", False),
        ("U/mV", "voltage_volt", "mV", False),
        ("Strom [mA]", "current_ampere", "mA", False),
        ("I (uA)", "current_ampere", "µA", False),
        ("time in h", "test_time_second", "h", False),
        ("Stress_MPa", "stress_pa", "MPa", False),
        ("Frequency", "frequency_hertz", "", False),
        ("-Z'' (Ohm)", "imaginary_impedance_ohm", "Ω", True),
        ("−Im(Z)/Ω", "imaginary_impedance_ohm", "Ω", True),
        ('Z" (kOhm)', "imaginary_impedance_ohm", "kΩ", False),
        ("|Z| (MOhm)", "absolute_impedance_ohm", "MΩ", False),
        ("q (1/nm)", "q_per_angstrom", "1/nm", False),
        ("Q [Å⁻¹]", "q_per_angstrom", "1/Å", False),
        ("Seconds", "test_time_second", "s", False),
        ("Cycle", "cycle_count", "–", False),
    ],
)
def test_headings_say_quantity_unit_and_a_minus(
    tmp_path: Path, heading: str, quantity: str, unit: str, flip: bool
) -> None:
    path = written(tmp_path, f"{heading}\tnothing known\n1.5\t2\n1.6\t3\n1.7\t4\n")
    layout = guess_layout(path)
    assert layout is not None

    (column,) = guess_columns(read_head(path, layout, 2))

    assert (column.quantity, column.unit, column.flip) == (quantity, unit, flip)


def test_the_kind_follows_from_the_quantities() -> None:
    assert guess_kind(["test_time_second", "voltage_volt", "current_ampere"]) == "cycling"
    assert guess_kind(["frequency_hertz", "absolute_impedance_ohm", "phase_degree"]) == "impedance"
    assert guess_kind(["strain", "stress_pa"]) == "mechanical"
    assert guess_kind(["q_per_angstrom", "intensity"]) == "scattering"


def test_real_tables_are_laid_out(real_data: Path) -> None:
    expected = {
        "cycling/gitt_hppc/ampworks/hppc_discharge.csv": (",", 1, ""),
        "eis/csv/MADAP/test_1.csv": (",", 1, ""),
        "eis/csv/MADAP/test_2.csv": (";", 1, ""),
        "eis/csv/impedance.py/exampleData.csv": (",", 0, ""),
        "eis/temperature_series/MADAP/test_excel.xlsx": (",", 1, "test_4"),
        "mechanical/paramaterial/repres_id_0001.csv": (",", 1, ""),
        "mechanical/Stress-Strain-Curve-Analyser/testData.csv": (",", 0, ""),
        "saxs/isaigordeev_saxs/sample1.csv": (",", 0, ""),
    }
    for name, (separator, line, sheet) in expected.items():
        layout = guess_layout(real_data / name)
        assert layout == Layout("utf-8", separator, ".", "", line, line + 1, sheet), name
