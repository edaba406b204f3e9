"""The proposal of links: balanced, by area and work, the same each time, and the office has the last word."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from congress.kernel.workflow import Refused
from liaison.kernel.sharing import Seated, Sitting, suggest
from liaison.models import CommitteeLink
from liaison.services import coverage, linking, proposing
from tests.factories import make_mandate
from tests.liaison.test_services import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


def shares(members=4, groups=6, each=5, **facts):
    seated = [Seated(100 * group + number, group) for group in range(1, groups + 1) for number in range(each)]
    return suggest(
        [Sitting(pk, **facts) for pk in range(1, members + 1)], list(range(1, groups + 1)), seated, 2, (3, 5)
    )


def test_groups_and_delegates_are_shared_evenly_within_the_norms():
    found = shares()
    groups = [sum(one.member == pk and one.group is not None for one in found) for pk in range(1, 5)]
    delegates = [sum(one.member == pk and one.delegate is not None for one in found) for pk in range(1, 5)]
    assert sorted(groups) == [1, 1, 2, 2]
    assert delegates == [5, 5, 5, 5]
    assert found == shares()
    assert len({one.delegate for one in found if one.delegate}) == 20, "nobody has two while others have none"


def test_a_members_delegates_come_from_his_own_groups():
    found = shares()
    own = {(one.member, one.group) for one in found if one.group}
    assert all((one.member, one.delegate // 100) in own for one in found if one.delegate)


def test_of_those_at_hand_one_his_field_of_work_speaks_for_comes_first():
    seated = [Seated(1, 1, "worker"), Seated(2, 1, "farmer"), Seated(3, 1), Seated(4, 1)]
    found = suggest([Sitting(9, "农业农村", [1])], [1], seated, 2, (3, 3))
    assert [one.delegate for one in found] == [2, 1, 3]


def test_what_holds_stays_and_more_groups_than_the_committee_can_take_are_left():
    found = suggest([Sitting(1, "", [7, 8], [70, 71, 72])], [7, 8, 9], [Seated(70, 7)], 2, (3, 3))
    assert found == []
    assert suggest([], [1], [Seated(1)], 2, (3, 5)) == []


def test_what_is_agreed_to_begins_all_of_it_or_nothing(world):
    lines = proposing.propose(world.congress)
    assert [line.name.partition("-")[0] for line in lines] == ["group", "group", "mandate", "mandate", "mandate"]
    chosen = {line.name: line.member.pk for line in lines}
    for wrong in ({f"group-{world.first.group_id}": 0}, {"mandate-0": world.member.pk}):
        with pytest.raises(Refused):
            proposing.accept(world.congress, chosen | wrong, by=world.office)
    with pytest.raises(PermissionDenied):
        proposing.accept(world.congress, chosen, by=world.stranger)
    assert not CommitteeLink.objects.exists()
    assert proposing.accept(world.congress, chosen, by=world.office) == 5
    assert coverage.coverage(world.congress.mandates.all())["uncovered"] == 0
    assert proposing.propose(world.congress) == []
    with pytest.raises(Refused):
        proposing.accept(world.congress, chosen, by=world.office)


def test_a_proposal_asks_the_same_for_every_number(world):
    counts = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert proposing.propose(world.congress)
        counts.append(len(queries))
        for number in range(9):
            make_mandate(world.congress, f"钱{'一二三四五六七八九'[number]}", group=f"第{number}组")
    assert counts[0] == counts[1] <= 6


def test_the_office_changes_a_line_on_the_page_and_begins_the_rest(world, sign_in):
    office = sign_in(world.office)
    choose = office.get(reverse("admin:liaison_propose"))
    page = reverse("admin:liaison_propose_for", args=[world.congress.pk])
    assert (choose.status_code, choose.url) == (302, page)
    shown = office.get(page).content.decode()
    assert f'name="group-{world.first.group_id}"' in shown
    said = {f"group-{world.first.group_id}": world.other.pk, f"mandate-{world.first.pk}": ""}
    office.post(page, said)
    link = CommitteeLink.objects.get()
    assert (link.member, link.group) == (world.other, world.first.group)
    assert office.post(page, said).status_code == 200, "the second time is told"
    assert CommitteeLink.objects.count() == 1


def test_a_neighbour_has_no_such_page(world, sign_in):
    linking.link(world.member, world.first, by=world.office)
    page = reverse("admin:liaison_propose_for", args=[world.congress.pk])
    assert sign_in(world.stranger).get(page).status_code == 404
