"""The delegate's portal: home, my record, corrections; and the public page of a certificate."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Exists, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, ListView, TemplateView, View

from congress.doors.portal import PolicyMixin, RoleMixin, cards
from congress.kernel.workflow import Refused
from congress.models import Role
from congress.policies import NOTICES
from delegates.forms import CorrectionForm, fact_label
from delegates.models import CorrectionRequest, Mandate
from delegates.policies import COMMITMENTS, CORRECTIONS, MANDATES
from delegates.querysets import SERVING
from delegates.services import certificates
from delegates.services.corrections import ask_correction
from delegates.services.record import record_sections
from delegates.services.training import own_year
from delegates.workflows import CORRECTION


class DelegateMixin(RoleMixin):
    """Pages of a delegate about himself. With several mandates the first in office is meant unless one is named."""

    roles = (Role.DELEGATE,)

    @cached_property
    def mandates(self) -> list[Mandate]:
        """The delegate's own seats, in one query a request."""
        return list(MANDATES.visible(self.request.user).filter(person__user=self.request.user).for_list())

    @cached_property
    def mandate(self) -> Mandate:
        """The mandate of the page: the one named by `?mandate=`, else one in office, else the first."""
        named = self.request.GET.get("mandate", "")
        fitting = [seat for seat in self.mandates if str(seat.pk) == named] if named else self.mandates
        if not fitting:
            raise Http404
        return next((seat for seat in fitting if seat.status == Mandate.Status.ACTIVE), fitting[0])


class Home(DelegateMixin, TemplateView):
    """What waits for me, what is new, where I serve."""

    template_name = "delegates/home.html"

    @cached_property
    def mandates(self) -> list[Mandate]:
        """The same, each with whether its commitment is signed (`pledged`) and how many corrections wait (`asked`)."""
        user = self.request.user
        pledged = COMMITMENTS.visible(user).filter(mandate=OuterRef("pk"))
        waiting = CORRECTIONS.visible(user).filter(
            mandate=OuterRef("pk"), asked_by=user, state=CorrectionRequest.State.ASKED
        )
        asked = waiting.order_by().values("mandate").annotate(count=Count("pk")).values("count")
        rows = MANDATES.visible(user).filter(person__user=user).for_list()
        return list(rows.annotate(pledged=Exists(pledged), asked=Subquery(asked)))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        shown = cards(user)
        return super().get_context_data(
            mandates=self.mandates,
            body=next((seat.delegation or seat.group for seat in self.mandates), None),
            notices=NOTICES.visible(user)[:5],
            open_corrections=sum(seat.asked or 0 for seat in self.mandates),
            training=own_year(user),
            cards=shown,
            owed=[one for card in shown for one in card.owed],
            unsigned=next((seat for seat in self.mandates if seat.status in SERVING and not seat.pledged), None),
            **kwargs,
        )


class MyRecord(DelegateMixin, TemplateView):
    """Every fact the office holds about me, as the registration form prints it."""

    template_name = "delegates/my_record.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(mandate=self.mandate, sections=record_sections(self.mandate), **kwargs)


class AskCorrection(DelegateMixin, FormView):
    """Says one fact is wrong. What was typed stays when it is refused."""

    template_name, form_class = "delegates/correction_form.html", CorrectionForm
    success_url = reverse_lazy("my_corrections")

    def get_initial(self) -> dict[str, Any]:
        return {"fact": self.request.GET.get("fact", "")}

    def get_form_kwargs(self) -> dict[str, Any]:
        facts = [fact for section in record_sections(self.mandate) for fact in section["facts"]]
        return super().get_form_kwargs() | {"present": {fact["name"]: fact["value"] for fact in facts if fact["name"]}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(mandate=self.mandate, **kwargs)

    def form_valid(self, form: CorrectionForm) -> HttpResponse:
        try:
            ask_correction(self.mandate, **form.cleaned_data, by=self.request.user)
        except Refused as refusal:
            form.add_error("fact", str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("Sent to the liaison office. You will be told here when it is answered."))
        return super().form_valid(form)


class MyCorrections(DelegateMixin, PolicyMixin[CorrectionRequest], ListView):
    """What I asked for, and what became of it."""

    policy, template_name, paginate_by = CORRECTIONS, "delegates/my_corrections.html", 25

    def get_queryset(self) -> Any:
        return (
            super().get_queryset().filter(asked_by=self.request.user).select_related("mandate__congress__organization")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        for request in context["object_list"]:
            request.fact_label = fact_label(request.fact)
            request.wanted = request.get_sealed("wanted")
        return context


class WithdrawCorrection(DelegateMixin, View):
    """Takes a request back that nobody has answered yet."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        correction = get_object_or_404(CORRECTIONS.visible(request.user), pk=pk)
        try:
            CORRECTION.take(correction, "withdraw", by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("my_corrections")


@method_decorator(login_not_required, name="dispatch")
class CertificatePage(TemplateView):
    """Whether a certificate is valid today, for whoever scans it. A token we did not make has no page."""

    template_name = "delegates/certificate.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        standing = certificates.standing(kwargs["token"])
        if standing is None:
            raise Http404
        return super().get_context_data(standing=standing, mandate=standing.mandate, today=timezone.localdate())
