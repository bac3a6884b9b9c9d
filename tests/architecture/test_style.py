"""Rules of the house that no linter knows."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES = 400


def sources(*endings: str) -> Iterator[Path]:
    """Return our own source files: what git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    for name in listed:
        path = ROOT / name
        if name.endswith(endings) and "/vendor/" not in name and path.is_file():
            yield path


@pytest.mark.parametrize("ending", [".py", ".html", ".js", ".css"])
def test_no_file_is_longer_than_its_limit(ending: str) -> None:
    too_long = {
        str(path.relative_to(ROOT)): lines
        for path in sources(ending)
        if "migrations" not in path.parts and (lines := len(path.read_text().splitlines())) > LINES
    }
    assert too_long == {}


def test_exceptions_of_every_kind_are_caught_in_one_place_only() -> None:
    catching = {
        str(path.relative_to(ROOT))
        for path in sources(".py")
        if "tests" not in path.parts and re.search(r"except Exception\b|except:", path.read_text())
    }
    readers_of_libraries = {"neware.py", "_igor_wave.py", "tiff.py"}
    assert catching <= {
        "labsite/lib/jobs.py",
        *(f"measurements/formats/{name}" for name in readers_of_libraries),
    }


def test_pages_have_no_inline_script() -> None:
    inline = {
        str(path.relative_to(ROOT))
        for path in sources(".html")
        if re.search(r"<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+=\"", path.read_text())
    }
    assert inline == set()


def test_nothing_is_loaded_from_elsewhere() -> None:
    foreign = {
        str(path.relative_to(ROOT))
        for path in sources(".html", ".js", ".css")
        if re.search(r"(src|href)=\"https?://|@import|url\(['\"]?https?://", path.read_text())
    }
    assert foreign == set()


def test_locks_name_no_index() -> None:
    for path in ROOT.glob("requirements*.lock"):
        assert not re.search(r"https?://|file:|--index|--find-links", path.read_text())
