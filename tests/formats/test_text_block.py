"""Tables parsed from the bytes of a text, held against the parser of lines."""

from pathlib import Path

import pandas as pd
import pytest

from measurements.formats import FormatError
from measurements.formats._checks import Source
from measurements.formats._text import Grid, read_grid
from measurements.formats._text_block import TextBytes, lines_from, load, read_block


def grid(separator: str = "\t", decimal: str = ".") -> Grid:
    return Grid(Source("f.txt", "line", 1), ("a", "b", "c"), separator, decimal)


@pytest.mark.parametrize(
    ("text", "separator", "decimal"),
    [
        ("1\t2\t3\n4\t5\t6", "\t", "."),
        ("1\t2\t3\t\r\n\r\n \t \r\n4.5\t5\t6\t\t\r\n", "\t", "."),
        ("1,5;2; 3 \r\n2,5;;x\r\n", ";", ","),
        ("1,2,\n4,,6", ",", "."),
    ],
)
def test_it_reads_what_the_parser_of_lines_reads(text: str, separator: str, decimal: str) -> None:
    given = grid(separator, decimal)
    frame = read_block(given, TextBytes(text.encode(), "utf-8"), 0)
    pd.testing.assert_frame_equal(
        frame,
        read_grid(given, text.splitlines()),
        check_dtype=False,
        check_index_type=False,
    )


@pytest.mark.parametrize("text", ["1\t2\t3\n4\t5\n", "1\t2\t3\n4\t5\t6\t7\n", "1\t2\t3\r\n4"])
def test_a_line_with_too_few_or_too_many_cells_is_refused(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_block(grid(), TextBytes(text.encode(), "utf-8"), 0)
    assert (caught.value.code, caught.value.place) == ("E_TRUNCATED", "line 2")


def test_a_line_of_nothing_but_commas_is_refused() -> None:
    with pytest.raises(FormatError, match="incomplete line; at line 2"):
        read_block(grid(","), TextBytes(b"1,2,3\n,,\n", "utf-8"), 0)


def test_a_column_of_numbers_and_words_keeps_its_letters() -> None:
    rows = [f"{at}\t12.00\t1" for at in range(60_000)] + ["60000\tpause\t1"]
    frame = read_block(grid(), TextBytes("\n".join(rows).encode(), "utf-8"), 0)
    assert frame["b"].iloc[[0, -1]].tolist() == ["12.00", "pause"]
    assert frame["a"].iloc[-1] == 60_000


def test_a_cut_far_down_in_a_large_text_is_found() -> None:
    rows = ["123456.789\t1\t2"] * 700_000
    rows[650_000] = "123456.789\t1"
    with pytest.raises(FormatError, match="at line 650001"):
        read_block(grid(), TextBytes("\n".join(rows).encode(), "utf-8"), 0)


@pytest.mark.parametrize(
    ("data", "encoding", "lines"),
    [
        ("a µ\r\nb\r\n".encode(), "utf-8", ["a µ", "b"]),
        ("a µ\r\nb".encode("latin-1"), "latin-1", ["a µ", "b"]),
        ("\ufeffa µ\nb\x00\x1a".encode("utf-16-le"), "utf-8", ["a µ", "b"]),
        (b"\xef\xbb\xbfa\rb\rc", "utf-8", ["a", "b", "c"]),
    ],
)
def test_encodings_and_ends_of_lines(
    data: bytes, encoding: str, lines: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "f.txt"
    path.write_bytes(data)
    text = load(path)
    assert text.encoding == encoding
    assert [line for line, _ in lines_from(text)] == lines
