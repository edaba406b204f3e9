"""Why a unit's part cannot take a step now, each as a sentence; nothing if it can."""

from datetime import date
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.models import JournalEntry
from proposals.models import (
    ANSWERING,
    WITH_UNITS,
    Assignment,
    AssignmentRole,
    RequestKind,
)
from proposals.models import AssignmentState as S

DONE: Final = (S.RETURNED, S.CANCELLED)


def in_objection_time(assignment: Assignment) -> str:
    """A unit says within days that it is not its affair; later it handles it."""
    until = assignment.object_until
    if assignment.round > 1 and until is None:
        return _("It was this unit that answered: it cannot give the paper back the second time.")
    if until and until < timezone.localdate():
        return _("An objection was possible until %(day)s.") % {"day": f"{until:%Y-%m-%d}"}
    return ""


def with_units(assignment: Assignment) -> str:
    """A paper that was answered or closed is given to nobody any more."""
    return "" if assignment.proposal.state in WITH_UNITS else _("The paper is not with units any more.")


def objects_once(assignment: Assignment) -> str:
    """Decided on once it is decided: no, or yes and given here all the same with a reason in writing."""
    refused = assignment.requests.filter(kind=RequestKind.OBJECTION, granted=False).exists()
    if refused or assignment.given_note:
        return _("The office has decided on this unit's objection already.")
    return ""


def earliest_letter(assignment: Assignment | None) -> tuple[date | None, str]:
    """The first day the letter of a reply may bear, with the sentence why: the office had to read it first."""
    if assignment is None:
        return None, ""
    kind = ContentType.objects.get_for_model(Assignment)
    sent = JournalEntry.objects.filter(content_type=kind, object_id=assignment.pk, verb="submit_reply")
    last = sent.order_by("-pk").values_list("at", flat=True).first()
    if last is None:
        return None, ""
    day = timezone.localdate(last)
    said = _("The reply was sent to the office for review on %(day)s: the letter cannot bear an earlier date.")
    return day, said % {"day": f"{day.year}年{day.month}月{day.day}日"}


def extends_once(assignment: Assignment) -> str:
    """One extension a handling."""
    granted = assignment.requests.filter(kind=RequestKind.EXTENSION, granted=True)
    if granted.exists() or assignment.round > 1:
        return _("More time is given once, and not for a second handling.")
    return ""


def answers(assignment: Assignment) -> str:
    """An assisting unit answers the lead unit, not the delegates."""
    return "" if assignment.role in ANSWERING else _("An assisting unit gives its opinion to the lead unit.")


def assists(assignment: Assignment) -> str:
    return "" if assignment.role == AssignmentRole.ASSIST else _("Only an assisting unit gives an opinion.")


def has_assistants(assignment: Assignment) -> str:
    if assignment.round > 1 and assignment.role == AssignmentRole.LEAD:
        return _("A second handling needs no new opinions: those of the first stand below.")
    return "" if _assistants(assignment).exists() else _("There is no assisting unit.")


def opinions_in(assignment: Assignment) -> str:
    """The lead unit answers once it has heard the others, or their time is over."""
    waiting = _assistants(assignment).exclude(state=S.OPINION_GIVEN).filter(due_on__gte=timezone.localdate())
    names = [one.unit.name for one in waiting.select_related("unit")]
    return _("Not in yet: %(names)s.") % {"names": "、".join(names)} if names else ""


def _assistants(assignment: Assignment) -> Any:
    """Whose opinions the lead unit waits for; in a second handling it has them from the first."""
    if assignment.role != AssignmentRole.LEAD or assignment.round > 1:
        return Assignment.objects.none()
    return assignment.proposal.assignments.filter(role=AssignmentRole.ASSIST).exclude(state__in=DONE)


def collected_first(assignment: Assignment) -> str:
    """Where units assist, their opinions come first."""
    if assignment.state == S.WORKING and _assistants(assignment).exists():
        return _("Collect the opinions of the assisting units first.")
    return ""
