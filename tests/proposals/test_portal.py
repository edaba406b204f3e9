"""A delegate's papers on his phone: who sees which page, and what each button does, once."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from congress.models import AuditEvent, Congress, Notice, Role
from congress.services import attachments
from proposals.models import Feedback, Proposal, Signature
from proposals.models import ProposalState as S
from proposals.services import handling, writing
from proposals.services.lights import light
from proposals.workflows import ASSIGNMENT, PROPOSAL, SIGNATURE, UNDERTAKING
from tests import factories
from tests.proposals.world import PROMISE, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def clients(world, sign_in):
    """One browser for each who might look: lead, co-signer, strangers of the town and of the next, unit, nobody."""
    return _clients(world, sign_in)


def _clients(world, sign_in):
    from django.test import Client

    town = factories.make_township(name="邻镇")
    neighbour = factories.make_mandate(factories.make_congress(town), "郑九")
    neighbour.person.user = factories.make_user(Role.DELEGATE)
    neighbour.person.save(update_fields=["user"])
    users = {
        "lead": world.user, "co": world.co_users[0], "stranger": world.co_users[3], "neighbour": neighbour.person.user,
        "unit": world.desk,
    }  # fmt: skip
    return {name: sign_in(user) for name, user in users.items()} | {"nobody": Client()}


def status(client, name, *args):
    response = client.get(reverse(name, args=args))
    for close in response._resource_closers:  # response.close() would close the test's connection as well
        close()
    return response.status_code


def statuses(clients, name, *args):
    return {who: status(client, name, *args) for who, client in clients.items()}


NOBODY_ELSE = {"stranger": 404, "neighbour": 404, "unit": 404, "nobody": 302}


def test_a_draft_is_its_writers_and_whom_he_asks(world, clients):
    paper = world.paper()
    assert statuses(clients, "my_proposal", paper.pk) == {"lead": 200, "co": 404} | NOBODY_ELSE
    writing.invite(paper, [world.co[0]], by=world.user)
    assert statuses(clients, "my_proposal", paper.pk) == {"lead": 200, "co": 200} | NOBODY_ELSE
    for name in ("paper_edit", "paper_sign", "paper_submit", "paper_withdraw", "paper_kind"):
        assert statuses(clients, name, paper.pk) == {"lead": 200, "co": 404} | NOBODY_ELSE, name
    for name in ("paper_save", "paper_alike", "own_signature"):
        posted = {who: client.post(reverse(name, args=[paper.pk]), {"do": "x"}).status_code
                  for who, client in clients.items()}  # fmt: skip
        assert {who: posted[who] for who in NOBODY_ELSE} == NOBODY_ELSE, name


def test_what_is_answered_is_read_by_its_signers_alone(world, clients):
    paper = world.paper()
    writing.invite(paper, world.co[:1], by=world.user)
    writing.sign(paper.signatures.get(is_lead=False), by=world.co_users[0], seen_digest=paper.text_digest)
    paper = _answered(world, writing.submit(Proposal.objects.get(pk=paper.pk), by=world.user))
    assert statuses(clients, "my_proposal", paper.pk) == {"lead": 200, "co": 200} | NOBODY_ELSE
    assert statuses(clients, "paper_feedback", paper.pk) == {"lead": 200, "co": 200} | NOBODY_ELSE
    text = clients["co"].get(reverse("my_proposal", args=[paper.pk])).content.decode()
    for word in ("第001号", "区住房和城乡建设局", "赵敏", "0816-5550000", "管网纳入年度计划", "第001号"):
        assert word in text, word
    assert reverse("paper_withdraw", args=[paper.pk]) not in text  # only its lead asks for it back


def _answered(world, paper):
    if paper.state == S.REGISTERED:
        paper = PROPOSAL.take(paper, "screen", by=world.office)
    for reader in (world.office, world.reader):
        handling.give_opinion(paper, by=reader, outcome="file")
    paper = PROPOSAL.take(PROPOSAL.take(paper, "file", by=world.office), "plan", by=world.office)
    handling.plan(paper, [(world.unit, "lead", "")], by=world.office)
    paper = PROPOSAL.take(Proposal.objects.get(pk=paper.pk), "assign", by=world.office)
    return world.answered(world.begin(paper.assignments.get(), world.desk))


@pytest.mark.parametrize("name", ["my_proposals", "paper_new", "my_inquiries", "inquiry_new"])
def test_the_lists_are_every_delegates_and_nobody_elses(clients, name):
    expected = {"lead": 200, "co": 200, "stranger": 200, "neighbour": 200, "unit": 404, "nobody": 302}
    assert statuses(clients, name) == expected


def test_a_public_paper_is_read_by_everybody_without_names_and_phones(world, clients):
    paper = world.answered()
    assert statuses(clients, "public_paper", paper.pk) == dict.fromkeys(clients, 404)
    Proposal.objects.filter(pk=paper.pk).update(is_public=True)
    assert statuses(clients, "public_papers") == dict.fromkeys(clients, 200)
    assert statuses(clients, "public_paper", paper.pk) == dict.fromkeys(clients, 200)
    stranger = clients["stranger"].get(reverse("my_proposal", args=[paper.pk]))
    assert stranger.url == reverse("public_paper", args=[paper.pk])
    text = clients["nobody"].get(reverse("public_paper", args=[paper.pk])).content.decode()
    for word in ("第001号", "管网纳入年度计划", "区住房和城乡建设局", "区住房和城乡建设局"):
        assert word in text, word
    for word in ("王文", "0816-5550000", "赵敏", paper.grounds, "请您评价"):
        assert word not in text, word
    found = clients["nobody"].get(reverse("public_papers"), {"q": "排污"}).content.decode()
    assert paper.title in found
    assert paper.title not in clients["nobody"].get(reverse("public_papers"), {"q": "养老"}).content.decode()


def test_a_public_paper_that_is_taken_back_is_public_no_more(world, client):
    paper = world.paper()
    Proposal.objects.filter(pk=paper.pk).update(is_public=True)
    assert status(client, "public_paper", paper.pk) == 404  # a draft is nobody's, whatever the mark says


def test_who_said_no_does_not_follow_the_paper_once_it_is_in(world, clients):
    paper = world.paper()
    writing.invite(paper, world.co[:1], by=world.user)
    clients["co"].post(reverse("own_signature", args=[paper.pk]), {"do": "decline"})
    assert status(clients["co"], "my_proposal", paper.pk) == 200
    writing.submit(Proposal.objects.get(pk=paper.pk), by=world.user)
    assert status(clients["co"], "my_proposal", paper.pk) == 404


def test_a_signer_of_a_merged_paper_is_answered_by_the_other(world, sign_in):
    main = world.submitted()
    other = factories.make_proposal(world.co[0], "关于改造老街排污管网的提议")
    other = PROPOSAL.take(writing.submit(other, by=world.co_users[0]), "screen", by=world.office)
    for reader in (world.office, world.reader):
        handling.give_opinion(other, by=reader, outcome="merge", text="同一件事。")
    main = PROPOSAL.take(main, "screen", by=world.office)
    PROPOSAL.take(other, "merge", by=world.office, into=main, note="同一件事，合并办理。")
    paper = _answered(world, main)
    client = sign_in(world.co_users[0])
    assert paper.title in client.get(reverse("my_proposal", args=[other.pk])).content.decode()
    page = reverse("my_proposal", args=[paper.pk])
    assert "管网纳入年度计划" in client.get(page).content.decode()
    link = Notice.objects.filter(recipient=world.co_users[0], key__contains="answered").get().link
    assert client.get(link).status_code == 200  # the message leads to where he is answered
    assert client.post(reverse("paper_feedback", args=[paper.pk]), HAPPY).status_code == 302
    assert Feedback.objects.get().mandate == world.co[0]
    assert reverse("paper_withdraw", args=[paper.pk]) not in client.get(page).content.decode()


def test_the_letter_is_kept_by_whom_it_is_addressed_to(world, clients):
    paper = world.answered()
    reply = paper.replies.get()
    assert statuses(clients, "reply_letter", paper.pk, reply.pk)["lead"] == 404  # not issued yet
    assert "下载答复函" not in clients["lead"].get(paper.get_absolute_url()).content.decode()
    scan = attachments.keep(b"%PDF-1.7 x", name="答复函.pdf", kind="pdf", organization=world.unit, by=world.desk)
    type(reply).objects.update(sealed_scan=scan)
    assert statuses(clients, "reply_letter", paper.pk, reply.pk) == {"lead": 200, "co": 404} | NOBODY_ELSE
    assert "下载答复函" in clients["lead"].get(paper.get_absolute_url()).content.decode()
    assert AuditEvent.objects.filter(action="download", actor=world.user.username).count() == 1


HAPPY = {"attitude": "satisfied", "result": "fairly", "text": ""}


def test_an_opinion_is_given_once_and_needs_a_word_when_it_is_bad(world, sign_in):
    paper = world.answered()
    client, page = sign_in(world.user), reverse("paper_feedback", args=[paper.pk])
    answer = client.post(page, {"attitude": "satisfied", "result": "dissatisfied", "text": ""})
    assert answer.status_code == 200
    assert not Feedback.objects.exists()
    answer = client.post(page, {"attitude": "satisfied", "text": "管子只铺了一半。"})  # nothing said on the result
    assert "管子只铺了一半。" in answer.content.decode()
    for _click in range(2):
        assert client.post(page, HAPPY, follow=True).redirect_chain[-1][0] == paper.get_absolute_url()
    row = Feedback.objects.get()
    assert (row.attitude, row.result, row.entered_by) == ("satisfied", "fairly", None)
    assert "message error" not in client.get(paper.get_absolute_url()).content.decode()


def test_the_lead_proposer_judges_a_promise(world, sign_in):
    due = date(timezone.localdate().year + 1, 6, 30)
    paper = world.answered(reply_class="B", promise_due_on=due, **PROMISE)
    promise = paper.undertakings.get()
    client = sign_in(world.user)
    assert PROMISE["promise"] in client.get(paper.get_absolute_url()).content.decode()
    UNDERTAKING.take(promise, "keep", by=world.desk, done_on=timezone.localdate(), evidence="二期管网已经通水。")
    assert "二期管网已经通水。" in client.get(paper.get_absolute_url()).content.decode()
    doubt, confirm = (reverse("promise_step", args=[promise.pk, verb]) for verb in ("doubt", "confirm"))
    assert client.get(doubt).status_code == 200
    assert client.post(doubt, {"note": ""}).status_code == 200
    client.post(doubt, {"note": "还有一段没有接通。"})
    promise.refresh_from_db()
    assert promise.state == "open"
    UNDERTAKING.take(promise, "keep", by=world.desk, done_on=timezone.localdate(), evidence="最后一段也接通了。")
    for _click in range(2):
        assert client.post(confirm).status_code == 302
    promise.refresh_from_db()
    assert (promise.state, promise.confirmed_by) == ("kept", world.user.display_name)
    for user in (world.co_users[0], world.desk):
        assert sign_in(user).post(confirm).status_code == 404
    assert client.post(reverse("promise_step", args=[promise.pk, "drop"])).status_code == 404


def test_the_page_says_who_has_it_since_when_until_when_and_why(world, sign_in):
    row = world.working()
    handling.note_progress(row, "已完成勘察。", by=world.desk)
    handling.note_progress(row, "局内意见不一。", by=world.desk, is_internal=True)
    text = sign_in(world.user).get(row.proposal.get_absolute_url()).content.decode()
    for word in (
        "目前在区住房和城乡建设局手里",
        "还剩",
        "期限怎么算的",
        "已完成勘察。",
        "交区住房和城乡建设局办理",
    ):
        assert word in text, word
    assert "局内意见不一。" not in text


def test_an_extension_shows_both_days(world, sign_in):
    row = world.working()
    first = row.original_due_on
    row = ASSIGNMENT.take(row, "ask_extension", by=world.desk, asked_until=first.replace(year=first.year + 1, month=1),
                          reason="冬季不能施工，已完成设计。")  # fmt: skip
    later = date(first.year, first.month, first.day) + timezone.timedelta(days=20)
    ASSIGNMENT.take(row, "grant", by=world.office, granted_until=later, answer="同意。")
    text = sign_in(world.user).get(row.proposal.get_absolute_url()).content.decode()
    assert f"原定{first.year}年{first.month}月{first.day}日" in text
    assert f"{later.year}年{later.month}月{later.day}日" in text
    assert "冬季不能施工" in text


def test_taking_back_asks_the_office_once_and_a_draft_is_thrown_away(world, sign_in):
    client = sign_in(world.user)
    paper = world.submitted()
    page = reverse("paper_withdraw", args=[paper.pk])
    assert client.post(page, {"reason": ""}).status_code == 200
    before = Notice.objects.count()
    for _click in range(2):
        assert client.post(page, {"reason": "已经解决了。"}).status_code == 302
    assert Notice.objects.count() == before + 2  # two in the office, one message each
    assert "已经解决了。" in client.get(paper.get_absolute_url()).content.decode()
    draft = world.paper()
    for _click in range(2):
        assert client.post(reverse("paper_withdraw", args=[draft.pk])).status_code == 302
    draft.refresh_from_db()
    assert draft.state == S.WITHDRAWN
    assert draft.title not in client.get(reverse("my_proposals")).content.decode().replace(paper.title, "", 1)


def test_lights_turn_with_the_days():
    today = date(2026, 11, 1)
    days = {None: "", date(2026, 11, 17): "green", date(2026, 11, 16): "yellow", today: "yellow",
            date(2026, 10, 31): "red"}  # fmt: skip
    assert {day: light(day, today) for day in days} == days


@pytest.mark.parametrize("rows", [1, 3, 25])
def test_pages_ask_the_database_as_often_for_one_paper_as_for_many(world, sign_in, rows):
    papers = [world.paper(title=f"关于修好第{number}条村路的提议") for number in range(rows)]
    for number, paper in enumerate(papers):
        writing.invite(paper, world.co[:1], by=world.user)
        if number % 2 == 0:
            writing.submit(Proposal.objects.get(pk=paper.pk), by=world.user)
        Proposal.objects.filter(pk=paper.pk).update(is_public=True)
    world.answered(world.working(title="关于改造老街管网的提议"))
    world.working(title="关于修通新街道路的提议")
    client, asked = sign_in(world.user), sign_in(world.co_users[0])
    for who, name, most in ((client, "my_proposals", 15), (asked, "my_proposals", 15), (client, "portal_home", 17),
                            (asked, "portal_home", 17), (client, "public_papers", 8)):  # fmt: skip
        who.get(reverse(name))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            who.get(reverse(name))
        assert len(queries) <= most, (name, len(queries))


def test_home_leads_to_what_waits_in_one_tap(world, sign_in):
    paper = world.paper()
    writing.invite(paper, world.co[:1], by=world.user)
    answered = world.answered()
    home = sign_in(world.co_users[0]).get(reverse("portal_home")).content.decode()
    assert f'href="{paper.get_absolute_url()}"' in home
    home = sign_in(world.user).get(reverse("portal_home")).content.decode()
    assert home.count(f'href="{answered.get_absolute_url()}"') == 2  # to be judged, and among my papers


def test_a_delegate_of_two_congresses_says_for_which_he_writes(world, sign_in):
    district = factories.make_mandate(factories.make_congress(world.congress.organization.parent, 4), world.lead.person)
    client = sign_in(world.user)
    assert "哪一级" in client.get(reverse("paper_new")).content.decode()
    client.post(reverse("paper_new"), {"mandate": district.pk, "kind": "motion"})
    assert Proposal.objects.get().congress == Congress.objects.get(number=4)
    assert client.post(reverse("paper_new"), {"mandate": world.co[0].pk, "kind": "motion"}).status_code == 404
    assert client.get(reverse("inquiry_new"), {"mandate": world.co[0].pk}).status_code == 404


def test_signatures_of_the_lead_are_never_steps(world, sign_in):
    paper = world.paper()
    lead = Signature.objects.get(proposal=paper)
    client = sign_in(world.user)
    client.post(reverse("signer_step", args=[paper.pk, lead.pk, "drop"]))
    lead.refresh_from_db()
    assert lead.state == "signed"
    assert SIGNATURE.obstacle(lead, "take_back")
