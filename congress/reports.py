"""What the reports of every floor share: their parameters, and which congresses they are about."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import documents, periods, wording
from congress.kernel.periods import Period
from congress.kernel.policy import Policy
from congress.kernel.reports import CodeField, Column, Report, ReportForm, Section
from congress.models import Congress, DocumentLayout, DocumentState, OfficialDocument, Organization
from congress.policies import CONGRESSES, DOCUMENTS, ORGANIZATIONS


def by_code(code: str) -> Mapping[str, Any]:
    """How an organisation is found by its code."""
    return {"code": code}


def by_congress_code(code: str) -> Mapping[str, Any]:
    """How a congress is found by its code, 510701-15."""
    organization, _hyphen, number = code.rpartition("-")
    return {"organization__code": organization, "number": int(number)} if number.isdecimal() else {"pk": None}


class BranchForm(ReportForm):
    """A report on a branch: its current congresses, or one congress."""

    organization = CodeField(ORGANIZATIONS, by_code, label=gettext_lazy("Organisation"), required=False)
    congress = CodeField(CONGRESSES, by_congress_code, label=gettext_lazy("Congress"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        organization, congress = cleaned.get("organization"), cleaned.get("congress")
        if organization and congress and not congress.organization.path.startswith(organization.path):
            raise ValidationError(
                _("The %(congress)s is not a congress of %(organization)s.")
                % {"congress": congress, "organization": organization}
            )
        cleaned["organization"] = organization or (congress.organization if congress else self._own_branch())
        return cleaned

    def _own_branch(self) -> Organization:
        """The one branch the asker sees; where there are several, he must say which he means."""
        top = self.fields["organization"].queryset.order_by("path").first()
        if top is None or self.fields["organization"].queryset.exclude(path__startswith=top.path).exists():
            raise ValidationError(_("Say which organisation the report is about."))
        return top


class PeriodField(forms.CharField):
    """A reporting period by its name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Period"),
            help_text=gettext_lazy("2026, 2026H1, 2026Q3 or 2026-11; left empty: this year."),
            max_length=10,
            **kwargs,
        )

    def clean(self, value: Any) -> Period:
        text = super().clean(value)
        try:
            return periods.parse(text or f"{timezone.localdate().year}")
        except periods.UnknownPeriod as problem:
            raise ValidationError(str(problem)) from None

    def prepare_value(self, value: Any) -> Any:
        return value.name if isinstance(value, Period) else value


class BranchReport(Report):
    """A report on the congresses of a branch."""

    form_class = BranchForm

    @property
    def organization(self) -> Organization:
        return self.params["organization"]

    @cached_property
    def congresses(self) -> list[Congress]:
        """The congress asked for, or those of the branch that have not ended, in the order of the tree."""
        if congress := self.params["congress"]:
            return [congress]
        running = self.seen(CONGRESSES).running(timezone.localdate())
        branch = running.filter(organization__path__startswith=self.organization.path)
        return list(branch.select_related("organization").order_by("organization__path", "number"))


def by_number(text: str) -> Mapping[str, Any]:
    """How a row is found by its number in the database."""
    return {"pk": int(text)} if text.isascii() and text.isdecimal() and len(text) < 19 else {"pk": None}


class NumberField(CodeField):
    """A row the asker may see, named by its number."""

    def __init__(self, policy: Policy, **kwargs: Any) -> None:
        super().__init__(policy, by_number, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.pk if isinstance(value, Model) else value

    def to_python(self, value: Any) -> Any:
        return super().to_python(str(value.pk) if isinstance(value, Model) else value)


class DocumentForm(ReportForm):
    document = NumberField(DOCUMENTS, label=gettext_lazy("Document (its number in the list)"))


HEAD_SIZES: Final = (48, 42, 36, 32, 28, 25, 22)  # points; the text block is 442 points wide


class DocumentReport(Report):
    """One official document in the layout of GB/T 9704-2012: red head, letter, or a plain sheet."""

    key, title = "d01-document", "公文"
    template = "reports/document.html"
    form_class = DocumentForm
    formats = ("pdf", "html")
    listed = False

    @classmethod
    def of(cls, document: OfficialDocument) -> "DocumentReport":
        """The report of a document that is not in the register: a wording with sample values."""
        report = cls.__new__(cls)
        report.user, report.params, report.asked = None, {"document": document}, {}
        return report

    @cached_property
    def document(self) -> OfficialDocument:
        return self.params["document"]

    @property
    def organization(self) -> Organization:
        return self.document.organization

    @property
    def phrases(self) -> list[str]:
        return wording.title_lines(self.document.title)

    def build(self) -> list[Section]:
        columns = (
            Column("number", "发文字号", lambda document: document.number_text),
            Column("body", "正文", lambda document: document.body, 80),
        )
        return [Section(heading="", records=[self.document], columns=columns)]

    @property
    def mark(self) -> str:
        """What is stamped on every page of a document that does not hold."""
        return {DocumentState.DRAFT: "草稿", DocumentState.VOIDED: "作废"}.get(self.document.state, "")

    @property
    def head(self) -> str:
        """The name over the red rule: a letter's is the issuer's own, a document's says so."""
        return self.document.issuer + ("文件" if self.document.layout == DocumentLayout.RED_HEAD else "")

    @property
    def head_size(self) -> int:
        """The largest size of type that lets the head stand on one line."""
        return next((size for size in HEAD_SIZES if size * len(self.head) <= 442), HEAD_SIZES[-1])

    def context(self) -> dict[str, Any]:
        document = self.document
        enclosures = [line.strip() for line in document.attachments_note.splitlines() if line.strip()]
        return super().context() | {
            "document": document,
            "lines": self.phrases,
            "paragraphs": wording.paragraphs(document.body),
            "enclosures": enclosures,
            "upward": documents.is_upward(document),
            "signer": document.signer,
            "printer": documents.letterhead(document.organization).office,
        }


REPORTS = [DocumentReport]
