"""Official documents: their register, the wording they start from, the letterhead they carry."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.doors.admin import PolicyAdmin, VersionedForm, WorkflowAdmin
from congress.kernel import documents, wording
from congress.kernel.workflow import Refused
from congress.models import DocumentTemplate, Letterhead, OfficialDocument, Organization, OrganizationKind
from congress.policies import ATTACHMENTS, DOCUMENT_TEMPLATES, DOCUMENTS, LETTERHEADS, ORGANIZATIONS
from congress.reports import DocumentReport
from congress.services import documents as service
from congress.workflows import DOCUMENT

DIRECTIONS = {
    "up": gettext_lazy("to a higher body"),
    "down": gettext_lazy("to a lower body"),
    "level": gettext_lazy("to the public or an equal"),
}
LINES = {"body": 16, "attachments_note": 3}  # what the controls show of a text
TEXTS = ("title", "recipient", "body", "copy_to")


def offices(user: Any) -> QuerySet[Organization]:
    """The organisations of the user's branches that issue documents, the highest first."""
    issuing = [OrganizationKind.DISTRICT, OrganizationKind.TOWNSHIP]
    return ORGANIZATIONS.visible(user).open().filter(kind__in=issuing).order_by("path")


def asked_kind(key: str) -> documents.Kind:
    """The kind an address names; an unknown one is no address."""
    try:
        return documents.kind_of(key)
    except Refused:
        raise Http404 from None


class IssuingAdmin(PolicyAdmin):
    """Pages whose choice of an organisation offers those that issue documents."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "organization":
            kwargs["queryset"] = offices(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # What was made for one organisation is not carried over to another.
        return ["organization"] if obj else []


class LetterheadForm(VersionedForm):
    """How an office signs; never in the name of another."""

    def clean(self) -> Any:
        data = super().clean()
        organization = data.get("organization") or (self.instance.organization_id and self.instance.organization)
        if organization:
            said = {name: data.get(name, "") for name in documents.NAMES}
            head = Letterhead(organization=organization, **said)
            for name, other in documents.borrowed_from(head).items():
                self.add_error(name, _("This is how %(office)s signs.") % {"office": other.name})
        return data


@admin.register(Letterhead)
class LetterheadAdmin(IssuingAdmin):
    policy, form = LETTERHEADS, LetterheadForm
    list_display = ["organization", "committee_signs", "office_signs", "phone"]
    list_select_related = ["organization"]
    search_fields = ["organization__name"]
    ordering = ["organization__path"]
    fields = ["organization", ("committee", "committee_word"), ("office", "office_word"), ("credentials", "phone")]

    @admin.display(description=gettext_lazy("Party committee"))
    def committee_signs(self, obj: Letterhead) -> str:
        head = documents.completed(obj)
        return f"{head.committee}（{head.committee_word}）"

    @admin.display(description=gettext_lazy("liaison office"))
    def office_signs(self, obj: Letterhead) -> str:
        head = documents.completed(obj)
        return f"{head.office}（{head.office_word}）"


class TemplateForm(VersionedForm):
    """A wording, checked against what its kind of document knows."""

    kind: documents.Kind

    class Meta:
        model = DocumentTemplate
        fields = ["organization", "layout", *TEXTS]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "organization" in self.fields:
            self.fields["organization"].empty_label = _("everybody in the district")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.instance.kind = self.kind.key
        for name in TEXTS:
            try:
                wording.check(data.get(name) or "", self.kind.words)
            except Refused as unknown:
                self.add_error(name, str(unknown))
        if self.instance.pk is None and documents.is_worded(self.kind, data.get("organization")):
            self.add_error("organization", gettext_lazy("This organisation has its own wording of that kind already."))
        return data


@admin.register(DocumentTemplate)
class DocumentTemplateAdmin(IssuingAdmin):
    policy, form = DOCUMENT_TEMPLATES, TemplateForm
    list_display = ["kind_name", "organization_name", "layout", "title"]
    list_filter = ["layout"]
    list_select_related = ["organization"]
    search_fields = ["title", "body"]
    fields = [("organization", "layout"), *TEXTS]
    change_list_template = "admin/congress/document_template_change_list.html"
    change_form_template = "admin/congress/document_template_change_form.html"

    @admin.display(description=gettext_lazy("kind of document"), ordering="kind")
    def kind_name(self, obj: DocumentTemplate) -> str:
        known = documents.kinds().get(obj.kind)
        return known.name if known else obj.kind

    @admin.display(description=gettext_lazy("organisation"), ordering="organization__path")
    def organization_name(self, obj: DocumentTemplate) -> str:
        return obj.organization.name if obj.organization else _("everybody in the district")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<slug:key>/preview/", view(self.preview), name="congress_documenttemplate_preview"),
            path("<slug:key>/placeholders/", view(self.placeholders), name="congress_documenttemplate_placeholders"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(request, (extra_context or {}) | self._in_force(request))

    def _in_force(self, request: HttpRequest) -> dict[str, Any]:
        """Every kind with the wording that holds for the highest office the user works in."""
        top = offices(request.user).first()
        if top is None:
            return {"lines": []}
        known = documents.kinds()
        wordings = documents.all_in_force(top, list(known.values()))
        lines = [
            {
                "kind": kind,
                "direction": DIRECTIONS[kind.direction],
                "text": wordings[key],
                "own": wordings[key].row if _own(wordings[key].row, top) else None,
            }
            for key, kind in known.items()
        ]
        return {"lines": lines, "office": top}

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """A wording begins from the list of kinds: without one there is nothing to word."""
        if "kind" not in request.GET:
            return redirect("admin:congress_documenttemplate_changelist")
        asked_kind(request.GET["kind"])
        return super().add_view(request, form_url, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The wording in force so far: it is changed, not written anew."""
        top = offices(request.user).first()
        if top is None:
            return {}
        text = documents.in_force(asked_kind(request.GET["kind"]), top)
        return {"organization": top.pk, "layout": text.layout} | {name: getattr(text, name) for name in TEXTS}

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.kind = asked_kind(obj.kind if obj else request.GET.get("kind", ""))
        return form

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        obj = context.get("original")
        kind = asked_kind(obj.kind if obj else request.GET["kind"])
        form = context["adminform"].form
        texts = [str(form[name].value() or "") for name in TEXTS if name in form.fields]
        context |= {"kind": kind, "subtitle": kind.name} | _explained(kind, texts)
        return super().render_change_form(request, context, *args, **kwargs)

    def placeholders(self, request: HttpRequest, key: str) -> HttpResponse:
        """The placeholders of a kind, those marked that the text being written uses, and what it gets wrong."""
        if not self.has_add_permission(request):
            raise Http404
        kind = asked_kind(key)
        explained = _explained(kind, [request.POST.get(name, "") for name in TEXTS])
        return TemplateResponse(request, "admin/congress/_placeholders.html", explained | {"kind": kind})

    def preview(self, request: HttpRequest, key: str) -> HttpResponse:
        """The wording as it would be printed, with sample values."""
        if not self.has_add_permission(request):
            raise Http404
        kind, top = asked_kind(key), offices(request.user).first()
        text = documents.in_force(kind, top)
        if request.method == "POST":
            text = documents.Wording(request.POST.get("layout", ""), *(request.POST.get(name, "") for name in TEXTS))
        try:
            document = service.sample(kind, top, text)
        except Refused as refused:
            context = self.admin_site.each_context(request) | {"problem": str(refused), "title": kind.name}
            return TemplateResponse(request, "admin/congress/print_refused.html", context, status=422)
        return HttpResponse(DocumentReport.of(document).html(medium="screen"))


def _own(row: DocumentTemplate | None, office: Organization) -> bool:
    return row is not None and row.organization_id == office.pk


def _explained(kind: documents.Kind, texts: list[str]) -> dict[str, Any]:
    used = {word for text in texts for word in wording.placeholders_of(text)}
    problems = []
    for text in texts:
        try:
            wording.check(text, kind.words)
        except Refused as refused:
            problems.append(str(refused))
    return {"explained": [(one, one.word in used) for one in kind.placeholders], "problems": problems}


class DraftForm(forms.Form):
    """What a kind of document is to say: a field for each of its placeholders."""

    organization = forms.ModelChoiceField(label=gettext_lazy("Organisation"), queryset=None)

    def __init__(self, *args: Any, kind: documents.Kind, issuing: QuerySet[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["organization"].queryset = issuing
        self.fields["organization"].initial = issuing.first()
        for one in kind.placeholders:
            hint = _("known from the letterhead if left empty") if one.word in documents.KNOWN else one.meaning
            example = forms.TextInput(attrs={"placeholder": one.sample})
            self.fields[one.word] = forms.CharField(
                label=one.word, help_text=hint, required=False, max_length=1000, widget=example
            )

    @property
    def values(self) -> dict[str, str]:
        return {word: self.cleaned_data[word] for word in self.kind.words}


class KindFilter(admin.SimpleListFilter):
    """By kind of document, as declared."""

    title, parameter_name = gettext_lazy("kind of document"), "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind.key, kind.name) for kind in documents.kinds().values()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(OfficialDocument)
class OfficialDocumentAdmin(WorkflowAdmin):
    policy, workflow = DOCUMENTS, DOCUMENT
    list_display = ["title", "number_text", "kind_name", "organization", "state", "issued_on"]
    list_filter = ["state", KindFilter, "year"]
    list_select_related = ["organization"]
    search_fields = ["title", "recipient"]
    ordering = ["-pk"]
    fields = [
        "title", "recipient", "body", "attachments_note", ("issuer", "word"), ("layout", "urgency"),
        ("signer", "remark"), "copy_to",
    ]  # fmt: skip
    readonly_fields = ["issuer", "word"]  # whose paper it is, its letterhead says
    change_form_template = "admin/congress/document_change_form.html"

    @admin.display(description=gettext_lazy("kind of document"), ordering="kind")
    def kind_name(self, obj: OfficialDocument) -> str:
        known = documents.kinds().get(obj.kind)
        return known.name if known else obj.kind

    @admin.display(description=gettext_lazy("document number"), ordering="number")
    def number_text(self, obj: OfficialDocument) -> str:
        return obj.number_text

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The kinds there are; then what the chosen one is to say."""
        if not self.has_add_permission(request):
            raise Http404
        context = self.admin_site.each_context(request) | {"opts": self.opts, "title": gettext_lazy("Draft a document")}
        if "kind" not in request.GET:
            kinds = [(kind, DIRECTIONS[kind.direction]) for kind in documents.kinds().values()]
            return TemplateResponse(request, "admin/congress/document_kinds.html", context | {"kinds": kinds})
        kind = asked_kind(request.GET["kind"])
        form = DraftForm(request.POST or None, kind=kind, issuing=offices(request.user))
        if request.method == "POST" and form.is_valid():
            organization = form.cleaned_data["organization"]
            drafted = service.draft(kind.key, organization, form.values, by=request.user)
            messages.success(request, gettext_lazy("The draft is ready. Read it, word it, then issue it."))
            return redirect("admin:congress_officialdocument_change", drafted.pk)
        return TemplateResponse(
            request, "admin/congress/document_draft.html", context | {"form": form, "title": kind.name}
        )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in LINES and field:
            field.widget.attrs["rows"] = LINES[db_field.name]
        return field

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if obj := context.get("original"):
            archived = ATTACHMENTS.visible(request.user).filter(pk=obj.archive_id).exists()
            context |= {"kind_name": self.kind_name(obj), "archived": archived, "gaps": documents.missing_in(obj)}
        return super().render_change_form(request, context, *args, **kwargs)
