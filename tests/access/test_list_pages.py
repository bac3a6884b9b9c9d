"""Lists: columns of choice, files of what is shown, filters by range, search of choices."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from cells.views import CELL
from labsite.access import picking
from measurements.kinds import INSTRUMENT, MEASUREMENT, SENSOR
from samples.views import KINDS
from tests import factories

LISTS = [*KINDS, CELL, MEASUREMENT, INSTRUMENT, SENSOR]
MAKE = {
    "chemical": lambda project: factories.ChemicalFactory(),
    "lot": lambda project: factories.LotFactory(),
    "batch": lambda project: factories.BatchFactory(project=project),
    "film": lambda project: factories.FilmFactory(project=project),
    "coating": lambda project: factories.CoatingFactory(project=project),
    "electrode": lambda project: factories.ElectrodeFactory(project=project),
    "cell": lambda project: factories.CellFactory(project=project),
    "template": lambda project: factories.TemplateFactory(),
    "measurement": lambda project: factories.MeasurementFactory(
        project=project, cell__project=project
    ),
    "instrument": lambda project: factories.InstrumentFactory(),
    "labformat": lambda project: factories.LabFormatFactory(),
    "sensor": lambda project: factories.SensorFactory(),
}


def batches(client, query=""):
    """What the list of batches answers."""
    return client.get(f"{reverse('samples:batch-list')}?{query}")


def csv_rows(answer):
    """The rows of a CSV file, headings first."""
    return list(csv.reader(io.StringIO(answer.content.decode())))


def xlsx_rows(answer):
    """The rows of the first sheet of a workbook."""
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("kind", LISTS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("form", ["", "csv", "xlsx"])
def test_neither_a_list_nor_its_files_ask_more_of_the_database_with_more_rows(
    signed_in, project, kind, form
):
    url = f"{kind.url('list')}?as={form}"
    signed_in.get(url)
    counts = []
    for more in (2, 12):
        for _ in range(more):
            MAKE[kind.name](project)
        with CaptureQueriesContext(connection) as queries:
            assert signed_in.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_chosen_columns_are_shown_and_exported_and_remembered(signed_in, project):
    batch = factories.BatchFactory(project=project, mole_fraction_am=0.8)
    shown = batches(signed_in, "columns=&columns=mole_fraction_am")
    names = [column.name for column in shown.context["table"].columns]
    assert names == ["code", "mole_fraction_am"]
    heads, row = csv_rows(batches(signed_in, "as=csv"))
    assert len(heads) == 2
    assert row == [batch.code, "0.8"]
    usual = batches(signed_in, "columns=").context["table"].columns
    assert "state" in [column.name for column in usual]


def test_a_workbook_holds_numbers_as_numbers_and_what_the_filters_leave(signed_in, project):
    for x in (0.5, 0.8):
        factories.BatchFactory(project=project, mole_fraction_am=x)
    heads, row = xlsx_rows(
        batches(signed_in, "as=xlsx&x_min=0.6&columns=&columns=mole_fraction_am")
    )
    assert heads[0] == "Code"
    assert row[1] == 0.8


@pytest.mark.parametrize(("form", "read"), [("csv", csv_rows), ("xlsx", xlsx_rows)])
def test_a_text_is_never_a_formula_in_a_file(signed_in, project, form, read):
    factories.CoatingFactory(project=project, current_collector="=1+1")
    url = f"{reverse('samples:coating-list')}?as={form}&columns=&columns=current_collector"
    (_heads, row) = read(signed_in.get(url))
    assert row[1] == {"csv": "'=1+1", "xlsx": "=1+1"}[form]
    if form == "xlsx":
        cell = load_workbook(io.BytesIO(signed_in.get(url).content)).worksheets[0]["B2"]
        assert cell.data_type == "s"


@pytest.mark.parametrize(
    ("query", "expected", "chip"),
    [
        ("x_min=0.5", {0.5, 0.8}, "from 0.5"),
        ("x_max=0.5", {0.0, 0.5}, "up to 0.5"),
        ("x_min=0.3&x_max=0.6", {0.5}, "0.3 to 0.6"),
    ],
)
def test_a_range_of_numbers_filters_and_is_told_in_a_chip(
    signed_in, project, query, expected, chip
):
    for x in (0.0, 0.5, 0.8):
        factories.BatchFactory(project=project, mole_fraction_am=x)
    answer = batches(signed_in, query)
    assert {row.record.mole_fraction_am for row in answer.context["table"].rows} == expected
    (shown,) = answer.context["chips"]
    assert shown.value == chip
    assert "x_" not in shown.url


def test_batches_are_found_by_a_lot_in_them(signed_in, project):
    lot, other = factories.LotFactory(), factories.LotFactory()
    batch = factories.BatchFactory(project=project)
    for used in (lot, lot, other):
        step = factories.StepFactory(batch=batch)
        factories.ConsumptionFactory(step=step, lot=used)
    factories.BatchFactory(project=project)
    found = batches(signed_in, f"lot={lot.pk}").context["table"].rows
    assert [row.record for row in found] == [batch]


@pytest.fixture
def short_lists(monkeypatch):
    """Let choices list three records, and searches show three."""
    monkeypatch.setattr(picking, "LISTED", 3)
    monkeypatch.setattr(picking, "FOUND", 3)


def test_a_long_choice_lists_the_newest_and_the_chosen_and_is_searched(
    signed_in, project, short_lists
):
    made = [factories.BatchFactory(project=project) for _ in range(5)]
    field = signed_in.get(reverse("samples:film-add"), {"batch": str(made[0].pk)})
    page = str(field.context["form"]["batch"])
    assert f'data-pick="{reverse("pick", args=["electrolytebatch"])}"' in page
    assert page.count("<option") == 1 + 3 + 1
    assert f'value="{made[0].pk}" selected' in page
    assert str(made[1].pk) not in page


def test_a_short_choice_is_a_plain_select(signed_in, project):
    factories.BatchFactory(project=project)
    assert "data-pick" not in str(
        signed_in.get(reverse("samples:film-add")).context["form"]["batch"]
    )


def test_a_search_finds_what_the_person_may_read_and_nothing_voided(signed_in, project, stranger):
    mine = factories.BatchFactory(project=project, composition="", notes="glove box two")
    factories.BatchFactory(notes="glove box two, of a foreign project")
    factories.BatchFactory(
        project=project,
        notes="glove box two",
        voided_at=mine.created_at,
        voided_by=stranger,
        void_reason="spilt",
    )
    url = reverse("pick", args=["electrolytebatch"])
    found = signed_in.get(url, {"q": "box glove"}).json()["found"]
    assert [one["value"] for one in found] == [str(mine.pk)]
    assert found[0]["text"].startswith(mine.code)


def test_a_search_answers_with_few_lines_and_knows_its_names(signed_in, project, short_lists):
    for _ in range(4):
        factories.BatchFactory(project=project)
    assert len(signed_in.get(reverse("pick", args=["electrolytebatch"])).json()["found"]) == 3
    assert signed_in.get(reverse("pick", args=["user"])).status_code == 404


@pytest.mark.parametrize(
    ("text", "words"),
    [("7 mm", "unusual: 5 to 5000 µm are common"), ("200", ""), ("0.2 mm", "")],
)
def test_an_unusual_thickness_is_told_while_typing(signed_in, text, words):
    query = {
        "field": "thickness_um",
        "unit": "µm",
        "low": "5",
        "high": "5000",
        "thickness_um": text,
    }
    page = signed_in.get(reverse("samples:quantity"), query).content.decode()
    assert (words in page) if words else ("unusual" not in page)


def test_an_unusual_thickness_is_saved_with_a_warning(signed_in, project):
    batch = factories.BatchFactory(project=project)
    typed = {
        "project": str(project.pk),
        "batch": str(batch.pk),
        "form": "pellet",
        "made_at": "2026-03-02T12:00",
        "thickness_um": "7 mm",
    }
    page = signed_in.post(reverse("samples:film-add"), typed, follow=True)
    assert batch.films.get().thickness_um == 7000
    assert [str(one) for one in page.context["messages"] if one.level_tag == "warning"] == [
        "Thickness: unusual: 5 to 5000 µm are common; check the unit."
    ]
