"""What testers broke once: each hole has a test that it stays shut."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from congress.kernel.workflow import Refused
from congress.models import Rule
from proposals.models import Assignment, AssignmentState, Proposal, Signature
from proposals.models import ProposalState as S
from proposals.policies import PROPOSALS
from proposals.services import handling, writing
from proposals.workflows import ASSIGNMENT, PROPOSAL
from tests import factories
from tests.proposals.world import make_world

pytestmark = pytest.mark.django_db
WHY = "镇村道路由区交通运输局管养，应由其办理。"


@pytest.fixture
def world():
    return make_world()


def test_a_draft_that_was_thrown_away_stays_its_signers(world):
    thrown = PROPOSAL.take(world.paper(), "discard", by=world.user)
    assert thrown in PROPOSALS.visible(world.user)
    assert thrown not in PROPOSALS.visible(world.office)


def test_what_was_merged_is_screened_again_when_the_paper_it_went_under_is_refused(world):
    lead = world.screening(title="关于硬化村道的提议")
    merged = world.screening(title="关于硬化村道路面的提议")
    PROPOSAL.take(merged, "merge", by=world.office, into=lead, note="内容相近。")
    PROPOSAL.take(lead, "reject", by=world.office, note="正在诉讼。", reject_reason="in_court", forwarded_to=None)
    freed = Proposal.objects.get(pk=merged.pk)
    assert (freed.state, freed.merged_into) == (S.SCREENING, None)
    for reader in (world.office, world.reader):
        handling.give_opinion(freed, by=reader, outcome="file")
    assert PROPOSAL.take(freed, "file", by=world.office).state == S.FILED


def test_a_paper_with_a_number_keeps_its_kind(world):
    paper = world.screening()
    PROPOSAL.take(paper, "return", by=world.office, note="请补充责任单位。")
    paper = Proposal.objects.get(pk=paper.pk)
    with pytest.raises(Refused):
        writing.save(paper, {"kind": "advice"}, None, by=world.user, version=paper.version)
    assert Proposal.objects.get(pk=paper.pk).kind == paper.kind


def test_who_left_office_hands_nothing_in(world):
    paper = world.paper()
    type(world.lead).objects.filter(pk=world.lead.pk).update(status="ceased")
    with pytest.raises((Refused, PermissionDenied)):
        writing.submit(Proposal.objects.get(pk=paper.pk), by=world.user)
    assert Proposal.objects.get(pk=paper.pk).state == S.DRAFT


def test_a_unit_that_cannot_go_on_is_relieved_by_another(world):
    row = world.working()
    with pytest.raises(PermissionDenied):
        ASSIGNMENT.take(row, "reassign", by=world.desk, new_unit=world.other, answer=WHY)
    ASSIGNMENT.take(row, "reassign", by=world.office, new_unit=world.other, answer=WHY)
    assert Assignment.objects.get(pk=row.pk).state == AssignmentState.RETURNED
    fresh = Assignment.objects.get(proposal=row.proposal_id, unit=world.other)
    assert (fresh.state, fresh.role) == (AssignmentState.PENDING_SIGN, row.role)
    assert Proposal.objects.get(pk=row.proposal_id).state == S.ASSIGNED


def test_an_answer_of_the_office_that_contents_nobody_is_given_once_more(world):
    advice = world.submitted(kind="advice", title="关于增设公交候车亭的建议意见")
    said = {"text": "已联系公交公司，年内增设两处。", "signer": "李明", "contact_name": "赵敏", "contact_phone": "1"}
    said["reply_class"] = "A"
    paper = PROPOSAL.take(advice, "answer", by=world.office, **said)
    for time in (1, 2):
        handling.give_feedback(
            paper, world.lead, attitude="dissatisfied", result="dissatisfied", text="没有说明位置。", by=world.user
        )
        paper = Proposal.objects.get(pk=paper.pk)
        with pytest.raises(Refused):
            PROPOSAL.take(paper, "rehandle", by=world.office)
        if time == 1:
            paper = PROPOSAL.take(paper, "answer_again", by=world.office, **said)
            assert paper.state == S.FEEDBACK
    with pytest.raises(Refused):
        PROPOSAL.take(paper, "answer_again", by=world.office, **said)


def test_a_wish_to_take_back_is_refused_with_a_reason_that_reaches_the_proposers(world):
    paper = world.planning()
    writing.ask_withdrawal(paper, "问题已经解决。", by=world.user)
    handling.refuse_withdrawal(paper, "其他联名代表希望继续办理。", by=world.office)
    assert Proposal.objects.get(pk=paper.pk).withdrawal_reason == ""
    with pytest.raises(Refused):
        PROPOSAL.take(Proposal.objects.get(pk=paper.pk), "allow_withdrawal", by=world.office, note="")
    with pytest.raises(PermissionDenied):
        handling.refuse_withdrawal(paper, "不同意。", by=world.user)


def test_a_unit_of_a_neighbouring_township_is_not_given_a_paper(world):
    neighbour = factories.make_township(name="凤台镇")
    unit = factories.make_unit("凤台镇财政所", parent=neighbour)
    paper = PROPOSAL.take(PROPOSAL.take(world.screening(), "file", by=world.office), "plan", by=world.office)
    with pytest.raises(Refused):
        handling.plan(paper, [(unit, "lead", "")], by=world.office)


def test_a_unit_closed_meanwhile_is_not_given_a_paper(world):
    paper = world.planning()
    type(world.unit).objects.filter(pk=world.unit.pk).update(closed_on=timezone.localdate())
    with pytest.raises(Refused, match="区住房和城乡建设局"):
        PROPOSAL.take(paper, "assign", by=world.office)


def test_a_public_paper_that_was_taken_back_is_public_no_more(world):
    paper = world.planning()
    handling.publish(paper, True, by=world.office)
    stranger = world.co_users[-1]
    assert paper in PROPOSALS.visible(stranger)
    assert paper not in PROPOSALS.concerned(stranger)
    Proposal.objects.filter(pk=paper.pk).update(withdrawal_reason="问题已经解决。")
    PROPOSAL.take(Proposal.objects.get(pk=paper.pk), "allow_withdrawal", by=world.office, note="同意。")
    assert paper not in PROPOSALS.visible(stranger)
    assert paper not in PROPOSALS.published()


def test_where_the_majority_decides_the_first_answer_does_not(world):
    Rule.objects.create(key="feedback_decides", valid_from=timezone.localdate(), value="majority", source="测试")
    paper = world.paper()
    for one in world.co[:2]:
        Signature.objects.create(proposal=paper, mandate=one, state="signed", answered_at=timezone.now())
    paper = PROPOSAL.take(writing.submit(paper, by=world.user), "screen", by=world.office)
    for reader in (world.office, world.reader):
        handling.give_opinion(paper, by=reader, outcome="file")
    paper = PROPOSAL.take(PROPOSAL.take(paper, "file", by=world.office), "plan", by=world.office)
    handling.plan(paper, [(world.unit, "lead", "")], by=world.office)
    row = PROPOSAL.take(paper, "assign", by=world.office).assignments.get()
    paper = world.answered(world.begin(row, world.desk))
    handling.give_feedback(paper, world.lead, attitude="satisfied", result="satisfied", by=world.user)
    assert Proposal.objects.get(pk=paper.pk).state == S.FEEDBACK
    handling.give_feedback(paper, world.co[0], attitude="satisfied", result="satisfied", by=world.co_users[0])
    assert Proposal.objects.get(pk=paper.pk).state == S.CLOSED
