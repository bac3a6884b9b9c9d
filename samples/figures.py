"""What the pages of films and electrodes show of their sizes and masses, worked out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from labsite.lib.numbers import show_alone, show_with_u
from samples.loadings import figures_of, missing
from samples.models import Electrode, Film
from samples.recipes import Flag, Quantity
from samples.states import FREE, state_of


@dataclass(frozen=True)
class Figure:
    """A quantity with its unit."""

    label: str
    value: Quantity
    unit: str

    @property
    def text(self) -> str:
        """The value with its u in writing."""
        return write_quantity(self.value)


def write_quantity(quantity: Quantity) -> str:
    """Write a calculated quantity: "3.05 ± 0.12", or five digits when its u is not known."""
    known = quantity.u
    return show_with_u(quantity.value, known) if known else show_alone(quantity.value)


def film_figures(film: Film) -> Mapping[str, object]:
    """Return area, volume and density of a piece, or the cross-section of a dumbbell."""
    return {
        "figures": _known(
            (_("Area"), film.area, "cm²"),
            (_("Cross-section of the gauge"), film.cross_section_mm2, "mm²"),
            (_("Volume"), film.volume_mm3, "mm³"),
            (_("Density"), film.density_g_cm3, "g/cm³"),
        )
    }


def electrode_figures(electrode: Electrode) -> Mapping[str, object]:
    """Return area, masses, loading and areal capacities of an electrode, with flags."""
    known = figures_of(electrode)
    flags = list(known.flags)
    wanting = missing(electrode) if electrode.coating is not None else []
    if wanting and electrode.active_mass_mg is None:
        words = _("No active mass yet; not known: %(what)s.") % {"what": ", ".join(wanting)}
        flags.append(Flag("MASS_MISSING", "info", words))
    return {
        "figures": _known(
            (_("Area"), known.area_cm2, "cm²"),
            (_("Coating"), known.coating_mass_mg, "mg"),
            (_("Loading"), known.loading_mg_cm2, "mg/cm²"),
            (_("Areal capacity, theoretical"), known.theoretical_mah_cm2, "mAh/cm²"),
            (_("Areal capacity, reversible"), known.reversible_mah_cm2, "mAh/cm²"),
        ),
        "figure_flags": flags,
        "is_free": state_of(electrode) in FREE,
    }


def _known(*lines: tuple[str, Quantity | None, str]) -> Iterable[Figure]:
    return [Figure(label, value, unit) for label, value, unit in lines if value is not None]
