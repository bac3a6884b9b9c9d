"""Series: one form, many records that differ in one field, stored together or not at all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labsite.access.forms import RecordForm
from labsite.access.models import User
from labsite.access.records import Record
from labsite.lib.forms import QuantityField
from labsite.lib.plausible import unusual
from labsite.lib.units import show_number
from labsite.lib.valuelists import split_values

if TYPE_CHECKING:
    from labsite.access.kinds import Kind

AT_MOST = 100
"""Records that one form makes at most."""
TRIED = 20
"""Values that the preview tries while one types."""


class SeriesError(Exception):
    """One value of a series makes no record: nothing of the series was stored."""

    def __init__(self, message: str, form: RecordForm) -> None:
        """Keep the form of the record that could not be made, as it was typed."""
        super().__init__(message)
        self.form = form


class SeriesForm(forms.Form):
    """Which field of a record's form is varied over which values; or how many copies are made."""

    series_field = forms.ChoiceField(label=gettext_lazy("Vary"), required=False)
    series_values = forms.CharField(
        label=gettext_lazy("Values"),
        required=False,
        max_length=5000,
        help_text=gettext_lazy("“0, 0.5, 0.8, 1” or “0,5; 0,8” or “1 min; 5 min”."),
    )
    series_copies = forms.IntegerField(
        label=gettext_lazy("Number of copies"),
        required=False,
        min_value=1,
        help_text=gettext_lazy("When no field is varied: as many records like this."),
    )

    def __init__(self, *args: Any, form: RecordForm, **kwargs: Any) -> None:
        """Offer the plain fields of the form: numbers, choices, texts, dates."""
        super().__init__(*args, **kwargs)
        self.form = form
        self.texts: list[str] = []
        self.fields["series_field"].choices = [  # type: ignore[attr-defined]
            ("", _("nothing: make copies")),
            *_plain_fields(form),
        ]
        self.fields["series_values"].widget.attrs["autocomplete"] = "off"
        self.fields["series_copies"].widget.attrs["max"] = str(AT_MOST)

    @property
    def wanted(self) -> bool:
        """Whether more than one ordinary record is asked for."""
        return self.is_bound and any(self.data.get(name, "").strip() for name in self.fields)

    @property
    def varied(self) -> str:
        """The label of the field that is varied; nothing for copies."""
        name = self.cleaned_data.get("series_field", "")
        return str(self.form.fields[name].label) if name else ""

    def clean(self) -> dict[str, Any]:
        """Split the values; one text a record."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        name, text = typed.get("series_field", ""), typed.get("series_values", "")
        copies = typed.get("series_copies")
        if name:
            self._clean_values(name, text, copies)
        elif text:
            self.add_error("series_field", _("Choose the field that takes these values."))
        elif copies and copies > AT_MOST:
            self.add_error("series_copies", _too_many(copies))
        else:
            self.texts = [""] * (copies or 0)
        return typed

    def _clean_values(self, name: str, text: str, copies: int | None) -> None:
        if copies is not None:
            self.add_error(
                "series_copies", _("Give values or a number of copies; leave the other empty.")
            )
        try:
            numbers = isinstance(self.form.fields[name], QuantityField | forms.IntegerField)
            texts = split_values(text, numbers=numbers)
        except ValidationError as error:
            self.add_error("series_values", error)
            return
        if not texts and not self.has_error("series_values"):
            self.add_error("series_values", _("Write the values that the field takes."))
        elif len(texts) > AT_MOST:
            self.add_error("series_values", _too_many(len(texts)))
        else:
            self.texts = texts


def _too_many(found: int) -> str:
    return _("These are %(found)d records; one form makes at most %(most)d. Make two series.") % {
        "found": found,
        "most": AT_MOST,
    }


def _plain_fields(form: RecordForm) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Give the leading fields by group, without those that point to other records."""
    for group in form.groups():
        plain = [
            (entry.value.name, str(entry.value.label))
            for entry in group.entries
            if not isinstance(entry.value.field, forms.ModelChoiceField | forms.BooleanField)
        ]
        if plain:
            yield str(group.title), plain


@dataclass(frozen=True)
class Row:
    """What one value of a series makes."""

    number: int
    text: str
    value: str
    unit: str
    summary: str
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What is possible, but unusual."""


@dataclass(frozen=True)
class Preview:
    """The rows of a series, and what is wrong with the form itself."""

    rows: list[Row]
    elsewhere: list[tuple[str, str]]


@dataclass(frozen=True)
class Series:
    """One filled-in form, repeated over ``texts`` in the field ``name`` (empty: plain copies)."""

    kind: "Kind"
    user: User
    data: QueryDict
    name: str
    texts: list[str]
    initial: Mapping[str, Any] = field(default_factory=dict)

    def form(self, text: str) -> RecordForm:
        """Return a fresh form in which the varied field holds one of the values."""
        data = self.data.copy()
        form = self.kind.form(data, user=self.user, initial=dict(self.initial))
        if self.name:
            data[form.add_prefix(self.name)] = _as_sent(form.fields[self.name], text)
        return form

    def preview(self) -> Preview:
        """Try the first values, all are tried on saving; copies are alike, so one is tried."""
        rows: list[Row] = []
        elsewhere: dict[str, str] = {}
        seen: dict[str, int] = {}
        for number, text in enumerate(self.texts[: TRIED if self.name else 1], start=1):
            form = self.form(text)
            row = self._row(form, number, text, seen)
            if row.value:
                seen.setdefault(row.value, number)
            rows.append(row)
            elsewhere |= self._elsewhere(form)
        return Preview(rows, list(elsewhere.items()))

    def _row(self, form: RecordForm, number: int, text: str, seen: Mapping[str, int]) -> Row:
        valid = form.is_valid()
        bound = form[self.name] if self.name else None
        value = _understood(bound, form.cleaned_data.get(self.name)) if bound is not None else ""
        return Row(
            number=number,
            text=text,
            value=value,
            unit=getattr(bound.field, "unit", "") if bound is not None and value else "",
            summary=form.instance.summary if valid else "",
            errors=self._errors(form, text),
            notes=list(self._notes(form, value, seen)),
        )

    def _notes(self, form: RecordForm, value: str, seen: Mapping[str, int]) -> Iterator[str]:
        if value in seen and self.name:
            yield _("The same value as in row %(number)d.") % {"number": seen[value]}
        target = form.fields.get(self.name)
        if isinstance(target, QuantityField):
            yield from filter(
                None, [unusual(form.cleaned_data.get(self.name), target.usual, target.unit)]
            )

    def _errors(self, form: RecordForm, text: str) -> list[str]:
        """Return what is wrong with the value, or with the record that it makes."""
        own = [str(one) for one in form.errors.get(self.name, [])] if self.name else []
        if own and (allowed := _words(form.fields[self.name])):
            own = [
                _("“%(text)s” is not one of: %(allowed)s.")
                % {"text": text, "allowed": ", ".join(allowed.values())}
            ]
        return [*own, *(str(one) for one in form.non_field_errors())]

    def _elsewhere(self, form: RecordForm) -> dict[str, str]:
        """Return what is wrong with the fields that are not varied, by label."""
        return {
            str(form[name].label): " ".join(str(one) for one in errors)
            for name, errors in form.errors.items()
            if name not in {self.name, NON_FIELD_ERRORS}
        }

    def store(self) -> list[Record]:
        """Store all records in order, in one transaction; raises SeriesError, PermissionDenied."""
        with transaction.atomic():
            return [self._store(number, text) for number, text in enumerate(self.texts, start=1)]

    def _store(self, number: int, text: str) -> Record:
        form = self.form(text)
        if form.is_valid():
            try:
                return form.store()
            except ValidationError as error:
                form.add_error(None, error.messages)
        where = (_("Value %(number)d (“%(text)s”)") if self.name else _("Copy %(number)d")) % {
            "number": number,
            "text": text,
        }
        own = self._errors(form, text) or [_("the form needs a correction.")]
        self._show_as_typed(form)
        raise SeriesError(f"{where}: {' '.join(own)}", form)

    def _show_as_typed(self, form: RecordForm) -> None:
        """Let the form show what stands in it; what is wrong with a value is told by the series."""
        for told in (self.name, NON_FIELD_ERRORS):
            form.errors.pop(told, None)
        if self.name:
            html_name = form.add_prefix(self.name)
            form.data = self.data.copy()
            form.data.setdefault(html_name, "")


def _as_sent(target: forms.Field, text: str) -> str:
    """Return a value as the form sends it: the key of a choice for its words."""
    for key, words in _words(target).items():
        if text.casefold() in {key.casefold(), words.casefold()}:
            return key
    return text


def _words(target: forms.Field) -> dict[str, str]:
    """Return the choices of a field by key, or nothing."""
    if not isinstance(target, forms.ChoiceField):
        return {}
    choices: Any = target.choices
    return {str(key): str(words) for key, words in choices if key not in ("", None)}


def _understood(bound: forms.BoundField, value: Any) -> str:
    """Write a value as it was understood; nothing when it was not."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return show_number(value)
    return _words(bound.field).get(str(value), str(value))
