"""What the demonstration's structure is compared with: guidance, seats held elsewhere, and a term that is over.

Fictional like everything there, the same at every run, and nothing of it counts among those in office.
"""

import random
from datetime import date

from django.db import transaction
from django.utils import timezone

from congress.models import Congress, Organization, Rule
from delegates.kernel.names import HAN
from delegates.models import (
    ElectingUnit,
    ElectionMethod,
    FrontLine,
    Gender,
    MainCategory,
    Mandate,
    MandateStatus,
    Person,
)
from delegates.services.persons import refresh_keys, roster_key
from delegates.services.scale import BEARERS, GIVEN, SURNAMES

DECIDED = date(2026, 1, 20)
PLAN = "明川区换届选举工作方案（明委发〔2026〕3号）"
GUIDANCE = {
    "target_women_percent": "30",
    "target_front_line_percent": "60",
    "target_workers_farmers_percent": "30",
    "target_minority_percent": "6.5",
    "target_under_45_percent": "32",
    "target_college_percent": "40",
    "target_cadres_percent": "40",
    "target_npc_overlap_percent": "6",
    "target_cppcc_overlap_percent": "3",
    "group_migrant_warn_percent": "35",
}
OF_ONE = {"青江镇": ("target_women_percent", "35", "青江镇党委关于代表结构的意见（青委〔2026〕7号）")}
DEPUTY_EACH, MEMBER_EACH = 17, 41  # every so manieth delegate sits elsewhere too
FORMER = {"青江镇": 44, "石桥镇": 58}  # who left with the term before; about two of five stayed
OPENED, ENDED = date(2021, 5, 12), date(2026, 5, 10)


@transaction.atomic
def seed_structure(district: Organization) -> None:
    """Make what is missing of it. A value the office has changed stays as it is."""
    for key, value in GUIDANCE.items():
        _guide(district, key, value, PLAN)
    for town in district.children.filter(name__in=OF_ONE):
        _guide(town, *OF_ONE[town.name])
    _seat_elsewhere(district)
    for town in district.children.filter(name__in=FORMER):
        congress = Congress.objects.running(timezone.localdate()).filter(organization=town).first()
        if congress and not Congress.objects.filter(organization=town, number__lt=congress.number).exists():
            _term_before(congress, FORMER[town.name])


def _guide(organization: Organization, key: str, value: str, source: str) -> None:
    defaults = {"value": value, "source": source}
    Rule.objects.get_or_create(key=key, organization=organization, valid_from=DECIDED, defaults=defaults)


def _seat_elsewhere(district: Organization) -> None:
    persons = Person.objects.filter(organization__path__startswith=district.path).order_by("pk")
    if persons.filter(also_npc_deputy=True).exists():
        return
    keys = list(persons.values_list("pk", flat=True))
    Person.objects.filter(pk__in=keys[::DEPUTY_EACH]).update(also_npc_deputy=True)
    Person.objects.filter(pk__in=keys[::MEMBER_EACH]).update(also_cppcc_member=True)


def _term_before(congress: Congress, leavers: int) -> None:
    """The congress before this one, with those who stayed and as many who left."""
    dice = random.Random(congress.organization.name)  # noqa: S311 -- made-up people, the same every time
    before = Congress.objects.create(
        organization=congress.organization,
        number=congress.number - 1,
        naming=congress.naming,
        starts_on=OPENED,
        ends_on=ENDED,
    )
    names = ElectingUnit.objects.filter(congress=congress).order_by("number").values_list("name", flat=True)
    units = ElectingUnit.objects.bulk_create(
        [ElectingUnit(congress=before, name=name, number=number) for number, name in enumerate(names, 1)]
    )
    now = Mandate.objects.filter(congress=congress).select_related("person").order_by("pk")
    old_enough = now.filter(person__birth_month__lt=date(1990, 1, 1), person__joined_party_month__lt=date(2018, 1, 1))
    stayed = [(one.person, one.main_category, one.front_line) for one in old_enough[::2]]
    left = [_former(congress.organization, dice) for _number in range(leavers)]
    Person.objects.bulk_create([person for person, _category, _kind in left])
    Mandate.objects.bulk_create([
        _seat(before, units[number % len(units)], *one) for number, one in enumerate([*stayed, *left])
    ])  # fmt: skip


def _former(town: Organization, dice: random.Random) -> tuple[Person, str, str]:
    """Somebody made up who is no delegate any more, and as what he was elected."""
    gender = Gender.FEMALE if dice.random() < 0.2 else Gender.MALE
    category = dice.choices(MainCategory.values, [52, 45, 3])[0]
    kind = dice.choice(FrontLine.values) if category == MainCategory.FRONT_LINE else ""
    born = date(dice.randint(1950, 1982), dice.randint(1, 12), 1)
    surname = dice.choices(SURNAMES, BEARERS)[0]
    person = Person(
        organization=town,
        name=surname + "".join(dice.sample(GIVEN[gender], dice.randint(1, 2))),
        gender=gender,
        ethnicity=dice.choices([HAN, "彝族", "羌族"], [94, 3, 3])[0],
        birth_month=born,
        joined_party_month=date(born.year + dice.randint(21, 35), 7, 1),
        education=dice.choices(["初中", "高中", "大专", "大学"], [35, 35, 20, 10])[0],
        post=f"{town.name}{'原党政办干部' if category == MainCategory.LEADING_CADRE else '居民'}",
    )
    refresh_keys(person)
    return person, category, kind


def _seat(congress: Congress, unit: ElectingUnit, person: Person, category: str, kind: str) -> Mandate:
    mandate = Mandate(
        person=person,
        congress=congress,
        electing_unit=unit,
        status=MandateStatus.EXPIRED,
        main_category=category,
        front_line=kind,
        method=ElectionMethod.LEGACY,
        elected_on=date(2021, 4, 20),
    )
    mandate.roster_key = roster_key(mandate)
    return mandate
