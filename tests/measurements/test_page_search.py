"""Finding records by what stands on a label."""

import pytest
from django.urls import reverse

from measurements.search import record_by_code
from tests.factories import (
    BatchFactory,
    CellFactory,
    ChemicalFactory,
    MeasurementFactory,
    RawFileFactory,
)

pytestmark = pytest.mark.django_db

SEARCH = reverse("search")


def test_an_exact_code_leads_to_its_record_however_it_is_typed(signed_in, project):
    cell = CellFactory(project=project)
    answer = signed_in.get(SEARCH, {"q": f" {cell.code.lower()} "})
    assert answer.url == reverse("cells:cell-detail", args=[cell.pk])


def test_an_old_label_leads_to_its_record(signed_in, project):
    cell = CellFactory(project=project, aliases="Si-07, K12")
    assert signed_in.get(SEARCH, {"q": "k12"}).url == reverse("cells:cell-detail", args=[cell.pk])


def test_an_old_label_on_two_records_lists_both(signed_in, project):
    cell = CellFactory(project=project, aliases="K12")
    batch = BatchFactory(project=project, aliases="K12")
    page = signed_in.get(SEARCH, {"q": "K12"}).content.decode()
    assert cell.code in page
    assert batch.code in page


def test_part_of_a_label_is_no_exact_hit(user, project):
    CellFactory(project=project, aliases="K123")
    assert record_by_code("K12", user) is None


def test_names_of_chemicals_and_files_are_found(signed_in, project):
    chemical = ChemicalFactory(name="lithium iron phosphate", short_name="LFP")
    raw = RawFileFactory(
        measurement=MeasurementFactory(cell=CellFactory(project=project)),
        original_name="nw4-120-1-6-53.ndax",
    )
    assert chemical.code in signed_in.get(SEARCH, {"q": "iron lithium"}).content.decode()
    page = signed_in.get(SEARCH, {"q": "nw4-120"}).content.decode()
    assert raw.measurement.code in page


def test_nothing_of_a_foreign_project_is_found(client, stranger, project):
    cell = CellFactory(project=project, aliases="secret")
    client.force_login(stranger)
    for text in (cell.code, "secret", "CE-"):
        answer = client.get(SEARCH, {"q": text})
        assert answer.status_code == 200
        assert reverse("cells:cell-detail", args=[cell.pk]) not in answer.content.decode()


def test_an_empty_search_says_what_can_be_typed(signed_in):
    assert "Type or scan what stands on a label" in signed_in.get(SEARCH).content.decode()


def test_the_short_address_of_a_label_leads_to_the_record(signed_in, project):
    cell = CellFactory(project=project)
    answer = signed_in.get(f"/c/{cell.code}/")
    assert answer.url == reverse("cells:cell-detail", args=[cell.pk])


def test_the_qr_code_is_a_drawing(signed_in, project):
    answer = signed_in.get(f"/qr/{CellFactory(project=project).code}.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert b"<svg" in answer.content
