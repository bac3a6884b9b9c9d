"""The form of an electrolyte batch, in the order of the work at the bench."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from labsite.access.forms import record_field_for
from labsite.access.records import Record
from labsite.lib.forms import Groups, fields_of
from samples.forms.base import LABELS, SampleForm
from samples.forms.weighing import TO_CORRECT, BatchRows
from samples.models import ElectrolyteBatch
from samples.weighing import KIND, portions_of
from samples.weighpanel import batch_panel
from samples.weighsteps import lots_held, weighing_of

BATCH: Groups = (
    (_("What and when"), ("project", "kind", "composition", "prepared_at", "prepared_by")),
    (
        _("Mixture"),
        (
            "volume_ml",
            "dem_molar_ratio",
            "mole_fraction_am",
            "total_monomer_mol_l",
            "concentration_basis",
            "crosslinker_mmol_l",
            "photoinitiator_mmol_l",
            "fec_mass_fraction",
            "fec_basis",
            "dem_density_g_ml",
            "salt_concentration_mol_l",
        ),
    ),
    (_("Curing"), ("uv_time_s", "uv_wavelength_nm", "uv_intensity_mw_cm2")),
    (_("Surroundings"), ("atmosphere", "dew_point_celsius")),
    LABELS,
)


class BatchForm(SampleForm):
    """A batch of electrolyte with its weighing table."""

    GROUPS = BATCH
    PANEL = "samples/_recipe_batch.html"
    CARRIED = (
        "project",
        "kind",
        "prepared_by",
        "volume_ml",
        "dem_molar_ratio",
        "total_monomer_mol_l",
        "concentration_basis",
        "crosslinker_mmol_l",
        "photoinitiator_mmol_l",
        "fec_basis",
        "dem_density_g_ml",
        "dem_density_g_ml_u",
        "dem_density_source",
        "uv_wavelength_nm",
        "atmosphere",
    )
    NOT_COPIED = (*SampleForm.NOT_COPIED, "prepared_at")

    class Meta:
        model = ElectrolyteBatch
        fields = fields_of(BATCH, ElectrolyteBatch)
        formfield_callback = record_field_for

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the weighing table; a duplicate starts with the lots of its source."""
        super().__init__(*args, **kwargs)
        self.rows = BatchRows(
            self.data if self.is_bound else None,
            user=self.user,
            batch=None if self.is_new else self.instance,
            lots=self.initial.get("weigh_lots"),
        )

    @classmethod
    def copied(cls, source: Any) -> dict[str, Any]:
        """Take the lots along, not the masses."""
        portions = portions_of(weighing_of(source, KIND), {})
        lots = {key: portion.lot.pk for key, portion in portions.items() if portion.lot}
        return {**super().copied(source), "weigh_lots": lots}

    def is_valid(self) -> bool:
        """Look at the weighing table too."""
        valid = all([super().is_valid(), self.rows.is_valid()])
        if not self.rows.is_valid() and TO_CORRECT not in self.non_field_errors():
            self.add_error(None, str(TO_CORRECT))
        return valid

    def panel_context(self) -> dict[str, Any]:
        """Work out what stands in the form, as far as it can be understood."""
        held = lots_held(self.rows.step)
        return {"recipe": batch_panel(self.instance, self.rows, held)}

    def store(self) -> Record:
        """Save the batch with its weighing."""
        with transaction.atomic():
            record: Any = super().store()
            self.rows.store(record)
        stored: Record = record
        return stored
