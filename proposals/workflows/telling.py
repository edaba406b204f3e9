"""Who hears what about a paper, once each: its signers in plain words, the office, the units."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.urls import reverse

from congress.kernel import notices
from congress.models import Organization, User
from congress.policies import HANDLE, managers_of
from delegates.models import Mandate
from proposals.models import PRIVATE, Assignment, Proposal, Signature, SignatureState, Undertaking
from proposals.policies import UNSEEN_BY_UNITS

TEMPLATE = "proposals/notices/%s.txt"


def proposers(proposal: Proposal) -> list[Mandate]:
    """Everybody who signed the paper or one that was merged into it: each of them is answered (R4 §5, R15)."""
    its = Q(signatures__proposal=proposal) | Q(signatures__proposal__merged_into=proposal)
    rows = Mandate.objects.filter(its, signatures__state=SignatureState.SIGNED)
    return list(rows.select_related("person__user", "congress__organization").distinct().order_by("pk"))


def signers_of(proposal: Proposal) -> list[Signature]:
    """The names under a paper, its lead's first; before it is handed in also of those who are still asked."""
    standing = [SignatureState.SIGNED, *([SignatureState.INVITED] if proposal.state in PRIVATE else [])]
    rows = proposal.signatures.filter(Q(is_lead=True) | Q(state__in=standing))
    return list(
        rows.select_related("mandate__person", "mandate__delegation", "mandate__group").order_by("-is_lead", "pk")
    )


def accounts_of(mandates: Iterable[Mandate]) -> list[User]:
    """The accounts of those delegates who have one."""
    users = {one.person.user_id: one.person.user for one in mandates if one.person.user_id}
    return [user for user in users.values() if user.is_active]


def desk_of(unit: Organization) -> list[User]:
    """Who works at the desk of a unit."""
    return list(
        User.objects.filter(
            organizationuserpermission__content_object=unit,
            organizationuserpermission__permission__codename=HANDLE,
            is_active=True,
        ).distinct()
    )


def tell_proposers(proposal: Proposal, what: str, key: str, **context: Any) -> None:
    """A message to every signer's phone, about his own paper."""
    link = reverse("my_proposal", args=[proposal.pk])
    users = accounts_of(proposers(proposal))
    _post(users, what, f"proposal:{proposal.pk}:{key}", link, proposal=proposal, **context)


def tell_one(proposal: Proposal, mandate: Mandate, what: str, key: str, **context: Any) -> None:
    """A message to one of its signers."""
    link = reverse("my_proposal", args=[proposal.pk])
    _post(accounts_of([mandate]), what, f"proposal:{proposal.pk}:{key}", link, proposal=proposal, **context)


def tell_office(proposal: Proposal, what: str, key: str, **context: Any) -> None:
    """A message to the office that keeps the congress's papers."""
    link = reverse("admin:proposals_proposal_change", args=[proposal.pk])
    users = list(managers_of(proposal.congress.organization))
    _post(users, what, f"proposal:{proposal.pk}:office:{key}", link, proposal=proposal, **context)


def tell_unit(assignment: Assignment, what: str, key: str, **context: Any) -> None:
    """A message to the desk of the unit."""
    gone = assignment.state in UNSEEN_BY_UNITS  # the desk has no page of it any more
    link = reverse("unit_home") if gone else reverse("unit_assignment", args=[assignment.pk])
    users = desk_of(assignment.unit)
    _post(users, what, f"assignment:{assignment.pk}:{key}", link, assignment=assignment, **context)


def tell_promising(promise: Undertaking, what: str, key: str, **context: Any) -> None:
    """A message to the desk of the unit that promised something."""
    link = f"{reverse('unit_promises')}#promise-{promise.pk}"
    _post(desk_of(promise.unit), what, f"promise:{promise.pk}:{key}", link, promise=promise, **context)


def _post(users: Iterable[User], what: str, key: str, link: str, **context: Any) -> None:
    notices.post_many([notices.Owed(f"{key}:{user.pk}", TEMPLATE % what, user, link, context) for user in users])
