"""The dose of an infiltration, which its quantities and its use of a batch tell alike."""

from collections.abc import Sequence
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from labsite.lib.units import show_number
from samples.models import Consumption, Electrode, ElectrolyteBatch, ProcessStep
from samples.usage import Use

VOLUME = "volume_ul"
MICROLITRES = {Consumption.Unit.MICROLITRE.value: 1.0, Consumption.Unit.MILLILITRE.value: 1000.0}
ALIKE = 1e-6
"""Relative difference that rounding explains."""


def infiltrated(step: ProcessStep) -> Electrode | None:
    """Return the electrode that a step infiltrates; None for all other steps."""
    return step.electrode if step.kind == ProcessStep.Kind.INFILTRATION else None


def with_dose(step: ProcessStep, uses: Sequence[Use]) -> list[Use]:
    """Say the volume in ``step.actual`` and in the use of the batch; returns the uses.

    Raises ValidationError unless one batch is named and both volumes, where both are said, agree.
    """
    batches = [use for use in uses if isinstance(use.material, ElectrolyteBatch)]
    if len(batches) != 1:
        raise ValidationError(
            _("Say which electrolyte batch the electrode was infiltrated with; found %(n)d.")
            % {"n": len(batches)}
        )
    dose = _dosed(step, batches[0])
    return [dose if use is batches[0] else use for use in uses]


def _dosed(step: ProcessStep, use: Use) -> Use:
    size = MICROLITRES.get(use.unit)
    said = step.actual.get(VOLUME)
    if use.amount is None and said is not None:
        use = replace(use, amount=said, unit=Consumption.Unit.MICROLITRE.value)
    elif use.amount is not None and size is not None:
        used = float(f"{use.amount * size:.12g}")
        if said is not None and abs(said - used) > ALIKE * max(said, used):
            raise ValidationError(
                _("The drop volume is %(said)s µL, but %(used)s µL of %(batch)s were used.")
                % {
                    "said": show_number(said),
                    "used": show_number(used),
                    "batch": use.material.code,
                }
            )
        step.actual[VOLUME] = used
    planned = step.planned.get(VOLUME)
    if use.planned_amount is None and use.unit in MICROLITRES and planned is not None:
        use = replace(use, planned_amount=planned / MICROLITRES[use.unit])
    return use
