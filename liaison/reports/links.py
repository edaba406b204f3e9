"""P06: the delegate groups and who looks after each. P07: each committee member's groups and delegates."""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from django.db.models import Count
from django.utils.translation import gettext as _

from congress.kernel.reports import Column, ReportRefused, Section
from congress.models import Congress
from congress.reports import BranchReport
from delegates.kernel import names
from delegates.models import CommitteeMember, DelegateGroup
from delegates.policies import GROUPS, MANDATES, MEMBERS
from liaison.policies import LINKS
from liaison.services.coverage import sitting
from liaison.services.limits import Limit, limits_of

CHANGED: Final = "The register changed while it was being printed. Print it again."


class LiaisonReport(BranchReport):
    """A report with a section for each congress of the branch, under the name of its township."""

    template = "liaison/reports/tables.html"

    @property
    def phrases(self) -> list[str]:
        if len(self.congresses) == 1:
            return [self.congresses[0].full_name, self.title]
        return [self.organization.name, self.title]

    def named(self, congress: Congress) -> str:
        return congress.organization.name if len(self.congresses) > 1 else ""

    def checked(self, sections: list[Section]) -> list[Section]:
        """The sections, or a sentence if there is nothing to print."""
        if not sections:
            raise ReportRefused(_("There is nothing to print for %(name)s yet.") % {"name": self.organization.name})
        return sections


@dataclass
class GroupLine:
    """One group: its people, and the committee members who look after it."""

    number: int
    group: DelegateGroup
    delegates: int
    members: list[str]


def _name(mandate: Any) -> str:
    return names.padded(mandate.person.name) if mandate else ""


GROUP_COLUMNS: Final = (
    Column("number", "序号", lambda line: line.number, 6),
    Column("group", "代表小组", lambda line: line.group.name, 22, "left"),
    Column("area", "所在村（社区）", lambda line: str(line.group.organization or ""), 22, "left"),
    Column("name", "组长", lambda line: _name(line.group.leader), 10),
    Column("name", "副组长", lambda line: _name(line.group.deputy), 10),
    Column("n", "代表人数", lambda line: line.delegates, 8),
    Column("linked", "联系党委委员", lambda line: "、".join(line.members) or "未安排", 16),
    Column("work", "跟踪督查的重点工作", lambda line: "", 24, "left"),
)


class Groups(LiaisonReport):
    """P06: every group of the congresses in office; what it tracks is filled in by hand."""

    key, title = "p06-groups", "代表小组情况表"

    def build(self) -> list[Section]:
        groups = self.seen(GROUPS).filter(congress__in=self.congresses)
        groups = groups.select_related("organization", "leader__person", "deputy__person")
        serving = self.seen(MANDATES).filter(congress__in=self.congresses).serving().order_by()
        counted = dict(serving.exclude(group=None).values_list("group").annotate(Count("pk")))
        looked_after: dict[int, list[str]] = defaultdict(list)
        links = self.seen(LINKS).open().filter(group__congress__in=self.congresses)
        for group, name in links.order_by("member__number", "pk").values_list("group", "member__name"):
            looked_after[group].append(name)
        by_congress: dict[int, list[GroupLine]] = defaultdict(list)
        for group in groups.order_by("congress", "number", "pk"):
            lines = by_congress[group.congress_id]
            lines.append(GroupLine(len(lines) + 1, group, counted.get(group.pk, 0), looked_after[group.pk]))
        sections = [self._section(one, by_congress[one.pk]) for one in self.congresses if by_congress[one.pk]]
        if sum(line.delegates for lines in by_congress.values() for line in lines) != sum(counted.values()):
            raise ReportRefused(_(CHANGED))
        return self.checked(sections)

    def _section(self, congress: Congress, lines: list[GroupLine]) -> Section:
        total = sum(line.delegates for line in lines)
        without = sum(not line.members for line in lines)
        note = f"共{len(lines)}个代表小组、{total}名代表，平均每组{total / len(lines):.1f}名；"
        note += f"{without}个小组尚未安排党委委员联系。" if without else "每个小组都有党委委员联系。"
        totals = ["", "合计", "", "", "", total, "", ""]
        return Section(self.named(congress), lines, GROUP_COLUMNS, notes=[note], totals=totals)


@dataclass
class MemberLine:
    """One committee member with everybody he keeps in touch with."""

    number: int
    member: CommitteeMember
    limits: dict[str, Limit]
    groups: list[str] = field(default_factory=list)
    delegates: list[str] = field(default_factory=list)

    @property
    def flag(self) -> str:
        """What does not fit the norms."""
        flags = (
            ("小组", self.limits["groups"].flag(len(self.groups))),
            ("代表", self.limits["delegates"].flag(len(self.delegates))),
        )
        return "、".join(f"{what}{flag}" for what, flag in flags if flag)


MEMBER_COLUMNS: Final = (
    Column("number", "序号", lambda line: line.number, 6),
    Column("name", "姓名", lambda line: names.padded(line.member.name), 10),
    Column("post", "职务", lambda line: line.member.post, 20, "left"),
    Column("duties", "分工", lambda line: line.member.duties, 14),
    Column("groups", "联系代表小组", lambda line: "、".join(line.groups), 26, "left"),
    Column("n", "小组数", lambda line: len(line.groups), 7),
    Column("delegates", "联系代表", lambda line: "、".join(line.delegates), 40, "left"),
    Column("n", "代表数", lambda line: len(line.delegates), 7),
    Column("flag", "提示", lambda line: line.flag, 12, "wrap"),
)


class CommitteeLinks(LiaisonReport):
    """P07: who of the committee looks after which groups and which delegates, and what does not fit the norms."""

    key, title, landscape = "p07-committee-links", "党委委员联系代表小组、代表安排表", True

    def build(self) -> list[Section]:
        limits = limits_of(congress.organization for congress in self.congresses)
        by_pk = {congress.pk: congress for congress in self.congresses}
        members = sitting(self.seen(MEMBERS).filter(congress__in=self.congresses))
        lines: dict[int, MemberLine] = {}
        ordered = sorted(members, key=lambda one: (one.congress_id, one.number, one.pk))
        for _congress, group in groupby(ordered, key=lambda one: one.congress_id):
            for number, member in enumerate(group, 1):
                lines[member.pk] = MemberLine(number, member, limits[by_pk[member.congress_id].organization_id])
        links = self.seen(LINKS).open().filter(member__in=lines)
        held = links.order_by("mandate__roster_key", "group__number", "pk")
        count = 0
        for member, group_name, name in held.values_list("member", "group__name", "mandate__person__name"):
            (lines[member].groups if group_name else lines[member].delegates).append(group_name or name)
            count += 1
        if count != links.count():
            raise ReportRefused(_(CHANGED))
        sections = []
        for congress in self.congresses:
            own = [line for line in lines.values() if line.member.congress_id == congress.pk]
            sections += [self._section(congress, own)] if own else []
        return self.checked(sections)

    def _section(self, congress: Congress, lines: list[MemberLine]) -> Section:
        groups, delegates = (sum(len(getattr(line, what)) for line in lines) for what in ("groups", "delegates"))
        limits = lines[0].limits
        note = (
            f"每名党委委员联系代表小组{limits['groups'].least}—{limits['groups'].most}个、"
            f"代表{limits['delegates'].least}—{limits['delegates'].most}名；"
            f"{sum(bool(line.flag) for line in lines)}名委员与要求不符。"
        )
        totals = ["", "合计", f"{len(lines)}名", "", "", groups, "", delegates, ""]
        return Section(self.named(congress), lines, MEMBER_COLUMNS, notes=[note], totals=totals)
