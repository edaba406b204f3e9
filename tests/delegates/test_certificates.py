"""Certificates: numbers given once, cards printed for who serves, and a page that says what one is worth today."""

import io
import threading
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from congress.kernel.reports import ReportRefused, report_class
from congress.models import AuditEvent, Letterhead, PrintedReport, Role
from delegates.models import Mandate
from delegates.services import certificates
from tests.factories import make_congress, make_district, make_mandate, make_township, make_user


@pytest.fixture
def congress(db):
    return make_congress(
        make_township(make_district(), "石桥镇"), ends_on=date(2031, 5, 10), starts_on=date(2026, 5, 10)
    )


@pytest.fixture
def clerk(congress):
    return make_user(Role.TOWNSHIP, congress.organization)


def numbers(congress):
    rows = Mandate.objects.filter(congress=congress).order_by("roster_key")
    return [row.certificate_number for row in rows]


def test_numbers_follow_the_roster_and_go_to_who_serves(congress, clerk):
    make_mandate(congress, "李四光")
    make_mandate(congress, "丁一")
    make_mandate(congress, "王文", status="terminated")
    assert certificates.give_numbers(Mandate.objects.all(), by=clerk) == 2
    assert numbers(congress) == ["石桥15-001", "", "石桥15-002"]
    assert certificates.give_numbers(Mandate.objects.all(), by=clerk) == 0
    assert AuditEvent.objects.get(action="certificate_numbers").detail["rows"] == 2


def test_a_number_taken_off_a_form_is_not_given_to_another(congress, clerk):
    first = make_mandate(congress, "丁一")
    certificates.give_numbers(Mandate.objects.all(), by=clerk)
    first.refresh_from_db()
    first.certificate_number = ""
    first.save()
    make_mandate(congress, "王文")
    certificates.give_numbers(Mandate.objects.all(), by=clerk)
    assert numbers(congress) == ["石桥15-002", "石桥15-003"]


def test_a_number_given_changes_the_rows_version(congress, clerk):
    mandate = make_mandate(congress)
    certificates.give_numbers(Mandate.objects.all(), by=clerk)
    mandate.refresh_from_db()
    assert mandate.version == 1


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_give_no_number_twice_and_leave_none_out():
    congress = make_congress(make_township(make_district(), "石桥镇"))
    clerk = make_user(Role.TOWNSHIP, congress.organization)
    rows = [make_mandate(congress, f"王{chr(0x4E00 + n)}").pk for n in range(12)]
    start = threading.Barrier(2)

    def work(mine):
        start.wait()
        for pk in mine:
            certificates.give_numbers(Mandate.objects.filter(pk=pk), by=clerk)
        connection.close()

    clerks = [threading.Thread(target=work, args=(rows[half::2],)) for half in (0, 1)]
    for thread in clerks:
        thread.start()
    for thread in clerks:
        thread.join()
    assert sorted(numbers(congress)) == [f"石桥15-{n:03d}" for n in range(1, 13)]


def test_a_neighbour_gives_no_numbers(congress):
    make_mandate(congress)
    neighbour = make_user(Role.TOWNSHIP, make_township(congress.organization.parent, "青江镇"))
    with pytest.raises(PermissionDenied):
        certificates.give_numbers(Mandate.objects.all(), by=neighbour)
    assert numbers(congress) == [""]


def text_of(report):
    return "".join("".join(p.extract_text() for p in PdfReader(io.BytesIO(report.render("pdf"))).pages).split())


def test_a_certificate_says_what_the_register_says(congress, clerk):
    make_mandate(congress, "李四光", gender="female")
    make_mandate(congress, "王文", status="suspended")
    report = report_class("d02-certificate")
    with pytest.raises(ReportRefused, match="李四光"):
        report(clerk, {"congress": congress.code}).render("pdf")
    certificates.give_numbers(Mandate.objects.all(), by=clerk)
    said = text_of(report(clerk, {"congress": congress.code}))
    for text in (congress.full_name, "代表证", "李四光", "女", "安塘村党支部", "石桥15-001", "2031年5月10日"):
        assert text in said, text
    assert "王文" not in said


def test_a_card_says_how_to_reach_the_office_and_no_personal_number(congress, clerk):
    mandate = make_mandate(congress, "李四光", group="一组", phone="13800000001")
    make_mandate(congress, "王文", group="二组")
    Letterhead.objects.create(organization=congress.organization, phone="0816-5551015")
    card = report_class("d03-contact-card")
    said = text_of(card(clerk, {"mandate": mandate.pk}))
    for text in ("李四光", "石桥镇党政办主任", "所在小组：一组", "0816-5551015", "我能为您做的事"):
        assert text in said, text
    assert "13800000001" not in said
    assert [c.mandate.person.name for c in card(clerk, {"group": "二组"}).sections[0].records] == ["王文"]
    assert card(clerk, {"congress": congress.code, "chosen": f"{mandate.pk}"}).count == 1


def test_groups_of_one_name_are_told_apart(congress, clerk):
    other = make_congress(make_township(congress.organization.parent, "青江镇"))
    make_mandate(congress, "李四光", group="一组")
    foreign = make_mandate(other, "王文", group="一组")
    office = make_user(Role.OFFICE, congress.organization.parent)
    card = report_class("d03-contact-card")
    with pytest.raises(ReportRefused, match=f"青江镇.*{foreign.group_id}"):
        card(office, {"group": "一组"})
    assert card(office, {"group": foreign.group_id}).count == 1
    assert card(clerk, {"group": "一组"}).count == 1
    with pytest.raises(ReportRefused):
        card(clerk, {"group": foreign.group_id})


def page(client, text):
    return client.get(reverse("certificate", args=[text]))


def test_the_code_leads_to_a_page_that_says_the_certificate_is_valid(congress, client, settings):
    settings.SITE_URL = "https://daibiao.example"
    mandate = make_mandate(congress, "李四光", phone="13800000001", id_number="51070119620307001X")
    url = certificates.address(mandate)
    assert url.startswith("https://daibiao.example/c/")
    answer = client.get(url.removeprefix("https://daibiao.example"))
    said = answer.content.decode()
    assert answer.status_code == 200
    for text in ("李四光", congress.full_name, "安塘村党支部", "证件有效"):
        assert text in said
    for text in ("1380", "5107", "党政办主任", "1975"):
        assert text not in said


def test_a_delegate_who_left_is_said_to_be_out_of_office_since(congress, client):
    mandate = make_mandate(congress, "李四光")
    text = certificates.token(mandate)
    Mandate.objects.filter(pk=mandate.pk).update(status="terminated")
    said = page(client, text).content.decode()
    today = timezone.localdate()
    assert "证件有效" not in said
    assert "已不在任" in said
    assert f"{today.year}年{today.month}月{today.day}日" in said
    assert "终止" not in said  # why he left is nobody's business here


def test_a_delegate_who_never_served_and_a_term_that_ended_have_no_valid_certificate(congress, client):
    never = make_mandate(congress, "李四光", status="terminated")
    assert "已不在任" in page(client, certificates.token(never)).content.decode()
    past = make_congress(congress.organization, 14, starts_on=date(2021, 5, 10), ends_on=date(2026, 5, 10))
    said = page(client, certificates.token(make_mandate(past, "王文"))).content.decode()
    assert "2026年5月10日" in said
    assert "已不在任" in said


def test_a_forged_or_foreign_token_has_no_page(congress, client):
    mandate = make_mandate(congress)
    good = certificates.token(mandate)
    number, seal = good.split(".")
    forged = [number, f"{int(number) + 1}.{seal}", f"{number}.{seal[::-1]}", f"{good}x", f".{seal}", "x.y"]
    from django.core import signing

    forged += [signing.Signer(sep=".").sign(number), signing.Signer(sep=".", salt="delegates.certificate").sign("999")]
    for text in forged:
        assert page(client, text).status_code == 404, text


def test_the_action_numbers_and_prints_those_chosen(congress, clerk, sign_in):
    chosen, other = make_mandate(congress, "李四光"), make_mandate(congress, "王文")
    client = sign_in(clerk)
    url = reverse("admin:delegates_mandate_changelist")
    client.post(url, {"action": "print_certificates", "_selected_action": [chosen.pk]})
    printed = PrintedReport.objects.get()
    assert (printed.key, printed.params) == ("d02-certificate", {"congress": congress.code, "chosen": str(chosen.pk)})
    other.refresh_from_db()
    assert other.certificate_number == ""
    client.post(reverse("admin:delegates_mandate_certificate", args=[other.pk]))
    other.refresh_from_db()
    assert other.certificate_number == "石桥15-002"
    client.post(url, {"action": "print_cards", "_selected_action": [chosen.pk, other.pk]})
    assert PrintedReport.objects.filter(key="d03-contact-card").count() == 1


def test_readers_and_neighbours_number_nobody(congress, sign_in):
    mandate = make_mandate(congress)
    url = reverse("admin:delegates_mandate_certificate", args=[mandate.pk])
    neighbour = make_user(Role.TOWNSHIP, make_township(congress.organization.parent, "青江镇"))
    assert sign_in(neighbour).post(url).status_code == 404
    assert sign_in(make_user(Role.WORKROOM, congress.organization)).post(url).status_code == 403
    mandate.refresh_from_db()
    assert mandate.certificate_number == ""
