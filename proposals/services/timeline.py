"""What happened to a paper, in the order of the days and in the words of those who wrote it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel.deadlines import TZ
from congress.models import JournalEntry
from proposals.models import (
    Assignment,
    AssignmentRequest,
    AssignmentRole,
    ProgressNote,
    Proposal,
    Reply,
    RequestKind,
    SupervisionStep,
    Undertaking,
)
from proposals.models import AssignmentState as A

SAID: Final[Mapping[str, Any]] = {  # a verb that is missing here is no news: it goes with the one before it
    "invite": gettext_lazy("Others are asked to sign"),
    "screen": gettext_lazy("The screening has begun"),
    "file": gettext_lazy("Filed (立案)"),
    "convert": gettext_lazy("It goes on as a motion (转为提议)"),
    "merge": gettext_lazy("Merged with another paper (并案)"),
    "return": gettext_lazy("Returned for completion (退回补正)"),
    "reject": gettext_lazy("Not filed (不予立案)"),
    "to_advice": gettext_lazy("Taken as advice (转为建议意见)"),
    "lapse": gettext_lazy("It was not completed in time"),
    "allow_withdrawal": gettext_lazy("Taken back (撤回)"),
    "lay_before": gettext_lazy("Put before the congress (提交大会审议)"),
    "adopt": gettext_lazy("Adopted by the congress"),
    "not_adopted": gettext_lazy("Not adopted: it goes on as a motion"),
    "plan": gettext_lazy("The office chooses who handles it"),
    "plan_advice": gettext_lazy("The office chooses who handles it"),
    "answer": gettext_lazy("Answered by the liaison office"),
    "complete": gettext_lazy("All replies are there"),
    "adopt_idea": gettext_lazy("The office has said how far it is taken up"),
    "rehandle": gettext_lazy("To be handled again (重新办理)"),
    "rule_finally": gettext_lazy("Closed by a leader's ruling"),
    "rule_and_track": gettext_lazy("A leader has ruled; what was promised is followed up"),
    "close": gettext_lazy("Closed (办结)"),
    "track": gettext_lazy("What was promised is followed up"),
    "close_silent": gettext_lazy("Closed without an opinion of the proposers"),
    "track_silent": gettext_lazy("What was promised is followed up"),
    "fulfil": gettext_lazy("Every promise is kept: closed"),
    "close_merged": gettext_lazy("Closed with the paper it was merged into"),
    "report": gettext_lazy("Reported to the congress"),
}
WITH_REASON: Final = {
    "file",
    "convert",
    "merge",
    "return",
    "reject",
    "to_advice",
    "rehandle",
    "lapse",
    "rule_finally",
    "rule_and_track",
}
UNSEEN: Final = (A.PLANNED, A.CANCELLED)


@dataclass(frozen=True)
class Event:
    """One line: when, what, and a word about it."""

    at: datetime
    text: str
    detail: str = ""

    @property
    def on(self) -> date:
        return timezone.localdate(self.at)


def timeline(proposal: Proposal) -> list[Event]:
    """Everything its signers may know, the oldest first. What units and office write to each other is not among it."""
    units = list(proposal.assignments.exclude(state__in=UNSEEN).select_related("unit"))
    promises = list(Undertaking.objects.filter(proposal=proposal))
    journal = _journal(proposal, units, promises)
    found = [
        *_paper(proposal, journal[Proposal, proposal.pk]),
        *(event for row in units for event in _unit(row, journal[Assignment, row.pk])),
        *(event for row in promises for event in _promise(row, journal[Undertaking, row.pk])),
        *_replies(proposal, journal),
        *_requests(proposal),
        *_progress(proposal),
        *_supervision(proposal),
    ]
    return sorted(found, key=lambda event: event.at)


Journal = Mapping[tuple[type, int], Sequence[JournalEntry]]


def _journal(proposal: Proposal, units: Sequence[Assignment], promises: Sequence[Undertaking]) -> Journal:
    """The lines of the paper, of its units' parts and of its promises, in one query."""
    wanted = {Proposal: [proposal.pk], Assignment: [row.pk for row in units], Undertaking: [row.pk for row in promises]}
    kinds = {ContentType.objects.get_for_model(model).pk: model for model in wanted}
    condition = Q(pk__in=[])
    for kind, model in kinds.items():
        condition |= Q(content_type=kind, object_id__in=wanted[model])
    lines: dict[tuple[type, int], list[JournalEntry]] = defaultdict(list)
    for row in JournalEntry.objects.filter(condition).order_by("at", "pk"):
        lines[kinds[row.content_type_id], row.object_id].append(row)
    return lines


def _paper(proposal: Proposal, lines: Sequence[JournalEntry]) -> Iterator[Event]:
    if proposal.submitted_at and not any(row.verb == "register" for row in lines):  # brought in from a workbook
        yield Event(proposal.submitted_at, _("Handed in and registered"))
    for row in lines:
        if row.verb == "register":
            yield Event(row.at, _("Handed in and registered"))
        elif row.verb in SAID:
            yield Event(row.at, str(SAID[row.verb]), row.note if row.verb in WITH_REASON else "")


def _unit(row: Assignment, lines: Sequence[JournalEntry]) -> Iterator[Event]:
    at = {line.verb: line.at for line in reversed(lines)}  # of what happened twice, the first time
    named = {"unit": row.unit.name}
    if given := at.get("give") or (row.assigned_on and _noon(row.assigned_on)):
        detail = row.get_role_display() if row.role != AssignmentRole.LEAD else ""
        yield Event(given, _("Given to %(unit)s (交办)") % named, detail)
    if row.signed_at:
        yield Event(row.signed_at, _("%(unit)s has signed for it") % named)
    if opinion := at.get("give_opinion"):
        yield Event(opinion, _("%(unit)s has given its opinion to the lead unit") % named)


def _promise(row: Undertaking, lines: Sequence[JournalEntry]) -> Iterator[Event]:
    said = {
        "keep": _("Reported done: %(text)s"),
        "confirm": _("Confirmed: %(text)s"),
        "doubt": _("Not done yet: %(text)s"),
        "drop": _("Given up: %(text)s"),
        "renew": _("Promised anew: %(text)s"),
    }
    for line in lines:
        if line.verb in said:
            yield Event(line.at, said[line.verb] % {"text": row.text}, line.note)


def _replies(proposal: Proposal, journal: Journal) -> Iterator[Event]:
    rows = Reply.objects.filter(proposal=proposal, issued_on__isnull=False, assignment__isnull=False)
    for row in rows.select_related("assignment__unit"):
        sent = [line.at for line in journal.get((Assignment, row.assignment_id), []) if line.verb == "approve"]
        at = sent[row.round - 1] if len(sent) >= row.round else _noon(row.issued_on)
        text = (
            _("%(unit)s has replied") if row.round == 1 or len(sent) == 1 else _("%(unit)s has replied a second time")
        )
        yield Event(at, text % {"unit": row.assignment.unit.name}, row.get_reply_class_display())


def _requests(proposal: Proposal) -> Iterator[Event]:
    rows = AssignmentRequest.objects.filter(assignment__proposal=proposal, granted=True)
    for row in rows.select_related("assignment__unit"):
        named = {"unit": row.assignment.unit.name}
        if row.kind == RequestKind.EXTENSION:
            if (day := row.granted_until) is None:  # it went to another unit meanwhile
                continue
            named["day"] = f"{day.year}年{day.month}月{day.day}日"
            yield Event(row.answered_at, _("More time for %(unit)s: until %(day)s") % named, row.reason)
        else:
            yield Event(row.answered_at, _("It is not the affair of %(unit)s: another unit has it now") % named)


def _progress(proposal: Proposal) -> Iterator[Event]:
    rows = ProgressNote.objects.filter(assignment__proposal=proposal, is_internal=False)
    for row in rows.select_related("assignment__unit"):
        yield Event(row.at, _("News from %(unit)s") % {"unit": row.assignment.unit.name}, row.text)


def _supervision(proposal: Proposal) -> Iterator[Event]:
    rows = SupervisionStep.objects.filter(proposal=proposal).select_related("assignment__unit")
    for row in rows:
        yield Event(_noon(row.on), row.get_kind_display(), row.assignment.unit.name if row.assignment else "")


def _noon(day: date) -> datetime:
    """A day without an hour stands in the middle of that day's instants."""
    return datetime.combine(day, time(12), tzinfo=TZ)
