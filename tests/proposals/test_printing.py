"""Who prints what: the office a unit's letter, delegates the forms of papers, the unit the opinion forms."""

import io

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from congress.kernel.reports import ReportRefused, report_class
from congress.models import Attachment, AuditEvent, Role
from congress.policies import ATTACHMENTS, DOCUMENTS
from congress.services import attachments, documents
from proposals.models import Reply, Signature, Undertaking
from tests import factories
from tests.proposals.test_promises import promised
from tests.proposals.world import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


def neighbour_of(world):
    return factories.make_user(Role.TOWNSHIP, factories.make_township(name="凤台镇"))


def kept(organization, by, name="答复函.pdf"):
    return attachments.keep(b"%PDF-1.4", name=name, kind=Attachment.Kind.PDF, organization=organization, by=by)


def lettered(world):
    """A reply with the unit's own letter, numbered and archived."""
    reply = Reply.objects.get(proposal=world.answered())
    document = documents.issue(reply.document, by=world.desk, issued_on=timezone.localdate())
    document.archive = kept(world.unit, world.desk)
    document.save(update_fields=["archive"])
    reply.sealed_scan = kept(world.unit, world.desk, "盖章件.pdf")
    reply.save(update_fields=["sealed_scan"])
    return reply, document


def fetched(client, address):
    """The status of a download, read to its end."""
    answer = client.get(address)
    if answer.streaming:
        answer.getvalue()
    for close in getattr(answer, "_resource_closers", []):
        close()
    return answer.status_code


def words_of(content):
    pdf = PdfReader(io.BytesIO(content))
    return pdf, "".join(page.extract_text() for page in pdf.pages).replace("\n", "").replace(" ", "").replace("　", "")


# Letters


def test_the_papers_office_opens_and_prints_the_units_own_letter_and_no_other_does(world, sign_in):
    reply, document = lettered(world)
    office = sign_in(world.office)
    page = reverse("admin:congress_officialdocument_change", args=[document.pk])
    shown = office.get(reverse("admin:proposals_proposal_change", args=[reply.proposal_id])).content.decode()
    assert page in shown
    for file in (document.archive, reply.sealed_scan):
        assert reverse("attachment", args=[file.pk]) in shown
        assert fetched(office, reverse("attachment", args=[file.pk])) == 200
    assert office.get(page).status_code == 200
    preview = reverse("admin:congress_printedreport_preview", args=["d01-document"])
    assert office.get(f"{preview}?document={document.pk}").status_code == 200
    other = sign_in(neighbour_of(world))
    assert other.get(page).status_code == 404
    assert fetched(other, reverse("attachment", args=[document.archive_id])) == 404
    assert fetched(other, reverse("attachment", args=[reply.sealed_scan_id])) == 404


def test_a_letter_without_a_number_is_the_units_alone(world):
    reply = Reply.objects.get(proposal=world.answered())
    assert not DOCUMENTS.visible(world.office).filter(pk=reply.document_id).exists()
    assert DOCUMENTS.visible(world.desk).filter(pk=reply.document_id).exists()


def test_its_signers_fetch_the_letter_and_strangers_do_not(world, sign_in):
    reply, _document = lettered(world)
    letter = reverse("reply_letter", args=[reply.proposal_id, reply.pk])
    assert fetched(sign_in(world.user), letter) == 200
    assert fetched(sign_in(world.co_users[0]), letter) == 404


def test_who_sees_a_promise_sees_what_proves_it(world):
    promise = promised(world)
    proof = kept(world.unit, world.desk, "验收报告.pdf")
    Undertaking.objects.filter(pk=promise.pk).update(evidence_file=proof)
    for user in (world.office, world.user, world.desk):
        assert ATTACHMENTS.visible(user).filter(pk=proof.pk).exists()
    for user in (world.other_desk, world.co_users[0], neighbour_of(world)):
        assert not ATTACHMENTS.visible(user).filter(pk=proof.pk).exists()


# The opinion forms (D04), from the unit's desk


def test_the_unit_prints_the_opinion_forms_that_go_out_with_its_letter(world, sign_in):
    reply = Reply.objects.get(proposal=world.answered())
    desk = sign_in(world.desk)
    form = reverse("unit_opinion_forms", args=[reply.assignment_id])
    assert form in desk.get(reverse("unit_assignment", args=[reply.assignment_id])).content.decode()
    answer = desk.get(form)
    assert answer["Content-Type"] == "application/pdf"
    assert "办理情况征询意见表" in words_of(answer.content)[1]
    assert AuditEvent.objects.filter(action="print", detail__key="d04-feedback-form").count() == 1
    assert sign_in(world.other_desk).get(form).status_code == 404
    assert sign_in(world.office).get(form).status_code == 404


def test_before_the_answer_the_unit_reads_why_there_is_no_form_yet(world, sign_in):
    row = world.working()
    desk = sign_in(world.desk)
    answer = desk.get(reverse("unit_opinion_forms", args=[row.pk]), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("unit_assignment", args=[row.pk])
    assert "尚未答复" in answer.content.decode() or "还没有答复" in answer.content.decode()


# The form of a paper, empty and filled in


def test_the_empty_form_has_every_field_and_room_for_the_signers(world):
    report = report_class("d07-blank-form")(world.office, {"congress": world.congress.code, "kind": "proposal"})
    pdf, text = words_of(report.render("pdf"))
    assert len(pdf.pages) == 3
    for word in ("中国共产党石桥镇第十五届代表大会第一次会议提案表", "编号", "类别", "政治建设", "提交日期", "案由",
                 "领衔代表", "代表证号", "案据", "原因分析", "办什么", "建议由谁办", "建议何时办成", "联名代表",
                 "本人签名", "填写说明", "提案审查委员会审查意见", "主席团意见", "拟办意见", "领导批示",
                 "办理结果及答复类别", "代表对办理情况的意见", "5名以上代表联名"):  # fmt: skip
        assert word in text, word
    motion = report_class("d07-blank-form")(world.office, {"congress": world.congress.code, "kind": "motion"})
    text = words_of(motion.render("pdf"))[1]
    assert "中国共产党石桥镇第十五届代表大会提议表" in text
    assert "主席团意见" not in text


def test_a_delegate_prints_the_empty_forms_of_his_own_congress(world, sign_in):
    delegate = sign_in(world.user)
    for kind in ("proposal", "motion"):
        address = reverse("paper_blank", args=[world.congress.pk, kind])
        assert address in delegate.get(reverse("paper_new")).content.decode()
        assert delegate.get(address)["Content-Type"] == "application/pdf"
    assert delegate.get(reverse("paper_blank", args=[world.congress.pk, "advice"])).status_code == 404
    other = factories.make_congress(factories.make_township(name="凤台镇"))
    assert delegate.get(reverse("paper_blank", args=[other.pk, "motion"])).status_code == 404
    assert sign_in(world.desk).get(reverse("paper_blank", args=[world.congress.pk, "motion"])).status_code == 404


def test_a_paper_is_printed_as_a_form_by_who_is_concerned_and_by_nobody_else(world, sign_in):
    paper = world.submitted()
    Signature.objects.create(
        proposal=paper, mandate=world.co[0], state="signed", answered_at=timezone.now(), text_digest=paper.text_digest
    )
    delegate = sign_in(world.user)
    address = reverse("paper_print", args=[paper.pk])
    assert address in delegate.get(reverse("my_proposal", args=[paper.pk])).content.decode()
    text = words_of(delegate.get(address).content)[1]
    for word in ("提议表", paper.number_text, paper.title, "王文", world.co[0].person.name, "平台已签"):
        assert word.replace(" ", "") in text, word
    paper.is_public = True
    paper.save(update_fields=["is_public"])
    assert sign_in(world.co_users[2]).get(address).status_code == 404, "public is read on the public page"
    params = {"proposal": str(paper.pk)}
    assert report_class("d08-paper-form")(world.office, params).html()
    for stranger in (world.co_users[2], neighbour_of(world)):
        with pytest.raises(ReportRefused):
            report_class("d08-paper-form")(stranger, params)
    office = sign_in(world.office)
    change = office.get(reverse("admin:proposals_proposal_change", args=[paper.pk])).content.decode()
    assert f"d08-paper-form/?proposal={paper.pk}" in change
    assert "d07-blank-form" in office.get(reverse("admin:proposals_proposal_changelist")).content.decode()
