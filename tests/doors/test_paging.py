"""Long lists: found, counted and drawn as the plain way would, for less."""

import pytest
from guardian.shortcuts import assign_perm

from congress.doors import paging
from congress.doors.paging import PatientPaginator
from congress.models import Role
from congress.policies import VIEW, branches
from delegates.models import Mandate, Person
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


def test_pages_of_a_search_together_are_the_search(roster, django_assert_num_queries):
    plain = [mandate.person.name for mandate in roster if "文" in mandate.person.name]
    paginator = PatientPaginator(roster.matching("文"), 2)
    found = [mandate.person.name for number in paginator.page_range for mandate in paginator.page(number)]
    assert found == plain
    with django_assert_num_queries(1):  # the keys are known by now: the page's rows, with all that a line shows
        [(row.person.name, row.congress.organization.name, row.electing_unit.name) for row in paginator.page(1)]


def test_a_search_keeps_an_order_that_was_asked_for(roster):
    backwards = roster.order_by("-person__name").matching("文")
    assert [row.person.name for row in backwards] == sorted((n for n in NAMES if "文" in n), reverse=True)


def test_searching_for_nothing_changes_nothing(roster):
    assert roster.matching("  ").query.order_by == roster.query.order_by


def test_a_grant_to_a_group_gives_its_members_nothing(db):
    """A role is shared by all townships: a grant to it would open one of them to all."""
    township = factories.make_township()
    user = factories.make_user(Role.TOWNSHIP, township)
    elsewhere = factories.make_township(name="凤台镇")
    assign_perm("congress.view_branch", user.groups.get(), elsewhere)
    assert branches(user, VIEW) == (township.path,)


def test_the_keys_of_a_search_that_fits_many_are_kept_until_the_register_changes(
    roster, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(paging, "MANY", 1)
    found = lambda: [mandate.person.name for mandate in PatientPaginator(roster.matching("王"), 2).page(1)]  # noqa: E731
    assert found() == ["王一", "王文"]
    with django_assert_num_queries(2):  # the edition, and the page's rows
        assert found() == ["王一", "王文"]
    factories.make_mandate(person="王丁")
    assert found() == ["王一", "王丁"]
    Person.objects.filter(name="王一").update(name="李一", search_terms=["李"])
    assert found() == ["王丁", "王文"]


def test_pages_beyond_the_kept_keys_are_sorted_anew(roster, monkeypatch):
    monkeypatch.setattr(paging, "SURE", 3)
    plain = [mandate.person.name for mandate in roster if "文" in mandate.person.name]
    paginator = PatientPaginator(roster.matching("文"), 2)
    assert [row.person.name for number in paginator.page_range for row in paginator.page(number)] == plain
