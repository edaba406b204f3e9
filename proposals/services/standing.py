"""Where a paper is now, in plain words: in whose hands, since when, by when. For many papers at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.models import DueTime
from proposals.models import (
    ANSWERING,
    WITH_UNITS,
    Assignment,
    Proposal,
    Signature,
    SignatureState,
    Undertaking,
    UndertakingState,
)
from proposals.models import AssignmentState as A
from proposals.models import ProposalKind as K
from proposals.models import ProposalState as S
from proposals.services.lights import light, words

STATES: Final = {
    S.DRAFT: gettext_lazy("Still being written"),
    S.SIGNING: gettext_lazy("Collecting signatures"),
    S.SUBMITTED: gettext_lazy("Handed in"),
    S.REGISTERED: gettext_lazy("Registered"),
    S.SCREENING: gettext_lazy("Being screened"),
    S.FILED: gettext_lazy("Filed, soon to be given to a unit"),
    S.CONVERTED: gettext_lazy("Goes on as a motion (提议)"),
    S.MERGED: gettext_lazy("Merged into another paper"),
    S.RETURNED: gettext_lazy("Returned: please complete it"),
    S.REJECTED: gettext_lazy("Not filed"),
    S.TO_ADVICE: gettext_lazy("Taken as advice"),
    S.WITHDRAWN: gettext_lazy("Taken back"),
    S.DELIBERATION: gettext_lazy("Before the congress"),
    S.PLANNING: gettext_lazy("A unit is being chosen"),
    S.ASSIGNED: gettext_lazy("Being handled"),
    S.ANSWERED: gettext_lazy("Answered"),
    S.FEEDBACK: gettext_lazy("Answered: please say what you think"),
    S.REHANDLING: gettext_lazy("Being handled again"),
    S.TRACKING: gettext_lazy("Answered: what was promised is followed up"),
    S.CLOSED: gettext_lazy("Closed"),
    S.REPORTED: gettext_lazy("Closed and reported to the congress"),
}
SEEN_FROM_OUTSIDE: Final = {S.FEEDBACK: S.ANSWERED, S.RETURNED: S.SCREENING}
UNIT_STATES: Final = {
    A.PENDING_SIGN: gettext_lazy("has not signed for it yet"),
    A.SIGNED: gettext_lazy("has signed for it"),
    A.OBJECTED: gettext_lazy("says it is not its affair; the office decides"),
    A.WORKING: gettext_lazy("is at work on it"),
    A.EXTENSION_ASKED: gettext_lazy("asks for more time; the office decides"),
    A.OPINION_GIVEN: gettext_lazy("has given its opinion to the lead unit"),
    A.OPINIONS_COLLECTED: gettext_lazy("is at work on it"),
    A.DRAFTED: gettext_lazy("is writing the reply"),
    A.IN_REVIEW: gettext_lazy("has written the reply; the office reads it"),
    A.REPLIED: gettext_lazy("has replied"),
}
WITH_PROPOSER: Final = (S.DRAFT, S.SIGNING, S.RETURNED, S.FEEDBACK)
WITH_OFFICE: Final = (
    S.SUBMITTED, S.REGISTERED, S.SCREENING, S.FILED, S.CONVERTED, S.TO_ADVICE, S.DELIBERATION, S.PLANNING, S.ANSWERED,
)  # fmt: skip
CLOCK_OF: Final = {
    S.REGISTERED: "proposal_screening", S.SCREENING: "proposal_screening", S.FILED: "proposal_planning",
    S.CONVERTED: "proposal_planning", S.TO_ADVICE: "proposal_planning", S.PLANNING: "proposal_planning",
    S.FEEDBACK: "proposal_feedback",
}  # fmt: skip
GONE: Final = (A.PLANNED, A.RETURNED, A.CANCELLED)


@dataclass
class Standing:
    """One paper's place today. `holder` is empty once it has come to its end."""

    place: str
    holder: str = ""
    since: date | None = None
    due_on: date | None = None
    today: date = field(default_factory=timezone.localdate)
    is_ended: bool = False

    @property
    def days(self) -> int:
        """For how many days it has been there."""
        return (self.today - self.since).days if self.since else 0

    @property
    def light(self) -> str:
        return light(self.due_on, self.today)

    @property
    def left(self) -> str:
        return words(self.due_on, self.today)


def standings(proposals: Iterable[Proposal], today: date | None = None) -> dict[int, Standing]:
    """Where each of the papers is, by its key. Four queries at most, however many there are."""
    today = today or timezone.localdate()
    papers = list(proposals)
    facts = _Facts.of(papers)
    return {one.pk: _standing(one, facts, today) for one in papers}


def standing(proposal: Proposal, today: date | None = None) -> Standing:
    """Where the paper is."""
    return standings([proposal], today)[proposal.pk]


@dataclass
class _Facts:
    units: Mapping[int, list[Assignment]]
    dues: Mapping[tuple[str, int], DueTime]
    promises: Mapping[int, date]
    asked: Mapping[int, list[str]]

    @classmethod
    def of(cls, papers: Sequence[Proposal]) -> "_Facts":
        def among(*states: str) -> list[int]:
            return [one.pk for one in papers if one.state in states]

        units: dict[int, list[Assignment]] = defaultdict(list)
        if keys := among(*WITH_UNITS, S.TRACKING):
            for row in Assignment.objects.filter(proposal__in=keys).exclude(state__in=GONE).select_related("unit"):
                units[row.proposal_id].append(row)
        dues: dict[tuple[str, int], DueTime] = {}
        if keys := among(*CLOCK_OF):
            clocks = DueTime.objects.filter(kind__in=set(CLOCK_OF.values()), subject_id__in=keys, closed_at=None)
            dues = {(row.kind, row.subject_id): row for row in clocks}
        promises: dict[int, date] = {}
        if keys := among(S.TRACKING):
            still = Undertaking.objects.filter(proposal__in=keys, state=UndertakingState.OPEN)
            promises = dict(still.order_by("-due_on").values_list("proposal", "due_on"))
        asked: dict[int, list[str]] = defaultdict(list)
        if keys := among(S.SIGNING):
            for key, state in Signature.objects.filter(proposal__in=keys).values_list("proposal", "state"):
                asked[key].append(state)
        return cls(units, dues, promises, asked)


def _standing(proposal: Proposal, facts: _Facts, today: date) -> Standing:
    state = S(proposal.state)
    found = Standing(str(STATES[state]), today=today)
    clock = facts.dues.get((CLOCK_OF.get(state, ""), proposal.pk))
    if clock is not None:
        found.since, found.due_on = clock.starts_on, clock.due_on
    if state in WITH_PROPOSER:
        found.holder = _("the proposers") if state in {S.RETURNED, S.FEEDBACK} else ""
        found.due_on = proposal.resubmit_by if state == S.RETURNED else found.due_on
        if state == S.SIGNING:
            found.place = _signing(facts.asked[proposal.pk])
    elif state in WITH_OFFICE:
        screened = state in {S.REGISTERED, S.SCREENING} and proposal.kind == K.PROPOSAL
        found.holder = _("the screening committee") if screened else _("the liaison office")
    elif state in WITH_UNITS:
        _with_units(found, proposal, facts.units[proposal.pk])
    elif state == S.TRACKING:
        units = facts.units[proposal.pk]
        found.holder, found.due_on = _names(units), facts.promises.get(proposal.pk)
    else:
        found.is_ended = True
    return found


def _with_units(found: Standing, proposal: Proposal, rows: Sequence[Assignment]) -> None:
    owing = [row for row in rows if row.role in ANSWERING and row.state != A.REPLIED]
    found.holder = _names(owing or rows)
    found.since = min((row.assigned_on for row in owing if row.assigned_on), default=None)
    found.due_on = proposal.due_on


def _names(rows: Iterable[Assignment]) -> str:
    return "、".join(row.unit.name for row in rows if row.role in ANSWERING)


def _signing(states: Sequence[str]) -> str:
    """How many have signed, the lead proposer among them, of how many."""
    wanted = [state for state in states if state not in {SignatureState.DROPPED, SignatureState.EXPIRED}]
    return _("Collecting signatures: %(signed)s of %(asked)s") % {
        "signed": wanted.count(SignatureState.SIGNED), "asked": len(wanted),
    }  # fmt: skip


def public_words(proposal: Proposal) -> str:
    """Where it is, for whom nothing is asked of."""
    state = S(proposal.state)
    return str(STATES[SEEN_FROM_OUTSIDE.get(state, state)])


def unit_words(assignment: Assignment) -> str:
    """What a unit is doing with it, as the delegates are told."""
    return str(UNIT_STATES.get(A(assignment.state), assignment.get_state_display()))


def facts_of_units(proposal: Proposal) -> list[dict[str, Any]]:
    """Each unit that has or had a part: what it does, whom to call, first and present due day, and why that day."""
    rows = list(
        Assignment.objects.filter(proposal=proposal).exclude(state__in=GONE).select_related("unit").order_by("pk")
    )
    clocks = DueTime.objects.filter(
        kind__in=["assignment_reply", "assignment_opinion"], subject_id__in=[row.pk for row in rows]
    )
    reasons = {row.subject_id: row.steps for row in clocks.order_by("pk")}
    today = timezone.localdate()
    return [
        {
            "row": row,
            "words": unit_words(row),
            "why": reasons.get(row.pk, []),
            "light": "" if row.done_on else light(row.due_on, today),
            "left": "" if row.done_on else words(row.due_on, today),
            "moved": row.original_due_on != row.due_on,
        }
        for row in rows
    ]


def answering_units(proposals: Iterable[Proposal]) -> dict[int, str]:
    """The names of the units that owe or gave each paper its reply, in one query."""
    keys = [one.pk for one in proposals]
    rows = Assignment.objects.filter(proposal__in=keys, role__in=ANSWERING).exclude(state__in=GONE)
    found: dict[int, list[Assignment]] = defaultdict(list)
    for row in rows.select_related("unit").order_by("pk"):
        found[row.proposal_id].append(row)
    return {key: _names(units) for key, units in found.items()}
