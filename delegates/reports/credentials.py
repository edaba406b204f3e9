"""The credentials committee's report (代表资格审查情况报告): who is confirmed, who is not and why."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy

from congress.kernel.reports import CodeField, Column, Report, ReportForm, Section
from congress.models import Organization
from delegates.kernel import facts, names
from delegates.models import CredentialsItem, CredentialsReview, Verdict
from delegates.policies import REVIEWS
from delegates.reports import words

VERDICTS: Final = {
    Verdict.PASS: "合格",
    Verdict.PROCEDURE: "程序不合规，责成重新选举",
    Verdict.UNFIT: "不符合条件，责成另选",
}


def by_number(text: str) -> dict[str, Any]:
    """How a check is found."""
    return {"pk": int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None}


class ReviewField(CodeField):
    """A check of credentials by its number."""

    def prepare_value(self, value: Any) -> Any:
        return value.pk if isinstance(value, CredentialsReview) else value

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.pk if isinstance(value, CredentialsReview) else value)


class CredentialsForm(ReportForm):
    review = ReviewField(REVIEWS, by_number, label=gettext_lazy("Number of the credentials check"))
    leave_out = forms.BooleanField(label=gettext_lazy("Without the list of those confirmed"), required=False)


@dataclass
class Line:
    """One delegate of the report."""

    number: int
    item: CredentialsItem

    @property
    def votes(self) -> str:
        mandate = self.item.mandate
        return f"{mandate.votes_for}／{mandate.votes_due}" if mandate.votes_for is not None else ""


def _person(line: Line) -> Any:
    return line.item.mandate.person


COLUMNS = (
    Column("number", "序号", lambda line: line.number, 6),
    Column("name", "姓名", lambda line: names.padded(_person(line).name), 10),
    Column("gender", "性别", lambda line: facts.PRINTED[_person(line).gender], 6),
    Column("month", "出生年月", lambda line: words.month(_person(line).birth_month), 10),
    Column("month", "入党时间", lambda line: words.month(_person(line).joined_party_month), 10),
    Column("unit", "选举单位", lambda line: str(line.item.mandate.electing_unit), 20, "small"),
    Column("votes", "得票／应到", lambda line: line.votes, 10),
    Column("verdict", "审查意见", lambda line: VERDICTS[Verdict(line.item.verdict)], 18, "small"),
    Column("remark", "说明", lambda line: line.item.note, 20, "left small"),
)


class Credentials(Report):
    """One check of credentials, as it goes to the committee and before the preparatory meeting."""

    key, title = "r01-credentials", "代表资格审查情况报告"
    template = "delegates/reports/credentials.html"
    form_class = CredentialsForm

    @property
    def review(self) -> CredentialsReview:
        return self.params["review"]

    @property
    def organization(self) -> Organization:
        return self.review.congress.organization

    @property
    def phrases(self) -> list[str]:
        return [self.review.congress.full_name, self.title]

    def build(self) -> list[Section]:
        items = self.review.items.select_related("mandate__person", "mandate__electing_unit")
        found = list(items.order_by("mandate__electing_unit__number", "mandate__roster_key", "pk"))
        self.verdicts = Counter(item.verdict for item in found)
        self.looked_at = len(found)
        shown = [item for item in found if not self.params["leave_out"] or item.verdict != Verdict.PASS]
        lines = [Line(number, item) for number, item in enumerate(shown, 1)]
        return [Section(heading="附：代表资格审查名册", records=lines, columns=COLUMNS)]

    def context(self) -> dict[str, Any]:
        sections = self.sections  # counts what the text says
        review = self.review
        women = sum(_person(line).gender == "female" for section in sections for line in section.records)
        return super().context() | {
            "review": review,
            "looked_at": self.looked_at,
            "passed": self.verdicts[Verdict.PASS],
            "procedure": self.verdicts[Verdict.PROCEDURE],
            "unfit": self.verdicts[Verdict.UNFIT],
            "women": women if not self.params["leave_out"] else None,
            "checked_on": words.long_day(review.checked_on),
        }
