"""Small parts of pages: icons, states, quantities, links of the menu, records in one line."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.forms import BoundField, CheckboxInput, Select
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from labsite.access.models import Project
from labsite.lib.forms import QuantityField
from labsite.lib.units import show_measured, show_number

register = template.Library()


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Draw an icon named in scripts/icons.txt; ``size`` is "sm", "lg" or nothing."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f" icon-{size}" if size else "",
        static("vendor/icons/sprite.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def may_log(context: dict[str, Any]) -> bool:
    """Tell whether the person may log records in any project."""
    return Project.objects.editable_by(context["request"].user).exists()


@register.simple_tag
def state(tone: str, word: str) -> SafeString:
    """Show a state as a coloured dot with a word; tone: ok, active, warning, failed, off, quiet."""
    return format_html('<span class="state state-{}">{}</span>', tone, word)


@register.simple_tag
def measured(value: float | None, u: float | None = None, unit: str = "") -> SafeString:
    """Show a quantity: "3.05 ± 0.12 mg/cm²", or a dash."""
    if value is None:
        return SafeString("–")
    text = show_measured(float(value), u)
    if not unit:
        return format_html('<span class="number">{}</span>', text)
    return format_html('<span class="number">{} <span class="unit">{}</span></span>', text, unit)


@register.simple_tag
def widget(field: BoundField, label: str = "", placeholder: str = "") -> SafeString:
    """Draw a form field in Tabler's look; quantities say on typing what they understood."""
    kind = field.field.widget
    look = "form-select" if isinstance(kind, Select) else "form-control"
    if isinstance(kind, CheckboxInput):
        look = "form-check-input"
    attrs: dict[str, str | bool] = {"class": f"{look} is-invalid" if field.errors else look}
    if label:
        attrs["aria-label"] = attrs["title"] = label
    if placeholder:
        attrs["placeholder"] = placeholder
    if isinstance(field.field, QuantityField):
        asked = {"field": field.html_name, "unit": field.field.unit}
        if field.field.usual:
            asked |= {"low": str(field.field.usual[0]), "high": str(field.field.usual[1])}
        if field.field.readings:
            asked["readings"] = "several"
        query = urlencode(asked)
        attrs["hx-get"] = f"{reverse('samples:quantity')}?{query}"
        attrs["hx-trigger"] = "input changed delay:400ms"
        own = field.field.own_hint
        name = field.auto_id if own else field.auto_id.removesuffix("_u")
        attrs["hx-target"] = f"#{name}_understood"
    return field.as_widget(attrs=attrs)


@register.filter
def number(value: float | None) -> str:
    """Show a stored number without float noise, or a dash."""
    return "–" if value is None else show_number(float(value))


@register.simple_tag(takes_context=True)
def nav_link(
    context: dict[str, Any], url_name: str, label: str, icon_name: str = "", css: str = ""
) -> SafeString:
    """Link a page in the menu; the page one is on, or below, is marked."""
    url = reverse(url_name)
    path = context["request"].path if "request" in context else ""
    here = path == url or (url != reverse("home") and path.startswith(url))
    return format_html(
        '<li><a href="{}" class="{}"{}>{}{}</a></li>',
        url,
        css,
        SafeString(' aria-current="page"') if here else "",
        icon(icon_name) if icon_name else "",
        label,
    )
