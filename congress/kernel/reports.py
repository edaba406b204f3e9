"""Reports: a query becomes records, records become sections, sections become paper, a workbook or a page.

A report takes a user and parameters, never a request: the admin's button, the API, the worker, the command
and the tests all build the same object. It shows what its user may see and nothing else.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.db.models import Model, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import paper, sheets
from congress.kernel.policy import Policy
from congress.models import Organization, User

# A part is laid out by one process: 1,000 rows of a roster take it some 400 MB, and ten thousand come in ten parts.
RECORDS_A_PART = 1000
FORMATS = ("pdf", "xlsx", "html")


class ReportRefused(Exception):
    """The report cannot be made as asked. The message is fit to show; `errors` holds it by parameter."""

    def __init__(self, message: str, errors: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(message)
        self.errors = errors or {}


def seen(user: User | None, policy: Policy) -> QuerySet:
    """What a report may draw on: what the policy shows its user.

    No user means the operator at the console, who reads the whole database with other tools anyway.
    This is the only place that knows it.
    """
    return policy.visible(user) if user is not None else policy.model._default_manager.all()


def shows(user: User | None, rule: Callable[[User, Any], bool], obj: Any) -> bool:
    """The same for a right on one thing: a person's is asked, the operator's is given."""
    return user is None or rule(user, obj)


class CodeField(forms.ModelChoiceField):
    """A row the asker may see, named by its code. What he may not see does not exist."""

    default_error_messages = {
        "invalid_choice": gettext_lazy("There is no “%(value)s” among what you may see."),
    }

    def __init__(self, policy: Policy, find: Callable[[str], Mapping[str, Any]], **kwargs: Any) -> None:
        super().__init__(policy.model._default_manager.none(), **kwargs)
        self.policy, self.find = policy, find

    def prepare_value(self, value: Any) -> Any:
        return value.code if isinstance(value, Model) else value

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if isinstance(value, self.policy.model):
            value = value.code
        row = self.queryset.filter(**self.find(str(value))).first()
        if row is None:
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value}
            )
        return row


class ReportForm(forms.Form):
    """The parameters of a report: declared once, shown in the admin, listed by the command, checked everywhere."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, user: User | None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.user = user
        for parameter in self.fields.values():
            if isinstance(parameter, CodeField):
                rows = seen(user, parameter.policy)
                # A choice names a row by what stands beside it: a term by its organisation, a day by its course.
                parameter.queryset = rows.for_list() if hasattr(rows, "for_list") else rows


@dataclass(frozen=True)
class Column:
    """One column: its name in the stylesheet, its printed title, what it says of a record, how its cells are set,
    and its width in a workbook."""

    name: str
    title: str
    value: Callable[[Any], Any]
    width: float = 10
    css: str = ""


@dataclass
class Section:
    """Records under one heading, with the lines that close them."""

    heading: str
    records: list[Any]
    columns: Sequence[Column]
    notes: list[str] = field(default_factory=list)
    totals: list[Any] = field(default_factory=list)
    opens: bool = True  # False where a part continues what the part before began
    closes: bool = True
    breaks: bool = False  # begins a new page

    @cached_property
    def table(self) -> list[list[Any]]:
        """The cells, line by line: the same for paper, workbook and page."""
        return [[column.value(record) for column in self.columns] for record in self.records]

    def lines(self) -> Iterator[list[tuple[str, Any]]]:
        """For a template: the lines, each cell with the class it is set in."""
        classes = [column.css for column in self.columns]
        for cells in self.table:
            yield list(zip(classes, cells, strict=True))

    def piece(self, start: int, size: int) -> "Section":
        """`size` of its records from `start` on; notes and totals stand under the last piece."""
        closes = start + size >= len(self.records)
        return Section(
            heading=self.heading,
            records=self.records[start : start + size],
            columns=self.columns,
            notes=self.notes if closes else [],
            totals=self.totals if closes else [],
            opens=self.opens and start == 0,
            closes=closes,
            breaks=self.breaks and start == 0,
        )


class Report:
    """One report. Subclasses say what; this class says how."""

    key: ClassVar[str]
    title: ClassVar[str]  # the document's own name, as the office calls it
    template: ClassVar[str]
    form_class: ClassVar[type[ReportForm]] = ReportForm
    formats: ClassVar[Sequence[str]] = FORMATS
    landscape: ClassVar[bool] = False
    listed: ClassVar[bool] = True  # False: it is printed from the page of what it shows, not chosen from the menu
    records_a_part: ClassVar[int] = RECORDS_A_PART

    def __init__(self, user: User | None, params: Mapping[str, Any] | None = None) -> None:
        """Check the parameters as `user` may give them. Raises `ReportRefused` with a sentence for each fault."""
        self.user = user
        asked = {name: value for name, value in (params or {}).items() if value not in (None, "")}
        form = self.form_class(asked, user=user)
        if unknown := sorted(set(asked) - set(form.fields)):
            raise ReportRefused(
                _("The report %(key)s has no parameter “%(name)s”. It knows: %(known)s.")
                % {"key": self.key, "name": unknown[0], "known": ", ".join(form.fields) or "-"},
                {unknown[0]: [_("Unknown parameter.")]},
            )
        if not form.is_valid():
            errors = {name: [str(text) for text in texts] for name, texts in form.errors.items()}
            raise ReportRefused(_sentences(form, errors), errors)
        self.params: dict[str, Any] = form.cleaned_data
        # What was asked, as it is stored with the print and asked for again.
        self.asked = {name: str(form.fields[name].prepare_value(self.params[name])) for name in asked}

    @classmethod
    def form(cls, user: User | None, data: Mapping[str, Any] | None = None, **kwargs: Any) -> ReportForm:
        """The form of this report's parameters, offering what `user` may see."""
        return cls.form_class(data, user=user, **kwargs)

    def seen(self, policy: Policy) -> QuerySet:
        return seen(self.user, policy)

    @property
    def organization(self) -> Organization:
        """Whose document it is: whoever sees that organisation's branch sees the print."""
        raise NotImplementedError

    def build(self) -> list[Section]:
        """The sections, straight from the database. Raises `ReportRefused` if totals and rows disagree."""
        raise NotImplementedError

    @cached_property
    def sections(self) -> list[Section]:
        return self.build()

    @property
    def count(self) -> int:
        """How many rows the document holds."""
        return sum(len(section.records) for section in self.sections)

    @property
    def phrases(self) -> Sequence[str]:
        """The title over the document, in the phrases it may be broken between."""
        return [self.title]

    @property
    def heading(self) -> str:
        return "".join(self.phrases)

    @property
    def recorded_as(self) -> str:
        """What the security record calls it."""
        return self.heading

    def reveals(self) -> list[tuple[str, Organization]]:
        """Whose personal numbers stand unmasked in it, for the audit; nobody's unless the report says so."""
        return []

    def context(self) -> dict[str, Any]:
        """What every template gets; reports add their own."""
        return {
            "report": self,
            "heading": self.heading,
            "office": f"{self.organization.name}党代表联络办公室",
            "made_on": timezone.localdate(),
            "made_by": self.user.display_name if self.user else "",
        }

    def parts(self) -> list[list[Section]]:
        """The sections in portions that one layout process can hold; a long section is continued."""
        parts: list[list[Section]] = [[]]
        room = self.records_a_part
        for section in self.sections:
            for piece in _pieces(section, self.records_a_part):
                if len(piece.records) > room and parts[-1]:
                    parts.append([])
                    room = self.records_a_part
                parts[-1].append(piece)
                room -= len(piece.records)
        return parts

    def html(self, sections: list[Section] | None = None, *, medium: str = "file", **extra: Any) -> str:
        """The document as a page: for "paper", for the "screen" of this site, or as a "file" that stands alone."""
        context = self.context() | {"sections": self.sections if sections is None else sections, "first": True}
        context |= {"last": True, "medium": medium, "landscape": self.landscape} | extra
        if medium == "file":
            context["style"] = mark_safe(paper.stylesheet())  # noqa: S308 -- our own file
        return render_to_string(self.template, context)

    @cached_property
    def sheets_of_paper(self) -> list[str]:
        """The pages that the printer gets, one for each part."""
        parts = self.parts()
        ends = len(parts) - 1
        return [
            self.html(part, medium="paper", first=number == 0, last=number == ends) for number, part in enumerate(parts)
        ]

    def content_hash(self, file_format: str) -> str:
        """Equal for equal documents of equal readers: what was made once need not be made again."""
        scope = self.user.pk if self.user else 0
        digest = hashlib.sha256(f"{self.key} {file_format} {scope} {paper.edition()}".encode())
        for html in self.sheets_of_paper:
            digest.update(html.encode())
        return digest.hexdigest()

    def render(self, file_format: str, progress: Callable[[int], None] = lambda percent: None) -> bytes:
        """The finished file. Raises `ReportRefused` with a sentence if it cannot be made."""
        if file_format not in self.formats:
            raise ReportRefused(_("This report is not made as %(format)s.") % {"format": file_format.upper()})
        if file_format == "html":
            return self.html().encode()
        if file_format == "xlsx":
            return sheets.workbook(self.heading, self.sections, landscape=self.landscape, closing=self._closing())
        try:
            return paper.render_pdf(self.sheets_of_paper, progress)
        except paper.Unprintable as refused:
            raise ReportRefused(self._where(refused)) from refused
        except paper.PaperRefused as refused:
            raise ReportRefused(str(refused)) from refused

    def _closing(self) -> str:
        context = self.context()
        day = context["made_on"]
        return (
            f"制表单位：{context['office']}　制表日期：{day.year}年{day.month}月{day.day}日　"
            f"填报人：{context['made_by']}　审核人："
        )

    def _where(self, unprintable: paper.Unprintable) -> str:
        """The sentence that leads the office to the cell, where the character stands in one."""
        for section in self.sections:
            for number, cells in enumerate(section.table, 1):
                for text in map(str, cells):
                    if unprintable.char in text:
                        return _("%(problem)s It stands in row %(row)d of “%(section)s”: %(text)s.") % {
                            "problem": unprintable,
                            "row": number,
                            "section": section.heading or self.heading,
                            "text": text[:40],
                        }
        return str(unprintable)


def _pieces(section: Section, size: int) -> Iterator[Section]:
    for start in range(0, max(len(section.records), 1), size):
        yield section.piece(start, size)


def _sentences(form: forms.Form, errors: Mapping[str, Sequence[str]]) -> str:
    words = []
    for name, texts in errors.items():
        label = form.fields[name].label or name if name in form.fields else ""
        words += [f"{label}: {text}" if label else text for text in texts]
    return " ".join(words)


def registry() -> dict[str, type[Report]]:
    """Every report by its key, in the order of the declared lists."""
    return {report.key: report for path in settings.REPORTS for report in import_string(path)}


def report_class(key: str) -> type[Report]:
    """The report of that key. Raises `ReportRefused` naming the keys there are."""
    known = registry()
    if key not in known:
        raise ReportRefused(
            _("There is no report “%(key)s”. There are: %(known)s.") % {"key": key, "known": ", ".join(known)}
        )
    return known[key]
