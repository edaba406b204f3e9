"""A delegate's papers on his phone: the list, one paper, what he says about it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, ListView, TemplateView, View

from congress.doors.portal import RoleMixin
from congress.kernel.workflow import Refused
from congress.models import Attachment, Role
from congress.views.pages import AttachmentDownload
from delegates.models import Mandate
from proposals.forms import ContactAnswerForm, FeedbackForm
from proposals.models import EDITABLE, PRIVATE, DelegateContact, Feedback, Proposal, Signature, SignatureState
from proposals.policies import CONCERNED, FEEDBACKS, PROPOSALS, UNDERTAKINGS, is_lead
from proposals.services import handling, mine, signing, succession
from proposals.services.lights import light, words
from proposals.services.standing import facts_of_units, standing, standings
from proposals.services.timeline import timeline
from proposals.workflows import UNDERTAKING
from proposals.workflows.conditions import is_leaderless, still_asked
from proposals.workflows.papers import BEFORE_VOTE


class PaperMixin(RoleMixin):
    """Pages about one paper that the policy shows."""

    roles = (Role.DELEGATE,)

    @cached_property
    def proposal(self) -> Proposal:
        return self.find()

    def find(self) -> Proposal:
        """The paper as it stands now; what is merely public has its own page."""
        rows = CONCERNED.visible(self.request.user).select_related(
            "congress__organization", "session__congress__organization", "category__parent", "lead__person",
            "lead__delegation", "delegation", "merged_into", "forwarded_to", "leader",
        )  # fmt: skip
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def signature(self) -> Signature | None:
        """The account's own name under it, or the question whether it puts it there."""
        return signing.own_signature(self.proposal, self.request.user)

    @cached_property
    def seat(self) -> Mandate | None:
        """The seat the account is answered in."""
        return signing.own_seat(self.proposal, self.request.user)


class MyProposals(RoleMixin, ListView):
    """Those I am asked to sign first, then mine and those I signed, each with its place and its light."""

    roles, template_name, paginate_by = (Role.DELEGATE,), "proposals/my_proposals.html", 25

    def get_queryset(self) -> Any:
        return mine.own_papers(self.request.user).for_list()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = list(context["object_list"])
        found = standings(rows)
        for row in rows:
            row.standing = found[row.pk]
        first = context["page_obj"].number == 1
        return context | {
            "object_list": rows,
            "asked": list(mine.asked_to_sign(self.request.user)) if first else [],
        }


class MyProposal(PaperMixin, TemplateView):
    """One paper: to sign, to go on with, or where it stands. What is merely public is read on the public page."""

    template_name = "proposals/my_proposal.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            strange = self.signature is None and self.seat is None
        except Http404:
            strange = True
        if strange:
            return redirect("public_paper", get_object_or_404(PROPOSALS.published(), pk=self.kwargs["pk"]).pk)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paper, user = self.proposal, self.request.user
        context: dict[str, Any] = {
            "proposal": paper,
            "leads": is_lead(user, paper),
            "signature": self.signature,
            "editable": paper.state in EDITABLE,
            "private": paper.state in PRIVATE,
            "signers": [row for row in signing.signatures(paper) if row.state == SignatureState.SIGNED],
            "measures": list(paper.measures.all()),
            "standing": standing(paper),
            "may_withdraw": paper.state in BEFORE_VOTE,
        }
        if self._is_asked:
            context |= {"changes": signing.changes_since(self.signature), "asked": True}
        if paper.state in EDITABLE and is_leaderless(paper):
            context |= {"leaderless": True, "may_take_over": succession.may_take_over(paper, user)}
        if paper.state not in PRIVATE:
            context |= self._handling()
        return super().get_context_data(**context, **kwargs)

    @property
    def _is_asked(self) -> bool:
        """The question is still open, or his no can still become a yes."""
        row = self.signature
        return row is not None and row.state == SignatureState.INVITED and self.proposal.state in EDITABLE

    def _handling(self) -> dict[str, Any]:
        """What became of it: for those who are answered."""
        paper, today = self.proposal, timezone.localdate()
        promises = list(UNDERTAKINGS.visible(self.request.user).filter(proposal=paper).select_related(
            "unit", "evidence_file", "proposal__lead__person", "proposal__congress__organization"
        ))  # fmt: skip
        for one in promises:
            one.light = light(one.due_on, today) if one.state == "open" else ""
            one.left = words(one.due_on, today) if one.state == "open" else ""
            one.steps = [row for row, obstacle in UNDERTAKING.available(one, self.request.user) if not obstacle]
        own = FEEDBACKS.visible(self.request.user).filter(proposal=paper, mandate=self.seat).order_by("round")
        feedbacks = list(own) if self.seat else []
        rated = any(row.round == paper.round for row in feedbacks)
        return {
            "units": facts_of_units(paper),
            "replies": list(paper.replies.filter(issued_on__isnull=False).select_related(
                "assignment__unit", "document__archive", "sealed_scan").order_by("-round", "pk")),
            "promises": promises,
            "feedbacks": feedbacks,
            "contacts": list(handling.contacts_with(paper, self.request.user)),
            "may_rate": self.seat is not None and not rated and still_asked(paper),
            "form": FeedbackForm(),
            "events": timeline(paper)[::-1],
            "results": list(paper.results.all()),
            "letter_links": self.seat is not None,
        }  # fmt: skip


class GiveFeedback(PaperMixin, FormView):
    """What I think of the handling. Sent twice it is said once; what was typed stays when something is missing."""

    form_class, template_name = FeedbackForm, "proposals/my_feedback.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self._settled() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self._settled() or super().post(request, *args, **kwargs)

    def _settled(self) -> HttpResponse | None:
        """Back to the paper, if he has said it already or is not asked now."""
        if self.seat is None:
            raise Http404
        if self._said or not still_asked(self.proposal):
            return redirect("my_proposal", self.proposal.pk)
        return None

    @property
    def _said(self) -> Feedback | None:
        own = FEEDBACKS.visible(self.request.user).filter(proposal=self.proposal, mandate=self.seat)
        return own.filter(round=self.proposal.round).first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(proposal=self.proposal, **kwargs)

    def form_valid(self, form: FeedbackForm) -> HttpResponse:
        try:
            handling.give_feedback(self.proposal, self.seat, **form.cleaned_data, by=self.request.user)
        except Refused as refusal:
            if self._said is None:
                form.add_error(None, str(refusal))
                return self.form_invalid(form)
        else:
            messages.success(self.request, _("Thank you. The liaison office has your opinion."))
        return redirect("my_proposal", self.proposal.pk)


class AnswerContact(PaperMixin, FormView):
    """A unit says it spoke with me: was it so? What was typed stays when it is too long."""

    form_class, template_name = ContactAnswerForm, "proposals/my_contact.html"

    @cached_property
    def contact(self) -> DelegateContact:
        """The talk the address names, if it is said to have been with this account."""
        rows = handling.contacts_with(self.proposal, self.request.user)
        return get_object_or_404(rows, pk=self.kwargs["contact"])

    def get_initial(self) -> dict[str, Any]:
        said = "yes" if self.contact.confirmed_at else "no" if self.contact.denied_at else ""
        return {"was_so": said, "remark": self.contact.delegate_note}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(proposal=self.proposal, contact=self.contact, **kwargs)

    def form_valid(self, form: ContactAnswerForm) -> HttpResponse:
        said = form.cleaned_data
        try:
            handling.answer_contact(
                self.contact, said["was_so"] == "yes", by=self.request.user, remark=said["remark"]
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("Recorded. Office and unit see it."))
        return redirect(f"{reverse('my_proposal', args=[self.proposal.pk])}#contacts")


class PromiseStep(RoleMixin, View):
    """The lead proposer confirms that a promise was kept, or says what is missing."""

    roles = (Role.DELEGATE,)
    VERBS = ("confirm", "doubt")

    def get(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        promise = self._promise(pk, verb)
        return self._page(promise, verb, UNDERTAKING.form(promise, verb, by=request.user))

    def post(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        promise = self._promise(pk, verb)
        row = UNDERTAKING.row(verb)
        form = UNDERTAKING.form(promise, verb, by=request.user, data=request.POST)
        if not form.is_valid():
            return self._page(promise, verb, form)
        if promise.state != row.target:  # else a second click
            try:
                UNDERTAKING.take(promise, verb, by=request.user, **form.cleaned_data)
                messages.success(request, _("Recorded. Office and unit see it."))
            except Refused as refusal:
                messages.error(request, str(refusal))
        return redirect("my_proposal", promise.proposal_id)

    def _promise(self, pk: int, verb: str) -> Any:
        rows = UNDERTAKINGS.visible(self.request.user).select_related(
            "unit", "proposal__lead__person", "proposal__congress__organization"
        )
        promise = get_object_or_404(rows, pk=pk)
        if verb not in self.VERBS or not is_lead(self.request.user, promise.proposal):
            raise Http404
        return promise

    def _page(self, promise: Any, verb: str, form: Any) -> HttpResponse:
        context = {"promise": promise, "row": UNDERTAKING.row(verb), "form": form}
        return TemplateResponse(self.request, "proposals/my_promise.html", context)


class ReplyLetter(PaperMixin, AttachmentDownload):
    """The letter itself, sealed or as printed: it is addressed to the signers, so they may keep it."""

    def get_attachment(self) -> Attachment:
        reply = get_object_or_404(
            self.proposal.replies.filter(issued_on__isnull=False).select_related("document__archive", "sealed_scan"),
            pk=self.kwargs["reply"],
        )
        if self.seat is None or reply.letter is None:
            raise Http404
        return reply.letter
