"""Electrodes of a coating that belong to another project are neither shown nor touched."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from cells.models import Cell
from samples.models import Electrode, ElectrodeEvent
from samples.pieces import use_up_electrode
from samples.states import FREE, refuse_unless
from tests import factories
from tests.factories import NOON


@pytest.fixture
def coating(project):
    return factories.CoatingFactory(project=project)


@pytest.fixture
def foreign(coating):
    """An electrode of the coating that people of another project have punched."""
    other = factories.ProjectFactory()
    return factories.ElectrodeFactory(project=other, coating=coating, mass_mg=13.7)


@pytest.mark.parametrize("page", ["coating-weigh", "coating-infiltrate"])
def test_tables_of_a_coating_show_only_the_own_electrodes(
    signed_in, project, coating, foreign, page
):
    own = factories.ElectrodeFactory(project=project, coating=coating)
    text = signed_in.get(reverse(f"samples:{page}", args=[coating.pk])).content.decode()
    assert own.code in text
    assert foreign.code not in text
    assert "13.7" not in text


def test_beside_the_form_of_a_cell_stand_no_electrodes_of_other_projects(
    signed_in, project, foreign
):
    cell = factories.CellFactory(project=project, cell_type=Cell.Type.ANODE_HALF_CELL)
    factories.PlaceFactory(cell=cell, electrode=foreign)
    own = factories.PlaceFactory(cell=cell, role="negative").electrode
    sent = {"changed_cell": str(cell.pk), "cell_type": cell.cell_type, "format": cell.format}
    text = signed_in.post(reverse("cells:cell-panel"), sent).content.decode()
    assert own.code in text
    assert foreign.code not in text


def test_the_state_that_counts_is_the_stored_one_not_that_of_an_old_copy(user, project, coating):
    factories.ElectrodeFactory(project=project, coating=coating)
    old = Electrode.objects.prefetch_related("events").get()
    use_up_electrode(electrode=Electrode.objects.get(), by=user, reason="torn")
    assert ElectrodeEvent.objects.get().state == ElectrodeEvent.State.USED_UP
    with transaction.atomic(), pytest.raises(ValidationError, match="is used up"):
        refuse_unless(old, set(FREE), NOON)


def test_a_search_for_a_choice_leaves_out_signs_that_no_database_stores(
    signed_in, project, coating
):
    own = factories.ElectrodeFactory(project=project, coating=coating)
    found = signed_in.get(reverse("pick", args=["free-electrode"]), {"q": f"\0{own.code}"}).json()
    assert [one["value"] for one in found["found"]] == [str(own.pk)]
    assert signed_in.get(reverse("search"), {"q": f"\0{own.code}"}).url.endswith(f"{own.pk}/")


def test_beyond_the_last_page_of_a_list_is_the_last_page(signed_in, project, coating):
    own = factories.ElectrodeFactory(project=project, coating=coating)
    answer = signed_in.get(reverse("samples:electrode-list"), {"page": "99"})
    assert own.code in answer.content.decode()
