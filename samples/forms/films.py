"""The form of a film or another piece of electrolyte."""

import json
from typing import Any

from django.utils.translation import gettext_lazy as _

from labsite.access.forms import record_field_for
from labsite.lib.forms import Groups, Words, fields_of
from samples.forms.base import LABELS, SampleForm
from samples.models import Film

FILM: Groups = (
    (_("What and when"), ("project", "batch", "form", "made_at", "substrate")),
    (
        _("Size and mass"),
        (
            "thickness_um",
            "diameter_mm",
            "width_mm",
            "length_mm",
            "height_mm",
            "mass_mg",
            "fabrication_pressure_mpa",
            "separator_macmullin",
        ),
    ),
    LABELS,
)
HINTS: dict[str, Words] = {
    "thickness_um": _("Several positions: 198; 203; 201."),
    "width_mm": _("Of a dumbbell: of its gauge."),
    "length_mm": _("Of a dumbbell: the gauge length."),
    "height_mm": "",
    "fabrication_pressure_mpa": "",
    "separator_macmullin": _("Bulk over effective conductivity."),
}


class FilmForm(SampleForm):
    """A piece of electrolyte; the page asks for the sizes that its form has."""

    GROUPS = FILM
    CARRIED = ("project", "batch", "form", "substrate", "diameter_mm", "diameter_mm_u")

    class Meta:
        model = Film
        fields = fields_of(FILM, Film)
        formfield_callback = record_field_for

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Tell the page which fields each form has, and what they mean."""
        super().__init__(*args, **kwargs)
        for name, hint in HINTS.items():
            self.fields[name].help_text = str(hint)
        shown = {form: list(names) for form, names in Film.OF_FORM.items()}
        self.fields["form"].widget.attrs["data-shows"] = json.dumps(shown)
