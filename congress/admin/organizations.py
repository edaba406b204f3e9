"""Organisations, congresses, sessions."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from congress.doors.admin import PolicyAdmin
from congress.forms import TurnoverForm
from congress.kernel.workflow import Refused
from congress.models import Congress, Organization, Session
from congress.policies import CONGRESSES, ORGANIZATIONS, SESSIONS
from congress.services import organizations, terms


class ReorganizeForm(forms.Form):
    """A change of the tree: what, where to, from when, on whose word."""

    verb = forms.ChoiceField(
        label=_("Change"),
        choices=[
            ("move", _("move under another organisation")),
            ("merge", _("merge into another")),
            ("rename", _("rename")),
        ],
    )
    target = forms.ModelChoiceField(
        label=_("New parent, or the organisation it merges into"), queryset=Organization.objects.none(), required=False
    )
    name = forms.CharField(label=_("New name"), max_length=100, required=False)
    on = forms.DateField(label=_("Takes effect on"), widget=forms.DateInput(attrs={"type": "date"}))
    basis = forms.CharField(label=_("Basis document"), max_length=200)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("verb") == "rename" and not data.get("name"):
            self.add_error("name", _("Type the new name."))
        if data.get("verb") in {"move", "merge"} and not data.get("target"):
            self.add_error("target", _("Choose an organisation."))
        return data


@admin.register(Organization)
class OrganizationAdmin(PolicyAdmin):
    policy = ORGANIZATIONS
    list_display = ["indented_name", "code", "kind", "closed_on"]
    list_filter = ["kind"]
    search_fields = ["name", "code"]
    ordering = ["path"]
    fields = ["code", "name", "kind", "parent"]
    change_form_template = "admin/congress/organization_change_form.html"

    @admin.display(description=_("name"), ordering="path")
    def indented_name(self, obj: Organization) -> str:
        depth = obj.path.count("/") - 1
        return format_html('<span class="tree-level-{}">{}</span>', min(depth, 4), obj.name)

    def get_readonly_fields(self, request: HttpRequest, obj: Organization | None = None) -> list[str]:
        # The code and the place are what everything else hangs on: they change by a recorded step only.
        return ["code", "name", "kind", "parent"] if obj else []

    def save_model(self, request: HttpRequest, obj: Organization, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        if obj.parent is None or not self.policy.may_change(request.user, obj.parent):
            raise Refused(_("Choose a parent organisation that you manage."))
        made = organizations.create(obj.code, obj.name, obj.kind, obj.parent)
        obj.pk, obj.path = made.pk, made.path

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.reorganize)
        return [path("<int:pk>/reorganize/", view, name="congress_organization_reorganize"), *super().get_urls()]

    def reorganize(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Move, merge or rename one organisation, with its document and day."""
        obj = self.get_object(request, str(pk))
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        form = ReorganizeForm(request.POST or None)
        managed = ORGANIZATIONS.visible(request.user).open().exclude(pk=pk)
        form.fields["target"].queryset = managed
        if request.method == "POST" and form.is_valid():
            try:
                self._reorganize(request, obj, form.cleaned_data)
                messages.success(request, _("The change is recorded."))
                return redirect("admin:congress_organization_change", pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        context = self.admin_site.each_context(request) | {"form": form, "object": obj, "opts": self.opts}
        context |= {"title": _("Move, merge or rename"), "changes": obj.changes.select_related("by")}
        return TemplateResponse(request, "admin/congress/reorganize.html", context)

    def _reorganize(self, request: HttpRequest, obj: Organization, data: dict[str, Any]) -> None:
        say = {"basis": data["basis"], "on": data["on"], "by": request.user}
        target = data["target"]
        if target is not None and not self.policy.may_change(request.user, target):
            raise Refused(_("You do not manage that organisation."))
        if data["verb"] == "rename":
            organizations.rename(obj, data["name"], **say)
        elif data["verb"] == "merge":
            organizations.merge(obj, target, **say)
        else:
            organizations.move(obj, target, **say)


@admin.register(Congress)
class CongressAdmin(PolicyAdmin):
    policy = CONGRESSES
    list_display = ["full_name", "organization", "starts_on", "ends_on", "seats"]
    list_filter = ["organization__kind"]
    search_fields = ["organization__name"]
    fields = ["organization", "number", "naming", "starts_on", "ends_on", "turnover_basis", "seats"]
    change_form_template = "admin/congress/congress_change_form.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Congress | None = None) -> list[str]:
        # Delegates, groups and papers hang on them: another term is another congress. Its end moves by a recorded step.
        kept = ["organization", "number"] if obj else []
        return [*kept, "ends_on", "turnover_basis"] if obj and obj.starts_on and obj.ends_on else kept

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.turnover)
        return [path("<int:pk>/turnover/", view, name="congress_congress_turnover"), *super().get_urls()]

    def turnover(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let the term end earlier or later, on the basis of a document."""
        obj = self.get_object(request, str(pk))
        if not self.has_change_permission(request, obj):
            raise PermissionDenied
        form = TurnoverForm(request.POST or None, initial={"ends_on": obj.ends_on})
        if request.method == "POST" and form.is_valid():
            try:
                terms.change_end(obj, by=request.user, **form.cleaned_data)
                messages.success(request, _("The term's end is changed."))
                return redirect("admin:congress_congress_change", pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        context = self.admin_site.each_context(request) | {"form": form, "object": obj, "opts": self.opts}
        context |= {"title": _("Early or late turnover"), "changes": obj.term_changes.select_related("by")}
        return TemplateResponse(request, "admin/congress/turnover.html", context)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).for_list()

    @admin.display(description=_("name"))
    def full_name(self, obj: Congress) -> str:
        return obj.full_name


@admin.register(Session)
class SessionAdmin(PolicyAdmin):
    policy = SESSIONS
    list_display = ["full_name", "short_name", "kind", "starts_on", "ends_on"]
    list_filter = ["kind"]
    search_fields = ["congress__organization__name"]
    fields = ["congress", "number", "kind", "starts_on", "ends_on", "filing_closes_at", "place"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).for_list()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "congress":
            kwargs["queryset"] = CONGRESSES.visible(request.user).for_list()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("name"))
    def full_name(self, obj: Session) -> str:
        return obj.full_name

    @admin.display(description=_("short name"))
    def short_name(self, obj: Session) -> str:
        return obj.short_name
