"""The lives of this floor, one table each."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from congress.kernel import audit, notices
from congress.kernel.workflow import Move, Workflow
from congress.kernel.workflow import Transition as T
from delegates.forms import AnswerForm, fact_label
from delegates.models import CorrectionRequest
from delegates.models import CorrectionState as S
from delegates.policies import is_asker, is_office_of
from delegates.querysets import fact_as_of


def record_corrected(request: CorrectionRequest) -> str:
    """Nobody is told “corrected” while the record still says what it said when he asked."""
    if fact_as_of(request, request.asked_at) == fact_as_of(request, timezone.now()):
        return _("The record still says the same: correct it on the delegate's page first, then answer.")
    return ""


def keep_answer(request: CorrectionRequest, move: Move) -> None:
    """Who answered what, and when."""
    request.answer, request.answered_by, request.answered_at = move.data["answer"], move.by, move.at


def tell_delegate(request: CorrectionRequest, move: Move) -> None:
    """The asker hears of the answer, once."""
    notices.post(
        f"correction:{request.pk}:{move.verb}",
        "delegates/notices/correction_answered.txt",
        request.asked_by,
        link=reverse("my_corrections"),
        fact=fact_label(request.fact),
        answer=request.answer,
        accepted=request.state == S.ACCEPTED,
    )


def record_it(request: CorrectionRequest, move: Move) -> None:
    """Decisions on somebody's record are part of the audit."""
    organization = request.mandate.congress.organization
    audit.record(f"correction_{move.verb}", by=move.by, subject=str(request), organization=organization)


# fmt: off
CORRECTION = Workflow(CorrectionRequest, [
    # verb        from       to            who           when  then
    T("accept",   [S.ASKED], S.ACCEPTED,   is_office_of, [record_corrected],   [keep_answer, tell_delegate, record_it], needs=AnswerForm, label=_("Corrected, tell the delegate")),
    T("decline",  [S.ASKED], S.DECLINED,   is_office_of, [],   [keep_answer, tell_delegate, record_it], needs=AnswerForm, label=_("Not corrected, tell the delegate why")),
    T("withdraw", [S.ASKED], S.WITHDRAWN,  is_asker,     [],   [record_it], label=_("Withdraw the request")),
])
# fmt: on
