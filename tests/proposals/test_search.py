"""Papers are found as people type: full-width digits and letters, wide spaces, the number with or without its words."""

import pytest
from django.urls import reverse

from congress.models import Organization
from delegates.models import Mandate, Person
from proposals.models import Assignment, Proposal
from tests.proposals.world import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def papers(world):
    """Number 1 of the year speaks of 5G, number 2 of drains."""
    first = world.submitted(title="关于建设5G基站（一期）的提议")
    second = world.submitted(title="关于完善场镇排污管网的提议")
    return first, second


def found(text):
    return set(Proposal.objects.matching(text).values_list("title", flat=True))


@pytest.mark.parametrize(
    "typed",
    [
        "5G",
        "５Ｇ",
        "　５Ｇ　",
        " 基站　建设 ",
        "（一期）",
        "基站（一期）",
        "第００１号",
        "１",
        "提议第1号",
        "提议　００１",
    ],
)
def test_the_first_is_found_however_it_is_typed(papers, typed):
    assert found(typed) == {papers[0].title}


def test_a_number_of_a_year_and_a_kind_is_that_paper_alone(papers):
    year = papers[1].year
    assert found(f"{year}年第002号") == {papers[1].title}
    assert found("２０２６年第２号" if year == 2026 else f"{year}年2号") == {papers[1].title}
    assert found(f"{year - 1}年第002号") == set()
    assert found("提案第002号") == set(), "it is a motion"


def test_every_door_finds_it(world, papers, sign_in, client):
    Proposal.objects.update(is_public=True, state="closed")
    office, delegate = sign_in(world.office), sign_in(world.user)
    listed = reverse("admin:proposals_proposal_changelist")
    public, api = reverse("public_papers"), "/api/v1/proposals/"
    for asked in ("　５Ｇ　", "第００１号"):
        assert "5G基站" in office.get(listed, {"q": asked}).content.decode()
        assert "排污管网" not in office.get(listed, {"q": asked}).content.decode()
        assert "5G基站" in client.get(public, {"q": asked}).content.decode()
        assert [row["title"] for row in delegate.get(api, {"search": asked}).json()["results"]] == [papers[0].title]


def test_units_parts_and_the_desk_are_searched_in_the_same_words(world, sign_in):
    row = world.working(title="关于建设5G基站的提议")
    world.begin(world.assigned(title="关于完善场镇排污管网的提议").assignments.get(), world.desk)
    listed = reverse("admin:proposals_assignment_changelist")
    shown = sign_in(world.office).get(listed, {"q": "　５Ｇ"}).content.decode()
    assert "5G基站" in shown
    assert "排污管网" not in shown
    rows = sign_in(world.desk).get(reverse("unit_home"), {"q": "　５Ｇ　"}).context["rows"]
    assert [one.pk for one in rows] == [row.pk]
    assert set(Assignment.objects.matching(Organization.objects.get(pk=row.unit_id).name)) == set(
        Assignment.objects.all()
    )


def test_delegates_are_found_with_wide_letters_and_spaces(world):
    person = world.lead.person
    for typed in ("　王　文　", "ＷＡＮＧＷＥＮ", "ｗｗ"):
        assert person in Person.objects.matching(typed)
        assert world.lead in Mandate.objects.matching(typed)
