"""Holes that were found in the doors of papers, each closed where the rule stands."""

import json

import pytest
from django.urls import reverse

from congress.kernel.reports import report_class
from congress.models import AuditEvent, Role, User
from congress.policies import grant_role
from delegates.models import Mandate
from proposals.models import (
    Assignment,
    Category,
    Proposal,
    Signature,
    SupervisionMeeting,
)
from proposals.policies import PRECEDENTS
from proposals.services import handling, inquiries, overview, similar, succession, supervision, writing
from proposals.workflows import INQUIRY, PROPOSAL, SIGNATURE
from proposals.workflows.inquiries import enough_askers
from tests import factories
from tests.proposals.strangers import read, with_everything
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


def both(user, role, organization=None):
    """The same person in a second office: a clerk of the township is a delegate too, often enough."""
    grant_role(user, role, organization)
    return User.objects.get(pk=user.pk)


def opened(far):
    """A paper of the second township that its office opened to everybody."""
    handling.publish(far.papers["feedback"], True, by=far.office)
    return Proposal.objects.get(pk=far.papers["feedback"].pk)


@pytest.mark.parametrize("role", [Role.TOWNSHIP, Role.SYSADMIN, Role.AUDITOR])
def test_a_clerk_who_is_a_delegate_too_has_no_staff_page_of_what_is_merely_public(world, theirs, sign_in, role):
    """What is open to the public is its public page; the office's page tells signers, opinions, notes of units."""
    paper = opened(theirs)
    clerk = both(world.user, role, world.congress.organization if role != Role.SYSADMIN else None)
    client = sign_in(clerk)
    assert client.get(reverse("public_paper", args=[paper.pk])).status_code == 200
    for name in ("change", "history"):
        assert client.get(reverse(f"admin:proposals_proposal_{name}", args=[paper.pk])).status_code == 404
    assert client.get(reverse("admin:proposals_proposal_take", args=[paper.pk, "close"])).status_code == 404
    for name in ("proposal_changelist", "board", "handover", "late"):
        assert MARK not in read(client.get(reverse(f"admin:proposals_{name}")))
    assert overview.tally(clerk)["feedback"] == 0
    assert overview.waiting(clerk, overview.tally(clerk))["unhappy"] == 0
    if role == Role.TOWNSHIP:
        for key in ("d04-feedback-form", "d08-paper-form"):
            answer = client.get(reverse("admin:congress_printedreport_preview", args=[key]), {"proposal": paper.pk})
            assert answer.status_code == 422
            assert MARK not in read(answer)


def test_a_clerk_who_signed_a_neighbours_paper_reads_it_as_a_signer_not_as_its_office(world, far, sign_in):
    """Screening opinions and what units note for the office alone are no signer's."""
    clerk = both(far.co_users[0], Role.TOWNSHIP, world.congress.organization)
    draft = far.paper(title="关于草稿的提议")
    writing.invite(draft, far.co[:1], by=far.user)
    signature = Signature.objects.get(proposal=draft, mandate=far.co[0])
    writing.sign(signature, by=far.co_users[0], seen_digest=draft.text_digest)
    client = sign_in(clerk)
    assert client.get(reverse("my_proposal", args=[draft.pk])).status_code == 200
    for name in ("change", "history"):
        assert client.get(reverse(f"admin:proposals_proposal_{name}", args=[draft.pk])).status_code == 404
    assert "关于草稿的提议" not in read(client.get(reverse("admin:proposals_proposal_changelist")))
    assert overview.tally(clerk)["signing"] == 0


def test_staff_without_a_branch_have_no_board_list_of_the_meeting_or_of_what_is_late(sign_in):
    client = sign_in(factories.make_user(Role.SYSADMIN))
    for name in ("board", "handover", "late", "bulletin", "enter", "proposal_changelist", "inquiry_changelist"):
        assert client.get(reverse(f"admin:proposals_{name}")).status_code in {403, 404}, name


def test_who_declined_reads_of_an_open_paper_what_everybody_reads(world, sign_in):
    paper = world.paper()
    writing.invite(paper, world.co[:2], by=world.user)
    SIGNATURE.take(Signature.objects.get(proposal=paper, mandate=world.co[0]), "decline", by=world.co_users[0])
    row = writing.submit(Proposal.objects.get(pk=paper.pk), by=world.user)
    row = PROPOSAL.take(row, "screen", by=world.office)
    for reader in (world.office, world.reader):
        handling.give_opinion(row, by=reader, outcome="file")
    handling.publish(PROPOSAL.take(row, "file", by=world.office), True, by=world.office)
    client = sign_in(world.co_users[0])
    answer = client.get(reverse("my_proposal", args=[paper.pk]))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("public_paper", args=[paper.pk])
    for name in ("own_signature", "paper_take_over", "paper_feedback"):
        assert client.post(reverse(name, args=[paper.pk]), {"do": "sign"}).status_code == 404, name


def test_a_paper_that_was_open_and_was_taken_back_is_shown_to_no_neighbour_as_an_earlier_one(world, far):
    title = "关于老街排污管网改造的提议"
    paper = PROPOSAL.take(far.screening(title=title), "file", by=far.office)
    handling.publish(paper, True, by=far.office)
    assert [one.precedent.proposal_id for one in similar.find(world.user, title)] == [paper.pk]
    writing.ask_withdrawal(paper, "情况已经变化。", by=far.user)
    PROPOSAL.take(paper, "allow_withdrawal", by=far.office)
    assert similar.find(world.user, title) == []
    assert not PRECEDENTS.visible(world.office).filter(proposal=paper).exists()


def test_who_is_asked_to_sign_prints_no_names_of_others_who_are_still_asked(world, sign_in):
    paper = world.paper()
    writing.invite(paper, world.co[:3], by=world.user)
    asked_one = report_class("d08-paper-form")(world.co_users[0], {"proposal": str(paper.pk)}).html()
    assert "赵六" not in asked_one
    assert "李四" in asked_one  # his own line
    assert "赵六" in report_class("d08-paper-form")(world.user, {"proposal": str(paper.pk)}).html()


def test_the_record_an_auditor_reads_tells_no_subject_of_a_draft_that_was_printed(world, sign_in):
    paper = world.paper(title="关于暗沟的提议")
    assert sign_in(world.user).get(reverse("paper_print", args=[paper.pk])).status_code == 200
    event = AuditEvent.objects.filter(action="print").latest("pk")
    assert "暗沟" not in event.subject
    assert "暗沟" not in json.dumps(event.detail, ensure_ascii=False)


def gone(mandate, status="terminated"):
    """The mandate has ended, nothing else having followed from it yet."""
    Mandate.objects.filter(pk=mandate.pk).update(status=status)


def test_a_lead_who_left_office_takes_nobodys_signature_off(world, sign_in):
    """Else nobody is left who could take the paper over, and the night closes it."""
    paper = world.paper()
    writing.invite(paper, world.co[:2], by=world.user)
    paper.refresh_from_db()
    signed = Signature.objects.get(proposal=paper, mandate=world.co[0])
    writing.sign(signed, by=world.co_users[0], seen_digest=paper.text_digest)
    waiting = Signature.objects.get(proposal=paper, mandate=world.co[1])
    gone(world.lead)
    client = sign_in(world.user)
    client.post(reverse("signer_step", args=[paper.pk, signed.pk, "ask_again"]))
    client.post(reverse("signer_step", args=[paper.pk, waiting.pk, "drop"]))
    client.post(reverse("signer_remind", args=[paper.pk, waiting.pk]))
    assert dict(Signature.objects.filter(proposal=paper, is_lead=False).values_list("pk", "state")) == {
        signed.pk: "signed", waiting.pk: "invited"
    }  # fmt: skip
    assert Signature.objects.get(pk=waiting.pk).reminded_at is None
    assert succession.take_over(paper, by=world.co_users[0]).lead == world.co[0]


def test_who_left_office_hands_no_enquiry_in_and_counts_for_no_interpellation(world, sign_in):
    facts = {"kind": "enquiry", "target": world.unit, "subject": "关于询问", "question": "何时能够完工通水，请答复。"}
    draft = inquiries.begin(world.lead, facts, by=world.user)
    gone(world.lead)
    client = sign_in(world.user)
    client.post(reverse("inquiry_step", args=[draft.pk]), {"do": "submit"})
    client.post(reverse("inquiry_step", args=[draft.pk]), {"do": "invite", "mandate": [world.co[0].pk]})
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert not draft.invitations.exists()
    gone(world.lead, "active")
    draft.askers.add(*world.co[:2])
    gone(world.co[0])
    assert INQUIRY.row("submit").obstacle(draft) == ""
    draft.kind = "interpellation"
    assert "2" in enough_askers(draft)


def test_a_meeting_that_another_office_keeps_from_now_on_tells_it_no_foreign_paper(world, theirs, sign_in):
    """The district minutes what a unit said about a paper of one township; the meeting then becomes the other's."""
    district = factories.make_user(Role.OFFICE, world.congress.organization.parent)
    part = Assignment.objects.get(proposal=theirs.papers["working"])
    supervision.minute(theirs.meeting, [(part, f"{MARK}表态", None)], by=district)
    SupervisionMeeting.objects.filter(pk=theirs.meeting.pk).update(
        organization=world.congress.organization, place="会议室", minutes="纪要"
    )
    answer = sign_in(world.office).get(reverse("admin:proposals_supervisionmeeting_change", args=[theirs.meeting.pk]))
    assert answer.status_code == 200
    assert MARK not in read(answer)


def test_a_delegate_of_two_towns_writes_with_the_categories_of_the_papers_own(world, far, sign_in):
    own = Category.objects.create(organization=far.congress.organization, name=f"{MARK}类别")
    factories.make_mandate(far.congress, world.lead.person)
    paper = world.paper()
    client = sign_in(world.user)
    assert MARK not in read(client.get(reverse("paper_edit", args=[paper.pk])))
    answer = client.post(
        reverse("paper_save", args=[paper.pk]), {"title": paper.title, "category": own.pk, "version": 0}
    )
    assert answer.status_code == 400
    paper.refresh_from_db()
    assert paper.category_id != own.pk
