"""Forms of templates: made of a record, renamed later."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labsite.access.forms import RecordForm
from labsite.access.models import User
from labsite.access.records import Record
from labsite.lib.forms import Groups
from samples.models import Template
from samples.templating import Naming, Templates, save_template

TEMPLATE: Groups = ((_("Template"), ("name", "notes")),)


class TemplateForm(RecordForm):
    """The name of a template and what it says about itself."""

    GROUPS = TEMPLATE

    class Meta:
        model = Template
        fields = ("name", "notes")
        widgets = {"notes": forms.Textarea(attrs={"rows": 4})}


class SaveTemplateForm(forms.Form):
    """Make a template of a record."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("As it shall stand in the menu “Start from”."),
    )
    notes = forms.CharField(
        label=_("Notes"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown to whoever starts from it, and kept with the record; a line a note."),
    )
    replace = forms.BooleanField(
        label=_("Replace the template of this name"), required=False, initial=False
    )

    def __init__(
        self, *args: Any, user: User, record: Record, templates: Templates, **kwargs: Any
    ) -> None:
        """Keep whose template is made, and of which record."""
        super().__init__(*args, **kwargs)
        self.user, self.record, self.templates = user, record, templates

    def store(self) -> Template:
        """Store the template; raises ValidationError, PermissionDenied, EditConflictError."""
        return save_template(
            record=self.record,
            templates=self.templates,
            naming=Naming(**self.cleaned_data),
            by=self.user,
        )
