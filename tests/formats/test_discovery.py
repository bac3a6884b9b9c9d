"""Finding formats, recognising files, reading them under their own names."""

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from measurements.discovery import discover, formats, read_file, recognise
from measurements.formats import FormatError
from measurements.inspection import inspect_file
from tests.conftest import ROOT
from tests.formats.files import bdf_csv_cycling, nda, ndax, zplot


def package(folder: Path, **modules: str) -> ModuleType:
    folder.mkdir()
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text)
    made = ModuleType(folder.name)
    made.__path__ = [str(folder)]
    sys.modules[folder.name] = made
    return made


PLUGIN = "class PLUGIN:\n    name = {!r}\n"


def test_the_formats_are_found_in_sorted_order() -> None:
    names = list(formats())
    assert names == sorted(names)
    assert {"bdf_csv", "bdf_parquet", "biologic_text", "gamry", "neware", "zplot"} <= set(names)


def test_plug_ins_are_found_and_private_modules_left_out(tmp_path: Path) -> None:
    made = package(
        tmp_path / "plugins_found", b=PLUGIN.format("two"), a=PLUGIN.format("one"), _c="1 / 0"
    )
    assert list(discover(made, "PLUGIN")) == ["one", "two"]


def test_a_name_given_twice_stops_the_start(tmp_path: Path) -> None:
    made = package(tmp_path / "plugins_twice", a=PLUGIN.format("one"), b=PLUGIN.format("one"))
    with pytest.raises(RuntimeError, match="'one' a second time"):
        discover(made, "PLUGIN")


def test_a_module_without_plug_in_stops_the_start(tmp_path: Path) -> None:
    made = package(tmp_path / "plugins_without", a="")
    with pytest.raises(RuntimeError, match="does not define PLUGIN"):
        discover(made, "PLUGIN")


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("\ufeffÜbersicht\tU/V\n".encode(), "“Übersicht U/V”"),
        ("Übersicht\tU/V\n".encode("latin-1"), "“Übersicht U/V”"),
        (b"\x01\x02\x03\x04\x05\x06\x07\x08\x09", "bytes 01 02 03 04 05 06 07 08"),
    ],
)
def test_an_unknown_file_is_described_as_a_person_would(
    head: bytes, found: str, tmp_path: Path
) -> None:
    path = tmp_path / "blob"
    path.write_bytes(head + b"x" * 5000)
    with pytest.raises(FormatError) as caught:
        recognise(path, "cell.xyz")
    assert caught.value.code == "E_UNKNOWN_FORMAT"
    assert caught.value.found == found
    assert caught.value.expected.startswith(f"one of the {len(formats())} formats")


@pytest.mark.parametrize(
    ("head", "found", "instead"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (.xls, .doc)", ".xlsx"),
        (b"WDF1\x00\x02\x00\x00", "a Renishaw file (.wdf)", "as text"),
        (b"%PDF-1.7\n", "a PDF", "the instrument's own file"),
        (b"\x89HDF\r\n\x1a\n", "an HDF5 or NeXus file", "reduced curve as text"),
        (b"\x0a\x0a\xfe\xfe", "a Bruker OPUS file", ".dpt"),
        (b"\x00" * 257 + b"ustar\x00", "a tar archive", "a zip archive"),
    ],
)
def test_a_file_that_no_format_reads_is_refused_with_advice(
    head: bytes, found: str, instead: str, tmp_path: Path
) -> None:
    path = tmp_path / "blob"
    path.write_bytes(head + b"x" * 5000)
    with pytest.raises(FormatError) as caught:
        recognise(path, "cell.xyz")
    assert caught.value.code == "E_UNSUPPORTED"
    assert caught.value.message == "cell.xyz cannot be read"
    assert caught.value.found == found
    assert instead in caught.value.expected


def test_errors_name_the_original_file_and_not_the_stored_one(tmp_path: Path) -> None:
    path = nda(tmp_path).rename(tmp_path / "9f86d081884c7d65")
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(FormatError) as caught:
        read_file(path, "EC-7 formation.nda")
    assert str(caught.value).startswith("EC-7 formation.nda is cut off; at byte ")


def test_unknown_text_in_utf_16_is_shown_as_text(tmp_path: Path) -> None:
    path = tmp_path / "cell.txt"
    path.write_text("Zeit;Spannung\n0;3\n", encoding="utf-16")
    with pytest.raises(FormatError, match="found “Zeit;Spannung”"):
        read_file(path, "cell.txt")


@pytest.mark.parametrize("name", ["../../etc/cell.ndax", "..", "x" * 300 + ".ndax", "a\x00b", ""])
def test_a_strange_name_does_no_harm(name: str, tmp_path: Path) -> None:
    plugin, reading = read_file(ndax(tmp_path), name)
    assert plugin.name == "neware"
    assert len(reading.frame) == 480


def test_inspection_says_what_a_cycling_file_is(tmp_path: Path) -> None:
    found = inspect_file(ndax(tmp_path), "cell.ndax")
    assert {name: found[name] for name in ("format", "kind", "rows", "cycles", "notices")} == {
        "format": "neware",
        "kind": "cycling",
        "rows": 480,
        "cycles": 3,
        "notices": [],
    }
    assert "voltage_volt" in json.loads(json.dumps(found))["columns"]


def test_inspection_says_what_a_spectrum_is(tmp_path: Path) -> None:
    found = inspect_file(zplot(tmp_path), "film.z")
    assert (found["format"], found["kind"], found["rows"]) == ("zplot", "impedance", 26)
    assert found["cycles"] is None


def test_inspection_shows_notices(tmp_path: Path) -> None:
    path = bdf_csv_cycling(tmp_path)
    text = path.read_text().replace("Step Count / 1", "Step Index / 1")
    path.write_text(text)
    assert inspect_file(path, path.name)["notices"] == [
        {
            "code": "OLD_NAME",
            "message": "The column step_index (an old name) is read as step_id.",
        }
    ]


@pytest.mark.parametrize(
    "module", ["measurements.discovery", "measurements.inspection", "measurements.columns"]
)
def test_formats_and_discovery_know_no_django(module: str) -> None:
    code = (
        f"import {module}, measurements.discovery as d, sys; d.formats(); "
        "print(sorted({name.split('.')[0] for name in sys.modules}"
        " & {'django', 'rest_framework', 'celery', 'labsite', 'samples', 'cells'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"
