"""Model fields for measured numbers: value, standard uncertainty and where the value comes from."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.validators import BaseValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class Source(models.TextChoices):
    """Where a value comes from."""

    MEASURED = "measured", _("measured")
    ASSUMED = "assumed", _("assumed")
    PAPER = "paper", _("from the paper")
    SUPPLIER = "supplier", _("from the supplier")
    DERIVED = "derived", _("calculated from what was weighed")


def number(
    label: "StrPromise",
    *,
    help_text: "StrPromise | str" = "",
    minimum: float | None = 0,
    maximum: float | None = None,
) -> "models.FloatField[float | None, float | None]":
    """Return an optional number, never below ``minimum`` nor above ``maximum``."""
    validators: list[BaseValidator] = []
    if minimum is not None:
        validators.append(MinValueValidator(minimum))
    if maximum is not None:
        validators.append(MaxValueValidator(maximum))
    return models.FloatField(
        label, null=True, blank=True, help_text=help_text, validators=validators
    )


def uncertainty(label: "StrPromise") -> "models.FloatField[float | None, float | None]":
    """Return an optional standard uncertainty (k = 1) in the unit of its value."""
    return models.FloatField(
        label,
        null=True,
        blank=True,
        help_text=_("Standard uncertainty (k = 1)."),
        validators=[MinValueValidator(0)],
    )


def calculated(label: "StrPromise") -> "models.FloatField[float | None, float | None]":
    """Return a number that a service works out from other records; forms do not offer it."""
    return models.FloatField(label, null=True, blank=True, editable=False)


def readings() -> "models.JSONField[dict[str, object], dict[str, object]]":
    """Return the single readings behind means, as lists by the name of the field."""
    return models.JSONField(_("single readings"), default=dict, blank=True)


def source(label: "StrPromise") -> "models.CharField[str, str]":
    """Return where a value comes from; empty when there is no value."""
    return models.CharField(label, max_length=8, choices=Source, blank=True)


def not_negative(table: str, names: Iterable[str]) -> list[models.CheckConstraint]:
    """Return one named constraint a field: empty or at least zero."""
    return [
        models.CheckConstraint(
            name=f"{table}_{name}_not_negative",
            condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 0}),
            violation_error_message=f"{name} must not be below 0.",
        )
        for name in names
    ]


def positive(table: str, names: Iterable[str]) -> list[models.CheckConstraint]:
    """Return one named constraint a field: empty or above zero."""
    return [
        models.CheckConstraint(
            name=f"{table}_{name}_positive",
            condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gt": 0}),
            violation_error_message=f"{name} must be above 0.",
        )
        for name in names
    ]


def exactly_one(table: str, names: tuple[str, ...]) -> models.CheckConstraint:
    """Return the constraint that exactly one of the foreign keys is set."""
    condition = Q()
    for chosen in names:
        condition |= Q(**{f"{name}__isnull": name != chosen for name in names})
    return models.CheckConstraint(
        name=f"{table}_exactly_one_subject",
        condition=condition,
        violation_error_message=f"Give exactly one of: {', '.join(names)}.",
    )


def ordered(table: str, low: str, high: str) -> models.CheckConstraint:
    """Return the constraint that one field is below another when both are set."""
    return models.CheckConstraint(
        name=f"{table}_{low}_below_{high}",
        condition=Q(**{f"{low}__isnull": True})
        | Q(**{f"{high}__isnull": True})
        | Q(**{f"{low}__lt": F(high)}),
        violation_error_message=f"{low} must be below {high}.",
    )
