"""The life of an invitation to ask too: said yes to, declined, asked again when the text is another one. One table.

Whoever has said yes is among the askers, and nobody else: an interpellation that needs so many counts them alone.
"""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import notices
from congress.kernel.workflow import SYSTEM, Move, Workflow, by_time
from congress.kernel.workflow import Transition as T
from delegates.policies import is_self
from delegates.querysets import SERVING
from proposals.models import InquiryState, Invitation
from proposals.models import InvitationState as S
from proposals.policies import asks
from proposals.workflows.telling import TEMPLATE, accounts_of

LEAVABLE = (InquiryState.DRAFT, InquiryState.SUBMITTED, InquiryState.ACCEPTED)


def is_invited(user: Any, invitation: Invitation) -> bool:
    """Whose name it is; nobody asks in another's name."""
    return bool(user) and is_self(user, invitation.mandate.person)


def leads_it(user: Any, invitation: Invitation) -> bool:
    """The first asker, or the text itself when it changes."""
    return user is SYSTEM or asks(user, invitation.inquiry)


def in_draft(invitation: Invitation) -> str:
    is_draft = invitation.inquiry.state == InquiryState.DRAFT
    return "" if is_draft else _("It is handed in already: it cannot be changed any more.")


def not_handed_over(invitation: Invitation) -> str:
    """A name may be taken off until the body asked has it."""
    is_open = invitation.inquiry.state in LEAVABLE
    return "" if is_open else _("It was handed to the body asked already.")


def in_office(invitation: Invitation) -> str:
    return "" if invitation.mandate.status in SERVING else _("Only a delegate in office enquires.")


def join(invitation: Invitation, move: Move) -> None:
    invitation.answered_at = move.at
    invitation.inquiry.askers.add(invitation.mandate_id)


def leave(invitation: Invitation, move: Move) -> None:
    """He is no asker, or not any more."""
    invitation.answered_at = move.at
    invitation.inquiry.askers.remove(invitation.mandate_id)


def ask(invitation: Invitation, move: Move) -> None:
    """Asked once more: nobody is an asker of words he has not read."""
    invitation.inquiry.askers.remove(invitation.mandate_id)
    invitation.asked_at, invitation.answered_at = move.at, None
    invitation.times_asked += 1
    tell_invited(invitation)


def tell_invited(invitation: Invitation) -> None:
    """The question, on his phone."""
    post(invitation, invitation.mandate, "inquiry_invited", "asked", again=invitation.times_asked > 1)


def tell_first(invitation: Invitation, move: Move) -> None:
    """The first asker hears each answer."""
    joined = invitation.state == S.ACCEPTED
    post(invitation, invitation.inquiry.lead, "inquiry_joined", move.verb, joined=joined)


def post(invitation: Invitation, mandate: Any, template: str, key: str, **context: Any) -> None:
    """A message about the invitation to the account of a delegate, once for each asking."""
    inquiry = invitation.inquiry
    at = f"{invitation.times_asked}:{timezone.localdate()}" if key != "asked" else f"{invitation.times_asked}"
    link = reverse("my_inquiry", args=[inquiry.pk])
    notices.post_many([
        notices.Owed(
            f"invitation:{invitation.pk}:{key}:{at}:{user.pk}", TEMPLATE % template, user, link,
            {"inquiry": inquiry, "invitation": invitation} | context,
        )
        for user in accounts_of([mandate])
    ])  # fmt: skip


# fmt: off
INVITATION: Workflow[Invitation] = Workflow(Invitation, [
    # verb        from                                                to           who         when                    then
    T("accept",    [S.INVITED, S.DECLINED],                            S.ACCEPTED,  is_invited, [in_draft, in_office],  [join, tell_first], label=gettext_lazy("I ask too")),
    T("decline",   [S.INVITED],                                        S.DECLINED,  is_invited, [in_draft],             [leave, tell_first], label=gettext_lazy("I do not join")),
    T("leave",     [S.ACCEPTED],                                       S.DECLINED,  is_invited, [not_handed_over],      [leave, tell_first], label=gettext_lazy("Take my name off")),
    T("drop",      [S.INVITED, S.DECLINED, S.ACCEPTED],                S.DROPPED,   leads_it,   [in_draft],             [leave], label=gettext_lazy("Take off")),
    T("ask_again", [S.ACCEPTED, S.DECLINED, S.DROPPED, S.EXPIRED],     S.INVITED,   leads_it,   [in_draft],             [ask], label=gettext_lazy("Ask again")),
    T("expire",    [S.INVITED],                                        S.EXPIRED,   by_time,    [],                     [leave], label=gettext_lazy("Not answered in time")),
], parent="inquiry")
# fmt: on
