"""Long lists: found, counted and drawn as the plain way would, for less."""

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from guardian.shortcuts import assign_perm
from unfold.admin import checkbox

from congress.doors import paging
from congress.doors.lists import checkbox_of
from congress.doors.paging import PatientPaginator
from congress.models import Role
from congress.policies import VIEW, branches
from delegates.models import Mandate
from tests import factories

NAMES = ["王文", "丁一", "王建国", "黄文", "陈文", "王一"]


@pytest.fixture
def roster(db):
    for name in NAMES:
        factories.make_mandate(person=name)
    return Mandate.objects.for_list()


def test_a_short_list_is_counted_as_it_is_now(roster):
    assert PatientPaginator(roster, 2).count == 6
    factories.make_mandate(person="李文")
    assert PatientPaginator(roster, 2).count == 7


def test_the_count_of_a_long_list_is_kept_for_a_while(roster, monkeypatch):
    monkeypatch.setattr(paging, "SURE", 3)
    assert PatientPaginator(roster, 2).count == 6
    factories.make_mandate(person="李文")
    assert PatientPaginator(roster, 2).count == 6
    assert PatientPaginator(roster.matching("王"), 2).count == 3  # another list has another count


@pytest.mark.parametrize("few", [0, 100])
def test_pages_of_a_search_together_are_the_search(roster, few, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(paging, "FEW", few)
    plain = [mandate.person.name for mandate in roster if "文" in mandate.person.name]
    paginator = PatientPaginator(roster.matching("文"), 2)
    found = [mandate.person.name for number in paginator.page_range for mandate in paginator.page(number)]
    assert found == plain
    with django_assert_num_queries(1 if few else 2):  # the keys, then the page's rows with all that a line shows
        [(row.person.name, row.congress.organization.name, row.electing_unit.name) for row in paginator.page(1)]


def test_a_search_keeps_an_order_that_was_asked_for(roster):
    backwards = roster.order_by("-person__name").matching("文")
    assert [row.person.name for row in backwards] == sorted((n for n in NAMES if "文" in n), reverse=True)


def test_searching_for_nothing_changes_nothing(roster):
    assert roster.matching("  ").query.order_by == roster.query.order_by


def test_the_tick_box_is_the_themes_own():
    assert checkbox_of(42) == checkbox.render(ACTION_CHECKBOX_NAME, "42")


@pytest.mark.django_db
def test_a_grant_to_a_group_holds_for_its_members():
    township = factories.make_township()
    user = factories.make_user(Role.DELEGATE)
    assign_perm("congress.view_branch", user.groups.get(), township)
    assert branches(user, VIEW) == (township.path,)
