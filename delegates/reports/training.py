"""T01: the sheet delegates sign at a training. T02: the year's ledger of trainings, and who has had none."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, Final

from django import forms
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel.reports import CodeField, Column, Report, ReportForm, ReportRefused, Section
from congress.models import Organization
from congress.policies import ORGANIZATIONS
from congress.reports import BranchForm, BranchReport, by_code
from delegates.kernel import names
from delegates.models import CourseKind, TrainingSession
from delegates.policies import ATTENDANCES, MANDATES, TRAININGS
from delegates.reports import words
from delegates.services import training
from delegates.services.structure import Share

KINDS: Final[Mapping[str, str]] = {
    CourseKind.COURSE: "培训班",
    CourseKind.LECTURE: "讲座",
    CourseKind.REPORT: "报告会",
    CourseKind.FORUM: "座谈",
    CourseKind.TOUR: "外出考察",
}


def by_number(text: str) -> dict[str, Any]:
    """How a training day is found: by its number in the register."""
    return {"pk": int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None}


class SessionField(CodeField):
    """A training day, by its number."""

    def prepare_value(self, value: Any) -> Any:
        return value.pk if isinstance(value, TrainingSession) else value

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.pk if isinstance(value, TrainingSession) else value)


@dataclass(slots=True)
class Line:
    """One line of a list: its number, and the row it says."""

    number: int
    row: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.row[name]


class SignInForm(ReportForm):
    session = SessionField(
        TRAININGS,
        by_number,
        label=gettext_lazy("Training day"),
    )
    organization = CodeField(
        ORGANIZATIONS,
        by_code,
        label=gettext_lazy("Only the delegates of"),
        required=False,
        help_text=gettext_lazy("Left empty: everybody whom the training invites."),
    )


SIGN_IN: Final = (
    Column("number", "序号", lambda line: line.number, 6),
    Column("name", "姓名", lambda line: names.padded(line["person__name"]), 12),
    Column("post", "单位及职务", lambda line: line["person__post"], 34, "left"),
    Column("group", "代表小组", lambda line: line["group__name"] or "", 20, "small"),
    Column("sign", "签名", lambda line: "", 18),
    Column("time", "签到时间", lambda line: line["time"], 12),
)
SEATED: Final = ("pk", "person", "person__name", "person__post", "group__name", "congress__organization__name")


class SignInSheet(Report):
    """Everybody invited, a sheet for each organisation; who has signed in by telephone stands there with the time."""

    key, title = "t01-sign-in", "培训签到表"
    template = "delegates/reports/sign_in.html"
    form_class = SignInForm

    @cached_property
    def session(self) -> TrainingSession:
        return self.seen(TRAININGS).for_list().get(pk=self.params["session"].pk)

    @property
    def organization(self) -> Organization:
        """The branch whose delegates stand on it: a township's print of a district's training is the township's."""
        asked = self.params["organization"]
        held = self.session.course.organization
        if asked:
            return asked
        return self.seen(ORGANIZATIONS).filter(path__startswith=held.path).order_by("path").first() or held

    @property
    def phrases(self) -> list[str]:
        return [self.session.course.title, "签到表"]

    def context(self) -> dict[str, Any]:
        return super().context() | {"session": self.session, "day": words.long_day(self.session.held_on)}

    def build(self) -> list[Section]:
        invited = training.invited(self.session, self.seen(MANDATES))
        if asked := self.params["organization"]:
            invited = invited.filter(congress__organization__path__startswith=asked.path)
        rows = list(invited.order_by("congress__organization__path", "roster_key", "pk").values(*SEATED))
        if not rows:
            raise ReportRefused(_("This training invites no delegate in office there."))
        came = dict(
            self.seen(ATTENDANCES)
            .filter(session=self.session, signed_at__isnull=False)
            .values_list("mandate__person", "signed_at")
        )
        for row in rows:
            at = came.get(row["person"])
            row["time"] = f"{timezone.localtime(at):%H:%M}" if at else ""
        groups = groupby(rows, key=lambda row: row["congress__organization__name"])
        return [self._section(place, name, list(group)) for place, (name, group) in enumerate(groups)]

    def _section(self, place: int, name: str, rows: list[dict[str, Any]]) -> Section:
        lines = [Line(number, row) for number, row in enumerate(rows, 1)]
        note = f"应到{len(lines)}人，实到　　人，请假　　人。"
        heading = f"{name}（{len(lines)}名）"
        if place:  # the sheets are handed to different tables: each says what it is for
            heading += f"　{self.session.course.title}　{words.long_day(self.session.held_on)}"
        return Section(heading, lines, SIGN_IN, notes=[note], breaks=place > 0)


class LedgerForm(BranchForm):
    year = forms.IntegerField(
        label=gettext_lazy("Year"),
        required=False,
        min_value=1950,
        max_value=2100,
        help_text=gettext_lazy("This year if left empty."),
    )


LEDGER: Final = (
    Column("number", "序号", lambda line: line.number, 6),
    Column("day", "日期", lambda line: f"{line['held_on']:%Y.%m.%d}", 12),
    Column("course", "培训内容", lambda line: line["course__title"], 30, "left"),
    Column("kind", "类别", lambda line: KINDS[line["course__kind"]], 10),
    Column("held_by", "主办单位", lambda line: line["course__organization__name"], 16, "wrap"),
    Column("venue", "地点", lambda line: line["place"], 18, "small"),
    Column("hours", "课时", lambda line: _plain(line["hours"]), 7),
    Column("times", "人次", lambda line: line["times"], 8),
    Column("sum", "累计学时", lambda line: _plain(line["sum_hours"]), 10),
)
BY_TOWN: Final = (
    Column("number", "序号", lambda line: line.number, 6),
    Column("town", "单位", lambda line: line["name"], 24),
    Column("n", "在任代表", lambda line: line["serving"], 10),
    Column("n", "已参训", lambda line: line["trained"], 10),
    Column("n", "未参训", lambda line: line["none"], 10),
    Column("n", "参训率%", lambda line: _share(line["trained"], line["serving"]), 10),
    Column("n", "人次", lambda line: line["times"], 10),
    Column("n", "累计学时", lambda line: _plain(line["hours"]), 12),
)
NONE_YET: Final = (
    Column("number", "序号", lambda line: line.number, 6),
    Column("town", "单位", lambda line: line["congress__organization__name"], 16),
    Column("name", "姓名", lambda line: names.padded(line["person__name"]), 12),
    Column("post", "单位及职务", lambda line: line["person__post"], 40, "left"),
    Column("group", "代表小组", lambda line: line["group__name"] or "", 22, "small"),
)


class TrainingLedger(BranchReport):
    """What was held, by day; how far each township's delegates are; who has had none this year."""

    key, title = "t02-training", "培训情况台账"
    template = "delegates/reports/training.html"
    form_class = LedgerForm

    @property
    def year(self) -> int:
        return self.params["year"] or timezone.localdate().year

    @property
    def phrases(self) -> list[str]:
        return [self.organization.name, f"{self.year}年度", "党代表", self.title]

    def came(self) -> QuerySet:
        """Each time in the year that a delegate of the congresses asked for, whom the user may see, came."""
        return self.seen(ATTENDANCES).of_year(self.year).filter(mandate__congress__in=self.congresses)

    def serving(self) -> QuerySet:
        return self.seen(MANDATES).filter(congress__in=self.congresses).serving()

    @cached_property
    def totals(self) -> dict[str, Any]:
        return training.totals(self.came())

    def build(self) -> list[Section]:
        held, towns, missing = self._held(), self._by_town(), self._missing()
        times = {sum(line["times"] for line in lines) for lines in (held, towns)}
        if times != {self.totals["times"]} or len(missing) != sum(line["none"] for line in towns):
            raise ReportRefused(_("The register changed while it was being printed. Print it again."))
        if not towns:
            raise ReportRefused(_("There is no delegate in office in %(name)s.") % {"name": self.organization.name})
        hours = _plain(self.totals["hours"] or 0)
        sums = ["", "合计", f"{len(held)}次", "", "", "", "", self.totals["times"], hours]
        serving, trained = (sum(line[name] for line in towns) for name in ("serving", "trained"))
        both = [serving, trained, len(missing), _share(trained, serving), self.totals["times"], hours]
        sections = [
            Section("一、培训情况", held, LEDGER, notes=[self._said(len(held))], totals=sums),
            Section("二、各单位参训情况", towns, BY_TOWN, totals=["", "合计", *both]),
        ]
        if missing:
            sections.append(Section(f"三、本年度尚未参加培训的代表（{len(missing)}名）", missing, NONE_YET))
        return sections

    def _held(self) -> list[Line]:
        rows = self.came().values(
            "session", "session__held_on", "session__course__title", "session__course__kind", "session__place",
            "session__course__organization__name", "session__hours",
        )  # fmt: skip
        rows = rows.annotate(times=Count("pk"), sum_hours=Sum("hours")).order_by("session__held_on", "session")
        return [
            Line(number, {name.removeprefix("session__"): value for name, value in row.items()})
            for number, row in enumerate(rows, 1)
        ]

    def _by_town(self) -> list[Line]:
        seat = "congress__organization"
        serving = self._each(self.serving(), seat)
        missing = self._each(training.untrained(self.serving(), self.year), seat)
        came = self.came().order_by().values(f"mandate__{seat}").annotate(times=Count("pk"), hours=Sum("hours"))
        counted = {row[f"mandate__{seat}"]: row for row in came}
        towns = {congress.organization_id: congress.organization.name for congress in self.congresses}
        lines = []
        for town, name in towns.items():
            if not serving.get(town) and town not in counted:
                continue
            own = counted.get(town, {"times": 0, "hours": 0})
            none = missing.get(town, 0)
            counts = {"serving": serving.get(town, 0), "none": none, "trained": serving.get(town, 0) - none}
            lines.append(Line(len(lines) + 1, {"name": name, **counts, "times": own["times"], "hours": own["hours"]}))
        return lines

    @staticmethod
    def _each(rows: QuerySet, seat: str) -> dict[int, int]:
        return dict(rows.order_by().values_list(seat).annotate(Count("pk")))

    def _missing(self) -> list[Line]:
        rows = training.untrained(self.serving(), self.year)
        rows = rows.order_by("congress__organization__path", "congress__number", "roster_key", "pk")
        fields = ("congress__organization__name", "person__name", "person__post", "group__name")
        return [Line(number, row) for number, row in enumerate(rows.values(*fields), 1)]

    def _said(self, held: int) -> str:
        counts = self.totals
        return (
            f"本年度共开展培训{held}次，参训{counts['times']}人次、{counts['persons']}人，"
            f"累计{_plain(counts['hours'] or 0)}学时。"
        )


def _plain(value: Any) -> Any:
    """Hours as they are said: 4, 4.5. A number to a workbook."""
    return int(value) if value == int(value) else float(value)


def _share(part: int, whole: int) -> Share | str:
    return Share(100 * part / whole) if whole else ""
