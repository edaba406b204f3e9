"""Links and contacts: who may begin and end them, what is refused, what is only told."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from congress.kernel.workflow import Refused
from congress.models import AuditEvent, Role, Rule
from delegates.models import CommitteeMember, Mandate
from liaison.models import CommitteeLink, Contact
from liaison.policies import CONTACTS, LINKS
from liaison.services import contacts, coverage, linking
from liaison.services.figures import figures
from tests.factories import make_congress, make_contact, make_district, make_mandate, make_township, make_user

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


class World:
    """A township of two groups, its committee of two, its office; and a neighbour."""

    def __init__(self):
        self.district = make_district()
        self.congress = make_congress(make_township(self.district, "青江镇"))
        self.office = make_user(Role.TOWNSHIP, self.congress.organization)
        self.first = make_mandate(self.congress, "王勇", group="一组")
        self.second = make_mandate(self.congress, "李明", group="一组")
        self.third = make_mandate(self.congress, "李强", group="二组")
        self.member, self.other = (
            CommitteeMember.objects.create(congress=self.congress, name=name, post="委员", number=number)
            for number, name in enumerate(("曾文胜", "邓飞"), 1)
        )
        self.delegate = make_user(Role.DELEGATE)
        self.first.person.user = self.delegate
        self.first.person.save()
        self.far = make_congress(make_township(self.district, "石桥镇"))
        self.stranger = make_user(Role.TOWNSHIP, self.far.organization)


@pytest.fixture
def world():
    return World()


def test_a_link_is_begun_ended_and_stays_in_the_history(world):
    link = linking.link(world.member, world.first.group, by=world.office)
    with pytest.raises(Refused, match="already"):
        linking.link(world.member, world.first.group, by=world.office)
    for _time in range(2):
        ended = linking.end(link, by=world.office, note="分工调整")
    assert (ended.until, ended.ended_note) == (timezone.localdate(), "分工调整")
    linking.link(world.member, world.first.group, by=world.office)
    assert CommitteeLink.objects.count() == 2
    assert CommitteeLink.objects.open().count() == 1


def test_a_link_handed_over_ends_with_the_one_and_begins_with_the_other(world):
    link = linking.link(world.member, world.first, by=world.office, since=DAY)
    made = linking.move(link, world.other, by=world.office)
    link.refresh_from_db()
    assert (link.until, made.member, made.mandate) == (timezone.localdate(), world.other, world.first)
    with pytest.raises(Refused):
        linking.move(link, world.member, by=world.office)


@pytest.mark.parametrize("why", ["neighbour", "left", "not serving", "tomorrow"])
def test_what_cannot_be_linked_is_refused(world, why):
    member, target, since = world.member, world.first, None
    if why == "neighbour":
        target = make_mandate(world.far, "赵云")
    elif why == "left":
        CommitteeMember.objects.filter(pk=member.pk).update(left_on=DAY)
    elif why == "not serving":
        Mandate.objects.filter(pk=target.pk).update(status="terminated")
        target.refresh_from_db()
    else:
        since = timezone.localdate() + timedelta(days=1)
    with pytest.raises(Refused):
        linking.link(member, target, by=world.office, since=since)
    assert not CommitteeLink.objects.exists()


def test_others_offices_and_readers_begin_no_link(world):
    reader = make_user(Role.ORGANISATION_DEPARTMENT, world.district)
    for user in (world.stranger, reader, world.delegate):
        with pytest.raises(PermissionDenied):
            linking.link(world.member, world.first, by=user)


def test_a_link_is_with_one_thing_exactly(world):
    for facts in ({}, {"group": world.first.group, "mandate": world.first}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CommitteeLink.objects.create(member=world.member, since=DAY, **facts)


def test_too_few_and_too_many_are_told_and_never_refused(world):
    linking.link(world.member, world.first, by=world.office)
    assert linking.notices(world.member) == [
        "曾文胜 is in touch with 0 groups; 1 to 2 are asked.",
        "曾文胜 is in touch with 1 delegates; 3 to 5 are asked.",
    ]
    for number in range(6):
        contacts.add(world.first, by=world.office, name=f"张{'一二三四五六'[number]}", kind="mass")
    assert contacts.notices(world.first) == [
        "王勇 is in touch with 0 Party members; 3 to 5 are asked.",
        "王勇 is in touch with 6 of the masses; 3 to 5 are asked.",
    ]
    Rule.objects.create(key="contacts_masses_most", organization=world.congress.organization, valid_from=DAY,
                        value="8", source="镇党委文件")  # fmt: skip
    assert len(contacts.notices(world.first)) == 1


def test_a_contact_is_taken_on_corrected_and_ended(world):
    contact = contacts.add(
        world.first, by=world.delegate, name="张三", kind="mass", targets=["poor"], phone="13800000001"
    )
    with pytest.raises(Refused, match="on the list"):
        contacts.add(world.first, by=world.delegate, name="张三", kind="mass")
    changed = contacts.change(contact, by=world.delegate, version=0, name="张三丰", phone=None)
    assert (changed.name, changed.version, changed.get_sealed("phone")) == ("张三丰", 1, "13800000001")
    with pytest.raises(Refused):
        contacts.change(contact, by=world.office, version=0, name="张四")
    with pytest.raises(Refused, match="Say why"):
        contacts.end(contact, by=world.delegate, reason="other")
    ended = contacts.end(contact, by=world.delegate, reason="moved")
    assert (ended.until, ended.end_reason) == (timezone.localdate(), "moved")
    with pytest.raises(Refused):
        contacts.change(contact, by=world.delegate, version=2, name="张四")
    assert contacts.add(world.first, by=world.delegate, name="张三丰", kind="mass").pk != contact.pk


def test_contacts_are_the_delegates_own_and_his_offices(world):
    contact = make_contact(world.first, phone="13800000001")
    reader = make_user(Role.ORGANISATION_DEPARTMENT, world.district)
    for user, sees in ((world.delegate, True), (world.office, True), (world.stranger, False), (reader, False)):
        assert CONTACTS.visible(user).filter(pk=contact.pk).exists() is sees
        assert CONTACTS.may_change(user, contact) is sees
    Mandate.objects.filter(pk=world.first.pk).update(status="terminated")
    contact = Contact.objects.get()
    assert not CONTACTS.may_change(world.delegate, contact)
    with pytest.raises(Refused):
        contacts.add(contact.mandate, by=world.office, name="李四", kind="mass")


def test_a_member_with_an_account_sees_his_links(world):
    account = make_user(Role.DELEGATE)
    CommitteeMember.objects.filter(pk=world.member.pk).update(user=account)
    own = CommitteeLink.objects.create(member=world.member, mandate=world.first, since=DAY)
    CommitteeLink.objects.create(member=world.other, mandate=world.first, since=DAY)
    assert list(LINKS.visible(account)) == [own]
    assert not LINKS.may_change(account, own)


def test_a_phone_shown_in_clear_is_recorded_and_limited(world):
    contact = make_contact(world.first, phone="13800000001")
    Rule.objects.create(key="reveals_an_hour", organization=None, valid_from=DAY, value="1", source="x")
    assert contacts.reveal(contact, by=world.office) == "13800000001"
    assert AuditEvent.objects.filter(action="reveal", subject=f"contact {contact.pk} phone").count() == 1
    with pytest.raises(Refused):
        contacts.reveal(contact, by=world.office)
    with pytest.raises(PermissionDenied):
        contacts.reveal(contact, by=world.stranger)


def test_coverage_is_direct_or_through_the_group_and_names_who_is_missed(world):
    linking.link(world.member, world.first.group, by=world.office)
    linking.link(world.member, world.first, by=world.office)
    serving = Mandate.objects.serving()
    assert coverage.coverage(serving) == {"direct": 1, "via_group": 2, "union": 2, "uncovered": 1}
    assert list(coverage.uncovered(serving)) == [world.third]
    CommitteeMember.objects.filter(pk=world.member.pk).update(left_on=DAY)
    assert coverage.coverage(serving)["union"] == 0, "who left the committee reaches nobody"


def test_the_figures_count_those_in_office_in_a_handful_of_queries(world):
    for name in ("张三", "李四", "王五"):
        make_contact(world.first, name)
    make_contact(world.second, kind="party_member")
    left = make_mandate(world.congress, "赵六")
    make_contact(left)
    Mandate.objects.filter(pk=left.pk).update(status="terminated")
    with CaptureQueriesContext(connection) as few:
        counted = figures(None)
    assert (counted["committee_members"], counted["party_member_contacts"], counted["mass_contacts"]) == (2, 1, 3)
    assert (counted["party_member_contacts_mean"], counted["mass_contacts_mean"]) == (0.33, 1.0)
    assert counted["below_minimum"] == {"N01": 3, "N02": 2, "N04": 2, "N05": 2}
    for number in range(9):
        make_contact(make_mandate(world.far, f"钱{'一二三四五六七八九'[number]}"))
    with CaptureQueriesContext(connection) as many:
        assert figures(None, world.congress.organization) == counted
    assert len(few) == len(many) <= 6
    assert figures(world.stranger)["mass_contacts"] == 9
