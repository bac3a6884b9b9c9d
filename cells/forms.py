"""Forms of cells, in the order of the work in the glove box."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from cells.assembly import assemble_cell
from cells.choices import free_electrodes
from cells.derived import electrodes_of, keep_typed
from cells.fields import ElectrodeField
from cells.models import Cell, CellElectrode
from cells.roles import doubled_electrodes, missing_electrodes
from cells.wizard import beside
from labsite.access.forms import RecordForm, record_field_for
from labsite.access.models import User
from labsite.access.records import Record
from labsite.lib.forms import Groups, Words, fields_of
from samples.models import Electrode

ROLES = tuple(CellElectrode.Role.values)
FIELDS: Groups = (
    (_("What and when"), ("cell_type", "format", "project", "assembled_at", "assembled_by")),
    (_("Electrolyte"), ("film", "batch")),
    (_("Glove box"), ("atmosphere", "dew_point_celsius", "oxygen_ppm", "water_ppm")),
    (
        _("Pressure"),
        ("external_pressure_mpa", "built_in_pressure_kpa", "pressure_method"),
    ),
    (
        _("Area, mass and N/P"),
        ("area_cm2", "mass_basis", "active_mass_mg", "one_c_ma_g", "np_basis"),
    ),
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


LEFT_EMPTY: Mapping[str, Words] = {
    "area_cm2": _("Left empty: that of the smaller electrode."),
    "mass_basis": _("Left empty: the working electrode, the positive one of a full cell."),
    "active_mass_mg": _("Left empty: that of the electrode of the mass basis."),
    "one_c_ma_g": _("Left empty: that of its material."),
    "np_basis": _("Left empty: measured where it is known, else theoretical."),
}
"""Hints of the fields that follow the electrodes."""


class CellForm(RecordForm):
    """A cell; its electrodes are chosen when it is put together."""

    PANEL = "cells/_beside.html"
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
        "external_pressure_mpa",
        "nominal_c_rate",
        "temperature_celsius",
    )
    NOT_COPIED = (
        *RecordForm.NOT_COPIED,
        "assembled_at",
        "area_cm2",
        "area_cm2_u",
        "area_source",
        "active_mass_mg",
        "active_mass_mg_u",
        "active_mass_source",
        "one_c_ma_g",
    )

    negative = ElectrodeField(label=_("Negative"), required=False)
    positive = ElectrodeField(label=_("Positive"), required=False)
    reference = ElectrodeField(label=_("Reference"), required=False)
    changed_cell = forms.ModelChoiceField(
        queryset=Cell.objects.all(), widget=forms.HiddenInput, required=False
    )

    class Meta:
        model = Cell
        fields = fields_of(FIELDS, Cell)
        formfield_callback = record_field_for

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Offer free electrodes to a new cell."""
        super().__init__(*args, user=user, **kwargs)
        for name, words in LEFT_EMPTY.items():
            self.fields[name].help_text = str(words)
        if not self.is_new:
            self.initial["changed_cell"] = self.instance.pk
        for role in ROLES:
            if self.is_new:
                field: Any = self.fields[role]
                field.user, field.queryset = user, free_electrodes(user)
            else:
                del self.fields[role]

    @classmethod
    def copied(cls, source: Any) -> dict[str, Any]:
        """Take 1C along where it is not simply that of the material."""
        basis = electrodes_of(source).get(source.mass_basis)
        usual = None if basis is None else basis.material.one_c_ma_g
        typed = {} if source.one_c_ma_g == usual else {"one_c_ma_g": source.one_c_ma_g}
        return {**super().copied(source), **typed}

    @property
    def chosen(self) -> dict[str, Electrode]:
        """The electrodes that are chosen, or that are in the cell, by role."""
        changed: Cell | None = self.cleaned_data.get("changed_cell")
        if changed is not None:
            return electrodes_of(changed)
        return {role: self.cleaned_data[role] for role in ROLES if self.cleaned_data.get(role)}

    def clean(self) -> dict[str, Any]:
        """Want the electrodes that the type needs; what was typed is not called derived."""
        cleaned: dict[str, Any] = super().clean()
        if self.is_new:
            missing = missing_electrodes(
                cleaned.get("cell_type", ""), cleaned.get("format", ""), self.chosen
            )
            for role, sentence in {**missing, **doubled_electrodes(self.chosen)}.items():
                if role not in self.errors:
                    self.add_error(role, sentence)
        typed = {name: cleaned.get(name) for name in self.changed_data}
        return {**cleaned, **keep_typed(self.instance, typed)}

    def panel_context(self) -> dict[str, Any]:
        """Return N/P, areas, masses and currents of the cell, and electrodes that fit."""
        is_new = self.cleaned_data.get("changed_cell") is None
        return dict(beside(self.instance, self.chosen, self.user, is_new=is_new))

    def create(self, record: Any) -> Record:
        """Put the cell together."""
        return assemble_cell(cell=record, electrodes=self.chosen, by=self.user)
