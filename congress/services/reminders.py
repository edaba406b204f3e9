"""One pass of the ladder: whoever owes something is told before the day, after it, and then the office above."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from congress.kernel import duetimes, notices
from congress.kernel.deadlines import Deadline
from congress.models import DueTime, Organization, Rung, User
from congress.policies import managers_of

BATCH = 500
TEMPLATES = {
    Rung.SOON: "congress/notices/due_soon.txt",
    Rung.DUE: "congress/notices/due_soon.txt",
    Rung.OVERDUE: "congress/notices/due_overdue.txt",
    Rung.ESCALATED: "congress/notices/due_escalated.txt",
}


@dataclass(frozen=True)
class Passed:
    """What one pass said: messages to those who owe, and messages to the offices above."""

    sent: int = 0
    escalated: int = 0

    def __add__(self, other: "Passed") -> "Passed":
        return Passed(self.sent + other.sent, self.escalated + other.escalated)


def run(now: datetime | None = None, *, dry_run: bool = False) -> Passed:
    """Speak of everything whose hour has come. Safe to run at once, late or twice: each message is owed once.

    With `dry_run` it says what it would send, and sends nothing.
    """
    now = now or timezone.now()
    people, total, after = _People(), Passed(), (None, 0)
    while True:
        with transaction.atomic():
            rows = _due(now, after if dry_run else (None, 0))
            if not rows:
                return total
            after = (rows[-1].next_at, rows[-1].pk)
            total += _speak(rows, people, now, dry_run=dry_run)


def _due(now: datetime, after: tuple[datetime | None, int]) -> Sequence[DueTime]:
    """The next of what is due and nobody else is speaking of."""
    rows = DueTime.objects.filter(next_at__lte=now).order_by("next_at", "pk")
    rows = rows.select_related("organization__parent", "ruled_by")
    moment, last = after
    if moment is not None:
        rows = rows.filter(next_at__gte=moment).exclude(next_at=moment, pk__lte=last)
    return list(rows.select_for_update(skip_locked=True, of=("self",))[:BATCH])


def _speak(rows: Sequence[DueTime], people: "_People", now: datetime, *, dry_run: bool) -> Passed:
    reached: list[duetimes.Reached] = []
    for row in rows:
        ladder = people.ladder(row.ruling, row.due_on, row.kind)
        passed_by = [step.rung for step in ladder if step.at <= now]
        row.rung = passed_by[-1] if passed_by else Rung.NONE
        row.next_at = next((step.at for step in ladder if step.at > now), None)
        if row.rung != Rung.NONE:
            reached.append(duetimes.Reached(row, Rung(row.rung)))
    told = _told(reached, people)
    owed = [_message(one.row, user, now, told[one.row.pk]) for one in reached for user in told[one.row.pk].owing]
    above = [_message(one.row, user, now, told[one.row.pk]) for one in reached for user in told[one.row.pk].above]
    if dry_run:
        return Passed(len(owed), len(above))
    for kind in {one.row.kind for one in reached}:
        own = duetimes.own_ladder(kind)
        if own is not None:
            own.then([one for one in reached if one.row.kind == kind], now)
    passed = Passed(notices.post_many(owed), notices.post_many(above))
    # Those of one day and office climb together: a few updates by key instead of one with a case for every row.
    climbed: dict[tuple[str, datetime | None], list[int]] = defaultdict(list)
    for row in rows:
        climbed[row.rung, row.next_at].append(row.pk)
    for (rung, next_at), keys in climbed.items():
        DueTime.objects.filter(pk__in=keys).update(rung=rung, next_at=next_at)
    return passed


def _told(reached: Sequence[duetimes.Reached], people: "_People") -> dict[int, duetimes.Told]:
    """Who hears, by due time: those a kind's own ladder names, else the office, whom the kind names besides, and at the
    last rung the office above."""
    told: dict[int, duetimes.Told] = {}
    plain = []
    for kind in {one.row.kind for one in reached}:
        of_kind = [one for one in reached if one.row.kind == kind]
        own = duetimes.own_ladder(kind)
        if own is None:
            plain += of_kind
        else:
            told |= own.told(of_kind)
    others = _others([one.row for one in plain])
    for one in plain:
        row = one.row
        near = {user.pk: user for user in (*people.office(row.organization), *others.get(row.pk, ()))}
        higher = []
        if one.rung == Rung.ESCALATED and row.organization.parent:
            higher = [user for user in people.office(row.organization.parent) if user.pk not in near]
        told[row.pk] = duetimes.Told(list(near.values()), higher)
    return {one.row.pk: told.get(one.row.pk, duetimes.Told()) for one in reached}


def _message(row: DueTime, user: User, now: datetime, told: duetimes.Told) -> notices.Owed:
    left = (row.due_on - timezone.localdate(now)).days
    # The rung before the day is reached several times, each on a day of its own.
    rung = f"{row.rung}{left}" if row.rung == Rung.SOON else row.rung
    own = duetimes.own_ladder(row.kind)
    templates = TEMPLATES | dict(own.templates) if own else TEMPLATES
    return notices.Owed(
        f"due:{row.pk}:{row.due_on}:{rung}:{user.pk}",
        templates[Rung(row.rung)],
        user,
        row.link if user.is_staff else told.link,
        {"row": row, "left": left, "late": -left},
    )


def _others(rows: Iterable[DueTime]) -> dict[int, list[User]]:
    """Who must hear besides the office, by due time: each kind of subject knows, and is asked once."""
    found: dict[int, list[User]] = {}
    for kind in {row.kind for row in rows}:
        if kind in settings.TOLD_BESIDES:
            ask: Callable[[list[int]], Mapping[int, list[User]]] = import_string(settings.TOLD_BESIDES[kind])
            of_kind = [row for row in rows if row.kind == kind]
            named = ask([row.subject_id for row in of_kind])
            found |= {row.pk: [user for user in named.get(row.subject_id, []) if user.is_active] for row in of_kind}
    return found


class _People:
    """Offices and their rules, asked once a pass however many rows they have."""

    def __init__(self) -> None:
        self._offices: dict[int, list[User]] = {}
        self._ladders: dict[tuple[int, str], list[tuple[Rung, timedelta]]] = {}

    def office(self, organization: Organization) -> list[User]:
        if organization.pk not in self._offices:
            self._offices[organization.pk] = list(managers_of(organization))
        return self._offices[organization.pk]

    def ladder(self, organization: Organization, due_on: date, kind: str) -> list[duetimes.Step]:
        start, key = duetimes.spoken_at(due_on), (organization.pk, kind)
        if key not in self._ladders:
            steps = duetimes.ladder_of(organization, due_on, kind)
            self._ladders[key] = [(step.rung, step.at - start) for step in steps]
        return [duetimes.Step(rung, start + offset) for rung, offset in self._ladders[key]]


def recount(kind: str = "", *, apply: bool) -> list[tuple[DueTime, Deadline]]:
    """Open due times whose rule or calendar gives another day now; with `apply` they are moved, and say why.

    Nothing moves by itself: a holiday announced late changes no day that somebody was told. What was extended by hand
    has no rule any more and stays.
    """
    rows = (
        DueTime.objects.filter(closed_at=None)
        .exclude(rule="")
        .select_related("organization", "ruled_by")
        .order_by("due_on", "pk")
    )
    moved = []
    for row in rows.filter(kind=kind) if kind else rows:
        fresh = duetimes.by_rule(row.rule, row.ruling, row.starts_on)
        if fresh.due_on != row.due_on:
            moved.append((row, fresh))
    if apply:
        with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
            for row, fresh in moved:
                because = _("counted again: %(old)s → %(new)s") % {
                    "old": f"{row.due_on:%Y-%m-%d}",
                    "new": f"{fresh.due_on:%Y-%m-%d}",
                }
                duetimes.move(row, fresh, because=because)
    return moved
