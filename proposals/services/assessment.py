"""The yearly assessment of handling units (F089, reference.md §3.9): points, rank, and who is proposed as excellent.

A part belongs to the year in which it is due now, so each counts once. What cannot be judged yet, such as opinions
nobody has returned, is left out, and the other points are scaled up to a hundred.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.kernel import rules
from congress.kernel.reports import seen
from congress.kernel.workflow import Refused
from congress.models import Organization
from congress.querysets import within
from proposals.models import Assignment
from proposals.policies import ASSIGNMENTS, UNSEEN_BY_UNITS
from proposals.services import statistics
from proposals.services.statistics import Tally

KINDS: Final = ("on_time", "class", "satisfaction", "contact")
LETTERS: Final = "ABCD"


@dataclass(frozen=True)
class Scheme:
    """How many points each kind is worth, what a class of reply is worth, how many are proposed as excellent."""

    points: Mapping[str, int]
    values: tuple[int, ...]
    excellent: int


@dataclass
class Assessed:
    """One unit: its counts, its points by kind (none where nothing can be judged), the whole, the rank."""

    tally: Tally
    points: dict[str, float] = field(default_factory=dict)
    total: float | None = None
    rank: int | None = None
    is_proposed: bool = False


def scheme(organization: Organization, on: date) -> Scheme:
    """The rules that hold there. Raises `Refused` if the points do not make a hundred."""
    keys = [f"assess_{kind}" for kind in KINDS]
    held = rules.held_by([*keys, "assess_class_values", "assess_excellent_percent"], [organization], on)[
        organization.pk
    ]
    points = {kind: held[f"assess_{kind}"].value for kind in KINDS}
    if sum(points.values()) != 100:
        raise Refused(
            _("The points of the assessment make %(sum)s together and not 100: %(each)s. Correct the rules.")
            % {"sum": sum(points.values()), "each": " + ".join(str(value) for value in points.values())}
        )
    return Scheme(points, held["assess_class_values"].value, held["assess_excellent_percent"].value)


def due_in(user: Any, organization: Organization, year: int) -> QuerySet[Assignment]:
    """What units had to do that year for the congresses of the branch, as far as the user may see it."""
    rows = seen(user, ASSIGNMENTS).exclude(state__in=UNSEEN_BY_UNITS)
    return rows.filter(within([organization.path], "proposal__congress__organization"), due_on__year=year)


def assess(user: Any, organization: Organization, year: int) -> tuple[list[Assessed], Scheme]:
    """The units of the year, the best first, after them those that cannot be ranked. Raises `Refused`."""
    today = timezone.localdate()
    held = scheme(organization, min(today, date(year, 12, 31)))
    tallies = statistics.by_unit(user, due_in(user, organization, year), today)
    lines = [_assessed(tally, held) for tally in tallies]
    ranked = sorted((line for line in lines if line.total is not None), key=lambda line: -(line.total or 0))
    for place, line in enumerate(ranked, 1):
        before = ranked[place - 2] if place > 1 else None
        line.rank = before.rank if before and before.total == line.total else place
    _propose(ranked, held.excellent)
    return [*ranked, *(line for line in lines if line.total is None)], held


def _assessed(tally: Tally, held: Scheme) -> Assessed:
    line = Assessed(tally)
    if not tally["lead"] + tally["separate"]:
        return line  # who only assists answers no delegate
    shares = {
        "on_time": _of(tally["on_time"], tally["done"] + tally["overdue"]),
        "class": _of(
            sum(value * tally[letter] for letter, value in zip(LETTERS, held.values, strict=True)),
            100 * tally["replied"],
        ),
        "satisfaction": _of(tally["satisfied"] + tally["fairly"], tally["returned"]),
        "contact": _of(tally["contacted"], tally["replied"]),
    }
    line.points = {kind: held.points[kind] * value for kind, value in shares.items() if value is not None}
    judged = sum(held.points[kind] for kind in line.points)
    if judged:
        line.total = round(100 * sum(line.points.values()) / judged, 1)
    return line


def _of(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _propose(ranked: list[Assessed], percent: int) -> None:
    """The best so many in a hundred, rounded; equals are proposed together. It is the office's to decide."""
    places = (len(ranked) * percent + 50) // 100
    if not places:
        return
    least = ranked[min(places, len(ranked)) - 1].total or 0
    for line in ranked:
        line.is_proposed = (line.total or 0) >= least
