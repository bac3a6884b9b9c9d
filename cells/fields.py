"""The field for an electrode of a new cell, which says why one cannot be used."""

from typing import Any

from django.core.exceptions import ValidationError

from cells.choices import why_not_free
from labsite.access.models import User
from labsite.access.picking import RecordChoiceField
from samples.models import Electrode


class ElectrodeField(RecordChoiceField):
    """A choice among the electrodes that are free."""

    def __init__(self, **options: Any) -> None:
        """Search among free electrodes; the form says whose they are."""
        self.user: User | None = None
        super().__init__(**{"queryset": None, "pick": "free-electrode", **options})

    def to_python(self, value: Any) -> Any:
        """Return the electrode; raises ValidationError that says why it cannot be used."""
        try:
            return super().to_python(value)
        except ValidationError:
            if why := self._why_not(value):
                raise ValidationError(why, code="not_free") from None
            raise

    def _why_not(self, value: Any) -> str:
        if self.user is None:
            return ""
        try:
            known = Electrode.objects.visible_to(self.user).filter(pk=value).first()
        except (ValueError, ValidationError):
            return ""
        return "" if known is None else why_not_free(known, self.user)
