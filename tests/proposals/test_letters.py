"""Every letter in the life of a paper, drafted from a real one: what it says, to whom, without a gap."""

import io
from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from congress.kernel import documents as known
from congress.kernel.reports import ReportRefused, report_class
from congress.kernel.workflow import Refused
from congress.models import Letterhead, OfficialDocument, Role, Rung
from congress.reports import DocumentReport
from congress.services import documents
from delegates.models import CommitteeMember
from proposals.kernel.documents import KINDS
from proposals.models import Proposal, Signature
from proposals.services import handling
from proposals.workflows import PROPOSAL, letters
from tests import factories
from tests.proposals.world import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel("2026-11-20T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def world():
    world = make_world()
    Letterhead.objects.create(organization=world.congress.organization, phone="0816-5551015")
    return world


def co_sign(world, proposal):
    for mandate in world.co[:2]:
        Signature.objects.create(proposal=proposal, mandate=mandate, state="signed", answered_at=timezone.now())


def printed(document):
    """The text of its PDF; there is no gap in it."""
    assert known.missing_in(document) == []
    pdf = PdfReader(io.BytesIO(DocumentReport(None, {"document": str(document.pk)}).render("pdf")))
    return pdf, "".join(page.extract_text() for page in pdf.pages).replace("\n", "").replace(" ", "").replace(
        "\u3000", ""
    )


def test_the_notice_of_assignment_names_what_is_due_and_when(world):
    proposal = world.planning([(world.unit, "lead", ""), (world.other, "assist", "")])
    leader = CommitteeMember.objects.create(congress=world.congress, name="李明", post="党委副书记")
    co_sign(world, proposal)
    handling.plan(
        proposal, [(world.unit, "lead", ""), (world.other, "assist", "")], by=world.office, leader=leader,
        opinion="请会同财政局研究办理。",
    )  # fmt: skip
    PROPOSAL.take(Proposal.objects.get(pk=proposal.pk), "assign", by=world.office)
    notice = proposal.assignments.get(role="lead").notice
    assert notice.title == "关于交办石桥镇第十五届党代表大会2026年第001号提议的通知"
    _pdf, text = printed(notice)
    assert "区住房和城乡建设局：" in text
    assert "王文等3名代表提出的《关于完善场镇排污管网的提议》（2026年第001号提议），经研究，由你单位主办。" in text
    assert "同案承办单位：区财政局（协办）。该件由李明同志领衔督办。" in text
    assert "一、按时签收。请于2026年11月25日前登录系统签收。" in text
    assert "二、认真办理。请会同财政局研究办理。办理中应当主动与代表沟通" in text
    assert "请于2027年2月22日前办理完毕" in text  # 20 February is a Saturday
    assert "附件：关于完善场镇排污管网的提议" in text
    assert "石桥镇党代表联络办公室" in text
    assert "（联系电话：0816-5551015）" in text
    assert (
        "，由你单位协办。同案承办单位：区住房和城乡建设局（主办）。"
        in printed(proposal.assignments.get(role="assist").notice)[1]
    )


def test_without_a_telephone_the_gap_stays(world):
    Letterhead.objects.all().delete()
    assert known.missing_in(world.assigned().assignments.get().notice) == ["联系电话"]


def test_a_paper_of_a_session_is_named_by_it(world):
    proposal = world.paper(kind="proposal", session=world.session, title="关于完善场镇排污管网的提案")
    proposal.number = 15
    assert letters.of_paper(proposal)["会议简称"] == "石桥镇第十五届党代表大会第一次会议"
    values = letters.of_paper(proposal)
    assert f"关于{values['会议简称']}{values['编号']}{values['文种']}的答复" == (
        "关于石桥镇第十五届党代表大会第一次会议第015号提案的答复"
    )


def test_urging_says_how_late_it_is_and_supervision_has_a_red_head(world):
    row = world.working()
    _pdf, text = printed(letters.draft_supervision(row, Rung.URGED, late=9))
    assert "2026年11月20日，我办将王文代表提出的《关于完善场镇排污管网的提议》" in text
    assert "办理期限为2027年2月22日。截至目前已逾期9天" in text
    notice = letters.draft_supervision(row, Rung.SUPERVISED, late=20)
    _pdf, text = printed(notice)
    assert (notice.layout, notice.issuer) == ("red_head", "中共石桥镇委员会")
    assert "中共石桥镇委员会文件" in text
    assert "至今已逾期20天。现将该件列为督办事项。" in text


def test_the_unit_signs_its_reply_and_the_class_stands_at_the_top_right(world):
    row = world.working()
    co_sign(world, row.proposal)
    proposal = world.answered(row)
    letter = proposal.replies.get().document
    assert (letter.issuer, letter.mark, letter.organization) == ("区住房和城乡建设局", "A", world.unit)
    pdf, text = printed(letter)
    assert "关于石桥镇第十五届党代表大会2026年第001号提议的答复王文等3名代表：" in text
    assert "你们提出的《关于完善场镇排污管网的提议》（2026年第001号提议）收悉。现答复如下：已将场镇排污管网纳入" in text
    assert "感谢你们对党的事业和我们工作的关心、支持。" in text
    assert "（签发人：周立联系人：赵敏电话：0816-5550000）" in text
    assert "抄送：石桥镇党代表联络办公室，中共石桥镇委员会办公室。" in text
    assert "附件：提议办理情况征询意见表" in text
    marks = [piece for piece in pdf.pages[0].extract_text().split("\n") if piece.strip() == "A"]
    assert len(marks) == 1, "its class alone, once, on the first page"
    assert '<p class="class-mark">A</p>' in DocumentReport(None, {"document": str(letter.pk)}).html()


def test_one_proposer_is_addressed_alone_and_what_a_unit_copied_is_not_said_twice(world):
    proposal = world.answered(
        text="您提出的《关于完善场镇排污管网的提议》（第001号）收悉，现答复如下：\n已列入明年计划，六月底前开工建设。"
    )
    letter = proposal.replies.get().document
    assert letter.recipient == "王文代表"
    assert letter.body.count("收悉") == 1
    assert letter.body.startswith(
        "您提出的《关于完善场镇排污管网的提议》（2026年第001号提议）收悉。现答复如下：\n已列入"
    )


def test_an_office_that_answers_itself_signs_as_the_office(world):
    head = known.letterhead(world.congress.organization)
    assert known.signature(known.kind_of("reply-letter"), head) == ("石桥镇党代表联络办公室", "石桥党联")
    long = factories.make_unit("明川区文化广播电视和旅游发展局")
    issuer, word = known.signature(known.kind_of("reply-letter"), known.letterhead(long))
    assert (issuer, len(word)) == ("明川区文化广播电视和旅游发展局", known.WORD_LENGTH)
    Letterhead.objects.create(organization=long, office="明川区文旅局", office_word="明文旅函")
    assert known.signature(known.kind_of("reply-letter"), known.letterhead(long)) == ("明川区文旅局", "明文旅函")


def test_a_second_handling_says_what_the_delegates_missed(world):
    proposal = world.answered()
    handling.give_feedback(
        proposal, world.lead, attitude="satisfied", result="dissatisfied", text="只修了一半", by=world.user
    )
    proposal = PROPOSAL.take(
        Proposal.objects.get(pk=proposal.pk), "rehandle", by=world.office, note="请说明二期什么时候动工"
    )
    notice = OfficialDocument.objects.get(kind="rehandling-notice")
    _pdf, text = printed(notice)
    assert "代表表示不满意。代表反映：只修了一半。" in text
    assert "请你单位重新办理。请说明二期什么时候动工。请主要负责人牵头" in text
    assert "于2026年12月21日前再次书面答复代表" in text


@pytest.mark.parametrize(("verb", "said", "words"), [
    ("file", {}, "经审查，决定立案。感谢您认真履行代表职责。"),
    ("reject", {"note": "由村民委员会处理", "reject_reason": "single_unit"}, "决定不予立案。由村民委员会处理。"),
    ("return", {"note": "请补充责任单位。"}, "决定退回补正，请于2026年11月27日前修改完善后重新提交。请补充责任单位。"),
    ("to_advice", {"note": "作为意见建议研究。"}, "决定转为意见建议办理。作为意见建议研究。"),
])  # fmt: skip
def test_the_proposers_are_told_on_paper_what_was_decided(world, verb, said, words):
    proposal = PROPOSAL.take(world.screening(), verb, by=world.office, **said)
    _pdf, text = printed(letters.draft_decision(proposal))
    assert words in text


def test_a_merged_paper_is_told_under_which_it_goes(world):
    other = world.planning(title="关于修缮灌溉渠系的提议")
    proposal = PROPOSAL.take(world.screening(), "merge", by=world.office, into=other, note="内容相近。")
    assert (
        "决定并入《关于修缮灌溉渠系的提议》（2026年第001号提议）一并办理。内容相近。"
        in printed(letters.draft_decision(proposal))[1]
    )


def test_every_kind_reads_well_with_its_sample_values(world):
    for kind in KINDS:
        text = known.in_force(kind, world.congress.organization)
        sample = documents.sample(kind, world.congress.organization, text)
        assert known.missing_in(sample) == []
        assert "1名代表" not in sample.body
        assert DocumentReport.of(sample).html()


def test_each_signer_gets_a_form_on_which_to_say_what_he_thinks(world):
    row = world.working()
    co_sign(world, row.proposal)
    with pytest.raises(ReportRefused):
        form(row.proposal_id).render("html")
    proposal = world.answered(row)
    report = form(proposal.pk)
    pdf = PdfReader(io.BytesIO(report.render("pdf")))
    assert [asked.name for asked in report.sections[0].records] == ["王文", "李四", "赵六"]
    assert len(pdf.pages) == 3
    text = pdf.pages[0].extract_text().replace("\n", "").replace(" ", "").replace("\u3000", "")
    for words in (
        "提议办理情况征询意见表",
        "王文（领衔代表）",
        "区住房和城乡建设局（主办）",
        "不满意",
        "基本满意",
        "代表签名",
    ):
        assert words in text
    assert "请于2026年12月7日前交回石桥镇党代表联络办公室（联系电话：0816-5551015）" in text
    handling.give_feedback(proposal, world.co[0], attitude="satisfied", result="fairly", by=world.co_users[0])
    assert [asked.name for asked in form(proposal.pk).sections[0].records] == ["王文", "赵六"]


def form(paper, user=None):
    return report_class("d04-feedback-form")(user, {"proposal": str(paper)})


def test_the_closing_sheet_is_the_offices_and_of_closed_papers(world):
    proposal = world.answered()
    sheet = report_class("d06-closing-sheet")
    with pytest.raises(ReportRefused):
        sheet(world.office, {"proposal": str(proposal.pk)}).render("html")
    handling.give_feedback(proposal, world.lead, attitude="satisfied", result="fairly", by=world.user)
    report = sheet(world.office, {"proposal": str(proposal.pk)})
    pdf = PdfReader(io.BytesIO(report.render("pdf")))
    assert len(pdf.pages) == 1
    text = pdf.pages[0].extract_text().replace("\n", "").replace(" ", "").replace("\u3000", "")
    assert "办理态度：满意；办理结果：基本满意" in text
    assert "2026年11月20日办结。" in text
    with pytest.raises(ReportRefused):
        sheet(world.desk, {"proposal": str(proposal.pk)}).render("html")
    neighbour = factories.make_user(Role.TOWNSHIP, factories.make_township(name="青江镇"))
    for key in ("d04-feedback-form", "d06-closing-sheet"):
        with pytest.raises(ReportRefused):
            report_class(key)(neighbour, {"proposal": str(proposal.pk)})


def test_a_title_is_not_broken_inside_a_session(world):
    letter = OfficialDocument(
        title="关于石桥镇第十五届党代表大会第一次会议第015号提案的答复", issued_on=date(2026, 11, 20)
    )
    assert DocumentReport.of(letter).phrases == ["关于石桥镇第十五届党代表大会", "第一次会议第015号提案的答复"]


def test_the_office_drafts_the_notice_of_a_decision_once(world):
    proposal = PROPOSAL.take(world.screening(), "file", by=world.office)
    notice = handling.decision_notice(proposal, by=world.office)
    assert handling.decision_notice(proposal, by=world.office) == notice
    with pytest.raises(PermissionDenied):
        handling.decision_notice(proposal, by=world.desk)
    planned = PROPOSAL.take(proposal, "plan", by=world.office)
    with pytest.raises(Refused):
        handling.decision_notice(planned, by=world.office)


def test_the_papers_page_leads_to_its_sheets(world, sign_in):
    client = sign_in(world.office)
    proposal = PROPOSAL.take(world.screening(), "file", by=world.office)
    page = reverse("admin:proposals_proposal_change", args=[proposal.pk])
    drafting = reverse("admin:proposals_decision", args=[proposal.pk])
    answer = client.post(drafting)
    notice = OfficialDocument.objects.get(kind="screening-notice")
    assert answer.url == reverse("admin:congress_officialdocument_change", args=[notice.pk])
    assert client.get(drafting).status_code == 404
    assert drafting in client.get(page).content.decode()
    answered = world.answered()
    page = client.get(reverse("admin:proposals_proposal_change", args=[answered.pk])).content.decode()
    assert f"d04-feedback-form/?proposal={answered.pk}" in page
    assert "d06-closing-sheet" not in page
