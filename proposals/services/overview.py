"""What the office sees of one paper, of all papers by state, and of everything that is late."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from congress.kernel.reports import seen
from congress.models import Congress, DueTime, JournalEntry
from proposals.models import (
    Assignment,
    Feedback,
    Proposal,
    ScreeningOpinion,
    Signature,
    SupervisionKind,
    SupervisionStep,
)
from proposals.models import ProposalState as S
from proposals.policies import ASSIGNMENTS, PROPOSALS
from proposals.services import similar
from proposals.services.lights import light
from proposals.workflows import ASSIGNMENT, PROPOSAL

COLUMNS: Final = (
    ("in", _("To screen"), (S.REGISTERED, S.SCREENING, S.RETURNED)),
    ("plan", _("To plan"), (S.FILED, S.CONVERTED, S.TO_ADVICE, S.DELIBERATION, S.PLANNING)),
    ("units", _("With units"), (S.ASSIGNED, S.REHANDLING)),
    ("opinion", _("Opinion awaited"), (S.ANSWERED, S.FEEDBACK)),
    ("track", _("Promises"), (S.TRACKING,)),
    ("done", _("Done"), (S.CLOSED, S.REPORTED)),
)
"""The office's board: what waits for whom."""
PER_COLUMN: Final = 15
PATH: Final = (
    (_("handed in"), (S.SUBMITTED, S.REGISTERED)),
    (_("screened"), (S.SCREENING, S.RETURNED)),
    (_("planned"), (S.FILED, S.CONVERTED, S.TO_ADVICE, S.DELIBERATION, S.PLANNING)),
    (_("with units"), (S.ASSIGNED, S.REHANDLING)),
    (_("answered"), (S.ANSWERED, S.FEEDBACK, S.TRACKING)),
    (_("closed"), (S.CLOSED, S.REPORTED)),
)


@dataclass
class Mark:
    """One step of the way, and whether it is done, now, or to come."""

    label: Any
    css: str


def path_of(proposal: Proposal) -> list[Mark]:
    """The way of a paper; none for one that ended before it reached a unit."""
    place = next((number for number, (_label, states) in enumerate(PATH) if proposal.state in states), None)
    if place is None:
        return []
    return [
        Mark(label, "done" if number < place else "now" if number == place else "")
        for number, (label, _states) in enumerate(PATH)
    ]


@dataclass
class Part:
    """A unit's part on the paper's page: its light, what the office can do now, what it asks, what it did."""

    row: Assignment
    light: str
    steps: list[str]
    actions: list[tuple[Any, str]]


@dataclass
class Column:
    """One column of the board: how many there are, and the most urgent of them."""

    key: str
    label: Any
    count: int
    cards: list[Proposal] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)


def paper_page(proposal: Proposal, user: Any) -> dict[str, Any]:
    """Everything the office's page of one paper shows, in a constant number of queries."""
    today = timezone.localdate()
    assignments = list(
        ASSIGNMENTS.visible(user)
        .filter(proposal=proposal)
        .select_related("unit", "notice", "proposal__congress__organization", "proposal__lead__person")
        .prefetch_related("requests__proper_unit", "progress", "contacts__mandate__person")
    )
    due = {
        row.subject_id: row
        for row in DueTime.objects.filter(kind="assignment_reply", subject_id__in=[one.pk for one in assignments])
    }
    parts = [
        Part(
            one,
            light(one.due_on, today) if one.done_on is None else "",
            due[one.pk].steps if one.pk in due else [],
            list(ASSIGNMENT.available(one, user)),
        )
        for one in assignments
    ]
    return {
        "path": path_of(proposal),
        "light": light(proposal.due_on, today) if proposal.state in (S.ASSIGNED, S.REHANDLING) else "",
        "measures": proposal.measures.all(),
        "signatures": Signature.objects.filter(proposal=proposal).select_related("mandate__person"),
        "opinions": ScreeningOpinion.objects.filter(proposal=proposal).select_related("reader"),
        "alike": similar.find(user, proposal.title, similar.text_of(proposal), leave_out=proposal.pk)
        if _waits(proposal)
        else [],
        "parts": parts,
        "replies": proposal.replies.select_related("assignment__unit", "document"),
        "feedbacks": Feedback.objects.filter(proposal=proposal).select_related("mandate__person", "entered_by"),
        "promises": proposal.undertakings.select_related("unit"),
        "supervision": proposal.supervision.select_related("assignment__unit", "document", "meeting", "by"),
        "results": proposal.results.all(),
        "merged": proposal.merged.select_related("lead__person"),
        "journal": journal(proposal),
    }


def _waits(proposal: Proposal) -> bool:
    return proposal.state in (S.REGISTERED, S.SCREENING)


def journal(proposal: Proposal) -> list[tuple[JournalEntry, Any]]:
    """Every step of the paper, the latest first, each by its name."""
    rows = JournalEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Proposal), object_id=proposal.pk
    ).select_related("by")
    labels = {row.verb: row.label for row in PROPOSAL.transitions}
    return [(row, labels.get(row.verb, row.verb)) for row in rows.order_by("-pk")[:60]]


def board(user: Any, **narrowed: Any) -> list[Column]:
    """The office's papers by what they wait for, the overdue first. Two queries."""
    rows = PROPOSALS.visible(user).filter(**narrowed)
    counts = defaultdict(int, rows.order_by().values_list("state").annotate(count=Count("pk")))
    columns = []
    for key, label, states in COLUMNS:
        cards = rows.filter(state__in=states).for_list()
        cards = cards.order_by("-pk") if key == "done" else cards.order_by("due_on", "pk")
        columns.append(Column(key, label, sum(counts[state] for state in states), list(cards[:PER_COLUMN])))
    return columns


def moves(proposals: Sequence[Proposal], user: Any) -> dict[int, dict[str, str]]:
    """Where a card may be dropped: by paper and column, the verb the table has for it and the user may take."""
    found: dict[int, dict[str, str]] = {}
    column_of = {state: key for key, _label, states in COLUMNS for state in states}
    for proposal in proposals:
        for row, reason in PROPOSAL.available(proposal, user):
            column = column_of.get(S(row.target))
            if not reason and column and column != column_of.get(S(proposal.state)):
                found.setdefault(proposal.pk, {}).setdefault(column, row.verb)
    return found


@dataclass
class Late:
    """A unit's part that is overdue, how often it was urged, and when last."""

    row: Assignment
    days: int
    urged: int
    last: date | None


def late(user: Any, today: date, congresses: Sequence[Congress] | None = None) -> list[Late]:
    """Everything overdue the user may see, of those congresses if any are named, the latest first. Two queries."""
    meant = {} if congresses is None else {"proposal__congress__in": congresses}
    rows = list(
        seen(user, ASSIGNMENTS)
        .filter(**meant)
        .for_list()
        .overdue(today)
        .order_by("due_on", "pk")
        .select_related(
            "unit",
            "proposal__congress__organization",
            "proposal__lead__person",
            "proposal__leader",
            "proposal__session",
        )
    )
    urged = SupervisionStep.objects.filter(assignment__in=[row.pk for row in rows]).exclude(
        kind=SupervisionKind.MEETING
    )
    by_row = {
        pk: (count, last)
        for pk, count, last in urged.order_by().values_list("assignment").annotate(count=Count("pk"), last=Max("on"))
    }
    return [Late(row, (today - row.due_on).days, *by_row.get(row.pk, (0, None))) for row in rows]


def waiting(user: Any) -> dict[str, int]:
    """What waits for the office: to screen, to plan, requests of units, replies to review, opinions. One query each."""
    papers = (
        PROPOSALS.visible(user)
        .order_by()
        .aggregate(
            screen=Count("pk", filter=Q(state__in=[S.REGISTERED, S.SCREENING])),
            plan=Count("pk", filter=Q(state__in=[S.FILED, S.CONVERTED, S.TO_ADVICE, S.PLANNING])),
            withdraw=Count("pk", filter=~Q(withdrawal_reason="") & ~Q(state=S.WITHDRAWN)),
            unhappy=Count("pk", filter=Q(state=S.FEEDBACK, feedbacks__result="dissatisfied")),
        )
    )
    parts = (
        ASSIGNMENTS.visible(user)
        .order_by()
        .aggregate(
            requests=Count("pk", filter=Q(state__in=["objected", "extension_asked"])),
            review=Count("pk", filter=Q(state="in_review")),
            overdue=Count(
                "pk",
                filter=Q(
                    state__in=["pending_sign", "signed", "working", "opinions_collected", "drafted"],
                    due_on__lt=timezone.localdate(),
                ),
            ),
        )
    )
    return papers | parts
