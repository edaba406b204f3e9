"""Green, yellow, red: how near a due day is, the same at every door."""

from datetime import date
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

YELLOW_FROM: Final = 15
"""Days before the day from which on it is soon due: the first rung of the ladder of supervision."""


def light(due_on: date | None, today: date) -> str:
    """`green` with more than 15 days left, `yellow` from then on, `red` once the day is past; nothing without one."""
    if due_on is None:
        return ""
    left = (due_on - today).days
    if left < 0:
        return "red"
    return "yellow" if left <= YELLOW_FROM else "green"


def words(due_on: date | None, today: date) -> str:
    """The same for who does not see colours: how many days are left, or since when it is late."""
    if due_on is None:
        return ""
    left = (due_on - today).days
    if left == 0:
        return _("due today")
    if left < 0:
        return ngettext("%(count)s day overdue", "%(count)s days overdue", -left) % {"count": -left}
    return ngettext("%(count)s day left", "%(count)s days left", left) % {"count": left}
