"""Green, yellow, red: how near a due day is, the same at every door; beside the words, never instead of them."""

from datetime import date
from typing import Final, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SOON_DAYS: Final = 15
"""Days before the day from which on it is soon due: the first rung of the ladder of supervision."""

Light = Literal["green", "yellow", "red", ""]


def light(due_on: date | None, today: date) -> Light:
    """Green with more than fifteen days left, yellow from then on, red once the day is past; nothing without one."""
    if due_on is None:
        return ""
    left = (due_on - today).days
    if left < 0:
        return "red"
    return "yellow" if left <= SOON_DAYS else "green"


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
