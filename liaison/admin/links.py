"""Which committee member keeps in touch with which group and which delegate."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from congress.doors.admin import PolicyAdmin, VersionedForm, said_plainly
from congress.kernel.workflow import Refused
from delegates.policies import GROUPS, MANDATES, MEMBERS
from liaison.admin.proposing import ProposePages
from liaison.forms import EndLinkForm, HandOverForm, LinkForm
from liaison.models import CommitteeLink
from liaison.policies import LINKS
from liaison.services import linking


class StandingFilter(admin.SimpleListFilter):
    """What holds now, unless the past is asked for."""

    title, parameter_name = _("links"), "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ended", _("ended")), ("all", _("all, with those that ended"))]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [first | {"display": _("holding now")}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "all":
            return queryset
        return queryset.exclude(until=None) if self.value() == "ended" else queryset.filter(until=None)


class WithFilter(admin.SimpleListFilter):
    """Links with groups, or with single delegates."""

    title, parameter_name = _("in touch with"), "with"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("group", _("delegate group")), ("mandate", _("delegate"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return (
            queryset.filter(**{f"{self.value()}__isnull": False}) if self.value() in ("group", "mandate") else queryset
        )


class LinkAdminForm(LinkForm, VersionedForm):
    """The same on the staff's page."""


@admin.register(CommitteeLink)
class CommitteeLinkAdmin(ProposePages, PolicyAdmin):
    """Links are begun, ended and handed on; none is edited, so that the history says who looked after whom."""

    policy, form = LINKS, LinkAdminForm
    list_display = ["member_name", "organization", "post", "target", "what", "since", "until"]
    list_filter = [StandingFilter, WithFilter]
    search_fields = ["member__name", "group__name", "mandate__person__name", "member__congress__organization__name"]
    search_help_text = _("Member, group, delegate or township")
    ordering = ["member__congress__organization__path", "member__number", "member", "group", "mandate", "pk"]
    autocomplete_fields = ["member", "group", "mandate"]
    fields = ["member", "group", "mandate", "since", "until", "ended_note"]
    readonly_fields = ["until", "ended_note"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).for_list().select_related("mandate__congress", "group__congress")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.fields if obj else ["member", "group", "mandate", "since"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"since": timezone.localdate()} | super().get_changeform_initial_data(request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Whom the user may name; that they belong together is for the form to say."""
        rows = {
            "member": MEMBERS.visible(request.user).filter(left_on=None).select_related("congress__organization"),
            "group": GROUPS.visible(request.user).select_related("congress__organization"),
            "mandate": MANDATES.visible(request.user).serving().select_related("person", "congress__organization"),
        }
        return super().formfield_for_foreignkey(db_field, request, **{"queryset": rows[db_field.name]} | kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("committee member"), ordering="member__number")
    def member_name(self, obj: CommitteeLink) -> str:
        return obj.member.name

    @admin.display(description=_("organisation"), ordering="member__congress__organization__path")
    def organization(self, obj: CommitteeLink) -> str:
        return obj.member.congress.organization.name

    @admin.display(description=_("post"))
    def post(self, obj: CommitteeLink) -> str:
        return obj.member.post

    @admin.display(description=_("in touch with"))
    def target(self, obj: CommitteeLink) -> str:
        return str(obj.group or obj.mandate)

    @admin.display(description=_("kind"))
    def what(self, obj: CommitteeLink) -> str:
        return str(_("delegate group") if obj.group_id else _("delegate"))

    def save_model(self, request: HttpRequest, obj: CommitteeLink, form: Any, change: bool) -> None:
        made = linking.link(obj.member, obj.group or obj.mandate, by=request.user, since=obj.since)
        obj.pk = made.pk
        for notice in linking.notices(obj.member):
            messages.warning(request, notice)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/end/", view(self.end), name="liaison_committeelink_end"),
            path("<int:pk>/move/", view(self.move), name="liaison_committeelink_move"),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        obj = context.get("original")
        if obj and obj.until is None and self.policy.may_change(request.user, obj):
            context["transitions"] = [
                {"row": {"label": label}, "url": reverse(f"admin:liaison_committeelink_{name}", args=[obj.pk])}
                for name, label in (("end", _("End the link")), ("move", _("Hand over to another member")))
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def end(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End a link, with the reason."""
        link = self._own(request, pk)
        form = EndLinkForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                linking.end(link, by=request.user, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                return self._done(request, link.member, _("The link has ended."), pk)
        return self._page(request, link, form, _("End the link"))

    def move(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Hand a group or a delegate to another member of the committee."""
        link = self._own(request, pk)
        form = HandOverForm(request.POST or None, link=link, members=MEMBERS.visible(request.user))
        if request.method == "POST" and form.is_valid():
            member = form.cleaned_data["member"]
            try:
                made = linking.move(link, member, by=request.user)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                return self._done(request, member, _("Handed to %(name)s.") % {"name": member.name}, made.pk)
        return self._page(request, link, form, _("Hand over to another member"))

    def _own(self, request: HttpRequest, pk: int) -> CommitteeLink:
        link = self.get_object(request, str(pk))
        if not self.policy.may_change(request.user, link):
            raise PermissionDenied
        return link

    def _done(self, request: HttpRequest, member: Any, said: Any, pk: int) -> HttpResponse:
        messages.success(request, said)
        for notice in linking.notices(member):
            messages.warning(request, notice)
        return redirect("admin:liaison_committeelink_change", pk)

    def _page(self, request: HttpRequest, link: CommitteeLink, form: Any, title: Any) -> HttpResponse:
        context = self.admin_site.each_context(request) | {"opts": self.opts, "object": link, "title": title}
        return TemplateResponse(request, "admin/congress/form_page.html", context | {"form": said_plainly(form)})
