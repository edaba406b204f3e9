"""Papers of a township, one of everything, with the town's mark in every text."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from congress.models import Organization, User
from delegates.models import CommitteeMember, Mandate
from proposals.models import (
    Assignment,
    AssignmentRequest,
    Category,
    DelegateContact,
    Feedback,
    Inquiry,
    Precedent,
    ProgressNote,
    Proposal,
    ProposalResult,
    Reply,
    ScreeningOpinion,
    Signature,
    SupervisionMeeting,
    SupervisionStep,
    Undertaking,
)
from tests import factories

DAY = date(2026, 9, 1)


@dataclass
class Papers:
    """A paper in a unit's hands with everything about it, one that is screened, and what stands beside."""

    proposal: Proposal
    screening: Proposal
    assignment: Assignment
    promise: Undertaking
    inquiry: Inquiry
    meeting: SupervisionMeeting
    category: Category
    precedent: Precedent
    member: CommitteeMember
    unit: Organization


def make_papers(mandate: Mandate, mark: str, clerk: User, number: int = 1) -> Papers:
    congress = mandate.congress
    town = congress.organization
    root = town.parent or town
    unit = factories.make_unit(f"{mark}第{number}水利局", root)
    category = Category.objects.create(organization=town, name=f"{mark}专项{number}")
    member = CommitteeMember.objects.create(congress=congress, name=f"{mark}李明{number}", post=f"{mark}委员")
    facts: dict[str, Any] = {"category": category, "grounds": f"{mark}情况", "root_cause": f"{mark}原因"}
    numbered = {"year": 2026, "submitted_at": timezone.now(), "submissions": 1}
    proposal = factories.make_proposal(
        mandate, f"关于{mark}水渠{number}的提议", measures=[(f"{mark}清淤", f"{mark}局", "年底")], state="feedback",
        number=2 * number, leader=member, planning_opinion=f"{mark}拟办", decision_note=f"{mark}说明", due_on=DAY,
        answered_at=timezone.now(), reply_class="B", **facts, **numbered,
    )  # fmt: skip
    screening = factories.make_proposal(
        mandate, f"关于{mark}道路{number}的提议", state="screening", number=2 * number + 1, **facts, **numbered
    )
    ScreeningOpinion.objects.create(proposal=screening, reader=clerk, outcome="file", text=f"{mark}审查")
    assignment = Assignment.objects.create(
        proposal=proposal, unit=unit, role="lead", state="replied", assigned_on=DAY, due_on=DAY, original_due_on=DAY,
        done_on=DAY, handler_name=f"{mark}赵敏", opinion=f"{mark}协办", task=f"{mark}承办",
    )  # fmt: skip
    AssignmentRequest.objects.create(
        assignment=assignment, kind="extension", reason=f"{mark}延期", asked_until=DAY, asked_by=clerk,
        asked_at=timezone.now(), granted=True, answer=f"{mark}同意",
    )  # fmt: skip
    ProgressNote.objects.create(assignment=assignment, text=f"{mark}进展", by=clerk)
    DelegateContact.objects.create(assignment=assignment, mandate=mandate, way="visit", on=DAY, text=f"{mark}走访")
    Reply.objects.create(
        proposal=proposal, assignment=assignment, reply_class="A", text=f"{mark}答复", signer=f"{mark}周立",
        contact_name=f"{mark}赵", contact_phone="1", issued_on=DAY,
    )  # fmt: skip
    Feedback.objects.create(
        proposal=proposal, mandate=mandate, attitude="satisfied", result="dissatisfied", text=f"{mark}不满"
    )
    promise = Undertaking.objects.create(
        proposal=proposal, unit=unit, text=f"{mark}承诺", original_due_on=DAY, due_on=DAY, evidence_kind=f"{mark}报告"
    )
    meeting = SupervisionMeeting.objects.create(
        organization=town, held_on=DAY, place=f"{mark}会议室", chair=f"{mark}主持", minutes=f"{mark}纪要"
    )
    SupervisionStep.objects.create(
        proposal=proposal, assignment=assignment, meeting=meeting, kind="phone", on=DAY, said=f"{mark}催办"
    )
    ProposalResult.objects.create(proposal=proposal, name=f"{mark}清淤", quantity=3, measure_word="公里")
    inquiry = Inquiry.objects.create(
        congress=congress, kind="enquiry", lead=mandate, target=unit, subject=f"{mark}询问", question=f"{mark}问题",
        state="submitted", submitted_at=timezone.now(),
    )  # fmt: skip
    inquiry.askers.add(mandate)
    precedent = Precedent.objects.create(organization=town, year=2025, title=f"{mark}旧提案{number}")
    return Papers(proposal, screening, assignment, promise, inquiry, meeting, category, precedent, member, unit)


def one_line_more(paper: Proposal, papers: Papers, mandate: Mandate, clerk: User) -> None:
    """One more of everything on the page of one paper: another unit, with all it says, and another signer."""
    part, _fresh = Assignment.objects.get_or_create(
        proposal=paper,
        unit=papers.unit,
        defaults={"role": "assist", "state": "objected", "assigned_on": DAY, "due_on": DAY, "original_due_on": DAY},
    )
    ProgressNote.objects.create(assignment=part, text="进展", by=clerk)
    DelegateContact.objects.create(assignment=part, mandate=mandate, way="phone", on=DAY, text="电话")
    Signature.objects.get_or_create(
        proposal=paper, mandate=mandate, defaults={"state": "signed", "answered_at": timezone.now()}
    )
    SupervisionStep.objects.create(proposal=paper, assignment=part, kind="phone", on=DAY, said="催办", by=clerk)
    Undertaking.objects.create(
        proposal=paper, unit=papers.unit, text="承诺", original_due_on=DAY, due_on=DAY, evidence_kind="报告"
    )
    ProposalResult.objects.create(proposal=paper, name="清淤", quantity=3, measure_word="公里")
