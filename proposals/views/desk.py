"""A handling unit's desk: what it has in hand, what it promised, what delegates ask it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import ListView, TemplateView, View

from congress.doors.portal import RoleMixin
from congress.kernel.workflow import Refused
from congress.models import Role
from congress.policies import NOTICES
from proposals.forms.desk import ProofForm
from proposals.models import Assignment, AssignmentRole, Inquiry, Undertaking
from proposals.policies import ASSIGNMENTS, INQUIRIES, UNDERTAKINGS
from proposals.services import desk, letters
from proposals.services.desk import OWED, TO_ANSWER
from proposals.views.desk_steps import Step
from proposals.workflows import ASSIGNMENT, INQUIRY, UNDERTAKING

SHOWN = 5


class DeskMixin(RoleMixin):
    """Pages of the units' desks; for everybody else they do not exist."""

    roles = (Role.UNIT,)


class Desk(DeskMixin, ListView):
    """What the unit has in hand, the most urgent first."""

    template_name, paginate_by = "proposals/desk.html", 25

    @cached_property
    def asked(self) -> dict[str, str]:
        """What the address asks for; what it cannot mean is left out."""
        asked = self.request.GET
        show, role = asked.get("show", "open"), asked.get("role", "")
        return {
            "show": show if show in desk.GROUPS else "open",
            "role": role if role in AssignmentRole.values else "",
            "q": asked.get("q", "").replace("\x00", "").strip()[:80],
        }

    def get_queryset(self) -> Any:
        asked = self.asked
        return desk.papers(self.request.user, asked["show"], desk.today(), role=asked["role"], text=asked["q"])

    @cached_property
    def counts(self) -> dict[str, int]:
        return desk.tally(self.request.user, desk.today())

    def get_paginator(self, *args: Any, **kwargs: Any) -> Paginator:
        """The number over the list is the one on its tile, unless something is looked for."""
        paginator = super().get_paginator(*args, **kwargs)
        if not self.asked["role"] and not self.asked["q"]:
            paginator.count = self.counts[self.asked["show"]]
        return paginator

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, today = self.request.user, desk.today()
        context = super().get_context_data(**kwargs)
        units = list(desk.units(user))
        owed = desk.promises(user).filter(state__in=OWED)[:SHOWN] if any(one.promised for one in units) else []
        asked = desk.inquiries(user).filter(state__in=TO_ANSWER)[:SHOWN] if any(one.asked for one in units) else []
        return context | {
            "units": units,
            "rows": desk.lit(context["object_list"], today),
            "counts": self.counts,
            "asked": self.asked,
            "roles": AssignmentRole.choices,
            "filtered": bool(self.asked["role"] or self.asked["q"]),
            "promises": desk.lit(owed, today, while_open=bool),
            "inquiries": desk.lit(asked, today, while_open=bool),
            "notices": NOTICES.visible(user)[:SHOWN],
            "today": today,
        }


class SignFor(DeskMixin, View):
    """Signs for one paper, or for all that are ticked; each by itself, so one that cannot be takes none with it."""

    def post(self, request: HttpRequest) -> HttpResponse:
        named = request.POST.getlist("one") or request.POST.getlist("pk")
        wanted = {int(pk) for pk in named if pk.isascii() and pk.isdecimal() and len(pk) < 19}
        rows = list(ASSIGNMENTS.at_desk(request.user).for_list().filter(pk__in=wanted))
        if named and not rows:
            raise Http404
        if not named:
            messages.error(request, _("Tick the papers you sign for first."))
        elif len(rows) < len(set(named)):  # taken back since the list was opened
            messages.error(request, _("What you ticked and is not listed any more was not signed for."))
        self._sign(request, rows)
        return redirect(_same_list(request))

    @staticmethod
    def _sign(request: HttpRequest, rows: list[Assignment]) -> None:
        signed = 0
        for row in rows:
            try:
                ASSIGNMENT.take(row, "sign_for", by=request.user)
            except Refused as refusal:
                messages.error(request, f"《{row.proposal.title}》：{refusal}")
            else:
                signed += 1
        if signed:
            said = ngettext("%(count)s paper is signed for.", "%(count)s papers are signed for.", signed)
            messages.success(request, said % {"count": signed})


def _same_list(request: HttpRequest) -> str:
    """The list as it was asked for before."""
    asked = request.POST.get("list", "")
    return f"{reverse('unit_home')}?{asked}" if asked and asked.isascii() and len(asked) < 500 else reverse("unit_home")


class Promises(DeskMixin, ListView):
    """What the unit has promised the delegates in replies of class B, and what became of it."""

    template_name, paginate_by = "proposals/unit_promises.html", 25

    def get_queryset(self) -> Any:
        return desk.promises(self.request.user).select_related("evidence_file").order_by("-state", "due_on", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = desk.lit(context["object_list"], desk.today(), while_open=lambda row: row.state in OWED)
        doubts = desk.doubts([row.pk for row in rows if row.state in OWED])
        for row in rows:
            row.doubt = doubts.get(row.pk, "")
        return context | {"rows": rows, "sent": self.request.GET.get("sent", "")}


class KeepPromise(DeskMixin, Step[Undertaking]):
    """The unit reports that a promise is kept, with a file that proves it if there is one."""

    workflow, verbs, template_name = UNDERTAKING, ("keep",), "proposals/unit_promise.html"
    said = {"keep": gettext_lazy("The promise is reported as kept. The lead proposer or the office confirms it.")}

    def get_queryset(self) -> Any:
        return UNDERTAKINGS.at_desk(self.request.user).select_related("proposal__congress__organization", "unit")

    def _form(self, obj: Undertaking, verb: str, data: Any = None) -> Any:
        form = super()._form(obj, verb, data)
        form.fields["proof"] = ProofForm.base_fields["proof"]
        form.files = self.request.FILES
        return form

    def take(self, obj: Undertaking, verb: str, facts: dict[str, Any]) -> Undertaking:
        upload = facts.pop("proof", None)
        return letters.report_kept(obj, facts, by=self.request.user, upload=upload)

    def back(self, obj: Undertaking) -> str:
        return f"{reverse('unit_promises')}#promise-{obj.pk}"

    def landing(self, obj: Undertaking, verb: str) -> str:
        return f"{reverse('unit_promises')}?sent={obj.pk}#promise-{obj.pk}"

    def more(self, obj: Undertaking, verb: str) -> dict[str, Any]:
        return {"due": desk.why_of_promise(obj)}


class Inquiries(DeskMixin, ListView):
    """What delegates have asked the unit."""

    template_name, paginate_by = "proposals/unit_inquiries.html", 25

    def get_queryset(self) -> Any:
        return desk.inquiries(self.request.user).order_by("-pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = desk.lit(context["object_list"], desk.today(), while_open=lambda row: row.state in TO_ANSWER)
        return context | {"rows": rows}


class InquiryPage(DeskMixin, TemplateView):
    """One enquiry or interpellation: the question, the answer, what the askers think."""

    template_name = "proposals/unit_inquiry.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        inquiry = get_object_or_404(desk.inquiries(user), pk=self.kwargs["pk"])
        desk.lit([inquiry], desk.today(), while_open=lambda row: row.state in TO_ANSWER)
        verbs = InquiryStep.verbs
        steps = [(row, why) for row, why in INQUIRY.available(inquiry, user) if row.verb in verbs]
        askers = inquiry.askers.select_related("person", "delegation").order_by("pk")
        sent = self.request.GET.get("sent", "")
        return super().get_context_data(
            inquiry=inquiry,
            due=desk.why_of_inquiry(inquiry),
            steps=steps,
            askers=askers,
            sent=sent if sent in verbs else "",
            **kwargs,
        )


class InquiryStep(DeskMixin, Step[Inquiry]):
    """The body asked answers; what was typed stays when it is refused."""

    workflow, verbs, template_name = INQUIRY, ("answer", "answer_again"), "proposals/unit_inquiry_answer.html"
    said = dict.fromkeys(verbs, gettext_lazy("Your answer is recorded. The askers can read it."))

    def get_queryset(self) -> Any:
        return INQUIRIES.at_desk(self.request.user).select_related("congress__organization", "target")

    def _form(self, obj: Inquiry, verb: str, data: Any = None) -> Any:
        form = super()._form(obj, verb, data)
        form.fields["answer_mode"].label = _("how it is answered")
        return form

    def back(self, obj: Inquiry) -> str:
        return reverse("unit_inquiry", args=[obj.pk])
