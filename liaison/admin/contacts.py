"""The Party members and masses delegates keep in touch with, for the office that keeps the delegates' record."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from congress.doors.admin import PolicyAdmin, VersionedForm
from congress.doors.widgets import TextInput
from congress.kernel.workflow import Refused
from delegates.policies import MANDATES
from liaison.forms import PHONE_KEPT, ContactForm, EndContactForm
from liaison.models import Contact, Target
from liaison.policies import CONTACTS, may_see_phone
from liaison.services import contacts
from liaison.services.contacts import FACTS


class CurrentFilter(admin.SimpleListFilter):
    """Contacts that last, unless the past is asked for."""

    title, parameter_name = _("contacts"), "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ended", _("ended")), ("all", _("all, with those that ended"))]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [first | {"display": _("in touch now")}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "all":
            return queryset
        return queryset.exclude(until=None) if self.value() == "ended" else queryset.filter(until=None)


class TargetFilter(admin.SimpleListFilter):
    """Those of one situation, such as households in need."""

    title, parameter_name = _("situation"), "target"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Target.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(targets__contains=[self.value()]) if self.value() in Target.values else queryset


class ContactAdminForm(ContactForm, VersionedForm):
    """The same on the staff's page, where the known phone is not shown."""

    class Meta(ContactForm.Meta):
        fields = ["mandate", "kind", "name", "targets", "other", "phone", "since"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "phone"):
            if name in self.fields:
                self.fields[name].widget = TextInput()
        if self.instance.pk and self.instance.phone_sealed:
            self.fields["phone"].help_text = PHONE_KEPT


@admin.register(Contact)
class ContactAdmin(PolicyAdmin):
    policy, form = CONTACTS, ContactAdminForm
    list_display = ["name", "kind", "situation_words", "phone", "delegate", "group", "organization", "until"]
    list_filter = [CurrentFilter, "kind", TargetFilter]
    search_fields = ["name", "mandate__person__name", "mandate__group__name"]
    search_help_text = _("Contact, delegate or group")
    ordering = ["mandate__congress__organization__path", "mandate__roster_key", "mandate", "-kind", "pk"]
    autocomplete_fields = ["mandate"]
    fields = ["mandate", "kind", "name", "targets", "other", "phone", "since"]
    change_form_template = "admin/liaison/contact_change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).for_list()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj and obj.until:
            return ["mandate", "kind", "name", "situation_words", "since", "until", "end_reason", "ended_note"]
        return self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj and obj.until:
            return self.get_fields(request, obj)
        return ["mandate", "since"] if obj else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"since": timezone.localdate()} | super().get_changeform_initial_data(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and obj.until is None

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        rows = MANDATES.visible(request.user).serving().select_related("person", "congress__organization")
        return super().formfield_for_foreignkey(db_field, request, **{"queryset": rows} | kwargs)

    @admin.display(description=_("situation"))
    def situation_words(self, obj: Contact) -> str:
        return obj.situation

    @admin.display(description=_("phone"))
    def phone(self, obj: Contact) -> str:
        return obj.phone_masked

    @admin.display(description=_("delegate"), ordering="mandate__roster_key")
    def delegate(self, obj: Contact) -> str:
        return obj.mandate.person.name

    @admin.display(description=_("delegate group"))
    def group(self, obj: Contact) -> str:
        return obj.mandate.group.name if obj.mandate.group else ""

    @admin.display(description=_("organisation"), ordering="mandate__congress__organization__path")
    def organization(self, obj: Contact) -> str:
        return obj.mandate.congress.organization.name

    def save_model(self, request: HttpRequest, obj: Contact, form: Any, change: bool) -> None:
        said = {name: form.cleaned_data[name] for name in FACTS}
        phone = form.cleaned_data["phone"]
        if change:
            contacts.change(obj, by=request.user, version=form.seen_version, phone=phone or None, **said)
        else:
            obj.pk = contacts.add(obj.mandate, by=request.user, since=obj.since, phone=phone, **said).pk
        for notice in contacts.notices(obj.mandate):
            messages.warning(request, notice)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/end/", view(self.end), name="liaison_contact_end"),
            path("<int:pk>/reveal/", view(self.reveal), name="liaison_contact_reveal"),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        obj = context.get("original")
        if obj:
            context["may_reveal"] = may_see_phone(request.user, obj)
        if obj and self.has_change_permission(request, obj):
            end = reverse("admin:liaison_contact_end", args=[obj.pk])
            context["transitions"] = [{"row": {"label": _("End the contact")}, "url": end}]
        return super().render_change_form(request, context, *args, **kwargs)

    def end(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End a contact, with the reason."""
        contact = self.get_object(request, str(pk))
        if not self.policy.may_change(request.user, contact):
            raise PermissionDenied
        form = EndContactForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                contacts.end(contact, by=request.user, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The contact has ended."))
                return redirect("admin:liaison_contact_change", pk)
        title = _("End the contact with %(name)s") % {"name": contact.name}
        context = self.admin_site.each_context(request) | {"opts": self.opts, "object": contact, "title": title}
        return TemplateResponse(request, "admin/congress/form_page.html", context | {"form": form})

    def reveal(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the phone in clear, once, with a line in the audit."""
        contact = self.get_object(request, str(pk))
        if request.method != "POST":
            raise Http404
        try:
            text = contacts.reveal(contact, by=request.user)
        except Refused as refusal:
            return TemplateResponse(request, "admin/delegates/_revealed.html", {"problem": str(refusal)}, status=429)
        return TemplateResponse(request, "admin/delegates/_revealed.html", {"text": text})
