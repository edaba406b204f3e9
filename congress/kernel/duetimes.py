"""The ladder of reminders: due soon, overdue, told to the office above; one ledger of due times for all floors.

`start` writes what is owed, `close` that it is done; both in the transaction of the fact. A pass of the clock
(`congress.services.reminders`) speaks when `next_at` has come.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils import timezone

from congress.kernel import rules
from congress.kernel.deadlines import TZ, Deadline
from congress.models import DueTime, Organization, Rung

SPOKEN_AT: Final = time(9)  # nobody is woken: messages leave when offices open


@dataclass(frozen=True)
class Step:
    """One rung: which, and from when on it holds."""

    rung: Rung
    at: datetime


def ladder(due_on: date, before: Sequence[int], escalate_after: int) -> list[Step]:
    """The rungs of one due day, first to last: so many days before, the day after, and so many days after that."""
    soon = [Step(Rung.SOON, spoken_at(due_on - timedelta(days=days))) for days in sorted(set(before), reverse=True)]
    late = due_on + timedelta(days=1)
    return [
        *soon,
        Step(Rung.OVERDUE, spoken_at(late)),
        Step(Rung.ESCALATED, spoken_at(late + timedelta(days=escalate_after))),
    ]


def ladder_of(organization: Organization, due_on: date) -> list[Step]:
    """The rungs as the rules of the organisation have them."""
    today = timezone.localdate()
    return ladder(
        due_on,
        rules.value("remind_days_before", organization, today),
        rules.value("escalate_days_after", organization, today),
    )


def start(
    key: str,
    *,
    kind: str,
    subject_id: int,
    organization: Organization,
    title: str,
    starts_on: date,
    deadline: Deadline,
    link: str = "",
) -> DueTime:
    """Owe something by a deadline. The same key again starts anew, with the new day.

    What is overdue when it is written down is spoken of at the next pass; reminders whose day has passed are not.
    """
    now = timezone.now()
    steps = ladder_of(organization, deadline.due_on)
    coming = [step.at for step in steps if step.at > now]
    is_late = any(step.at <= now for step in steps if step.rung != Rung.SOON)
    due, _fresh = DueTime.objects.update_or_create(
        key=key,
        defaults={
            "kind": kind,
            "subject_id": subject_id,
            "organization": organization,
            "title": title[:200],
            "link": link,
            "starts_on": starts_on,
            "due_on": deadline.due_on,
            "due_at": deadline.due_at,
            "steps": [*deadline.steps, *deadline.warnings],
            "rung": Rung.NONE,
            "next_at": now if is_late else coming[0],
            "closed_at": None,
        },
    )
    return due


def close(kind: str, *subject_ids: int) -> None:
    """Nothing of this kind is owed about these subjects any more: it was done, or is not needed."""
    open_ones = DueTime.objects.filter(kind=kind, subject_id__in=subject_ids, closed_at=None)
    open_ones.update(closed_at=timezone.now(), next_at=None)


def spoken_at(day: date) -> datetime:
    """The hour of that day at which messages leave."""
    return datetime.combine(day, SPOKEN_AT, tzinfo=TZ)
