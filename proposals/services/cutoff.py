"""At a session's cut-off the co-signing of its proposals is over: whoever was asked is not waited for any more."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from congress.kernel import notices
from congress.kernel.workflow import SYSTEM, lock
from proposals.models import EDITABLE, Proposal, ProposalKind, Signature, SignatureState
from proposals.workflows import SIGNATURE
from proposals.workflows.telling import TEMPLATE, accounts_of


def expire_invitations(now: datetime | None = None) -> int:
    """Invitations to proposals (提案) whose session takes none any more; say how many. Twice is once.

    The lead proposer is told who did not answer, and that the paper can still be handed in as a motion.
    """
    now = now or timezone.now()
    waiting = Signature.objects.filter(
        state=SignatureState.INVITED,
        proposal__kind=ProposalKind.PROPOSAL,
        proposal__state__in=EDITABLE,
        proposal__session__filing_closes_at__lte=now,
    )
    papers = Proposal.objects.filter(pk__in=waiting.order_by().values("proposal"))
    return sum(_expire(paper, now) for paper in papers.order_by("pk"))


@transaction.atomic
def _expire(paper: Proposal, now: datetime) -> int:
    locked = lock(paper)
    closes = locked.session.filing_closes_at if locked.session else None
    if locked.kind != ProposalKind.PROPOSAL or locked.state not in EDITABLE or closes is None or closes > now:
        return 0  # it was changed meanwhile
    rows = locked.signatures.filter(state=SignatureState.INVITED).select_related("mandate__person", "proposal")
    names = [SIGNATURE.take(row, "expire", by=SYSTEM, at=now).mandate.person.name for row in rows.order_by("pk")]
    if not names:
        return 0
    link = reverse("my_proposal", args=[locked.pk])
    context = {"proposal": locked, "names": "、".join(names), "closes": closes}
    for user in accounts_of([locked.lead]):
        key = f"cosign_expired:{locked.pk}:{closes.isoformat()}:{now.date()}:{user.pk}"
        notices.post(key, TEMPLATE % "cosign_expired", user, link=link, **context)
    return len(names)
