"""Who stands behind a paper or an enquiry: a lead who leaves, colleagues who say nothing, who is invited to ask too."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from congress.kernel.workflow import Refused
from congress.models import Notice, Rule
from delegates.services.consequences import consequences
from delegates.workflows import MANDATE
from proposals.models import (
    Feedback,
    Inquiry,
    Invitation,
    Signature,
)
from proposals.models import ProposalState as S
from proposals.services import handling, inquiries, signing, succession, writing
from proposals.workflows import INQUIRY, INVITATION, PROPOSAL, SIGNATURE
from proposals.workflows.inquiries import enough_askers
from tests.proposals.world import make_world

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
MOVED = {"reason": "moved_out", "basis": "石委〔2026〕12号", "proposer": "安塘村党支部", "decider": "中共石桥镇委员会"}
KEYS = {"inquiry_invited": "asked", "inquiry_reminded": "reminded", "decided": "reject"}
NOT_OURS = "排污管网由区财政局统筹，不属本单位职责。"


@pytest.fixture
def world():
    return make_world()


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def text(answer):
    return answer.content.decode()


def owed(user, what):
    """The messages of that kind, by what their keys say."""
    rows = Notice.objects.filter(key__contains=f":{KEYS.get(what, what)}:") | Notice.objects.filter(
        key__startswith=f"{what}:"
    )
    return rows.filter(recipient=user) if user else rows


# A lead proposer leaves.


def left(world, mandate=None):
    """His organisation relation moved away."""
    return MANDATE.take(fresh(mandate or world.lead), "cease", by=world.office, decided_on=TODAY(), **MOVED)


def co_signed(world, count=1, **facts):
    """A draft that so many have signed, and one more was asked to."""
    paper = world.paper(**facts)
    writing.invite(paper, world.co[: count + 1], by=world.user)
    for mandate, user in zip(world.co[:count], world.co_users, strict=False):
        row = Signature.objects.get(proposal=paper, mandate=mandate)
        writing.sign(row, by=user, seen_digest=fresh(paper).text_digest)
    return fresh(paper)


def test_a_co_signer_takes_over_the_draft_of_a_lead_who_left_and_all_hear_it(world, sign_in):
    paper = co_signed(world, 2)
    assert any("1" in sentence for sentence in consequences(world.lead, "cease"))
    left(world)
    assert fresh(paper).state == S.SIGNING
    assert owed(world.co_users[0], "lead_left").exists()
    client, late = sign_in(world.co_users[0]), sign_in(world.co_users[1])
    page = reverse("my_proposal", args=[paper.pk])
    take = reverse("paper_take_over", args=[paper.pk])
    assert take in text(client.get(page))
    assert paper.title in text(client.get(reverse("portal_home")))
    for _click in range(2):
        assert client.post(take).url == page
    late.post(take)
    paper = fresh(paper)
    assert paper.lead == world.co[0]
    assert [row.mandate for row in paper.signatures.filter(is_lead=True)] == [world.co[0]]
    assert paper.signatures.get(mandate=world.lead).state == "dropped"
    for user in (*world.co_users[:3], world.user):
        assert owed(user, "lead_new").count() == 1
    assert writing.submit(paper, by=world.co_users[0]).state == S.REGISTERED


def test_with_no_other_signer_the_draft_is_closed_with_a_sentence_why(world):
    paper = world.paper()
    writing.invite(paper, world.co[:1], by=world.user)
    left(world)
    paper = fresh(paper)
    assert paper.state == S.WITHDRAWN
    assert "王文" in paper.decision_note
    assert paper.signatures.get(mandate=world.co[0]).state == "expired"
    for user in (world.user, world.co_users[0]):
        assert owed(user, "lead_gone").count() == 1


def test_the_last_signer_of_a_leaderless_draft_leaves_too(world):
    paper = co_signed(world)
    left(world)
    row = paper.signatures.get(mandate=world.co[0])
    SIGNATURE.take(row, "take_back", by=world.co_users[0])
    assert fresh(paper).state == S.SIGNING
    assert succession.sweep() == 1
    assert fresh(paper).state == S.WITHDRAWN
    assert succession.sweep() == 0


def test_a_paper_is_taken_over_by_nobody_else_and_not_while_its_lead_serves(world):
    paper = co_signed(world)
    with pytest.raises(Refused):
        succession.take_over(paper, by=world.co_users[0])
    left(world)
    with pytest.raises(PermissionDenied):
        succession.take_over(fresh(paper), by=world.co_users[3])
    with pytest.raises(Refused):  # asked, but he has not signed
        succession.take_over(fresh(paper), by=world.co_users[1])
    with pytest.raises(Refused):
        writing.save(fresh(paper), {"title": "改了"}, None, by=world.user, version=None)
    with pytest.raises(Refused):
        PROPOSAL.take(fresh(paper), "discard", by=world.user)


def test_the_office_names_the_new_lead_of_a_returned_paper(world, sign_in):
    paper = co_signed(world)
    paper = PROPOSAL.take(writing.submit(paper, by=world.user), "screen", by=world.office)
    PROPOSAL.take(paper, "return", by=world.office, note="请补充责任单位。")
    left(world)
    assert fresh(paper).state == S.RETURNED
    assert owed(world.office, "lead_left").exists()
    clerk = sign_in(world.office)
    name = reverse("admin:proposals_lead", args=[paper.pk])
    assert name in text(clerk.get(reverse("admin:proposals_proposal_change", args=[paper.pk])))
    assert clerk.post(name, {"mandate": world.co[2].pk}).status_code == 200
    assert clerk.post(name, {"mandate": world.co[0].pk}).status_code == 302
    assert fresh(paper).lead == world.co[0]
    assert clerk.post(name, {"mandate": world.co[0].pk}).status_code == 302


def test_a_handed_in_paper_of_a_lead_who_left_is_answered_and_the_others_rate_it(world):
    paper = writing.submit(co_signed(world, 2), by=world.user)
    paper = PROPOSAL.take(paper, "screen", by=world.office)
    for reader in (world.office, world.reader):
        handling.give_opinion(paper, by=reader, outcome="file")
    paper = PROPOSAL.take(PROPOSAL.take(paper, "file", by=world.office), "plan", by=world.office)
    handling.plan(paper, [(world.unit, "lead", "")], by=world.office)
    row = PROPOSAL.take(fresh(paper), "assign", by=world.office).assignments.get()
    left(world)
    paper = world.answered(world.begin(row, world.desk))
    with pytest.raises(Refused):
        writing.ask_withdrawal(paper, "不再需要。", by=world.user)
    for mandate, user in zip(world.co[:2], world.co_users, strict=False):
        handling.give_feedback(paper, mandate, attitude="satisfied", result="satisfied", by=user)
    assert Feedback.objects.count() == 2
    assert fresh(paper).state == S.CLOSED


def test_a_term_that_is_over_closes_what_was_not_handed_in(world):
    paper = co_signed(world)
    MANDATE.take(fresh(world.lead), "expire", by=None)
    assert fresh(paper).state == S.WITHDRAWN
    assert owed(world.co_users[0], "lead_gone").exists()
    assert not owed(None, "lead_left").exists()


# Colleagues who say nothing.


def test_a_colleague_who_says_nothing_is_reminded_once_a_day(world, sign_in):
    paper = co_signed(world)
    row = Signature.objects.get(proposal=paper, mandate=world.co[1])
    client, page = sign_in(world.user), reverse("paper_sign", args=[paper.pk])
    nudge = reverse("signer_remind", args=[paper.pk, row.pk])
    assert nudge in text(client.get(page))
    for _click in range(2):
        assert client.post(nudge).status_code == 302
    sent = owed(world.co_users[1], "cosign_reminded")
    assert sent.count() == 1
    shown = text(client.get(page))
    assert nudge not in shown
    assert f"{timezone.localtime(fresh(row).reminded_at):%H:%M}" in shown
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        signing.remind(row, by=world.user)
    assert sent.count() == 2


def test_nobody_is_reminded_who_answered_or_by_a_stranger(world, sign_in):
    paper = co_signed(world)
    signed, asked = (Signature.objects.get(proposal=paper, mandate=one) for one in world.co[:2])
    with pytest.raises(Refused):
        signing.remind(signed, by=world.user)
    with pytest.raises(PermissionDenied):
        signing.remind(asked, by=world.co_users[0])
    assert sign_in(world.co_users[0]).post(reverse("signer_remind", args=[paper.pk, asked.pk])).status_code == 404
    world.co[1].person.user = None
    world.co[1].person.save(update_fields=["user"])
    with pytest.raises(Refused):
        signing.remind(asked, by=world.user)


# Who asks too.


ASKED = {"kind": "enquiry", "subject": "老街管网何时动工", "question": "去年决议提出的老街管网改造何时动工？"}


@pytest.fixture
def inquiry(world):
    return inquiries.begin(world.lead, ASKED | {"target": world.unit, "enquiry": None}, by=world.user)


def invited(inquiry, mandate):
    return Invitation.objects.get(inquiry=inquiry, mandate=mandate)


def test_who_is_invited_asks_only_once_he_has_said_yes(world, inquiry, sign_in):
    inquiries.invite(inquiry, world.co[:3], by=world.user)
    client, page = sign_in(world.co_users[0]), reverse("my_inquiry", args=[inquiry.pk])
    step = reverse("inquiry_step", args=[inquiry.pk])
    assert inquiry.subject in text(client.get(reverse("portal_home")))
    assert inquiry.subject in text(client.get(reverse("my_inquiries")))
    client.post(step, {"do": "accept", "version": 7})  # another text than he has read
    assert inquiry.askers.count() == 1
    for _click in range(2):
        client.post(step, {"do": "accept", "version": inquiry.version})
    sign_in(world.co_users[1]).post(step, {"do": "decline"})
    assert set(inquiry.askers.all()) == {world.lead, world.co[0]}
    shown = sign_in(world.user).get(page)
    assert [one.state for one in shown.context["invitations"]] == ["declined", "invited"]
    assert owed(world.user, "accept").count() == owed(world.user, "decline").count() == 1
    INQUIRY.take(inquiry, "submit", by=world.user)
    assert invited(inquiry, world.co[2]).state == "expired"
    assert sign_in(world.co_users[2]).get(page).status_code == 404
    with pytest.raises(Refused):
        inquiries.accept(invited(inquiry, world.co[1]), by=world.co_users[1], seen=inquiry.version)


def test_another_text_asks_again_and_an_interpellation_counts_only_who_joined(world, inquiry):
    Rule.objects.create(key="interpellation_min_askers", valid_from=TODAY(), value="3", source="测试")
    inquiries.invite(inquiry, world.co[:2], by=world.user)
    for mandate, user in zip(world.co[:2], world.co_users, strict=False):
        inquiries.accept(invited(inquiry, mandate), by=user, seen=0)
    Inquiry.objects.filter(pk=inquiry.pk).update(kind="interpellation")
    assert enough_askers(fresh(inquiry)) == ""
    Inquiry.objects.filter(pk=inquiry.pk).update(kind="enquiry")
    inquiries.save(inquiry, ASKED | {"target": world.unit, "subject": "老街管网为何没有动工"}, by=world.user, version=0)
    assert list(inquiry.askers.all()) == [world.lead]
    assert {row.state for row in Invitation.objects.all()} == {"invited"}
    Inquiry.objects.filter(pk=inquiry.pk).update(kind="interpellation")
    assert "1" in enough_askers(fresh(inquiry))
    again = owed(world.co_users[0], "inquiry_invited")
    assert again.count() == 2


def test_an_invited_colleague_is_reminded_once_a_day_and_taken_off_by_the_first_asker(world, inquiry, sign_in):
    inquiries.invite(inquiry, world.co[:1], by=world.user)
    step, row = reverse("inquiry_step", args=[inquiry.pk]), invited(inquiry, world.co[0])
    client = sign_in(world.user)
    for _click in range(2):
        client.post(step, {"do": "remind", "invitation": row.pk})
    assert owed(None, "inquiry_reminded").count() == 1
    assert fresh(row).reminded_at
    for _click in range(2):
        client.post(step, {"do": "off", "mandate": world.co[0].pk})
    assert fresh(row).state == "dropped"
    with pytest.raises(PermissionDenied):
        inquiries.invite(inquiry, world.co[1:2], by=world.co_users[0])


JOINED = {  # verb: (from, to)
    "accept": ("invited declined", "accepted"),
    "decline": ("invited", "declined"),
    "leave": ("accepted", "declined"),
    "drop": ("invited declined accepted", "dropped"),
    "ask_again": ("accepted declined dropped expired", "invited"),
    "expire": ("invited", "expired"),
}


def test_the_table_of_invitations_is_the_one_that_was_agreed():
    assert {row.verb: (set(row.source), row.target) for row in INVITATION.transitions} == {
        verb: (set(source.split()), target) for verb, (source, target) in JOINED.items()
    }
