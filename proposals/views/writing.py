"""A delegate writes a paper: chooses the kind, writes with the text saved by itself, looks it over, hands it in."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View

from congress.kernel.workflow import Refused
from delegates.querysets import SERVING
from delegates.views.records import DelegateMixin
from proposals.forms import PaperForm, WithdrawForm, texts_of
from proposals.forms.decisions import categories_of
from proposals.models import EDITABLE, PRIVATE, Proposal
from proposals.policies import is_lead
from proposals.services import signing, similar, writing
from proposals.services.coaching import advice
from proposals.services.standing import standing
from proposals.views.portal import PaperMixin
from proposals.workflows import PROPOSAL
from proposals.workflows.conditions import FULL


class WriterMixin(PaperMixin):
    """Pages of the lead proposer while the text is still his; for everybody else they do not exist."""

    @cached_property
    def proposal(self) -> Proposal:
        proposal = self.find()
        if not is_lead(self.request.user, proposal):
            raise Http404
        return proposal

    @property
    def is_open(self) -> bool:
        return self.proposal.state in EDITABLE

    def paper_form(self, data: Any = None) -> PaperForm:
        """The form of the paper with the categories of its congress."""
        categories = categories_of(self.proposal.congress.organization)
        return PaperForm(
            data, proposal=self.proposal, categories=categories, headed=writing.headed_delegation(self.proposal.lead)
        )


class NewPaper(DelegateMixin, TemplateView):
    """What shall it be? Each kind in two lines; a proposal (提案) only while a session takes them."""

    template_name = "proposals/my_kind.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        seats = [seat for seat in self.mandates if seat.status in SERVING]
        if not seats:
            return super().get_context_data(seats=[], **kwargs)
        named = self.request.GET.get("mandate", "") or self.request.POST.get("mandate", "")
        seat = next((one for one in seats if str(one.pk) == named), seats[0])
        return super().get_context_data(seats=seats, seat=seat, **_kinds(seat.congress), **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        named = request.POST.get("mandate", "")
        seat = next((one for one in self.mandates if str(one.pk) == named), None)
        if seat is None:
            raise Http404
        try:
            proposal = writing.start(seat, by=request.user, kind=request.POST.get("kind", ""))
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(f"{request.path}?mandate={seat.pk}")
        return redirect("paper_edit", proposal.pk)


def _kinds(congress: Any) -> dict[str, Any]:
    """The session that takes proposals, or when the last one stopped."""
    return {"session": writing.open_session(congress), "closed": writing.last_closed(congress)}


class ChangeKind(WriterMixin, TemplateView):
    """The same text as another kind of paper: a proposal that is too late is handed in as a motion."""

    template_name = "proposals/my_kind.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.is_open or self.proposal.number is not None:
            return redirect("my_proposal", self.proposal.pk)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kinds = _kinds(self.proposal.congress)
        return super().get_context_data(proposal=self.proposal, seats=[self.proposal.lead], **kinds, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            writing.change_kind(self.proposal, request.POST.get("kind", ""), by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("paper_edit", pk)


class EditPaper(WriterMixin, View):
    """The editor. Saved by its button without a script; what was typed stays whatever happens."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.is_open:
            return redirect("my_proposal", pk)
        return self._page(self.paper_form(), self.proposal)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self.paper_form(request.POST)
        if not form.is_valid():
            return self._page(form, self.proposal, version=request.POST.get("version", ""))
        try:
            saved = writing.save(self.proposal, form.facts, form.measures, by=request.user, version=_version(request))
        except Refused as refusal:
            fresh = self.find()  # as the other device left it
            if fresh.state not in EDITABLE:
                messages.error(request, str(refusal))
                return redirect("my_proposal", pk)
            form.add_error(None, str(refusal))
            return self._page(form, fresh, version=fresh.version, theirs=texts_of(fresh))
        if request.POST.get("then") == "check":
            return redirect("paper_submit", pk)
        if request.POST.get("then") == "sign":
            return redirect("paper_sign", pk)
        messages.success(request, _("Saved at %(time)s.") % {"time": _clock()})
        return redirect("paper_edit", saved.pk)

    def _page(self, form: PaperForm, paper: Proposal, **context: Any) -> HttpResponse:
        given = advice(paper)
        return TemplateResponse(self.request, "proposals/my_editor.html", {
            "proposal": paper, "form": form, "version": paper.version, "advice": given, "fresh": not paper.version,
            "full": paper.kind in FULL,
            "co_signed": signing.co_signed(paper), "changed_at": timezone.localtime(paper.changed_at),
            "alike": similar.find(self.request.user, paper.title, similar.text_of(paper), leave_out=paper.pk),
            "has_theirs": "theirs" in context, **context,
        })  # fmt: skip


class SavePaper(WriterMixin, View):
    """What the editor sends by itself. Answers with the version, the time, and what the text still needs.

    409 says that another device saved meanwhile, with its text; 400 which field does not fit; nothing is half kept.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> JsonResponse:
        form = self.paper_form(request.POST)
        if not form.is_valid():
            errors = {name: [str(text) for text in texts] for name, texts in form.errors.items()}
            return JsonResponse({"errors": errors}, status=400)
        try:
            saved = writing.save(self.proposal, form.facts, form.measures, by=request.user, version=_version(request))
        except Refused as refusal:
            fresh = self.find()
            answer = {"problem": str(refusal), "version": fresh.version, "gone": fresh.state not in EDITABLE}
            return JsonResponse(answer | {"theirs": texts_of(fresh)}, status=409)
        given = advice(saved)
        return JsonResponse({
            "version": saved.version, "time": _clock(), "length": given.length, "remarks": given.by_field,
            "co_signed": signing.co_signed(saved),
        })  # fmt: skip


class SimilarPapers(WriterMixin, View):
    """Earlier papers like this one, for the page to put in. By POST: what is written stays out of the server's logs."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        title, text = (request.POST.get(name, "")[:most] for name, most in (("title", 80), ("text", 8000)))
        found = similar.find(request.user, title, text, leave_out=self.proposal.pk)
        return TemplateResponse(request, "proposals/_alike.html", {"alike": found})


class SubmitPaper(WriterMixin, View):
    """The paper as it will be printed, what is missing, what resembles it, one button; afterwards the receipt."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.is_open:
            if self.proposal.number is None:
                return redirect("my_proposal", pk)
            context = {"proposal": self.proposal, "standing": standing(self.proposal)}
            return TemplateResponse(request, "proposals/my_receipt.html", context)
        return self._page("")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            writing.submit(self.proposal, by=request.user)
        except Refused as refusal:
            if self.find().state in EDITABLE:  # else a second click: the receipt is what it wants
                return self._page(str(refusal))
        return redirect("paper_submit", pk)

    def _page(self, problem: str) -> HttpResponse:
        paper = self.proposal
        given = advice(paper)
        return TemplateResponse(self.request, "proposals/my_check.html", {
            "proposal": paper, "advice": given, "problem": problem, "count": signing.count(paper),
            "obstacle": "" if given.must else PROPOSAL.obstacle(paper, "submit"),
            "too_late": writing.is_too_late(paper), "measures": list(paper.measures.all()),
            "signers": [row for row in signing.signatures(paper) if row.state == "signed"],
            "waiting": [row for row in signing.signatures(paper) if row.state == "invited"],
            "alike": similar.find(self.request.user, paper.title, similar.text_of(paper), leave_out=paper.pk),
        })  # fmt: skip


class Withdraw(WriterMixin, FormView):
    """A draft is thrown away; what is handed in is asked back, with the reason, and the office agrees or not."""

    form_class, template_name = WithdrawForm, "proposals/my_withdraw.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(proposal=self.proposal, private=self.proposal.state in PRIVATE, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.proposal.submitted_at is not None:
            return super().post(request, *args, **kwargs)
        if self.proposal.state not in PRIVATE:  # a second click
            return redirect("my_proposals")
        try:
            PROPOSAL.take(self.proposal, "discard", by=request.user)
            messages.success(request, _("The draft is thrown away."))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("my_proposals")

    def form_valid(self, form: WithdrawForm) -> HttpResponse:
        try:
            writing.ask_withdrawal(self.proposal, form.cleaned_data["reason"], by=self.request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("Sent to the liaison office. You will be told here when it is decided."))
        return redirect("my_proposal", self.proposal.pk)


def _version(request: HttpRequest) -> int:
    """The version the writer saw. One that is no number fits none: he is told, nothing is overwritten."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def _clock() -> str:
    return f"{timezone.localtime():%H:%M}"
