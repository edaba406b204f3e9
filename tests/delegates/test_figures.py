"""The figures: equal to the rows behind them, and no more than the policy shows."""

import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from congress.models import Role, User
from delegates.models import ElectingUnit, ElectionMethod, Gender, MainCategory, Mandate
from delegates.services import seats
from delegates.services.figures import everything, figures
from tests.factories import make_congress, make_district, make_mandate, make_township, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def towns():
    """Two townships with 3 and 1 delegates in office, one who left, and one of a term that is over."""
    district = make_district()
    first = make_congress(make_township(district, "青江镇"), 15)
    second = make_congress(make_township(district, "石桥镇"), 15, starts_on=date(2021, 1, 1))
    make_mandate(first, "王芳", gender=Gender.FEMALE, ethnicity="回族", group="一组")
    make_mandate(first, "李四", migrant=True, method=ElectionMethod.QUOTA_REDUCTION, group="二组")
    make_mandate(first, "张三", main_category=MainCategory.FRONT_LINE)
    left = make_mandate(first, "赵六", gender=Gender.FEMALE)
    Mandate.objects.filter(pk=left.pk).update(status="terminated")
    make_mandate(second, "孙七", main_category=MainCategory.MILITARY_POLICE)
    over = make_congress(second.organization, 14, starts_on=date(2016, 1, 1), ends_on=date(2021, 1, 1))
    make_mandate(over, "周八")
    return district, first, second


def test_those_in_office_are_counted_and_nobody_else(towns):
    counted = figures(None)
    assert counted == {
        "delegates": 4,
        "delegates_by_method": {
            "重新选举": 3, "精减名额": 1, "公推直选": 0, "差额选举": 0, "差额预选等额选举": 0, "补选": 0, "原有办法": 0,
        },
        "delegates_by_category": {"领导干部": 2, "生产和工作一线": 1, "解放军和武警": 1},
        "female": 1,
        "ethnic_minority": 1,
        "vacancies": 0,
        "groups": 2,
        "training_person_times": 0,
        "training_persons": 0,
        "by_town": {"青江镇": 3, "石桥镇": 1},
        "re_elected": 3,
        "quota_reduced": 1,
        "migrant": 1,
        "main": {"领导干部": 2, "生产和工作一线": 1, "解放军和武警": 1},
    }  # fmt: skip
    assert sum(counted["delegates_by_method"].values()) == sum(counted["by_town"].values()) == counted["delegates"]


def test_a_branch_or_a_congress_narrows_the_figures(towns):
    _district, first, second = towns
    assert figures(None, first.organization)["by_town"] == {"青江镇": 3}
    assert figures(None, congress=second)["delegates"] == 1
    assert figures(None, first.organization, second)["delegates"] == 1


def test_vacancies_are_seats_nobody_holds_by_unit_where_units_have_a_quota(towns):
    _district, first, second = towns
    second.seats = 3
    second.save()
    assert figures(None)["vacancies"] == 2
    unit = ElectingUnit.objects.get(congress=first)
    give(unit, 4)
    empty = ElectingUnit.objects.create(congress=first, name="大店村党支部")
    give(empty, 1)
    first.seats = 99  # the units' own quotas say it better
    first.save()
    assert figures(None)["vacancies"] == 2 + 1, "a unit that has not elected yet has seats to elect for, no vacancy"
    give(unit, 2)  # one too many elected is no seat for another unit
    assert figures(None)["vacancies"] == 2


def give(unit, quota):
    unit.seat_quota = quota
    unit.save()
    seats.fit_vacancies(unit, on=date(2026, 11, 1))


def test_a_user_gets_the_figures_of_what_the_policy_shows(towns):
    district, first, second = towns
    assert figures(make_user(Role.OFFICE, district)) == figures(None)
    assert figures(make_user(Role.TOWNSHIP, second.organization)) == figures(None, second.organization)
    nothing = figures(make_user(Role.SYSADMIN))
    assert (nothing["delegates"], nothing["by_town"], nothing["groups"], nothing["vacancies"]) == (0, {}, 0, 0)
    delegate = make_user(Role.DELEGATE)
    mandate = first.mandates.get(person__name="王芳")
    mandate.person.user = delegate
    mandate.person.save()
    assert figures(delegate)["delegates"] == 0  # his own record is his, the figures are the branch's


def test_the_figures_cost_seven_queries_however_many_towns(towns):
    account = make_user(Role.OFFICE, towns[0])
    figures(account)  # content types are looked up once a process
    user = User.objects.get(pk=account.pk)
    with CaptureQueriesContext(connection) as captured:
        figures(user)
    assert len(captured) <= 7, [query["sql"][:80] for query in captured]


def test_the_command_prints_one_json_object(towns, capsys):
    call_command("figures")
    assert json.loads(capsys.readouterr().out) == everything(None)
    call_command("figures", organization="51079002", congress="51079002-14")
    assert json.loads(capsys.readouterr().out)["delegates"] == 1
    for options in ({"organization": "9"}, {"congress": "51079002-99"}):
        with pytest.raises(CommandError):
            call_command("figures", **options)
