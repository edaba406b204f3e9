"""Accounts, background jobs, deliveries, the audit record: the machine and its keepers."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from congress.doors.admin import PolicyAdmin, ReadOnlyAdmin
from congress.kernel.workflow import Refused
from congress.models import AuditEvent, Delivery, Job, Organization, Role, User
from congress.policies import ACCOUNTS, AUDIT_EVENTS, DELIVERIES, JOBS, ROLES
from congress.services import accounts


class RoleForm(forms.Form):
    """As what, and where."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=[("", _("Choose")), *(choice for choice in Role.choices if choice[0] != Role.DELEGATE)],
        help_text=_("A delegate's account is opened on the delegate's page by his liaison office."),
    )
    organization = forms.ModelChoiceField(
        label=_("Branch"), queryset=Organization.objects.open(), required=False, help_text=_("Where the role holds.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        role = ROLES.get(data.get("role", ""))
        if role and role.branch and not data.get("organization"):
            self.add_error("organization", _("This role needs a branch."))
        return data


class AccountForm(RoleForm):
    """A new account: who, as what, where."""

    username = forms.RegexField(
        label=_("Account"),
        regex=r"^[\w.@+-]{3,60}$",
        error_messages={"invalid": _("3 to 60 letters, digits or . @ + - _")},
    )
    name = forms.CharField(label=_("Name"), max_length=60)
    email = forms.EmailField(label=_("E-mail"), required=False)
    field_order = ["username", "name", "email", "role", "organization"]


@admin.register(User)
class AccountAdmin(PolicyAdmin):
    policy = ACCOUNTS
    list_display = ["username", "name", "role_names", "is_active", "last_login"]
    list_filter = ["is_active", "groups"]
    search_fields = ["username", "first_name"]
    ordering = ["username"]
    fields = ["username", "first_name", "email", "is_active", "last_login", "password_changed_at"]
    readonly_fields = ["username", "is_active", "last_login", "password_changed_at"]
    change_form_template = "admin/congress/account_change_form.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("name"), ordering="first_name")
    def name(self, obj: User) -> str:
        return obj.display_name

    @admin.display(description=_("Role"))
    def role_names(self, obj: User) -> str:
        words = dict(Role.choices)
        return "、".join(str(words.get(group.name, group.name)) for group in obj.groups.all())

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = AccountForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            try:
                user, password = accounts.open_account(
                    data["username"],
                    data["name"],
                    data["role"],
                    data["organization"],
                    by=request.user,
                    email=data["email"],
                )
                return self._slip(request, user, password)
            except Refused as refusal:
                form.add_error("username", str(refusal))
        context = self.admin_site.each_context(request) | {"form": form, "opts": self.opts, "title": _("New account")}
        return TemplateResponse(request, "admin/congress/form_page.html", context)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.account_verb)
        return [path("<int:pk>/account/<slug:verb>/", view, name="congress_user_verb"), *super().get_urls()]

    def account_verb(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Reset the password or the authenticator, give another role, close or reopen the account."""
        user = self.get_object(request, str(pk))
        if not self.policy.may_change(request.user, user):
            raise PermissionDenied
        if request.method == "POST":
            if verb == "reset-password":
                return self._slip(request, user, accounts.reset_password(user, by=request.user))
            if verb == "change-role":
                return self._change_role(request, user)
            if verb == "reset-authenticator":
                accounts.reset_authenticator(user, by=request.user)
            elif verb in {"close", "reopen"}:
                accounts.set_active(user, verb == "reopen", by=request.user)
            messages.success(request, _("Done."))
        return self.response_post_save_change(request, user)

    def _change_role(self, request: HttpRequest, user: User) -> HttpResponse:
        form = RoleForm(request.POST if "role" in request.POST else None)
        if form.is_valid():
            data = form.cleaned_data
            try:
                password = accounts.change_role(user, data["role"], data["organization"], by=request.user)
                return self._slip(request, user, password)
            except Refused as refusal:
                form.add_error("role", str(refusal))
        context = self.admin_site.each_context(request) | {"form": form, "opts": self.opts}
        context |= {"title": _("Change the role of %(name)s") % {"name": user.display_name}}
        return TemplateResponse(request, "admin/congress/form_page.html", context)

    def _slip(self, request: HttpRequest, user: User, password: str) -> HttpResponse:
        context = self.admin_site.each_context(request) | {"account": user, "password": password, "opts": self.opts}
        context |= {"hours": accounts.FIRST_PASSWORD_HOURS, "title": _("First password")}
        return TemplateResponse(request, "admin/congress/account_slip.html", context)


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    policy = JOBS
    KINDS = {
        "check_import": _("check a workbook"),
        "apply_import": _("write a roster"),
        "print": _("print a report"),
        "deliver": _("send a message"),
        "archive_document": _("archive a document"),
    }
    list_display = ["key", "what", "run_after", "attempts", "done_at", "dead_at"]
    list_filter = [("dead_at", admin.EmptyFieldListFilter), ("done_at", admin.EmptyFieldListFilter)]
    ordering = ["-pk"]

    @admin.display(description=_("kind"))
    def what(self, obj: Job) -> str:
        return str(self.KINDS.get(obj.kind, obj.kind))


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Whether messages went out; their text is their recipient's."""

    policy = DELIVERIES
    list_display = ["id", "channel", "state", "claimed_at", "sent_at", "error"]
    list_filter = ["state", "channel"]
    fields = ["channel", "state", "claimed_at", "sent_at", "error"]
    ordering = ["-pk"]


ACTIONS = {  # what the audit calls it: what the auditor reads
    "account_close": _("account closed"), "account_open": _("account opened"), "account_reopen": _("account reopened"),
    "role_change": _("role changed"), "slips": _("first passwords handed out"),
    "number_search": _("searched by a full number"), "number_hit": _("typed an ID number that is in the register"),
    "assign": _("delegates moved"), "authenticator_reset": _("authenticator reset"),
    "authenticator_set": _("authenticator set up"), "change": _("changed"), "correction_accept": _("correction made"),
    "correction_ask": _("correction asked for"), "correction_decline": _("correction declined"),
    "correction_withdraw": _("correction withdrawn"), "create": _("recorded"), "denied": _("refused"),
    "download": _("file downloaded"), "import": _("roster written"), "import_upload": _("workbook uploaded"),
    "login": _("signed in"), "logout": _("signed out"), "one_time_code": _("one-time code given"),
    "password_change": _("password changed"), "password_reset": _("password reset"), "print": _("report printed"),
    "reveal": _("personal number shown"), "token_issue": _("API token issued"), "token_revoke": _("API tokens ended"),
}  # fmt: skip


class ActionFilter(admin.SimpleListFilter):
    """The kinds of events, in words."""

    title, parameter_name = _("action"), "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(ACTIONS.items())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(action=self.value()) if self.value() in ACTIONS else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    policy = AUDIT_EVENTS
    list_display = ["at", "actor", "what", "subject", "organization", "address", "succeeded"]
    list_filter = ["succeeded", ActionFilter]
    fields = ["at", "actor", "roles", "what", "subject", "organization", "address", "detail", "succeeded", "request_id"]
    readonly_fields = ["what"]
    search_fields = ["actor", "subject"]
    list_select_related = ["organization"]
    date_hierarchy = "at"
    ordering = ["-pk"]

    @admin.display(description=_("action"), ordering="action")
    def what(self, obj: AuditEvent) -> str:
        return str(ACTIONS.get(obj.action, obj.action))
