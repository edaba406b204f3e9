"""Credentials checks: everybody who waits gathered in one report, judged line by line, approved together."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from congress.doors.admin import VersionedForm, WorkflowAdmin
from congress.kernel.workflow import Refused
from congress.policies import CONGRESSES
from delegates.admin.papers import PaperPages
from delegates.models import CredentialsReview, Verdict
from delegates.policies import REVIEWS
from delegates.services import credentials
from delegates.workflows import CREDENTIALS
from delegates.workflows.credentials import checks_it

POINTS = ("procedure_sound", "votes_enough", "full_member", "notice_clear")


class ReviewForm(VersionedForm):
    """A report on everybody who waits; refused here, where the opinion that was typed stays on the page."""

    def clean(self) -> Any:
        data = super().clean()
        if data.get("checked_on") and data["checked_on"] > timezone.localdate():
            self.add_error("checked_on", _("The day lies in the future."))
        congress = data.get("congress")
        if self.instance.pk is None and congress and not credentials.waiting(congress).exists():
            self.add_error("congress", _("Nobody waits for the check of credentials in this congress."))
        return data


class ItemForm(forms.Form):
    """One line of the report: four points, the verdict, and why not."""

    procedure_sound = forms.BooleanField(required=False)
    votes_enough = forms.BooleanField(required=False)
    full_member = forms.BooleanField(required=False)
    notice_clear = forms.BooleanField(required=False)
    verdict = forms.ChoiceField(choices=Verdict.choices)
    note = forms.CharField(max_length=200, required=False)


@admin.register(CredentialsReview)
class CredentialsReviewAdmin(PaperPages, WorkflowAdmin):
    policy, workflow, form = REVIEWS, CREDENTIALS, ReviewForm
    list_display = ["congress", "checked_on", "state", "decided_on", "basis"]
    list_filter = ["state"]
    search_fields = ["congress__organization__name"]
    fields = ["congress", "checked_on", "members", "opinion"]
    change_form_template = "admin/delegates/review_change_form.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("congress__organization__parent")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["congress"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "congress":
            kwargs["queryset"] = CONGRESSES.visible(request.user).for_list()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: CredentialsReview, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        obj.pk = credentials.gather(by=request.user, **form.cleaned_data).pk

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.judge)
        return [path("<int:pk>/judge/", view, name="delegates_credentialsreview_judge"), *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if obj := context.get("original"):
            context |= {
                "lines": self._lines(request, obj),
                "may_judge": REVIEWS.may_change(request.user, obj),
                "verdicts": Verdict.choices,
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def _lines(self, request: HttpRequest, obj: CredentialsReview) -> list[dict[str, Any]]:
        items = obj.items.select_related("mandate__person", "mandate__electing_unit").order_by("mandate__roster_key")
        return [
            {
                "item": item,
                "form": request.__dict__.get("_judged", {}).get(item.pk)
                or ItemForm(
                    prefix=f"i{item.pk}",
                    initial={name: getattr(item, name) for name in (*POINTS, "verdict", "note")},
                ),
            }
            for item in items
        ]

    def judge(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Save every line of the table at once: all or none."""
        obj = self.get_object(request, str(pk))
        if not checks_it(request.user, obj):
            raise PermissionDenied
        if request.method == "POST":
            forms_by_item = {item.pk: ItemForm(request.POST, prefix=f"i{item.pk}") for item in obj.items.all()}
            if all(form.is_valid() for form in forms_by_item.values()):
                try:
                    said = {item: form.cleaned_data for item, form in forms_by_item.items()}
                    changed = credentials.judge(obj, said, by=request.user)
                    messages.success(request, _("%(count)s lines changed.") % {"count": changed})
                    return redirect("admin:delegates_credentialsreview_change", pk)
                except Refused as refusal:
                    messages.error(request, str(refusal))
            else:
                messages.error(request, _("Some lines cannot be saved: see what stands at them."))
            request.__dict__["_judged"] = forms_by_item  # the page again, with every line as it was typed
            request.method = "GET"
            return self.change_view(request, str(pk))
        return redirect("admin:delegates_credentialsreview_change", pk)
