"""Runs and metrics in words: value with uncertainty, unit, verdict."""

import re
from dataclasses import dataclass, fields
from functools import cache

from django.utils.translation import gettext as _

from analysis.models import AnalysisRun, Metric
from analysis.registry import methods
from analysis.vocabulary import VOCABULARY
from labsite.access.kinds import State
from labsite.lib.numbers import show_alone, show_with_u
from measurements.words import name_and_unit

NO_UNIT = frozenset({"", "count", "dimensionless"})
UNIT_WORDS = {
    "percent": "%",
    "count": "cycle",
    "ohm": "Ω",
    "megaohm": "MΩ",
    "henry": "H",
    "hour": "h",
    "kelvin": "K",
    "newton": "N",
    "ampere": "A",
    "uA": "µA",
    "um": "µm",
    "angstrom": "Å",
    "degC": "°C",
    "degree": "°",
}
"""Words of the vocabulary's units that are written otherwise on paper."""
SIGNS = {Metric.Censored.LOWER: "≥ ", Metric.Censored.UPPER: "≤ "}
RAISED = str.maketrans("-.0123456789", "⁻·⁰¹²³⁴⁵⁶⁷⁸⁹")
NAMED = re.compile(r"\b(?P<name>[a-z][a-z0-9]*(?:_[a-z0-9]+)+)\b(?: \((?P<unit>[^\d()]+)\))?")
"""A name as programs write it, perhaps with its unit in brackets."""
U_NAME = re.compile(r"(\w+?)_u(_mg)?")
TONES = {"ok": "ok", "warning": "warning", "failed": "failed"}


@dataclass(frozen=True)
class Shown:
    """A metric ready for a page."""

    label: str
    symbol: str
    meaning: str
    text: str
    unit: str
    interval: str
    note: str


def show_metric(metric: Metric) -> Shown:
    """Return a metric in words."""
    term = VOCABULARY.get(metric.name)
    unit = show_unit(metric.unit)
    return Shown(
        label=label_of(metric),
        symbol=term.symbol if term else "",
        meaning=term.meaning if term else "",
        text=show_value(metric),
        unit=unit,
        interval=_interval(metric, unit),
        note=_("u unknown") if _lacks_u(metric) else "",
    )


def show_value(metric: Metric) -> str:
    """Write "(2.000 ± 0.060) × 10⁻³", "≥ 100" where the truth lies beyond, the value without u."""
    if metric.censored != Metric.Censored.NONE:
        return SIGNS[Metric.Censored(metric.censored)] + show_alone(metric.value)
    if metric.u:
        return show_with_u(metric.value, metric.u)
    return show_alone(metric.value)


def label_of(metric: Metric) -> str:
    """Return the metric's name, with its cycle and qualifier."""
    term = VOCABULARY.get(metric.name)
    label = term.title if term else name_and_unit(metric.name)[0]
    if metric.index is not None:
        label = _("%(metric)s, cycle %(n)d") % {"metric": label, "n": metric.index}
    qualifier = metric.qualifier.replace("_", " ")
    return label if qualifier in label else f"{label} ({qualifier})"


def in_words(sentence: str) -> str:
    """Write the names of metrics, facts and parameters in a sentence as people say them."""
    return NAMED.sub(_named, sentence)


def _named(match: re.Match[str]) -> str:
    name, told = match["name"], match["unit"]
    term = VOCABULARY.get(name)
    if term is not None:
        return _inside(term.title) + (match[0].removeprefix(name))
    if name not in known_names():
        return match[0]
    of = U_NAME.fullmatch(name)
    label, unit = name_and_unit(name if of is None else of[1] + (of[2] or ""))
    if of is not None:
        return _("the uncertainty of the %(fact)s") % {"fact": _inside(label)}
    label = label if match.start() == 0 else _inside(label)
    return f"{label} in {told or unit}" if unit else label


def _inside(label: str) -> str:
    """Write a label within a sentence: "Active mass" becomes "active mass", "CPE" stays."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


@cache
def known_names() -> frozenset[str]:
    """Return the names of all facts and parameters of the installed methods."""
    found = methods().values()
    params = {field.name for method in found for field in fields(method.params)}
    return frozenset(params.union(*(method.facts for method in found)))


def show_unit(unit: str) -> str:
    """Write a unit of the vocabulary as on paper: mAh/cm**2 is mAh/cm², percent is %."""
    if unit in NO_UNIT:
        return ""
    words = re.sub(r"[A-Za-z]+", lambda word: UNIT_WORDS.get(word[0], word[0]), unit)
    words = re.sub(r"\*\*(-?[\d.]+)", lambda power: power[1].translate(RAISED), words)
    return words.replace("**alpha", "ᵅ").replace("**b", "ᵇ").replace("*", "·")


def run_state(run: AnalysisRun) -> State:
    """Tell where a run stands: at work, or how far its numbers may be trusted."""
    if run.is_open:
        tone = "active" if run.status == AnalysisRun.Status.RUNNING else "quiet"
        return tone, run.get_status_display()
    if run.status == AnalysisRun.Status.FAILED:
        return "failed", _("failed")
    if run.stale_at is not None:
        return "warning", _("stale")
    return TONES[run.verdict], run.get_verdict_display()


def method_title(name: str) -> str:
    """Return the title of a method, its name when it is not installed any more."""
    method = methods().get(name)
    return method.title if method is not None else name


def _lacks_u(metric: Metric) -> bool:
    term = VOCABULARY.get(metric.name)
    counted = term is not None and term.kind in {"count", "boolean"}
    return metric.u is None and metric.censored == Metric.Censored.NONE and not counted


def _interval(metric: Metric, unit: str) -> str:
    if metric.lo95 is None or metric.hi95 is None:
        return ""
    low, high = show_alone(metric.lo95), show_alone(metric.hi95)
    return _("95 %% interval: %(low)s to %(high)s %(unit)s") % {
        "low": low, "high": high, "unit": unit
    }  # fmt: skip
