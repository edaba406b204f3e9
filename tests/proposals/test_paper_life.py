"""The life of a paper (reference.md §3.4): every row of the table, walked as people would walk it."""

import pytest

from proposals.models import Proposal
from proposals.models import ProposalState as S
from proposals.services import handling
from proposals.workflows import ASSIGNMENT, PROPOSAL
from tests.proposals.world import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


def test_a_paper_goes_from_a_phone_to_its_close(world):
    proposal = world.answered()
    assert proposal.state == S.FEEDBACK
    assert (proposal.number_text, proposal.reply_class) == ("2026年第001号", "A")
    handling.give_feedback(proposal, world.lead, attitude="satisfied", result="fairly", by=world.user)
    proposal = Proposal.objects.get(pk=proposal.pk)
    assert proposal.state == S.CLOSED
    assert PROPOSAL.take(proposal, "report", by=world.office, session=world.session).state == S.REPORTED


def test_a_dissatisfied_delegate_gets_a_second_reply_and_then_a_ruling(world):
    proposal = world.answered()
    handling.give_feedback(
        proposal, world.lead, attitude="satisfied", result="dissatisfied", text="只修了一半。", by=world.user
    )
    proposal = PROPOSAL.take(
        Proposal.objects.get(pk=proposal.pk), "rehandle", by=world.office, note="请与代表见面，说明二期安排。"
    )
    assert proposal.state == S.REHANDLING
    row = proposal.assignments.get()
    assert (row.state, row.round) == ("working", 2)
    proposal = world.answered(row)
    assert (proposal.state, proposal.round) == (S.FEEDBACK, 2)
    handling.give_feedback(
        proposal, world.lead, attitude="dissatisfied", result="dissatisfied", text="还是一半。", by=world.user
    )
    closed = PROPOSAL.take(
        Proposal.objects.get(pk=proposal.pk),
        "rule_finally",
        by=world.office,
        ruled_by="李明",
        note="二期已列入明年计划，先行办结。",
    )
    assert (closed.state, closed.ruled_by) == (S.CLOSED, "李明")


def test_an_objection_moves_the_paper_to_the_unit_the_office_names(world):
    proposal = world.assigned()
    row = ASSIGNMENT.take(
        proposal.assignments.get(),
        "object",
        by=world.desk,
        reason="管网改造资金由财政部门统筹安排。",
        proper_unit=world.other,
    )
    gone = ASSIGNMENT.take(row, "approve_return", by=world.office, new_unit=world.other, answer="同意。")
    assert gone.state == "returned"
    assert proposal.assignments.get(state="pending_sign").unit == world.other
