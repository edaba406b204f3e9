"""What the demonstration opens to the public and shows of promises, beside what its year brings."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from congress.models import Role
from proposals.models import Proposal, Undertaking
from proposals.services import demo_rest
from tests.proposals.test_promises import promised
from tests.proposals.world import make_world

pytestmark = pytest.mark.django_db


def test_closed_papers_of_every_category_are_opened_by_the_real_step(client):
    world = make_world()
    for title in (
        "关于建设甲地道路的提议",
        "关于建设乙地道路的提议",
        "关于建设丙地道路的提议",
        "关于建设丁地道路的提议",
    ):
        world.submitted(title=title)
    Proposal.objects.update(state="closed")
    waiting = world.submitted(title="关于还在登记的提议")
    demo_rest.publish({Role.OFFICE: world.office})
    opened = Proposal.objects.filter(is_public=True)
    assert opened.count() == demo_rest.OPENED_EACH
    assert waiting not in opened
    shown = client.get(reverse("public_papers")).content.decode()
    assert "丁地道路" in shown
    assert "还在登记" not in shown


def test_one_promise_is_reported_and_one_is_overdue():
    world = make_world()
    promised(world, title="关于硬化通组道路的提议")
    promised(world, title="关于修缮灌溉渠系的提议")
    demo_rest.follow_promises()
    states = dict(Undertaking.objects.values_list("state", "due_on"))
    assert set(states) == {"reported", "open"}
    assert states["open"] == timezone.localdate() - timedelta(days=12)
