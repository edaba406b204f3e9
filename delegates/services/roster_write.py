"""Writes a fit plan: set by set, in the order the rows refer to each other."""

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Max
from django.utils import timezone

from congress.models import Congress, Organization, OrganizationKind
from congress.services import organizations
from delegates.kernel.rosterrows import PERSONAL
from delegates.models import Mandate, Person
from delegates.services.persons import KEYS, refresh_keys, refresh_roster_keys, roster_key
from delegates.services.register import write_registration
from delegates.services.roster_plan import MANDATE_FACTS, Entry, Judge
from delegates.services.roster_register import BODIES
from delegates.services.roster_targets import Target

BATCH: Final = 500


def write_entries(judge: Judge) -> None:
    """Make what is missing, then create and change persons and mandates. The caller holds the transaction."""
    _make_congresses(judge.organization, judge.entries)
    _make_bodies(judge)
    strangers = [entry for entry in judge.entries if entry.person is None]
    known = [entry for entry in judge.entries if entry.person is not None]
    Person.objects.bulk_create([_new_person(entry) for entry in strangers], batch_size=BATCH)
    _change_persons(known)
    fresh = [_new_mandate(judge, entry) for entry in judge.entries if entry.mandate is None]
    Mandate.objects.bulk_create(fresh, batch_size=BATCH)
    write_registration(fresh, basis="党代表名册导入", on=timezone.localdate(), by=None)
    _change_mandates(judge, [entry for entry in judge.entries if entry.mandate is not None])


def _make_congresses(parent: Organization, entries: Iterable[Entry]) -> None:
    for target in dict.fromkeys(entry.target for entry in entries):
        if target.town is None:
            target.town = organizations.create(_next_code(parent), target.town_name, OrganizationKind.TOWNSHIP, parent)
        if target.congress is None:
            naming = Congress.Naming.STANDING if target.standing else Congress.Naming.PLAIN
            target.congress = Congress.objects.create(organization=target.town, number=target.number, naming=naming)


def _next_code(parent: Organization) -> str:
    """The parent's code and the next two digits that are free."""
    taken = set(Organization.objects.filter(code__startswith=parent.code).values_list("code", flat=True))
    return next(code for number in range(1, 10_000) if (code := f"{parent.code}{number:02d}") not in taken)


def _make_bodies(judge: Judge) -> None:
    """New electing units, delegations and groups, numbered on from the last in the order the rows name them."""
    for key, model in BODIES.items():
        wanted = [(target, name) for kind, target, name in judge.missing if kind == key]
        congresses = {target.congress for target, _name in wanted}
        last = dict(
            model.objects.filter(congress__in=congresses).order_by().values_list("congress").annotate(Max("number"))
        )
        fresh = []
        for target, name in wanted:
            congress = _congress(target)
            last[congress.pk] = (last.get(congress.pk) or 0) + 1
            fresh.append(model(congress=congress, name=name, number=last[congress.pk]))
        for body in model.objects.bulk_create(fresh, batch_size=BATCH):
            judge.register.bodies[key, body.congress_id, body.name] = body


def _congress(target: Target) -> Congress:
    assert target.congress is not None, "made before anything that stands in it"
    return target.congress


def _new_person(entry: Entry) -> Person:
    entry.person = Person(organization=_congress(entry.target).organization)
    _take_over(entry.person, entry.facts)
    return entry.person


def _take_over(person: Person, said: dict[str, Any]) -> set[str]:
    """Set the person's own facts among `said`; the names of the columns that changed."""
    columns: set[str] = set()
    for key, fact in said.items():
        if key in PERSONAL:
            person.put_sealed(key, fact)
            columns |= {f"{key}_sealed", f"{key}_index"} if key != "address" else {f"{key}_sealed"}
        elif key not in MANDATE_FACTS and key not in BODIES:
            setattr(person, key, fact)
            columns.add(key)
    if columns & {"name", "former_name"}:
        refresh_keys(person)
        columns |= set(KEYS)
    return columns


def _change_persons(entries: list[Entry]) -> None:
    changed: dict[int, Person] = {}
    columns: set[str] = set()
    renamed: dict[int, Person] = {}
    for entry in entries:
        person = entry.person
        own = _take_over(person, entry.changed)
        if own:
            person.version += 1
            changed[person.pk] = person
            columns |= own
        if "stroke_key" in own:
            renamed[person.pk] = person
    if changed:
        Person.objects.bulk_update(changed.values(), [*columns, "version"], batch_size=BATCH)
        refresh_roster_keys(renamed.values())


def _new_mandate(judge: Judge, entry: Entry) -> Mandate:
    mandate = Mandate(person=entry.person, congress=_congress(entry.target))
    _seat(judge, mandate, entry.facts)
    mandate.roster_key = roster_key(mandate)
    return mandate


def _seat(judge: Judge, mandate: Mandate, said: dict[str, Any]) -> set[str]:
    """Set the mandate's facts among `said`; the names of the columns that changed."""
    columns = set()
    for key in (*MANDATE_FACTS, *BODIES):
        if key in said:
            fact = judge.register.bodies[key, mandate.congress_id, said[key]] if key in BODIES else said[key]
            setattr(mandate, key, fact)
            columns.add(key)
    return columns


def _change_mandates(judge: Judge, entries: list[Entry]) -> None:
    changed: list[Mandate] = []
    columns: set[str] = set()
    for entry in entries:
        if own := _seat(judge, entry.mandate, entry.changed):
            entry.mandate.version += 1
            changed.append(entry.mandate)
            columns |= own
    if changed:
        Mandate.objects.bulk_update(changed, [*columns, "version"], batch_size=BATCH)
