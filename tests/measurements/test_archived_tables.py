"""Tables in archives that only a format of the lab reads."""

import io
import zipfile
from pathlib import Path

import pytest

from cells.models import Cell
from labsite.access.models import User
from tests.factories import CellFactory
from tests.formats.files import zplot
from tests.measurements.test_mappings import TABLE, frame, read, saved, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def cell(project) -> Cell:
    return CellFactory(project=project)


def test_tables_in_an_archive_are_read_by_the_formats_of_the_lab(
    cell: Cell, user: User, tmp_path: Path
) -> None:
    form = saved(user)
    folder = io.BytesIO()
    with zipfile.ZipFile(folder, "w") as archive:
        archive.write(zplot(tmp_path), "run/film.z")
        archive.writestr("run/old.csv", TABLE)
        archive.writestr("run/notes.txt", "cell 7, 25 °C\n")
    whole = sent(cell, user, folder.getvalue(), name="run.zip")
    table = frame(whole)
    assert table["format"].tolist() == ["zplot", form.code, ""]
    assert [notice["message"][:7] for notice in whole.notices] == ["1 of 3 "]
    film, old = (read(member) for member in whole.members.order_by("archive_order"))
    assert (old.format, old.status, old.archive_order) == (form.code, "done", 2)
    assert (
        frame(old)["voltage_volt"].tolist()
        == frame(sent(CellFactory(project=cell.project), user))["voltage_volt"].tolist()
    )
    assert film.format == "zplot"
