"""Forms in groups, with quantities that take units."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from labsite.lib.plausible import Range, Ranges, unusual
from labsite.lib.readings import (
    Readings,
    keep_readings,
    parse_readings,
    readings_of,
    typed_u,
    write_readings,
)
from labsite.lib.units import QuantityError, parse_quantity, show_number, split_unit

Words = str | Promise
Groups = Sequence[tuple[Words, Sequence[str]]]
"""Headings with the names of the leading fields below them."""

NOTHING = "–"
FIELD_NAME = re.compile(r"\b[a-z0-9]+_\w+\b")
BROKEN_CONSTRAINT = re.compile(r"Constraint “(\w+)” is violated\.")
UNIT_ENDINGS = ("_mw_cm2", "_mg_cm2", "_g_ml", "_cm2", "_um", "_mm", "_mg")


class QuantityInput(forms.TextInput):
    """A text field that shows stored numbers without float noise, typed text as it is."""

    def format_value(self, value: Any) -> str | None:
        """Return the text of the field."""
        return show_number(value) if isinstance(value, float) else super().format_value(value)


class QuantityField(forms.Field):
    """A number in ``unit``; people may type another unit of the same kind, or a decimal comma.

    With ``readings`` several of them: the field then gives ``Readings``, of which a form of a
    record keeps the mean, its uncertainty and the readings themselves.
    """

    def __init__(self, *, unit: str, readings: bool = False, **options: Any) -> None:
        """Keep the unit as it is shown ("µm", "mg/cm²"; empty for a plain number)."""
        self.unit = unit
        self.readings = readings
        self.is_quantity = True
        self.usual: Range | None = None
        self.own_hint = False
        """Whether an uncertainty shows what was understood by itself, not beside its value."""
        widget = QuantityInput(attrs={"autocomplete": "off"})
        super().__init__(**{"widget": widget, **options})

    def to_python(self, value: Any) -> float | Readings | None:
        """Return the number in the field's unit; raises ValidationError with a sentence."""
        if value in self.empty_values:
            return None
        try:
            if self.readings:
                return parse_readings(str(value), self.unit)
            return parse_quantity(str(value), self.unit)
        except QuantityError as error:
            raise ValidationError(str(error), code="quantity") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as numbers."""
        shown = show_number(initial) if isinstance(initial, float) else initial
        try:
            return bool(self.to_python(data) != self.to_python(shown))
        except ValidationError:
            return True


class MomentField(forms.DateTimeField):
    """A date with a time to the minute, picked in the browser's own field."""

    def __init__(self, **options: Any) -> None:
        """Use the browser's field."""
        picker = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(**{**options, "widget": picker, "show_hidden_initial": False})

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare to the minute: the seconds of a stored time are not shown."""
        if isinstance(initial, datetime):
            initial = initial.replace(second=0, microsecond=0)
        return super().has_changed(initial, data)


def field_for(field: "models.Field[Any, Any]", **options: Any) -> forms.Field | None:
    """Return the form field of a model field: numbers take units, times are picked.

    Used as ``Meta.formfield_callback``.
    """
    if isinstance(field, models.FloatField):
        name, unit = split_unit(str(field.verbose_name))
        return QuantityField(
            unit=unit,
            readings=field.name in getattr(field.model, "READINGS", ()),
            required=not field.blank,
            label=name[:1].upper() + name[1:],
            help_text=str(field.help_text),
        )
    if isinstance(field, models.DateTimeField):
        options["form_class"] = MomentField
    elif isinstance(field, models.DateField):
        options["widget"] = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    elif isinstance(field, models.TextField):
        options["widget"] = forms.Textarea(attrs={"rows": 3})
    form_field = field.formfield(**options)
    if isinstance(form_field, forms.ModelChoiceField):
        form_field.empty_label = NOTHING
    elif isinstance(form_field, forms.TypedChoiceField):
        empty = _("source: not said") if field.name.endswith("_source") else NOTHING
        known: Any = form_field.choices
        form_field.choices = [(value, word if value else empty) for value, word in known]
    return form_field


def uncertainty_of(name: str) -> str:
    """Return the name of the field that holds the standard uncertainty of a quantity."""
    return f"{name}_u"


def source_of(name: str) -> str:
    """Return the name of the field that says where a quantity comes from: it has no unit."""
    for ending in UNIT_ENDINGS:
        name = name.removesuffix(ending)
    return f"{name}_source"


def fields_of(groups: Groups, model: type[models.Model]) -> list[str]:
    """Return the leading fields and the uncertainties and sources that they have."""
    known = {field.name for field in model._meta.get_fields()}
    names: list[str] = []
    for _title, leading in groups:
        for name in leading:
            others = (uncertainty_of(name), source_of(name))
            names += [name, *(other for other in others if other in known)]
    return names


@dataclass(frozen=True)
class Entry:
    """A field with, where it has them, its uncertainty and its source."""

    value: forms.BoundField
    uncertainty: forms.BoundField | None
    source: forms.BoundField | None

    @property
    def parts(self) -> list[forms.BoundField]:
        """All fields of the entry."""
        return [part for part in (self.value, self.uncertainty, self.source) if part is not None]


@dataclass(frozen=True)
class Group:
    """Some entries under a heading."""

    title: Words
    entries: list[Entry]


class GroupedForm(forms.ModelForm[Any]):
    """A form in groups, in the order of the work at the bench.

    ``GROUPS`` names the leading fields; ``thickness_um`` brings ``thickness_um_u`` and
    ``thickness_source`` along where the model has them.
    """

    GROUPS: ClassVar[Groups] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Tell the fields what is usual for them (``PLAUSIBLE`` of the model)."""
        super().__init__(*args, **kwargs)
        ranges: Ranges = getattr(self._meta.model, "PLAUSIBLE", {})
        for name, usual in ranges.items():
            field = self.fields.get(name)
            if isinstance(field, QuantityField):
                field.usual = usual
        self._show_readings()

    def _with_readings(self) -> list[str]:
        """Return the names of the fields that take several readings."""
        fields = self.fields.items()
        return [name for name, one in fields if isinstance(one, QuantityField) and one.readings]

    def _show_readings(self) -> None:
        """Show the readings behind a mean, and the uncertainty that was typed beside them."""
        for name in self._with_readings():
            known = readings_of(self.instance, name)
            if known is not None and not self.instance._state.adding:
                self.initial[name] = write_readings(known.values)
                self.initial[uncertainty_of(name)] = typed_u(self.instance, name)

    def warnings(self) -> list[str]:
        """Return what was typed and is unusual, in sentences; it is saved all the same."""
        found = []
        for name, field in self.fields.items():
            if isinstance(field, QuantityField):
                words = unusual(self.cleaned_data.get(name), field.usual, field.unit)
                found += [f"{field.label}: {words}."] if words else []
        return found

    def clean(self) -> dict[str, Any]:
        """Keep the seconds of times, and all digits of numbers, that were left alone."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        typed |= {name: getattr(self.instance, name) for name in self._left_alone()}
        for name in self._with_readings():
            if isinstance(typed.get(name, 0.0), Readings | None):
                self._keep_readings(typed, name)
        return typed

    def _left_alone(self) -> Iterator[str]:
        """Give times, and numbers of a stored record; a mean goes together with its u."""
        changed = set(self.changed_data)
        for name in self._with_readings():
            changed |= {name, uncertainty_of(name)} if self._touched(name) else set()
        for name, field in self.fields.items():
            number = isinstance(field, QuantityField) and not self.instance._state.adding
            kept = number or isinstance(field, MomentField)
            if kept and name not in changed and hasattr(self.instance, name):
                yield name

    def _touched(self, name: str) -> bool:
        return bool({name, uncertainty_of(name)} & set(self.changed_data))

    def _keep_readings(self, typed: dict[str, Any], name: str) -> None:
        """Put the mean of the readings and its uncertainty into their fields."""
        u = uncertainty_of(name)
        u_b = typed.get(u)
        wrong = u_b is not None and u_b < 0
        mean, mean_u = keep_readings(self.instance, name, typed[name], None if wrong else u_b)
        typed[name] = mean
        if u in typed and not wrong:
            typed[u] = mean_u

    def add_error(self, field: str | None, error: Any) -> None:
        """Say in words what a broken constraint demands."""
        super().add_error(field, error)
        for problem in self.non_field_errors().as_data():
            problem.message = self._in_words(str(problem.message))

    def _in_words(self, message: str) -> str:
        """Write labels for names of fields; the name of a constraint is itself a sentence."""
        broken = BROKEN_CONSTRAINT.fullmatch(message)
        if broken is None:
            return FIELD_NAME.sub(self._label, message)
        rule = broken[1].removeprefix(f"{self._meta.model._meta.db_table}_").replace("_", " ")
        return _("It must hold: %(rule)s.") % {"rule": rule}

    def _label(self, name: re.Match[str]) -> str:
        field = self.fields.get(name[0])
        return str(field.label) if field else name[0]

    def groups(self) -> Iterator[Group]:
        """Give the groups in order."""
        for title, names in self.GROUPS:
            yield Group(title, [self._entry(name) for name in names if name in self.fields])

    def _entry(self, name: str) -> Entry:
        others = (uncertainty_of(name), source_of(name))
        return Entry(
            self[name], *(self[other] if other in self.fields else None for other in others)
        )
