"""Enquiries and interpellations, and supervision meetings."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.doors.admin import PolicyAdmin, WorkflowAdmin
from proposals.forms.office import MeetingForm
from proposals.models import Inquiry, SupervisionMeeting
from proposals.policies import INQUIRIES, MEETINGS
from proposals.services import supervision
from proposals.workflows import INQUIRY


@admin.register(Inquiry)
class InquiryAdmin(WorkflowAdmin):
    policy, workflow = INQUIRIES, INQUIRY
    list_display = ["subject", "kind", "target", "state", "due_on"]
    list_filter = ["state", "kind"]
    search_fields = ["subject"]
    list_select_related = ["target"]
    ASKED = [("subject", "kind"), ("lead", "askers_shown"), ("target", "congress"), "question"]
    STANDS = [("state", "due_on"), ("submitted_at", "enquiry"), "refusal"]
    ANSWER = [("answer_mode", "answered_on"), "answered_by", "answer"]
    SECOND = [
        ("second_answer_mode", "second_answered_by"), "second_answered_on", "second_answer",
        ("first_satisfied", "first_dissatisfied"),
    ]  # fmt: skip
    RATED = [("satisfied", "dissatisfied"), "outcome"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[tuple[Any, dict[str, Any]]]:
        """Everything the office decides on; what has not happened yet takes no room."""
        parts = [(_("What is asked"), self.ASKED, True), (_("Where it stands"), self.STANDS, True)]
        if obj is not None:
            parts += [
                (_("Answer"), self.ANSWER, obj.answered_on),
                (_("Second answer"), self.SECOND, obj.second_answered_on),
                (_("What the askers think"), self.RATED, obj.satisfied is not None or obj.outcome),
            ]
        return [(title, {"fields": self._filled(rows, obj)}) for title, rows, shown in parts if shown]

    @staticmethod
    def _filled(rows: list[Any], obj: Any) -> list[Any]:
        """Without lines that would say nothing."""
        optional = {"refusal", "enquiry", "outcome"}
        kept = [[name for name in (row if isinstance(row, tuple) else (row,))
                 if name not in optional or getattr(obj, name, None)] for row in rows]  # fmt: skip
        return [tuple(row) for row in kept if row]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        rows = [*self.ASKED, *self.STANDS, *self.ANSWER, *self.SECOND, *self.RATED]
        return [name for row in rows for name in (row if isinstance(row, tuple) else (row,))]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("target", "lead__person", "congress__organization")

    @admin.display(description=gettext_lazy("askers"))
    def askers_shown(self, obj: Inquiry) -> str:
        """Everybody who asks, and how many they are: an interpellation is joint."""
        names = list(obj.askers.order_by("roster_key", "pk").values_list("person__name", flat=True))
        return _("%(count)s: %(names)s") % {"count": len(names), "names": "、".join(names)} if names else "—"

    def history_from(self, obj: Inquiry) -> Any:
        """What stood in a draft before it was handed in is its author's."""
        return obj.submitted_at or timezone.now()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(SupervisionMeeting)
class SupervisionMeetingAdmin(PolicyAdmin):
    policy = MEETINGS
    list_display = ["held_on", "place", "chair", "organization", "next_on"]
    search_fields = ["place", "minutes"]
    fields = ["organization", "held_on", "place", "chair", "present", "minutes", "next_on"]
    list_select_related = ["organization"]
    change_form_template = "admin/proposals/meeting_change_form.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.papers)
        return [path("<int:pk>/papers/", view, name="proposals_meeting_papers"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if obj := context.get("original"):
            context["steps"] = supervision.minuted(obj, request.user)
            context["manages"] = self.has_change_permission(request, obj)
        return super().render_change_form(request, context, *args, **kwargs)

    def papers(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What each unit said about its overdue paper, and when it is looked at again."""
        meeting = self.get_object(request, str(pk))
        if not self.has_change_permission(request, meeting):
            raise PermissionDenied
        rows = supervision.to_discuss(meeting, request.user)
        form = MeetingForm(request.POST or None, rows=rows, next_on=meeting.next_on)
        if request.method == "POST" and form.is_valid():
            count = supervision.minute(meeting, form.said(), by=request.user)
            messages.success(request, _("%(count)s papers are in the minutes.") % {"count": count})
            return redirect("admin:proposals_supervisionmeeting_change", pk)
        context = self.admin_site.each_context(request) | {"form": form, "object": meeting, "opts": self.opts}
        return TemplateResponse(
            request, "admin/proposals/meeting_papers.html", context | {"title": _("Papers of the meeting")}
        )
