"""Formats of the lab: saved mappings of tables that no built-in format knows."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from labsite.access.records import SharedRecord
from measurements.mappings.document import MappingError, from_json, to_json
from measurements.mappings.mapping import Mapping


class LabFormat(SharedRecord):
    """A named mapping; a measurement remembers the version by which it was read."""

    CODE_PREFIX = "FM"

    name = models.CharField(_("name"), max_length=100)
    description = models.TextField(_("description"), blank=True)
    mapping = models.JSONField(
        _("mapping"),
        help_text=_("How the table is written and what its columns mean, as JSON."),
    )

    class Meta(SharedRecord.Meta):
        ordering = ["name"]
        constraints = [
            *SharedRecord.Meta.constraints,
            models.UniqueConstraint(
                name="measurements_labformat_name_once",
                fields=["name"],
                condition=Q(voided_at__isnull=True),
                violation_error_message=_("Another format of the lab has this name."),
            ),
            models.CheckConstraint(name="measurements_labformat_has_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def summary(self) -> str:
        """One line for people."""
        return self.name

    @property
    def kind(self) -> str:
        """The kind of measurement that it reads."""
        return str(self.mapping.get("kind", ""))

    @property
    def parsed(self) -> Mapping:
        """The mapping; raises MappingError when the stored one is not valid any more."""
        return from_json(self.mapping)

    def clean(self) -> None:
        """Check the mapping and store it in full; raises ValidationError."""
        try:
            self.mapping = to_json(self.parsed)
        except MappingError as error:
            sentences = [f"{name}: {words}" for name, words in error.errors.items()]
            raise ValidationError({"mapping": sentences}) from error
