"""Pages of cells: list, detail, assembly, events, harvest."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cells.models import Cell, CellElectrode, CellEvent
from tests import factories

ASSEMBLY = {
    "format": "coin_2032",
    "cell_type": "anode_half_cell",
    "assembled_at": "2026-03-02T12:00",
    "first_half_cycle": "discharge",
    "lower_cutoff_v": "5 mV",
    "upper_cutoff_v": "1,5 V",
}


@pytest.fixture
def cell(project):
    """A cell with two electrodes."""
    place = factories.PlaceFactory(cell__project=project, role="negative")
    factories.PlaceFactory(cell=place.cell, role="positive")
    return place.cell


def url(route, cell):
    """The address of a page of a cell."""
    return reverse(f"cells:cell-{route}", args=[cell.pk])


def test_the_list_names_the_electrodes_and_the_state(signed_in, cell):
    factories.CellEventFactory(cell=cell, kind="on_test")
    page = signed_in.get(reverse("cells:cell-list")).content.decode()
    codes = [place.electrode.code for place in cell.places.all()]
    assert all(code in page for code in [cell.code, *codes])
    assert "on test" in page


def test_the_number_of_queries_of_the_list_does_not_grow_with_its_rows(signed_in, project):
    counts = []
    for more in (2, 8):
        for _ in range(more):
            place = factories.PlaceFactory(cell__project=project)
            factories.CellEventFactory(cell=place.cell)
        with CaptureQueriesContext(connection) as queries:
            signed_in.get(reverse("cells:cell-list"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_detail_page_shows_what_the_cell_was_made_from(signed_in, cell):
    answer = signed_in.get(url("detail", cell))
    page = answer.content.decode()
    assert cell.film.batch.code in page
    assert all(place.electrode.coating.code in page for place in cell.places.all())
    assert answer.context["state"] == ("ok", "assembled")


@pytest.mark.parametrize("route", ["detail", "edit", "duplicate", "label", "void", "event"])
def test_a_stranger_finds_nothing(client, stranger, cell, route):
    client.force_login(stranger)
    assert client.get(url(route, cell)).status_code == 404
    assert cell.code not in client.get(reverse("cells:cell-list")).content.decode()


def test_a_stranger_harvests_nothing(client, stranger, cell):
    client.force_login(stranger)
    place = cell.places.first()
    answer = client.post(reverse("cells:cell-harvest", args=[cell.pk, place.pk]))
    assert answer.status_code == 404
    place.refresh_from_db()
    assert place.removed_at is None


@pytest.mark.parametrize("route", ["edit", "void", "event"])
def test_a_viewer_reads_but_does_not_write(client, viewer, cell, route):
    client.force_login(viewer)
    assert client.get(url("detail", cell)).status_code == 200
    assert client.get(url(route, cell)).status_code == 403


def test_a_viewer_harvests_nothing(client, viewer, cell):
    client.force_login(viewer)
    place = cell.places.first()
    answer = client.post(reverse("cells:cell-harvest", args=[cell.pk, place.pk]))
    assert answer.status_code == 403


def test_a_cell_is_put_together_from_free_electrodes(signed_in, project):
    negative, positive = factories.ElectrodeFactory.create_batch(2, project=project)
    film = factories.FilmFactory(project=project)
    typed = {
        "project": project.pk,
        "film": film.pk,
        "negative": negative.pk,
        "positive": positive.pk,
        **ASSEMBLY,
    }
    answer = signed_in.post(reverse("cells:cell-add"), typed)
    cell = Cell.objects.get()
    assert answer.url == url("detail", cell)
    assert {(place.role, place.electrode) for place in cell.places.all()} == {
        ("negative", negative),
        ("positive", positive),
    }
    assert (cell.lower_cutoff_v, cell.upper_cutoff_v) == (0.005, 1.5)
    assert cell.events.get().kind == CellEvent.Kind.ASSEMBLED


def test_an_electrode_that_is_in_a_cell_is_not_offered_to_another(signed_in, cell):
    taken = cell.places.first().electrode
    form = signed_in.get(reverse("cells:cell-add")).context["form"]
    assert taken not in form.fields["negative"].queryset
    typed = {"project": cell.project.pk, "negative": taken.pk, **ASSEMBLY}
    answer = signed_in.post(reverse("cells:cell-add"), typed)
    assert "negative" in answer.context["form"].errors


def test_one_electrode_cannot_have_two_roles(signed_in, project):
    one = factories.ElectrodeFactory(project=project)
    typed = {"project": project.pk, "negative": one.pk, "positive": one.pk, **ASSEMBLY}
    answer = signed_in.post(reverse("cells:cell-add"), typed)
    (problem,) = answer.context["form"].errors["positive"]
    assert problem == (
        f"{one.code} is the negative electrode already; one electrode cannot have two roles."
    )
    assert not Cell.objects.exists()


def test_a_harvested_electrode_is_free_again_and_its_cell_is_opened(signed_in, cell):
    place = cell.places.get(role=CellElectrode.Role.NEGATIVE)
    address = reverse("cells:cell-harvest", args=[cell.pk, place.pk])
    typed = {"at": "2026-04-02T12:00", "rinse_solvent": "DMC", "rinse_time_s": "2 min"}
    answer = signed_in.post(address, typed)
    assert answer.url == reverse("samples:electrode-detail", args=[place.electrode.pk])
    step = place.electrode.steps.get()
    assert (step.kind, step.actual) == ("harvest", {"rinse_solvent": "DMC", "rinse_time_s": 120})
    assert signed_in.get(url("detail", cell)).context["state"] == ("off", "opened")
    form = signed_in.get(reverse("cells:cell-add")).context["form"]
    assert place.electrode in form.fields["negative"].queryset
    again = signed_in.post(address, typed)
    assert "was taken out already" in again.content.decode()


def test_an_event_is_logged_and_becomes_the_state(signed_in, user, cell):
    typed = {"kind": "short", "at": "2026-04-02T12:00", "note": "cycle 17"}
    signed_in.post(url("event", cell), typed)
    event = cell.events.get()
    assert (event.kind, event.note, event.created_by) == ("short", "cycle 17", user)
    answer = signed_in.get(reverse("cells:cell-list"), {"state": "short"})
    assert [row.record for row in answer.context["table"].rows] == [cell]


def test_an_edit_leaves_the_electrodes_alone(signed_in, cell):
    form = signed_in.get(url("edit", cell)).context["form"]
    assert "negative" not in form.fields
    typed = {
        "project": cell.project.pk,
        "film": cell.film.pk,
        "version": cell.version,
        "notes": "bulged",
        **ASSEMBLY,
    }
    assert signed_in.post(url("edit", cell), typed).status_code == 302
    cell.refresh_from_db()
    assert (cell.notes, cell.places.count()) == ("bulged", 2)


@pytest.mark.parametrize("kind", ["batch", "film", "electrode"])
def test_the_pages_of_samples_show_their_cells(signed_in, cell, kind):
    sample = {
        "batch": cell.film.batch,
        "film": cell.film,
        "electrode": cell.places.first().electrode,
    }[kind]
    page = signed_in.get(reverse(f"samples:{kind}-detail", args=[sample.pk])).content.decode()
    assert url("detail", cell) in page


def test_a_cell_of_a_foreign_project_is_not_shown_on_the_page_of_its_film(signed_in, project):
    film = factories.FilmFactory(project=project)
    foreign = factories.CellFactory(film=film)
    page = signed_in.get(reverse("samples:film-detail", args=[film.pk])).content.decode()
    assert foreign.code not in page
