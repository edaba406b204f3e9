"""What the admin theme works out again for every row of a list, worked out once."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from unfold.admin import checkbox
from unfold.templatetags import unfold_list

_every_time = unfold_list.result_headers


def headers_of(changelist: Any) -> Sequence[dict[str, Any]]:
    """The column headers, once a list and not once a row: a quarter of the page's time."""
    if "_headers" not in changelist.__dict__:
        changelist._headers = list(_every_time(changelist))
    return changelist._headers


unfold_list.result_headers = headers_of


def checkbox_of(number: int) -> SafeString:
    """The row's tick box, from one rendering of the widget: an eighth of the page's time."""
    before, after = _checkbox(get_language() or "")
    return format_html("{}{}{}", before, number, after)


@lru_cache(maxsize=8)
def _checkbox(_language: str) -> tuple[SafeString, SafeString]:
    before, _mark, after = checkbox.render(ACTION_CHECKBOX_NAME, "MARK").partition("MARK")
    return mark_safe(before), mark_safe(after)  # noqa: S308 -- the theme's own template, with nothing of ours in it
