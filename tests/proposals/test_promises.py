"""Promises of class B replies as the office follows them up: the list, the page, every step of the table."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from congress.models import JournalEntry, Role
from proposals.models import Proposal, Undertaking
from proposals.services import handling
from proposals.workflows import UNDERTAKING
from tests import factories
from tests.proposals.world import PROMISE, make_world

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
KEPT = {"evidence": "二期三公里管网已经完工，验收报告已送联络办公室。"}


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def clerk(world, sign_in):
    return sign_in(world.office)


def page(name, *args):
    return reverse(f"admin:proposals_{name}", args=args)


def promised(world, days=90, title="关于完善场镇排污管网的提议"):
    """A paper whose class B reply is being followed up, with its promise due in so many days."""
    answered = world.answered(
        world.working(title=title), reply_class="B", promise_due_on=TODAY() + timedelta(days=100), **PROMISE
    )
    handling.give_feedback(answered, world.lead, attitude="satisfied", result="fairly", by=world.user)
    promise = Undertaking.objects.get(proposal=answered)
    Undertaking.objects.filter(pk=promise.pk).update(due_on=TODAY() + timedelta(days=days))
    return Undertaking.objects.get(pk=promise.pk)


def text(answer):
    return answer.content.decode()


def test_the_list_begins_with_what_is_overdue_and_says_so(world, clerk):
    promised(world, 60, "关于修缮灌溉渠系的提议")
    promised(world, -3, "关于硬化通组道路的提议")
    promised(world, 5, "关于增设公交候车亭的提议")
    listed = text(clerk.get(page("undertaking_changelist")))
    places = [listed.index(title) for title in ("硬化通组道路", "增设公交候车亭", "修缮灌溉渠系")]
    assert places == sorted(places)
    for light in ("lo-light red", "lo-light yellow", "lo-light green"):
        assert light in listed
    for light, title in (("red", "硬化通组道路"), ("yellow", "增设公交候车亭"), ("green", "修缮灌溉渠系")):
        narrowed = text(clerk.get(page("undertaking_changelist") + f"?light={light}"))
        assert [one for one in ("硬化通组道路", "增设公交候车亭", "修缮灌溉渠系") if one in narrowed] == [title]
    of_unit = text(clerk.get(page("undertaking_changelist") + f"?unit={world.unit.pk}"))
    assert "硬化通组道路" in of_unit
    assert "排污管网" not in text(clerk.get(page("undertaking_changelist") + "?q=渠系"))
    assert "修缮灌溉渠系" in text(clerk.get(page("undertaking_changelist") + "?q=　渠系　"))


def test_the_office_confirms_doubts_and_stops_a_promise(world, clerk):
    promise = promised(world)
    shown = text(clerk.get(page("undertaking_change", promise.pk)))
    assert page("undertaking_take", promise.pk, "drop") in shown
    assert page("undertaking_take", promise.pk, "confirm") not in shown, "nothing is reported yet"
    UNDERTAKING.take(promise, "keep", by=world.desk, done_on=TODAY(), **KEPT)
    shown = text(clerk.get(page("undertaking_change", promise.pk)))
    assert KEPT["evidence"] in shown
    doubt = page("undertaking_take", promise.pk, "doubt")
    assert clerk.post(doubt, {"note": ""}).status_code == 200
    assert clerk.post(doubt, {"note": "验收报告上没有盖章。"}).status_code == 302
    assert Undertaking.objects.get().state == "open"
    assert "验收报告上没有盖章" in text(clerk.get(page("undertaking_change", promise.pk)))
    UNDERTAKING.take(Undertaking.objects.get(), "keep", by=world.desk, done_on=TODAY(), **KEPT)
    confirm = page("undertaking_take", promise.pk, "confirm")
    assert "最后一项承诺" in text(clerk.get(confirm))
    for _click in range(2):
        assert clerk.post(confirm).status_code == 302
    assert (Undertaking.objects.get().state, Proposal.objects.get().state) == ("kept", "closed")
    assert JournalEntry.objects.filter(verb="confirm", object_id=promise.pk).count() == 1


def test_a_promise_is_stopped_with_a_reason_the_proposers_read(world, clerk):
    promise = promised(world)
    stop = page("undertaking_take", promise.pk, "drop")
    assert clerk.post(stop, {"note": "不做了"}).status_code == 200, "the reason is too short"
    assert Undertaking.objects.get().state == "open"
    reason = "规划调整，该段管网并入区级项目统一实施。"
    assert clerk.post(stop, {"note": reason}).status_code == 302
    assert (Undertaking.objects.get().state, Undertaking.objects.get().evidence) == ("dropped", reason)
    assert Proposal.objects.get().state == "closed"


def test_the_paper_the_board_and_the_side_lead_to_it_and_it_leads_back(world, clerk):
    promise = promised(world, -2)
    assert page("undertaking_change", promise.pk) in text(clerk.get(page("proposal_change", promise.proposal_id)))
    assert page("undertaking_changelist") in text(clerk.get(page("board")))
    shown = text(clerk.get(page("undertaking_change", promise.pk)))
    way = shown[shown.index("lo-crumbs") : shown.index("</nav>", shown.index("lo-crumbs"))]
    for address in (
        reverse("admin:index"),
        page("undertaking_changelist"),
        page("proposal_change", promise.proposal_id),
    ):
        assert f'href="{address}"' in way
    assert "逾期未兑现的承诺" in text(clerk.get(reverse("admin:index")))


def test_only_the_papers_office_has_the_promise(world, sign_in):
    promise = promised(world)
    neighbour = sign_in(factories.make_user(Role.TOWNSHIP, factories.make_township(name="凤台镇")))
    assert neighbour.get(page("undertaking_change", promise.pk)).status_code == 404
    assert (
        neighbour.post(page("undertaking_take", promise.pk, "drop"), {"note": "不相干的人来终止承诺。"}).status_code
        == 404
    )
    assert promise.text not in text(neighbour.get(page("undertaking_changelist")))
    reader = sign_in(factories.make_user(Role.ORGANISATION_DEPARTMENT, world.congress.organization))
    assert reader.get(page("undertaking_change", promise.pk)).status_code == 200
    assert (
        reader.post(page("undertaking_take", promise.pk, "drop"), {"note": "只能看的人来终止承诺。"}).status_code == 403
    )
    assert Undertaking.objects.get().state == "open"
