"""Enquiry and interpellation (reference.md §6.1; R5, R48): asked, accepted, answered, answered again."""

from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import duetimes, notices, rules
from congress.kernel.deadlines import Deadline
from congress.kernel.duetimes import by_rule
from congress.kernel.workflow import SYSTEM, Move, Workflow
from congress.kernel.workflow import Transition as T
from congress.policies import HANDLE, MANAGE, holds, managers_of
from delegates.forms.decisions import day_field, refuse_future
from delegates.querysets import SERVING
from proposals.deadlines import answer_due
from proposals.forms.decisions import ReasonForm, long_text
from proposals.models import Inquiry, InquiryKind, Invitation, InvitationState
from proposals.models import InquiryState as S
from proposals.policies import asks
from proposals.workflows.invitations import INVITATION
from proposals.workflows.telling import TEMPLATE, accounts_of, desk_of

ACCEPT, ANSWER = "inquiry_accept", "inquiry_answer"


class InquiryAnswerForm(forms.Form):
    """The answer, spoken or written, in the name of the head of the body asked."""

    answer_mode = forms.ChoiceField(
        label=gettext_lazy("answered"),
        choices=[("oral", gettext_lazy("orally")), ("written", gettext_lazy("in writing"))],
    )
    answered_by = forms.CharField(label=gettext_lazy("answered by (head of the body)"), max_length=40)
    answered_on = day_field(gettext_lazy("answered on"))
    answer = long_text(gettext_lazy("answer"), rows=8, most=8000, min_length=10)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        refuse_future(self, "answered_on")
        return data


class RatingForm(forms.Form):
    """What the askers think of the answer: as many as asked, at most."""

    satisfied = forms.IntegerField(label=gettext_lazy("askers satisfied"), min_value=0, max_value=10_000)
    dissatisfied = forms.IntegerField(label=gettext_lazy("askers not satisfied"), min_value=0, max_value=10_000)
    outcome = forms.CharField(
        label=gettext_lazy("what came of it"), max_length=300, required=False,
        help_text=gettext_lazy("For instance: a talk (约谈), rectification ordered (责成整改)."),
    )  # fmt: skip

    def about(self, inquiry: Inquiry) -> None:
        """How many asked."""
        self.askers = inquiry.askers.count()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        said = (data.get("satisfied") or 0) + (data.get("dissatisfied") or 0)
        if said > self.askers:
            raise forms.ValidationError(_("Only %(count)s asked.") % {"count": self.askers})
        return data


def keeps_it(user: Any, inquiry: Inquiry) -> bool:
    """The office of the congress: for the presidium in session, for the standing committee between."""
    return bool(user) and holds(user, MANAGE, inquiry.congress.organization)


def answers_it(user: Any, inquiry: Inquiry) -> bool:
    """The body asked, at its desk; the office records an answer given by word of mouth."""
    return bool(user) and (holds(user, HANDLE, inquiry.target) or keeps_it(user, inquiry))


def asked_in_office(inquiry: Inquiry) -> str:
    """Whoever left office asks nothing any more."""
    return "" if inquiry.lead.status in SERVING else _("Only a delegate in office enquires.")


def enough_askers(inquiry: Inquiry) -> str:
    """One may enquire; an interpellation is joint. Only who has said yes counts, and was in office to hand it in."""
    if inquiry.kind == InquiryKind.ENQUIRY:
        return ""
    least = rules.value("interpellation_min_askers", inquiry.congress.organization, timezone.localdate())
    askers = inquiry.askers.filter(status__in=SERVING) if inquiry.state == S.DRAFT else inquiry.askers
    count = askers.count()
    return (
        ""
        if count >= least
        else _("%(count)s ask; an interpellation needs %(least)s.") % {"count": count, "least": least}
    )


def enquired_before(inquiry: Inquiry) -> str:
    """An interpellation follows an enquiry on the matter to the same body (R5)."""
    if inquiry.kind == InquiryKind.ENQUIRY:
        return ""
    before = inquiry.enquiry
    if before is None or before.kind != InquiryKind.ENQUIRY or before.target_id != inquiry.target_id:
        return _("Name the enquiry that was made to the same body before.")
    if before.state not in {S.ANSWERED, S.REANSWER, S.ESCALATED, S.CLOSED}:
        return _("That enquiry has not been answered yet.")
    return ""


def majority_unsatisfied(inquiry: Inquiry) -> str:
    """A second answer is decided on where most askers are not satisfied (by analogy with R48)."""
    if inquiry.dissatisfied is None:
        return _("Record first what the askers think.")
    if inquiry.dissatisfied * 2 <= inquiry.askers.count():
        return _("Not more than half of the askers are dissatisfied.")
    return "" if not inquiry.second_answer else _("A second answer was given already.")


def is_rated(inquiry: Inquiry) -> str:
    return "" if inquiry.satisfied is not None else _("Record first what the askers think.")


def somebody_unsatisfied(inquiry: Inquiry) -> str:
    """What contents everybody is not taken further."""
    if unrated := is_rated(inquiry):
        return unrated
    return "" if inquiry.dissatisfied else _("All askers are satisfied.")


def take_in(inquiry: Inquiry, move: Move) -> None:
    """It is in: whoever did not answer is not asked any more."""
    inquiry.submitted_at = move.at
    end_invitations(inquiry, move)
    day = timezone.localdate(move.at)
    if inquiry.kind == InquiryKind.INTERPELLATION:
        _owe(
            inquiry,
            ACCEPT,
            _("decide whether to hand it over"),
            by_rule("interpellation_accept_working_days", inquiry.congress.organization, day),
        )
    _tell_office(inquiry, "inquiry_in", "in")


def end_invitations(inquiry: Inquiry, move: Move) -> None:
    for waiting in Invitation.objects.filter(inquiry=inquiry, state=InvitationState.INVITED):
        INVITATION.take(waiting, "expire", by=SYSTEM, at=move.at)


def take_back(inquiry: Inquiry, move: Move) -> None:
    """Nobody owes anything about it any more; the office hears it if it had it."""
    end_invitations(inquiry, move)
    for kind in (ACCEPT, ANSWER):
        duetimes.close(kind, inquiry.pk)
    if move.source != S.DRAFT:
        _tell_office(inquiry, "inquiry_withdrawn", "withdrawn")


def keep_refusal(inquiry: Inquiry, move: Move) -> None:
    inquiry.refusal = move.note
    duetimes.close(ACCEPT, inquiry.pk)
    _tell_askers(inquiry, "inquiry_refused", "refused")


def hand_over(inquiry: Inquiry, move: Move) -> None:
    """The body has it, and owes the answer by a day."""
    duetimes.close(ACCEPT, inquiry.pk)
    day = timezone.localdate(move.at)
    deadline = _due(inquiry, day)
    inquiry.due_on = deadline.due_on
    _owe(inquiry, ANSWER, _("answer it"), deadline)
    users = desk_of(inquiry.target)
    _post(inquiry, users, "inquiry_given", "given", reverse("unit_inquiry", args=[inquiry.pk]))
    _tell_askers(inquiry, "inquiry_handed", "handed")


def _due(inquiry: Inquiry, day: date) -> Deadline:
    """An enquiry made at a session is answered at it; else by the rule's days."""
    session = inquiry.session
    last = (session.ends_on or session.starts_on) if session else None
    if inquiry.kind == InquiryKind.ENQUIRY and last and session.starts_on <= day <= last:
        return Deadline(last, (_("before the session closes"),))
    return answer_due(inquiry.kind, inquiry.congress.organization, day)


def keep_answer(inquiry: Inquiry, move: Move) -> None:
    for name in ("answer_mode", "answer", "answered_by", "answered_on"):
        setattr(inquiry, name, move.data[name])
    duetimes.close(ANSWER, inquiry.pk)
    _tell_askers(inquiry, "inquiry_answered", "answered")


def keep_second(inquiry: Inquiry, move: Move) -> None:
    for name in ("answer", "answered_on", "answer_mode", "answered_by"):
        setattr(inquiry, f"second_{name}", move.data[name])
    inquiry.first_satisfied, inquiry.first_dissatisfied = inquiry.satisfied, inquiry.dissatisfied
    inquiry.satisfied = inquiry.dissatisfied = None
    duetimes.close(ANSWER, inquiry.pk)
    _tell_askers(inquiry, "inquiry_answered", "answered_again")


def keep_rating(inquiry: Inquiry, move: Move) -> None:
    for name in ("satisfied", "dissatisfied", "outcome"):
        setattr(inquiry, name, move.data[name])


def ask_second(inquiry: Inquiry, move: Move) -> None:
    day = timezone.localdate(move.at)
    deadline = answer_due(inquiry.kind, inquiry.congress.organization, day)
    inquiry.due_on = deadline.due_on
    _owe(inquiry, ANSWER, _("answer it a second time"), deadline)
    _post(inquiry, desk_of(inquiry.target), "inquiry_given", "again", reverse("unit_inquiry", args=[inquiry.pk]))
    _tell_askers(inquiry, "inquiry_asked_again", "asked_again")


def _owe(inquiry: Inquiry, kind: str, what: str, deadline: Deadline) -> None:
    duetimes.start(
        f"{kind}:{inquiry.pk}:{inquiry.second_answered_on or inquiry.answered_on or 0}",
        kind=kind,
        subject_id=inquiry.pk,
        organization=inquiry.target if kind == ANSWER else inquiry.congress.organization,
        ruled_by=inquiry.congress.organization,
        title=f"{inquiry.get_kind_display()}《{inquiry.subject}》：{what}",
        starts_on=timezone.localdate(),
        deadline=deadline,
        link=reverse("admin:proposals_inquiry_change", args=[inquiry.pk]),
    )


def _tell_askers(inquiry: Inquiry, what: str, key: str) -> None:
    askers = inquiry.askers.select_related("person__user", "congress__organization")
    _post(inquiry, accounts_of(askers), what, key, reverse("my_inquiry", args=[inquiry.pk]))


def _tell_office(inquiry: Inquiry, what: str, key: str) -> None:
    users = managers_of(inquiry.congress.organization)
    _post(inquiry, users, what, key, reverse("admin:proposals_inquiry_change", args=[inquiry.pk]))


def _post(inquiry: Inquiry, users: Any, what: str, key: str, link: str) -> None:
    notices.post_many([
        notices.Owed(f"inquiry:{inquiry.pk}:{key}:{user.pk}", TEMPLATE % what, user, link, {"inquiry": inquiry})
        for user in users
    ])  # fmt: skip


# fmt: off
INQUIRY: Workflow[Inquiry] = Workflow(Inquiry, [
    # verb        from                                to           who         when                                then
    T("submit",   [S.DRAFT],                          S.SUBMITTED, asks,       [asked_in_office, enquired_before, enough_askers], [take_in], label=gettext_lazy("Hand it in")),
    T("withdraw", [S.DRAFT, S.SUBMITTED, S.ACCEPTED], S.WITHDRAWN, asks,       [],                                 [take_back], label=gettext_lazy("Take it back")),
    T("accept",   [S.SUBMITTED],                      S.ACCEPTED,  keeps_it,   [enough_askers],                                 [], label=gettext_lazy("Accept it (受理)")),
    T("refuse",   [S.SUBMITTED],                      S.REFUSED,   keeps_it,   [],                                 [keep_refusal], needs=ReasonForm, label=gettext_lazy("Do not accept it")),
    T("deliver",  [S.ACCEPTED],                       S.DELIVERED, keeps_it,   [enough_askers],                                 [hand_over], label=gettext_lazy("Hand it to the body asked")),
    T("answer",   [S.DELIVERED],                      S.ANSWERED,  answers_it, [],                                 [keep_answer], needs=InquiryAnswerForm, label=gettext_lazy("Record the answer")),
    T("rate",     [S.ANSWERED],                       S.ANSWERED,  keeps_it,   [],                                 [keep_rating], needs=RatingForm, label=gettext_lazy("Record what the askers think")),
    T("ask_again", [S.ANSWERED],                      S.REANSWER,  keeps_it,   [majority_unsatisfied],             [ask_second], label=gettext_lazy("Ask for a second answer (再作答复)")),
    T("answer_again", [S.REANSWER],                   S.ANSWERED,  answers_it, [],                                 [keep_second], needs=InquiryAnswerForm, label=gettext_lazy("Record the second answer")),
    T("escalate", [S.ANSWERED],                       S.ESCALATED, keeps_it,   [somebody_unsatisfied],             [], needs=ReasonForm, label=gettext_lazy("Take it to the committee")),
    T("close",    [S.ANSWERED, S.ESCALATED],          S.CLOSED,    keeps_it,   [is_rated],                         [], label=gettext_lazy("Close it")),
])
# fmt: on
