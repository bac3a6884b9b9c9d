"""Choices among many records: the newest ones in the page, all of them by searching."""

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from labsite.access.models import User
from labsite.access.records import ProjectRecord, Record
from labsite.lib.forms import NOTHING

LISTED = 60
"""Records that a choice lists; more are found by typing."""
FOUND = 30
"""Records that a search for a choice shows."""

Source = Callable[[User], "QuerySet[Any]"]

_sources: dict[str, tuple[Source, tuple[str, ...]]] = {}


def offer(name: str, source: Source, searched: tuple[str, ...]) -> None:
    """Let records be searched under a name, by words in the fields; said once at start-up."""
    _sources[name] = (source, searched)


def name_of(record: Any) -> str:
    """Return "EB-2026-0001 · x = 0.80"; lab-wide records name themselves."""
    own = isinstance(record, ProjectRecord)
    return f"{record.code} · {getattr(record, 'summary', '')}" if own else str(record)


class ShortIterator(forms.models.ModelChoiceIterator[Any]):
    """The empty choice, the newest records, and the chosen one when it is older."""

    value: Any = None
    """What is chosen."""
    search = ""
    """The address that finds the records that are not listed; empty when all are."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        """Give value and name."""
        field: Any = self.field
        if field.empty_label is not None:
            yield ("", field.empty_label)
        rows = list(self.queryset[: LISTED + 1])
        self.search = field.search_url() if len(rows) > LISTED else ""
        for record in rows[:LISTED]:
            yield self.choice(record)
        chosen = field.chosen(self.value, rows[:LISTED])
        if chosen is not None:
            yield self.choice(chosen)


class RecordSelect(forms.Select):
    """A select that can be searched when it does not list all records."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """List what is chosen, and tell the page where to search."""
        if isinstance(self.choices, ShortIterator):
            self.choices.value = value
        context = super().get_context(name, value, attrs)
        if search := getattr(self.choices, "search", ""):
            context["widget"]["attrs"] |= {"data-pick": search, "data-none": _("Nothing found")}
        return context


class RecordChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """A choice among records; ``pick`` names the search that finds those that are not listed."""

    iterator = ShortIterator
    widget = RecordSelect

    def __init__(self, *args: Any, pick: str = "", **kwargs: Any) -> None:
        """Show a dash where nothing is chosen."""
        self.pick = pick
        super().__init__(*args, **{"empty_label": NOTHING, **kwargs})

    def chosen(self, value: Any, listed: list[Any]) -> Any:
        """Return the chosen record unless it is among the listed ones."""
        rows: Any = self.queryset
        if not value or any(str(one.pk) == str(value) for one in listed):
            return None
        try:
            return rows.filter(pk=value).first()
        except (ValueError, forms.ValidationError):
            return None

    def search_url(self) -> str:
        """Return the address that searches all records; empty when there is no such search."""
        model: Any = self.queryset.model if self.queryset is not None else None
        name = self.pick or (str(model._meta.model_name) if model is not None else "")
        return reverse("pick", args=[name]) if name in _sources else ""

    def label_from_instance(self, obj: Any) -> str:
        """Name the record."""
        return name_of(obj)


@require_safe
def pick(request: HttpRequest, name: str) -> JsonResponse:
    """Return the records in which every word of ?q= occurs, the newest first."""
    if name not in _sources:
        raise Http404
    source, searched = _sources[name]
    rows = source(request.user)  # type: ignore[arg-type]  # pages need a login
    for word in request.GET.get("q", "")[:100].replace("\0", "").split():
        condition = Q()
        for field in searched:
            condition |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(condition)
    found = [{"value": str(row.pk), "text": name_of(row)} for row in rows.distinct()[:FOUND]]
    return JsonResponse({"found": found})


def usable(model: type[Record], *related: str) -> Source:
    """Return the search among the records of a model that a person may read and that are valid."""

    def source(user: User) -> "QuerySet[Any]":
        rows: QuerySet[Any] = model.objects.visible_to(user)
        return rows.filter(voided_at__isnull=True).select_related(*related)

    return source
