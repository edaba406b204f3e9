"""Enquiries and interpellations on a delegate's phone: asked, signed by others, answered."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, ListView, TemplateView, View

from congress.doors.portal import PolicyMixin, RoleMixin
from congress.kernel.workflow import Refused
from congress.models import Role
from delegates.models import Mandate
from delegates.policies import is_self
from delegates.querysets import SERVING
from delegates.views.records import DelegateMixin
from proposals.forms import InquiryForm
from proposals.models import Inquiry, InquiryState
from proposals.policies import INQUIRIES, asks
from proposals.services import inquiries, signing
from proposals.services.lights import light, words
from proposals.workflows import INQUIRY, INVITATION
from proposals.workflows.invitations import LEAVABLE

OPEN = (InquiryState.DELIVERED, InquiryState.REANSWER)


def lit(inquiry: Inquiry) -> Inquiry:
    """With the light of its answer while one is owed."""
    due = inquiry.due_on if inquiry.state in OPEN else None
    inquiry.light, inquiry.left = light(due, timezone.localdate()), words(due, timezone.localdate())
    return inquiry


class MyInquiries(RoleMixin, PolicyMixin[Inquiry], ListView):
    """What I asked, alone or with others."""

    roles, policy, template_name, paginate_by = (Role.DELEGATE,), INQUIRIES, "proposals/my_inquiries.html", 25

    def get_queryset(self) -> Any:
        user = self.request.user
        concerned = Q(askers__person__user=user) | Q(pk__in=INQUIRIES.invited(user))
        own = super().get_queryset().filter(concerned).exclude(state="withdrawn")
        return own.select_related("target", "lead__person").distinct().order_by("-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        asked = set(inquiries.asked_to_join(self.request.user).values_list("pk", flat=True))
        rows = [lit(row) for row in context["object_list"]]
        for row in rows:
            row.asks_me = row.pk in asked
        return context | {"object_list": rows}


class NewInquiry(DelegateMixin, FormView):
    """Whom do I ask what? What was typed stays."""

    form_class, template_name = InquiryForm, "proposals/my_inquiry_form.html"

    @cached_property
    def seat(self) -> Mandate:
        """The seat in which is asked: the one named, else the first in office."""
        seats = [seat for seat in self.mandates if seat.status in SERVING]
        named = self.request.GET.get("mandate", "")
        fitting = [seat for seat in seats if str(seat.pk) == named] if named else seats
        if not fitting:
            raise Http404
        return fitting[0]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | _choices(self.seat)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        seats = [seat for seat in self.mandates if seat.status in SERVING]
        return super().get_context_data(seat=self.seat, seats=seats, **kwargs)

    def form_valid(self, form: InquiryForm) -> HttpResponse:
        try:
            inquiry = inquiries.begin(self.seat, form.cleaned_data, by=self.request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return redirect("my_inquiry", inquiry.pk)


def _choices(seat: Mandate) -> dict[str, Any]:
    return {"targets": inquiries.targets(seat.congress.organization), "enquiries": inquiries.enquiries_before(seat)}


class InquiryMixin(RoleMixin):
    """Pages about one enquiry its askers see."""

    roles = (Role.DELEGATE,)

    @cached_property
    def inquiry(self) -> Inquiry:
        rows = INQUIRIES.visible(self.request.user).select_related(
            "target", "lead__person", "congress__organization", "enquiry__target", "session"
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def leads(self) -> bool:
        return asks(self.request.user, self.inquiry)

    @property
    def is_draft(self) -> bool:
        return self.inquiry.state == InquiryState.DRAFT


class EditInquiry(InquiryMixin, FormView):
    """The first asker changes his draft."""

    form_class, template_name = InquiryForm, "proposals/my_inquiry_form.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self._closed() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self._closed() or super().post(request, *args, **kwargs)

    def _closed(self) -> HttpResponse | None:
        if not self.leads:
            raise Http404
        return None if self.is_draft else redirect("my_inquiry", self.inquiry.pk)

    def get_initial(self) -> dict[str, Any]:
        names = ("kind", "target", "subject", "question", "enquiry")
        return {name: getattr(self.inquiry, name) for name in names}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | _choices(self.inquiry.lead)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version = self.request.POST.get("version", self.inquiry.version)
        return super().get_context_data(inquiry=self.inquiry, seat=self.inquiry.lead, version=version, **kwargs)

    def form_valid(self, form: InquiryForm) -> HttpResponse:
        try:
            inquiries.save(self.inquiry, form.cleaned_data, by=self.request.user, version=_version(self.request))
        except Refused as refusal:
            form.add_error(None, str(refusal))
            fresh = INQUIRIES.visible(self.request.user).get(pk=self.inquiry.pk)
            return self.render_to_response(self.get_context_data(form=form, theirs=fresh) | {"version": fresh.version})
        return redirect("my_inquiry", self.inquiry.pk)


class MyInquiry(InquiryMixin, TemplateView):
    """One enquiry: the question, who asks, what is still missing, the answer."""

    template_name = "proposals/my_inquiry.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        inquiry = lit(self.inquiry)
        askers = list(inquiry.askers.select_related("person", "delegation").order_by("roster_key", "pk"))
        context: dict[str, Any] = {
            "inquiry": inquiry,
            "askers": sorted(askers, key=lambda one: one.pk != inquiry.lead_id),
            "own": next((one for one in askers if is_self(self.request.user, one.person)), None),
            "leads": self.leads,
            "is_draft": self.is_draft,
            "invitations": inquiries.invitations(inquiry) if self.leads and self.is_draft else [],
            "invitation": None if self.leads else inquiries.own_invitation(inquiry, self.request.user),
            "may_leave": inquiry.state in LEAVABLE and not self.leads,
            "steps": {row.verb: obstacle for row, obstacle in INQUIRY.available(inquiry, self.request.user)},
        }
        if self.leads and self.is_draft:
            text = self.request.GET.get("q", "").replace("\x00", "")[:40].strip()
            out = [one.pk for one in askers]
            out += [one.mandate_id for one in context["invitations"] if one.state == "invited"]
            context |= {
                "q": text,
                "found": signing.colleagues(inquiry.congress, text, near=inquiry.lead, leave_out=out),
            }
        return super().get_context_data(**context, **kwargs)


def _version(request: HttpRequest) -> int:
    """The version that was read. One that is no number fits none."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


class InquiryStep(InquiryMixin, View):
    """Hands it in, takes it back, invites others, answers an invitation, takes a name off. A second click changes
    nothing."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        do = request.POST.get("do", "")
        steps = {
            "submit": self._take, "withdraw": self._take, "invite": self._invite, "off": self._off,
            "accept": self._answer, "decline": self._answer, "remind": self._remind,
        }  # fmt: skip
        if do not in steps:
            raise Http404
        try:
            steps[do](do)
        except Refused as refusal:
            messages.error(request, str(refusal))
        if not INQUIRIES.visible(request.user).filter(pk=pk).exists() or do == "withdraw":
            return redirect("my_inquiries")
        return redirect("my_inquiry", pk)

    def _take(self, verb: str) -> None:
        if not self.leads:
            raise Http404
        if self.inquiry.state == INQUIRY.row(verb).target:
            return
        INQUIRY.take(self.inquiry, verb, by=self.request.user)
        said = {"submit": _("Handed in. The liaison office has it."), "withdraw": _("Taken back.")}
        messages.success(self.request, said[verb])

    def _invite(self, do: str) -> None:
        chosen = signing.chosen(self.inquiry.congress, self.request.POST.getlist("mandate"))
        if not chosen:
            raise Refused(_("Tick whom you want to ask."))
        if count := inquiries.invite(self.inquiry, chosen, by=self.request.user):
            said = ngettext("%(count)s delegate is asked.", "%(count)s delegates are asked.", count)
            messages.success(self.request, said % {"count": count})

    def _answer(self, do: str) -> None:
        """I ask too, or I do not."""
        row = inquiries.own_invitation(self.inquiry, self.request.user)
        if row is None:
            raise Http404
        if do == "accept":
            inquiries.accept(row, by=self.request.user, seen=_version(self.request))
            messages.success(self.request, _("You ask too. The first asker has been told."))
        elif row.state != INVITATION.row(do).target:  # else a second click
            INVITATION.take(row, do, by=self.request.user)
            messages.success(self.request, _("You have said no. The first asker has been told."))

    def _remind(self, do: str) -> None:
        """A nudge, once a day; a second click says when it was sent."""
        if not self.leads:
            raise Http404
        key = self.request.POST.get("invitation", "")
        row = next((one for one in inquiries.invitations(self.inquiry) if str(one.pk) == key), None)
        if row is None:
            raise Http404
        try:
            inquiries.remind(row, by=self.request.user)
            messages.success(self.request, _("%(name)s is reminded.") % {"name": row.mandate.person.name})
        except Refused as refusal:
            messages.info(self.request, str(refusal))

    def _off(self, do: str) -> None:
        chosen = signing.chosen(self.inquiry.congress, [self.request.POST.get("mandate", "")])
        if not chosen:
            raise Http404
        inquiries.take_off(self.inquiry, chosen[0], by=self.request.user)
        messages.success(self.request, _("The name is taken off."))
