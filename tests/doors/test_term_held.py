"""What a township officer, a clerk and a stranger got at in the pages of a term: held here."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from congress.models import Attachment, AuditEvent, Letterhead, OfficialDocument, Role
from congress.policies import ATTACHMENTS
from congress.services import documents
from delegates.models import MandateChange
from delegates.workflows import MANDATE, REMOVAL
from tests import factories
from tests.delegates.test_mandate_life import FIGURES, TODAY, make_motion

pytestmark = pytest.mark.django_db
LETTER = "因身体原因，自愿辞去代表职务，请组织批准。"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


@pytest.fixture
def clerk(world, sign_in):
    return sign_in(world.users["township"])


def test_a_letter_and_its_scan_are_read_by_who_manages_and_nobody_else(world, sign_in, clerk):
    mandate = factories.make_mandate(world.ours.mandate.congress, "赵六", electing_unit=world.ours.unit)
    page = reverse("admin:delegates_mandate_take", args=[mandate.pk, "resign"])
    scan = SimpleUploadedFile("申请.pdf", PDF)
    answer = clerk.post(page, {"decided_on": f"{TODAY():%Y-%m-%d}", "letter": LETTER, "scan": scan})
    assert answer.status_code == 302, answer.context["form"].errors
    kept = Attachment.objects.get(name="申请.pdf")
    change = MandateChange.objects.get(mandate=mandate)
    pages = [
        reverse("admin:delegates_mandate_history", args=[mandate.pk]),
        reverse("admin:delegates_mandatechange_change", args=[change.pk]),
    ]
    for role in ("organisation_department", "workroom"):
        reader = sign_in(world.users[role])
        assert reader.get(reverse("attachment", args=[kept.pk])).status_code == 404
        for page in pages:
            assert LETTER not in reader.get(page).content.decode(), (role, page)
    assert ATTACHMENTS.visible(world.users["township"]).filter(pk=kept.pk).exists()
    assert LETTER in clerk.get(pages[1]).content.decode()


@pytest.mark.parametrize("key", ["mandate_decision_level", "election_reply_level", "surplus_percent", "majority_base"])
def test_a_township_does_not_set_the_rules_that_bind_it(world, clerk, key):
    data = {"key": key, "organization": world.ours.organization.pk, "level": "", "valid_from": "2026-01-01",
            "value": {"majority_base": "due", "surplus_percent": "20"}.get(key, "same"), "source": "x"}  # fmt: skip
    assert clerk.post(reverse("admin:congress_rule_add"), data).status_code != 302


def test_nobody_signs_in_the_name_of_another(world, clerk):
    ours, district = world.ours.organization, world.district
    values = {"姓名": "王文"}
    drafted = documents.draft("restoration-notice", ours, values, by=world.users["township"])
    body = drafted.body.replace("〔", "（").replace("〕", "）")
    OfficialDocument.objects.filter(pk=drafted.pk).update(
        issuer=f"中共{district.name}委员会",
        word="明川委",
        body=body,
        title="关于恢复职务的通知",
        recipient="各支部",
        remark="",
    )
    page = reverse("admin:congress_officialdocument_take", args=[drafted.pk, "issue"])
    clerk.post(page, {"issued_on": f"{TODAY():%Y-%m-%d}"})
    drafted.refresh_from_db()
    assert drafted.state == "issued"
    assert district.name not in drafted.issuer
    assert drafted.word != "明川委"
    data = {"organization": ours.pk, "committee": f"中共{district.name}委员会", "committee_word": "明川委",
            "office": "", "office_word": "", "credentials": "", "phone": ""}  # fmt: skip
    answer = clerk.post(reverse("admin:congress_letterhead_add"), data)
    assert answer.status_code == 200
    assert not Letterhead.objects.filter(committee_word="明川委").exists()


def test_a_dropped_draft_stays_the_offices(world, sign_in, clerk):
    drafted = documents.draft(
        "restoration-notice", world.ours.organization, {"姓名": "王文"}, by=world.users["township"]
    )
    clerk.post(reverse("admin:congress_officialdocument_take", args=[drafted.pk, "drop"]))
    drafted.refresh_from_db()
    assert drafted.state == "voided"
    reader = sign_in(world.users["organisation_department"])
    assert reader.get(reverse("admin:congress_officialdocument_change", args=[drafted.pk])).status_code == 404


def test_no_number_is_spent_on_what_no_printer_has(world, clerk):
    drafted = documents.draft("restoration-notice", world.ours.organization, {}, by=world.users["township"])
    for body in ("通知😀", "关于{姓名}的通知"):
        OfficialDocument.objects.filter(pk=drafted.pk).update(body=body, title="通知", recipient="各支部", remark="")
        page = reverse("admin:congress_officialdocument_take", args=[drafted.pk, "issue"])
        clerk.post(page, {"issued_on": f"{TODAY():%Y-%m-%d}"})
        drafted.refresh_from_db()
        assert drafted.state == "draft", body


def test_a_removal_is_approved_from_its_page(world, clerk):
    mandate = factories.make_mandate(world.ours.mandate.congress, "赵六", electing_unit=world.ours.unit)
    motion = make_motion(mandate)
    REMOVAL.take(motion, "hear", by=world.users["township"], heard_on=TODAY(), statement="陈述")
    REMOVAL.take(motion, "count", by=world.users["township"], votes_for=60, votes_against=30, **FIGURES)
    page = reverse("admin:delegates_removalmotion_take", args=[motion.pk, "approve"])
    shown = clerk.get(page)
    assert shown.status_code == 200
    assert "应到" in shown.content.decode()
    said = {"decided_on": f"{TODAY():%Y-%m-%d}", "reason": "removal", "basis": "石桥委〔2026〕9号",
            "proposer": "村党支部", "decider": "中共石桥镇委员会"}  # fmt: skip
    assert clerk.post(page, said).status_code == 302
    mandate.refresh_from_db()
    assert mandate.status == "terminated"


def test_what_is_over_is_not_offered_again_with_its_consequences(world, clerk):
    answer = clerk.get(
        reverse("admin:delegates_mandate_take", args=[world.ours.mandate.pk, "restore"])
    ).content.decode()
    assert "作出此决定后" not in answer
    assert "确认办理" not in answer


@pytest.mark.parametrize("path", ["/admin/delegates/mandate/?organization=%00", "/c/%00/"])
def test_a_byte_no_text_holds_is_refused_before_anything_else(world, clerk, path):
    assert clerk.get(path).status_code == 400


def test_the_past_of_a_training_day_does_not_hold_its_code(world, sign_in):
    office = sign_in(world.users["office"])
    session = world.ours.attendance.session
    session.place = "新会议室"
    session.save()
    answer = office.get(reverse("admin:delegates_trainingsession_history", args=[session.pk]))
    assert answer.status_code == 200
    assert session.code not in answer.content.decode()


def test_the_contact_person_is_named_by_the_district_and_a_miss_is_seen(world, sign_in, clerk):
    account = factories.make_user(Role.UNIT)
    page = reverse("admin:delegates_electingunit_change", args=[world.ours.unit.pk])
    form = clerk.get(page).context["adminform"].form
    assert form.fields["contact_name"].disabled
    office = sign_in(world.users["office"])
    data = {
        name: value for name, value in office.get(page).context["adminform"].form.initial.items() if value is not None
    }
    data = {"congress": world.ours.mandate.congress_id, "name": data["name"], "number": data["number"]}
    assert office.post(page, data | {"contact_name": "nobody-here"}).status_code == 200
    assert AuditEvent.objects.filter(action="account_miss").count() == 1
    assert office.post(page, data | {"contact_name": account.username}).status_code == 302
    world.ours.unit.refresh_from_db()
    assert world.ours.unit.contact == account


def test_only_the_delegate_himself_takes_a_letter_back_without_a_word(world, clerk):
    mandate = world.ours.mandate
    MANDATE.take(mandate, "resign", by=world.users["delegate"], letter=LETTER)
    page = reverse("admin:delegates_mandate_take", args=[mandate.pk, "withdraw_resignation"])
    assert clerk.post(page, {}).status_code == 200
    mandate.refresh_from_db()
    assert mandate.status == "resign_pending"
