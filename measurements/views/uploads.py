"""Taking files in from pages: one row a file, with what became of it."""

from dataclasses import dataclass
from pathlib import Path

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from labsite.access.models import Project
from labsite.access.pages import require_form
from labsite.access.records import Record
from labsite.access.viewers import PersonRequest
from labsite.lib.web import page_url, wants_fragment
from measurements.discovery import recognise
from measurements.formats import FormatError
from measurements.forms.uploads import UploadForm, last_context
from measurements.intake import SUBJECT_MODELS, kind_of, receive_file
from measurements.models import SUBJECTS, Measurement
from measurements.search import recent_subjects, record_by_code

UNPROCESSABLE = 422


@dataclass(frozen=True)
class Row:
    """What became of one file."""

    name: str
    size: int
    format: str = ""
    measurement: Measurement | None = None
    duplicate: bool = False
    errors: tuple[str, ...] = ()


@require_form
def upload(request: PersonRequest) -> HttpResponse:
    """Show the upload form (GET: ``cell``, ``film`` ..., a code), or take files in.

    A script sends the files one by one and gets one row each.
    """
    subject = _subject(request)
    if request.method != "POST":
        if not Project.objects.editable_by(request.user).exists():
            raise PermissionDenied(_("You may read, but not upload measurements."))
        form = UploadForm(user=request.user, subject=subject, initial=_initial(request, subject))
        return _page(request, form, subject)
    form = UploadForm(request.POST, request.FILES, user=request.user)
    valid = form.is_valid()
    if wants_fragment(request):
        rows = [_receive(form, file) for file in form.cleaned_data["file"]] if valid else []
        rows = rows or [_refused(form, file) for file in request.FILES.getlist("file")]
        return _rows(request, rows, form)
    if not valid:
        return _page(request, form, subject)
    rows = [_receive(form, file) for file in form.cleaned_data["file"]]
    return _go_on(request, form.cleaned_data["subject"], rows)


def _subject(request: PersonRequest) -> Record | None:
    """Return the record that the address names, unless one may not see or measure it."""
    codes = [request.GET[name] for name in SUBJECTS if name in request.GET]
    record = record_by_code(codes[0], request.user) if codes else None
    return record if isinstance(record, tuple(SUBJECT_MODELS.values())) else None


def _initial(request: PersonRequest, subject: Record | None) -> dict[str, object]:
    return last_context(request.user, kind_of(subject)) if subject is not None else {}


def _page(request: PersonRequest, form: UploadForm, subject: Record | None) -> HttpResponse:
    context = {"form": form, "subject": subject, "suggestions": recent_subjects(request.user)}
    return render(request, "measurements/upload.html", context)


def _receive(form: UploadForm, file: "UploadedFile[bytes]") -> Row:
    """Take one file in; what is wrong with it comes back in words."""
    name, size = file.name or _("file without a name"), file.size or 0
    found = _format(file, name)
    subject = form.cleaned_data["subject"]
    try:
        receipt = receive_file(
            file=file, name=name, subject=subject, by=form.user, context=form.context()
        )
    except PermissionDenied:
        refusal = _("You may read %(code)s, but not add measurements to it.")
        return Row(name, size, found, errors=(refusal % {"code": subject.code},))
    except ValidationError as error:
        return Row(name, size, found, errors=tuple(error.messages))
    return Row(name, size, found, receipt.measurement, receipt.duplicate)


def _format(file: "UploadedFile[bytes]", name: str) -> str:
    """Return the title of the format, seen from the ends of the file; empty when none is seen."""
    if not isinstance(file, TemporaryUploadedFile):
        return ""
    try:
        return recognise(Path(file.temporary_file_path()), name).title
    except FormatError:
        return ""


def _refused(form: UploadForm, file: "UploadedFile[bytes]") -> Row:
    errors = tuple(
        f"{form.fields[field].label}: {message}" if field in form.fields else str(message)
        for field, found in form.errors.items()
        for message in found
    )
    return Row(file.name or "", file.size or 0, errors=errors)


def _rows(request: PersonRequest, rows: list[Row], form: UploadForm) -> HttpResponse:
    refused = not rows or any(row.errors for row in rows)
    context = {"rows": rows, "subject": form.cleaned_data.get("subject")}
    return render(
        request, "measurements/_upload_rows.html", context, status=UNPROCESSABLE if refused else 200
    )


def _go_on(request: PersonRequest, subject: Record, rows: list[Row]) -> HttpResponseRedirect:
    """Say what became of the files; show the only one, or what they are about."""
    for row in rows:
        if row.errors:
            messages.error(request, f"{row.name}: {' '.join(row.errors)}")
        elif row.duplicate:
            messages.warning(request, _("%(name)s was there already.") % {"name": row.name})
        else:
            messages.success(request, _("%(name)s is being read.") % {"name": row.name})
    stored = [row.measurement for row in rows if row.measurement is not None]
    return redirect(page_url(stored[0] if len(stored) == 1 else subject))
