"""The delegate's own side of his mandate: rights and duties, the pledge, the decisions about him, his resignation."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View

from congress.kernel.workflow import Refused
from congress.models import Role
from congress.policies import has_role
from delegates.forms import PledgeForm, ResignLetterForm
from delegates.kernel.pledge import DUTIES, PLEDGE, RIGHTS
from delegates.models import Mandate
from delegates.policies import CHANGES, COMMITMENTS
from delegates.services.commitments import sign
from delegates.services.consequences import consequences
from delegates.views.records import DelegateMixin
from delegates.workflows import MANDATE

S = Mandate.Status


class MyMandate(DelegateMixin, TemplateView):
    """Where my mandate stands, every decision about it, and what I can do."""

    template_name = "delegates/my_mandate.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        changes = CHANGES.visible(self.request.user).filter(mandate=self.mandate).order_by("-decided_on", "-pk")
        labels = {row.verb: row.label for row in MANDATE.transitions}
        return super().get_context_data(
            mandate=self.mandate,
            mandates=self.mandates,
            decisions=[(change, labels.get(change.verb, change.get_reason_display())) for change in changes],
            commitment=COMMITMENTS.visible(self.request.user).filter(mandate=self.mandate).first(),
            may_resign=self.mandate.status == S.ACTIVE,
            may_withdraw=self.mandate.status == S.RESIGN_PENDING,
            **kwargs,
        )


class Rights(DelegateMixin, TemplateView):
    """What a delegate may and must do, in the words of the regulation."""

    template_name = "delegates/rights.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rights=RIGHTS, duties=DUTIES, mandate=self.mandate, **kwargs)


class Pledge(DelegateMixin, FormView):
    """Signs the pledge of the term, once; afterwards it can be read."""

    template_name, form_class, success_url = "delegates/pledge.html", PledgeForm, reverse_lazy("my_mandate")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        signed = COMMITMENTS.visible(self.request.user).filter(mandate=self.mandate).first()
        return super().get_context_data(mandate=self.mandate, pledge=PLEDGE, signed=signed, **kwargs)

    def form_valid(self, form: PledgeForm) -> HttpResponse:
        try:
            sign(self.mandate, own_words=form.cleaned_data["own_words"], by=self.request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("Signed. The office has your pledge."))
        return redirect(f"{self.success_url}?mandate={self.mandate.pk}")


class Resign(DelegateMixin, FormView):
    """Hands a written resignation in. Until the committee has decided it can be taken back."""

    template_name, form_class, success_url = "delegates/resign.html", ResignLetterForm, reverse_lazy("my_mandate")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        follows = consequences(self.mandate, "resign")
        return super().get_context_data(mandate=self.mandate, follows=follows, **kwargs)

    def form_valid(self, form: ResignLetterForm) -> HttpResponse:
        try:
            MANDATE.take(self.mandate, "resign", by=self.request.user, letter=form.cleaned_data["letter"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("Handed in. The committee decides; until then you can take it back."))
        return redirect(f"{self.success_url}?mandate={self.mandate.pk}")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Reloaded after it was sent, the page leads to where the resignation is seen."""
        if has_role(request.user, Role.DELEGATE) and self.mandate.status == S.RESIGN_PENDING:
            return redirect(f"{self.success_url}?mandate={self.mandate.pk}")
        if has_role(request.user, Role.DELEGATE) and self.mandate.status != S.ACTIVE:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class WithdrawResignation(DelegateMixin, View):
    """Takes the resignation back that nobody has decided on yet."""

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            MANDATE.take(self.mandate, "withdraw_resignation", by=request.user)
            messages.success(request, _("Your resignation is taken back."))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect(f"{reverse_lazy('my_mandate')}?mandate={self.mandate.pk}")
