"""Green, yellow, red: how urgent a day is, said alike wherever a paper is shown."""

from datetime import date
from typing import Final

SOON: Final = 15
"""Days before the day on which the first reminder is spoken (reference.md §3.6)."""


def light(due_on: date | None, today: date) -> str:
    """“green” with more than 15 days left, “yellow” from then on, “red” once it is overdue; nothing without a day."""
    if due_on is None:
        return ""
    left = (due_on - today).days
    if left < 0:
        return "red"
    return "yellow" if left <= SOON else "green"
