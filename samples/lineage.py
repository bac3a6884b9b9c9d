"""What was made from what: conditions for queries along the lineage."""

from django.db.models import Q

from samples.models import Electrode, ElectrolyteBatch


def electrodes_with(batch: ElectrolyteBatch) -> Q:
    """Return the condition on electrodes that they were infiltrated with the batch."""
    return Q(steps__consumptions__batch=batch)


def batches_in(electrode: Electrode) -> Q:
    """Return the condition on electrolyte batches that they were put into the electrode."""
    return Q(consumptions__step__electrode=electrode)
