"""How urgent something is, at a glance: a light beside the words, never instead of them."""

from datetime import date
from typing import Final, Literal

SOON_DAYS: Final = 15

Light = Literal["green", "yellow", "red", ""]


def light(due_on: date | None, today: date) -> Light:
    """Green with more than fifteen days left, yellow up to the day, red after it; nothing if nothing is due."""
    if due_on is None:
        return ""
    left = (due_on - today).days
    if left < 0:
        return "red"
    return "yellow" if left <= SOON_DAYS else "green"
