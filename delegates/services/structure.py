"""How the delegates are composed: against guidance, by township, and against earlier terms (reference.md §2.2).

One count for the page, the API and the printed table P03. It costs the same number of queries for any number of towns.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil, floor
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, ExtractMonth, ExtractYear
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from congress.kernel import rules
from congress.kernel.reports import seen
from congress.models import Congress, Organization
from congress.policies import CONGRESSES
from congress.querysets import within
from delegates.kernel.names import HAN
from delegates.models import ElectingUnit, FrontLine, Gender, MainCategory, Mandate, MandateStatus
from delegates.policies import MANDATES
from delegates.querysets import SERVING

HELD = (*SERVING, MandateStatus.EXPIRED)  # who sat to the end of a term that is over
YOUNG = 45
WARN = "group_migrant_warn_percent"
BANDS: Mapping[str, Sequence[str]] = {
    "ages": ("to_35", "to_45", "to_54", "from_55"),
    "education": ("postgraduate", "university", "junior_college", "school"),
    "party": ("party_to_10", "party_to_20", "party_to_30", "party_over_30", "party_unknown"),
    "terms": ("fresh", "again"),
}


@dataclass(frozen=True)
class Ratio:
    """A share that guidance may speak of: what is counted, what it is called, and the rule that says how much."""

    name: str
    title: Any
    printed: str
    rule: str
    at_least: bool = True


RATIOS = (
    Ratio("women", _("Women"), "女", "target_women_percent"),
    Ratio("front", _("Front line"), "生产和工作一线", "target_front_line_percent"),
    Ratio("grassroots", _("Workers and farmers"), "工人、农民", "target_workers_farmers_percent"),
    Ratio("minorities", _("Ethnic minorities"), "少数民族", "target_minority_percent"),
    Ratio("under_45", _("Aged 45 or less"), "45岁以下", "target_under_45_percent"),
    Ratio("college", _("College education"), "大专以上", "target_college_percent"),
    Ratio("cadres", _("Leading cadres"), "领导干部", "target_cadres_percent", at_least=False),
    Ratio("npc", _("Congress deputies"), "兼任人大代表", "target_npc_overlap_percent", at_least=False),
    Ratio("cppcc", _("CPPCC members"), "兼任政协委员", "target_cppcc_overlap_percent", at_least=False),
)
TREND = (
    ("women", _("Women"), "女"),
    ("front", _("Front line"), "一线"),
    ("young_then", _("Aged 45 or less at the opening"), "45岁以下"),
    ("college", _("College education"), "大专以上"),
    ("cadres", _("Leading cadres"), "领导干部"),
)
"""What is compared between terms: the count, and what a page and a document call it. Ages are those at the opening."""


class Share(float):
    """A percentage: a number to a workbook, written with one decimal."""

    def __str__(self) -> str:
        return f"{self:.1f}"


@dataclass(frozen=True)
class Verdict:
    """One share against its guidance. Without guidance `asked` is None, and nothing is short."""

    ratio: Ratio
    number: int
    total: int
    asked: Any
    source: str

    @property
    def share(self) -> Share:
        return Share(100 * self.number / self.total if self.total else 0)

    @property
    def missing(self) -> int:
        """How many delegates are too few, or too many where guidance is a ceiling; 0 where it is met."""
        if self.asked is None or not self.total:
            return 0
        bound = self.asked * self.total / 100  # exact: a boundary must not fall to a binary fraction
        return max(ceil(bound) - self.number if self.ratio.at_least else self.number - floor(bound), 0)


@dataclass(slots=True)
class Line:
    """One congress, delegation, term or total, as counted."""

    number: int | str
    name: str
    counts: Mapping[str, Any]
    congress: Congress | None = None
    verdicts: list[Verdict] = field(default_factory=list)

    def __getitem__(self, name: str) -> int:
        return self.counts[name] or 0

    def share(self, name: str) -> Share | str:
        """That number as a percentage of all delegates of the line."""
        total = self["total"]
        return Share(100 * self[name] / total) if total else ""

    @property
    def seats(self) -> int | str:
        return self.counts["seats"] or ""

    @property
    def vacant(self) -> int | str:
        return max(self.counts["seats"] - self["total"], 0) if self.counts["seats"] else ""


@dataclass
class Trend:
    """The terms of one organisation, the earliest first; of several together without a name."""

    name: str
    terms: list[Line]


@dataclass
class Structure:
    """The congresses asked for, their total, and their earlier terms."""

    cutoff: date
    lines: list[Line]
    total: Line
    trends: list[Trend]
    held: Mapping[int, Mapping[str, rules.Held]]  # the rules read for it, by organisation and key


def this_month() -> date:
    return timezone.localdate().replace(day=1)


def in_office(user: Any, organization: Organization | None = None) -> QuerySet[Congress]:
    """The congresses a user sees that have not ended, of the whole or of one branch, in the order of the tree."""
    branch = within([organization.path], "organization") if organization else Q()
    rows = seen(user, CONGRESSES).running(timezone.localdate()).filter(branch).select_related("organization")
    return rows.order_by("organization__path", "number")


def compose(user: Any, congresses: Iterable[Congress], cutoff: date | None = None) -> Structure:
    """Count the delegates of those congresses, whom `user` may see. No user means the operator at the console."""
    congresses, cutoff = list(congresses), cutoff or this_month()
    earlier = _earlier(user, congresses)
    rows = counted(seats_of(user, [*congresses, *(one for terms in earlier.values() for one in terms)]), cutoff)
    by_congress = {row["congress"]: row for row in rows}
    given = quotas(congresses)
    none = dict.fromkeys(COUNTED, 0)
    lines = [
        Line(number, one.organization.name, by_congress.get(one.pk, none) | {"seats": given[one.pk]}, one)
        for number, one in enumerate(congresses, 1)
    ]
    total = Line("", "", add_up(lines))
    held = _judge(lines, total, cutoff)
    trends = [
        Trend(line.name, [*(_term(one, by_congress.get(one.pk, none)) for one in terms), _term(line.congress, line)])
        for line in lines
        if line.congress and (terms := earlier.get(line.congress.pk))
    ]
    known = [trend for trend in trends if trend.terms[-2]["total"] and trend.terms[-1]["total"]]
    return Structure(cutoff, lines, total, known, held)


def _earlier(user: Any, congresses: Sequence[Congress]) -> dict[int, list[Congress]]:
    """The earlier terms of each congress's organisation, the earliest first."""
    organizations = {one.organization_id for one in congresses}
    past = seen(user, CONGRESSES).filter(organization__in=organizations).exclude(pk__in=[one.pk for one in congresses])
    by_organization: dict[int, list[Congress]] = defaultdict(list)
    for term in past.select_related("organization").order_by("number"):
        by_organization[term.organization_id].append(term)
    return {one.pk: [t for t in by_organization[one.organization_id] if t.number < one.number] for one in congresses}


def _term(congress: Congress, counts: Any) -> Line:
    return Line("", congress.short_name, counts.counts if isinstance(counts, Line) else counts, congress)


def together(trends: Sequence[Trend], before: str, now: str) -> Trend:
    """The term before and this one, so called, of all organisations of which both are known."""
    pair = [(before, -2), (now, -1)]
    return Trend("", [Line("", name, add_up([trend.terms[place] for trend in trends])) for name, place in pair])


def seats_of(user: Any, congresses: Iterable[Congress]) -> QuerySet[Mandate]:
    """The delegates in office of running congresses, and of those over whoever sat to the end."""
    asked = Q(congress__in={one.pk for one in congresses})
    over = Q(congress__in=Congress.objects.over(timezone.localdate()).order_by().values("pk"))
    return seen(user, MANDATES).filter(asked, Q(~over, status__in=SERVING) | Q(over, status__in=HELD))


def counted(mandates: QuerySet[Mandate], cutoff: date, place: str = "congress") -> QuerySet:
    """A row of counts for each place."""
    months = ExtractYear("person__birth_month") * 12 + ExtractMonth("person__birth_month")
    opened = ExtractYear("congress__starts_on") * 12 + ExtractMonth("congress__starts_on")
    known = mandates.annotate(
        elected_before=elected_before(), months_then=Coalesce(opened, cutoff.year * 12 + cutoff.month) - months
    )
    counts = {name: Count("pk", filter=condition) for name, condition in slices(cutoff).items()}
    return known.order_by().values(place).annotate(total=Count("pk"), **counts)


def slices(cutoff: date) -> dict[str, Q]:
    """Who belongs to what is counted, by its name: the table counts by it, and the register's list shows them."""
    return _kinds() | _ages(cutoff) | _party_ages(cutoff) | _educations()


def _kinds() -> dict[str, Q]:
    return {
        "cadres": Q(main_category=MainCategory.LEADING_CADRE),
        "front": Q(main_category=MainCategory.FRONT_LINE),
        "military": Q(main_category=MainCategory.MILITARY_POLICE),
        "workers": Q(front_line=FrontLine.WORKER),
        "farmers": Q(front_line=FrontLine.FARMER),
        "grassroots": Q(front_line__in=[FrontLine.WORKER, FrontLine.FARMER]),
        "professionals": Q(front_line=FrontLine.PROFESSIONAL),
        "models": Q(front_line=FrontLine.MODEL),
        "women": Q(person__gender=Gender.FEMALE),
        "minorities": ~Q(person__ethnicity=HAN),
        "fresh": Q(elected_before=False),
        "again": Q(elected_before=True),
        "npc": Q(person__also_npc_deputy=True),
        "cppcc": Q(person__also_cppcc_member=True),
        "overlap": elsewhere(),
        "migrants": Q(person__migrant=True),
    }


def elsewhere() -> Q:
    """Delegates who sit in the people's congress or in the CPPCC as well."""
    return Q(person__also_npc_deputy=True) | Q(person__also_cppcc_member=True)


def _since(cutoff: date, years: int) -> date:
    """Who was born, or joined, after this month is less than so many years old."""
    return cutoff.replace(year=cutoff.year - years)


def _ages(cutoff: date) -> dict[str, Q]:
    def younger(years: int) -> Q:
        return Q(person__birth_month__gt=_since(cutoff, years))

    return {
        "under_45": younger(YOUNG + 1),
        "young_then": Q(months_then__lt=12 * (YOUNG + 1)),
        "to_35": younger(36),
        "to_45": younger(46) & ~younger(36),
        "to_54": younger(55) & ~younger(46),
        "from_55": ~younger(55),
    }


def _party_ages(cutoff: date) -> dict[str, Q]:
    def between(years: int, more: int) -> Q:
        joined = "person__joined_party_month"
        return Q(**{f"{joined}__lte": _since(cutoff, years), f"{joined}__gt": _since(cutoff, more)})

    return {
        "party_to_10": Q(person__joined_party_month__gt=_since(cutoff, 11)),
        "party_to_20": between(11, 21),
        "party_to_30": between(21, 31),
        "party_over_30": Q(person__joined_party_month__lte=_since(cutoff, 31)),
        "party_unknown": Q(person__joined_party_month=None),
    }


def _educations() -> dict[str, Q]:
    """By the higher of full-time and in-service education."""

    def holds(*words: str) -> Q:
        condition = Q()
        for word in words:
            condition |= Q(person__education__contains=word) | Q(person__in_service_education__contains=word)
        return condition

    postgraduate, university = holds("研究生", "硕士", "博士"), holds("大学", "本科")
    junior = holds("大专")
    return {
        "college": postgraduate | university | junior,
        "postgraduate": postgraduate,
        "university": university & ~postgraduate,
        "junior_college": junior & ~university & ~postgraduate,
        "school": ~(postgraduate | university | junior),
    }


COUNTED = ("total", *slices(date(2000, 1, 1)))


def elected_before() -> Exists:
    """Whether the person already was a delegate of an earlier congress of the same organisation."""
    return Exists(
        Mandate.objects.filter(
            person=OuterRef("person"),
            congress__organization=OuterRef("congress__organization"),
            congress__number__lt=OuterRef("congress__number"),
        ).exclude(status__in=NEVER_SERVED)
    )


NEVER_SERVED: Final = (MandateStatus.CANDIDATE, MandateStatus.NOT_ELECTED, MandateStatus.VOID)


def quotas(congresses: Iterable[Congress]) -> dict[int, int | None]:
    """Seats by congress, where they are known: its own number, else what its electing units were given."""
    congresses = list(congresses)
    units = ElectingUnit.objects.filter(congress__in=congresses).order_by().values("congress")
    given = dict(units.annotate(seats=Sum("seat_quota")).values_list("congress", "seats"))
    return {one.pk: one.seats or given.get(one.pk) for one in congresses}


def add_up(lines: Sequence[Line]) -> dict[str, int | None]:
    """The sums of the lines; of their seats only where all are known, else the sum would invent vacancies."""
    seats = [line.counts.get("seats") for line in lines]
    known = sum(filter(None, seats)) if all(seats) else None
    return {name: sum(line[name] for line in lines) for name in COUNTED} | {"seats": known}


def _judge(lines: Sequence[Line], total: Line, cutoff: date) -> dict[int, dict[str, rules.Held]]:
    """Put the verdicts on the lines; on the total by the guidance of the top of their branch. Says the rules."""
    organizations = {line.congress.organization for line in lines if line.congress}
    top = _top(organizations)
    asked = {*organizations, top} - {None}
    held = rules.held_by([*(ratio.rule for ratio in RATIOS), WARN], asked, in_force_on(cutoff))
    for line in lines:
        line.verdicts = verdicts(line, held[line.congress.organization_id])
    total.verdicts = verdicts(total, held[top.pk]) if top else []
    return held


def verdicts(line: Line, held: Mapping[str, rules.Held]) -> list[Verdict]:
    """Every ratio of the line against the guidance that holds there."""
    said = [(ratio, held[ratio.rule]) for ratio in RATIOS]
    return [Verdict(ratio, line[ratio.name], line["total"], one.value, one.source) for ratio, one in said]


def in_force_on(cutoff: date) -> date:
    """The day whose guidance is meant: the last of the cut-off month, or today where that is still to come."""
    last = date(cutoff.year + cutoff.month // 12, cutoff.month % 12 + 1, 1) - timedelta(days=1)
    return min(last, timezone.localdate())


def _top(organizations: Iterable[Organization]) -> Organization | None:
    """The lowest organisation above all of them, or their own if there is but one."""
    paths = [one.path.strip("/").split("/") for one in organizations]
    shared = []
    for codes in zip(*paths, strict=False):
        if len(set(codes)) > 1:
            break
        shared.append(codes[0])
    return Organization.objects.filter(code=shared[-1]).first() if shared else None
