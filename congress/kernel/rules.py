"""Rules: declared once in code with default and source, valued in rows per level or branch from a day on.

Nobody writes a bare number for three months into a rule: `value("reply_months", organization, on)` does.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
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


def _percent(text: str) -> Decimal | None:
    """A share of a hundred; 0 says that nothing is asked."""
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9])?", text) or Decimal(text) > 100:
        raise ValueError(text)
    return Decimal(text) or None


def _variant(text: str) -> str:
    if text not in {"surname", "name"}:
        raise ValueError(text)
    return text


def _level(text: str) -> str:
    if text not in {"same", "upper"}:
        raise ValueError(text)
    return text


def _base(text: str) -> str:
    if text not in {"due", "present"}:
        raise ValueError(text)
    return text


def _of_hundred(text: str) -> int:
    number = _whole(text)
    if number > 100:
        raise ValueError(text)
    return number


def _thousands(text: str) -> int:
    number = _whole(text)
    if not 100 <= number <= 10_000:
        raise ValueError(text)
    return number


def _yes(text: str) -> bool:
    if text not in {"yes", "no"}:
        raise ValueError(text)
    return text == "yes"


def _decides(text: str) -> str:
    if text not in {"lead", "majority"}:
        raise ValueError(text)
    return text


def _days(text: str) -> tuple[int, ...]:
    return tuple(_span(part) for part in text.replace("，", ",").split(","))


def _classes(text: str) -> tuple[int, ...]:
    """What an A, B, C and D are worth of a hundred, none more than the one before it."""
    values = tuple(_of_hundred(part) for part in text.replace("，", ",").split(","))
    if len(values) != 4 or list(values) != sorted(values, reverse=True):
        raise ValueError(text)
    return values


@dataclass(frozen=True)
class Declared:
    """One rule the code knows: its meaning, default, and where the default comes from."""

    title: Any
    default: str
    source: str
    read: Callable[[str], Any] = _span
    by_level: Mapping[str, str] | None = None  # defaults that differ by level
    protects: bool = False  # guards personal data, or binds the office itself: the district office alone sets it
    explains: Any = ""  # what a value may be, where that is not plain


@dataclass(frozen=True)
class Held:
    """What holds somewhere on a day, and on whose word."""

    value: Any
    source: str


def _share(title: Any, default: str = "0", source: str = "由党联办按上级文件填入") -> Declared:
    return Declared(title, default, source, _percent, explains=_SHARE)


_POINTS = gettext_lazy("Points from 0 to 100; the four kinds of points must make 100 together.")
_SHARE = gettext_lazy("A share from 0 to 100, such as 30 or 28.5; 0 means that there is no guidance.")


DECLARED: dict[str, Declared] = {
    "sign_for_working_days": Declared(gettext_lazy("Unit signs for a paper within (working days)"), "3", "惯例"),
    "objection_working_days": Declared(gettext_lazy("Unit may object within (working days)"), "7", "玉林市提案办理办法"),
    "assist_opinion_months": Declared(gettext_lazy("Assisting opinion reaches the lead unit within (months)"), "1", "政协提案办理惯例"),
    "reply_months": Declared(gettext_lazy("Reply within (months)"), "3", "广东省党代表提案工作办法"),
    "extension_months": Declared(gettext_lazy("One extension of at most (months)"), "3", "提案办理惯例"),
    "handling_total_months": Declared(gettext_lazy("Handling with its extension, at most (months)"), "6", "政协提案办理惯例"),
    "feedback_days": Declared(gettext_lazy("Delegate's feedback within (days)"), "15", "惯例"),
    "rehandle_months": Declared(gettext_lazy("Second handling within (months)"), "1", "惯例"),
    "screening_working_days": Declared(gettext_lazy("Screening between sessions within (working days)"), "5", "惯例"),
    "remind_days_before": Declared(gettext_lazy("Remind before the deadline (days)"), "15,7,1", "惯例", _days),
    "proposal_min_signers": Declared(
        gettext_lazy("Delegates needed for a joint proposal"), "10", "平凉市、广东省提案办法", by_level={"township": "5"}
    ),
    "escalate_days_after": Declared(gettext_lazy("Overdue is told to the office above after (days)"), "7", "惯例"),
    "surplus_percent": Declared(gettext_lazy("Surplus of candidates over seats, at least (%)"), "20", "地方组织选举工作条例", _of_hundred, protects=True),
    "majority_base": Declared(
        gettext_lazy("Elected by more than half of: “due” all electors, “present” those present"),
        "due",
        "地方组织选举工作条例",
        _base, protects=True),
    "notice_working_days": Declared(gettext_lazy("Public notice before the vote, at least (working days)"), "5", "惯例", protects=True),
    "election_recommend_days": Declared(gettext_lazy("① Unit recommends candidates within (days)"), "30", "惯例"),
    "election_reply_working_days": Declared(gettext_lazy("② Reply on the candidates within (working days)"), "10", "惯例"),
    "election_vote_days": Declared(gettext_lazy("③ Unit votes within (days)"), "30", "惯例"),
    "election_result_working_days": Declared(gettext_lazy("④ Reply on the result within (working days)"), "10", "惯例"),
    "credentials_working_days": Declared(gettext_lazy("Credentials checked within (working days)"), "10", "惯例"),
    "election_reply_level": Declared(
        gettext_lazy("Who replies on candidates, results and credentials: “same” or “upper” committee"), "same", "试点工作汇报", _level, protects=True),
    "mandate_decision_level": Declared(
        gettext_lazy("Who decides on a mandate: “same” or “upper” committee"), "same", "党代表任期制暂行条例第二十八条", _level, protects=True),
    "filing_working_days": Declared(
        gettext_lazy("A termination is filed with the committee above within (working days)"), "10", "党代表任期制暂行条例第二十八条", protects=True),
    "resignation_working_days": Declared(
        gettext_lazy("The committee decides on a resignation within (working days)"), "20", "党代表任期制暂行条例第二十五条"
    ),
    "persuasion_days": Declared(gettext_lazy("Dismissed for idleness after being urged to resign, at the earliest (days)"), "15", "惯例", protects=True),
    "removal_motion_percent": Declared(
        gettext_lazy("Members of the unit needed to move a removal, at least (%)"), "20", "惯例", _of_hundred, protects=True),
    "term_extension_months": Declared(gettext_lazy("A term may be extended by at most (months)"), "12", "地方党代会条例第五条", protects=True),
    "term_years": Declared(gettext_lazy("Length of a term (years)"), "5", "党章第二十五条", protects=True),
    # How the delegates should be composed (reference.md §2.2). The two defaults are rounded from that county's report;
    # the others have none: women and minorities are to match the local membership, which the office knows.
    "target_women_percent": _share(gettext_lazy("Guidance: women, at least (%)"), source="不低于本地女党员比例，由党联办填入"),
    "target_front_line_percent": _share(gettext_lazy("Guidance: production and front line, at least (%)"), "40", "惯例（参照定安县）"),
    "target_workers_farmers_percent": _share(gettext_lazy("Guidance: workers and farmers, at least (%)")),
    "target_minority_percent": _share(
        gettext_lazy("Guidance: ethnic minorities, at least (%)"), source="不低于本地少数民族党员比例，由党联办填入"
    ),
    "target_under_45_percent": _share(gettext_lazy("Guidance: aged 45 or less, at least (%)")),
    "target_college_percent": _share(gettext_lazy("Guidance: college education, at least (%)")),
    "target_cadres_percent": _share(gettext_lazy("Guidance: leading cadres, at most (%)"), "60", "惯例（参照定安县）"),
    "target_npc_overlap_percent": _share(gettext_lazy("Guidance: also people's congress deputies, at most (%)")),
    "target_cppcc_overlap_percent": _share(gettext_lazy("Guidance: also CPPCC members, at most (%)")),
    "group_migrant_warn_percent": Declared(
        gettext_lazy("Warn of a delegate group of which more work away than (%)"), "50", "惯例", _percent,
        explains=gettext_lazy("A share from 0 to 100; 0 means that nothing is warned of."),
    ),
    "screening_readers": Declared(gettext_lazy("Readers of a paper before its screening is decided"), "2", "提案审查委员会惯例"),
    "return_days": Declared(gettext_lazy("A returned paper is completed within (days)"), "7", "惯例"),
    "cosign_days": Declared(gettext_lazy("A co-signer between sessions answers within (days)"), "15", "惯例"),
    "planning_working_days": Declared(gettext_lazy("Handling is planned and assigned within (working days)"), "10", "惯例"),
    "proposal_text_most": Declared(
        gettext_lazy("Longest text of a paper before its author is asked to shorten it (characters)"), "1500", "政协提案撰写惯例", _thousands),
    "proposal_adoption": Declared(
        gettext_lazy("A proposal is put before the congress before it is assigned: “yes” or “no”"), "no", "广东省党代表提案工作办法", _yes),
    "feedback_decides": Declared(
        gettext_lazy("Whose opinion decides whether a handling is done again: “lead” proposer or “majority” of those who answered"),
        "lead", "惯例", _decides),
    "urge_days_after": Declared(gettext_lazy("Letter of urging after the deadline (days)"), "7", "惯例"),
    "supervise_days_after": Declared(gettext_lazy("Supervision after the deadline (days)"), "15", "惯例"),
    "leader_days_after": Declared(gettext_lazy("The leading committee member is told after the deadline (days)"), "30", "惯例"),
    "assess_on_time": Declared(gettext_lazy("Assessment of units: points for being on time"), "30", "承办单位考评惯例", _of_hundred, explains=_POINTS),
    "assess_class": Declared(gettext_lazy("Assessment of units: points for the class of the replies"), "25", "承办单位考评惯例", _of_hundred, explains=_POINTS),
    "assess_satisfaction": Declared(gettext_lazy("Assessment of units: points for the delegates' satisfaction"), "30", "承办单位考评惯例", _of_hundred, explains=_POINTS),
    "assess_contact": Declared(gettext_lazy("Assessment of units: points for contact with the delegates"), "15", "承办单位考评惯例", _of_hundred, explains=_POINTS),
    "assess_class_values": Declared(
        gettext_lazy("Assessment of units: what a reply of class A, B, C and D is worth (%)"), "100,80,40,20", "承办单位考评惯例", _classes,
        explains=gettext_lazy("Four numbers from 0 to 100, such as 100,80,40,20, none above the one before it."),
    ),
    "assess_excellent_percent": Declared(
        gettext_lazy("Assessment of units: share proposed as excellent (%)"), "20", "政协提案办理先进单位评选惯例", _of_hundred),
    "interpellation_min_askers": Declared(gettext_lazy("Delegates needed for an interpellation"), "10", "人大常委会质询惯例"),
    "interpellation_accept_working_days": Declared(
        gettext_lazy("It is decided whether to hand over an interpellation within (working days)"), "7", "惯例"),
    "enquiry_working_days": Declared(gettext_lazy("An enquiry is answered within (working days)"), "15", "惯例"),
    "interpellation_days": Declared(gettext_lazy("An interpellation is answered within (days)"), "30", "惯例"),
    "reveals_an_hour": Declared(gettext_lazy("Personal numbers one account may reveal in an hour"), "30", "个人信息保护法", protects=True),
    "delegate_first_password_days": Declared(
        gettext_lazy("A delegate's first password is valid for (days)"), "7", "惯例", protects=True
    ),
    "sign_in_hours_around": Declared(
        gettext_lazy("Sign-in by QR code is open this long before and after a training session (hours)"), "2", "惯例"
    ),
    # How many each keeps in touch with (reference.md §4): fewer is flagged, more is noticed, neither is refused.
    "member_groups_least": Declared(gettext_lazy("Groups a committee member keeps in touch with, at least"), "1", "乡镇党代会常任制调研材料", _whole),
    "member_groups_most": Declared(gettext_lazy("Groups a committee member keeps in touch with, at most"), "2", "乡镇党代会常任制调研材料"),
    "member_delegates_least": Declared(gettext_lazy("Delegates a committee member keeps in touch with, at least"), "3", "乡镇党代会常任制调研材料", _whole),
    "member_delegates_most": Declared(gettext_lazy("Delegates a committee member keeps in touch with, at most"), "5", "乡镇党代会常任制调研材料"),
    "contacts_members_least": Declared(gettext_lazy("Party members a delegate keeps in touch with, at least"), "3", "乡镇党代会常任制调研材料", _whole),
    "contacts_members_most": Declared(gettext_lazy("Party members a delegate keeps in touch with, at most"), "5", "乡镇党代会常任制调研材料"),
    "contacts_masses_least": Declared(gettext_lazy("Masses a delegate keeps in touch with, at least"), "3", "乡镇党代会常任制调研材料", _whole),
    "contacts_masses_most": Declared(gettext_lazy("Masses a delegate keeps in touch with, at most"), "5", "乡镇党代会常任制调研材料"),
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
        wrong = _("“%(value)s” does not fit: the default is “%(default)s”.")
        said = [wrong % {"value": text, "default": DECLARED[key].default}, str(DECLARED[key].explains)]
        raise ValidationError(" ".join(filter(None, said))) from None


def value(key: str, organization: Organization, on: date) -> Any:
    """What holds for `organization` on that day: the nearest branch's row, else its level's, else the default."""
    row = in_force(key, organization, on)
    declared = DECLARED[key]
    text = row.value if row else (declared.by_level or {}).get(organization.kind, declared.default)
    return declared.read(text)


def in_force(key: str, organization: Organization, on: date) -> Rule | None:
    """The row that decides, or none if the default does."""
    known = organization.__dict__.get("_rules", {})
    if key in known:
        return max((row for row in known[key] if row.valid_from <= on), key=_weight, default=None)
    return max(_applying(organization, on).filter(key=key), key=_weight, default=None)


def remember(organization: Organization, *keys: str) -> None:
    """Fetch these rules once, for every day: a page asks them for each button and ballot. Holds for this instance."""
    rows = list(_applying(organization, date.max).filter(key__in=keys))
    organization.__dict__["_rules"] = {key: [row for row in rows if row.key == key] for key in keys}


def all_in_force(organization: Organization, on: date) -> dict[str, Rule]:
    """The deciding row of every rule that has one, in one query."""
    rows = sorted(_applying(organization, on), key=_weight)
    return {row.key: row for row in rows}  # the weightiest comes last and stays


def held_by(keys: Iterable[str], organizations: Iterable[Organization], on: date) -> dict[int, dict[str, Held]]:
    """What holds for each of the organisations on that day, by its number and the key; one query for all of them."""
    keys = list(keys)
    rows = Rule.objects.filter(key__in=keys, valid_from__lte=on).select_related("organization")
    by_place: dict[str, list[Rule]] = defaultdict(list)
    for row in rows:
        by_place[row.organization.code if row.organization else ""].append(row)
    return {one.pk: _held(one, keys, by_place) for one in organizations}


def _held(organization: Organization, keys: Iterable[str], by_place: Mapping[str, list[Rule]]) -> dict[str, Held]:
    places = ["", *organization.path.strip("/").split("/")]
    near = [row for place in places for row in by_place.get(place, ()) if row.level in ("", organization.kind)]
    deciding = {row.key: row for row in sorted(near, key=_weight)}  # the weightiest comes last and stays
    held = {}
    for key in keys:
        declared, row = DECLARED[key], deciding.get(key)
        text = row.value if row else (declared.by_level or {}).get(organization.kind, declared.default)
        held[key] = Held(declared.read(text), row.source if row else declared.source)
    return held


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
