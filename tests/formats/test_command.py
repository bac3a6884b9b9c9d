"""``manage.py formats``: the table of the docs, the coverage of a folder."""

from io import StringIO
from pathlib import Path

from django.core.management import call_command

from tests.formats.files import bdf_csv_cycling, cycling_frame, zplot

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"


def printed(*words: str) -> str:
    out = StringIO()
    call_command("formats", *words, stdout=out)
    return out.getvalue()


def test_the_docs_list_the_formats_that_there_are() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f"<!-- formats -->\n{printed()}<!-- /formats -->" in page, "run make formats"


def test_a_folder_is_counted_by_what_became_of_its_files(tmp_path: Path) -> None:
    bdf_csv_cycling(tmp_path)
    zplot(tmp_path)
    (tmp_path / "below").mkdir()
    zplot(tmp_path / "below")
    (tmp_path / "letter.txt").write_text("Dear Sir or Madam,\n")
    (tmp_path / "nothing.z").touch()
    lines = printed(str(tmp_path)).splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert [row[:2] for row in cells] == [
        ["read as `bdf_csv`", "1"],
        ["read as `zplot`", "2"],
        ["refused: `E_EMPTY_FILE`", "1"],
        ["refused: `E_UNKNOWN_FORMAT`", "1"],
        ["all", "5"],
    ]
    assert cells[0][2] == str(len(cycling_frame()))
