"""Which congress a sheet of a roster is about: by its title, else by the name of the sheet."""

import re
from dataclasses import dataclass, field
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from congress.models import Congress, Organization, OrganizationKind
from delegates.kernel.rosters import Fault, Table, Title

TOWNSHIP_NAME: Final = re.compile(r"^[\u4e00-\u9fff]{1,12}(镇|乡|街道)$")


@dataclass(eq=False)
class Target:
    """The congress a sheet fills. Where the register lacks it, `town` or `congress` is empty until it is made."""

    town_name: str
    number: int
    standing: bool
    town: Organization | None = None
    congress: Congress | None = None


@dataclass
class Towns:
    """The organisations and congresses of one branch, asked once."""

    organization: Organization
    create_missing: bool
    towns: dict[str, Organization] = field(init=False)
    congresses: dict[tuple[int, int], Congress] = field(init=False)
    prefixes: list[str] = field(init=False)
    made: dict[tuple[str, int], Target] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kinds = (OrganizationKind.DISTRICT, OrganizationKind.TOWNSHIP)
        branch = Organization.objects.branch(self.organization).open().filter(kind__in=kinds)
        self.towns = {town.name: town for town in branch}
        congresses = Congress.objects.filter(organization__in=branch).select_related("organization")
        self.congresses = {(congress.organization_id, congress.number): congress for congress in congresses}
        self.prefixes = [above.name for above in Organization.objects.above(self.organization)]

    def target(self, table: Table) -> Target | None:
        """The congress of the sheet; where there is none, the reason is put on the sheet's faults."""
        return self._by_title(table, table.title) if table.title else self._by_sheet(table)

    def _by_title(self, table: Table, title: Title) -> Target | None:
        place = self._without_prefix(title.place)
        said = {"place": place, "sheet": table.sheet}
        if table.sheet != place and (table.sheet in self.towns or TOWNSHIP_NAME.match(table.sheet)):
            return _fault(
                table,
                _("The sheet is called “%(sheet)s”, its title speaks of “%(place)s”.") % said,
                _("Correct the one that is wrong."),
            )
        town = self.towns.get(place)
        if town is None and not self._may_make(place):
            return _fault(
                table,
                _("“%(place)s” is not in the register under %(organization)s.")
                % {"place": place, "organization": self.organization.name},
                _("Correct the title, or allow the import to create it (its name ends in 镇, 乡 or 街道)."),
            )
        congress = self.congresses.get((town.pk, title.number)) if town else None
        if congress is None and not self.create_missing:
            return _fault(
                table,
                _("%(place)s has no such term in the register.") % said,
                _("Correct the title, enter the congress first, or allow the import to create what is missing."),
            )
        fresh = Target(place, title.number, title.standing, town, congress)
        return self.made.setdefault((place, title.number), fresh)

    def _by_sheet(self, table: Table) -> Target | None:
        """No title: the sheet's name is the township, its only running congress is the one."""
        town = self.towns.get(table.sheet)
        if town is None and self.organization.kind == OrganizationKind.TOWNSHIP:
            town = self.organization
        advice = _("Write the title in the first row, for instance 青江镇第十五届党代表大会代表花名册.")
        if town is None:
            return _fault(
                table,
                _("The sheet has no title, and “%(sheet)s” is not in the register under %(organization)s.")
                % {"sheet": table.sheet, "organization": self.organization.name},
                advice,
            )
        running = Congress.objects.running(timezone.localdate()).filter(organization=town)
        if len(running) != 1:
            return _fault(
                table,
                _("The sheet has no title, and %(town)s has %(count)s running congresses to choose from.")
                % {"town": town.name, "count": len(running)},
                advice,
            )
        congress = self.congresses[town.pk, running[0].number]
        fresh = Target(town.name, congress.number, congress.naming == Congress.Naming.STANDING, town, congress)
        return self.made.setdefault((town.name, congress.number), fresh)

    def _without_prefix(self, place: str) -> str:
        """明川区青江镇 as 青江镇."""
        for prefix in self.prefixes:
            if place != prefix:
                place = place.removeprefix(prefix)
        return place

    def _may_make(self, place: str) -> bool:
        below_district = self.organization.kind == OrganizationKind.DISTRICT
        return self.create_missing and below_district and TOWNSHIP_NAME.match(place) is not None


def _fault(table: Table, problem: str, advice: str) -> None:
    """The title's row is the rejected one; a sheet without title has no row but its first to say it on."""
    row = table.title.row if table.title else (table.rows[0][0] if table.rows else 1)
    value = table.title.text if table.title else table.sheet
    table.faults.append(Fault(row, "标题", value, problem, advice))
