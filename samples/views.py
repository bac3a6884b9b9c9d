"""Pages of samples: the kinds of records."""

from django.utils import timezone
from django.utils.translation import gettext_lazy

from labsite.access.kinds import Kind, State
from samples import filters, forms, lotstates, panels, tables
from samples.lotstates import states_of
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
from samples.stockpanels import lot_panels
from samples.stockviews import chemical_links
from samples.templating import offer_templates

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
    """Tell the gravest that is to be said of a bottle."""
    state = states_of(lot, timezone.localdate())[0]
    return lotstates.TONES[state], state.label


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
    links=chemical_links,
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
    panels=lot_panels,
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
    starts=offer_templates("batch", forms.BatchForm),
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
    starts=offer_templates("film", forms.FilmForm),
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
    starts=offer_templates("coating", forms.CoatingForm),
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
    starts=offer_templates("electrode", forms.ElectrodeForm),
)
KINDS = (CHEMICAL, LOT, BATCH, FILM, COATING, ELECTRODE)
WITH_STEPS = (BATCH, FILM, COATING, ELECTRODE)
