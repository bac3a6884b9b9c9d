"""Pages of the methods that are installed."""

import dataclasses

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analysis.forms import bounds
from analysis.methods import Method
from analysis.models import AnalysisRun, Flag, Metric
from analysis.registry import methods
from analysis.vocabulary import VOCABULARY
from analysis.words import show_unit
from labsite.access.viewers import PersonRequest
from labsite.lib.numbers import show_alone
from measurements.models import Measurement
from measurements.words import U_ENDINGS, name_and_unit

LATEST = 10


@require_safe
def method_list(request: PersonRequest) -> HttpResponse:
    """Show the methods."""
    lines = [(method, _kinds(method)) for method in methods().values()]
    return render(request, "analysis/methods.html", {"methods": lines})


@require_safe
def method_detail(request: PersonRequest, name: str) -> HttpResponse:
    """Show one method: what it needs, its parameters, what it gave so far."""
    method = methods().get(name)
    if method is None:
        raise Http404(_("%(name)s is not installed.") % {"name": name})
    runs = AnalysisRun.objects.visible_to(request.user).filter(method=name)
    given = Metric.objects.filter(run__in=runs).order_by("name").values_list("name", flat=True)
    flags = Flag.objects.filter(run__in=runs).order_by("code", "severity")
    context = {
        "method": method,
        "kinds": _kinds(method),
        "params": list(_params(method)),
        "facts": [name_and_unit(fact) for fact in method.facts if not fact.endswith(U_ENDINGS)],
        "metrics": [
            (VOCABULARY[metric], show_unit(VOCABULARY[metric].unit))
            for metric in given.distinct()
            if metric in VOCABULARY
        ],
        "flags": flags.values_list("code", "severity").distinct(),
        "run_count": runs.current().count(),
    }
    return render(request, "analysis/method.html", context)


def _kinds(method: Method) -> str:
    labels = dict(Measurement.Kind.choices)
    return ", ".join(str(labels.get(kind, kind)) for kind in method.kinds)


def _default(value: object) -> str:
    return show_alone(value) if isinstance(value, float) else str(value).replace("_", " ")


def _params(method: Method) -> list[dict[str, object]]:
    return [
        {
            "label": name_and_unit(field.name)[0],
            "unit": name_and_unit(field.name)[1],
            "help": field.metadata.get("help", ""),
            "default": _default(field.default),
            "allowed": bounds(field) or ", ".join(
                str(choice).replace("_", " ") for choice in field.metadata.get("choices", ())
            ),
        }
        for field in dataclasses.fields(method.params)
    ]  # fmt: skip
