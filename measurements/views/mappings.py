"""Pages of unknown tables: saying what the columns mean, reading further files by it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from labsite.access.pages import require_form
from labsite.access.recording import EditConflictError, check_may_edit
from labsite.access.records import may_edit
from labsite.access.viewers import PersonRequest
from labsite.lib.storage import local_copy
from labsite.lib.web import page_url
from measurements.formats import FormatError
from measurements.forms.layouts import SaveForm
from measurements.forms.mappings import MapForm, map_form
from measurements.kinds import MEASUREMENT
from measurements.labformats import (
    Wish,
    choose,
    may_be_mapped,
    same_table,
    save_and_read,
    table_of,
)
from measurements.mappings.document import MappingError, from_json, to_json
from measurements.mappings.mapping import Mapping
from measurements.models import LabFormat, Measurement
from measurements.previews import Preview, preview


@require_form
def measurement_map(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Say what the columns of a file mean, and save it as a format of the lab."""
    measurement = _find(request, pk)
    if not may_be_mapped(measurement):
        messages.info(request, _("%(code)s was read by a format.") % {"code": measurement.code})
        return redirect(page_url(measurement))
    typed = request.POST if request.method == "POST" else None
    form, seen = _seen(measurement, typed)
    save = SaveForm(typed, initial=_save_initial(measurement))
    wanted = typed is not None and "save" in typed and save.is_valid()
    if wanted and (form.mapping is None or seen is None or seen.error):
        save.add_error(None, _("What is missing stands beside the columns and the preview."))
    elif wanted and form.mapping is not None:
        saved = _save(request, measurement, form.mapping, save)
        if saved is not None:
            messages.success(
                request,
                _("%(name)s is saved; %(code)s is being read by it.")
                % {"name": saved.name, "code": measurement.code},
            )
            others = same_table(saved, request.user)
            others = [one for one in others if one.pk != measurement.pk]
            return redirect(page_url(saved) if others else page_url(measurement))
    context = _context(request, measurement, form, seen)
    return render(request, "measurements/map.html", {**context, "save": save})


@require_POST
def measurement_map_preview(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Show the columns and the preview of what is typed."""
    measurement = _find(request, pk)
    form, seen = _seen(measurement, request.POST)
    context = _context(request, measurement, form, seen)
    return render(request, "measurements/_map_live.html", context)


@require_safe
def format_others(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Show the failed measurements that a format of the lab would read."""
    saved = get_object_or_404(LabFormat.objects.valid(), pk=pk)
    context = {"object": saved, "others": same_table(saved, request.user)}
    return render(request, "measurements/_format_others.html", context)


@require_POST
def format_read(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Read the chosen failed measurements (POST: measurement, several) by a format of the lab."""
    saved = get_object_or_404(LabFormat.objects.valid(), pk=pk)
    wanted = request.POST.getlist("measurement")
    rows = MEASUREMENT.records(request.user).filter(code__in=wanted)
    for measurement in rows:
        try:
            choose(measurement=measurement, saved=saved, by=request.user)
        except ValidationError as error:
            messages.error(request, f"{measurement.code}: {' '.join(error.messages)}")
        else:
            messages.success(request, _("%(code)s is being read.") % {"code": measurement.code})
    return redirect(page_url(saved))


def _find(request: PersonRequest, pk: UUID) -> Measurement:
    measurement: Measurement = get_object_or_404(MEASUREMENT.records(request.user), pk=pk)
    check_may_edit(request.user, measurement)
    return measurement


@contextmanager
def _table(measurement: Measurement) -> Iterator[Path]:
    """Yield the newest file of a measurement; FormatError when it has none or it is damaged."""
    raw = measurement.raw_files.select_related("blob").last()
    if raw is None:
        raise FormatError(f"{measurement.code} has no file")
    with local_copy(str(raw.blob.file)) as path, table_of(path, raw.original_name) as table:
        yield table


def _seen(measurement: Measurement, typed: Any) -> tuple[MapForm, Preview | None]:
    """Return the form of a measurement's file and, when it is valid, the preview."""
    kind = "" if measurement.frame_path else measurement.kind
    with _table(measurement) as path:
        form = map_form(path, typed, kind=kind, start=_start(measurement))
        return form, preview(path, form.mapping) if form.mapping is not None else None


def _start(measurement: Measurement) -> Mapping | None:
    """Return the mapping that the measurement was to be read by, or was read by."""
    known = _known(measurement)
    try:
        return known.parsed if known is not None else None
    except MappingError:
        return None


def _known(measurement: Measurement) -> LabFormat | None:
    return measurement.read_as or LabFormat.objects.filter(code=measurement.format).first()


def _save_initial(measurement: Measurement) -> dict[str, object]:
    known = _known(measurement)
    if known is None:
        return {}
    return {"name": known.name, "name_contains": known.mapping.get("name_contains", "")}


def _save(
    request: PersonRequest, measurement: Measurement, mapping: Mapping, form: SaveForm
) -> LabFormat | None:
    """Save the mapping and queue the reading; what is wrong goes beside the form's fields."""
    sent = form.cleaned_data
    known = _known(measurement) if sent["change"] else None
    try:
        whole = from_json({**to_json(mapping), "name_contains": sent["name_contains"]})
        wish = Wish(sent["name"], whole, known)
        return save_and_read(measurement=measurement, wish=wish, by=request.user)
    except MappingError as error:
        form.add_error("name_contains", list(error.errors.values()))
    except ValidationError as error:
        beside = hasattr(error, "error_dict") and "name" in error.error_dict
        form.add_error("name" if beside else None, error.messages)
    except EditConflictError as error:
        form.add_error(None, str(error))
    return None


def _context(
    request: PersonRequest, measurement: Measurement, form: MapForm, seen: Preview | None
) -> dict[str, object]:
    known = _known(measurement)
    own = known is not None and known.voided_at is None and may_edit(request.user, known)
    return {
        "object": measurement,
        "form": form,
        "preview": seen,
        "file": measurement.raw_files.last(),
        "known": known if own else None,
    }
