"""What is counted of papers, said once: reports, the assessment of units and the dashboard count alike.

- *received*: handed in and not taken back (`in_force`). Of each paper the screening has one outcome.
- *on time*: done on or before the day it is due now. Base of the rate is what was done and what is overdue: a part that
  is neither done nor due says nothing. The first day, before any extension, is counted beside it.
- *satisfaction*: what signers said of the last handling that was answered; silence is not consent and counts nowhere.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from congress.kernel.reports import seen
from congress.models import Congress, JournalEntry, Organization, Session
from congress.policies import CONGRESSES
from delegates.services.figures import meant
from delegates.services.structure import Share
from proposals.models import (
    ANSWERING,
    KIND_WORDS,
    WITH_THE_UNIT,
    WITH_UNITS,
    Assignment,
    AssignmentRole,
    AssignmentState,
    DelegateContact,
    Feedback,
    Proposal,
    ProposalKind,
    Reply,
    Signature,
    SignatureState,
)
from proposals.models import ProposalState as S
from proposals.policies import ASSIGNMENTS, FEEDBACKS, PROPOSALS, UNSEEN_BY_UNITS

OUTCOMES: Final = ("filed", "converted", "merged", "rejected", "returned", "to_advice", "pending", "unscreened")
"""What became of a paper in the screening; advice and golden ideas are not screened."""
NO_CATEGORY: Final = "未分类"
_ENDED: Final = (S.CLOSED, S.REPORTED)


def share(part: int, whole: int) -> Share | str:
    """A percentage; nothing where there is nothing to divide by."""
    return Share(100 * part / whole) if whole else ""


# Papers.


def papers(user: Any, congresses: Iterable[Congress] | QuerySet) -> QuerySet[Proposal]:
    """What the user may see of those congresses' papers that were handed in and not taken back."""
    return seen(user, PROPOSALS).in_force().filter(congress__in=congresses)


def of_session(rows: QuerySet[Proposal], number: int, *, since: bool = False) -> QuerySet[Proposal]:
    """The papers handed in for a congress's session of that number; with `since` also those of the time after it.

    A proposal that became a motion still counts for the session it was handed in to.
    """
    sat = Session.objects.filter(congress=OuterRef("congress"), starts_on__lte=OuterRef("handed_in_on"))
    rows = rows.annotate(handed_in_on=TruncDate("submitted_at")).annotate(
        sat_before=Subquery(sat.order_by("-number").values("number")[:1]),
    )
    meant_for = Q(session__number=number) | Q(former_session__number=number)
    if since:
        meant_for |= Q(session=None, former_session=None, sat_before=number)
    return rows.filter(meant_for)


def with_outcome(rows: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """Each paper with what the screening decided. That one was taken as advice only the journal remembers."""
    advised = JournalEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Proposal), object_id=OuterRef("pk"), verb="to_advice"
    )
    return rows.annotate(
        outcome=Case(
            When(merged_into__isnull=False, then=Value("merged")),
            When(state=S.REJECTED, then=Value("rejected")),
            When(state=S.RETURNED, then=Value("returned")),
            When(kind__in=[ProposalKind.ADVICE, ProposalKind.GOLDEN_IDEA], then=Value("unscreened")),
            When(state__in=[S.SUBMITTED, S.REGISTERED, S.SCREENING], then=Value("pending")),
            When(Exists(advised), then=Value("to_advice")),
            When(~Q(former_kind=""), then=Value("converted")),
            default=Value("filed"),
            output_field=CharField(),
        )
    )


TO_ASSIGN: Final = ("filed", "converted", "to_advice")
"""What the screening sends to units; advice that goes there too was never screened."""


def counts(today: date) -> dict[str, Count]:
    """What is counted of papers that carry their outcome. A merged one goes on as part of the other."""
    own = Q(merged_into=None)
    found = {"received": Count("pk")}
    found |= {name: Count("pk", filter=Q(outcome=name)) for name in OUTCOMES}
    return found | {
        "assigned": Count("pk", filter=Q(assigned_at__isnull=False)),
        "assigned_due": Count("pk", filter=Q(assigned_at__isnull=False, outcome__in=TO_ASSIGN)),
        "replied": Count("pk", filter=Q(answered_at__isnull=False)),
        "units_replied": Count("pk", filter=Q(answered_at__isnull=False, assigned_at__isnull=False)),
        "closed": Count("pk", filter=own & Q(state__in=_ENDED)),
        "units_closed": Count("pk", filter=own & Q(state__in=_ENDED, assigned_at__isnull=False)),
        "overdue": Count("pk", filter=Q(state__in=WITH_UNITS, due_on__lt=today) & Q(is_late=True)),
        "party_building": Count("pk", filter=Q(is_party_building=True)),
        "overall": Count("pk", filter=Q(scope="overall")),
        "scoped": Count("pk", filter=~Q(scope="")),
    }


def grouped(rows: QuerySet[Proposal], *by: str, today: date) -> list[dict[str, Any]]:
    """The counts of papers by those columns, in one query."""
    rows = rows.annotate(is_late=Proposal.objects.late(today))
    return list(with_outcome(rows).order_by().values(*by).annotate(**counts(today)))


def added(lines: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """The counts of several groups together."""
    total: Counter[str] = Counter()
    for line in lines:
        total.update({name: value for name, value in line.items() if name in _NAMES})
    return total


_NAMES: Final = frozenset(counts(date.min))


# Opinions of delegates.


def judged(rows: QuerySet[Feedback]) -> QuerySet[Feedback]:
    """The opinions that hold: those of the last handling that was answered, however the present one stands."""
    again, last = Q(proposal__state=S.REHANDLING), F("proposal__round")
    return rows.filter(~again & Q(round=last) | again & Q(round=last - 1))


def asked(proposals: QuerySet | Iterable[int]) -> dict[int, int]:
    """How many delegates are asked what they think, by paper: its signers and those of the papers merged into it."""
    rows = Signature.objects.filter(state=SignatureState.SIGNED).annotate(
        paper=Coalesce("proposal__merged_into", "proposal")
    )
    rows = rows.filter(paper__in=proposals).order_by().values_list("paper")
    return dict(rows.annotate(Count("mandate", distinct=True)))


# Units.


@dataclass
class Tally:
    """What is counted of one unit, or of all together."""

    name: str
    unit: int = 0
    number: Any = ""
    counts: Counter[str] = field(default_factory=Counter)

    def __getitem__(self, name: str) -> int:
        return self.counts[name]

    def share(self, part: str, *whole: str) -> Share | str:
        """One count as a percentage of others together."""
        return share(self[part], sum(self[name] for name in whole))

    @property
    def on_time(self) -> Share | str:
        """What was done by its day, of what was done or should have been."""
        return self.share("on_time", "done", "overdue")

    @property
    def content(self) -> Share | str:
        """Satisfied and fairly satisfied with the result, of the opinions returned."""
        return share(self["satisfied"] + self["fairly"], self["returned"])

    @property
    def content_with_attitude(self) -> Share | str:
        return share(self["attitude_satisfied"] + self["attitude_fairly"], self["returned"])

    @property
    def strictly(self) -> Share | str:
        """Satisfied with the result, of the opinions returned."""
        return self.share("satisfied", "returned")


_COLUMNS: Final = (
    "unit", "unit__name", "role", "state", "round", "signed_at", "submitted_on", "done_on", "due_on", "original_due_on",
    "proposal", "proposal__answered_at", "letter", "spoke",
)  # fmt: skip


def parts(user: Any, proposals: QuerySet[Proposal]) -> QuerySet[Assignment]:
    """What units hold or have done of those papers, as far as the user may see it."""
    rows = seen(user, ASSIGNMENTS).exclude(state__in=UNSEEN_BY_UNITS)
    return rows.filter(proposal__in=proposals.order_by().values("pk"))


def by_unit(user: Any, rows: QuerySet[Assignment], today: date) -> list[Tally]:
    """Every unit's counts, in the order of the tree. Three queries, however many there are."""
    replies = Reply.objects.filter(assignment=OuterRef("pk"), round=OuterRef("round"), issued_on__isnull=False)
    spoke = DelegateContact.objects.filter(assignment=OuterRef("pk"), denied_at=None)
    found = rows.annotate(letter=Subquery(replies.values("reply_class")[:1]), spoke=Exists(spoke))
    lines = list(found.order_by("unit__path", "unit", "pk").values(*_COLUMNS))
    answered = {line["proposal"] for line in lines if line["proposal__answered_at"]}
    forms, opinions = asked(answered), _opinions(user, answered)
    tallies: dict[int, Tally] = {}
    for line in lines:
        tally = tallies.setdefault(line["unit"], Tally(line["unit__name"], line["unit"]))
        tally.counts.update(_of_part(line, today))
        if line["proposal"] in answered and line["role"] in ANSWERING:
            tally.counts["answered_papers"] += 1
            tally.counts["forms"] += forms.get(line["proposal"], 0)
            tally.counts.update(opinions.get(line["proposal"], {}))
    for number, tally in enumerate(tallies.values(), 1):
        tally.counts["silent"] = tally["forms"] - tally["returned"]
        tally.number = number
    return list(tallies.values())


def together(tallies: Iterable[Tally]) -> Tally:
    """The columns added up."""
    total = Tally("合计")
    for tally in tallies:
        total.counts.update(tally.counts)
    return total


def _of_part(line: Mapping[str, Any], today: date) -> Counter[str]:
    """What one part adds to the counts of its unit."""
    done, due, answering = line["done_on"], line["due_on"], line["role"] in ANSWERING
    handed = line["submitted_on"] or done  # the office's own days are not the unit's
    replied = answering and line["state"] == AssignmentState.REPLIED
    said = {
        "received": True,
        str(AssignmentRole(line["role"])): True,
        "signed": line["signed_at"] is not None,
        "done": done is not None,
        "replied": replied,
        "opinions": line["state"] == AssignmentState.OPINION_GIVEN,
        "on_time": done is not None and handed <= due,
        "on_time_first": done is not None and handed <= line["original_due_on"],
        "overdue": line["state"] in WITH_THE_UNIT and due < today,
        "rehandled": line["round"] > 1,
        "contacted": replied and line["spoke"],
    }
    if replied and line["letter"]:
        said[line["letter"]] = True
    return Counter({name: 1 for name, holds in said.items() if holds})


def _opinions(user: Any, proposals: Iterable[int]) -> dict[int, Counter[str]]:
    """By paper: forms returned, and how many said what of the result and of the attitude."""
    rows = judged(seen(user, FEEDBACKS).filter(proposal__in=proposals))
    found: dict[int, Counter[str]] = {}
    for proposal, result, attitude in rows.order_by().values_list("proposal", "result", "attitude"):
        found.setdefault(proposal, Counter()).update(["returned", str(result), f"attitude_{attitude}"])
    return found


# The dashboard.


def figures(user: Any, organization: Organization | None = None, congress: Congress | None = None) -> dict[str, Any]:
    """The figures of papers (interfaces: `proposals`): of one congress, or of those in office in a branch."""
    terms = seen(user, CONGRESSES).filter(meant(organization, congress))
    rows = papers(user, terms)
    today = timezone.localdate()
    lines = grouped(rows, "kind", "category__name", "category__number", today=today)
    total = added(lines)
    names = ("received", "filed", "converted", "merged", "rejected", "assigned", "replied", "closed", "overdue")
    opinions = judged(seen(user, FEEDBACKS).filter(proposal__in=rows.order_by().values("pk"))).order_by()
    said = dict(opinions.values_list("result").annotate(Count("pk")))
    content, returned = said.get("satisfied", 0) + said.get("fairly", 0), sum(said.values())
    return {name: total[name] for name in names} | {
        "by_kind": {word: _sum(lines, "kind", kind) for kind, word in KIND_WORDS.items()},
        "by_category": _by_category(lines),
        "satisfaction": round(100 * content / returned, 1) if returned else None,
    }


def _sum(lines: Iterable[Mapping[str, Any]], column: str, value: Any) -> int:
    return sum(line["received"] for line in lines if line[column] == value)


def _by_category(lines: list[dict[str, Any]]) -> dict[str, int]:
    """In the order of the list of categories, what has none last."""
    ordered = sorted(lines, key=lambda line: (line["category__name"] is None, line["category__number"] or 0))
    names = dict.fromkeys(line["category__name"] for line in ordered)
    return {name or NO_CATEGORY: _sum(lines, "category__name", name) for name in names}
