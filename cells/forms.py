"""Forms of cells, in the order of the work in the glove box."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cells.assembly import assemble_cell
from cells.events import log_event
from cells.models import Cell, CellElectrode, CellEvent
from labsite.access.forms import RecordChoiceField, RecordForm, record_field_for
from labsite.access.models import User
from labsite.access.records import Record
from labsite.lib.forms import Groups, MomentField, fields_of
from samples.models import Electrode

ROLES = tuple(CellElectrode.Role.values)
FIELDS: Groups = (
    (_("What and when"), ("project", "format", "cell_type", "assembled_at", "assembled_by")),
    (_("Electrolyte"), ("film", "batch")),
    (_("Glove box"), ("atmosphere", "dew_point_celsius", "oxygen_ppm", "water_ppm")),
    (
        _("Area and pressure"),
        (
            "area_cm2",
            "external_pressure_mpa",
            "built_in_pressure_kpa",
            "pressure_method",
        ),
    ),
    (_("Mass"), ("mass_basis", "active_mass_mg", "one_c_ma_g")),
    (
        _("Test plan"),
        (
            "nominal_c_rate",
            "first_half_cycle",
            "lower_cutoff_v",
            "upper_cutoff_v",
            "first_cycle_lower_cutoff_v",
            "temperature_celsius",
        ),
    ),
    (_("Labels and notes"), ("aliases", "notes")),
)


def free_electrodes(user: User) -> "QuerySet[Any]":
    """Return the electrodes that the person may use and that are in no cell."""
    taken = CellElectrode.objects.filter(electrode=OuterRef("pk"), removed_at__isnull=True)
    visible: QuerySet[Any] = Electrode.objects.visible_to(user).filter(voided_at__isnull=True)
    return visible.filter(~Exists(taken)).select_related("coating__active_material", "metal")


class CellForm(RecordForm):
    """A cell; its electrodes are chosen when it is put together."""

    GROUPS: ClassVar[Groups] = (
        FIELDS[0],
        (_("Electrodes"), ROLES),
        *FIELDS[1:],
    )
    CARRIED = (
        "project",
        "format",
        "cell_type",
        "assembled_by",
        "film",
        "batch",
        "atmosphere",
        "dew_point_celsius",
        "area_cm2",
        "area_cm2_u",
        "area_source",
        "external_pressure_mpa",
        "mass_basis",
        "one_c_ma_g",
        "nominal_c_rate",
        "first_half_cycle",
        "lower_cutoff_v",
        "upper_cutoff_v",
        "first_cycle_lower_cutoff_v",
        "temperature_celsius",
    )
    NOT_COPIED = (*RecordForm.NOT_COPIED, "assembled_at", "active_mass_mg", "active_mass_mg_u")

    negative = RecordChoiceField(label=_("Negative"), queryset=None, required=False)
    positive = RecordChoiceField(label=_("Positive"), queryset=None, required=False)
    reference = RecordChoiceField(label=_("Reference"), queryset=None, required=False)

    class Meta:
        model = Cell
        fields = fields_of(FIELDS, Cell)
        formfield_callback = record_field_for

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Offer free electrodes to a new cell."""
        super().__init__(*args, user=user, **kwargs)
        for role in ROLES:
            if self.is_new:
                self.fields[role].queryset = free_electrodes(user)  # type: ignore[attr-defined]
            else:
                del self.fields[role]

    def create(self, record: Any) -> Record:
        """Put the cell together."""
        chosen: Mapping[str, Electrode] = {
            role: self.cleaned_data[role] for role in ROLES if self.cleaned_data[role]
        }
        return assemble_cell(cell=record, electrodes=chosen, by=self.user)


class EventForm(forms.Form):
    """Something happened to a cell."""

    kind = forms.ChoiceField(label=_("Event"), choices=CellEvent.Kind.choices)
    at = MomentField(label=_("At"), initial=timezone.now)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, user: User, sample: Cell, **kwargs: Any) -> None:
        """Keep whose cell, and who."""
        super().__init__(*args, **kwargs)
        self.user, self.cell = user, sample

    def store(self) -> None:
        """Log the event; raises ValidationError, PermissionDenied."""
        typed = self.cleaned_data
        log_event(
            cell=self.cell, kind=typed["kind"], at=typed["at"], by=self.user, note=typed["note"]
        )
