"""Enquiries and interpellations (reference.md §6.1) are written: begun, changed, asked together with others."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.kernel.workflow import MOVED_ON, SYSTEM, Refused, lock
from congress.models import Organization, User
from delegates.models import Mandate
from delegates.policies import is_self
from delegates.querysets import SERVING
from proposals.forms import units_of
from proposals.models import Inquiry, InquiryKind, InquiryState, Invitation, InvitationState
from proposals.policies import asks
from proposals.services.signing import refuse_nudge, reminded_today
from proposals.services.writing import one_newline, open_session
from proposals.workflows import INVITATION
from proposals.workflows.inquiries import asked_in_office
from proposals.workflows.invitations import LEAVABLE, post, tell_invited

FACTS: Final = ("kind", "target", "subject", "question", "enquiry")
AGAIN: Final = (InvitationState.DECLINED, InvitationState.DROPPED, InvitationState.EXPIRED)
MOST_ASKERS: Final = 200


@transaction.atomic
def begin(lead: Mandate, facts: Mapping[str, Any], *, by: User) -> Inquiry:
    """A new enquiry as a draft, its first asker among the askers. The same again while it is a draft is the same.

    Raises `PermissionDenied` unless it is the delegate himself, `Refused` if he is not in office or the body asked is
    none of his district.
    """
    if not is_self(by, lead.person):
        raise PermissionDenied
    if lead.status not in SERVING:
        raise Refused(_("Only a delegate in office enquires."))
    lock(lead)
    facts = _cleaned(lead, facts)
    again = Inquiry.objects.filter(lead=lead, state=InquiryState.DRAFT, **facts).first()
    if again is not None:
        return again
    inquiry = Inquiry.objects.create(congress=lead.congress, session=open_session(lead.congress), lead=lead, **facts)
    inquiry.askers.add(lead)
    return inquiry


@transaction.atomic
def save(inquiry: Inquiry, facts: Mapping[str, Any], *, by: User, version: int | None) -> Inquiry:
    """Write what was changed in a draft. What stands there already is not written again.

    Raises `Refused` if it moved on since `version` was seen, or is handed in; `PermissionDenied` if it is not his.
    """
    locked = _draft(inquiry, by)
    facts = _cleaned(locked.lead, facts)
    if all(getattr(locked, name) == value for name, value in facts.items()):
        return locked
    if version is not None and locked.version != version:
        raise Refused(MOVED_ON)
    for name, value in facts.items():
        setattr(locked, name, value)
    locked.version += 1
    locked.save()
    _ask_again(locked)
    return locked


def _ask_again(inquiry: Inquiry) -> None:
    """The text is another one: whoever joined the old one has not joined this."""
    for row in Invitation.objects.filter(inquiry=inquiry, state=InvitationState.ACCEPTED):
        INVITATION.take(row, "ask_again", by=SYSTEM)


@transaction.atomic
def invite(inquiry: Inquiry, mandates: Iterable[Mandate], *, by: User) -> int:
    """Ask delegates of the same congress whether they ask too; each answers for himself. How many are newly asked."""
    locked = _draft(inquiry, by)
    mandates = list(mandates)
    wrong = [one for one in mandates if one.congress_id != locked.congress_id or one.status not in SERVING]
    if wrong:
        names = "、".join(one.person.name for one in wrong)
        raise Refused(_("Not a delegate in office of this congress: %(names)s.") % {"names": names})
    known = {row.mandate_id: row for row in Invitation.objects.filter(inquiry=locked)}
    askers = set(locked.askers.values_list("pk", flat=True))
    if len(askers | known.keys()) + len(mandates) > MOST_ASKERS:
        raise Refused(_("No more than %(most)s can be asked.") % {"most": MOST_ASKERS})
    asked = 0
    for mandate in mandates:
        row = known.get(mandate.pk)
        if row is None and mandate.pk not in askers:
            tell_invited(Invitation.objects.create(inquiry=locked, mandate=mandate, asked_at=timezone.now()))
            asked += 1
        elif row is not None and row.state in AGAIN:
            INVITATION.take(row, "ask_again", by=by)
            asked += 1
    return asked


def accept(invitation: Invitation, *, by: User, seen: int) -> Invitation:
    """He asks too, what he has read. A second click changes nothing.

    Raises `PermissionDenied` unless it is his own, `Refused` if it is handed in or the text changed under his eyes.
    """
    with transaction.atomic():
        inquiry = lock(invitation.inquiry)
        row = Invitation.objects.get(pk=invitation.pk)
        if row.state == InvitationState.ACCEPTED:
            return row
        if seen != inquiry.version:
            raise Refused(_("The text was changed while you read it. Read it again, then decide."))
        return INVITATION.take(row, "accept", by=by)


@transaction.atomic
def remind(invitation: Invitation, *, by: User) -> Invitation:
    """A nudge to somebody who says nothing, once a day. Raises `Refused` if he answered, or was reminded today."""
    inquiry = _draft(invitation.inquiry, by)
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    refuse_nudge(row, waits=row.state == InvitationState.INVITED)
    row.inquiry, row.reminded_at = inquiry, timezone.now()
    row.save(update_fields=["reminded_at"])
    post(row, row.mandate, "inquiry_reminded", "reminded")
    return row


@transaction.atomic
def take_off(inquiry: Inquiry, mandate: Mandate, *, by: User) -> None:
    """An asker's name is taken off: by himself until the body asked has it, by the first asker in his draft.

    Twice is once. Raises `Refused` for the first asker, and once it was handed over.
    """
    locked = lock(inquiry)
    own = is_self(by, mandate.person)
    if not own and not (asks(by, locked) and locked.state == InquiryState.DRAFT):
        raise PermissionDenied
    if mandate.pk == locked.lead_id:
        raise Refused(_("The first asker takes the whole enquiry back instead."))
    if locked.state not in LEAVABLE:
        raise Refused(_("It was handed to the body asked already."))
    row = Invitation.objects.filter(inquiry=locked, mandate=mandate).first()
    if row is None:  # named in a workbook or by the demonstration: nobody asked him
        locked.askers.remove(mandate)
    elif row.state == InvitationState.ACCEPTED:
        INVITATION.take(row, "leave" if own else "drop", by=by)
    elif not own and row.state in {InvitationState.INVITED, InvitationState.DECLINED}:
        INVITATION.take(row, "drop", by=by)


def invitations(inquiry: Inquiry) -> list[Invitation]:
    """Everybody who was asked and has not joined: who is waited for, who said no."""
    rows = Invitation.objects.filter(inquiry=inquiry).exclude(state__in=[InvitationState.ACCEPTED, "dropped"])
    found = list(rows.select_related("mandate__person", "mandate__delegation").order_by("pk"))
    for row in found:
        row.may_remind = not reminded_today(row)
    return found


def own_invitation(inquiry: Inquiry, user: User) -> Invitation | None:
    """The question to the account whether it asks too."""
    rows = Invitation.objects.filter(inquiry=inquiry, mandate__person__user=user)
    return rows.select_related("mandate__person", "inquiry").first()


def asked_to_join(user: User) -> QuerySet[Inquiry]:
    """The drafts that wait for the account's yes or no, the first asked first."""
    rows = Invitation.objects.filter(mandate__person__user=user, state=InvitationState.INVITED)
    drafts = Inquiry.objects.filter(pk__in=rows.values("inquiry"), state=InquiryState.DRAFT)
    return drafts.select_related("lead__person").order_by("pk")


def enquiries_before(lead: Mandate) -> Any:
    """The answered enquiries an interpellation may follow: of the delegate's own congress."""
    rows = Inquiry.objects.filter(congress=lead.congress_id, kind=InquiryKind.ENQUIRY)
    done = (InquiryState.ANSWERED, InquiryState.REANSWER, InquiryState.ESCALATED, InquiryState.CLOSED)
    return rows.filter(state__in=done, askers=lead).select_related("target").order_by("-pk")


def targets(organization: Organization) -> Any:
    """The bodies that may be asked."""
    return units_of(organization)


def _draft(inquiry: Inquiry, by: User) -> Inquiry:
    locked = lock(inquiry)
    if not asks(by, locked):
        raise PermissionDenied
    if locked.state != InquiryState.DRAFT:
        raise Refused(_("It is handed in already: it cannot be changed any more."))
    if left := asked_in_office(locked):
        raise Refused(left)
    return locked


def _cleaned(lead: Mandate, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as they are kept; an enquiry follows none."""
    known = {name: facts[name] for name in FACTS if name in facts}
    if not targets(lead.congress.organization).filter(pk=known["target"].pk).exists():
        raise Refused(_("%(name)s cannot be asked by delegates of this congress.") % {"name": known["target"].name})
    known["subject"], known["question"] = known["subject"].strip(), one_newline(known["question"])
    if known["kind"] == InquiryKind.ENQUIRY:
        known["enquiry"] = None
    return known
