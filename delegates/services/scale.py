"""A fictional district as many times the demonstration as asked, for measurements. Nothing in production needs it.

Every row is what the real services would have written: keys, seals, indexes, and the history the triggers keep.
"""

import random
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice, product
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from congress.kernel.deadlines import TZ
from congress.kernel.workflow import Refused
from congress.models import Congress, Organization, OrganizationKind, Role, Session, User
from congress.services import accounts, organizations
from delegates.kernel.facts import EDUCATIONS, checksum
from delegates.kernel.names import HAN
from delegates.models import (
    DelegateGroup,
    ElectingUnit,
    ElectionMethod,
    FrontLine,
    Gender,
    MainCategory,
    Mandate,
    Person,
)
from delegates.services.persons import refresh_keys, roster_key

DISTRICT: Final = ("519000", "百川区")
TOWNSHIPS: Final = 12  # of the demonstration
SIZES: Final = (80, 80, 79)  # delegates of three townships; twelve have 956
MOST: Final = 100
UNITS: Final = 10  # electing units, and groups, of a township
BATCH: Final = 40  # townships a transaction
OFFICES: Final = 4  # accounts of the district
TOWNS: Final = 14  # townships with an account, and a delegate of each
OPENED, ENDS = date(2026, 5, 10), date(2031, 5, 10)

# By frequency. How many of ten thousand bear the first ten; after them about 1900 by rank.
SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
BEARERS: Final = [725, 720, 680, 540, 450, 310, 225, 220, 200, 195, *(1900 // n for n in range(11, len(SURNAMES) + 1))]
GIVEN: Final = {
    Gender.MALE: "伟强军勇杰涛明超刚平辉华建国文志林海波斌鹏飞宇浩峰成德清元光福贵友安永忠义兴荣全胜学祥才发新利民",
    Gender.FEMALE: "芳娜秀英敏静丽艳霞桂兰玉梅燕红琴莉萍雪蓉洁琳云珍翠凤淑惠珠娟婷倩莲月春菊香美玲华文琼芬素群",
}
TOWN_FIRST: Final = "青石龙凤白金银竹松柏桃柳云清双永太安新高大长平东南西北红玉宝福和兴仁义礼信德"
TOWN_SECOND: Final = "江桥台山溪河坝湾岭坪泉林塘沟堰关寺庙场店坡峰阳华城口"


def seed(times: int, *, force: bool = False) -> dict[str, int]:
    """Make the district and its accounts; what there is of it, counted. Refuses a database that holds a district.

    A transaction for every few townships: what a broken run leaves is another district, so it is not gone on with.
    """
    if not 1 <= times <= MOST:
        raise Refused(_("Between 1 and %(most)s times, not %(times)s.") % {"most": MOST, "times": times})
    if Organization.objects.exists() and not force:
        raise Refused(_("This database already holds a district. Use an empty one, or --force."))
    dice = random.Random(times)  # noqa: S311 -- the same district every time
    district = organizations.create(*DISTRICT, OrganizationKind.DISTRICT)
    towns = _townships(district, TOWNSHIPS * times)
    serial = 0
    while batch := list(islice(towns, BATCH)):
        serial = _fill(batch, serial, dice)
    _open_accounts(district)
    return {
        "townships": district.children.count(),
        "delegates": Mandate.objects.filter(congress__organization__parent=district).count(),
    }


def _townships(district: Organization, number: int) -> Iterator[Organization]:
    names = (f"{first}{second}镇" for second, first in product(TOWN_SECOND, TOWN_FIRST))
    extra = (f"{first}{second}乡" for second, first in product(TOWN_SECOND, TOWN_FIRST))
    for place, name in enumerate(islice((one for more in (names, extra) for one in more), number)):
        code = f"{district.code}{place + 1:04d}"
        path = f"{district.path}{code}/"
        yield Organization(code=code, name=name, kind=OrganizationKind.TOWNSHIP, parent=district, path=path)


@transaction.atomic
def _fill(towns: list[Organization], serial: int, dice: random.Random) -> int:
    """Townships with everything in them; the number of delegates made so far."""
    Organization.objects.bulk_create(towns)
    congresses = Congress.objects.bulk_create(
        Congress(organization=town, number=15, starts_on=OPENED, ends_on=ENDS) for town in towns
    )
    Session.objects.bulk_create(
        Session(
            congress=congress, number=1, kind="electing", starts_on=OPENED, ends_on=date(2026, 5, 11),
            filing_closes_at=datetime(2026, 5, 10, 18, tzinfo=TZ), place=f"{congress.organization.name}政府会议室",
        )
        for congress in congresses
    )  # fmt: skip
    units = _bodies(ElectingUnit, congresses, "党支部", seat_quota=8)
    groups = _bodies(DelegateGroup, congresses, "代表小组")
    mandates = []
    for place, congress in enumerate(congresses):
        for number in range(SIZES[int(congress.organization.code) % 3]):
            body = place * UNITS + number // 8
            person = _person(congress.organization, serial + len(mandates), dice)
            mandates.append(_mandate(person, congress, units[body], groups[body], dice))
    Person.objects.bulk_create([mandate.person for mandate in mandates], 500)
    Mandate.objects.bulk_create(mandates, 500)
    return serial + len(mandates)


def _bodies(model: type, congresses: list[Congress], word: str, **facts: int) -> list:
    return model.objects.bulk_create(
        model(congress=congress, name=f"{congress.organization.name[:-1]}{number}村{word}", number=number, **facts)
        for congress in congresses
        for number in range(1, UNITS + 1)
    )


def _person(town: Organization, serial: int, dice: random.Random) -> Person:
    gender = Gender.FEMALE if dice.random() < 0.3 else Gender.MALE
    born = date(dice.randrange(1952, 2004), dice.randrange(1, 13), dice.randrange(1, 29))
    given = dice.choice(GIVEN[gender]) + (dice.choice(GIVEN[gender]) if dice.random() < 0.8 else "")
    person = Person(
        organization=town,
        name=dice.choices(SURNAMES, BEARERS)[0] + given,
        gender=gender,
        ethnicity=HAN if dice.random() < 0.95 else dice.choice(["羌族", "藏族", "回族", "彝族"]),
        birth_month=born.replace(day=1),
        joined_party_month=date(born.year + dice.randrange(18, 22), 7, 1),
        education=dice.choice(EDUCATIONS),
        post=f"{town.name}{dice.choice(['党委委员', '副镇长', '村党支部书记', '村民', '小学教师', '卫生院医师'])}",
        migrant=dice.random() < 0.05,
    )
    refresh_keys(person)
    # No prefecture has 519 for its first figures, and no telephone number begins with 10: nobody's are met by chance.
    order = 2 * (serial // 1000) + (gender == Gender.MALE)
    digits = f"519{serial % 1000:03d}{born:%Y%m%d}{order:03d}"
    person.put_sealed("id_number", digits + checksum(digits))
    person.put_sealed("phone", f"100{serial:08d}")
    return person


def _mandate(
    person: Person, congress: Congress, unit: ElectingUnit, group: DelegateGroup, dice: random.Random
) -> Mandate:
    category = dice.choices(MainCategory.values, [40, 59, 1])[0]
    mandate = Mandate(
        person=person,
        congress=congress,
        electing_unit=unit,
        group=group,
        main_category=category,
        front_line=dice.choice(FrontLine.values) if category == MainCategory.FRONT_LINE else "",
        method=dice.choices([ElectionMethod.RE_ELECTION, ElectionMethod.QUOTA_REDUCTION], [9, 1])[0],
        elected_on=date(2026, 4, 20),
    )
    mandate.roster_key = roster_key(mandate)
    return mandate


def _open_accounts(district: Organization) -> None:
    """The district's office, township offices and delegates, spread over the district. Nobody knows the passwords."""
    for number in range(1, OFFICES + 1):
        accounts.open_account(f"scale-office-{number}", f"区党联办{number}", Role.OFFICE, district, by="seed_scale")
    towns = list(district.children.order_by("path"))
    for number, town in enumerate(towns[:: max(1, len(towns) // TOWNS)][:TOWNS], 1):
        accounts.open_account(f"scale-township-{number}", f"{town.name}党联办", Role.TOWNSHIP, town, by="seed_scale")
        person = Person.objects.filter(mandates__congress__organization=town).first()
        username = f"scale-delegate-{number}"
        person.user, _password = accounts.open_account(username, person.name, Role.DELEGATE, None, by="seed_scale")
        person.save(update_fields=["user"])
    User.objects.filter(username__startswith="scale-").update(must_change_password=False)
