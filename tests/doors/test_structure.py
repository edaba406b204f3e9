"""The structure's doors: the page, the register's filter, the dashboard's card, the API."""

import re
from datetime import date

import pytest
from django.urls import reverse

from congress.models import Role, Rule
from delegates.models import Gender
from tests.doors.test_access import ALL_ROLES, STAFF_WITH_BRANCH
from tests.doors.world import MARK, make_world
from tests.factories import make_congress, make_district, make_mandate, make_township, make_user

pytestmark = pytest.mark.django_db
PAGE = "admin:delegates_mandate_structure"


@pytest.fixture
def towns():
    district = make_district()
    first = make_congress(make_township(district, "青江镇"), starts_on=date(2026, 5, 10))
    second = make_congress(make_township(district, "石桥镇"), starts_on=date(2026, 5, 10))
    make_mandate(
        first, "王芳", gender=Gender.FEMALE, migrant=True, phone="13561059148", group="一组", also_npc_deputy=True
    )
    make_mandate(first, "王一")
    make_mandate(second, "李二", also_cppcc_member=True)
    Rule.objects.create(
        key="target_women_percent", organization=district, valid_from=date(2026, 1, 1), value="40", source="x"
    )
    return district, first, second


@pytest.mark.parametrize("role", ALL_ROLES)
def test_the_page_exists_for_staff_who_see_a_branch(sign_in, role):
    user = make_world().users[role]
    expected = 200 if role in STAFF_WITH_BRANCH else (404 if user.is_staff else 302)
    assert sign_in(user).get(reverse(PAGE)).status_code == expected


def test_a_township_sees_its_own_structure_only(sign_in):
    world = make_world()
    for town in (world.ours, world.theirs):
        person = town.mandate.person
        person.also_npc_deputy = person.migrant = True
        person.save()
    client = sign_in(world.users["township"])
    for page in (reverse(PAGE), "/api/v1/structure/"):
        assert MARK not in client.get(page).content.decode()
    assert client.get(f"{reverse(PAGE)}?organization={world.theirs.organization.code}").status_code == 404
    assert client.get(f"/api/v1/structure/{world.theirs.mandate.congress_id}/").status_code == 404
    assert client.get(f"/api/v1/structure/{world.ours.mandate.congress_id}/").status_code == 200
    assert MARK in sign_in(world.users["office"]).get(reverse(PAGE)).content.decode()


def test_the_page_says_what_is_short_in_words_and_leads_to_whom_it_counts(sign_in, towns):
    district, first, _second = towns
    client = sign_in(make_user(Role.OFFICE, district))
    page = client.get(reverse(PAGE)).content.decode()
    assert "还差1名" in page
    assert "135****9148" in page
    assert "13561059148" not in page
    assert page.count("<svg") >= 7
    links = set(re.findall(r'href="(/admin/delegates/mandate/\?composition=[^"]+)"', page))
    assert len(links) > 10
    for link in links:
        listed = client.get(link.replace("&amp;", "&")).context["cl"].result_count
        counted = re.search(rf'href="{re.escape(link)}">(\d+)</a>', page)  # the buttons under the lists say no number
        assert not counted or int(counted[1]) == listed, link
    gone = client.get("/admin/delegates/mandate/?composition=no-such-heading&status=active")
    assert gone.context["cl"].result_count == 3
    only = client.get(f"{reverse(PAGE)}?organization={first.organization.code}").content.decode()
    assert "李二" not in only
    assert "2026-11" in client.get(f"{reverse(PAGE)}?cutoff=2026-11").content.decode()
    assert "1949" in client.get(f"{reverse(PAGE)}?cutoff=1948-01").content.decode()


def test_an_empty_register_says_what_to_do(sign_in):
    page = sign_in(make_user(Role.OFFICE, make_district())).get(reverse(PAGE)).content.decode()
    assert "导入花名册" in page


def test_the_api_says_the_same_numbers(sign_in, towns):
    district, first, _second = towns
    client = sign_in(make_user(Role.OFFICE, district))
    answer = client.get("/api/v1/structure/").json()
    assert answer["count"] == 2
    one = answer["results"][0]
    assert one["congress"] == first.code
    assert (one["counts"]["total"], one["counts"]["women"], one["shares"]["women"]) == (2, 1, 50.0)
    women = next(row for row in one["guidance"] if row["ratio"] == "women")
    assert women == {"ratio": "women", "at_least": True, "percent": 40.0, "delegates": 1, "missing": 0, "source": "x"}
    assert one["earlier"] == []
    assert client.get(f"/api/v1/structure/{first.pk}/").json() == one


def test_without_a_quota_no_seat_is_vacant_and_the_card_says_so(sign_in, towns):
    district, first, _second = towns
    client = sign_in(make_user(Role.OFFICE, district))
    assert "未设定名额" in client.get("/admin/").content.decode()
    first.seats = 2
    first.save()
    assert "未设定名额" not in client.get("/admin/").content.decode()


def test_the_rules_page_explains_what_a_share_may_be(sign_in, towns):
    client = sign_in(make_user(Role.OFFICE, towns[0]))
    words = "填0表示没有指导比例"
    assert words in client.get(reverse("admin:congress_rule_changelist")).content.decode()
    add = reverse("admin:congress_rule_add")
    assert "没有指导比例" in client.get(add).content.decode()
    wrong = {"key": "target_women_percent", "valid_from": "2026-01-01", "value": "130", "source": "x", "level": ""}
    assert words in client.post(add, wrong).content.decode()
