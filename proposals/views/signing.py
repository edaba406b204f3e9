"""Names under a paper: the lead proposer asks colleagues, each answers for himself."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from congress.kernel.workflow import Refused
from proposals.services import signing, succession, writing
from proposals.views.portal import PaperMixin
from proposals.views.writing import WriterMixin
from proposals.workflows import SIGNATURE


class CoSigners(WriterMixin, TemplateView):
    """Who is asked, who has signed, how many are missing; colleagues are found by name or pinyin."""

    template_name = "proposals/my_signers.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_open:
            return redirect("my_proposal", self.proposal.pk)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paper = self.proposal
        rows = signing.signatures(paper)
        text = self.request.GET.get("q", "").replace("\x00", "")[:40].strip()
        out = {row.mandate_id for row in rows if row.state in {"invited", "signed"}}
        return super().get_context_data(
            proposal=paper,
            rows=rows,
            count=signing.count(paper),
            too_late=writing.is_too_late(paper),
            q=text,
            found=signing.colleagues(paper.congress, text, near=paper.lead, leave_out=out),
            **kwargs,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        chosen = signing.chosen(self.proposal.congress, request.POST.getlist("mandate"))
        try:
            asked = writing.invite(self.proposal, chosen, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("paper_sign", pk)
        if asked:
            said = ngettext("%(count)s delegate is asked.", "%(count)s delegates are asked.", asked)
            messages.success(request, said % {"count": asked})
        elif not chosen:
            messages.error(request, _("Tick whom you want to ask."))
        return redirect("paper_sign", pk)


class SignerStep(WriterMixin, View):
    """The lead proposer does not wait for somebody any more, or asks him again."""

    http_method_names = ["post"]
    VERBS = ("drop", "ask_again")

    def post(self, request: HttpRequest, pk: int, signature: int, verb: str) -> HttpResponse:
        row = next((one for one in signing.signatures(self.proposal) if one.pk == signature), None)
        if row is None or verb not in self.VERBS:
            raise Http404
        if row.state != SIGNATURE.row(verb).target:  # else a second click
            try:
                signing.ask_or_drop(row, verb, by=request.user)
            except Refused as refusal:
                messages.error(request, str(refusal))
        return redirect(f"{reverse('paper_sign', args=[pk])}#signers")


class RemindSigner(WriterMixin, View):
    """A nudge to a colleague who says nothing: once a day. A second click sends nothing and says when it was sent."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, signature: int) -> HttpResponse:
        row = next((one for one in signing.signatures(self.proposal) if one.pk == signature), None)
        if row is None:
            raise Http404
        try:
            signing.remind(row, by=request.user)
            messages.success(request, _("%(name)s is reminded.") % {"name": row.mandate.person.name})
        except Refused as refusal:
            messages.info(request, str(refusal))
        return redirect(f"{reverse('paper_sign', args=[pk])}#signers")


class TakeOver(PaperMixin, View):
    """The lead proposer has left: a co-signer leads the paper from now on. Twice is once."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.signature is None:
            raise Http404
        try:
            succession.take_over(self.proposal, by=request.user)
            messages.success(request, _("You lead this paper now. Everybody who signed has been told."))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("my_proposal", pk)


class OwnSignature(PaperMixin, View):
    """I put my name under the text I have read, or say no, or take it back. A second click changes nothing."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, verb = self.signature, request.POST.get("do", "")
        if row is None or verb not in {"sign", "decline", "take_back"}:
            raise Http404
        said = {
            "sign": _("You have signed. The lead proposer has been told."),
            "decline": _("You have said no. The lead proposer has been told."),
            "take_back": _("Your signature is taken back. The lead proposer has been told."),
        }
        try:
            if verb == "sign":
                writing.sign(row, by=request.user, seen_digest=request.POST.get("digest", ""))
            elif row.state != SIGNATURE.row(verb).target:
                SIGNATURE.take(row, verb, by=request.user, remark=request.POST.get("remark", "").replace("\x00", ""))
            messages.success(request, said[verb])
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("my_proposal", pk)
