"""The form of a coating with its dry composition and the weighing of its slurry."""

import math
from dataclasses import replace
from typing import Any, ClassVar

from django.db import transaction
from django.forms import model_to_dict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labsite.access.forms import record_field_for
from labsite.access.records import Record
from labsite.lib.fields import Source
from labsite.lib.forms import Groups, QuantityField, fields_of
from labsite.lib.readings import readings_of, typed_u, u_name
from samples.forms.base import LABELS, SampleForm
from samples.forms.slurry import component_rows
from samples.forms.weighing import TO_CORRECT
from samples.loadings import BLANKS
from samples.models import Coating
from samples.recipes import Quantity, RecipeError, foil
from samples.slurrypanel import slurry_panel
from samples.weighsteps import lots_held

COATING: Groups = (
    (
        gettext_lazy("What and when"),
        ("project", "process", "active_material", "active_mass_fraction", "made_at"),
    ),
    (
        gettext_lazy("Casting"),
        (
            "solvent",
            "current_collector",
            "blade_gap_um",
            "loading_min_mg_cm2",
            "loading_max_mg_cm2",
        ),
    ),
    (gettext_lazy("Bare foil"), ("blank_diameter_mm", BLANKS, "foil_mass_mg_cm2")),
    (
        gettext_lazy("Drying"),
        ("drying_temperature_celsius", "drying_time_h", "thickness_um"),
    ),
    (
        gettext_lazy("Measured capacities"),
        ("first_lithiation_capacity_mah_g", "reversible_capacity_mah_g"),
    ),
    LABELS,
)
OWN: Groups = [(title, [name for name in names if name != BLANKS]) for title, names in COATING]
"""The groups without what is only kept as readings."""
FRACTION = ("active_mass_fraction", "active_mass_fraction_u", "active_mass_fraction_source")
ROWS = ("chemical", "weight_parts", "solution_mass_fraction", "solution_mass_fraction_u")


class CoatingForm(SampleForm):
    """A coating with its dry composition."""

    GROUPS = COATING
    PANEL = "samples/_recipe_coating.html"
    RELATED: ClassVar[dict[str, tuple[str, ...]]] = {}
    CARRIED = ("project", "process", "active_material", "solvent", "current_collector")
    NOT_COPIED = (
        *SampleForm.NOT_COPIED,
        "thickness_um",
        "thickness_um_u",
        "first_lithiation_capacity_mah_g",
        "first_lithiation_capacity_mah_g_u",
        "reversible_capacity_mah_g",
        "reversible_capacity_mah_g_u",
    )

    class Meta:
        model = Coating
        fields = fields_of(OWN, Coating)
        formfield_callback = record_field_for

    blank_mass_mg = QuantityField(
        unit="mg",
        readings=True,
        required=False,
        label=gettext_lazy("Masses of the blank discs"),
        help_text=gettext_lazy("At least three, such as 9.81; 9.84; 9.79."),
    )
    blank_mass_mg_u = QuantityField(unit="mg", required=False, label=gettext_lazy("u of one mass"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the rows of the composition; a duplicate starts with those of its source."""
        super().__init__(*args, **kwargs)
        self.rows = component_rows(
            self.data if self.is_bound else None,
            user=self.user,
            coating=self.instance,
            initial=self.initial.get("components", []),
        )

    @classmethod
    def copied(cls, source: Any) -> dict[str, Any]:
        """Take the composition along; a fraction that was worked out is worked out anew."""
        rows = [model_to_dict(row, fields=ROWS) for row in source.components.all()]
        copied = {**super().copied(source), "components": rows}
        if source.active_mass_fraction_source == Source.DERIVED:
            copied |= dict.fromkeys(FRACTION)
        return copied

    def clean(self) -> dict[str, Any]:
        """Work out the foil from its blank discs; take over a fraction that somebody types."""
        typed = super().clean()
        self._clean_fraction(typed)
        self._clean_foil(typed)
        return typed

    def _clean_fraction(self, typed: dict[str, Any]) -> None:
        """Let a typed number be typed: only what is left alone stays calculated."""
        value, u, source = FRACTION
        if typed.get(source) != Source.DERIVED:
            return
        if self.is_new or typed.get(value) is None:
            typed |= {value: None, u: None, source: ""}
        elif {value, u} & set(self.changed_data):
            typed[source] = ""

    def _clean_foil(self, typed: dict[str, Any]) -> None:
        """Let the foil follow its blank discs, unless its mass is typed itself."""
        changed = set(self.changed_data)
        if not changed & {BLANKS, u_name(BLANKS), "blank_diameter_mm"}:
            return
        if typed.get(BLANKS) is None or "foil_mass_mg_cm2" in changed:
            return
        blanks, diameter = readings_of(self.instance, BLANKS), typed.get("blank_diameter_mm")
        if blanks is None:
            self.add_error(BLANKS, _("Found one mass; weigh at least two blank discs."))
        elif diameter is None and "blank_diameter_mm" not in self.errors:
            self.add_error("blank_diameter_mm", _("Enter the diameter of the blank discs."))
        elif diameter is not None and diameter > 0:
            area = Quantity(math.pi * (diameter / 10) ** 2 / 4)
            try:
                bare = foil(blanks.values, area, typed_u(self.instance, BLANKS))
            except RecipeError as error:
                self.add_error(BLANKS, error.message)
            else:
                typed["foil_mass_mg_cm2"] = bare.other_punch_mg_cm2.value
                typed["foil_mass_mg_cm2_u"] = bare.other_punch_mg_cm2.u

    def is_valid(self) -> bool:
        """Look at the rows too."""
        valid = all([super().is_valid(), self.rows.is_valid()])
        if not self.rows.is_valid() and TO_CORRECT not in self.non_field_errors():
            self.add_error(None, str(TO_CORRECT))
        return valid

    def panel_context(self) -> dict[str, Any]:
        """Work out the slurry that stands in the form, as far as it can be understood."""
        self.rows.is_valid()
        active = self.cleaned_data.get("active_material")
        held = lots_held(self.rows.step)
        recipe = slurry_panel(self.rows.components(), active, self.rows.wanted(), held)
        return {"recipe": replace(recipe, rows=len(self.rows.forms))}

    def store(self) -> Record:
        """Save the coating, its rows and its weighing together."""
        with transaction.atomic():
            record: Any = super().store()
            self.rows.instance = record
            for row in self.rows.save(commit=False):
                row.created_by = row.created_by or self.user
                row.save()
            for row in self.rows.deleted_objects:
                row.delete()
            self.rows.weigh(record, self.user)
        stored: Record = record
        return stored
