"""What the office does on a paper's page outside its table: opinions, plans, supervision, forms on paper, results."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.doors.admin import keep_files
from congress.doors.paging import PatientPaginator
from congress.kernel.workflow import Refused
from congress.policies import MANAGE, branches
from proposals.forms.decisions import ReasonForm
from proposals.forms.entering import EnterForm
from proposals.forms.office import (
    BulletinForm,
    FeedbackFormOnPaper,
    LeadForm,
    OpinionForm,
    PlanForm,
    ResultForm,
    StepForm,
)
from proposals.models import EDITABLE, Proposal, ProposalState
from proposals.policies import OFFICE_PAPERS, keeps
from proposals.services import bulletins, entering, handling, overview, succession, supervision
from proposals.workflows.conditions import is_leaderless
from proposals.workflows.telling import proposers

LATE_A_PAGE = 50


class PaperDesks:
    """A mixin of the paper's admin: pages that are no transition, and the two lists that gather what waits."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        pages = {
            "opinion": self.opinion, "plan-units": self.plan_units, "supervise": self.supervise,
            "feedback": self.feedback, "result": self.result, "publish": self.publish,
            "decision": self.decision, "keep": self.keep, "retype": self.retype, "lead": self.lead,
        }  # fmt: skip
        own = [path(f"<int:pk>/{name}/", view(page), name=f"proposals_{name}") for name, page in pages.items()]
        gathered = [
            path("enter/", view(self.enter), name="proposals_enter"),
            path("late/", view(self.late), name="proposals_late"),
            path("late/bulletin/", view(self.bulletin), name="proposals_bulletin"),
            path("handover/", view(self.handover), name="proposals_handover"),
        ]
        return [*own, *gathered, *super().get_urls()]  # type: ignore[misc]

    def enter(self, request: HttpRequest) -> HttpResponse:
        """A paper form that was handed over the counter, with its scan: kept, and registered if it is complete."""
        if not OFFICE_PAPERS.may_create(request.user):
            raise PermissionDenied
        form = EnterForm(request.POST or None, request.FILES or None, user=request.user)
        if request.method == "POST" and form.is_valid():
            try:
                made = entering.enter(form.said(), request.FILES["scan"], by=request.user)
                messages.success(
                    request,
                    _("It is kept as a draft.")
                    if made.number is None
                    else _("It is registered: %(number)s") % {"number": made.number_text},
                )
                return redirect("admin:proposals_proposal_change", made.pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        context = self.admin_site.each_context(request) | {
            "form": form,
            "opts": self.opts,
            "title": _("Enter a paper form"),
        }
        return TemplateResponse(request, "admin/proposals/enter.html", context)

    def retype(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Complete or correct what was typed off a paper form, as long as it is a draft or was returned."""
        obj = self._kept(request, pk)
        if obj.entered_by_id is None:
            raise Http404
        if obj.state not in EDITABLE:
            messages.error(request, _("It is handed in already: the text cannot be changed any more."))
            return redirect("admin:proposals_proposal_change", pk)
        form = EnterForm(request.POST or None, request.FILES or None, user=request.user, proposal=obj)
        if request.method == "POST" and form.is_valid():
            try:
                seen = form.cleaned_data["seen"]
                made = entering.retype(obj, form.said(), request.FILES.get("scan"), by=request.user, seen=seen)
                messages.success(request, _("Saved.") if made.number is None else made.number_text)
                return redirect("admin:proposals_proposal_change", made.pk)
            except handling.MovedOn:
                form.compare(self._kept(request, pk))
            except Refused as refusal:
                form.add_error(None, str(refusal))
        context = self.admin_site.each_context(request) | {"form": form, "opts": self.opts, "object": obj}
        return TemplateResponse(request, "admin/proposals/enter.html", context | {"title": _("Correct the paper form")})

    def keep(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The office does not let the paper be taken back, and says why."""
        obj = self._kept(request, pk)
        return self._asked(
            request,
            obj,
            ReasonForm(request.POST or None),
            _("Do not let it be taken back"),
            lambda said: handling.refuse_withdrawal(obj, said["note"], by=request.user),
            said_before=obj.withdrawal_reason,
            button=_("Do not let it be taken back"),
        )

    def lead(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Its lead proposer has left: the office names one of those who signed."""
        obj = self._kept(request, pk)
        if not is_leaderless(obj) or obj.state not in EDITABLE:
            messages.error(request, _("%(name)s leads it now.") % {"name": obj.lead.person.name})
            return redirect("admin:proposals_proposal_change", pk)
        form = LeadForm(request.POST or None, heirs=list(succession.heirs(obj)))
        return self._asked(
            request, obj, form, _("Name a new lead proposer"),
            lambda said: succession.take_over(obj, by=request.user, mandate=said["mandate"]),
        )  # fmt: skip

    def opinion(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A reader's suggestion on a paper that is being screened."""
        obj = self._kept(request, pk)
        return self._asked(
            request, obj, OpinionForm(request.POST or None), _("Write an opinion on it"),
            lambda said: handling.give_opinion(obj, by=request.user, **said),
        )  # fmt: skip

    def plan_units(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who handles it: chosen, looked at, and handed out with the next step."""
        obj = self._kept(request, pk)
        if obj.state != ProposalState.PLANNING:
            messages.error(request, _("Its handling is not being planned."))
            return redirect("admin:proposals_proposal_change", pk)
        form = PlanForm(request.POST or None, proposal=obj)
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            try:
                handling.plan(
                    obj,
                    form.parts(),
                    by=request.user,
                    leader=data["leader"],
                    opinion=data["opinion"],
                    is_key=data["is_key"],
                    task_force=data["task_force"],
                    seen=data["seen"],
                )
                messages.success(request, _("The plan is saved. Assign it when it is right."))
                return redirect("admin:proposals_proposal_change", pk)
            except handling.MovedOn:
                form.compare(self._kept(request, pk))
            except Refused as refusal:
                form.add_error(None, str(refusal))
        context = self.admin_site.each_context(request) | {"form": form, "object": obj, "opts": self.opts}
        context |= {
            "title": _("Plan its handling (拟办)"),
            "back": reverse("admin:proposals_proposal_change", args=[pk]),
        }
        return TemplateResponse(request, "admin/proposals/plan.html", context)

    def supervise(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One step of supervision."""
        obj = self._kept(request, pk)
        return self._asked(
            request, obj, StepForm(request.POST or None, proposal=obj), _("Record a step of supervision"),
            lambda said: supervision.record(obj, by=request.user, **said),
        )  # fmt: skip

    def feedback(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A proposer's signed form."""
        obj = self._kept(request, pk)
        form = FeedbackFormOnPaper(request.POST or None, request.FILES or None, proposers=proposers(obj))

        def give(said: dict[str, Any]) -> Any:
            with transaction.atomic():  # a refused opinion leaves no scan behind
                kept = keep_files(form, obj.congress.organization, request.user)
                return handling.give_feedback(obj, by=request.user, **kept)

        return self._asked(request, obj, form, _("Enter a proposer's signed opinion"), give)

    def result(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What came of it, in a number."""
        obj = self._kept(request, pk)
        form = ResultForm(request.POST or None)
        return self._asked(
            request,
            obj,
            form,
            _("Record what came of it"),
            lambda said: handling.note_result(obj, by=request.user, **said),
        )

    def decision(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The notice of the screening's decision, drafted and opened."""
        obj = self._kept(request, pk)
        if request.method != "POST":
            raise Http404
        try:
            notice = handling.decision_notice(obj, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:proposals_proposal_change", pk)
        return redirect("admin:congress_officialdocument_change", notice.pk)

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Open it to the public, or close it again."""
        obj = self._kept(request, pk)
        if request.method != "POST":
            raise Http404
        try:
            handling.publish(obj, request.POST.get("public") == "1", by=request.user)
            messages.success(request, _("Done."))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("admin:proposals_proposal_change", pk)

    def late(self, request: HttpRequest) -> HttpResponse:
        """Everything overdue: whom, since when, how often urged."""
        if not self.has_module_permission(request):  # type: ignore[attr-defined]
            raise Http404
        today = timezone.localdate()
        page = PatientPaginator(overview.late_parts(request.user, today), LATE_A_PAGE).get_page(request.GET.get("page"))
        context = self.admin_site.each_context(request) | {
            "rows": overview.urged(page.object_list, today),
            "page_obj": page,
            "opts": self.opts,
            "keeps": bool(branches(request.user, MANAGE)),
            "all": "all" in request.GET,
            "title": _("Overdue papers"),
        }
        return TemplateResponse(request, "admin/proposals/late.html", context)

    def bulletin(self, request: HttpRequest) -> HttpResponse:
        """The bulletin that names the ticked units: read first, then issued; each unit has it at its desk."""
        if not self.has_module_permission(request):  # type: ignore[attr-defined]
            raise Http404
        said = request.POST if request.method == "POST" else request.GET
        rows = bulletins.chosen(said.getlist("part"), request.user)
        if not rows:
            messages.error(request, _("Tick the papers first whose units are to be named."))
            return redirect("admin:proposals_late")
        form = BulletinForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                if "preview" in request.POST:
                    return HttpResponse(bulletins.preview(rows, **form.cleaned_data))
                issued = bulletins.issue(rows, by=request.user, **form.cleaned_data)
                for document in issued:
                    messages.success(request, _("Issued: %(number)s") % {"number": document.number_text})
                return redirect("admin:congress_officialdocument_change", issued[0].pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        context = self.admin_site.each_context(request) | {"rows": rows, "form": form, "opts": self.opts}
        context |= {
            "title": _("Bulletin on overdue papers (督办通报)"),
            "above": [(_("Overdue papers"), reverse("admin:proposals_late"))],
        }
        return TemplateResponse(request, "admin/proposals/bulletin.html", context)

    def handover(self, request: HttpRequest) -> HttpResponse:
        """The list of the assigning meeting (交办会): what is planned, handed out together."""
        if not self.has_module_permission(request):  # type: ignore[attr-defined]
            raise Http404
        rows = self.get_queryset(request).filter(state=ProposalState.PLANNING)  # type: ignore[attr-defined]
        rows = rows.prefetch_related("assignments__unit").order_by("kind", "number", "pk")[:200]
        if request.method == "POST":
            chosen = [
                int(key) for key in request.POST.getlist("paper") if key.isascii() and key.isdecimal() and len(key) < 19
            ]
            done, refused = handling.assign_together([row for row in rows if row.pk in chosen], by=request.user)
            if done:
                messages.success(request, _("%(count)s papers are with their units.") % {"count": done})
            for sentence in refused:
                messages.error(request, sentence)
            return redirect("admin:proposals_handover")
        context = self.admin_site.each_context(request) | {
            "rows": rows,
            "opts": self.opts,
            "title": _("Assigning meeting (交办会)"),
        }
        return TemplateResponse(request, "admin/proposals/handover.html", context)

    def _kept(self, request: HttpRequest, pk: int) -> Proposal:
        obj = self.get_object(request, str(pk))  # type: ignore[attr-defined]
        if not keeps(request.user, obj):
            raise PermissionDenied
        return obj

    def _asked(
        self,
        request: HttpRequest,
        obj: Proposal,
        form: Any,
        title: str,
        act: Callable[[dict[str, Any]], Any],
        **shown: str,
    ) -> HttpResponse:
        if request.method == "POST" and form.is_valid():
            try:
                act(form.cleaned_data)
                messages.success(request, _("Done."))
                return redirect("admin:proposals_proposal_change", obj.pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        context = self.admin_site.each_context(request) | {
            "form": form,
            "object": obj,
            "opts": self.opts,
            "title": title,
        }
        return TemplateResponse(request, "admin/proposals/asked.html", context | shown)
