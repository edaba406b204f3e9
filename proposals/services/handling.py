"""Papers on their way through units: who handles what, what readers think, what the delegates say in the end."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.kernel import audit
from congress.kernel.workflow import MOVED_ON, SYSTEM, Refused, lock
from congress.models import Attachment, DocumentState, OfficialDocument, Organization, User
from delegates.models import CommitteeMember, Mandate
from delegates.policies import is_self
from proposals.forms.decisions import units_of
from proposals.models import (
    PUBLISHABLE,
    Assignment,
    AssignmentRole,
    AssignmentState,
    DelegateContact,
    Feedback,
    Outcome,
    ProgressNote,
    Proposal,
    ProposalResult,
    ProposalState,
    Satisfaction,
    ScreeningOpinion,
)
from proposals.policies import handles, keeps
from proposals.workflows import PROPOSAL
from proposals.workflows.conditions import fitting, still_asked
from proposals.workflows.letters import DECIDED, draft_decision
from proposals.workflows.telling import proposers, tell_office, tell_one, tell_proposers, tell_unit

IN_HAND: Final = (
    AssignmentState.WORKING, AssignmentState.EXTENSION_ASKED, AssignmentState.OPINIONS_COLLECTED,
    AssignmentState.DRAFTED, AssignmentState.IN_REVIEW,
)  # fmt: skip


@transaction.atomic
def give_opinion(
    proposal: Proposal, *, by: User, outcome: str, text: str = "", reject_reason: str = ""
) -> ScreeningOpinion:
    """What a reader suggests; again replaces his own. Raises `Refused` unless it is being screened."""
    locked = lock(proposal)
    if not keeps(by, locked):
        raise PermissionDenied
    if locked.state != ProposalState.SCREENING:
        raise Refused(_("It is not being screened."))
    if outcome not in Outcome.values:
        raise Refused(_("Choose what you suggest."))
    if outcome != Outcome.FILE and not text.strip():
        raise Refused(_("Say why: whoever decides reads it."))
    row, _fresh = ScreeningOpinion.objects.update_or_create(
        proposal=locked, reader=by, round=locked.submissions,
        defaults={"outcome": outcome, "text": text.strip()[:1000], "reject_reason": reject_reason},
    )  # fmt: skip
    return row


def _refuse_unfit(proposal: Proposal, parts: Sequence[tuple[Organization, str, str]], leader: Any) -> None:
    units = [unit for unit, _role, _task in parts]
    if len({unit.pk for unit in units}) < len(units):
        raise Refused(_("A unit is named twice."))
    if unfit := fitting([role for _unit, role, _task in parts]):
        raise Refused(unfit)
    known = set(units_of(proposal.congress.organization).values_list("pk", flat=True))
    wrong = [unit.name for unit in units if unit.pk not in known]
    if wrong:
        raise Refused(_("No handling unit of this district: %(names)s.") % {"names": "、".join(wrong)})
    if leader is not None and leader.congress.organization_id != proposal.congress.organization_id:
        raise Refused(_("%(name)s is no member of this committee.") % {"name": leader})


class MovedOn(Refused):
    """Somebody else saved since it was looked at."""


@transaction.atomic
def plan(
    proposal: Proposal,
    parts: Sequence[tuple[Organization, str, str]],
    *,
    by: User,
    leader: CommitteeMember | None = None,
    opinion: str = "",
    is_key: bool = False,
    task_force: str = "",
    seen: int | None = None,
) -> list[Assignment]:
    """Who is to handle it: units with role and task, in place of what was planned before; the leading committee member.

    `seen` is the version that was looked at. Raises `MovedOn` if it was planned since; `Refused` for something that is
    no unit, a unit named twice, a leader of another congress.
    """
    locked = lock(proposal)
    if not keeps(by, locked):
        raise PermissionDenied
    if locked.state != ProposalState.PLANNING:
        raise Refused(_("Its handling is not being planned."))
    if seen is not None and seen != locked.version:
        raise MovedOn(MOVED_ON)
    _refuse_unfit(locked, parts, leader)
    Assignment.objects.filter(proposal=locked, state=AssignmentState.PLANNED).delete()
    rows = [
        Assignment.objects.create(proposal=locked, unit=unit, role=AssignmentRole(role), task=task.strip()[:200])
        for unit, role, task in parts
    ]
    locked.leader, locked.planning_opinion, locked.is_key = leader, opinion.strip()[:1000], is_key
    locked.task_force = task_force.strip()[:120]
    locked.version += 1
    locked.save(update_fields=["leader", "planning_opinion", "is_key", "task_force", "version"])
    return rows


def _refuse_idle(assignment: Assignment, by: User) -> None:
    """Only whoever has a paper in hand writes to its proposers: not before it is begun, not once it is done."""
    if not handles(by, assignment):
        raise PermissionDenied
    if assignment.state not in IN_HAND:
        raise Refused(_("Only while the unit has the paper in hand."))


@transaction.atomic
def note_progress(assignment: Assignment, text: str, *, by: User, is_internal: bool = False) -> ProgressNote:
    """What the unit has done; its proposers read it on their phones unless it is for the office only. The same once
    more is a second click."""
    lock(assignment.proposal)  # two clicks at once come one after the other
    assignment.refresh_from_db(fields=["state"])
    _refuse_idle(assignment, by)
    if not text.strip():
        raise Refused(_("Write what was done."))
    said = (text.strip()[:2000], is_internal, by.pk)
    last = assignment.progress.order_by("-pk").first()
    if last is not None and (last.text, last.is_internal, last.by_id) == said:
        return last
    row = ProgressNote.objects.create(assignment=assignment, text=said[0], is_internal=is_internal, by=by)
    if not is_internal:
        tell_proposers(assignment.proposal, "progress", f"progress:{row.pk}", note=row)
    return row


@transaction.atomic
def note_contact(assignment: Assignment, mandate: Mandate, facts: Mapping[str, Any], *, by: User) -> DelegateContact:
    """The unit spoke with one of the proposers, who hears that it says so. The same again on one day is the same talk;
    in other words it needs his word anew, but a no stays a no."""
    _refuse_idle(assignment, by)
    if mandate not in proposers(assignment.proposal):
        raise Refused(_("%(name)s did not sign this paper.") % {"name": mandate.person.name})
    same = {"assignment": assignment, "mandate": mandate, "way": facts["way"], "on": facts["on"]}
    row, fresh = DelegateContact.objects.get_or_create(**same, defaults={"text": facts["text"], "by": by})
    if not fresh and row.text != facts["text"]:
        row.text, row.by, row.confirmed_at = facts["text"], by, None
        row.save(update_fields=["text", "by", "confirmed_at"])
    tell_one(assignment.proposal, mandate, "contact_noted", f"contact_noted:{row.pk}", contact=row)
    return row


def contacts_with(proposal: Proposal, user: User) -> QuerySet[DelegateContact]:
    """The talks units say they had with the account about this paper, the newest first."""
    rows = DelegateContact.objects.filter(assignment__proposal=proposal, mandate__person__user=user)
    return rows.select_related("assignment__unit", "assignment__proposal", "mandate__person").order_by("-on", "-pk")


@transaction.atomic
def answer_contact(contact: DelegateContact, was_so: bool, *, by: User, remark: str = "") -> DelegateContact:
    """The delegate says whether a unit did speak with him, as it claims. A talk he denies counts no more; office and
    unit hear it. He may correct himself until the paper is reported; the same again changes nothing.

    Raises `PermissionDenied` unless it is himself, `Refused` once the paper is reported to the congress.
    """
    proposal = lock(contact.assignment.proposal)
    row = DelegateContact.objects.select_for_update().get(pk=contact.pk)
    if not is_self(by, row.mandate.person):
        raise PermissionDenied
    if proposal.state == ProposalState.REPORTED:
        raise Refused(_("The paper was reported to the congress: this cannot be changed any more."))
    remark, now = remark.strip(), timezone.now()
    stands = row.confirmed_at if was_so else row.denied_at
    if stands and row.delegate_note == remark:
        return row
    row.confirmed_at, row.denied_at = (now, None) if was_so else (None, now)
    row.delegate_note = remark
    row.save(update_fields=["confirmed_at", "denied_at", "delegate_note"])
    if not was_so:
        key = f"contact_denied:{row.pk}:{now.isoformat()}"
        tell_office(proposal, "contact_denied", key, contact=row)
        tell_unit(row.assignment, "contact_denied", key, contact=row)
    return row


@transaction.atomic
def hand_over(assignment: Assignment, name: str, phone: str, *, by: User) -> None:
    """Inside the unit somebody else takes it on; the paper itself stays with the unit."""
    if not handles(by, assignment):
        raise PermissionDenied
    if not name.strip():
        raise Refused(_("Name the person in charge."))
    Assignment.objects.filter(pk=assignment.pk).update(
        handler_name=name.strip()[:40], handler_phone=phone.strip()[:30], handler=by
    )
    audit.record("handler_change", by=by, subject=f"Assignment {assignment.pk}", organization=assignment.unit)


@transaction.atomic
def give_feedback(
    proposal: Proposal,
    mandate: Mandate,
    *,
    attitude: str,
    result: str,
    text: str = "",
    by: User,
    scan: Attachment | None = None,
) -> Feedback:
    """What a proposer thinks of the handling: he alone says it, or the office enters his signed form with its scan.

    When whoever decides is content the paper is closed, or followed up if something was promised; else the office is
    told. Raises `Refused` outside the time of asking, twice, or without a word on why somebody is dissatisfied.
    """
    locked = lock(proposal)
    own = is_self(by, mandate.person)
    if not own and not (keeps(by, locked) and scan is not None):
        raise PermissionDenied
    if locked.merged_into is not None:
        return give_feedback(locked.merged_into, mandate, attitude=attitude, result=result, text=text, by=by, scan=scan)
    if not still_asked(locked):
        raise Refused(_("Your opinion is asked when the reply is there."))
    if mandate not in proposers(locked):
        raise Refused(_("%(name)s did not sign this paper.") % {"name": mandate.person.name})
    if Satisfaction.DISSATISFIED in {attitude, result} and not text.strip():
        raise Refused(_("Say in a sentence what you are not satisfied with: the unit has to know what to do."))
    row, fresh = Feedback.objects.get_or_create(
        proposal=locked, mandate=mandate, round=locked.round,
        defaults={
            "attitude": attitude, "result": result, "text": text.strip()[:1000],
            "entered_by": None if own else by, "scan": scan,
        },
    )  # fmt: skip
    if not fresh:
        raise Refused(_("Your opinion is recorded already."))
    conclude(locked, row)
    return row


def conclude(proposal: Proposal, row: Feedback) -> None:
    """Close the paper, or follow its promises up, when whoever decides is content; else tell the office.

    Whoever speaks after that is heard, and decides nothing any more.
    """
    for verb in ("close", "track"):
        if not PROPOSAL.obstacle(proposal, verb):
            PROPOSAL.take(proposal, verb, by=SYSTEM)
            return
    if Satisfaction.DISSATISFIED in {row.attitude, row.result}:
        tell_office(proposal, "dissatisfied", f"dissatisfied:{row.pk}", feedback=row)


def assign_together(proposals: Sequence[Proposal], *, by: User) -> tuple[int, list[str]]:
    """Hand out what is planned, each paper for itself: how many went, and why the others did not."""
    done, refused = 0, []
    for proposal in proposals:
        try:
            PROPOSAL.take(proposal, "assign", by=by)
            done += 1
        except Refused as refusal:
            refused.append(f"{proposal.kind_word}{proposal.number_text}《{proposal.title}》：{refusal}")
    return done, refused


@transaction.atomic
def decision_notice(proposal: Proposal, *, by: User) -> OfficialDocument:
    """The notice of the screening's decision, as a draft; the one that is there already if it is not issued yet.

    Raises `Refused` while nothing is decided, and once the paper has gone on to units.
    """
    locked = lock(proposal)
    if not keeps(by, locked):
        raise PermissionDenied
    if locked.state not in DECIDED:
        raise Refused(_("The notice of the decision is drafted between the screening and the planning."))
    waiting = OfficialDocument.objects.filter(
        kind="screening-notice", about=f"proposal:{locked.pk}", state=DocumentState.DRAFT
    )
    return waiting.first() or draft_decision(locked)


@transaction.atomic
def note_result(proposal: Proposal, *, by: User, **said: Any) -> ProposalResult:
    """What came of it, in a number; the same once more is a second click."""
    locked = lock(proposal)
    if not keeps(by, locked):
        raise PermissionDenied
    return ProposalResult.objects.get_or_create(proposal=locked, **said)[0]


@transaction.atomic
def publish(proposal: Proposal, is_public: bool, *, by: User) -> None:
    """Open a paper to everybody, or close it again. Refused before it is filed, and for what was not filed."""
    locked = lock(proposal)
    if not keeps(by, locked):
        raise PermissionDenied
    if is_public and locked.state not in PUBLISHABLE:
        raise Refused(_("Only a paper that was filed and is being handled can be public."))
    Proposal.objects.filter(pk=locked.pk).update(is_public=is_public)
    audit.record(
        "proposal_publish" if is_public else "proposal_unpublish", by=by, subject=f"Proposal {locked.pk}",
        organization=locked.congress.organization,
    )  # fmt: skip


@transaction.atomic
def refuse_withdrawal(proposal: Proposal, reason: str, *, by: User) -> None:
    """The paper stays: its proposers hear why. Refused if nobody asked."""
    locked = lock(proposal)
    if not keeps(by, locked):
        raise PermissionDenied
    if not locked.withdrawal_reason:
        raise Refused(_("Its lead proposer has not asked for it."))
    Proposal.objects.filter(pk=locked.pk).update(withdrawal_reason="")
    tell_proposers(locked, "withdrawal_refused", f"withdrawal_refused:{timezone.now().isoformat()}", reason=reason)
