"""The table in which all electrodes of a coating are weighed, with what follows from each mass."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labsite.access.models import User
from labsite.lib.fields import Source
from labsite.lib.forms import QuantityField
from labsite.lib.readings import (
    Readings,
    keep_readings,
    readings_of,
    show_mean,
    show_spread,
    write_readings,
)
from labsite.lib.units import show_measured
from samples.faces import face_size
from samples.figures import write_quantity
from samples.loadings import BLANKS, blanks_of, in_words, missing, worked_out
from samples.models import Coating, Electrode
from samples.pieces import Weighing, weigh_electrodes
from samples.punchforms import number_field, u_of_balance, usable_electrodes
from samples.recipes import Loading, Quantity, RecipeError, Spread, spread
from samples.states import State

MASS, VERSION = "mass-", "version-"


@dataclass
class Row:
    """One electrode: what is typed and what follows from it."""

    electrode: Electrode
    mass: forms.BoundField
    version: forms.BoundField
    seen: SafeString
    """The mass that the page started with, sent along unseen."""
    loading: Loading | None = None
    problem: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What tells the places of this row from those of others."""
        return str(self.electrode.pk)

    @property
    def size(self) -> str:
        """Diameter, or width and length, in words."""
        one = self.electrode
        return face_size(one.diameter_mm, one.width_mm, one.length_mm) or ""

    @property
    def results(self) -> list[tuple[str, str, str]]:
        """Places, headings and values of what follows from the mass."""
        known = self.loading
        columns = (
            ("coating-", _("Coating / mg"), "coating_mass_mg"),
            ("active-", _("Active mass / mg"), "active_mass_mg"),
            ("loading-", _("Loading / mg/cm²"), "active_mass_loading_mg_cm2"),
            ("capacity-", _("Areal capacity, theoretical / mAh/cm²"), "areal_capacity_mah_cm2"),
        )
        results = []
        for place, heading, name in columns:
            quantity: Quantity | None = getattr(known, name, None)
            results.append((place, heading, write_quantity(quantity) if quantity else "–"))
        return results


@dataclass(frozen=True)
class Statistic:
    """A line at the foot of the table."""

    label: str
    unit: str
    of: Spread

    @property
    def cells(self) -> list[str]:
        """n, mean, sd, median and the 95 % interval of the mean in writing."""
        one = self.of
        low, high = one.lower_95, one.upper_95
        return [
            str(one.n),
            f"{one.mean:.4g}",
            "–" if one.sd is None else f"{one.sd:.2g}",
            f"{one.median:.4g}",
            "–" if low is None or high is None else f"{low:.4g} – {high:.4g}",
        ]


class WeighForm(forms.Form):
    """The masses of all pristine electrodes of a coating; what was not changed is left alone."""

    readability_mg = number_field(
        gettext_lazy("Balance readability"),
        "mg",
        help_text=gettext_lazy("Gives u = readability/√3 of every mass that is typed now."),
    )

    def __init__(
        self,
        *args: Any,
        user: User,
        sample: Coating,
        told: Mapping[UUID, str] | None = None,
        **kwargs: Any,
    ) -> None:
        """Make a field for each electrode; ``told``: what somebody else has stored meanwhile."""
        super().__init__(*args, **kwargs)
        self.user, self.sample, self.told = user, sample, told or {}
        self.electrodes = usable_electrodes(sample, {State.PRISTINE}, user)
        for electrode in self.electrodes:
            electrode.coating = sample
            self.fields[f"{MASS}{electrode.pk}"] = QuantityField(
                label=electrode.code,
                unit="mg",
                readings=True,
                required=False,
                show_hidden_initial=True,
                initial=stored_mass(electrode),
            )
            self.fields[f"{VERSION}{electrode.pk}"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=electrode.version
            )

    def clean(self) -> dict[str, Any]:
        """Refuse masses that no electrode can have, and those of electrodes used meanwhile."""
        typed: dict[str, Any] = super().clean() or {}
        for electrode in self.electrodes:
            several: Readings | None = typed.get(f"{MASS}{electrode.pk}")
            if several is not None and several.mean <= 0:
                self.add_error(f"{MASS}{electrode.pk}", _("A mass is above 0."))
        for code in self._lost():
            self.add_error(None, _("%(code)s is not pristine any more.") % {"code": code})
        u_of_balance(typed.get("readability_mg"))
        return typed

    def _lost(self) -> list[str]:
        """Return the electrodes that were weighed here while somebody else has used them."""
        sent = {name for name in self.data if name.startswith(MASS) and name not in self.fields}
        changed = [
            name.removeprefix(MASS)
            for name in sent
            if self.data[name] != self.data.get(f"initial-{name}", "")
        ]
        codes = {str(one.pk): one.code for one in self.sample.electrodes.all()} if changed else {}
        return sorted(codes[key] for key in changed if key in codes)

    @cached_property
    def rows(self) -> list[Row]:
        """The lines of the table; the form is bound and looked at, or new."""
        return [self._row(electrode) for electrode in self.electrodes]

    def _row(self, electrode: Electrode) -> Row:
        name = f"{MASS}{electrode.pk}"
        mass = self[name]
        row = Row(
            electrode,
            mass,
            self[f"{VERSION}{electrode.pk}"],
            SafeString(mass.as_hidden(only_initial=True)),
        )
        if electrode.pk in self.told:
            row.notes.append(self.told[electrode.pk])
        if mass.errors:
            row.problem = " ".join(str(error) for error in mass.errors)
            return row
        weighed = self._weighed(electrode)
        try:
            row.loading = worked_out(weighed)
        except RecipeError as error:
            row.problem = in_words(error)
        row.notes += self._notes(weighed, row)
        return row

    def _weighed(self, electrode: Electrode) -> Electrode:
        """Return a copy of an electrode with the mass that is typed."""
        weighing = self._weighing(electrode) if self.is_bound else None
        if weighing is None:
            return electrode
        weighed = copy.copy(electrode)
        weighed.mass_mg, weighed.mass_mg_u = keep_readings(
            weighed, "mass_mg", weighing.mass, weighing.u_mg
        )
        return weighed

    @staticmethod
    def _notes(electrode: Electrode, row: Row) -> list[str]:
        flags = row.loading.flags if row.loading is not None else ()
        notes = [flag.message for flag in flags]
        if electrode.active_mass_mg is not None and electrode.active_mass_source != Source.DERIVED:
            notes.append(_("Its active mass was typed and stays as it is."))
        wanting = missing(electrode)
        if electrode.mass_mg is not None and wanting:
            notes.append(_("Not known yet: %(what)s.") % {"what": ", ".join(wanting)})
        return notes

    def _weighing(self, electrode: Electrode) -> Weighing | None:
        """Return what was typed for an electrode; None when it was left alone or is wrong."""
        name = f"{MASS}{electrode.pk}"
        typed = getattr(self, "cleaned_data", {})
        if name not in typed or name not in self.changed_data:
            return None
        version = typed.get(f"{VERSION}{electrode.pk}")
        readability = typed.get("readability_mg")
        u = u_of_balance(readability) if readability and readability > 0 else None
        return Weighing(typed[name], u, version or 0)

    def statistics(self) -> list[Statistic]:
        """Return the spread of masses, active masses and loadings over the electrodes."""
        known = [row.loading for row in self.rows if row.loading is not None]
        columns = (
            (_("Coating"), "mg", [one.coating_mass_mg.value for one in known]),
            (_("Active mass"), "mg", [one.active_mass_mg.value for one in known]),
            (_("Loading"), "mg/cm²", [one.active_mass_loading_mg_cm2.value for one in known]),
        )
        return [Statistic(label, unit, spread(values)) for label, unit, values in columns if values]

    def foil_words(self) -> list[str]:
        """Say what is known of the foil: its blank discs, their spread and what is doubtful."""
        coating = self.sample
        if coating.process == Coating.Process.PRESSED:
            return [_("Pressed powder: there is no foil.")]
        if coating.foil_mass_mg_cm2 is None:
            return [_("The mass of the blank foil is not known; punch and weigh blank discs.")]
        areal = show_measured(coating.foil_mass_mg_cm2, coating.foil_mass_mg_cm2_u)
        words = [_("Blank foil: %(areal)s mg/cm².") % {"areal": areal}]
        blanks, masses = blanks_of(coating), readings_of(coating, BLANKS)
        if blanks is not None and masses is not None:
            words.append(
                _("Blank discs: mean %(mean)s mg, %(spread)s.")
                % {"mean": show_mean(masses), "spread": show_spread(masses)}
            )
            words += [flag.message for flag in blanks.flags]
        return words

    def wrong_rows(self) -> list[Row]:
        """Return the electrodes whose typed mass cannot be."""
        return [row for row in self.rows if row.problem and row.mass.name in self.changed_data]

    def store(self) -> list[Electrode]:
        """Store what was changed; raises ValidationError, PermissionDenied, EditConflictError."""
        weighings = {one.pk: self._weighing(one) for one in self.electrodes}
        changed = {pk: weighing for pk, weighing in weighings.items() if weighing is not None}
        return weigh_electrodes(coating=self.sample, weighings=changed, by=self.user)

    def merged(self) -> "WeighForm":
        """Return the table as it is stored now, with the masses that were typed into it.

        Says beside an electrode what somebody else has stored for it since the page was opened.
        """
        data = {"readability_mg": self.data.get("readability_mg", "")}
        told = {}
        for electrode in self.electrodes:
            mass, version = f"{MASS}{electrode.pk}", f"{VERSION}{electrode.pk}"
            stored, changed = stored_mass(electrode), mass in self.changed_data
            data[mass] = self.data.get(mass, "") if changed else stored
            data[f"initial-{mass}"], data[version] = stored, str(electrode.version)
            if changed and self.cleaned_data.get(version) != electrode.version:
                told[electrode.pk] = _("Somebody else has stored %(mass)s meanwhile.") % {
                    "mass": f"{stored} mg" if stored else _("no mass")
                }
        form = WeighForm(data, user=self.user, sample=self.sample, told=told)
        form.full_clean()
        return form


def stored_mass(electrode: Electrode) -> str:
    """Write the mass that is stored, all readings of it."""
    several = readings_of(electrode, "mass_mg")
    if several is not None:
        return write_readings(several.values)
    return "" if electrode.mass_mg is None else write_readings([electrode.mass_mg])
