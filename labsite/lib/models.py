"""The base of every stored row."""

from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from labsite.lib.identity import uuid7
from labsite.lib.numbers import LEAST, MOST


class Stamped(models.Model):
    """Identity, times, author and version of a row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Refuse numbers from which nothing finite follows; raises ValidationError."""
        super().clean_fields(exclude=exclude)
        wrong = {}
        for field in self._meta.concrete_fields:
            value = getattr(self, field.attname)
            if field.name in (exclude or ()) or not isinstance(value, float) or value == 0:
                continue
            if not LEAST <= abs(value) <= MOST:
                words = {"value": f"{value:g}", "least": f"{LEAST:g}", "most": f"{MOST:g}"}
                wrong[field.name] = (
                    _("Found %(value)s; numbers from %(least)s to %(most)s are allowed.") % words
                )
        if wrong:
            raise ValidationError(wrong)
