"""P08: each delegate's Party members and masses."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from congress.kernel.reports import Column, ReportRefused, Section
from congress.models import Congress
from delegates.kernel import names
from delegates.policies import MANDATES
from liaison.kernel.liaisonrows import TARGET_WORDS
from liaison.models import ContactKind, Target
from liaison.policies import CONTACTS
from liaison.reports.links import CHANGED, LiaisonReport
from liaison.services.figures import mean
from liaison.services.limits import Limit, limits_of

PARTY, MASS = ContactKind.PARTY_MEMBER, ContactKind.MASS


@dataclass
class DelegateLine:
    """One delegate with the people he keeps in touch with."""

    number: int
    name: str
    group: str
    limits: dict[str, Limit]
    people: dict[str, list[str]] = field(default_factory=lambda: {PARTY: [], MASS: []})
    targets: Counter[str] = field(default_factory=Counter)

    def count(self, kind: str) -> int:
        return len(self.people[kind])

    @property
    def kinds(self) -> str:
        """老党员2、特困户1: what kinds of target his people are."""
        return "、".join(f"{word}{count}" for word, count in self.targets.most_common())

    @property
    def flag(self) -> str:
        """What does not fit the norms."""
        flags = (
            ("党员", self.limits[PARTY].flag(self.count(PARTY))),
            ("群众", self.limits[MASS].flag(self.count(MASS))),
        )
        return "、".join(f"{what}{flag}" for what, flag in flags if flag)


COLUMNS: Final = (
    Column("number", "序号", lambda line: line.number, 6),
    Column("name", "代表姓名", lambda line: names.padded(line.name), 10),
    Column("group", "所在小组", lambda line: line.group, 20, "small"),
    Column("people", "联系普通党员", lambda line: "、".join(line.people[PARTY]), 30, "left"),
    Column("n", "人数", lambda line: line.count(PARTY), 6),
    Column("people", "联系群众", lambda line: "、".join(line.people[MASS]), 34, "left"),
    Column("n", "人数", lambda line: line.count(MASS), 6),
    Column("kinds", "对象情况", lambda line: line.kinds, 30, "left"),
    Column("flag", "提示", lambda line: line.flag, 14, "wrap"),
)


class Contacts(LiaisonReport):
    """P08: who of the delegates keeps in touch with whom, and who has too few or more than asked. Without phones."""

    key, title, landscape = "p08-contacts", "党代表联系党员群众一览表", True

    def build(self) -> list[Section]:
        if self.user is not None and not CONTACTS.may_list(self.user):
            raise ReportRefused(_("The people delegates are in touch with are named to the managing office alone."))
        lines = self._lines()
        contacts = self.seen(CONTACTS).open().filter(mandate__in=self._serving())
        rows = contacts.order_by("kind", "pk").values_list("mandate", "name", "kind", "targets", "other")
        listed = 0
        for mandate, name, kind, targets, other in rows:
            line = lines.get(mandate)
            if line is None:
                raise ReportRefused(_(CHANGED))
            line.people[kind].append(name)
            line.targets.update([*(TARGET_WORDS[Target(code)] for code in targets), *([other] if other else [])])
            listed += 1
        if listed != contacts.count():
            raise ReportRefused(_(CHANGED))
        by_congress: dict[int, list[DelegateLine]] = defaultdict(list)
        for (_pk, congress), line in self._placed.items():
            by_congress[congress].append(line)
        found = [self._section(one, by_congress[one.pk]) for one in self.congresses if by_congress[one.pk]]
        return self.checked(found)

    def _serving(self) -> Any:
        return self.seen(MANDATES).filter(congress__in=self.congresses).serving()

    def _lines(self) -> dict[int, DelegateLine]:
        """The delegates in office by number, in the order of rosters."""
        limits = limits_of(congress.organization for congress in self.congresses)
        organization = {congress.pk: congress.organization_id for congress in self.congresses}
        numbers: Counter[int] = Counter()
        self._placed: dict[tuple[int, int], DelegateLine] = {}
        rows = self._serving().order_by("congress", "roster_key", "pk")
        for pk, congress, name, group in rows.values_list("pk", "congress", "person__name", "group__name"):
            numbers[congress] += 1
            line = DelegateLine(numbers[congress], name, group or "", limits[organization[congress]])
            self._placed[pk, congress] = line
        return {pk: line for (pk, _congress), line in self._placed.items()}

    def _section(self, congress: Congress, lines: list[DelegateLine]) -> Section:
        members, masses = (sum(line.count(kind) for line in lines) for kind in (PARTY, MASS))
        few = {kind: sum(line.count(kind) < line.limits[kind].least for line in lines) for kind in (PARTY, MASS)}
        limits = lines[0].limits
        asked = [f"{limits[kind].least}—{limits[kind].most}名" for kind in (PARTY, MASS)]
        note = (
            f"每名代表联系普通党员{asked[0]}、群众{asked[1]}。"
            f"平均联系普通党员{mean(members, len(lines)):.2f}名、群众{mean(masses, len(lines)):.2f}名；"
            f"联系普通党员不足的代表{few[PARTY]}名，联系群众不足的{few[MASS]}名。"
        )
        totals = ["", "合计", f"{len(lines)}名", "", members, "", masses, "", ""]
        return Section(self.named(congress), lines, COLUMNS, notes=[note], totals=totals)
