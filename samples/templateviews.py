"""Pages of templates: the list, what one holds, and making one of a record."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labsite.access.facts import facts
from labsite.access.formpages import require_form, typed
from labsite.access.forms import RecordFilters
from labsite.access.kinds import Kind
from labsite.access.models import User
from labsite.access.recording import EditConflictError, check_may_edit
from labsite.access.tables import RecordTable
from labsite.access.viewers import PersonRequest, Viewer
from labsite.lib.tables import MEDIUM, shown_from
from labsite.lib.web import page_url
from samples.models import Template
from samples.plans import planned_words
from samples.templateforms import SaveTemplateForm, TemplateForm
from samples.templating import start_of, templates_of


class TemplateTable(RecordTable):
    """Templates of the lab."""

    name = tables.Column(gettext_lazy("Name"), attrs={"td": {"class": "wide"}})
    kind = tables.Column(gettext_lazy("For"))
    created_by = tables.Column(gettext_lazy("By"), attrs=shown_from(MEDIUM))

    class Meta:
        model = Template
        fields = ("code", "name", "kind", "created_by")
        sequence = (*fields, "state")


class TemplateFilters(RecordFilters):
    """Filters of templates."""

    SEARCHED = (*RecordFilters.SEARCHED, "name", "notes")

    class Meta:
        model = Template
        fields = ("q", "kind", "voided")


class TemplateKind(Kind):
    """Templates are made of records, not from an empty form."""

    def may_add(self, user: User) -> bool:
        """Return False."""
        return False


def template_panels(record: Template, viewer: Viewer) -> Mapping[str, object]:
    """Return what a template holds, in the words of the form that it fills in."""
    templates = templates_of(record.kind)
    if templates is None:
        return {}
    start = start_of(templates.model, str(record.pk), record)
    columns = {column.name: column.attname for column in templates.model._meta.concrete_fields}
    values = {columns[name]: value for name, value in start.values.items() if name in columns}
    sample: Any = templates.model(**values)
    groups = [
        (title, [name for name in names if name in start.values])
        for title, names in templates.form.GROUPS
    ]
    return {
        "contents": list(facts(sample, groups, viewer)),
        "ingredients": record.rows,
        "planned": [planned_words(plan) for plan in record.steps],
        "missing": start.missing,
        "start_url": "" if record.voided_at else templates.add_url(record),
    }


TEMPLATE = TemplateKind(
    name="template",
    folder="templates",
    model=Template,
    form=TemplateForm,
    table=TemplateTable,
    filters=TemplateFilters,
    one=gettext_lazy("template"),
    many=gettext_lazy("Templates"),
    icon="template",
    hint=gettext_lazy(
        "Open a record that you make often and choose “Save as template”; "
        "it then stands in the menu “Start from” of new records."
    ),
    related=("created_by",),
    panels=template_panels,
)


@require_form
def template_save(request: PersonRequest, kind: str, pk: UUID) -> HttpResponse:
    """Make a template of a record."""
    templates = templates_of(kind)
    if templates is None:
        raise Http404
    record: Any = get_object_or_404(templates.model.objects.visible_to(request.user), pk=pk)
    check_may_edit(request.user, Template(kind=kind))
    form = SaveTemplateForm(typed(request), user=request.user, record=record, templates=templates)
    if request.method == "POST" and form.is_valid():
        try:
            template = form.store()
        except ValidationError as error:
            form.add_error(None, error)
        except EditConflictError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("The template “%(name)s” is saved.") % {"name": template.name}
            )
            return redirect(page_url(template))
    context = {"object": record, "form": form, "title": _("Save as template")}
    return render(request, "components/act.html", {**context, "back": page_url(record)})
