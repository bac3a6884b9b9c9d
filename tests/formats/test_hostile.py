"""Files that are made to hurt are refused within bounded memory and time."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from measurements.columns import MEMBER
from measurements.discovery import read_file
from measurements.formats import Format, FormatError, Reading, Sample
from measurements.formats import _workbook as workbook
from measurements.formats._workbook import open_workbook, preview, sheet_rows
from tests.conftest import ROOT
from tests.formats import hostile
from tests.formats.hostile import HOSTILE, MIB
from tests.formats.samples import SAMPLES

MOST_MIB, MOST_SECONDS = 300, 10
ENDLESS = {"cells": b"1.5\t" * MIB, "newlines": b"\n" * MIB}


def measured(paths: list[Path]) -> list[dict[str, object]]:
    """Read files in processes of their own; say what became of each and what it cost."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.formats.measured", *map(str, paths)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"POLARS_MAX_THREADS": "1"},
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, object]]]:
    """What became of every hostile file; they are written, read and removed together."""
    folder = tmp_path_factory.mktemp("hostile")
    paths = [write(folder / name) for name, (write, _code) in HOSTILE.items()]
    yield dict(zip(HOSTILE, measured(paths), strict=True))
    for path in paths:
        path.unlink()


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_within_bounds(
    name: str, costs: dict[str, dict[str, object]]
) -> None:
    cost = costs[name]
    assert cost["found"] == HOSTILE[name][1]
    assert cost["mib"] < MOST_MIB
    assert cost["seconds"] < MOST_SECONDS


@pytest.mark.slow
@pytest.mark.parametrize("tail", ENDLESS)
def test_a_file_with_an_endless_line_or_endless_lines_is_read_within_bounds(
    tail: str, tmp_path: Path
) -> None:
    paths = []
    for name, write in {owner: write for owner, write in SAMPLES.values()}.items():
        folder = tmp_path / name
        folder.mkdir()
        path = write(folder)
        data = path.read_bytes()
        if data.startswith(b"PK"):
            continue
        path.write_bytes(data[: len(data) // 2] + ENDLESS[tail])
        paths.append(path)
    for path, cost in zip(paths, measured(paths), strict=True):
        assert not str(cost["found"]).startswith("died"), path
        assert cost["mib"] < MOST_MIB, path
        assert cost["seconds"] < MOST_SECONDS, path


def test_members_that_lie_about_their_size_are_said_to_be_damaged(tmp_path: Path) -> None:
    plugin, reading = read_file(hostile.lying_zip(tmp_path / "lying.zip"), "lying.zip")
    assert plugin.name == "archive"
    assert reading.frame[MEMBER].tolist() == ["a.txt", "b.txt"]
    assert reading.frame["reason"][0].startswith("damaged: Bad CRC-32")
    assert reading.frame["reason"][1] == "0 bytes; expected an instrument file"


def test_archives_in_an_archive_are_not_opened(tmp_path: Path) -> None:
    _plugin, reading = read_file(hostile.nested_zip(tmp_path / "nested.zip"), "nested.zip")
    assert len(reading.frame) == 10
    assert set(reading.frame["reason"].str.split(";").str[0]) == {"a zip archive"}


@pytest.mark.parametrize(
    ("write", "found"),
    [
        (hostile.workbook_of_texts, "195 MiB of texts"),
        (hostile.entity_workbook, "EntitiesForbidden"),
        (hostile.quadratic_workbook, "EntitiesForbidden"),
    ],
)
def test_a_hostile_workbook_is_not_opened(write: object, found: str, tmp_path: Path) -> None:
    path = write(tmp_path / "book.xlsx")
    with pytest.raises(FormatError) as caught, open_workbook(path):
        pass
    assert found in caught.value.found


def test_rows_are_as_wide_as_what_is_in_them(tmp_path: Path) -> None:
    path = hostile.workbook(
        tmp_path / "book.xlsx",
        [
            b'<row r="1"><c r="B1"><v>1</v></c></row><row r="4"><c r="D4"><v>2</v></c></row>',
            b'<row r="5"><c r="A5"><v>3</v></c></row>',
        ],
    )
    with open_workbook(path) as book:
        rows = list(sheet_rows(book, "Sheet1", path.name))
    assert rows == [(None, 1), (), (), (None, None, None, 2), (3, None, None, None)]


def test_a_sheet_of_too_many_cells_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MAX_CELLS", 9)
    path = hostile.workbook(tmp_path / "book.xlsx", [b"<row><c><v>1</v></c></row>"] * 10)
    with open_workbook(path) as book, pytest.raises(FormatError) as caught:
        list(sheet_rows(book, "Sheet1", path.name))
    assert caught.value.code == "E_TOO_LARGE"
    assert caught.value.place == "the sheet Sheet1"


def test_the_beginning_of_a_large_sheet_is_enough_to_see_its_headings(tmp_path: Path) -> None:
    first = b'<row><c t="s"><v>0</v></c><c><v>2.5</v></c></row>'
    path = hostile.workbook(
        tmp_path / "book.xlsx",
        (first * 20_000 for _ in range(2)),
        (b"<si><t>Voltage</t></si>" * 50_000 for _ in range(2)),
    )
    assert preview(path)["Sheet1"] == (("Voltage", "2.5"),) * 12


@pytest.mark.parametrize(
    ("raised", "found"),
    [
        (MemoryError, "more data than the memory takes"),
        (RecursionError, "data nested too deeply"),
    ],
)
def test_a_reader_that_runs_out_of_memory_refuses_its_file(
    raised: type[Exception], found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(_path: Path) -> Reading:
        raise raised

    _use(monkeypatch, Format("x", "X", (".x",), (), lambda _sample: True, explode))
    (tmp_path / "a.x").write_bytes(b"x")
    with pytest.raises(FormatError) as caught:
        read_file(tmp_path / "a.x", "a.x")
    assert (caught.value.code, caught.value.found) == ("E_TOO_LARGE", found)


def test_a_file_that_is_larger_than_its_format_reads_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sniff(_sample: Sample) -> bool:
        return True

    def read(_path: Path) -> Reading:
        raise AssertionError("it must not be read")

    _use(monkeypatch, Format("x", "X", (".x",), (), sniff, read, max_bytes=5 * MIB))
    (tmp_path / "a.x").write_bytes(bytes(6 * MIB))
    with pytest.raises(FormatError) as caught:
        read_file(tmp_path / "a.x", "a.x")
    assert (caught.value.code, caught.value.found) == ("E_TOO_LARGE", "6 MiB")
    assert caught.value.expected == "at most 5 MiB of X"


def _use(monkeypatch: pytest.MonkeyPatch, plugin: Format) -> None:
    monkeypatch.setattr("measurements.discovery.formats", lambda: {plugin.name: plugin})


def test_a_worker_with_little_memory_refuses_the_file_and_goes_on(tmp_path: Path) -> None:
    """In a process with the limit of a worker: the file fails, the next one is read."""
    script = """
import sys
from pathlib import Path
import numpy as np
from django.test import override_settings
from labsite.celery import limit_memory
from measurements import discovery
from measurements.formats import FormatError

with override_settings(WORKER_MEMORY_BYTES=2**30):
    limit_memory()
plugin = discovery.formats()["zplot"]
try:
    discovery._within_memory(
        discovery.replace(plugin, read=lambda path: np.ones(2**30)), Path("large.z")
    )
except FormatError as error:
    print(error.code)
print(discovery.read_file(Path(sys.argv[1]), "film.z")[0].name)
"""
    path = SAMPLES["zplot"][1](tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "labsite.settings"},
    )
    assert done.stdout.split() == ["E_TOO_LARGE", "zplot"]
