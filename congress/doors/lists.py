"""The rows of the staff's lists. Each column finds the way to its text once a page, not once a cell."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.options import ModelAdmin
from django.contrib.admin.utils import display_for_field, display_for_value, label_for_field
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import models
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from unfold.templatetags import unfold_list
from unfold.views import ChangeList

TICK = "action_checkbox"
Show = Callable[[Any], Any]


@dataclass(frozen=True)
class Column:
    """One column: what it is called, and how a row's text is had."""

    name: str
    label: str
    show: Show


def columns_of(changelist: Any) -> list[Column]:
    """The list's columns without the tick boxes."""
    admin = changelist.model_admin
    empty = admin.get_empty_value_display()
    return [
        Column(name, str(label_for_field(name, changelist.model, model_admin=admin)), _way(admin, name, empty))
        for name in changelist.list_display
        if name != TICK
    ]


def rows_of(changelist: Any) -> Iterator[SafeString]:
    """Each row of the page as HTML: a tick box where actions are offered, then the cells. The first cell leads on."""
    columns = columns_of(changelist)
    ends = [_ends(column, heading=place == 0) for place, column in enumerate(columns)]
    leads_to = _address(changelist)
    ticked = _tick_box(_("Select this row")) if TICK in changelist.list_display else ()
    for row in changelist.result_list:
        cells = [f"{row.pk}".join(ticked)] if ticked else []
        for place, (column, (before, after)) in enumerate(zip(columns, ends, strict=True)):
            text = conditional_escape(column.show(row))
            if place == 0:
                text = format_html('<a href="{}">{}</a>', str(row.pk).join(leads_to), text)
            cells += [before, text, after]
        yield mark_safe("".join(cells))  # noqa: S308 -- each part is escaped above


def _address(changelist: Any) -> tuple[str, str]:
    """What stands before and after a row's number in the address of its page; finding it for each row took as long."""
    options, number = changelist.opts, 0
    address = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[number])
    before, _number, after = address.rpartition(f"/{number}/")
    more = f"?{changelist.preserved_filters}" if changelist.preserved_filters else ""
    return f"{before}/", f"/{after}{more}"


def _way(admin: ModelAdmin, name: str, empty: str) -> Show:
    """How the column's text is had of a row: a method of the page, a field, or a property of the row."""
    if hasattr(admin, name):
        method = getattr(admin, name)
        boolean = getattr(method, "boolean", False)
        return lambda row: _words(method(row), empty, boolean=boolean)
    try:
        field = admin.opts.get_field(name)
    except FieldDoesNotExist:
        return lambda row: _words(getattr(row, name), empty)
    return _field_way(field, empty)


def _field_way(field: Any, empty: str) -> Show:
    if field.is_relation:
        return lambda row: _words(_related(row, field.name), empty)
    if field.flatchoices:
        words = dict(field.flatchoices)
        return lambda row: words.get(getattr(row, field.attname), empty)
    if isinstance(field, models.BooleanField):
        words = {True: _("yes"), False: _("no")}
        return lambda row: words.get(getattr(row, field.attname), empty)
    return lambda row: display_for_field(getattr(row, field.attname), field, empty)


def _related(row: models.Model, name: str) -> Any:
    try:
        return getattr(row, name)
    except ObjectDoesNotExist:
        return None


def _words(value: Any, empty: str, *, boolean: bool = False) -> Any:
    if isinstance(value, str):
        return value or empty
    if boolean:
        return _("yes") if value else _("no")
    return display_for_value(value, empty)


def _ends(column: Column, *, heading: bool) -> tuple[SafeString, SafeString]:
    tag = mark_safe("th scope=row" if heading else "td")  # noqa: S308 -- two words of ours
    before = format_html('<{} class="field-{}" data-label="{}">', tag, column.name, column.label)
    return before, mark_safe("</th>" if heading else "</td>")  # noqa: S308 -- two words of ours


def _tick_box(label: str) -> tuple[str, str]:
    """What stands before and after the row's number in its tick box."""
    box = '<td class="action-checkbox"><input type="checkbox" name="_selected_action" class="action-select"'
    return format_html('{} aria-label="{}" value="', mark_safe(box), label), '"></td>'  # noqa: S308 -- ours


class PolicyChangeList(ChangeList):
    """A list whose template asks it for headers and rows."""

    def headers(self) -> list[dict[str, Any]]:
        return list(unfold_list.result_headers(self))

    def sorted_by(self) -> int:
        """How many columns it is sorted by."""
        return len(self.get_ordering_field_columns())

    def rows(self) -> Iterator[SafeString]:
        return rows_of(self)
