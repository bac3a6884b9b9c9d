"""The active mass of electrodes, worked out from what was weighed and kept up with the coating."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from labsite.access.recording import raise_version, tell_changed
from labsite.access.records import Record
from labsite.lib.fields import Source
from samples.loadings import in_words, worked_out
from samples.models import Coating, Electrode
from samples.recipes import RecipeError

DERIVED = ("active_mass_mg", "active_mass_mg_u", "active_mass_source")


def derive_active_mass(electrode: Electrode) -> bool:
    """Work out the active mass of an electrode, unless somebody has typed one; tell if it changed.

    The caller stores the electrode. Raises ValidationError when it is not heavier than its foil.
    """
    typed = electrode.active_mass_mg is not None
    if electrode.coating is None or (typed and electrode.active_mass_source != Source.DERIVED):
        return False
    before = tuple(getattr(electrode, name) for name in DERIVED)
    try:
        known = worked_out(electrode)
    except RecipeError as error:
        raise ValidationError({"mass_mg": in_words(error)}) from error
    if known is not None:
        electrode.active_mass_mg = known.active_mass_mg.value
        electrode.active_mass_mg_u = known.active_mass_mg.u
        electrode.active_mass_source = Source.DERIVED
    elif electrode.active_mass_source == Source.DERIVED:
        electrode.active_mass_mg = electrode.active_mass_mg_u = None
        electrode.active_mass_source = ""
    return before != tuple(getattr(electrode, name) for name in DERIVED)


def derive_again(record: Record) -> None:
    """Keep calculated active masses up with their electrode, foil, blanks and active fraction.

    Listens for changed records. Typed masses stay. Raises ValidationError, in the transaction of
    the change, when an electrode would be no heavier than its foil.
    """
    if record.voided_at is not None:
        return
    if isinstance(record, Electrode) and derive_active_mass(record):
        record.save(update_fields=[*DERIVED, "updated_at"])
    if isinstance(record, Coating):
        rows = Electrode.objects.select_for_update(of=("self",)).filter(
            coating=record, voided_at__isnull=True, mass_mg__isnull=False
        )
        for electrode in rows.order_by("code"):
            electrode.coating = record
            _store_derived(electrode)


def _store_derived(electrode: Electrode) -> None:
    try:
        changed = derive_active_mass(electrode)
    except ValidationError as error:
        raise ValidationError(
            _("Electrode %(code)s: %(why)s Correct or void it first.")
            % {"code": electrode.code, "why": " ".join(error.messages)}
        ) from error
    if changed:
        raise_version(record=electrode, expected_version=electrode.version)
        electrode.save(update_fields=[*DERIVED, "version", "updated_at"])
        tell_changed(electrode)
