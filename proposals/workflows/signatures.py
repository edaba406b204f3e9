"""The life of a signature: asked, given, declined, asked again when the text is another one. One table."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import notices
from congress.kernel.workflow import SYSTEM, Move, Workflow, by_time
from congress.kernel.workflow import Transition as T
from delegates.policies import is_self
from delegates.querysets import SERVING
from proposals.models import EDITABLE, ProposalState, Signature
from proposals.models import SignatureState as S
from proposals.policies import enters, has_left
from proposals.workflows.telling import TEMPLATE, accounts_of


def is_asked(user: Any, signature: Signature) -> bool:
    """Whose name it is; nobody signs for another."""
    return bool(user) and is_self(user, signature.mandate.person)


def writes_it(user: Any, signature: Signature) -> bool:
    """The lead proposer, the office that entered the paper, or the text itself when it changes."""
    return user is SYSTEM or (enters(user, signature.proposal) and not has_left(user, signature.proposal))


def enters_paper(user: Any, signature: Signature) -> bool:
    """The office that entered the paper form, or a ledger; a delegate signs on his phone or on the form, not for
    others.
    """
    proposal = signature.proposal
    if user is SYSTEM:
        return bool(proposal.import_key)
    return proposal.entered_by_id is not None and enters(user, proposal)


def open_for_signing(signature: Signature) -> str:
    return "" if signature.proposal.state in EDITABLE else _("Signing of this paper is over.")


def no_lead(signature: Signature) -> str:
    return _("The lead proposer's name stands first: it is not asked for.") if signature.is_lead else ""


def in_office(signature: Signature) -> str:
    return "" if signature.mandate.status in SERVING else _("Only a delegate in office signs papers.")


def put_name(signature: Signature, move: Move) -> None:
    """The name stands under this text and no other."""
    signature.text_digest, signature.answered_at = signature.proposal.text_digest, move.at
    signature.note, signature.scan = move.data.get("remark", "")[:200], move.data.get("scan")


def still_typed(signature: Signature) -> str:
    """Names on paper are entered while the form is typed off, and those of a ledger until the paper is read."""
    proposal = signature.proposal
    if proposal.import_key and proposal.state == ProposalState.REGISTERED:
        return ""
    return open_for_signing(signature)


def struck(signature: Signature, move: Move) -> None:
    """His name does not stand on the form after all."""
    answered(signature, move)
    signature.scan = None


def answered(signature: Signature, move: Move) -> None:
    signature.text_digest, signature.answered_at = "", move.at
    signature.note = move.data.get("remark", "")[:200]


def ask(signature: Signature, move: Move) -> None:
    """Asked once more: why, he reads in the message."""
    signature.text_digest, signature.answered_at = "", None
    signature.asked_at, signature.times_asked = move.at, signature.times_asked + 1
    tell_asked(signature)


def tell_asked(signature: Signature) -> None:
    """The question, on his phone."""
    _tell(signature, signature.mandate, "cosign_asked", again=signature.times_asked > 1)


def tell_reminded(signature: Signature) -> None:
    """A nudge, once a day."""
    _tell(signature, signature.mandate, f"cosign_reminded:{timezone.localdate()}")


def tell_lead(signature: Signature, move: Move) -> None:
    """The lead proposer hears each answer."""
    template = "cosign_signed" if move.verb == "sign" else "cosign_declined"
    _tell(signature, signature.proposal.lead, template, name=signature.mandate.person.name)


def _tell(signature: Signature, mandate: Any, key: str, **context: Any) -> None:
    proposal, template = signature.proposal, key.partition(":")[0]
    for user in accounts_of([mandate]):
        notices.post(
            f"{key}:{signature.pk}:{signature.times_asked}:{user.pk}",
            TEMPLATE % template,
            user,
            link=proposal.get_absolute_url(),
            proposal=proposal,
            **context,
        )


# fmt: off
SIGNATURE: Workflow[Signature] = Workflow(Signature, [
    # verb          from                                      to           who           when                          then
    T("sign",       [S.INVITED, S.DECLINED],                  S.SIGNED,    is_asked,     [open_for_signing, in_office], [put_name, tell_lead], label=gettext_lazy("Sign it")),
    T("decline",    [S.INVITED],                              S.DECLINED,  is_asked,     [open_for_signing],            [answered, tell_lead], label=gettext_lazy("Do not sign it")),
    T("take_back",  [S.SIGNED],                               S.DECLINED,  is_asked,     [open_for_signing, no_lead],   [answered, tell_lead], label=gettext_lazy("Take my signature back")),
    T("sign_paper", list(S),                                    S.SIGNED,    enters_paper, [still_typed, no_lead],       [put_name], label=gettext_lazy("Signed on the paper form")),
    T("ask_again",  [S.SIGNED, S.DECLINED, S.DROPPED, S.EXPIRED], S.INVITED, writes_it,  [open_for_signing, no_lead],   [ask], label=gettext_lazy("Ask again")),
    T("drop",       [S.INVITED, S.DECLINED],                  S.DROPPED,   writes_it,    [open_for_signing, no_lead],   [answered], label=gettext_lazy("Do not wait for him")),
    T("step_down",  [S.SIGNED],                               S.DROPPED,   by_time,      [],                            [answered], label=gettext_lazy("Left office; another leads the paper")),
    T("strike",     [S.SIGNED],                               S.DROPPED,   enters_paper, [still_typed, no_lead],        [struck], label=gettext_lazy("Not on the paper form")),
    T("expire",     [S.INVITED],                              S.EXPIRED,   by_time,      [],                            [answered], label=gettext_lazy("Not answered in time")),
], parent="proposal")
# fmt: on
