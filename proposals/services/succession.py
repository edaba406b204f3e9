"""A lead proposer's mandate ends while the paper is not handed in (or was returned): who has signed takes it over.

What units have is not touched: it is answered, every other signer is asked, and their opinions decide.
Named in settings.WHEN_LEFT, WHEN_LEFT_FORETOLD and NIGHTLY.
"""

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from congress.kernel import audit, notices
from congress.kernel.workflow import SYSTEM, Refused, lock
from congress.models import User
from delegates.models import Mandate
from delegates.policies import is_self
from proposals.models import EDITABLE, PRIVATE, Proposal, Signature, SignatureState
from proposals.policies import GONE, keeps
from proposals.workflows import PROPOSAL, SIGNATURE
from proposals.workflows.conditions import is_leaderless, valid_signatures
from proposals.workflows.telling import TEMPLATE, accounts_of, tell_office

BY_TERM: Final = "expired"


def heirs(proposal: Proposal) -> QuerySet[Signature]:
    """Who can take it over: whoever is in office and has signed the text as it stands."""
    rows = valid_signatures(proposal).filter(is_lead=False)
    return rows.select_related("mandate__person__user", "mandate__delegation").order_by("answered_at", "pk")


def may_take_over(proposal: Proposal, user: Any) -> bool:
    """Whether the account could lead it from now on."""
    return is_leaderless(proposal) and heirs(proposal).filter(mandate__person__user=user).exists()


def leave(mandate: Mandate) -> None:
    """A mandate has ended: the papers it leads wait for another lead, or are closed; those it signed may be too."""
    waiting = Q(lead=mandate) | Q(signatures__mandate=mandate, lead__status__in=GONE)
    for paper in Proposal.objects.filter(waiting, state__in=EDITABLE).distinct().order_by("pk"):
        settle(paper, told=True)


def foretell(mandate: Mandate) -> list[str]:
    """What the end of a mandate brings with it for the papers it leads, told before it is decided."""
    count = Proposal.objects.filter(lead=mandate, state__in=EDITABLE).count()
    open_ones = Proposal.objects.filter(lead=mandate).exclude(state__in=EDITABLE).filter(closed_at=None).in_force()
    said = []
    if count:
        said.append(ngettext(
            "%(count)s paper of his is not handed in: a co-signer can take it over; without any it is closed.",
            "%(count)s papers of his are not handed in: co-signers can take them over; without any they are closed.",
            count,
        ) % {"count": count})  # fmt: skip
    if handed := open_ones.count():
        said.append(ngettext(
            "%(count)s paper of his is handed in: it is answered all the same, and the other signers say what they "
            "think of it.",
            "%(count)s papers of his are handed in: they are answered all the same, and the other signers say what "
            "they think of them.",
            handed,
        ) % {"count": handed})  # fmt: skip
    return said


def sweep() -> int:
    """Every night: papers whose lead left and whom nobody can take over any more are closed. How many were."""
    rows = Proposal.objects.filter(state__in=PRIVATE, lead__status__in=GONE).order_by("pk")
    return sum(settle(paper, told=False) for paper in rows)


@transaction.atomic
def settle(proposal: Proposal, *, told: bool) -> bool:
    """Ask those who signed to take it over; without any a draft is closed, with a sentence why. Whether it was."""
    locked = lock(proposal)
    if not is_leaderless(locked):
        return False
    signers = list(heirs(locked))
    is_over = locked.lead.status == BY_TERM  # then nobody's mandate lasts
    if locked.state in PRIVATE and (is_over or not signers):
        _close(locked)
        return True
    if told and not is_over:
        people = [row.mandate for row in signers]
        _post(locked, people, "lead_left", f"lead_left:{locked.lead_id}", reverse("my_proposal", args=[locked.pk]))
        if locked.state not in PRIVATE or locked.entered_by_id:
            tell_office(locked, "lead_left", f"lead_left:{locked.lead_id}")
    return False


def _close(proposal: Proposal) -> None:
    """Whoever was asked to sign and the former lead hear why."""
    named = {"name": proposal.lead.person.name}
    if proposal.lead.status == BY_TERM:
        why = _("The term is over: it was not handed in in time.")
    else:
        why = _("%(name)s is no delegate any more and nobody else had signed it, so it cannot be handed in.") % named
    asked = Signature.objects.filter(proposal=proposal, is_lead=False).select_related("mandate__person__user")
    asked = asked.filter(state__in=[SignatureState.INVITED, SignatureState.SIGNED])
    waiting = [row.mandate for row in asked]
    PROPOSAL.take(proposal, "orphan", by=SYSTEM, note=why)
    _post(proposal, waiting, "lead_gone", "lead_gone", reverse("my_proposals"), reason=why)
    _post(proposal, [proposal.lead], "lead_gone", "lead_gone", reverse("my_proposal", args=[proposal.pk]), reason=why)
    if proposal.entered_by_id:
        tell_office(proposal, "lead_gone", "lead_gone", reason=why)


@transaction.atomic
def take_over(proposal: Proposal, *, by: User, mandate: Mandate | None = None) -> Proposal:
    """A co-signer leads the paper from now on: he says so himself, or the office names him (`mandate`).

    Everybody who signed or is asked hears it. Raises `PermissionDenied` for a stranger, `Refused` while its lead is in
    office, once it is handed in, and for somebody who has not signed the text as it stands. Twice is once.
    """
    locked = lock(proposal)
    rows = Signature.objects.filter(proposal=locked, is_lead=False).select_related("mandate__person")
    named = rows.filter(mandate=mandate) if mandate else rows.filter(mandate__person__user=by)
    if mandate is not None and not (is_self(by, mandate.person) or keeps(by, locked)):
        raise PermissionDenied
    if (mandate is not None and locked.lead_id == mandate.pk) or is_self(by, locked.lead.person):
        return locked
    row = named.first()
    if row is None:
        raise PermissionDenied
    if not is_leaderless(locked):
        raise Refused(_("%(name)s leads it now.") % {"name": locked.lead.person.name})
    if locked.state not in EDITABLE:
        raise Refused(_("It is handed in already: the text cannot be changed any more."))
    if not heirs(locked).filter(pk=row.pk).exists():
        raise Refused(_("Only who is in office and has signed the text as it stands can take it over."))
    former = locked.lead
    old = Signature.objects.get(proposal=locked, is_lead=True)
    Signature.objects.filter(pk=old.pk).update(is_lead=False)
    Signature.objects.filter(pk=row.pk).update(is_lead=True)
    SIGNATURE.take(old, "step_down", by=SYSTEM)
    locked.lead = row.mandate
    locked.version += 1
    locked.save(update_fields=["lead", "version", "changed_at"])
    _tell_new(locked, former)
    audit.record("paper_lead", by=by, subject=f"Proposal {locked.pk}", organization=locked.congress.organization)
    return locked


def _tell_new(proposal: Proposal, former: Mandate) -> None:
    states = [SignatureState.SIGNED, SignatureState.INVITED]
    rows = Signature.objects.filter(proposal=proposal, state__in=states).select_related("mandate__person__user")
    link = reverse("my_proposal", args=[proposal.pk])
    key = f"lead_new:{proposal.lead_id}"
    _post(proposal, [row.mandate for row in rows], "lead_new", key, link, former=former)
    _post(proposal, [former], "lead_new", key, reverse("my_proposals"), former=former)
    if proposal.state not in PRIVATE or proposal.entered_by_id:
        tell_office(proposal, "lead_new", key, former=former)


def _post(proposal: Proposal, mandates: list[Mandate], what: str, key: str, link: str, **context: Any) -> None:
    at = timezone.localdate()
    notices.post_many([
        notices.Owed(
            f"proposal:{proposal.pk}:{key}:{at}:{user.pk}", TEMPLATE % what, user, link,
            {"proposal": proposal} | context,
        )
        for user in accounts_of(mandates)
    ])  # fmt: skip
