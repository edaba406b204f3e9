"""Who sits in the people's congress or the CPPCC as well, who works away, and the groups too few are at home of.

F018: overlap makes one person speak twice. F019: who works away is left out of nothing, but a group of which most are
away cannot meet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from congress.kernel.reports import seen
from congress.models import Congress
from congress.querysets import running
from delegates.models import Mandate
from delegates.policies import MANDATES
from delegates.services.structure import WARN, Structure, elected_before, elsewhere, slices, this_month

COLUMNS = [
    "person__uid", "person__name", "person__gender", "person__ethnicity", "person__post", "person__phone_sealed",
    "person__also_npc_deputy", "person__also_cppcc_member", "person__migrant",
    "congress__organization__name", "group__name", "roster_key",
]  # fmt: skip


@dataclass(frozen=True)
class ThinGroup:
    """A delegate group of which so many of those in office work away that it can hardly meet."""

    pk: int
    name: str
    town: str
    serving: int
    away: int

    @property
    def home(self) -> int:
        return self.serving - self.away


def of_slice(rows: QuerySet[Mandate], name: str) -> QuerySet[Mandate]:
    """Those of `rows` who are counted under that name, in congresses in office; unchanged for an unknown name."""
    condition = slices(this_month()).get(name)
    if condition is None or name == "young_then":
        return rows
    if name in {"fresh", "again"}:
        rows = rows.annotate(elected_before=elected_before())
    return rows.serving().filter(running(timezone.localdate(), "congress__"), condition)


def named(user: Any, congresses: Iterable[Congress], most: int) -> dict[str, list[Mandate]]:
    """Who of those in office sits elsewhere too, and who works away: by town, at most so many of both together."""
    rows = seen(user, MANDATES).filter(congress__in=congresses).serving()
    rows = rows.filter(elsewhere() | Q(person__migrant=True)).select_related(
        "person", "congress__organization", "group"
    )
    found = list(rows.only(*COLUMNS).order_by("congress__organization__path", "roster_key", "pk")[:most])
    return {
        "overlap": [one for one in found if one.person.also_npc_deputy or one.person.also_cppcc_member],
        "migrants": [one for one in found if one.person.migrant],
    }


def thin_groups(user: Any, found: Structure) -> list[ThinGroup]:
    """The groups of which more work away than the rule of their organisation lets pass, in the order of the tree."""
    rows = seen(user, MANDATES).filter(congress__in=[line.congress for line in found.lines], group__isnull=False)
    rows = rows.serving().order_by("congress__organization__path", "group__number", "group")
    places = ("group", "group__name", "congress__organization", "congress__organization__name")
    thin = []
    for row in rows.values(*places).annotate(serving=Count("pk"), away=Count("pk", filter=Q(person__migrant=True))):
        most = found.held[row["congress__organization"]][WARN].value
        if most is not None and row["away"] * 100 > most * row["serving"]:
            town = row["congress__organization__name"]
            thin.append(ThinGroup(row["group"], row["group__name"], town, row["serving"], row["away"]))
    return thin
