"""What the register already holds of the delegates a roster names: asked once, in a handful of queries."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q

from delegates.models import DelegateGroup, Delegation, ElectingUnit, Mandate, Person, VacancyState
from delegates.models.mandates import ENDED
from delegates.services.seats import holding

BODIES = {"electing_unit": ElectingUnit, "delegation": Delegation, "group": DelegateGroup}
Body = ElectingUnit | Delegation | DelegateGroup


@dataclass
class Register:
    """The mandates of some congresses, their persons and bodies, and whoever else has one of the ID numbers."""

    mandates: dict[tuple[int, int], Mandate] = field(default_factory=dict)  # by congress and person
    by_index: dict[str, Person] = field(default_factory=dict)
    by_name: dict[tuple[int, str, date], list[Person]] = field(default_factory=lambda: defaultdict(list))
    bodies: dict[tuple[str, int, str], Body] = field(default_factory=dict)  # by column, congress and name
    own: dict[int, Person] = field(default_factory=dict)  # who sits in one of the congresses
    free_seats: dict[int, int] = field(default_factory=dict)  # by electing unit, where that is known
    certificates: dict[tuple[int, str], int | None] = field(default_factory=dict)  # by congress and number: whose

    @classmethod
    def load(cls, congresses: Collection[int], indexes: Collection[str], *, lock: bool) -> "Register":
        """With `lock`, nobody changes the persons and mandates until the transaction ends."""
        register = cls()
        mandates = Mandate.objects.filter(congress__in=congresses).order_by("pk")
        mandates = mandates.select_related("person__organization", "electing_unit", "delegation", "group")
        for mandate in mandates.select_for_update(of=("self", "person")) if lock else mandates:
            register._add(mandate)
        others = Person.objects.filter(id_number_index__in=set(indexes) - set(register.by_index)).order_by("pk")
        others = others.select_related("organization")
        for person in others.select_for_update(of=("self",)) if lock else others:
            register.by_index[person.id_number_index] = person
        for key, model in BODIES.items():
            for body in model.objects.filter(congress__in=congresses):
                register.bodies[key, body.congress_id, body.name] = body
        register.free_seats = _free_seats(congresses)
        return register

    def take_seat(self, unit: Body) -> bool:
        """Whether the unit has a seat for one more; then it has one less. A unit without quota or vacancy has."""
        if unit.pk not in self.free_seats:
            return True
        self.free_seats[unit.pk] -= 1
        return self.free_seats[unit.pk] >= 0

    def _add(self, mandate: Mandate) -> None:
        # Whoever sits in two of the congresses is read twice: both mandates must share the object that is written.
        person = mandate.person = self.own.setdefault(mandate.person_id, mandate.person)
        known = self.mandates.get((mandate.congress_id, person.pk))
        if known is None or known.status in ENDED:  # elected again: the later mandate is the one meant
            self.mandates[mandate.congress_id, person.pk] = mandate
        if mandate.certificate_number:
            self.certificates[mandate.congress_id, mandate.certificate_number] = person.pk
        namesakes = self.by_name[mandate.congress_id, person.name, person.birth_month]
        if person not in namesakes:
            namesakes.append(person)
        if person.id_number_index:
            self.by_index[person.id_number_index] = person


def _free_seats(congresses: Collection[int]) -> dict[int, int]:
    """How many more the electing units may take in: none while a vacancy waits for its by-election."""
    held = Count("mandates", filter=holding("mandates__"), distinct=True)
    vacant = Count("vacancies", filter=Q(vacancies__state=VacancyState.OPEN), distinct=True)
    units = ElectingUnit.objects.filter(congress__in=congresses).annotate(held=held, vacant=vacant)
    known = units.filter(Q(seat_quota__isnull=False) | Q(vacant__gt=0))
    rows = known.values_list("pk", "seat_quota", "held", "vacant")
    return {pk: 0 if vacant else max(quota - held, 0) for pk, quota, held, vacant in rows}
