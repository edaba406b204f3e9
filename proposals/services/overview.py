"""What the office sees of one paper, of all papers by state, and of everything that is late."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from congress.kernel.reports import seen
from congress.models import Congress, DocumentState, DueTime, JournalEntry
from congress.policies import DOCUMENTS
from proposals.models import (
    WITH_THE_UNIT,
    Assignment,
    AssignmentRequest,
    DelegateContact,
    Feedback,
    Measure,
    ProgressNote,
    Proposal,
    ProposalResult,
    Reply,
    ScreeningOpinion,
    Signature,
    SupervisionKind,
    SupervisionStep,
    Undertaking,
)
from proposals.models import ProposalState as S
from proposals.policies import ASSIGNMENTS, OFFICE_PAPERS, UNDERTAKINGS
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
UNHAPPY: Final = Q(state=S.FEEDBACK, feedbacks__round=F("round")) & (
    Q(feedbacks__result="dissatisfied") | Q(feedbacks__attitude="dissatisfied")
)
"""Papers of which somebody is not satisfied with the handling that was answered last."""
LETTERS: Final = Q(about__startswith="assignment:") | Q(about__startswith="proposal:") | Q(about__startswith="reply:")
"""Documents about papers."""
PER_COLUMN: Final = 8
TO_SCREEN: Final = (S.REGISTERED, S.SCREENING)
TO_PLAN: Final = (S.FILED, S.CONVERTED, S.TO_ADVICE, S.PLANNING)
ORDERS: Final = {"in": ("pk",), "plan": ("pk",), "done": ("-pk",)}
"""Of the columns whose papers have no day for a reply yet, or no longer; the others go by that day."""
SORTED: Final = {"in": lambda one: one.pk, "plan": lambda one: one.pk, "done": lambda one: -one.pk}
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
    requests: list[AssignmentRequest]
    progress: list[ProgressNote]
    contacts: list[DelegateContact]


@dataclass
class Column:
    """One column of the board: how many there are, and the most urgent of them."""

    key: str
    label: Any
    count: int
    cards: list[Proposal] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)


def paper_page(proposal: Proposal, user: Any) -> dict[str, Any]:
    """Everything the office's page of one paper shows, in a handful of queries."""
    today = timezone.localdate()
    lines = gather(proposal)
    rows = ASSIGNMENTS.visible(user).filter(proposal=proposal).select_related("unit", "notice")
    assignments = list(rows.order_by("role", "pk"))
    for one in assignments:
        one.proposal = proposal
    due = DueTime.objects.filter(kind="assignment_reply", subject_id__in=[one.pk for one in assignments])
    steps = {row.subject_id: row.steps for row in due} if assignments else {}
    return lines | {
        "path": path_of(proposal),
        "light": light(proposal.due_on, today) if proposal.state in (S.ASSIGNED, S.REHANDLING) else "",
        "parts": [_part(one, lines, steps.get(one.pk, []), user, today) for one in assignments],
        "alike": _alike(proposal, user),
        "merged": proposal.merged.select_related("lead__person"),
        "journal": journal(proposal),
    }


def _part(row: Assignment, lines: dict[str, list[Any]], steps: list[str], user: Any, today: date) -> Part:
    def own(name: str) -> list[Any]:
        return [line for line in lines[name] if line.assignment_id == row.pk]

    lamp = light(row.due_on, today) if row.state in WITH_THE_UNIT else ""
    return Part(
        row, lamp, steps, list(ASSIGNMENT.available(row, user)), own("requests"), own("progress"), own("contacts")
    )


def gather(proposal: Proposal) -> dict[str, list[Any]]:
    """The lines of a paper, each list by its name: a dozen tables asked in one query.

    Each line is a row of its own table, with the names it shows beside: `delegate_name`, `unit_name`, `by_name`.
    """
    found = Proposal.objects.filter(pk=proposal.pk).values(
        **{f"{name}_lines": ArraySubquery(_json(rows, place, names)) for name, (rows, place, names) in LINES.items()}
    )[0]
    return {name: [_row(LINES[name][0].model, line) for line in found[f"{name}_lines"]] for name in LINES}


def _json(rows: QuerySet, place: str, names: dict[str, str]) -> QuerySet:
    columns = {field.attname: F(field.attname) for field in rows.model._meta.concrete_fields}
    shown = {name: F(path) for name, path in names.items()}
    return rows.filter(**{place: OuterRef("pk")}).values(line=JSONObject(**columns, **shown))


def _row(model: Any, line: dict[str, Any]) -> Any:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    row = model(**{name: field.to_python(line[name]) for name, field in fields.items()})
    for name in line.keys() - fields.keys():
        setattr(row, name, line[name] or "")
    return row


LINES: Final[dict[str, tuple[QuerySet, str, dict[str, str]]]] = {
    "measures": (Measure.objects.order_by("position"), "proposal", {}),
    "signatures": (
        Signature.objects.order_by("-is_lead", "pk"), "proposal", {"delegate_name": "mandate__person__name"},
    ),
    "opinions": (ScreeningOpinion.objects.order_by("pk"), "proposal", {"by_name": "reader__first_name"}),
    "replies": (
        Reply.objects.order_by("round", "pk"), "proposal",
        {
            "unit_name": "assignment__unit__name", "document_title": "document__title",
            "document_state": "document__state", "archive_id": "document__archive_id",
        },
    ),
    "feedbacks": (Feedback.objects.order_by("round", "pk"), "proposal", {"delegate_name": "mandate__person__name"}),
    "promises": (Undertaking.objects.order_by("due_on", "pk"), "proposal", {"unit_name": "unit__name"}),
    "supervision": (
        SupervisionStep.objects.order_by("-on", "-pk"), "proposal",
        {"unit_name": "assignment__unit__name", "document_title": "document__title"},
    ),
    "results": (ProposalResult.objects.order_by("pk"), "proposal", {}),
    "requests": (
        AssignmentRequest.objects.order_by("pk"), "assignment__proposal", {"proper_name": "proper_unit__name"},
    ),
    "progress": (ProgressNote.objects.order_by("-at", "-pk"), "assignment__proposal", {}),
    "contacts": (
        DelegateContact.objects.order_by("-on", "-pk"), "assignment__proposal",
        {"delegate_name": "mandate__person__name"},
    ),
}  # fmt: skip


def open_request(row: Assignment) -> list[str]:
    """What a unit asks of the office just now: its reason, and the unit or the day it names."""
    asked = row.requests.filter(granted=None).select_related("proper_unit").first()
    if asked is None:
        return []
    until = asked.asked_until
    names = [
        f"{_('unit it belongs to')}：{asked.proper_unit.name}" if asked.proper_unit else "",
        f"{_('asked until')}：{until.year}年{until.month}月{until.day}日" if until else "",
    ]
    return [f"{row.unit.name}：{asked.reason}", *filter(None, names)]


def _alike(proposal: Proposal, user: Any) -> list[similar.Alike]:
    if not _waits(proposal):
        return []
    return similar.find(user, proposal.title, similar.text_of(proposal), leave_out=proposal.pk)


def _waits(proposal: Proposal) -> bool:
    return proposal.state in (S.REGISTERED, S.SCREENING)


def journal(proposal: Proposal) -> list[tuple[JournalEntry, Any]]:
    """Every step of the paper, the latest first, each by its name."""
    rows = JournalEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Proposal), object_id=proposal.pk
    ).select_related("by")
    labels = {row.verb: row.label for row in PROPOSAL.transitions}
    return [(row, labels.get(row.verb, row.verb)) for row in rows.order_by("-pk")[:60]]


def board(user: Any, counts: dict[str, int], **narrowed: Any) -> list[Column]:
    """The office's papers by what they wait for, the overdue first; `counts` are `tally`'s. Two queries."""
    rows = OFFICE_PAPERS.visible(user).filter(**narrowed)
    first = [
        rows.filter(state__in=states).order_by(*ORDERS.get(key, ("due_on", "pk"))).values_list("pk")[:PER_COLUMN]
        for key, _label, states in COLUMNS
    ]
    keys = [key for (key,) in first[0].union(*first[1:], all=True)]
    cards = list(Proposal.objects.filter(pk__in=keys).for_list().order_by(F("due_on").asc(nulls_last=True), "pk"))
    return [
        Column(
            key, label, sum(counts[state] for state in states),
            sorted((one for one in cards if one.state in states), key=SORTED.get(key, lambda one: 0)),
        )
        for key, label, states in COLUMNS
    ]  # fmt: skip


def moves(proposals: Sequence[Proposal], user: Any) -> dict[int, dict[str, str]]:
    """Where a card may be dropped: by paper and column, the verb the table has for it and the user may take.

    Whether it is possible just now is said on the step's own page: asking it of every card would ask the database.
    """
    found: dict[int, dict[str, str]] = {}
    for proposal in proposals:
        for row, column in _LEADING.get(proposal.state, ()):
            if row.who(user, proposal):
                found.setdefault(proposal.pk, {}).setdefault(column, row.verb)
    return found


def _leading() -> dict[str, list[tuple[Any, str]]]:
    """The rows of the table by the state they start from, each with the other column it leads to."""
    column_of = {str(state): key for key, _label, states in COLUMNS for state in states}
    return {
        state: [
            (row, column_of[row.target])
            for row in PROPOSAL.transitions
            if state in row.source and column_of.get(row.target, column) != column
        ]
        for state, column in column_of.items()
    }


_LEADING: Final = _leading()


@dataclass
class Late:
    """A unit's part that is overdue, how often it was urged, and when last."""

    row: Assignment
    days: int
    urged: int
    last: date | None


def late_parts(user: Any, today: date, congresses: Sequence[Congress] | None = None) -> QuerySet[Assignment]:
    """What is overdue and the user may see, of those congresses if any are named: the latest first."""
    meant = {} if congresses is None else {"proposal__congress__in": congresses}
    rows = seen(user, ASSIGNMENTS).filter(**meant).for_list().overdue(today)
    rows = rows.order_by(F("due_on").asc(), "pk")  # no index has it: the keys are sorted alone, and kept
    return rows.select_related(
        "unit", "proposal__congress__organization", "proposal__lead__person", "proposal__leader", "proposal__session"
    )  # fmt: skip


def late(user: Any, today: date, congresses: Sequence[Congress] | None = None, most: int | None = None) -> list[Late]:
    """The same, `most` of it, each with how often it was urged."""
    return urged(late_parts(user, today, congresses)[:most], today)


def urged(parts: Iterable[Assignment], today: date) -> list[Late]:
    """Late parts, each with how often it was urged and when last. One query."""
    rows = list(parts)
    steps = SupervisionStep.objects.filter(assignment__in=[row.pk for row in rows]).exclude(
        kind=SupervisionKind.MEETING
    )
    by_row = {
        pk: (count, last)
        for pk, count, last in steps.order_by().values_list("assignment").annotate(count=Count("pk"), last=Max("on"))
    }
    return [Late(row, (today - row.due_on).days, *by_row.get(row.pk, (0, None))) for row in rows]


def tally(user: Any, **narrowed: Any) -> dict[str, int]:
    """How many papers stand in each state. One query."""
    rows = OFFICE_PAPERS.visible(user).filter(**narrowed).order_by()
    return defaultdict(int, rows.values_list("state").annotate(count=Count("pk")))


def waiting(user: Any, counts: dict[str, int]) -> dict[str, int]:
    """What waits for the office: to screen, to plan, requests of units, replies to review, opinions. Two queries."""
    parts = (
        ASSIGNMENTS.visible(user)
        .open()
        .order_by()
        .aggregate(
            requests=Count("pk", filter=Q(state__in=["objected", "extension_asked"])),
            review=Count("pk", filter=Q(state="in_review")),
            overdue=Count("pk", filter=Q(state__in=WITH_THE_UNIT, due_on__lt=timezone.localdate())),
        )
    )
    return {
        "screen": sum(counts[state] for state in TO_SCREEN),
        "plan": sum(counts[state] for state in TO_PLAN),
        "unhappy": OFFICE_PAPERS.visible(user).filter(UNHAPPY).order_by().values("pk").distinct().count(),
    } | parts


def figures(user: Any, **narrowed: Any) -> dict[str, dict[str, int]]:
    """`states`: how many of the papers asked for stand in each; `waiting`: what of all papers waits for the office."""
    everything = tally(user)
    states = tally(user, **narrowed) if narrowed else everything
    return {"states": states, "waiting": waiting(user, everything)}


def tasks(user: Any) -> list[tuple[QuerySet, Any, str, str]]:
    """What waits for the office, for its dashboard: the rows, what they are called, and where they are listed."""
    papers, parts, promises = OFFICE_PAPERS.visible(user), ASSIGNMENTS.visible(user), UNDERTAKINGS.visible(user)
    promised = "admin:proposals_undertaking_changelist"
    listed, given = "admin:proposals_proposal_changelist", "admin:proposals_assignment_changelist"
    today = timezone.localdate()
    return [
        (papers.filter(state__in=TO_SCREEN), _("Papers to screen"), listed,
         "state__in=registered,screening"),
        (papers.filter(state__in=TO_PLAN), _("Papers to plan and assign"),
         "admin:proposals_handover", ""),
        (parts.filter(state__in=["objected", "extension_asked"]), _("Requests of units to decide"), given,
         "state__in=objected,extension_asked"),
        (parts.filter(state="in_review"), _("Replies to review"), given, "state__exact=in_review"),
        (papers.filter(pk__in=papers.filter(UNHAPPY).values("pk")), _("Proposers not satisfied"), listed,
         "state__exact=feedback"),
        (parts.overdue(today), _("Overdue papers"), "admin:proposals_late", ""),
        (DOCUMENTS.visible(user).filter(LETTERS, state=DocumentState.DRAFT), _("Letters to issue"),
         "admin:congress_officialdocument_changelist", "state__exact=draft"),
        (promises.filter(state="reported"), _("Promises to confirm"), promised, "state__exact=reported"),
        (promises.overdue(today), _("Overdue promises"), promised, "light=red"),
    ]  # fmt: skip
