"""What the register holds of a liaison workbook's members, groups, delegates and contacts: asked once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from congress.fields import blind_index
from congress.models import Congress, Organization
from delegates.models import CommitteeMember, DelegateGroup, Mandate
from liaison.models import CommitteeLink, Contact

SEAT: Final = ("pk", "congress_id", "person__name", "person__id_number_index", "group_id", "group__name")


@dataclass(frozen=True)
class Seat:
    """A delegate in office, as far as the workbook names him."""

    pk: int
    congress: int
    name: str
    index: str
    group: int | None
    group_name: str | None


@dataclass
class LiaisonRegister:
    """The running terms of a branch: their committees, groups, delegates in office, and who they are in touch with."""

    organization: Organization
    towns: dict[str, list[Congress]] = field(default_factory=lambda: defaultdict(list))
    members: dict[tuple[int, str], list[CommitteeMember]] = field(default_factory=lambda: defaultdict(list))
    groups: dict[tuple[int, str], DelegateGroup] = field(default_factory=dict)
    by_name: dict[str, list[Seat]] = field(default_factory=lambda: defaultdict(list))
    by_index: dict[str, list[Seat]] = field(default_factory=lambda: defaultdict(list))
    links: dict[int, list[CommitteeLink]] = field(default_factory=lambda: defaultdict(list))  # open, by member
    open: dict[tuple[int, str, str], Contact] = field(default_factory=dict)  # by delegate, name and kind
    imported: dict[str, Contact] = field(default_factory=dict)  # by import key, ended ones too
    prefixes: list[str] = field(default_factory=list)

    @classmethod
    def load(cls, organization: Organization, names: Iterable[str], *, lock: bool) -> "LiaisonRegister":
        """With `lock`, what the workbook is compared with stays as it is until the transaction ends."""
        register = cls(organization)
        register.prefixes = [above.name for above in Organization.objects.above(organization)]
        branch = Congress.objects.running(timezone.localdate()).filter(organization__path__startswith=organization.path)
        congresses = list(branch.select_related("organization").order_by("pk"))
        for congress in congresses:
            register.towns[congress.organization.name].append(congress)
        register._load_bodies(congresses, lock=lock)
        register._load_seats(congresses, set(names), lock=lock)
        return register

    def _load_bodies(self, congresses: list[Congress], *, lock: bool) -> None:
        members = _held(CommitteeMember.objects.filter(congress__in=congresses, left_on=None).order_by("pk"), lock=lock)
        for member in members:
            self.members[member.congress_id, member.name].append(member)
        for group in DelegateGroup.objects.filter(congress__in=congresses):
            self.groups[group.congress_id, group.name] = group
        links = CommitteeLink.objects.filter(member__congress__in=congresses, until=None).order_by("pk")
        for link in _held(links.select_related("group", "mandate__person"), lock=lock):
            self.links[link.member_id].append(link)

    def _load_seats(self, congresses: list[Congress], names: set[str], *, lock: bool) -> None:
        serving = Mandate.objects.serving().filter(congress__in=congresses)
        for values in serving.order_by("pk").values_list(*SEAT):
            seat = Seat(*values)
            self.by_name[seat.name].append(seat)
            if seat.index:
                self.by_index[seat.index].append(seat)
        named = Contact.objects.filter(mandate__in=serving).filter(Q(name__in=names) | ~Q(import_key=""))
        for contact in _held(named.order_by("pk"), lock=lock):
            if contact.until is None:
                self.open[contact.mandate_id, contact.name, contact.kind] = contact
            if contact.import_key:
                self.imported[contact.import_key] = contact

    def town(self, said: str) -> list[Congress]:
        """The running terms of the town; 明川区青江镇 is 青江镇."""
        for prefix in self.prefixes:
            if said != prefix:
                said = said.removeprefix(prefix)
        return self.towns.get(said, [])


def import_key(mandate: int, name: str, kind: str) -> str:
    """What one row of a workbook is known by, though the contact be renamed or ended since."""
    return blind_index(f"contact {mandate} {name} {kind}")


def _held(rows: QuerySet, *, lock: bool) -> QuerySet[Any]:
    return rows.select_for_update(of=("self",)) if lock else rows
