"""What a person can do about a run that was refused."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from analysis.models import AnalysisRun
from labsite.access.records import Record
from labsite.lib.web import page_url
from measurements.models import Measurement
from measurements.words import name_and_unit

ABOUT_CONDITIONS = ("E_WRONG_KIND",)
ABOUT_FACTS = ("E_META_MISSING", "E_META_IMPLAUSIBLE")
OF_THE_PIECE = frozenset({"thickness_um", "separator_macmullin", "film_form"})
OF_THE_CELL = frozenset(
    {
        "cell_type",
        "active_mass_mg",
        "active_mass_u_mg",
        "mass_basis",
        "one_c_ma_g",
        "nominal_c_rate",
        "first_half_cycle",
        "lower_cutoff_v",
        "upper_cutoff_v",
        "area_cm2",
        "external_pressure_mpa",
    }
)


@dataclass(frozen=True)
class Remedy:
    """A sentence with the page where it is done."""

    sentence: str
    url: str


def remedy(run: AnalysisRun) -> Remedy | None:
    """Return what helps a refused run; None when its sentence says all there is."""
    code, _colon, fact = run.error_code.partition(":")
    if code in ABOUT_FACTS and fact:
        record = _home_of(fact, run.measurement)
        label, unit = name_and_unit(fact)
        name = f"{label} / {unit}" if unit else label
        sentence = _("Enter “%(name)s” for %(code)s, then run again.")
        return Remedy(sentence % {"name": name, "code": record.code}, page_url(record, "edit"))
    if code in ABOUT_CONDITIONS:
        sentence = _("Check what %(code)s is about and its conditions.")
        measurement = run.measurement
        return Remedy(sentence % {"code": measurement.code}, page_url(measurement, "edit"))
    return None


def _home_of(fact: str, measurement: Measurement) -> Record:
    """Return the record in which a fact is kept: film, cell, electrode, else the measurement."""
    cell = measurement.cell
    if fact in OF_THE_PIECE:
        film = measurement.film or (cell.film if cell is not None else None)
        return film or measurement
    if fact in OF_THE_CELL:
        return cell or measurement
    return measurement
