"""The form of an electrode."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from labsite.access.forms import record_field_for
from labsite.access.records import Record
from labsite.lib.fields import Source
from labsite.lib.forms import Groups, fields_of
from samples.forms.base import LABELS, SampleForm
from samples.models import Electrode
from samples.processing import create_electrode

ELECTRODE: Groups = (
    (_("What and when"), ("project", "coating", "metal", "made_at")),
    (_("Size"), ("diameter_mm", "width_mm", "length_mm", "thickness_um")),
    (_("Mass"), ("mass_mg", "active_mass_mg")),
    LABELS,
)
MASS = ("active_mass_mg", "active_mass_mg_u", "active_mass_source")


class ElectrodeForm(SampleForm):
    """An electrode: of a coating, or of a metal."""

    GROUPS = ELECTRODE
    RELATED: ClassVar[dict[str, tuple[str, ...]]] = {"coating": ("active_material",)}
    CARRIED = ("project", "coating", "metal", "diameter_mm", "diameter_mm_u")
    NOT_COPIED = (*SampleForm.NOT_COPIED, "mass_mg", "mass_mg_u", *MASS)

    class Meta:
        model = Electrode
        fields = fields_of(ELECTRODE, Electrode)
        formfield_callback = record_field_for

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say when the active mass need not be typed."""
        super().__init__(*args, **kwargs)
        self.fields["active_mass_mg"].help_text = _(
            "Leave it empty: it follows from the mass, the blank foil and the active fraction."
        )

    def clean(self) -> dict[str, Any]:
        """Let a calculated active mass be calculated again; a number typed over it is typed."""
        typed = super().clean()
        if typed.get("active_mass_source") == Source.DERIVED:
            if (
                "active_mass_mg" in self.changed_data
                and "active_mass_source" not in self.changed_data
            ):
                typed["active_mass_source"] = ""
            else:
                typed |= {
                    "active_mass_mg": None,
                    "active_mass_mg_u": None,
                    "active_mass_source": "",
                }
        return typed

    def create(self, record: Any) -> Record:
        """Store the electrode as pristine."""
        return create_electrode(electrode=record, by=self.user)
