"""From a wording to a numbered, archived paper: gaps, numbers, fingerprints, and whose they are."""

import io
import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pypdf import PdfReader

from congress.kernel import documents as known
from congress.kernel import jobs, wording
from congress.kernel.reports import ReportRefused, report_class
from congress.kernel.workflow import Refused
from congress.models import (
    Attachment,
    AuditEvent,
    DocumentTemplate,
    Job,
    Letterhead,
    Notice,
    OfficialDocument,
    Role,
)
from congress.policies import DOCUMENTS
from congress.services import attachments, documents
from tests.factories import make_district, make_township, make_user

TODAY = date(2026, 11, 20)
FACTS = {
    "姓名": "王文",
    "性别": "男",
    "民族": "汉族",
    "出生年月": "1975年3月",
    "单位及职务": "安塘村党支部书记",
    "届次全称": "中国共产党石桥镇第十五届代表大会",
    "选举单位": "安塘村党支部",
    "原因": "因工作调动，组织关系已转出本镇",
    "依据": "本人书面申请",
    "决定日期": "2026年11月16日",
}


@pytest.fixture
def town(db):
    return make_township(make_district(), "石桥镇")


@pytest.fixture
def clerk(town):
    return make_user(Role.TOWNSHIP, town)


def decision(town, clerk, **facts):
    return documents.draft("termination-decision", town, FACTS | facts, about="change:12", by=clerk)


def issued(town, clerk):
    return documents.issue(decision(town, clerk), by=clerk, issued_on=TODAY)


def text_of(content):
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_a_draft_is_worded_from_what_is_given_and_what_the_office_is(town, clerk):
    draft = decision(town, clerk)
    assert draft.title == "关于终止王文同志中国共产党石桥镇第十五届代表大会代表资格的决定"
    assert (draft.issuer, draft.word) == ("中共石桥镇委员会", "石桥委")
    assert "本决定报中共明川区委员会备案。" in draft.body
    assert draft.copy_to == "中共明川区委员会组织部"
    assert (draft.state, draft.number_text, draft.about) == ("draft", "", "change:12")
    assert known.missing_in(draft) == []


def test_a_letterhead_says_how_an_office_signs(town, clerk):
    Letterhead.objects.create(organization=town, committee_word="石委发", phone="0816-5551015")
    assert issued(town, clerk).number_text == "石委发〔2026〕1号"
    notice = documents.draft("pre-election-notice", town, {}, by=clerk)
    assert "受理电话：0816-5551015" in notice.body
    assert (notice.issuer, notice.word) == ("石桥镇党代表联络办公室", "石桥党联")


def test_a_gap_stays_visible_and_keeps_the_document_in_the_house(town, clerk):
    draft = documents.draft("termination-decision", town, {"姓名": "王文", "性别": "  "}, by=clerk)
    assert "王文，〔待填：性别〕，" in draft.body
    with pytest.raises(Refused, match="性别、民族"):
        documents.issue(draft, by=clerk, issued_on=TODAY)
    draft.refresh_from_db()
    assert (draft.state, draft.number) == ("draft", None)


def test_a_placeholder_nobody_knows_is_named_with_those_there_are(town, clerk):
    with pytest.raises(wording.UnknownPlaceholder, match=r"\{身份证号\}.*\{姓名\}"):
        documents.draft("termination-decision", town, {"身份证号": "51"}, by=clerk)
    with pytest.raises(Refused, match="termination-decision"):
        documents.draft("nothing", town, {}, by=clerk)


def test_a_value_is_text_and_nothing_in_it_is_filled_or_run(town, clerk):
    draft = decision(town, clerk, 原因="{姓名} {{ document.pk }} {% now %} ％（姓名）s")
    assert "{姓名} {{ document.pk }} {% now %}" in draft.body
    content = report_class(documents.REPORT)(clerk, {"document": draft.pk}).html()
    assert "{{ document.pk }}" in content


def test_wide_braces_of_a_chinese_keyboard_are_braces():
    assert wording.fill("｛姓名｝同志", {"姓名": "王文"}, ["姓名"]) == "王文同志"
    for text in ("{姓名", "姓名}", "{{姓名}}"):
        with pytest.raises(Refused, match="姓名"):
            wording.check(text, ["姓名"])


def test_the_nearest_wording_holds(town, clerk):
    kind, district = known.kind_of("restoration-notice"), town.parent
    assert known.in_force(kind, town).row is None
    texts = {"kind": kind.key, "layout": "plain", "body": "恢复{姓名}。"}
    DocumentTemplate.objects.create(title="全区", **texts)
    DocumentTemplate.objects.create(title="全区统一", organization=district, **texts)
    assert known.in_force(kind, town).title == "全区统一"
    DocumentTemplate.objects.create(title="本镇", organization=town, **texts)
    assert known.in_force(kind, town).title == "本镇"
    assert known.in_force(kind, make_township(district, "青江镇")).title == "全区统一"
    draft = documents.draft(kind.key, town, {"姓名": "王文"}, by=clerk)
    assert (draft.layout, draft.title, draft.body) == ("plain", "本镇", "恢复王文。")
    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentTemplate.objects.create(title="又一份", **texts)


@pytest.mark.parametrize("key", known.kinds())
def test_every_kind_reads_whole_with_its_samples(key, town):
    kind = known.kind_of(key)
    sample = documents.sample(kind, town, known.in_force(kind, town))
    assert known.missing_in(sample) == []
    for text in known.texts_of(sample):
        assert "{" not in text
        assert "。。" not in text
    used = {word for text in (kind.title, kind.recipient, kind.body, kind.copy_to, kind.remark) for word in
            wording.placeholders_of(text)}  # fmt: skip
    assert used <= set(kind.words)


def test_numbers_of_a_word_and_year_follow_each_other_and_are_never_given_again(town, clerk):
    first, second = issued(town, clerk), issued(town, clerk)
    assert (first.number_text, second.number_text) == ("石桥委〔2026〕1号", "石桥委〔2026〕2号")
    documents.void(second, by=clerk, reason="文号用错")
    assert issued(town, clerk).number_text == "石桥委〔2026〕3号"
    last_year = documents.issue(decision(town, clerk), by=clerk, issued_on=date(2025, 12, 31))
    assert last_year.number_text == "石桥委〔2025〕1号"
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficialDocument.objects.filter(pk=first.pk).update(number=3)


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_get_two_numbers_without_a_gap():
    town = make_township(make_district(), "石桥镇")
    clerk = make_user(Role.TOWNSHIP, town)
    drafts = [decision(town, clerk) for _ in range(8)]
    start = threading.Barrier(2)

    def work(mine):
        start.wait()
        for draft in mine:
            documents.issue(draft, by=clerk, issued_on=TODAY)
        connection.close()

    clerks = [threading.Thread(target=work, args=(drafts[half::2],)) for half in (0, 1)]
    for thread in clerks:
        thread.start()
    for thread in clerks:
        thread.join()
    numbers = OfficialDocument.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 9))


def test_a_document_is_issued_once_and_not_in_the_future(town, clerk):
    draft = decision(town, clerk)
    with pytest.raises(Refused):
        documents.issue(draft, by=clerk, issued_on=timezone.localdate() + timedelta(days=1))
    documents.issue(draft, by=clerk, issued_on=TODAY)
    with pytest.raises(Refused):
        documents.issue(draft, by=clerk, issued_on=TODAY)


def test_a_document_to_a_higher_body_names_who_signed_it_off(town, clerk):
    report = documents.draft("filing-report", town, FACTS, by=clerk)
    with pytest.raises(Refused):
        documents.issue(report, by=clerk, issued_on=TODAY)
    OfficialDocument.objects.filter(pk=report.pk).update(signer="周明远")
    assert documents.issue(report, by=clerk, issued_on=TODAY).number == 1


def test_the_archive_is_made_once_and_says_what_the_document_says(town, clerk):
    document = issued(town, clerk)
    assert jobs.run_due() == 1
    document.refresh_from_db()
    content = attachments.read(document.archive)
    assert document.archive_sha256 == document.archive.sha256
    assert document.archive.name == f"石桥委〔2026〕1号 {document.title}.pdf"
    assert not document.archive.sensitive
    said = text_of(content)
    printed = ["中共石桥镇委员会文件", "2026年11月20日", "抄送：中共明川区委员会组织部。"]
    printed += ["石桥镇党代表联络办公室2026年11月20日印发", document.title, document.number_text]
    for text in printed + document.body.splitlines():
        assert "".join(text.split()) in said, text
    Job.objects.update(done_at=None)
    documents.archive(document.pk)
    jobs.run_due()
    document.refresh_from_db()
    assert attachments.read(document.archive) == content
    assert Attachment.objects.count() == 1


def test_a_document_that_has_no_glyph_for_a_name_tells_its_drafter(town, clerk):
    document = documents.issue(decision(town, clerk, 姓名="田\U0003134a"), by=clerk, issued_on=TODAY)
    Job.objects.update(attempts=jobs.GIVE_UP_AFTER - 1)
    jobs.run_due()
    document.refresh_from_db()
    assert document.archive is None
    assert document.number_text in Notice.objects.get(recipient=clerk).subject


def test_a_draft_carries_its_mark_and_no_number(town, clerk):
    draft = documents.draft("filing-report", town, FACTS, by=clerk)
    said = text_of(report_class(documents.REPORT)(clerk, {"document": draft.pk}).render("pdf"))
    assert "草稿" in said
    assert "签发人：" in said
    assert "〔2026〕" not in said
    documents.archive(draft.pk)
    assert not Attachment.objects.exists()


def test_issuing_and_voiding_are_recorded(town, clerk):
    documents.void(issued(town, clerk), by=clerk, reason="内容有误")
    events = {event.action: event for event in AuditEvent.objects.filter(action__startswith="document_")}
    assert set(events) == {"document_issue", "document_void"}
    assert events["document_void"].detail["reason"] == "内容有误"
    assert events["document_issue"].detail["about"] == "change:12"


def test_the_neighbour_neither_sees_drafts_nor_prints_issues_or_voids(town, clerk):
    document, draft = issued(town, clerk), decision(town, clerk)
    neighbour = make_user(Role.TOWNSHIP, make_township(town.parent, "青江镇"))
    assert not DOCUMENTS.visible(neighbour).exists()
    with pytest.raises(ReportRefused):
        report_class(documents.REPORT)(neighbour, {"document": document.pk})
    with pytest.raises(PermissionDenied):
        documents.issue(draft, by=neighbour, issued_on=TODAY)
    with pytest.raises(PermissionDenied):
        documents.void(document, by=neighbour, reason="x")
    with pytest.raises(PermissionDenied):
        documents.draft("termination-decision", town, FACTS, by=neighbour)
    reader = make_user(Role.WORKROOM, town)
    assert list(DOCUMENTS.visible(reader)) == [document]
    assert not DOCUMENTS.may_change(clerk, document)


@pytest.mark.parametrize(("title", "lines"), [
    ("关于停止王文同志执行代表职务的通知", ["关于停止王文同志执行代表职务的通知"]),
    ("关于终止王文同志中国共产党石桥镇第十五届代表大会代表资格的决定",
     ["关于终止王文同志中国共产党石桥镇", "第十五届代表大会代表资格的决定"]),
    ("中" * 45, ["中" * 19, "中" * 19, "中" * 7]),
])  # fmt: skip
def test_a_title_is_broken_between_phrases(title, lines):
    assert wording.title_lines(title) == lines


def test_headings_are_told_from_text():
    levels = [
        (p.level, p.head, p.rest) for p in wording.paragraphs("一、名额\n（一）人选。共2名。\n1.其他\n\n 特此通知。")
    ]
    assert levels == [("first", "一、名额", ""), ("second", "（一）人选。", "共2名。"), ("third", "1.其他", ""),
                      ("", "", "特此通知。")]  # fmt: skip
