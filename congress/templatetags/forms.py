"""One fact of a staff form: its name, its control, what is wrong with it."""

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def fact(field: Any) -> SafeString:
    """The field as Django's admin wraps it. Put together here: forty of them by template took half of a page."""
    if field.is_readonly:
        return format_html(
            '<div class="lo-field"><span class="lo-label">{}</span><div class="lo-value readonly">{}</div></div>',
            field.field["label"],
            field.contents() or "—",
        )
    bound = field.field
    problems = bound.errors
    return format_html(
        '<div class="lo-field{}"><label class="lo-label{}" for="{}">{}</label><div class="lo-value">{}{}{}</div></div>',
        " wrong" if problems else "",
        " required" if bound.field.required else "",
        bound.id_for_label,
        bound.label,
        bound,
        format_html('<p class="lo-note" id="{}_helptext">{}</p>', bound.auto_id, bound.help_text)
        if bound.help_text
        else "",
        format_html_join("", '<p class="lo-wrong">{}</p>', ((problem,) for problem in problems)),
    )
