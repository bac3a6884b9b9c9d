"""The form that takes files in."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from labsite.access.models import Project, User
from labsite.access.records import ProjectRecord, Record
from labsite.lib.forms import Entry, Group, Groups, MomentField, uncertainty_of
from measurements.forms.conditions import GROUPS as CONDITIONS
from measurements.forms.conditions import condition_fields, conditions_in
from measurements.intake import SUBJECT_MODELS, Context
from measurements.models import Channel, Instrument, Measurement
from measurements.search import record_by_code

ABOUT: Groups = (
    (_("About the files"), ("kind", "instrument", "channel", "performed_at", "project")),
)


class FilesInput(forms.ClearableFileInput):
    """Chooses several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; the clean value is a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[bytes]]":
        """Check each file; an empty one is taken, so that its reading can say what is wrong."""
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files]


class UploadForm(forms.Form):
    """Files about one subject, and what the sender knows of them."""

    subject = forms.CharField(label=_("Cell, film, batch ..."), max_length=40)
    file = FilesField(
        label=_("Files"),
        allow_empty_file=True,
        widget=FilesInput(attrs={"class": "form-control", "multiple": True}),
    )
    kind = forms.ChoiceField(
        choices=[("", _("as the file says")), *Measurement.Kind.choices],
        required=False,
        label=_("Kind"),
    )
    instrument = forms.ModelChoiceField(
        queryset=Instrument.objects.none(), required=False, label=_("Instrument")
    )
    channel = forms.ModelChoiceField(
        queryset=Channel.objects.none(), required=False, label=_("Channel")
    )
    performed_at = MomentField(
        required=False,
        label=_("Performed at"),
        help_text=_("When the file does not say."),
    )
    project = forms.ModelChoiceField(
        queryset=Project.objects.none(),
        required=False,
        label=_("Project"),
        help_text=_("Needed for lots and sensors when you log in several projects."),
    )

    def __init__(
        self, *args: Any, user: User, subject: Record | None = None, **kwargs: Any
    ) -> None:
        """Limit the choices to what the person may use; a known subject is not asked for."""
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields |= condition_fields()
        _limit(self.fields["instrument"], Instrument.objects.valid())
        channels = Channel.objects.select_related("instrument")
        _limit(self.fields["channel"], channels.filter(instrument__voided_at=None))
        _limit(self.fields["project"], Project.objects.editable_by(user))
        if subject is not None:
            self.fields["subject"].widget = forms.HiddenInput()
            self.initial["subject"] = subject.code
        if isinstance(subject, ProjectRecord):
            del self.fields["project"]

    def clean_subject(self) -> Record:
        """Return the record that the code names."""
        code = self.cleaned_data["subject"]
        record = record_by_code(code, self.user)
        if record is None:
            raise ValidationError(
                _("There is no %(code)s that you may see; check the label."), params={"code": code}
            )
        if not isinstance(record, tuple(SUBJECT_MODELS.values())):
            raise ValidationError(
                _("%(code)s cannot be measured; choose a cell, film, batch, coating, electrode, "
                  "lot or sensor."),
                params={"code": record.code},
            )  # fmt: skip
        return record

    def clean(self) -> dict[str, Any]:
        """Take the instrument from the channel."""
        cleaned = super().clean() or self.cleaned_data
        channel = cleaned.get("channel")
        if channel is not None and cleaned.get("instrument") is None:
            cleaned["instrument"] = channel.instrument
        return cleaned

    def context(self) -> Context:
        """Return what the sender says about the files."""
        cleaned = self.cleaned_data
        return Context(
            kind=cleaned["kind"],
            instrument=cleaned["instrument"],
            channel=cleaned["channel"],
            performed_at=cleaned["performed_at"],
            conditions=conditions_in(cleaned),
            project=cleaned.get("project"),
        )

    def groups(self) -> Iterator[Group]:
        """Give the optional fields in groups."""
        for title, names in (*ABOUT, *CONDITIONS):
            known = [name for name in names if name in self.fields]
            yield Group(title, [self._entry(name) for name in known])

    def _entry(self, name: str) -> Entry:
        u = uncertainty_of(name)
        return Entry(self[name], self[u] if u in self.fields else None, None)


def _limit(field: forms.Field, queryset: Any) -> None:
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
    field.queryset = queryset


def last_context(user: User, subject_kind: str) -> dict[str, object]:
    """Return what the person said about the last file on such a subject, to start from."""
    last = (
        Measurement.objects.filter(created_by=user, **{f"{subject_kind}__isnull": False})
        .only("instrument", "conditions")
        .order_by("-created_at")
        .first()
    )
    if last is None:
        return {}
    return {"instrument": last.instrument_id, **last.conditions}
