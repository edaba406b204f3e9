"""The tree of organisations: one path a node, moved whole, never a circle."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from congress.kernel.workflow import Refused
from congress.models import Organization, OrganizationChange
from congress.services import organizations
from tests.factories import make_congress, make_district, make_township

pytestmark = pytest.mark.django_db
WORD = {"basis": "明府〔2026〕8号", "on": date(2026, 12, 1), "by": None}


@pytest.fixture
def tree():
    """明川区 with 青江镇 (安塘村 below it) and 石桥镇."""
    district = make_district()
    first, second = make_township(district, "青江镇"), make_township(district, "石桥镇")
    village = organizations.create("51079001-01", "安塘村", Organization.Kind.VILLAGE, first)
    return district, first, second, village


def paths():
    return dict(Organization.objects.values_list("name", "path"))


def test_a_path_is_the_chain_of_codes(tree):
    assert paths() == {
        "明川区": "/510790/",
        "青江镇": "/510790/51079001/",
        "安塘村": "/510790/51079001/51079001-01/",
        "石桥镇": "/510790/51079002/",
    }


def test_a_move_takes_the_whole_branch_along(tree):
    _district, first, _second, village = tree
    organizations.move(first, organizations.create("510791", "邻区", "district"), **WORD)
    assert paths()["青江镇"] == "/510791/51079001/"
    assert paths()["安塘村"] == "/510791/51079001/51079001-01/"
    change = OrganizationChange.objects.get()
    assert (change.verb, change.before, change.after) == (
        "move",
        "/510790/51079001/",
        "/510791/51079001/",
    )
    assert (change.basis, change.on) == (WORD["basis"], WORD["on"])
    assert Organization.objects.get(pk=village.pk).parent_id == first.pk


@pytest.mark.parametrize("target", ["itself", "its village"])
def test_a_circle_is_refused_with_a_sentence(tree, target):
    _district, first, _second, village = tree
    before = paths()
    with pytest.raises(Refused, match="青江镇"):
        organizations.move(first, {"itself": first, "its village": village}[target], **WORD)
    with pytest.raises(Refused):
        organizations.merge(first, {"itself": first, "its village": village}[target], **WORD)
    assert paths() == before
    assert not OrganizationChange.objects.exists()


def test_moving_where_it_stands_is_refused(tree):
    district, first, _second, _village = tree
    with pytest.raises(Refused, match="明川区"):
        organizations.move(first, district, **WORD)


def test_a_merge_closes_the_node_and_moves_what_stood_under_it(tree):
    _district, first, second, village = tree
    closed = organizations.merge(first, second, **WORD)
    assert (closed.merged_into, closed.closed_on) == (second, WORD["on"])
    assert paths()["安塘村"] == "/510790/51079002/51079001-01/"
    assert Organization.objects.get(pk=village.pk).parent_id == second.pk
    assert Organization.objects.open().filter(name="青江镇").count() == 0
    assert str(OrganizationChange.objects.get()) == "青江镇 → 石桥镇"


def test_a_closed_node_takes_nothing_more(tree):
    _district, first, second, _village = tree
    organizations.merge(first, second, **WORD)
    for attempt in (
        lambda: organizations.rename(first, "新江镇", **WORD),
        lambda: organizations.move(second, first, **WORD),
        lambda: organizations.create("9", "新村", Organization.Kind.VILLAGE, first),
    ):
        with pytest.raises(Refused, match="青江镇"):
            attempt()


def test_a_new_name_is_written_down_beside_the_old_one(tree):
    _district, first, _second, _village = tree
    assert organizations.rename(first, "新江镇", **WORD).name == "新江镇"
    change = OrganizationChange.objects.get()
    assert (change.verb, change.before, change.after) == ("rename", "青江镇", "新江镇")
    with pytest.raises(Refused):
        organizations.rename(first, "新江镇", **WORD)


@pytest.mark.parametrize(
    ("code", "kind", "below"),
    [("510790", "township", True), ("51 07", "township", True), ("5", "village", False), ("7", "star", True)],
)
def test_an_impossible_node_is_refused(code, kind, below):
    district = make_district()
    with pytest.raises(Refused):
        organizations.create(code, "某镇", kind, district if below else None)
    assert Organization.objects.count() == 1


def test_the_command_makes_a_node_once(capsys):
    for _again in range(2):
        call_command("create_organization", "510790", "明川区", kind="district")
    call_command("create_organization", "51079001", "青江镇", kind="township", parent="510790")
    assert paths() == {"明川区": "/510790/", "青江镇": "/510790/51079001/"}
    assert capsys.readouterr().out.count("明川区（510790）") == 2


@pytest.mark.parametrize(
    ("code", "name", "options"),
    [
        ("510790", "别的区", {"kind": "district"}),
        ("51079001", "青江镇", {"kind": "township", "parent": "999999"}),
        ("51079001", "青江镇", {"kind": "township"}),
    ],
)
def test_the_command_refuses_what_does_not_fit(code, name, options):
    make_district()
    with pytest.raises(CommandError):
        call_command("create_organization", code, name, **options)


def test_an_organisation_and_a_congress_are_found_by_their_codes(tree):
    congress = make_congress(tree[1], number=15)
    assert organizations.find_congress("51079001-15") == congress
    for unknown in ("51079001-16", "15", "51079001-x", "-"):
        with pytest.raises(Refused):
            organizations.find_congress(unknown)
