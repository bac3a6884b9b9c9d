"""Encodings and dates of instrument texts."""

import pytest

from measurements.formats._dates import start_of
from measurements.formats._text import decode, headings_of, number


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_the_encodings_of_instruments(encoding: str) -> None:
    assert decode("Phase / °, µA".encode(encoding)) == "Phase / °, µA"


def test_text_cut_off_in_a_letter_is_read_up_to_it() -> None:
    assert decode("Z' (Ω)".encode()[:-2]) == "Z' ("
    assert decode("U/V\n".encode("utf-16") + b"\x0a") == "U/V\n"


def test_headings_are_composed_unique_and_without_empty_ends() -> None:
    assert headings_of("a\t\ta\tI/µA\t\t", "\t") == ("a", "unnamed", "a (2)", "I/μA")


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.5", 1.5), (" 1,5 ", 1.5), ("1E-3", 1e-3), ("", None), ("nan", None), ("x", None)],
)
def test_numbers_of_headers(text: str, value: float | None) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("day", "clock", "start"),
    [
        ("2026-01-05", "09:00:00", "2026-01-05T09:00:00"),
        ("1/25/2026", "09:00:00", "2026-01-25T09:00:00"),
        ("25.1.2026", "9:00:00 PM", "2026-01-25T21:00:00"),
        ("5/5/2026", "09:00:00.25", "2026-05-05T09:00:00.250000"),
        ("Feb. 20, 2026", "15:55:08", "2026-02-20T15:55:08"),
        ("Monday, January 5, 2026", "9:00:00 AM", "2026-01-05T09:00:00"),
    ],
)
def test_dates_that_can_be_read_in_one_way(day: str, clock: str, start: str) -> None:
    assert start_of(day, clock) == ({"start_time": start}, [])


def test_a_date_that_can_be_read_in_two_ways_is_kept_as_text() -> None:
    metadata, notices = start_of("4/1/2026", "09:00:00")
    assert metadata == {"date": "4/1/2026 09:00:00"}
    assert [notice.code for notice in notices] == ["DATE_AMBIGUOUS"]


def test_a_program_that_writes_the_month_first_settles_it() -> None:
    assert start_of("4/1/2026", "09:00:00", month_first=True)[0] == {
        "start_time": "2026-04-01T09:00:00"
    }
    assert "date" in start_of("4.1.2026", "09:00:00", month_first=True)[0]


def test_other_dates_of_the_same_style_settle_it() -> None:
    assert start_of("4/1/2026", "09:00:00", like=["22/3/2026"])[0] == {
        "start_time": "2026-01-04T09:00:00"
    }
    assert "date" in start_of("4/1/2026", "09:00:00", like=["3-22-2026", "2/3/2026"])[0]


@pytest.mark.parametrize(
    ("day", "clock"), [("xx/xx/xxxx", "xx:xx:xx"), ("31.4.2026", "09:00:00"), ("1/2/26", "9:00:00")]
)
def test_what_is_no_date_is_kept_as_text(day: str, clock: str) -> None:
    assert start_of(day, clock) == ({"date": f"{day} {clock}"}, [])


def test_no_date_is_nothing() -> None:
    assert start_of("", "") == ({}, [])
