"""What the register already holds of the delegates a roster names: asked once, in a handful of queries."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from delegates.models import DelegateGroup, Delegation, ElectingUnit, Mandate, Person

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
        return register

    def _add(self, mandate: Mandate) -> None:
        # Whoever sits in two of the congresses is read twice: both mandates must share the object that is written.
        person = mandate.person = self.own.setdefault(mandate.person_id, mandate.person)
        self.mandates[mandate.congress_id, person.pk] = mandate
        self.by_name[mandate.congress_id, person.name, person.birth_month].append(person)
        if person.id_number_index:
            self.by_index[person.id_number_index] = person
