"""Cells along the lineage."""

from django.db.models import Q

from samples.lineage import electrodes_with
from samples.models import Electrode, ElectrolyteBatch


def cells_with(batch: ElectrolyteBatch) -> Q:
    """Return the condition on cells that the batch is in their film, separator or an electrode."""
    infiltrated = Electrode.objects.filter(electrodes_with(batch))
    return Q(batch=batch) | Q(film__batch=batch) | Q(places__electrode__in=infiltrated)
