"""Links and contacts through the office's pages and on the delegate's phone."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from congress.models import Role
from delegates.models import Mandate
from liaison.models import CommitteeLink, Contact
from tests.factories import make_contact, make_mandate, make_user
from tests.liaison.test_services import World

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)
NEW = {"kind": "mass", "name": "张三", "targets": ["poor"], "other": "", "phone": "13800000001"}


@pytest.fixture
def world():
    return World()


@pytest.fixture
def office(world, sign_in):
    return sign_in(world.office)


@pytest.fixture
def phone(world, sign_in):
    """The delegate's."""
    return sign_in(world.delegate)


def text(response):
    return response.content.decode()


def test_the_office_begins_a_link_and_is_told_what_does_not_fit(world, office):
    said = {"member": world.member.pk, "group": world.first.group_id, "mandate": "", "since": "2026-06-01"}
    answer = office.post(reverse("admin:liaison_committeelink_add"), said, follow=True)
    link = CommitteeLink.objects.get()
    assert (link.member, link.group, link.since) == (world.member, world.first.group, DAY)
    assert world.member.name in text(answer)
    again = office.post(reverse("admin:liaison_committeelink_add"), said)
    assert again.status_code == 200, "the form again, with what was typed"
    assert CommitteeLink.objects.count() == 1


@pytest.mark.parametrize("wrong", ["both", "neither", "neighbour", "tomorrow"])
def test_a_link_that_cannot_be_stays_on_the_form(world, office, wrong):
    said = {"member": world.member.pk, "group": world.first.group_id, "mandate": "", "since": "2026-06-01"}
    said |= {
        "both": {"mandate": world.first.pk},
        "neither": {"group": ""},
        "neighbour": {"group": "", "mandate": make_mandate(world.far, "赵云").pk},
        "tomorrow": {"since": "2099-01-01"},
    }[wrong]
    assert office.post(reverse("admin:liaison_committeelink_add"), said).status_code == 200
    assert not CommitteeLink.objects.exists()


def test_a_link_is_ended_and_handed_over_from_its_page(world, office):
    link = CommitteeLink.objects.create(member=world.member, mandate=world.first, since=DAY)
    page = text(office.get(reverse("admin:liaison_committeelink_change", args=[link.pk])))
    move, end = (reverse(f"admin:liaison_committeelink_{name}", args=[link.pk]) for name in ("move", "end"))
    assert move in page
    assert end in page
    office.post(move, {"member": world.other.pk})
    made = CommitteeLink.objects.open().get()
    assert made.member == world.other
    office.post(reverse("admin:liaison_committeelink_end", args=[made.pk]), {"note": "分工调整"})
    assert not CommitteeLink.objects.open().exists()
    assert end not in text(office.get(reverse("admin:liaison_committeelink_change", args=[link.pk])))
    assert office.get(f"{reverse('admin:liaison_committeelink_changelist')}?standing=ended").status_code == 200


def test_the_office_keeps_contacts_without_seeing_their_numbers(world, office):
    said = NEW | {"mandate": world.first.pk, "since": "2026-06-01"}
    office.post(reverse("admin:liaison_contact_add"), said)
    contact = Contact.objects.get()
    assert (contact.mandate, contact.targets, contact.since) == (world.first, ["poor"], DAY)
    assert office.post(reverse("admin:liaison_contact_add"), said).status_code == 200, "on the list already"
    page = reverse("admin:liaison_contact_change", args=[contact.pk])
    for address in (page, reverse("admin:liaison_contact_changelist")):
        shown = text(office.get(address))
        assert "138****0001" in shown
        assert "13800000001" not in shown
    office.post(page, NEW | {"name": "张三丰", "phone": "", "_version": "0"})
    contact.refresh_from_db()
    assert (contact.name, contact.get_sealed("phone"), contact.version) == ("张三丰", "13800000001", 1)
    stale = office.post(page, NEW | {"name": "张四", "phone": "", "_version": "0"})
    assert stale.status_code == 200
    contact.refresh_from_db()
    assert contact.name == "张三丰"
    assert "13800000001" in text(office.post(reverse("admin:liaison_contact_reveal", args=[contact.pk])))
    office.post(reverse("admin:liaison_contact_end", args=[contact.pk]), {"reason": "moved", "note": ""})
    contact.refresh_from_db()
    assert contact.until == timezone.localdate()
    assert office.get(page).status_code == 200


def test_the_delegate_sees_how_far_he_is(world, phone):
    make_contact(world.first, "张三", phone="13800000001")
    make_contact(world.second, "别人")
    shown = text(phone.get(reverse("my_contacts")))
    assert "13800000001" in shown, "his own contact's number"
    assert "别人" not in shown
    assert "已联系1名" in shown or "1 in touch" in shown
    assert reverse("my_contacts") in text(phone.get(reverse("portal_home")))


def test_the_delegate_takes_on_corrects_and_ends(world, phone):
    phone.post(reverse("contact_new"), NEW)
    contact = Contact.objects.get()
    assert (contact.mandate, contact.get_sealed("phone")) == (world.first, "13800000001")
    page = reverse("contact_change", args=[contact.pk])
    assert "13800000001" in text(phone.get(page))
    phone.post(page, NEW | {"phone": "", "version": "0"})
    contact.refresh_from_db()
    assert contact.get_sealed("phone") == ""
    stale = phone.post(page, NEW | {"name": "张四", "version": "0"})
    assert "张四" in text(stale), "what was typed stays"
    assert 'name="version" value="1"' in text(stale), "and can be saved now that it is told"
    phone.post(reverse("contact_end", args=[contact.pk]), {"reason": "died", "note": ""})
    assert not Contact.objects.open().exists()
    assert phone.get(page).status_code == 404


@pytest.mark.parametrize("wrong", [{"name": "3"}, {"phone": "12"}, {"kind": "x"}, {"name": "李四"}])
def test_what_is_wrong_is_said_and_what_was_typed_stays(world, phone, wrong):
    make_contact(world.first, "李四")
    answer = phone.post(reverse("contact_new"), NEW | wrong)
    assert answer.status_code == 200
    assert "errorlist" in text(answer)
    assert Contact.objects.count() == 1


def test_others_contacts_have_no_page(world, phone, sign_in):
    other = make_contact(world.second)
    for name in ("contact_change", "contact_end"):
        assert phone.get(reverse(name, args=[other.pk])).status_code == 404
    for user in (world.stranger, make_user(Role.ORGANISATION_DEPARTMENT, world.district)):
        client = sign_in(user)
        assert client.get(reverse("admin:liaison_contact_change", args=[other.pk])).status_code == 404
        assert client.get(reverse("my_contacts")).status_code == 404


def test_who_left_office_reads_his_list_and_changes_nothing(world, phone):
    contact = make_contact(world.first, "张三")
    Mandate.objects.filter(pk=world.first.pk).update(status="terminated")
    assert "张三" in text(phone.get(reverse("my_contacts")))
    assert phone.get(reverse("contact_new")).status_code == 404
    assert phone.post(reverse("contact_end", args=[contact.pk]), {"reason": "moved"}).status_code == 404
