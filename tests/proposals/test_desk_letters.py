"""The unit's reply and its letter: written, never lost, numbered, sealed; its promise; what delegates ask it."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from congress.kernel.workflow import Refused
from congress.models import Attachment, Letterhead, OfficialDocument, Role
from congress.policies import DOCUMENTS
from congress.services import attachments, documents
from proposals.models import Assignment, Reply, Undertaking
from proposals.services import letters
from proposals.workflows import ASSIGNMENT, INQUIRY
from tests import factories
from tests.proposals.test_desk import fresh, inquired, own, page, promised, step, text
from tests.proposals.world import PROMISE, REPLY, make_world

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
WRITTEN = REPLY | {"promise_due_on": "", "version": 0}


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def clerk(world, sign_in):
    return sign_in(world.desk)


@pytest.fixture
def stranger(db):
    return factories.make_user(Role.UNIT, factories.make_unit("区水务局"))


def upload(content=PDF, name="盖章件.pdf"):
    return SimpleUploadedFile(name, content)


def letter(name, row):
    return reverse(f"unit_letter_{name}", args=[row.pk])


def fetched(client, address):
    """The status of a download, read to its end."""
    answer = client.get(address)
    assert answer.getvalue() == PDF
    for close in getattr(answer, "_resource_closers", []):
        close()
    return answer.status_code


# Writing the reply


def test_a_class_b_reply_without_its_promise_is_refused_with_sentences_and_nothing_is_lost(world, clerk):
    row = world.working()
    answer = clerk.post(step(row, "draft"), WRITTEN | {"reply_class": "B", "promise": "二期三公里管网"})
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {"promise_due_on", "promise_evidence"}
    shown = text(answer)
    assert REPLY["text"] in shown
    assert "二期三公里管网" in shown
    assert re.search(r'value="B" checked', shown)
    assert not Reply.objects.exists()
    assert fresh(row).state == "working"
    past = {"reply_class": "B", "promise_due_on": timezone.localdate()}
    answer = clerk.post(step(row, "draft"), WRITTEN | PROMISE | past)
    assert set(answer.context["form"].errors) == {"promise_due_on"}
    due = timezone.localdate() + timedelta(days=90)
    assert clerk.post(step(row, "draft"), WRITTEN | PROMISE | past | {"promise_due_on": due}).status_code == 302
    assert Reply.objects.get().promise_due_on == due


def test_a_reply_written_while_another_was_saved_is_told_and_kept_on_the_page(world, clerk):
    row = world.working()
    assert clerk.post(step(row, "draft"), WRITTEN).status_code == 302
    other = WRITTEN | {"text": "另一位同志同时写的答复，也有三十个字以上，这样才够长，请看清楚再保存一次。"}
    answer = clerk.post(step(row, "draft"), other)
    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors()
    shown = text(answer)
    assert other["text"] in shown
    assert REPLY["text"] in shown, "what the first saved stands beside it"
    assert Reply.objects.get().text == REPLY["text"]
    seen = re.search(r'name="version" value="(\d+)"', shown)[1]
    assert clerk.post(step(row, "draft"), other | {"version": seen}).status_code == 302
    assert Reply.objects.get().text == other["text"]
    with pytest.raises(Refused):  # and so it is under the lock
        ASSIGNMENT.take(row, "draft", by=world.desk, **(REPLY | {"version": 1}))


def test_a_stale_editor_reads_why_and_keeps_its_text(world, clerk):
    row = world.reviewed()
    longer = WRITTEN | {"text": REPLY["text"] + "第二段还没有保存。", "version": 1}
    answer = clerk.post(step(row, "draft"), longer)
    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors()
    assert "第二段还没有保存。" in text(answer)
    assert fresh(row).state == "in_review"
    assert clerk.get(step(row, "draft")).url == page(row)


def test_what_no_printer_has_is_named_before_it_is_too_late(world, clerk):
    row = world.working()
    answer = clerk.post(step(row, "draft"), WRITTEN | {"text": REPLY["text"] + "😀"})
    assert "😀" in str(answer.context["form"].errors["text"])
    assert clerk.post(step(row, "draft"), WRITTEN | {"signer": "周{立}"}).context["form"].errors["signer"]
    hidden = REPLY["text"] + "\u200b\ufeff面积300㎡，水温18℃。"
    assert clerk.post(step(row, "draft"), WRITTEN | {"text": hidden}).status_code == 302
    assert Reply.objects.get().text == REPLY["text"] + "面积300㎡，水温18℃。"


def test_a_reply_with_gaps_of_the_template_does_not_leave_the_unit(world, clerk):
    row = world.working()
    outline = clerk.get(step(row, "draft")).context["outline"]
    clerk.post(step(row, "draft"), WRITTEN | {"text": outline})
    shown = clerk.get(page(row))
    assert {choice.verb: why for choice, why in shown.context["choices"]}["submit_reply"]
    assert "待填" in text(shown)
    clerk.post(step(row, "submit_reply"))
    assert fresh(row).state == "drafted"


def test_the_preview_shows_what_stands_in_the_editor_and_keeps_nothing(world, clerk):
    row = world.working()
    before = OfficialDocument.objects.count()
    assert clerk.get(reverse("unit_letter", args=[row.pk])).status_code == 404, "nothing is written yet"
    shown = text(clerk.post(reverse("unit_letter", args=[row.pk]), WRITTEN | {"text": "正在写的<b>答复</b>。"}))
    assert "正在写的&lt;b&gt;答复&lt;/b&gt;。" in shown
    assert "关于完善场镇排污管网的提议" in shown
    assert "草稿" in shown
    assert clerk.post(reverse("unit_letter", args=[row.pk])).status_code == 200
    assert (Reply.objects.count(), OfficialDocument.objects.count()) == (0, before)


# The letter


def test_the_unit_numbers_its_letter_under_its_own_word_once(world, clerk):
    proposal = world.answered()
    row = own(world, proposal)
    assert reverse("unit_letter_issue", args=[row.pk]) in text(clerk.get(page(row)))
    assert "区住房和城乡建设局" in text(clerk.get(letter("issue", row)))
    for bad in ("明住建函〔2026〕", "明住 建1", "区住房和城乡建设局办公室函"):
        answer = clerk.post(letter("word", row), {"word": bad})
        assert answer.status_code == 200, bad
        assert bad in text(answer)
    Letterhead.objects.create(organization=world.other, office_word="明财函")
    assert clerk.post(letter("word", row), {"word": "明财函"}).status_code == 200
    assert clerk.post(letter("word", row), {"word": "明住建函"}).status_code == 302
    ahead = {"issued_on": timezone.localdate() + timedelta(days=1)}
    assert clerk.post(letter("issue", row), ahead).context["form"].errors
    for _click in range(2):
        assert clerk.post(letter("issue", row), {"issued_on": timezone.localdate()}).status_code == 302
    issued = OfficialDocument.objects.get(about__startswith="reply:")
    assert issued.number_text == f"明住建函〔{timezone.localdate().year}〕1号"
    assert issued.issuer == "区住房和城乡建设局"
    assert issued.number_text in text(clerk.get(page(row)))
    assert clerk.get(letter("issue", row)).status_code == 302


def test_a_unit_issues_its_own_letters_and_no_document_of_anybody_else(world, stranger):
    proposal = world.answered()
    mine = proposal.replies.get().document
    notice = proposal.assignments.get().notice
    for user in (world.other_desk, stranger, world.user):
        with pytest.raises(PermissionDenied):
            documents.issue(mine, by=user, issued_on=timezone.localdate())
        assert not DOCUMENTS.visible(user).filter(pk=mine.pk).exists()
    with pytest.raises(PermissionDenied):
        documents.issue(notice, by=world.desk, issued_on=timezone.localdate())
    with pytest.raises(PermissionDenied):
        documents.void(documents.issue(mine, by=world.desk, issued_on=timezone.localdate()), by=world.desk, reason="误")
    assert not DOCUMENTS.visible(world.desk).filter(pk=notice.pk).exists()
    # A desk granted on a township by mistake speaks for no office.
    clumsy = factories.make_user(Role.UNIT, world.congress.organization)
    with pytest.raises(PermissionDenied):
        documents.issue(notice, by=clumsy, issued_on=timezone.localdate())
    assert not DOCUMENTS.visible(clumsy).exists()


def test_a_unit_with_a_long_name_answers_too(world):
    world.unit.name = "明川区人力资源和社会保障与退役军人事务局"
    world.unit.save()
    document = world.answered().replies.get().document
    assert document.word == "明川区人力资源和社会保障"


def test_letter_and_notice_are_fetched_by_the_unit_and_by_no_neighbour(world, clerk, stranger, sign_in):
    Letterhead.objects.create(organization=world.congress.organization, phone="0816-5551015")
    proposal = world.answered()
    row = own(world, proposal)
    notice = documents.issue(row.notice, by=world.office, issued_on=timezone.localdate())
    sent = letters.issue_letter(proposal.replies.get(), timezone.localdate(), by=world.desk)
    for document in (notice, sent):
        content = attachments.keep(PDF, name="函.pdf", kind="pdf", organization=document.organization, by=None)
        OfficialDocument.objects.filter(pk=document.pk).update(archive=content)
    scan = {"scan": upload()}
    assert clerk.post(letter("scan", row), scan).status_code == 302
    files = [reverse("attachment", args=[one.pk]) for one in Attachment.objects.order_by("pk")]
    shown = text(clerk.get(page(row)))
    assert len(files) == 3
    for address in files:
        assert address in shown
        assert fetched(clerk, address) == 200
        for user in (world.other_desk, stranger):
            assert sign_in(user).get(address).status_code == 404, address
    # A file of the office's that has nothing to do with the unit, and one for the office's eyes alone.
    other = attachments.keep(PDF, name="内部.pdf", kind="pdf", organization=world.congress.organization, by=None)
    kept = attachments.keep(PDF, name="密.pdf", kind="pdf", organization=world.unit, by=None, restricted=True)
    assert clerk.get(reverse("attachment", args=[other.pk])).status_code == 404
    assert clerk.get(reverse("attachment", args=[kept.pk])).status_code == 404
    Assignment.objects.filter(pk=row.pk).update(unit=world.other)
    assert (
        clerk.get(reverse("attachment", args=[notice.archive_id or Attachment.objects.first().pk])).status_code == 404
    )


def test_a_scan_is_a_pdf_or_a_picture_of_a_letter_that_has_gone_out(world, clerk):
    row = world.reviewed()
    assert clerk.get(letter("scan", row)).status_code == 404
    with pytest.raises(Refused):
        letters.attach_scan(Reply.objects.get(), upload(), by=world.desk)
    ASSIGNMENT.take(row, "approve", by=world.office, issued_on=timezone.localdate())
    with pytest.raises(PermissionDenied):
        letters.attach_scan(Reply.objects.get(), upload(), by=world.other_desk)
    for wrong in (upload(b"MZ", "函.exe"), upload(b"PK\x03\x04", "函.docx"), upload(b"not a pdf", "函.pdf")):
        assert clerk.post(letter("scan", row), {"scan": wrong}).context["form"].errors, wrong.name
    assert clerk.post(letter("scan", row), {}).context["form"].errors
    assert not Attachment.objects.exists()
    assert clerk.post(letter("scan", row), {"scan": upload()}).status_code == 302
    assert Reply.objects.get().sealed_scan.organization == world.unit


# Promises and inquiries


def test_a_promise_is_reported_kept_with_its_proof(world, clerk, sign_in):
    promise = promised(world)
    address = reverse("unit_promise", args=[promise.pk])
    kept = {"done_on": timezone.localdate(), "evidence": "二期管网已竣工验收，报告附后。"}
    ahead = kept | {"done_on": timezone.localdate() + timedelta(days=1)}
    answer = clerk.post(address, ahead)
    assert answer.status_code == 200
    assert kept["evidence"] in text(answer)
    assert clerk.post(address, kept | {"proof": upload(b"MZ", "报告.exe")}).context["form"].non_field_errors()
    assert Undertaking.objects.get().state == "open"
    assert clerk.post(address, kept | {"proof": upload(name="报告.pdf")}).status_code == 302
    done = Undertaking.objects.get()
    assert (done.state, done.evidence_file.name) == ("reported", "报告.pdf")
    proof = reverse("attachment", args=[done.evidence_file_id])
    assert proof in text(clerk.get(reverse("unit_promises")))
    assert fetched(clerk, proof) == 200
    assert sign_in(world.other_desk).get(proof).status_code == 404


def test_an_inquiry_is_answered_once_and_a_second_time_when_asked(world, clerk):
    inquiry = inquired(world)
    address = reverse("unit_inquiry_step", args=[inquiry.pk, "answer"])
    said = {"answer_mode": "written", "answered_by": "周立", "answered_on": timezone.localdate(),
            "answer": "已完成一百八十户，余下二十户明年三月底前完成。"}  # fmt: skip
    answer = clerk.post(address, said | {"answered_by": ""})
    assert answer.status_code == 200
    assert said["answer"] in text(answer)
    for _click in range(2):
        assert clerk.post(address, said).status_code == 302
    shown = reverse("unit_inquiry", args=[inquiry.pk])
    assert said["answer"] in text(clerk.get(shown))
    again = reverse("unit_inquiry_step", args=[inquiry.pk, "answer_again"])
    assert clerk.get(again).status_code == 302, "nobody asked for it"
    inquiry.refresh_from_db()
    inquiry = INQUIRY.take(inquiry, "rate", by=world.office, satisfied=0, dissatisfied=1, outcome="")
    INQUIRY.take(inquiry, "ask_again", by=world.office)
    assert clerk.post(again, said | {"answer": "余下二十户逐户列出，见附表，责任到人。"}).status_code == 302
    assert "责任到人" in text(clerk.get(shown))
    for verb in ("accept", "refuse", "rate", "close"):
        assert clerk.post(reverse("unit_inquiry_step", args=[inquiry.pk, verb])).status_code == 404


def test_lists_of_promises_and_inquiries_ask_the_same_for_one_and_for_many(world, clerk):
    promise, inquiry = promised(world), inquired(world)
    for name in ("unit_home", "unit_promises"):
        clerk.get(reverse(name))
    counts = {}
    for size in (1, 3, 25):
        for row, model in ((promise, Undertaking), (inquiry, type(inquiry))):
            while model.objects.count() < size:
                row.pk = None
                row.save()
        for name in ("unit_promises", "unit_inquiries", "unit_home"):
            with CaptureQueriesContext(connection) as asked:
                assert clerk.get(reverse(name)).status_code == 200
            counts.setdefault(name, set()).add(len(asked))
    assert all(len(found) == 1 and max(found) <= 15 for found in counts.values()), counts
