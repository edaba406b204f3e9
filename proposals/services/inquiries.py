"""Enquiries and interpellations (reference.md §6.1) are written: begun, changed, asked together with others."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from congress.kernel import notices
from congress.kernel.workflow import MOVED_ON, Refused, lock
from congress.models import Organization, User
from delegates.models import Mandate
from delegates.policies import is_self
from delegates.querysets import SERVING
from proposals.forms import units_of
from proposals.models import Inquiry, InquiryKind, InquiryState
from proposals.services.writing import one_newline, open_session
from proposals.workflows.inquiries import asks
from proposals.workflows.telling import TEMPLATE, accounts_of

FACTS: Final = ("kind", "target", "subject", "question", "enquiry")
LEAVABLE: Final = (InquiryState.DRAFT, InquiryState.SUBMITTED, InquiryState.ACCEPTED)
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
    return locked


@transaction.atomic
def ask_others(inquiry: Inquiry, mandates: Iterable[Mandate], *, by: User) -> int:
    """Name delegates of the same congress as askers too; each is told, and may take his name off. How many are new."""
    locked = _draft(inquiry, by)
    mandates = list(mandates)
    wrong = [one for one in mandates if one.congress_id != locked.congress_id or one.status not in SERVING]
    if wrong:
        names = "、".join(one.person.name for one in wrong)
        raise Refused(_("Not a delegate in office of this congress: %(names)s.") % {"names": names})
    known = set(locked.askers.values_list("pk", flat=True))
    fresh = [one for one in mandates if one.pk not in known]
    if len(known) + len(fresh) > MOST_ASKERS:
        raise Refused(_("No more than %(most)s can be asked.") % {"most": MOST_ASKERS})
    locked.askers.add(*fresh)
    link = reverse("my_inquiry", args=[locked.pk])
    told = Mandate.objects.filter(pk__in=[one.pk for one in fresh]).select_related("person__user")
    notices.post_many([
        notices.Owed(
            f"inquiry:{locked.pk}:named:{user.pk}", TEMPLATE % "inquiry_named", user, link, {"inquiry": locked}
        )
        for user in accounts_of(told)
    ])  # fmt: skip
    return len(fresh)


@transaction.atomic
def take_off(inquiry: Inquiry, mandate: Mandate, *, by: User) -> None:
    """An asker's name is taken off: by himself until the body asked has it, by the first asker in his draft.

    Twice is once. Raises `Refused` for the first asker, and once it was handed over.
    """
    locked = lock(inquiry)
    if not is_self(by, mandate.person) and not (asks(by, locked) and locked.state == InquiryState.DRAFT):
        raise PermissionDenied
    if mandate.pk == locked.lead_id:
        raise Refused(_("The first asker takes the whole enquiry back instead."))
    if locked.state not in LEAVABLE:
        raise Refused(_("It was handed to the body asked already."))
    locked.askers.remove(mandate)


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
