"""Measurements along the lineage."""

from django.db.models import Q

from cells.lineage import cells_with
from cells.models import Cell
from samples.lineage import electrodes_with
from samples.models import Electrode, ElectrolyteBatch


def measurements_of(batch: ElectrolyteBatch) -> Q:
    """Return the condition on measurements that they are of the batch or of what it went into."""
    return (
        Q(batch=batch)
        | Q(film__batch=batch)
        | Q(electrode__in=Electrode.objects.filter(electrodes_with(batch)))
        | Q(cell__in=Cell.objects.filter(cells_with(batch)))
    )
