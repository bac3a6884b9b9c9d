"""Every way in which the text of a potentiostat can be damaged, for every layout."""

import re
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from measurements.discovery import formats
from measurements.formats import FormatError, Reading
from measurements.formats._text import decode
from tests.formats.files_potentiostats import SAMPLES
from tests.formats.refused import refusal

CANONICAL_CELL = {
    "gamry impedance": 3,
    "gamry, several spectra": 2,
    "gamry voltammogram": 3,
    "gamry open circuit": 2,
    "gamry front panel": 1,
    "palmsens spectra": 4,
    "versastudio impedance": 7,
    "versastudio voltammogram": 3,
    "nova impedance": 2,
    "nova voltammogram": 2,
}
"""Sample -> number of a cell that is needed, where it is not the second."""

HEADER_ONLY = {"E_TOO_FEW_POINTS", "E_COLUMNS_MISSING", "E_TRUNCATED"}


def data_lines(name: str, folder: Path) -> tuple[Path, list[str], list[int]]:
    """A sample, its lines, and the positions of the rows of its last table."""
    path = SAMPLES[name][1](folder)
    lines = decode(path.read_bytes()).splitlines()
    rows = [
        at for at, line in enumerate(lines) if re.match(r"\s*-?\d[^:]*[,;\t]\s*-?\d", line)
    ] or [at for at, line in enumerate(lines) if re.match(r"\d\d/", line)]
    return path, lines, rows


def saved(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read_as(name: str, path: Path) -> Reading:
    return formats()[SAMPLES[name][0]].read(path)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_cut_off_in_its_last_row(name: str, tmp_path: Path) -> None:
    path, lines, rows = data_lines(name, tmp_path)
    last = lines[rows[-1]]
    cut = max(at for at, letter in enumerate(last.rstrip(",; \t")) if letter in ",;\t" and at)
    if "nova impedance" in name:
        cut = last.rindex(";")
    error = refusal(
        lambda damaged: read_as(name, damaged),
        saved(path, [*lines[: rows[-1]], last[:cut]]),
    )
    assert error.code == "E_TRUNCATED"
    assert error.place == f"line {rows[-1] + 1}"


@pytest.mark.parametrize("name", SAMPLES)
def test_a_cell_that_is_not_a_number(name: str, tmp_path: Path) -> None:
    path, lines, rows = data_lines(name, tmp_path)
    at = rows[-4]
    separator = next(sign for sign in ";\t," if sign in lines[at])
    cells = lines[at].split(separator)
    cells[CANONICAL_CELL.get(name, 1)] = "OVLD"
    lines[at] = separator.join(cells)
    error = refusal(lambda damaged: read_as(name, damaged), saved(path, lines))
    assert error.code == "E_VALUE"
    assert error.place.startswith(f"line {at + 1}, column ")
    assert error.found == "“OVLD”"


@pytest.mark.parametrize("name", SAMPLES)
def test_a_header_without_rows(name: str, tmp_path: Path) -> None:
    path, lines, rows = data_lines(name, tmp_path)
    kept = [line for at, line in enumerate(lines) if at not in rows]
    assert refusal(lambda damaged: read_as(name, damaged), saved(path, kept)).code in HEADER_ONLY


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("part", [0.02, 0.1, 0.3])
def test_a_file_cut_off_early_is_read_in_part_or_refused(
    name: str, part: float, tmp_path: Path
) -> None:
    path = SAMPLES[name][1](tmp_path)
    whole = read_as(name, path)
    data = path.read_bytes()
    path.write_bytes(data[: int(part * len(data))])
    rows = 0
    with suppress(FormatError):
        rows = len(read_as(name, path).frame)
    assert rows < len(whole.frame)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_mutated_file_is_read_or_refused_but_never_breaks_the_reader(
    name: str, tmp_path: Path
) -> None:
    path = SAMPLES[name][1](tmp_path)
    whole = path.read_bytes()
    chance = np.random.default_rng(5)
    refused = 0
    for _ in range(60):
        data = bytearray(whole)
        for at in chance.integers(len(data), size=chance.integers(1, 9)):
            data[at] = chance.integers(256)
        path.write_bytes(data)
        try:
            read_as(name, path)
        except FormatError:
            refused += 1
    assert refused > 0
