"""The ladder of reminders: due soon, overdue, told to the office above; one ledger of due times for all floors.

`start` writes what is owed, `close` that it is done; both in the transaction of the fact. A pass of the clock
(`congress.services.reminders`) speaks when `next_at` has come. A floor gives a kind a ladder of its own by
`settings.LADDERS`: other rungs, other people, and what a rung brings besides a message.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from congress.kernel import rules
from congress.kernel.deadlines import TZ, Deadline, WorkCalendar, after_days, after_months, after_working_days
from congress.models import DueTime, Organization, Rung, User

SPOKEN_AT: Final = time(9)  # nobody is woken: messages leave when offices open


@dataclass(frozen=True)
class Step:
    """One rung: which, and from when on it holds."""

    rung: Rung
    at: datetime


@dataclass(frozen=True)
class Reached:
    """A due time that has come to a rung in this pass."""

    row: DueTime
    rung: Rung


@dataclass(frozen=True)
class Told:
    """Who hears of a rung: those who owe, and those above them."""

    owing: Sequence[User] = ()
    above: Sequence[User] = ()
    link: str = ""  # where those of them find it who are no staff: the row's own link is the office's


@dataclass(frozen=True)
class Ladder:
    """The ladder of one kind of due time."""

    steps: Callable[[Organization, date], list[Step]]
    told: Callable[[Sequence[Reached]], Mapping[int, Told]]  # by due time
    then: Callable[[Sequence[Reached], datetime], None]  # in the pass's transaction, once for each rung
    templates: Mapping[Rung, str] = field(default_factory=dict)
    moved: Callable[[int, date], None] | None = None  # told the subject and its new day


def own_ladder(kind: str) -> Ladder | None:
    """The ladder a floor declares for a kind, if it does."""
    dotted = settings.LADDERS.get(kind)
    return import_string(dotted) if dotted else None


def by_rule(rule: str, organization: Organization, since: date) -> Deadline:
    """The due day a rule gives, counted in what its name ends with: `_working_days`, `_days` or `_months`."""
    count = rules.value(rule, organization, since)
    if rule.endswith("_working_days"):
        counted: Callable[..., Deadline] = after_working_days
    else:
        counted = after_months if rule.endswith("_months") else after_days
    return replace(counted(since, count, WorkCalendar.load()), rule=rule)


def ladder(due_on: date, before: Sequence[int], escalate_after: int) -> list[Step]:
    """The rungs of one due day, first to last: so many days before, the day after, and so many days after that."""
    soon = [Step(Rung.SOON, spoken_at(due_on - timedelta(days=days))) for days in sorted(set(before), reverse=True)]
    late = due_on + timedelta(days=1)
    return [
        *soon,
        Step(Rung.OVERDUE, spoken_at(late)),
        Step(Rung.ESCALATED, spoken_at(late + timedelta(days=escalate_after))),
    ]


def ladder_of(organization: Organization, due_on: date, kind: str = "") -> list[Step]:
    """The rungs as the rules of the organisation have them, for that kind of due time."""
    own = own_ladder(kind)
    if own is not None:
        return own.steps(organization, due_on)
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
    ruled_by: Organization | None = None,
) -> DueTime:
    """Owe something by a deadline. The same key again starts anew, with the new day.

    `ruled_by` is the organisation whose rules gave the day, where that is another than the one that owes it.

    What is overdue when it is written down is spoken of at the next pass; reminders whose day has passed are not.
    """
    facts = {
        "kind": kind,
        "subject_id": subject_id,
        "organization": organization,
        "title": title[:200],
        "link": link,
        "starts_on": starts_on,
        "ruled_by": ruled_by or organization,
        "closed_at": None,
        **_days_of(ruled_by or organization, deadline, kind),
    }
    due, _fresh = DueTime.objects.update_or_create(
        key=key, defaults=facts, create_defaults=facts | {"original_on": deadline.due_on}
    )
    return due


def _days_of(ruling: Organization, deadline: Deadline, kind: str) -> dict[str, Any]:
    """The day with its reasons, and when it is first spoken of by the rules of `ruling`."""
    now = timezone.now()
    steps = ladder_of(ruling, deadline.due_on, kind)
    coming = [step.at for step in steps if step.at > now]
    is_late = any(step.at <= now for step in steps if step.rung != Rung.SOON)
    return {
        "due_on": deadline.due_on,
        "due_at": deadline.due_at,
        "steps": [*deadline.steps, *deadline.warnings],
        "rule": deadline.rule,
        "rung": Rung.NONE,
        "paused_at": None,
        "next_at": now if is_late or not coming else coming[0],
    }


def move(row: DueTime, deadline: Deadline, *, because: str) -> None:
    """Another day for what is owed: the first one stays beside it, and the reason is the first of the new steps."""
    facts = _days_of(row.ruling, deadline, row.kind)
    facts["steps"] = [because, *facts["steps"]]
    DueTime.objects.filter(pk=row.pk, closed_at=None).update(**facts)
    own = own_ladder(row.kind)
    if own is not None and own.moved is not None:
        own.moved(row.subject_id, deadline.due_on)


def open_of(kind: str, *subject_ids: int) -> Any:
    """What is owed of a kind about these subjects."""
    rows = DueTime.objects.filter(kind=kind, subject_id__in=subject_ids, closed_at=None)
    return rows.select_related("organization", "ruled_by")


def pause(kind: str, *subject_ids: int) -> None:
    """Nobody is reminded until `resume`; the day stays."""
    open_of(kind, *subject_ids).filter(paused_at=None).update(paused_at=timezone.now(), next_at=None)


def resume(kind: str, *subject_ids: int) -> None:
    """Reminders go on. A rung that was passed meanwhile is spoken of at the next pass."""
    now = timezone.now()
    for row in open_of(kind, *subject_ids).filter(paused_at__isnull=False):
        steps = ladder_of(row.ruling, row.due_on, row.kind)
        missed = any(row.paused_at < step.at <= now for step in steps)
        coming = next((step.at for step in steps if step.at > now), None)
        DueTime.objects.filter(pk=row.pk).update(paused_at=None, next_at=now if missed else coming)


def close(kind: str, *subject_ids: int) -> None:
    """Nothing of this kind is owed about these subjects any more: it was done, or is not needed."""
    open_ones = DueTime.objects.filter(kind=kind, subject_id__in=subject_ids, closed_at=None)
    open_ones.update(closed_at=timezone.now(), next_at=None, paused_at=None)


def spoken_at(day: date) -> datetime:
    """The hour of that day at which messages leave."""
    return datetime.combine(day, SPOKEN_AT, tzinfo=TZ)
