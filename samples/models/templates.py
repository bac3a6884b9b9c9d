"""Templates: what a new record starts from."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from labsite.access.records import LabRecord


class Template(LabRecord):
    """Values, rows and planned steps that a new record of one kind starts with.

    ``values``: by field name; ``rows``: of its ingredients; ``steps``: ``{"kind": ..., "planned":
    {...}}`` in order. References stand as the short name or the code of what they point to.
    """

    CODE_PREFIX = "TE"

    class Kind(models.TextChoices):
        """What is made from the template."""

        BATCH = "batch", _("electrolyte batch")
        FILM = "film", _("film")
        COATING = "coating", _("coating")
        ELECTRODE = "electrode", _("electrode")
        CELL = "cell", _("cell")

    kind = models.CharField(_("for"), max_length=9, choices=Kind)
    name = models.CharField(_("name"), max_length=100)
    values = models.JSONField(_("values"), default=dict, blank=True)
    rows = models.JSONField(_("ingredients"), default=list, blank=True)
    steps = models.JSONField(_("planned steps"), default=list, blank=True)

    class Meta(LabRecord.Meta):
        ordering = ["kind", "name"]
        constraints = [
            *LabRecord.Meta.constraints,
            models.UniqueConstraint(
                name="samples_template_name_once_per_kind", fields=["kind", "name"]
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def summary(self) -> str:
        """One line for people."""
        return f"{self.name} · {self.get_kind_display()}"
