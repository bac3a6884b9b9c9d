"""Services for many electrodes of a coating at once: punched, weighed, infiltrated, used up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from labsite.access.models import User
from labsite.access.recording import EditConflictError, check_in_use, check_may_edit, update_record
from labsite.lib.readings import Readings, keep_readings
from samples.loadings import BLANKS
from samples.models import Coating, Electrode, ElectrodeEvent, ElectrolyteBatch, ProcessStep
from samples.processing import StepDetails, create_electrode, infiltrate_electrode, log_step
from samples.punching import derive_active_mass
from samples.recipes import Quantity, RecipeError, disc_area_cm2, foil, rectangle_area_cm2
from samples.states import FREE, State, refuse_unless, state_of

MOST = 200
"""Electrodes punched at once."""


@dataclass(frozen=True)
class Face:
    """What a punch or a cutter cuts out: a disc, or a rectangle of width and length."""

    diameter_mm: Quantity | None = None
    width_mm: Quantity | None = None
    length_mm: Quantity | None = None

    def area_cm2(self) -> Quantity:
        """Return the area in cm²; raises ValidationError unless it is one disc or one rectangle."""
        sides = (self.width_mm, self.length_mm)
        if self.diameter_mm is not None and sides == (None, None):
            return disc_area_cm2(self.diameter_mm)
        if self.diameter_mm is None and self.width_mm is not None and self.length_mm is not None:
            return rectangle_area_cm2(self.width_mm, self.length_mm)
        raise ValidationError(
            _("Give the diameter of the discs, or the width and length of rectangles.")
        )


@dataclass(frozen=True)
class Blanks:
    """Masses in mg of pieces of bare foil from the same punch; u of one weighing."""

    masses_mg: Sequence[float]
    weighing_u_mg: float | None = None


def punch_electrodes(
    *,
    coating: Coating,
    count: int,
    face: Face,
    by: User,
    made_at: datetime | None = None,
    blanks: Blanks | None = None,
) -> list[Electrode]:
    """Store electrodes punched from a coating, pristine, each with its step; all or none.

    ``blanks`` replace what the coating knew of its foil. Raises PermissionDenied, ValidationError.
    """
    if not 1 <= count <= MOST:
        raise ValidationError(
            {"count": _("Found %(n)d; 1 to %(most)d at once.") % {"n": count, "most": MOST}}
        )
    at = made_at or timezone.now()
    face.area_cm2()
    with transaction.atomic():
        if blanks is not None:
            weigh_blanks(coating=coating, face=face, blanks=blanks, by=by)
        return [_punch(coating, face, at, by) for _piece in range(count)]


def _punch(coating: Coating, face: Face, at: datetime, by: User) -> Electrode:
    electrode = Electrode(project=coating.project, coating=coating, made_at=at)
    sizes = {}
    for name in ("diameter_mm", "width_mm", "length_mm"):
        size: Quantity | None = getattr(face, name)
        if size is not None:
            setattr(electrode, name, size.value)
            setattr(electrode, f"{name}_u", size.u)
            sizes[name] = size.value
    create_electrode(electrode=electrode, by=by)
    log_step(
        sample=electrode,
        kind=ProcessStep.Kind.PUNCHING,
        by=by,
        details=StepDetails(performed_at=at, actual=sizes),
    )
    return electrode


def weigh_blanks(*, coating: Coating, face: Face, blanks: Blanks, by: User) -> Coating:
    """Store the areal mass of a coating's foil from blank pieces of one punch.

    Its u is the scatter of one piece and includes the area of the punch; calculated active masses
    follow. Raises PermissionDenied, ValidationError, EditConflictError.
    """
    if coating.process == Coating.Process.PRESSED:
        raise ValidationError(_("A pressed powder has no foil: leave the blank pieces empty."))
    try:
        bare = foil(list(blanks.masses_mg), face.area_cm2(), blanks.weighing_u_mg)
    except RecipeError as error:
        raise ValidationError({"blanks": error.message}) from error
    coating.foil_mass_mg_cm2 = bare.mass_mg_cm2.value
    coating.foil_mass_mg_cm2_u = bare.other_punch_mg_cm2.u
    coating.blank_diameter_mm = face.diameter_mm.value if face.diameter_mm else None
    keep_readings(coating, BLANKS, Readings(tuple(blanks.masses_mg)), blanks.weighing_u_mg)
    return update_record(record=coating, by=by, expected_version=coating.version)


@dataclass(frozen=True)
class Weighing:
    """The mass of one electrode as read, and the version of the electrode that the person saw."""

    mass: Readings | None
    u_mg: float | None
    expected_version: int


def weigh_electrodes(
    *, coating: Coating, weighings: Mapping[UUID, Weighing], by: User
) -> list[Electrode]:
    """Store the masses of pristine electrodes of a coating and what follows; all or none.

    Raises PermissionDenied, ValidationError, EditConflictError naming what others have changed.
    """
    check_may_edit(by, coating)
    check_in_use(coating)
    with transaction.atomic():
        rows = Electrode.objects.select_for_update(of=("self",)).filter(coating=coating)
        found = {row.pk: row for row in rows.filter(pk__in=weighings).prefetch_related("events")}
        if len(found) != len(weighings):
            raise ValidationError(
                _("Some of these electrodes are not of coating %(code)s.") % {"code": coating.code}
            )
        changed = [
            found[pk].code
            for pk, one in weighings.items()
            if found[pk].version != one.expected_version
        ]
        if changed:
            raise EditConflictError(
                _("Changed by somebody else meanwhile: %(codes)s.") % {"codes": ", ".join(changed)}
            )
        return [_weigh(found[pk], coating, one, by) for pk, one in weighings.items()]


def _weigh(electrode: Electrode, coating: Coating, weighing: Weighing, by: User) -> Electrode:
    electrode.coating = coating
    if state_of(electrode) != State.PRISTINE:
        raise ValidationError(
            _("Electrode %(code)s is not pristine any more; change its mass on its own page.")
            % {"code": electrode.code}
        )
    mass, u = keep_readings(electrode, "mass_mg", weighing.mass, weighing.u_mg)
    electrode.mass_mg, electrode.mass_mg_u = mass, None if mass is None else u
    try:
        derive_active_mass(electrode)
    except ValidationError as error:
        raise ValidationError(f"{electrode.code}: {' '.join(error.messages)}") from error
    return update_record(record=electrode, by=by, expected_version=weighing.expected_version)


def infiltrate_electrodes(
    *,
    electrodes: Sequence[Electrode],
    batch: ElectrolyteBatch,
    by: User,
    volume_ul: float | None = None,
    details: StepDetails = StepDetails(),  # noqa: B008 - frozen
) -> list[ProcessStep]:
    """Log that electrodes were infiltrated with a batch, each with the same dose; all or none.

    Raises PermissionDenied, ValidationError when one is in a cell or used up.
    """
    if not electrodes:
        raise ValidationError(_("Choose the electrodes that were infiltrated."))
    details = replace(details, performed_at=details.performed_at or timezone.now())
    with transaction.atomic():
        return [
            infiltrate_electrode(
                electrode=electrode, batch=batch, by=by, volume_ul=volume_ul, details=details
            )
            for electrode in electrodes
        ]


def use_up_electrode(
    *, electrode: Electrode, by: User, reason: str, at: datetime | None = None
) -> Electrode:
    """Note that an electrode is used up or thrown away, and why; nothing is made from it any more.

    Raises PermissionDenied, ValidationError when it is in a cell or used up already.
    """
    check_may_edit(by, electrode)
    if not reason.strip():
        raise ValidationError(
            {"reason": _("Say what the electrode was used for, or what is wrong.")}
        )
    when = at or timezone.now()
    with transaction.atomic():
        refuse_unless(electrode, set(FREE), when)
        ElectrodeEvent.objects.create(
            electrode=electrode, state=State.USED_UP, at=when, note=reason.strip(), created_by=by
        )
    return electrode
