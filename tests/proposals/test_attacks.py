"""Who may not: every door of papers tried by the neighbour's office, other units, other delegates and strangers."""

import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from congress.kernel.reports import report_class
from congress.kernel.workflow import SYSTEM
from congress.models import Attachment, Notice, OfficialDocument, PrintedReport
from congress.services import attachments
from delegates.models import CommitteeMember
from proposals.models import (
    Assignment,
    Category,
    Proposal,
    Signature,
    Undertaking,
)
from proposals.services import writing
from proposals.workflows import ASSIGNMENT, SIGNATURE
from tests import factories
from tests.proposals.strangers import (
    LISTS,
    OF_A_PAPER,
    PAGES_OF,
    RESOURCES,
    all_pages,
    part_pages,
    read,
    strangers,
    trace,
    with_everything,
)
from tests.proposals.world import MARK, make_neighbour, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def far():
    return make_neighbour()


@pytest.fixture
def theirs(far):
    return with_everything(far)


def test_no_page_of_the_second_township_exists_for_anybody_of_the_first(world, theirs, sign_in):
    pages, before = list(dict.fromkeys(all_pages(theirs))), trace()
    for who, user in strangers(world).items():
        client = sign_in(user)
        for page in pages:
            for answer in (
                client.get(page),
                client.post(page, {"do": "sign", "note": "随便写几个字", "kind": "advice"}),
            ):
                if answer.status_code == 405:
                    continue
                # Who is no staff is led to the staff's door, whatever the number.
                led = not user.is_staff and answer.status_code == 302 and answer["Location"].startswith("/admin/login/")
                assert led or answer.status_code == 404, (who, page, answer.status_code)
                assert MARK not in read(answer), (who, page)
    assert trace() == before


def test_a_stranger_without_an_account_is_led_to_the_door(theirs):
    client, before = Client(), trace()
    for page in dict.fromkeys(all_pages(theirs)):
        for answer in (client.get(page), client.post(page, {"do": "sign"})):
            assert MARK not in read(answer), page
            assert answer.status_code in {302, 404, 405}, (page, answer.status_code)
            if answer.status_code == 302:
                assert "/login/" in answer["Location"], page
    assert trace() == before


def test_no_list_search_or_count_of_the_first_township_holds_a_word_of_the_second(world, theirs, sign_in):
    for who, user in strangers(world).items():
        client = sign_in(user)
        for name in LISTS:
            for query in ("", f"?q={MARK}", "?all=1&key=1&show=done", "?state__exact=screening"):
                answer = client.get(reverse(name) + query)
                for found in re.findall(f".{{0,9}}{MARK}.{{0,2}}", read(answer)):
                    assert re.search(f"[=“\"']{MARK}[”\"'&]", found), (who, name, query, found)  # the question itself
        for name in RESOURCES:
            for query in (
                "",
                f"?search={MARK}",
                f"?organization={theirs.congress.organization.code}",
                "?page_size=200",
            ):
                answer = client.get(f"/api/v1/{name}/{query}")
                assert MARK not in json.dumps(answer.json(), ensure_ascii=False), (who, name, query)


def test_no_number_of_the_second_township_exists_in_the_api(world, theirs, sign_in):
    before = trace()
    actions = (
        "", "submit/", "invite/", "cosign/", "withdraw/", "screen/", "assign/", "sign-for/", "object/", "extend/",
        "reply/", "feedback/",
    )  # fmt: skip
    body = {
        "step": "begin", "delegates": [world.lead.pk], "text_digest": "x", "reason": "随便写一个理由凑够字数",
        "units": [{"unit": world.unit.code, "role": "lead"}], "proper_unit": world.other.code,
        "asked_until": "2027-01-01", "attitude": "satisfied", "result": "satisfied", "reply_class": "A",
        "text": "字" * 40, "signer": "周立", "contact_name": "赵敏", "contact_phone": "1",
    }  # fmt: skip
    parts = list(Assignment.objects.filter(proposal__congress=theirs.congress))
    verbs = [verb.replace("_", "-") for verb in ASSIGNMENT.by_verb if verb not in {"give", "reopen", "call_off"}]
    paths = [f"proposals/{theirs.papers[name].pk}/{do}" for name in ("draft", *PAGES_OF, "feedback") for do in actions]
    paths += [f"assignments/{part.pk}/{do}" for part in parts for do in ("", *(f"{verb}/" for verb in verbs))]
    for who, user in strangers(world).items():
        client = sign_in(user)
        for path in paths:
            if path.count("/") == 2:
                answers = [client.get(f"/api/v1/{path}")]
                if path.startswith("proposals"):
                    answers.append(client.patch(f"/api/v1/{path}", {"title": "改"}, content_type="application/json"))
            else:
                answers = [client.post(f"/api/v1/{path}", body, content_type="application/json")]
            for answer in answers:
                assert answer.status_code == 404, (who, path, answer.status_code)
    for path in paths:
        assert Client().get(f"/api/v1/{path}").status_code in {401, 403, 405}, path
    assert trace() == before


UNSEEN = ("planned", "cancelled", "returned")


@pytest.mark.parametrize("state", UNSEEN)
def test_a_unit_whose_part_is_only_planned_or_was_taken_away_has_no_page_of_it(world, sign_in, state):
    row = world.answered().assignments.get()
    Assignment.objects.filter(pk=row.pk).update(state=state)
    client = sign_in(world.desk)
    for page in dict.fromkeys(part_pages(row)):
        for answer in (client.get(page), client.post(page, {"note": "随便写几个字"})):
            assert answer.status_code in {404, 405} or answer["Location"].startswith("/admin/login/"), page
    assert client.post(reverse("unit_sign"), {"pk": [row.pk]}).status_code == 404
    assert client.get(f"/api/v1/proposals/{row.proposal_id}/").status_code == 404
    assert client.get(f"/api/v1/assignments/{row.pk}/").status_code == 404
    Notice.objects.all().delete()  # what it was told while it had the paper it has read
    assert row.proposal.title not in read(client.get(f"{reverse('unit_home')}?show=done"))


@pytest.mark.parametrize("verb", ["drop", "decline", "expire"])
def test_who_was_asked_and_is_asked_no_more_reads_nothing(world, sign_in, verb):
    paper = world.paper()
    writing.invite(paper, world.co[:1], by=world.user)
    row = Signature.objects.get(proposal=paper, is_lead=False)
    by = {"drop": world.user, "decline": world.co_users[0], "expire": SYSTEM}[verb]
    SIGNATURE.take(row, verb, by=by)
    writing.submit(Proposal.objects.get(pk=paper.pk), by=world.user)
    client = sign_in(world.co_users[0])
    for name in OF_A_PAPER:
        assert client.get(reverse(name, args=[paper.pk])).status_code in {404, 405}, name
        assert client.post(reverse(name, args=[paper.pk]), {"do": "sign"}).status_code in {404, 405}, name
    assert client.get(f"/api/v1/proposals/{paper.pk}/").status_code == 404


def test_foreign_numbers_in_the_offices_forms_choose_nothing(world, theirs, sign_in):
    client, district = sign_in(world.office), world.congress.organization.parent
    screening, planning = world.screening(), world.planning(title="关于硬化安塘村通组道路的提议")
    foreign_unit = factories.make_unit(f"{MARK}镇属单位", theirs.congress.organization)
    member = CommitteeMember.objects.create(congress=theirs.congress, name=f"{MARK}书记")
    take = reverse("admin:proposals_proposal_take", args=[screening.pk, "merge"])
    tried = [
        (take, {"into": theirs.papers["filed"].pk, "note": "同一事项并办。"}),
        (reverse("admin:proposals_plan-units", args=[planning.pk]), {"unit_0": foreign_unit.pk, "role_0": "lead"}),
        (
            reverse("admin:proposals_plan-units", args=[planning.pk]),
            {"unit_0": world.unit.pk, "role_0": "lead", "leader": member.pk},
        ),
        (
            reverse("admin:proposals_supervise", args=[planning.pk]),
            {"kind": "call", "assignment": Assignment.objects.filter(proposal__congress=theirs.congress)[0].pk},
        ),
        (reverse("admin:proposals_feedback", args=[planning.pk]), {"mandate": theirs.lead.pk}),
        (reverse("admin:proposals_enter"), {"congress": theirs.congress.pk, "lead": "李四"}),
        (reverse("admin:proposals_category_add"), {"organization": theirs.congress.organization.pk, "name": "新类"}),
        (reverse("admin:proposals_category_add"), {"organization": district.pk, "name": "新类"}),
        (
            reverse("admin:proposals_supervisionmeeting_add"),
            {"organization": theirs.congress.organization.pk, "held_on": "2026-11-01", "place": "镇"},
        ),
    ]
    before = trace()
    for page, said in tried:
        answer = client.post(page, said)
        assert answer.status_code in {200, 403}, (page, said, answer.status_code)
        assert MARK not in read(answer), (page, said)
    assert trace() == before
    assert not Category.objects.filter(name="新类").exists()
    for page, _said in tried:
        assert MARK not in read(client.get(page)), page
    # What is not among the rows is passed over without a word.
    client.post(reverse("admin:proposals_handover"), {"paper": [theirs.papers["planning"].pk]})
    answer = client.post(
        reverse("admin:proposals_bulletin"),
        {"part": [part.pk for part in Assignment.objects.filter(proposal__congress=theirs.congress)]},
    )
    assert MARK not in read(answer)
    assert trace() == before


def test_foreign_numbers_in_delegates_and_units_forms_choose_nothing(world, theirs, sign_in):
    paper, row = world.paper(), world.working(title="关于硬化安塘村通组道路的提议")
    lead, desk = sign_in(world.user), sign_in(world.desk)
    before = trace()
    assert lead.post(reverse("paper_new"), {"mandate": theirs.lead.pk, "kind": "advice"}).status_code == 404
    lead.post(reverse("paper_sign", args=[paper.pk]), {"mandate": [theirs.co[0].pk]})
    lead.post(reverse("inquiry_new"), {"kind": "interpellation", "target": world.unit.pk, "enquiry": theirs.given.pk,
              "subject": "关于质询", "question": "何时能够完工通水，请答复。"})  # fmt: skip
    said = {"lead": theirs.lead.pk, "kind": "motion", "title": "冒名"}
    answer = lead.post("/api/v1/proposals/", said, content_type="application/json")
    assert answer.status_code == 400
    assert "领衔" not in read(answer)
    foreign = Signature.objects.filter(proposal=theirs.papers["signing"], is_lead=False)[0]
    for verb in ("drop", "ask_again"):
        assert lead.post(reverse("signer_step", args=[paper.pk, foreign.pk, verb])).status_code == 404
    assert lead.post(reverse("signer_remind", args=[paper.pk, foreign.pk])).status_code == 404
    reply = theirs.papers["feedback"].replies.get()
    assert lead.get(reverse("reply_letter", args=[paper.pk, reply.pk])).status_code == 404
    contact = {"mandate": theirs.lead.pk, "way": "phone", "on": "2026-11-01", "text": "与代表电话沟通。"}
    answer = desk.post(reverse("unit_contact", args=[row.pk]), contact)
    assert answer.status_code == 200
    assert MARK not in read(answer)
    their_part = Assignment.objects.filter(proposal=theirs.papers["assigned"]).get()
    assert desk.post(reverse("unit_sign"), {"pk": [their_part.pk]}).status_code == 404
    assert trace() == before


def test_the_api_takes_no_field_it_does_not_name(world, sign_in):
    client = sign_in(world.user)
    paper = world.paper()
    said = {
        "state": "closed", "number": 1, "is_public": True, "entered_by": world.office.pk, "congress": 999, "year": 2000,
        "is_key": True, "leader": 1, "merged_into": 1, "text_digest": "x", "reply_class": "A", "due_on": "2020-01-01",
        "lead": world.co[0].pk, "delegation": 1, "submitted_at": "2020-01-01", "grounds": "新的案据。",
    }  # fmt: skip
    answer = client.patch(f"/api/v1/proposals/{paper.pk}/", said, content_type="application/json")
    assert answer.status_code == 200
    fresh = Proposal.objects.get(pk=paper.pk)
    assert fresh.grounds == "新的案据。"
    kept = ("state", "number", "is_public", "entered_by_id", "congress_id", "year", "is_key", "lead_id", "due_on")
    assert [getattr(fresh, name) for name in kept] == [getattr(paper, name) for name in kept]
    for query in ("state__in=draft", "lead__person__user__password__startswith=p", "ordering=lead__person__name"):
        rows = client.get(f"/api/v1/proposals/?{query}").json()
        assert [row["id"] for row in rows.get("results", [])] == [paper.pk]


def test_another_users_idempotency_key_answers_nobody_else(world, far, sign_in):
    said = {"lead": far.lead.pk, "kind": "motion", "title": f"{MARK}草稿"}
    far_one, near = sign_in(far.user), sign_in(world.user)
    headers = {"Idempotency-Key": "same"}
    made = far_one.post("/api/v1/proposals/", said, content_type="application/json", headers=headers)
    assert made.status_code == 201
    stolen = near.post("/api/v1/proposals/", said, content_type="application/json", headers=headers)
    assert stolen.status_code == 400
    assert MARK not in stolen.content.decode()


FILES = ("d04-feedback-form", "d06-closing-sheet", "d08-paper-form")
TABLES = (
    "p13-proposals", "p14-screening", "p15-progress", "p16-overdue", "p17-satisfaction", "p18-handling-report",
    "p26-inquiries", "d05-unit-assessment", "d09-handover-list", "d07-blank-form",
)  # fmt: skip


def test_no_report_is_made_of_somebody_elses_congress_or_paper(world, theirs, sign_in):
    client, code = sign_in(world.office), theirs.congress.code
    for key in TABLES:
        more = {"kind": "motion"} if key == "d07-blank-form" else {}
        for asked_for in ({"congress": code}, {"organization": theirs.congress.organization.code}):
            answer = client.get(reverse("admin:congress_printedreport_preview", args=[key]), asked_for | more)
            assert answer.status_code == 422, key
            assert MARK not in read(answer)
            said = {"key": key, "params": asked_for | more}
            assert client.post("/api/v1/reports/", said, content_type="application/json").status_code == 400
        if not more:
            shown = client.get(reverse("admin:congress_printedreport_preview", args=[key]))
            assert MARK not in read(shown), key
        assert MARK not in read(client.get(reverse("admin:congress_printedreport_ask", args=[key])))
    for key in FILES:
        for paper in theirs.papers.values():
            said = {"key": key, "params": {"proposal": str(paper.pk)}}
            answer = client.post("/api/v1/reports/", said, content_type="application/json")
            assert answer.status_code == 400
            assert MARK not in json.dumps(answer.json(), ensure_ascii=False)
    assert not PrintedReport.objects.exists()
    delegate = sign_in(world.user)
    assert delegate.get(reverse("paper_blank", args=[theirs.congress.pk, "motion"])).status_code == 404


def test_no_file_or_letter_of_the_second_township_is_anybodys_in_the_first(world, theirs, sign_in):
    paper = theirs.papers["feedback"]
    reply = paper.replies.get()

    def kept(organization):
        return attachments.keep(
            b"%PDF-1.4", name=f"{MARK}.pdf", kind="pdf", organization=organization, by=theirs.office
        )

    reply.sealed_scan = kept(theirs.unit)
    reply.save()
    Undertaking.objects.update(evidence_file=kept(theirs.unit))
    Proposal.objects.filter(pk=paper.pk).update(scan=kept(theirs.congress.organization))
    files, documents = list(Attachment.objects.all()), list(OfficialDocument.objects.all())
    assert documents
    for who, user in strangers(world).items():
        client = sign_in(user)
        for file in files:
            assert client.get(reverse("attachment", args=[file.pk])).status_code == 404, (who, file.name)
        for document in documents if user.is_staff else ():
            for name in ("change", "history"):
                page = reverse(f"admin:congress_officialdocument_{name}", args=[document.pk])
                assert client.get(page).status_code == 404, (who, page)
            assert client.get(f"/api/v1/documents/{document.pk}/").status_code == 404, who


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("../../etc/passwd.pdf", b"<html><script>alert(1)</script>"), ("a.svg", b"<svg onload='alert(1)'/>"),
        ("a.php.jpg", b"\xff\xd8\xff\xe0<?php"), ("a.pdf", b"%PDF-1.7 no end"), ("a.html", b"%PDF-1.7\n%%EOF"),
        ("a.png", b"\x89PNG\r\n\x1a\n<script>"), ("\u202efdp.exe", b"MZ"), ("a.pdf", b""),
    ],
)  # fmt: skip
def test_what_is_no_scan_is_not_kept_as_a_letter_or_a_proof(world, sign_in, name, content):
    row, client = world.answered().assignments.get(), sign_in(world.desk)
    answer = client.post(reverse("unit_letter_scan", args=[row.pk]), {"scan": SimpleUploadedFile(name, content)})
    assert answer.status_code == 200
    assert not Attachment.objects.exists()


def test_a_formula_in_a_subject_calculates_in_no_workbook(world):
    world.submitted(title='=HYPERLINK("http://x","1")关于公式的提议')
    content = report_class("p13-proposals")(world.office, {}).render("xlsx")
    cells = [cell for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows() for cell in row]
    found = [cell for cell in cells if "HYPERLINK" in str(cell.value)]
    assert found
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in found)
