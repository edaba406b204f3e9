"""Training for the office: plans, courses, their days, and who came."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from congress.doors.admin import PolicyAdmin
from congress.kernel.workflow import Refused
from congress.policies import MANAGE, branches
from delegates.admin.roll import RollPages, plain
from delegates.models import Attendance, Course, TrainingPlan, TrainingSession
from delegates.policies import ATTENDANCES, COURSES, PERSONS, PLANS, TRAININGS, may_read_note
from delegates.services import training


@admin.register(TrainingPlan)
class TrainingPlanAdmin(PolicyAdmin):
    """A year's plan; its page shows the courses that stand in it and how far they are."""

    policy = PLANS
    list_display = ["title", "organization", "year", "courses"]
    list_filter = ["year"]
    search_fields = ["title", "organization__name"]
    list_select_related = ["organization"]
    fields = ["organization", "year", "title", "goals"]
    autocomplete_fields = ["organization"]
    change_form_template = "admin/delegates/training_plan_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("organization").annotate(number=Count("courses"))

    @admin.display(description=_("courses"), ordering="number")
    def courses(self, obj: Any) -> int:
        return obj.number

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["organization", "year"] if obj else []

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if obj := context.get("original"):
            context["sessions"] = _shown(request, TRAININGS.visible(request.user).filter(course__plan=obj))
            courses = COURSES.visible(request.user).filter(plan=obj)
            context["empty_courses"] = courses.filter(sessions=None).order_by("title")
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(Course)
class CourseAdmin(PolicyAdmin):
    policy = COURSES
    list_display = ["title", "organization", "year", "kind", "plan", "sessions"]
    list_filter = ["year", "kind"]
    search_fields = ["title", "organization__name"]
    list_select_related = ["organization", "plan"]
    fields = ["organization", "year", "title", "kind", "plan", "topic"]
    autocomplete_fields = ["organization"]
    change_form_template = "admin/delegates/course_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).select_related("organization", "plan__organization")
        return rows.annotate(number=Count("sessions"))

    @admin.display(description=_("training days"), ordering="number")
    def sessions(self, obj: Any) -> int:
        return obj.number

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["organization", "year"] if obj else []

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if obj := context.get("original"):
            context["sessions"] = _shown(request, TRAININGS.visible(request.user).filter(course=obj))
        return super().render_change_form(request, context, *args, **kwargs)


def _shown(request: HttpRequest, sessions: Any) -> Any:
    return sessions.for_list().counted(ATTENDANCES.visible(request.user)).order_by("held_on", "pk")


@admin.register(TrainingSession)
class TrainingSessionAdmin(RollPages, PolicyAdmin):
    """The days of trainings; each has its roll and its sign-in code."""

    policy = TRAININGS
    list_display = ["course", "held_on", "organization", "place", "plain_hours", "persons"]
    list_filter = ["course__year", "course__kind"]
    search_fields = ["course__title", "place", "teacher"]
    fields = ["course", "held_on", "starts_at", "ends_at", "hours", "place", "teacher", "sign_in_open"]
    ordering = ["-held_on", "-pk"]
    change_form_template = "admin/delegates/training_session_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).for_list().counted(ATTENDANCES.visible(request.user))

    @admin.display(description=_("organised by"), ordering="course__organization__path")
    def organization(self, obj: TrainingSession) -> str:
        return obj.course.organization.name

    @admin.display(description=_("hours"), ordering="hours")
    def plain_hours(self, obj: Any) -> str:
        return plain(obj.hours)

    @admin.display(description=_("signed in"), ordering="persons")
    def persons(self, obj: Any) -> int:
        return obj.persons

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["course"] if obj else []


@admin.register(Attendance)
class AttendanceAdmin(PolicyAdmin):
    """Each time a delegate came. Rows are made by the roll, the code and the import; here hours and mark are mended."""

    policy = ATTENDANCES
    list_display = ["delegate", "organization", "course", "held_on", "plain_hours", "how", "score", "note_state"]
    list_filter = ["session__course__year", "how", "note_offered", "note_published"]
    search_fields = ["mandate__person__name"]
    search_help_text = _("Name or part of it, pinyin, initials")
    ordering = ["-session__held_on", "mandate__roster_key", "pk"]
    actions = ["publish_notes", "withdraw_notes"]
    FACTS = ["mandate", "session", "how", "signed_at"]
    NOTE = ["note", "note_offered", "note_published"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).for_list()

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        persons = PERSONS.visible(request.user).matching(search_term[:40])
        return (queryset.filter(mandate__person__in=persons) if search_term.strip() else queryset), False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        shown = self.NOTE if obj and obj.note and may_read_note(request.user, obj) else []
        return [*self.FACTS, "hours", "score", *shown]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*self.FACTS, *self.NOTE]

    @admin.display(description=_("delegate"), ordering="mandate__roster_key")
    def delegate(self, obj: Attendance) -> str:
        return obj.mandate.person.name

    @admin.display(description=_("organisation"), ordering="mandate__congress__organization__path")
    def organization(self, obj: Attendance) -> str:
        return obj.mandate.congress.organization.name

    @admin.display(description=_("course"), ordering="session__course__title")
    def course(self, obj: Attendance) -> str:
        return obj.session.course.title

    @admin.display(description=_("held on"), ordering="session__held_on")
    def held_on(self, obj: Attendance) -> Any:
        return obj.session.held_on

    @admin.display(description=_("hours"), ordering="hours")
    def plain_hours(self, obj: Any) -> str:
        return plain(obj.hours)

    @admin.display(description=_("study note"))
    def note_state(self, obj: Attendance) -> Any:
        if obj.note_published:
            return _("published")
        if not obj.note:
            return "—"
        return _("may be published") if obj.note_offered else _("for the office alone")

    @action(description=_("Publish the study notes to the delegates"))
    def publish_notes(self, request: HttpRequest, queryset: Any) -> None:
        self._publish(request, queryset, True)

    @action(description=_("Take published study notes back"))
    def withdraw_notes(self, request: HttpRequest, queryset: Any) -> None:
        self._publish(request, queryset, False)

    def _publish(self, request: HttpRequest, queryset: Any, published: bool) -> None:
        try:
            count = training.publish(queryset, published, by=request.user)
            messages.success(request, _("%(count)s study notes changed.") % {"count": count})
        except Refused as refusal:
            messages.error(request, str(refusal))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Readers are not offered what they may not do."""
        return super().get_actions(request) if branches(request.user, MANAGE) else {}

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The past holds every wording of the note: for who may read it."""
        obj = self.get_object(request, object_id)
        if obj.note and not may_read_note(request.user, obj):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)
