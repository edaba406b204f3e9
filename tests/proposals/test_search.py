"""Papers are found by any part of their subject, by their number, and as people type: wide digits, letters, spaces."""

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from congress.models import Organization
from congress.querysets import plain_words
from delegates.models import Mandate, Person
from proposals.models import Assignment, Proposal, Signature
from proposals.policies import PROPOSALS
from proposals.services import mine, overview
from tests import factories
from tests.proposals.world import make_world

LETTERS = st.text(alphabet="道路硬化通组排污管网 　ａＡ1１％%_\\'\"，,", min_size=1, max_size=8)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def titled(world):
    return lambda title: Proposal.objects.create(congress=world.congress, lead=world.lead, kind="motion", title=title)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=LETTERS, typed=LETTERS)
def test_a_part_of_the_subject_finds_it_and_nothing_else_does(titled, title, typed):
    paper = titled(title)
    words = map(plain_words, typed.split())
    is_found = Proposal.objects.matching(typed).filter(pk=paper.pk).exists()
    assert is_found is all(word in plain_words(title) for word in words)


@pytest.mark.parametrize("typed", ["１", "1", "第001号", "第１号", " 第 1 号 "])
def test_a_number_finds_the_paper_however_it_is_written(world, typed):
    paper = world.submitted()
    assert Proposal.objects.matching(typed).get() == paper


@pytest.mark.parametrize("typed", ["Ｇ３１８", "g318", "G 318"])
def test_full_width_and_capitals_make_no_difference(titled, typed):
    paper = titled("关于整治G318沿线环境的提议")
    assert Proposal.objects.matching(typed).get() == paper


def test_a_search_reads_the_index_of_words(titled):
    titled("关于硬化通组道路的提议")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for typed in ("路", "道路", "通组道路"):
            rows = Proposal.objects.matching(typed)
            assert "proposal_words" in rows.explain(), typed
            assert rows.count() == 1


def test_parts_are_found_by_subject_number_or_unit(world):
    row = world.assigned(title="关于硬化通组道路的提议").assignments.get()
    assert list(Assignment.objects.matching("通组道路")) == [row]
    assert list(Assignment.objects.matching(f"第{row.proposal.number}号")) == [row]
    assert list(Assignment.objects.matching(row.unit.name[:2])) == [row]
    assert not Assignment.objects.matching("没有这件").exists()


def test_a_search_keeps_the_order_of_its_list(titled):
    papers = [titled(f"关于道路的提议{number}") for number in range(3)]
    assert list(Proposal.objects.order_by("-pk").matching("道路")) == papers[::-1]
    assert list(Proposal.objects.order_by("pk").matching("道路")) == papers


def test_a_kept_search_is_old_after_any_step(world):
    paper = world.submitted()
    before = Proposal.objects.all().edition()
    world.assigned()
    assert Proposal.objects.all().edition() != before
    now = Proposal.objects.all().edition()
    Proposal.objects.filter(pk=paper.pk).update(is_public=True)
    assert Proposal.objects.all().edition() != now


def test_a_delegates_own_papers_are_those_he_signed(world):
    paper, other = world.submitted(), factories.make_proposal(world.co[0])
    Signature.objects.filter(proposal=other, is_lead=True).update(state="signed")
    assert list(PROPOSALS.own(world.user)) == [paper]
    assert [row.pk for row in mine.own_papers(world.user)] == [paper.pk]


def test_the_board_counts_what_its_columns_hold(world):
    world.submitted()
    world.assigned()
    found = overview.figures(world.office)
    columns = overview.board(world.office, found["states"])
    assert {column.key: column.count for column in columns if column.count} == {"in": 1, "units": 1}
    assert all(column.count == len(column.cards) for column in columns)
    assert found["waiting"]["screen"] == 1


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
