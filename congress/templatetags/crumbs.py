"""The way back from a page of the staff: to the dashboard, the list, the thing the page is about."""

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

register = template.Library()
Crumb = tuple[str, str]


@register.simple_tag(takes_context=True)
def crumbs(context: template.Context) -> list[Crumb]:
    """Titles and addresses from the dashboard down to what stands above this page; none for the dashboard itself.

    A page may name what lies between its list and itself in `above`: the paper a promise is about.
    """
    opts, obj = context.get("opts"), context.get("original") or context.get("object")
    path = context["request"].path
    if opts is None:
        return []
    found: list[Crumb] = [(_("Dashboard"), reverse("admin:index"))]
    model = opts if obj is None or isinstance(obj, str) else obj._meta
    found += _link(str(model.verbose_name_plural).capitalize(), f"{model.app_label}_{model.model_name}_changelist")
    found += list(context.get("above") or [])
    if obj is not None and not isinstance(obj, str) and obj.pk:
        found += _link(str(obj), f"{model.app_label}_{model.model_name}_change", obj.pk)
    return [(title, address) for title, address in found if address != path]


@register.simple_tag(takes_context=True)
def page_name(context: template.Context) -> str:
    """What the head of the page calls it: a list by its rows, one thing by its name, any other page by its title."""
    if context.get("cl"):
        return str(context["opts"].verbose_name_plural).capitalize()
    original = context.get("original")
    if original is not None and not isinstance(original, str):
        return str(original)
    return str(context.get("title") or "")


def _link(title: str, name: str, *args: Any) -> list[Crumb]:
    try:
        return [(title, reverse(f"admin:{name}", args=args))]
    except NoReverseMatch:
        return []
