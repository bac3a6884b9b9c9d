"""Measurements in words: conditions, metadata, and how often a page asks for news."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from labsite.lib.jobs import Job
from labsite.lib.units import show_measured, show_number, split_unit

UNITS = {
    "_celsius": "°C",
    "_ma_cm2": "mA/cm²",
    "_mah_cm2": "mAh/cm²",
    "_mg_cm2": "mg/cm²",
    "_mw_cm2": "mW/cm²",
    "_cm2": "cm²",
    "_mm2": "mm²",
    "_mah_g": "mAh/g",
    "_ma_g": "mA/g",
    "_mol_l": "mol/L",
    "_mm_min": "mm/min",
    "_k_min": "K/min",
    "_mv_s": "mV/s",
    "_per_hour": "1/h",
    "_percent": "%",
    "_second": "s",
    "_ampere": "A",
    "_hertz": "Hz",
    "_hz": "Hz",
    "_volt": "V",
    "_mah": "mAh",
    "_ohm": "Ω",
    "_mpa": "MPa",
    "_kpa": "kPa",
    "_min": "min",
    "_wh": "Wh",
    "_ah": "Ah",
    "_ma": "mA",
    "_mg": "mg",
    "_mm": "mm",
    "_mv": "mV",
    "_nm": "nm",
    "_um": "µm",
    "_a": "A",
    "_h": "h",
    "_s": "s",
    "_v": "V",
}
"""Units by the ending of a name, longer endings before those they end with."""
SPELLED = {
    "one_c": "1C",
    "nominal_c_rate": "Nominal C-rate",
    "lims_cycle": "Cycle",
    "separator_macmullin": "Separator MacMullin number",
}
INDUCTANCE = "lead_inductance_h"
"""In henry, where all other names that end so are in hours."""
SIGNS = {"kk": "KK", "rms": "RMS", "cpe": "CPE", "uv": "UV", "ac": "AC", "dc": "DC", "id": "ID"}
"""Abbreviations within names."""
U_ENDINGS = ("_u", "_u_mg")
QUICK_S, SLOW_S, SLOWEST_S = 1, 3, 10


@dataclass(frozen=True)
class Line:
    """A name with its value and unit."""

    label: str
    value: str
    unit: str = ""


def condition_lines(conditions: Mapping[str, object]) -> list[Line]:
    """Return conditions or facts; a standard uncertainty stands beside its value."""
    lines = []
    for name, value in conditions.items():
        label, unit = name_and_unit(name)
        if isinstance(value, int | float) and not name.endswith(U_ENDINGS):
            lines.append(Line(label, show_measured(float(value), _u_of(name, conditions)), unit))
        elif not isinstance(value, int | float):
            lines.append(Line(label, str(value).replace("_", " ")))
    return lines


def _u_of(name: str, conditions: Mapping[str, object]) -> float | None:
    """Return the standard uncertainty of a condition; that of a mass has a name of its own."""
    names = (f"{name}_u", f"{name.removesuffix('_mg')}_u_mg")
    known = (conditions.get(one) for one in names)
    return next((float(u) for u in known if isinstance(u, int | float)), None)


def metadata_lines(metadata: Mapping[str, object]) -> list[Line]:
    """Return what a file says of itself; nested parts are named by their path."""
    return list(_flattened(metadata, ""))


def _flattened(part: Mapping[str, object], path: str) -> Iterator[Line]:
    for name, value in part.items():
        if isinstance(value, Mapping):
            yield from _flattened(value, f"{path}{name}.")
            continue
        label, unit = name_and_unit(f"{path}{name}")
        if isinstance(value, bool):
            yield Line(label, _("yes") if value else _("no"))
        elif isinstance(value, int | float):
            yield Line(label, show_number(float(value)), unit)
        else:
            text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            yield Line(label, text)


def name_and_unit(name: str) -> tuple[str, str]:
    """Split "temperature_celsius" into ("Temperature", "°C")."""
    if name.endswith("_u"):
        label, unit = name_and_unit(name.removesuffix("_u"))
        return f"u({label})", unit
    if name == INDUCTANCE:
        return _("Lead inductance"), "H"
    ending = next((ending for ending in UNITS if name.endswith(ending)), "")
    words, unit = (name.removesuffix(ending), UNITS[ending]) if ending else split_unit(name)
    spaced = " ".join(SIGNS.get(word, word) for word in words.split("_"))
    text = SPELLED.get(words, spaced.strip())
    return text[:1].upper() + text[1:], unit


def poll_every_s(job: Job) -> int:
    """Return after how many seconds a page asks again: soon at first, then more rarely."""
    waited_s = (timezone.now() - job.queued_at).total_seconds()
    return QUICK_S if waited_s < 60 else SLOW_S if waited_s < 600 else SLOWEST_S  # noqa: PLR2004 - a minute, ten
