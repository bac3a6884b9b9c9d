"""Fields of the page of an unknown table: how it is written, under which name it is kept."""

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from measurements.mappings.document import contradictions
from measurements.mappings.layout import (
    DECIMALS,
    ENCODINGS,
    MAX_HEADER_LINES,
    SEPARATORS,
    THOUSANDS,
    Layout,
)
from measurements.mappings.quantities import KINDS
from measurements.models import Measurement


def _choices(words: AnyMapping[str, str]) -> list[tuple[str, str]]:
    return list(words.items())


class LayoutForm(forms.Form):
    """How the table is written, and what was measured."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(kind, label) for kind, label in Measurement.Kind.choices if kind in KINDS],
    )
    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    separator = forms.ChoiceField(label=_("Columns parted by"), choices=_choices(SEPARATORS))
    decimal = forms.ChoiceField(label=_("Decimal sign"), choices=_choices(DECIMALS))
    thousands = forms.ChoiceField(label=_("Thousands"), choices=_choices(THOUSANDS), required=False)
    encoding = forms.ChoiceField(label=_("Encoding"), choices=_choices(ENCODINGS))
    headings_line = forms.IntegerField(
        label=_("Headings in line"), min_value=0, max_value=MAX_HEADER_LINES,
        help_text=_("0: none."),
    )  # fmt: skip
    first_line = forms.IntegerField(
        label=_("Data from line"), min_value=1, max_value=MAX_HEADER_LINES
    )

    def __init__(self, *args: Any, sheets: Sequence[str], **kwargs: Any) -> None:
        """Ask for what the file has: a sheet of a workbook, else how the text is written."""
        super().__init__(*args, **kwargs)
        unused = ("separator", "encoding") if sheets else ("sheet",)
        for name in unused:
            del self.fields[name]
        if sheets:
            self.fields["sheet"] = forms.ChoiceField(
                label=_("Sheet"), choices=[(name, name) for name in sheets]
            )

    def clean(self) -> dict[str, Any]:
        """Refuse what cannot be together."""
        if not self.errors:
            for name, words in contradictions(self.layout()).items():
                self.add_error(name, words)
        return self.cleaned_data

    def layout(self) -> Layout:
        """Return how the table is written."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "kind"}
        return Layout(**given)


class SaveForm(forms.Form):
    """Under which name a mapping is kept."""

    name = forms.CharField(
        label=_("Name of the format"),
        max_length=100,
        help_text=_("For example the program that writes such files."),
    )
    name_contains = forms.CharField(
        label=_("Only files whose name contains"), max_length=100, required=False
    )
    change = forms.BooleanField(required=False)
