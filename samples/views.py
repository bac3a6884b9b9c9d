"""Pages of samples: the kinds of records, and the forms that log work on them."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labsite.access.kinds import Kind, State
from labsite.access.pages import act_page, require_form
from labsite.access.viewers import PersonRequest
from samples import filters, forms, panels, tables
from samples.models import (
    Chemical,
    Coating,
    Electrode,
    ElectrodeEvent,
    ElectrolyteBatch,
    Film,
    Lot,
)
from samples.processing import state_of
from samples.stepforms import InfiltrationForm, StepForm

TONES = {
    "pristine": "ok",
    "infiltrated": "ok",
    "in_cell": "active",
    "harvested": "warning",
    "used_up": "off",
}


def electrode_state(electrode: Electrode) -> State:
    """Tell where an electrode is in its life."""
    state = state_of(electrode)
    return TONES[state], ElectrodeEvent.State(state).label


def lot_state(lot: Lot) -> State:
    """Tell whether a bottle is empty or expired."""
    if lot.remaining_amount == 0:
        return "off", _("empty")
    if lot.expires_on is not None and lot.expires_on < timezone.localdate():
        return "failed", _("expired")
    return "ok", _("in use")


CHEMICAL = Kind(
    name="chemical",
    folder="chemicals",
    model=Chemical,
    form=forms.ChemicalForm,
    table=tables.ChemicalTable,
    filters=filters.ChemicalFilters,
    one=gettext_lazy("chemical"),
    many=gettext_lazy("Chemicals"),
    icon="test-pipe",
    hint=gettext_lazy("Salts, monomers, active materials, metals: each substance once."),
    panels=panels.chemical_panels,
)
LOT = Kind(
    name="lot",
    folder="lots",
    model=Lot,
    form=forms.LotForm,
    table=tables.LotTable,
    filters=filters.LotFilters,
    one=gettext_lazy("lot"),
    many=gettext_lazy("Lots"),
    icon="packages",
    hint=gettext_lazy("Every bottle, bag or box of a chemical, with its lot number and purity."),
    related=("chemical",),
    state=lot_state,
    panels=panels.lot_panels,
)
BATCH = Kind(
    name="batch",
    folder="batches",
    model=ElectrolyteBatch,
    form=forms.BatchForm,
    table=tables.BatchTable,
    filters=filters.BatchFilters,
    one=gettext_lazy("electrolyte batch"),
    many=gettext_lazy("Batches"),
    icon="flask",
    hint=gettext_lazy(
        "Log an electrolyte batch as soon as it is mixed; films and cells follow it."
    ),
    related=("project",),
    panels=panels.batch_panels,
)
FILM = Kind(
    name="film",
    folder="films",
    model=Film,
    form=forms.FilmForm,
    table=tables.FilmTable,
    filters=filters.FilmFilters,
    one=gettext_lazy("film"),
    many=gettext_lazy("Films"),
    icon="layers-subtract",
    hint=gettext_lazy("Discs, pellets and test pieces made from an electrolyte batch."),
    related=("project", "batch"),
    panels=panels.film_panels,
)
COATING = Kind(
    name="coating",
    folder="coatings",
    model=Coating,
    form=forms.CoatingForm,
    table=tables.CoatingTable,
    filters=filters.CoatingFilters,
    one=gettext_lazy("coating"),
    many=gettext_lazy("Coatings"),
    icon="rectangle",
    hint=gettext_lazy("A slurry on its foil; electrodes are punched from it."),
    related=("project", "active_material"),
    panels=panels.coating_panels,
)
ELECTRODE = Kind(
    name="electrode",
    folder="electrodes",
    model=Electrode,
    form=forms.ElectrodeForm,
    table=tables.ElectrodeTable,
    filters=filters.ElectrodeFilters,
    one=gettext_lazy("electrode"),
    many=gettext_lazy("Electrodes"),
    icon="stack-2",
    hint=gettext_lazy("Discs punched from a coating, and pieces of lithium or other metals."),
    related=("project", "coating__active_material", "metal"),
    prefetched=("events",),
    state=electrode_state,
    panels=panels.electrode_panels,
)
KINDS = (CHEMICAL, LOT, BATCH, FILM, COATING, ELECTRODE)
WITH_STEPS = (BATCH, FILM, COATING, ELECTRODE)


@require_form
def step_add(request: PersonRequest, kind: Kind, pk: UUID) -> HttpResponse:
    """Log a process step of a sample."""
    return act_page(request, kind, pk, StepForm, _("Log a step"))


@require_form
def electrode_infiltrate(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Log that an electrode was infiltrated."""
    return act_page(request, ELECTRODE, pk, InfiltrationForm, _("Infiltrate"))
