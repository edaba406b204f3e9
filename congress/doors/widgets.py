"""Form controls of the staff's pages that are drawn without a template: a list of choices cost one for every choice."""

from typing import Any

from django.forms.utils import flatatt
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget


class Select(UnfoldAdminSelectWidget):
    """A drop-down list of plain choices."""

    def render(self, name: str, value: Any, attrs: Any = None, **_renderer: Any) -> SafeString:
        chosen = set(self.format_value(value))
        options = "".join(_option(choice, label, chosen) for choice, label in self.choices)
        wanted = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        return format_html('<div class="lo-select"><select{}>{}</select></div>', flatatt(wanted), mark_safe(options))  # noqa: S308


def _option(choice: Any, label: Any, chosen: set[str]) -> str:
    value = "" if choice is None else str(choice)
    return f'<option value="{escape(value)}"{" selected" if value in chosen else ""}>{escape(label)}</option>'


class TextInput(UnfoldAdminTextInputWidget):
    """A line of text."""

    def render(self, name: str, value: Any, attrs: Any = None, **_renderer: Any) -> SafeString:
        given = {"type": self.input_type, "name": name, "value": self.format_value(value), **(attrs or {})}
        return format_html("<input{}>", flatatt(self.build_attrs(self.attrs, given)))


def file_link(attachment: Any) -> str:
    """A link to a kept file, whose own page asks whether the reader may have it; a dash where there is none."""
    if attachment is None:
        return "—"
    return format_html('<a href="{}">{}</a>', reverse("attachment", args=[attachment.pk]), attachment.name)
