"""The form of a method's parameters, made from their dataclass."""

import dataclasses
from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from analysis.methods import Method, MethodError
from analysis.params import build_params
from labsite.access.models import User
from labsite.access.picking import RecordChoiceField
from labsite.lib.forms import QuantityField
from labsite.lib.numbers import show_alone
from measurements.models import Measurement
from measurements.words import name_and_unit

INPUTS_OFFERED = 200


class LaunchForm(forms.Form):
    """Parameters of a method, and further measurements where it takes several."""

    def __init__(
        self, *args: Any, method: Method, measurement: Measurement, user: User, **kwargs: Any
    ) -> None:
        """Make a field for each parameter and each further role."""
        super().__init__(*args, **kwargs)
        self.method = method
        for field in dataclasses.fields(method.params):
            self.fields[field.name] = parameter_field(field)
        for role in method.roles[1:]:
            self.fields[f"input_{role}"] = _input_field(role, measurement, user)

    @property
    def parameters(self) -> list[forms.BoundField]:
        """The fields of the parameters."""
        return [field for field in self if not field.name.startswith("input_")]

    @property
    def inputs(self) -> list[forms.BoundField]:
        """The fields of further measurements."""
        return [field for field in self if field.name.startswith("input_")]

    def clean(self) -> dict[str, Any]:
        """Check the parameters as the method will."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                build_params(self.method, self.chosen())
            except MethodError as error:
                self.add_error(None, error.message)
        return cleaned

    def chosen(self) -> dict[str, object]:
        """Return the parameters that were given; empty ones keep their default."""
        names = {field.name for field in dataclasses.fields(self.method.params)}
        given = {name: self.cleaned_data.get(name) for name in names}
        return {name: value for name, value in given.items() if value not in (None, "")}

    def further(self) -> dict[str, Measurement]:
        """Return the further measurements by role."""
        roles = {role: self.cleaned_data.get(f"input_{role}") for role in self.method.roles[1:]}
        return {role: chosen for role, chosen in roles.items() if chosen is not None}


def parameter_field(field: "dataclasses.Field[Any]") -> forms.Field:
    """Return the form field of a parameter, with its bounds and choices in words."""
    label, unit = name_and_unit(field.name)
    hints = [str(field.metadata.get("help", "")), bounds(field)]
    options: dict[str, Any] = {
        "label": label,
        "required": False,
        "initial": field.default,
        "help_text": " ".join(hint for hint in hints if hint),
    }
    choices = field.metadata.get("choices")
    if isinstance(field.default, bool):
        return forms.BooleanField(**options)
    if choices:
        named = [(choice, str(choice).replace("_", " ")) for choice in choices]
        return forms.TypedChoiceField(choices=named, coerce=_kind(field), **options)
    if isinstance(field.default, int):
        return forms.IntegerField(**options)
    if isinstance(field.default, float):
        return QuantityField(unit=unit, **options)
    return forms.CharField(**options)


def _kind(field: "dataclasses.Field[Any]") -> Callable[[Any], Any]:
    return type(field.default)


def bounds(field: "dataclasses.Field[Any]") -> str:
    """Return the allowed range of a parameter in words."""
    low, high = field.metadata.get("min"), field.metadata.get("max")
    if low is None or high is None:
        return ""
    return _("Between %(low)s and %(high)s.") % {
        "low": show_alone(float(low)), "high": show_alone(float(high))
    }  # fmt: skip


def _input_field(role: str, measurement: Measurement, user: User) -> forms.Field:
    """Offer the newest measurements of the same kind in the same project."""
    rows = (
        Measurement.objects.visible_to(user)
        .valid()
        .filter(
            project=measurement.project_id,
            kind=measurement.kind,
            status=Measurement.Status.DONE,
        )
        .exclude(pk=measurement.pk)
        .select_related("batch", "film", "coating", "electrode", "cell", "lot", "sensor")
    )
    newest = rows.values("pk")[:INPUTS_OFFERED]
    return RecordChoiceField(
        queryset=rows.filter(pk__in=list(newest.values_list("pk", flat=True))),
        required=False,
        label=_("Measurement for “%(role)s”") % {"role": role.replace("_", " ")},
        help_text=_("Optional."),
    )
