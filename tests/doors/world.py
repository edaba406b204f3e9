"""Two townships side by side: ours, and the neighbour's, marked so that a leak is seen at once."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from congress.models import (
    DocumentTemplate,
    DueTime,
    Letterhead,
    OfficialDocument,
    Organization,
    PrintedReport,
    PrintState,
    Role,
    Rule,
    Session,
    User,
)
from congress.services import attachments
from delegates.models import (
    Attendance,
    Ballot,
    BallotResult,
    Commitment,
    CorrectionRequest,
    CredentialsItem,
    CredentialsReview,
    DelegateGroup,
    Delegation,
    ElectingUnit,
    Election,
    ElectionStep,
    Mandate,
    MandateChange,
    Objection,
    RemovalMotion,
    Speech,
    TrainingPlan,
    Vacancy,
)
from liaison.models import CommitteeLink, Contact
from tests import factories
from tests.doors.papers import Papers, make_papers

MARK = "邻镇机密"


@dataclass
class Town:
    """One township with one of everything."""

    organization: Organization
    mandate: Mandate
    session: Session
    rule: Rule
    document: OfficialDocument
    wording: DocumentTemplate
    letterhead: Letterhead
    correction: CorrectionRequest
    printed: PrintedReport
    group: DelegateGroup
    delegation: Delegation
    unit: ElectingUnit
    plan: TrainingPlan
    attendance: Attendance
    term: "Term"
    papers: Papers
    link: CommitteeLink
    contact: Contact


@dataclass
class Term:
    """What happens to the delegates of a township in a term: one of everything."""

    election: Election
    candidates: list[Mandate]
    objection: Objection
    vacancy: Vacancy
    change: MandateChange
    review: CredentialsReview
    motion: RemovalMotion
    commitment: Commitment
    due: DueTime


@dataclass
class World:
    """A district, our township, the neighbour, and one account a role."""

    district: Organization
    ours: Town
    theirs: Town
    users: dict[str, User]


def make_world() -> World:
    """Everything twice, once with the neighbour's mark in every text."""
    district = factories.make_district()
    clerk = factories.make_user(Role.OFFICE, district)
    ours = _town(district, "石桥镇", "", phone="13800000001", id_number="51070119620307001X", clerk=clerk)
    theirs = _town(district, f"{MARK}镇", MARK, phone="13900000002", id_number="510702196203070032", clerk=clerk)
    users = {str(role): factories.make_user(role, _where(role, district, ours)) for role in Role if role != Role.OFFICE}
    users["office"] = clerk
    person = ours.mandate.person
    person.user = users["delegate"]
    person.save()
    return World(district, ours, theirs, users)


def _where(role: str, district: Organization, ours: "Town") -> Organization | None:
    if role in {Role.TOWNSHIP, Role.WORKROOM, Role.AUDITOR}:
        return ours.organization
    return district if role == Role.ORGANISATION_DEPARTMENT else None


def _town(district: Organization, name: str, mark: str, *, phone: str, id_number: str, clerk: User) -> Town:
    organization = factories.make_township(district, name)
    congress = factories.make_congress(organization, starts_on=date(2026, 5, 10))
    mandate = factories.make_mandate(
        congress, f"王{mark}文", phone=phone, id_number=id_number, electing_unit=f"{mark}村党支部",
        group=f"{mark}村代表小组", delegation=f"{mark}第一代表团", birth_month=date(1962, 3, 1),
        post=f"{mark}村党支部书记",
    )  # fmt: skip
    correction = CorrectionRequest(mandate=mandate, fact="post", reason=f"{mark}任命文件", asked_by=clerk)
    correction.put_sealed("wanted", f"{mark}镇长")
    correction.save()
    attachment = attachments.keep(
        b"%PDF-1.7 x", name=f"{mark}名册.pdf", kind="pdf", organization=organization, by=clerk
    )
    training = factories.make_session(organization, date(2026, 9, 1), f"{mark}履职培训", place=f"{mark}党校")
    plan = TrainingPlan.objects.create(organization=organization, year=2026, title=f"{mark}培训计划")
    attendance = factories.make_attendance(training, mandate, note=f"{mark}学习感悟", note_offered=True)
    return Town(
        organization,
        mandate,
        Session.objects.create(congress=congress, number=1, kind="electing", place=f"{mark}礼堂"),
        Rule.objects.create(
            key="reply_months", organization=organization, valid_from=date(2026, 1, 1), value="2", source=f"{mark}文件"
        ),
        OfficialDocument.objects.create(
            organization=organization, kind="cease-notice", title=f"{mark}通知", issuer=f"{mark}党委", word="石桥委",
            body=f"{mark}正文", state="issued", year=2026, number=1, issued_on=date(2026, 11, 20),
        ),
        DocumentTemplate.objects.create(
            organization=organization, kind="cease-notice", title=f"{mark}题", body=mark or "x"
        ),
        Letterhead.objects.create(organization=organization, committee=f"{mark}党委", phone="0816-5550000"),
        correction,
        PrintedReport.objects.create(
            key="p01-roster", title=f"{mark}名册", format="pdf", organization=organization, by=clerk,
            state=PrintState.READY, attachment=attachment,
        ),
        mandate.group,
        mandate.delegation,
        mandate.electing_unit,
        plan,
        attendance,
        _term(mandate, mark, clerk),
        (papers := make_papers(mandate, mark, clerk)),
        CommitteeLink.objects.create(member=papers.member, group=mandate.group, since=date(2026, 6, 1)),
        factories.make_contact(mandate, f"张{mark}三", phone=phone, other=f"{mark}独居"),
    )  # fmt: skip


def _term(mandate: Mandate, mark: str, clerk: User) -> Term:
    congress, day = mandate.congress, date(2026, 6, 1)
    election, candidates = _election(mandate, mark, clerk)
    review = CredentialsReview.objects.create(congress=congress, checked_on=day, members=f"{mark}李四、王五")
    CredentialsItem.objects.create(review=review, mandate=candidates[0], note=f"{mark}说明")
    return Term(
        election,
        candidates,
        Objection.objects.create(
            election=election, mandate=candidates[0], received_on=day, content=f"{mark}有人反映",
            finding=f"{mark}查无实据",
        ),
        Vacancy.objects.create(
            electing_unit=election.electing_unit, cause="quota", opened_on=day, election=election,
            closed_basis=f"{mark}文件",
        ),
        MandateChange.objects.create(
            mandate=mandate, verb="persuade", source="active", target="active", reason="idle", decided_on=day,
            basis=f"{mark}委〔2026〕1号", proposer=f"{mark}支部", decider=f"{mark}镇委", note=f"{mark}谈话", by=clerk,
        ),
        review,
        RemovalMotion.objects.create(
            mandate=mandate, mover="unit", supporters=30, electors=100, moved_on=day, grounds=f"{mark}理由",
            state="withdrawn", statement=f"{mark}陈述",
        ),
        Commitment.objects.create(mandate=mandate, text=f"{mark}承诺", own_words=f"{mark}我会努力"),
        DueTime.objects.create(
            key=f"{mark}x", kind="election", subject_id=election.pk, organization=congress.organization,
            title=f"{mark}补选", starts_on=day, due_on=date(2027, 1, 1), due_at=timezone.now(), steps=[f"{mark}事由"],
        ),
    )  # fmt: skip


def _election(mandate: Mandate, mark: str, clerk: User) -> tuple[Election, list[Mandate]]:
    """A by-election whose two candidates are approved, with a ballot that was taken too early to count."""
    unit = factories.make_body(ElectingUnit, mandate.congress, f"{mark}新村党支部")
    day = date(2026, 6, 1)
    election = Election.objects.create(
        electing_unit=unit, kind="by_election", method="by_election", seats=1, opened_on=day, state="approved",
        notice_place=f"{mark}公开栏", note=f"{mark}备注",
    )  # fmt: skip
    candidates = [
        factories.make_mandate(
            mandate.congress, f"{name}{mark}选", electing_unit=unit, election=election, status="candidate",
            method="by_election", post=f"{mark}村文书", main_category="front_line",
        )
        for name in "赵钱"
    ]  # fmt: skip
    ElectionStep.objects.create(
        election=election, verb="recommend", done_on=day, basis=f"{mark}支部〔2026〕2号", note=f"{mark}推荐", by=clerk
    )
    ballot = Ballot.objects.create(
        election=election, stage="recommendation", held_on=day, due=100, present=90, issued=90, collected=90
    )
    for candidate in candidates:
        BallotResult.objects.create(ballot=ballot, mandate=candidate, votes_for=40)
        Speech.objects.create(
            mandate=candidate, given_on=day, place=f"{mark}村委会", listeners=60, summary=f"{mark}修路"
        )
    return election, candidates
