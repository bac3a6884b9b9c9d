"""The page of the calculators: small forms, answered at every input."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cells.calculatorforms import CalculatorForm
from cells.calculators import BY_NAME, CALCULATORS, Calculator, Outcome
from samples.recipes import RecipeError


@require_safe
def calculators(request: HttpRequest) -> HttpResponse:
    """Show all calculators; their results are fetched as soon as the page is there."""
    pairs = [(one, one.form(prefix=one.name)) for one in CALCULATORS]
    return render(request, "cells/calculators.html", {"calculators": pairs})


@require_POST
def calculated(request: HttpRequest, name: str) -> HttpResponse:
    """Give the results of one calculator."""
    if name not in BY_NAME:
        raise Http404
    outcome, problem = _answer(request, BY_NAME[name])
    context = {"outcome": outcome, "problem": problem}
    return render(request, "cells/_calculated.html", context)


def _answer(request: HttpRequest, calculator: Calculator) -> tuple[Outcome | None, str]:
    """Return what was found, or a sentence that says why nothing was."""
    form = calculator.form(request.POST, prefix=calculator.name)
    if not form.is_valid():
        return None, _what_is_wrong(form)
    try:
        return calculator.compute(form), ""
    except RecipeError as error:
        return None, error.message


def _what_is_wrong(form: CalculatorForm) -> str:
    """Say which fields are still needed, or what is not understood."""
    missing = [name for name in form.errors if form.has_error(name, "required")]
    if missing:
        labels = ", ".join(str(form.fields[name].label) for name in missing)
        return _("Still needed: %(fields)s.") % {"fields": labels}
    name, errors = next(iter(form.errors.items()))
    return f"{form.fields[name].label}: {' '.join(map(str, errors))}"
