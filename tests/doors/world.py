"""Two townships side by side: ours, and the neighbour's, marked so that a leak is seen at once."""

from dataclasses import dataclass
from datetime import date

from congress.models import (
    DocumentTemplate,
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
    CorrectionRequest,
    DelegateGroup,
    Delegation,
    ElectingUnit,
    Mandate,
    TrainingPlan,
)
from tests import factories

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
    )  # fmt: skip
