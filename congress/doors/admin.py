"""The staff's door: model pages that ask the policy, offer the transitions, and never overwrite each other."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from congress.doors.history import changes_of
from congress.doors.lists import PolicyChangeList
from congress.doors.paging import PatientPaginator
from congress.doors.widgets import Select, TextInput
from congress.kernel import audit
from congress.kernel.editing import save_edit, save_new
from congress.kernel.policy import Policy
from congress.kernel.workflow import Refused, UnknownVerb, Workflow
from congress.services import attachments

VERSION_FIELD = "_version"
FIRST_YEAR, LAST_YEAR = 1900, 2100  # a slip of the finger, not a date
YEARS = {"first": FIRST_YEAR, "last": LAST_YEAR}
SAVED_MEANWHILE = gettext_lazy(
    "Somebody saved this while you had it open. What you typed is kept below. Saving again replaces theirs:"
)
FILTER_ENDS = {"exact", "isnull", "in", "gte", "lt", "year", "month", "day", "id__exact", "isempty"}


class VersionedForm(forms.ModelForm):
    """Tells two people who edit one thing: the second sees what the first saved, and keeps what he typed."""

    posted_version = ""
    seen_version: int | None = None

    def clean(self) -> Any:
        data = super().clean()
        for name, value in list(data.items()):
            if isinstance(value, date) and not FIRST_YEAR <= value.year <= LAST_YEAR:
                self.add_error(name, _("The year must lie between %(first)s and %(last)s.") % YEARS)
        if self.instance.pk is None or not hasattr(self.instance, "version"):
            return data
        now = type(self.instance)._base_manager.get(pk=self.instance.pk)
        posted = self.posted_version
        self.seen_version = int(posted) if posted.isascii() and posted.isdigit() else now.version
        if self.seen_version != now.version:
            self.tell_conflict(now)
            self.instance.version = now.version
        return data

    def tell_conflict(self, now: Any) -> None:
        """Say what the row holds now where it is not what was typed."""
        told = [] if self.non_field_errors() else [SAVED_MEANWHILE]
        for name in self.changed_data:
            field = now._meta._forward_fields_map.get(name)
            if field:
                value = self._as_shown(name, field, getattr(now, name))
                told.append(_("%(field)s is now “%(value)s”") % {"field": field.verbose_name, "value": value})
        self.add_error(None, told)

    def _as_shown(self, name: str, field: Any, value: Any) -> str:
        """The value as the form's control would show it."""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if field.choices or isinstance(value, models.Model):
            return str(dict(field.flatchoices).get(value, value) if field.choices else value)
        shown = self.fields[name].prepare_value(value)
        return "—" if shown in (None, "") else str(shown)


class PolicyAdmin(ModelAdmin):
    """A model's pages for staff. Rows, choices and rights come from policies; deleting does not exist."""

    policy: Policy
    form = VersionedForm
    change_list_template = "admin/congress/change_list.html"
    change_form_template = "admin/congress/change_form.html"
    object_history_template = "admin/congress/history.html"
    formfield_overrides = {models.CharField: {"widget": TextInput}}
    list_per_page = 50
    paginator = PatientPaginator
    show_full_result_count = False
    warn_unsaved_form = True
    compressed_fields = True
    list_filter_sheet = False
    actions_on_bottom = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[PolicyChangeList]:
        return PolicyChangeList

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        rows = self.policy.visible(request.user)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only the declared filters: a list must not become an oracle for hashes and indexes."""
        names = [name[0] if isinstance(name, tuple) else name for name in self.list_filter]
        if lookup in [getattr(name, "parameter_name", None) for name in names]:  # a filter of our own reads it itself
            return True
        names = [name for name in names if isinstance(name, str)] + [self.date_hierarchy or ""]
        for name in filter(None, names):
            if lookup == name or (lookup.startswith(f"{name}__") and lookup[len(name) + 2 :] in FILTER_ENDS):
                return True
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_staff and self.policy.may_list(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None:
            return self.has_module_permission(request)
        fetched = any(obj is row for row in request.__dict__.get("_seen_rows", {}).values())
        return fetched or self.policy.may_view(request.user, obj)  # `get_object` found it among the visible

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and self.policy.may_change(request.user, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.policy.may_create(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_module_permission(request):
            raise Http404
        return super().changelist_view(request, extra_context)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """What may not be seen does not exist: a plain 404, the same for a foreign row and for none."""
        seen = request.__dict__.setdefault("_seen_rows", {})  # a page may ask twice: for its rights, then for its form
        key = (self.opts.label, str(object_id))
        if key not in seen:
            seen[key] = super().get_object(request, object_id, from_field)
        if seen[key] is None:
            raise Http404
        return seen[key]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Without the pop-up that edits a related row: it has a page of its own."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """What has no default is chosen by somebody: a new form must not begin with the first of the list."""
        choices = db_field.get_choices(include_blank=not db_field.has_default(), blank_choice=[("", _("Choose"))])
        return super().formfield_for_choice_field(
            db_field, request, **{"widget": Select(), "choices": choices} | kwargs
        )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        policy = CHOICES.get(db_field.remote_field.model)
        if policy and "queryset" not in kwargs:
            kwargs["queryset"] = policy.visible(request.user)
        if db_field.name not in self.get_autocomplete_fields(request):
            kwargs = {"widget": Select(), "empty_label": _("Choose")} | kwargs
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        policy = CHOICES.get(db_field.remote_field.model)
        if policy and "queryset" not in kwargs:
            kwargs["queryset"] = policy.visible(request.user)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What an address suggests for a related row is its number, or nothing."""
        given = super().get_changeform_initial_data(request)
        related = {field.name for field in self.opts.concrete_fields if field.is_relation}
        return {name: text for name, text in given.items() if name not in related or str(text).isdecimal()}

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)  # a class of its own for every request
        form.posted_version = request.POST.get(VERSION_FIELD, "")
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            save_edit(form, policy=self.policy, by=request.user, version=form.seen_version)
        else:
            save_new(form, policy=self.policy, by=request.user)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, "create", obj, [])

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        fields = [
            field for part in message if isinstance(part, dict) for field in part.get("changed", {}).get("fields", [])
        ]
        self._record(request, "change", obj, [str(field) for field in fields])

    def _record(self, request: HttpRequest, action: str, obj: Any, fields: list[str]) -> None:
        audit.record(
            action,
            by=request.user,
            subject=f"{self.opts.label} {obj.pk}",
            organization=organization_of(self.policy, obj),
            fields=fields,
        )

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, object_id, *args, **kwargs)
        except Refused as refusal:  # lost the race under the lock: show the form's own page again
            messages.error(request, str(refusal))
            return redirect(request.get_full_path())

    def history_from(self, obj: Any) -> Any:
        """From when on the row's past is shown; nothing for all of it."""
        return None

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        obj = self.get_object(request, object_id)
        since = self.history_from(obj)
        context = self.admin_site.each_context(request) | {
            "title": _("History: %(name)s") % {"name": obj},
            "opts": self.opts,
            "object": obj,
            "changes": [one for one in changes_of(obj) if since is None or one.at >= since],
        }
        return TemplateResponse(request, self.object_history_template, context)


class ReadOnlyAdmin(PolicyAdmin):
    """Pages that only show."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class WorkflowAdmin(PolicyAdmin):
    """Adds a button for each transition the table offers; a grey one says why not now."""

    workflow: Workflow

    def get_urls(self) -> list[URLPattern]:
        take = self.admin_site.admin_view(self.take)
        return [path("<int:pk>/take/<slug:verb>/", take, name=self._name("take")), *super().get_urls()]

    def _name(self, what: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{what}"

    def above(self, obj: Any) -> list[tuple[str, str]]:
        """What lies between the list and the row's page on the way back: titles and addresses."""
        return []

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if obj := context.get("original"):
            context["above"] = self.above(obj)
            context["transitions"] = [
                {"row": row, "reason": reason, "url": reverse(f"admin:{self._name('take')}", args=[obj.pk, row.verb])}
                for row, reason in self.workflow.available(obj, request.user)
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def take(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Ask what the verb needs, take it, and go back to the object's page."""
        obj = self.get_object(request, str(pk))
        try:
            row = self.workflow.row(verb)
        except UnknownVerb:
            raise Http404 from None
        if not row.who(request.user, obj):
            raise PermissionDenied
        said = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = said_plainly(self.workflow.form(obj, verb, by=request.user, data=said[0], files=said[1]))
        refused = ""
        if form.is_valid():
            try:
                with transaction.atomic():
                    kept = keep_files(form, organization_of(self.policy, obj), request.user)
                    self.workflow.take(obj, verb, by=request.user, **kept)
                messages.success(request, _("Done."))
                return redirect(f"admin:{self._name('change')}", pk)
            except Refused as refusal:
                refused = str(refusal)
        if form.is_bound:
            obj = self.get_object(request, str(pk))  # as another click may have left it
            if self.workflow.has_left(obj, verb) and self.workflow.repeats(obj, verb, form, by=request.user):
                messages.info(request, self.workflow.told(obj, verb))
                return redirect(f"admin:{self._name('change')}", pk)
            refused = self._done_before(obj, verb, form) or refused
        if refused:
            form.add_error(None, refused)  # what was typed stays on the page
        return self._step_page(request, obj, verb, form)

    def _done_before(self, obj: Any, verb: str, form: forms.Form) -> str:
        """Who took the step before, and what was decided, where what is said now is something else."""
        told = self.workflow.told(obj, verb, typed=bool(form.fields)) if self.workflow.has_left(obj, verb) else ""
        if told:
            form.errors.clear()  # what does not fit any more is not what stands in the way
        return told

    def _step_page(self, request: HttpRequest, obj: Any, verb: str, form: forms.Form) -> HttpResponse:
        row, obstacle = self.workflow.row(verb), self.workflow.obstacle(obj, verb)
        context = self.admin_site.each_context(request) | {
            "object": obj,
            "above": self.above(obj),
            "row": row,
            "form": form,
            "opts": self.opts,
            "back": reverse(f"admin:{self._name('change')}", args=[obj.pk]),
            "obstacle": obstacle,
            "said": bool(form.non_field_errors()),
            "asked": self.asked(obj, verb),
            "consequences": [] if obstacle else self.consequences(obj, verb),
        }
        return TemplateResponse(request, "admin/congress/transition.html", context | {"title": row.label})

    def asked(self, obj: Any, verb: str) -> list[str]:
        """What somebody asked that the verb answers, for who decides to read."""
        return []

    def consequences(self, obj: Any, verb: str) -> list[str]:
        """Sentences that tell what the transition brings with it, before it is confirmed."""
        return []


def said_plainly(form: forms.Form) -> forms.Form:
    """The same form, whose choices begin with a word and not with Django's row of dashes."""
    for field in form.fields.values():
        if getattr(field, "empty_label", None):
            field.empty_label = _("Choose")
    return form


def keep_files(form: forms.Form, organization: Any, by: Any) -> dict[str, Any]:
    """What was said, each uploaded scan kept as a file of the organisation. Raises `Refused` if it is no scan.

    A form that says `restricted` has scans for the managing office alone.
    """
    kept = {
        "organization": organization,
        "by": by,
        "kinds": attachments.SCANS,
        "restricted": getattr(form, "restricted", False),
    }
    return {
        name: attachments.store(value.read(), name=value.name, **kept) if isinstance(value, UploadedFile) else value
        for name, value in form.cleaned_data.items()
    }


def organization_of(policy: Policy, obj: Any) -> Any:
    """The organisation an audit event about `obj` belongs to, where its policy knows one."""
    asked = getattr(policy, "organization_of", None)
    return asked(obj) if asked else getattr(obj, "organization", None)


CHOICES: dict[type[models.Model], Policy] = {}
"""What a choice of a related row may offer; each app's admin adds its own models."""
