"""One row of the committee list: the member, the groups and the delegates he keeps in touch with."""

from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from congress.kernel.importing import PlannedCell, PlannedRow
from congress.models import Congress, RowOutcome
from delegates.kernel.lists import Line
from delegates.models import CommitteeMember
from liaison.kernel.liaisonrows import MEMBER_LABELS, Named
from liaison.models import CommitteeLink
from liaison.services.register import LiaisonRegister, Seat

MEMBER_FACTS: Final = ("post", "duties", "number")


@dataclass
class MemberEntry:
    """What one row writes: a member, new or changed, links that begin and links that end."""

    member: CommitteeMember
    is_new: bool
    changed: bool = False
    added: list[tuple[str, int]] = field(default_factory=list)
    dropped: list[CommitteeLink] = field(default_factory=list)


@dataclass
class MemberJudge:
    """Turns lines into planned rows and, where something is new, into entries."""

    register: LiaisonRegister
    entries: list[MemberEntry] = field(default_factory=list)
    _seen: dict[tuple[int, str], PlannedRow] = field(default_factory=dict)

    def judge(self, sheet: str, line: Line) -> PlannedRow:
        row = PlannedRow(sheet, line.number, title=line.facts.get("name", ""), outcome=RowOutcome.CREATED)
        for problem in line.problems:
            row.reject(problem.column, problem.value, problem.problem, problem.advice)
        said = line.facts
        congress = self._congress(row, said["town"]) if "town" in said else None
        if congress is None or "name" not in said:
            return row
        groups = [self._group(row, congress, name) for name in said.get("groups", ())]
        seats = [self._seat(row, congress, named, groups) for named in said.get("delegates", ())]
        if self._is_first(row, congress, said) and row.outcome != RowOutcome.REJECTED:
            wanted = {("group", one) for one in groups if one} | {("mandate", one.pk) for one in seats if one}
            self._compare(row, congress, said, wanted)
        return row

    def _congress(self, row: PlannedRow, town: str) -> Congress | None:
        found = self.register.town(town)
        if len(found) == 1:
            return found[0]
        problem = _("%(place)s has no running congress in this branch.") if not found else _(
            "There are several congresses of %(place)s in this branch."
        )  # fmt: skip
        advice = _("Correct the township, or import its roster first.")
        row.reject(MEMBER_LABELS["town"], town, problem % {"place": town}, advice)
        return None

    def _group(self, row: PlannedRow, congress: Congress, name: str) -> int | None:
        group = self.register.groups.get((congress.pk, name))
        if group is None:
            row.reject(
                MEMBER_LABELS["groups"], name,
                _("%(place)s has no delegate group of this name.") % {"place": congress.organization.name},
                _("Write the group's name as in the roster; separate several by “、”."),
            )  # fmt: skip
        return group.pk if group else None

    def _seat(self, row: PlannedRow, congress: Congress, named: Named, groups: list[int | None]) -> Seat | None:
        here = [seat for seat in self.register.by_name.get(named.name, ()) if seat.congress == congress.pk]
        fitting = [seat for seat in here if seat.group_name == named.group] if named.group else here
        if len(fitting) > 1:  # of two of one name, the one in a group the member looks after is meant
            near = [seat for seat in fitting if seat.group in groups]
            fitting = near if len(near) == 1 else fitting
        if len(fitting) == 1:
            return fitting[0]
        shown = f"{named.name}（{named.group}）" if named.group else named.name
        if fitting:
            problem = _("%(place)s has several delegates of this name.")
            advice = _("Write the group behind the name: 王勇（安塘村代表小组）.")
        else:
            problem = _("%(place)s has no delegate of this name in office.")
            advice = _("Correct the name; separate several by “、”.")
        row.reject(MEMBER_LABELS["delegates"], shown, problem % {"place": congress.organization.name}, advice)
        return None

    def _is_first(self, row: PlannedRow, congress: Congress, said: dict[str, Any]) -> bool:
        first = self._seen.setdefault((congress.pk, said["name"]), row)
        if first is not row:
            row.reject(
                MEMBER_LABELS["name"], said["name"],
                _("This member stands already in sheet “%(sheet)s”, row %(row)s.")
                % {"sheet": first.sheet, "row": first.number},
                _("Delete one of the two rows."),
            )  # fmt: skip
        return first is row

    def _compare(self, row: PlannedRow, congress: Congress, said: dict[str, Any], wanted: set[tuple[str, int]]) -> None:
        known = self.register.members.get((congress.pk, said["name"]), [])
        if len(known) > 1:
            known = [member for member in known if member.post == said["post"]]
        member = known[0] if known else CommitteeMember(congress=congress, name=said["name"])
        entry = MemberEntry(member, is_new=not known)
        for key in MEMBER_FACTS:
            if key in said and getattr(member, key) != said[key]:
                before = str(getattr(member, key) or "") if known else ""
                row.cells.append(PlannedCell(MEMBER_LABELS[key], before, str(said[key])))
                setattr(member, key, said[key])
                entry.changed = True
        self._compare_links(row, entry, said, wanted)
        if known:
            differs = entry.changed or entry.added or entry.dropped
            row.outcome = RowOutcome.UPDATED if differs else RowOutcome.UNCHANGED
        if entry.is_new or row.outcome == RowOutcome.UPDATED:
            self.entries.append(entry)

    def _compare_links(
        self, row: PlannedRow, entry: MemberEntry, said: dict[str, Any], wanted: set[tuple[str, int]]
    ) -> None:
        """A cell that is filled names all; one that is empty says nothing."""
        held = self.register.links.get(entry.member.pk, []) if entry.member.pk else []
        for what, key in (("group", "groups"), ("mandate", "delegates")):
            if key not in said:
                continue
            now = {getattr(link, f"{what}_id"): link for link in held if getattr(link, f"{what}_id")}
            asked = {pk for kind, pk in wanted if kind == what}
            entry.added += [(what, pk) for pk in sorted(asked - now.keys())]
            gone = [link for pk, link in now.items() if pk not in asked]
            entry.dropped += gone
            if asked != now.keys():
                before = "、".join(str(getattr(link, what)) for link in now.values())
                after = "、".join(one.name if isinstance(one, Named) else one for one in said[key])
                row.cells.append(PlannedCell(MEMBER_LABELS[key], before, after))
