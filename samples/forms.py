"""Forms of samples, in the order of the work at the bench."""

from typing import Any, ClassVar

from django.db import transaction
from django.forms import BaseInlineFormSet, inlineformset_factory, model_to_dict
from django.utils.translation import gettext_lazy as _

from labsite.access.forms import RecordForm, record_field_for
from labsite.access.records import Record
from labsite.lib.forms import Groups, Words, fields_of
from samples.models import (
    Chemical,
    Coating,
    CoatingComponent,
    Electrode,
    ElectrolyteBatch,
    Film,
    Lot,
)
from samples.processing import create_electrode

LABELS: tuple[Words, tuple[str, ...]] = (_("Labels and notes"), ("aliases", "notes"))
SPARE_ROWS = 3

CHEMICAL: Groups = (
    (_("Identity"), ("short_name", "name", "role", "cas_number", "formula")),
    (_("Constants"), ("molar_mass_g_mol", "density_g_ml")),
    (_("As active material"), ("one_c_ma_g", "theoretical_capacity_mah_g")),
    (_("Safety"), ("hazards",)),
    LABELS,
)
LOT: Groups = (
    (_("Bottle"), ("chemical", "supplier", "lot_number", "purity_mass_fraction", "water_ppm")),
    (_("Dates"), ("received_on", "opened_on", "expires_on")),
    (_("Stock"), ("location", "initial_amount", "remaining_amount", "amount_unit")),
    LABELS,
)
BATCH: Groups = (
    (_("What and when"), ("project", "kind", "composition", "prepared_at", "prepared_by")),
    (
        _("Mixture"),
        (
            "dem_molar_ratio",
            "mole_fraction_am",
            "total_monomer_mol_l",
            "concentration_basis",
            "crosslinker_mmol_l",
            "photoinitiator_mmol_l",
            "fec_mass_fraction",
            "fec_basis",
            "salt_concentration_mol_l",
            "dem_density_g_ml",
            "volume_ml",
        ),
    ),
    (_("Curing"), ("uv_time_s", "uv_wavelength_nm", "uv_intensity_mw_cm2")),
    (_("Surroundings"), ("atmosphere", "dew_point_celsius")),
    LABELS,
)
FILM: Groups = (
    (_("What and when"), ("project", "batch", "form", "made_at", "substrate")),
    (_("Size"), ("thickness_um", "diameter_mm", "width_mm", "length_mm", "mass_mg")),
    (_("Pellets and separators"), ("fabrication_pressure_mpa", "separator_macmullin")),
    LABELS,
)
COATING: Groups = (
    (_("What and when"), ("project", "active_material", "active_mass_fraction", "made_at")),
    (_("Casting"), ("solvent", "current_collector", "foil_mass_mg_cm2", "blade_gap_um")),
    (_("Drying"), ("drying_temperature_celsius", "drying_time_h", "thickness_um")),
    LABELS,
)
ELECTRODE: Groups = (
    (_("What and when"), ("project", "coating", "metal", "made_at")),
    (_("Size"), ("diameter_mm", "width_mm", "length_mm", "thickness_um")),
    (_("Mass"), ("mass_mg", "active_mass_mg")),
    LABELS,
)


class ChemicalForm(RecordForm):
    """A substance."""

    GROUPS = CHEMICAL
    CARRIED = ("role",)

    class Meta:
        model = Chemical
        fields = fields_of(CHEMICAL, Chemical)
        formfield_callback = record_field_for


class LotForm(RecordForm):
    """A bottle of a substance."""

    GROUPS = LOT
    CARRIED = ("supplier", "location")
    NOT_COPIED = (*RecordForm.NOT_COPIED, "lot_number")

    class Meta:
        model = Lot
        fields = fields_of(LOT, Lot)
        formfield_callback = record_field_for


class BatchForm(RecordForm):
    """A batch of electrolyte."""

    GROUPS = BATCH
    CARRIED = (
        "project",
        "kind",
        "prepared_by",
        "dem_molar_ratio",
        "total_monomer_mol_l",
        "concentration_basis",
        "crosslinker_mmol_l",
        "photoinitiator_mmol_l",
        "uv_wavelength_nm",
        "atmosphere",
    )
    NOT_COPIED = (*RecordForm.NOT_COPIED, "prepared_at")

    class Meta:
        model = ElectrolyteBatch
        fields = fields_of(BATCH, ElectrolyteBatch)
        formfield_callback = record_field_for


class FilmForm(RecordForm):
    """A piece of electrolyte."""

    GROUPS = FILM
    CARRIED = ("project", "batch", "form", "substrate", "diameter_mm", "diameter_mm_u")

    class Meta:
        model = Film
        fields = fields_of(FILM, Film)
        formfield_callback = record_field_for


class ComponentRows(BaseInlineFormSet):  # type: ignore[type-arg]  # not generic at run time
    """The ingredients of a coating."""

    title = _("Dry composition")
    hint = _("Leave a row empty to leave it out; the parts need not add up to 100.")


ComponentFormSet = inlineformset_factory(
    Coating,
    CoatingComponent,
    fields=["chemical", "weight_parts", "solution_mass_fraction"],
    formset=ComponentRows,
    formfield_callback=record_field_for,
    extra=SPARE_ROWS,
    can_delete_extra=False,
)


class CoatingForm(RecordForm):
    """A coating with its dry composition."""

    GROUPS = COATING
    RELATED: ClassVar[dict[str, tuple[str, ...]]] = {}
    CARRIED = ("project", "active_material", "solvent", "current_collector")

    class Meta:
        model = Coating
        fields = fields_of(COATING, Coating)
        formfield_callback = record_field_for

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the rows of the composition; a duplicate starts with those of its source."""
        super().__init__(*args, **kwargs)
        copied = self.initial.get("components", [])
        self.rows = ComponentFormSet(
            self.data if self.is_bound else None,
            instance=self.instance,
            prefix="components",
            initial=copied,
        )
        self.rows.extra = len(copied) + SPARE_ROWS

    @classmethod
    def copied(cls, source: Any) -> dict[str, Any]:
        """Take the composition along."""
        names = ["chemical", "weight_parts", "solution_mass_fraction"]
        rows = [model_to_dict(row, fields=names) for row in source.components.all()]
        return {**super().copied(source), "components": rows}

    def is_valid(self) -> bool:
        """Look at the rows too."""
        return all([super().is_valid(), self.rows.is_valid()])

    def store(self) -> Record:
        """Save the coating and its rows together."""
        with transaction.atomic():
            record: Any = super().store()
            self.rows.instance = record
            for row in self.rows.save(commit=False):
                row.created_by = row.created_by or self.user
                row.save()
            for row in self.rows.deleted_objects:
                row.delete()
        stored: Record = record
        return stored


class ElectrodeForm(RecordForm):
    """An electrode: of a coating, or of a metal."""

    GROUPS = ELECTRODE
    RELATED: ClassVar[dict[str, tuple[str, ...]]] = {"coating": ("active_material",)}
    CARRIED = ("project", "coating", "metal", "diameter_mm", "diameter_mm_u")
    NOT_COPIED = (*RecordForm.NOT_COPIED, "mass_mg", "active_mass_mg")

    class Meta:
        model = Electrode
        fields = fields_of(ELECTRODE, Electrode)
        formfield_callback = record_field_for

    def create(self, record: Any) -> Record:
        """Store the electrode as pristine."""
        return create_electrode(electrode=record, by=self.user)
