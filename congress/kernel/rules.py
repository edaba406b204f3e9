"""Rules: declared once in code with default and source, valued in rows per level or branch from a day on.

Nobody writes a bare number for three months into a rule: `value("reply_months", organization, on)` does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.models import Organization, Rule


def _whole(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def _span(text: str) -> int:
    number = _whole(text)
    if not 1 <= number <= 1000:
        raise ValueError(text)
    return number


def _variant(text: str) -> str:
    if text not in {"surname", "name"}:
        raise ValueError(text)
    return text


def _days(text: str) -> tuple[int, ...]:
    return tuple(_span(part) for part in text.replace("，", ",").split(","))


@dataclass(frozen=True)
class Declared:
    """One rule the code knows: its meaning, default, and where the default comes from."""

    title: Any
    default: str
    source: str
    read: Callable[[str], Any] = _span
    by_level: Mapping[str, str] | None = None  # defaults that differ by level
    protects: bool = False  # guards personal data or accounts: the district office alone sets it


DECLARED: dict[str, Declared] = {
    "sign_for_working_days": Declared(gettext_lazy("Unit signs for a paper within (working days)"), "3", "惯例"),
    "objection_working_days": Declared(gettext_lazy("Unit may object within (working days)"), "7", "玉林市提案办理办法"),
    "assist_opinion_months": Declared(gettext_lazy("Assisting opinion reaches the lead unit within (months)"), "1", "政协提案办理惯例"),
    "reply_months": Declared(gettext_lazy("Reply within (months)"), "3", "广东省党代表提案工作办法"),
    "extension_months": Declared(gettext_lazy("One extension of at most (months)"), "3", "提案办理惯例"),
    "feedback_days": Declared(gettext_lazy("Delegate's feedback within (days)"), "15", "惯例"),
    "rehandle_months": Declared(gettext_lazy("Second handling within (months)"), "1", "惯例"),
    "screening_working_days": Declared(gettext_lazy("Screening between sessions within (working days)"), "5", "惯例"),
    "remind_days_before": Declared(gettext_lazy("Remind before the deadline (days)"), "15,7,1", "惯例", _days),
    "proposal_min_signers": Declared(
        gettext_lazy("Delegates needed for a joint proposal"), "10", "平凉市、广东省提案办法", by_level={"township": "5"}
    ),
    "surplus_percent": Declared(gettext_lazy("Surplus of candidates over seats, at least (%)"), "20", "地方组织选举工作条例"),
    "term_years": Declared(gettext_lazy("Length of a term (years)"), "5", "党章第二十五条"),
    "reveals_an_hour": Declared(gettext_lazy("Personal numbers one account may reveal in an hour"), "30", "个人信息保护法", protects=True),
    "delegate_first_password_days": Declared(
        gettext_lazy("A delegate's first password is valid for (days)"), "7", "惯例", protects=True
    ),
    "sign_in_hours_around": Declared(
        gettext_lazy("Sign-in by QR code is open this long before and after a training session (hours)"), "2", "惯例"
    ),
    "stroke_variant": Declared(
        gettext_lazy("Order of names: “surname” for party congresses, “name” for people's congresses"),
        "surname",
        "地方组织选举工作条例第三十条",
        _variant,
    ),
}  # fmt: skip


def check(key: str, text: str) -> None:
    """Raise `ValidationError` with a sentence if `text` is no value for `key`."""
    if key not in DECLARED:
        raise ValidationError(_("There is no rule “%(key)s”.") % {"key": key})
    try:
        DECLARED[key].read(text)
    except ValueError:
        raise ValidationError(
            _("“%(value)s” does not fit: the default is “%(default)s”.")
            % {"value": text, "default": DECLARED[key].default}
        ) from None


def value(key: str, organization: Organization, on: date) -> Any:
    """What holds for `organization` on that day: the nearest branch's row, else its level's, else the default."""
    row = in_force(key, organization, on)
    declared = DECLARED[key]
    text = row.value if row else (declared.by_level or {}).get(organization.kind, declared.default)
    return declared.read(text)


def in_force(key: str, organization: Organization, on: date) -> Rule | None:
    """The row that decides, or none if the default does."""
    return max(_applying(organization, on).filter(key=key), key=_weight, default=None)


def all_in_force(organization: Organization, on: date) -> dict[str, Rule]:
    """The deciding row of every rule that has one, in one query."""
    rows = sorted(_applying(organization, on), key=_weight)
    return {row.key: row for row in rows}  # the weightiest comes last and stays


def _applying(organization: Organization, on: date) -> QuerySet[Rule]:
    codes = organization.path.strip("/").split("/")
    return (
        Rule.objects.filter(valid_from__lte=on)
        .filter(Q(organization__code__in=codes) | Q(organization=None, level__in=["", organization.kind]))
        .select_related("organization")
    )


def _weight(rule: Rule) -> tuple[int, int, date]:
    depth = len(rule.organization.path) if rule.organization else 0
    return depth, 1 if rule.level else 0, rule.valid_from
