"""A district that grows: one more township with one more of everything, as often as a test asks."""

from datetime import date

from django.utils import timezone

from congress.kernel import audit, jobs, notices
from congress.models import (
    CalendarDay,
    CalendarYear,
    Delivery,
    DocumentTemplate,
    ImportRun,
    Letterhead,
    Notice,
    OfficialDocument,
    PrintedReport,
    Role,
    Rule,
    Session,
)
from congress.services import attachments
from delegates.models import (
    Ballot,
    BallotResult,
    Commitment,
    CorrectionRequest,
    Course,
    CredentialsItem,
    CredentialsReview,
    DelegateGroup,
    Delegation,
    ElectingUnit,
    Election,
    ElectionStep,
    MandateChange,
    Objection,
    RemovalMotion,
    Speech,
    TrainingPlan,
    Vacancy,
)
from delegates.workflows.openings import owe_step
from liaison.models import CommitteeLink
from tests import factories
from tests.doors.papers import make_papers, one_line_more

DAY = date(2026, 6, 1)


def clerk_town(clerk):
    return clerk.organizationuserpermission_set.first().content_object


class Place:
    """A district that can be filled with one more of everything, each row with rows of its own beside it."""

    def __init__(self):
        self.district = factories.make_district()
        self.office = factories.make_user(Role.OFFICE, self.district)
        self.users = {
            "office": self.office,
            "sysadmin": factories.make_user(Role.SYSADMIN),
            "auditor": factories.make_user(Role.AUDITOR, self.district),
        }
        self.delegate = factories.make_user(Role.DELEGATE)
        self.unit = factories.make_user(Role.UNIT)
        self.rows = 0

    def grow(self, rows):
        while self.rows < rows:
            self.rows += 1
            self._one_more(self.rows)

    def _one_more(self, number):
        town = factories.make_township(self.district, f"第{number}镇")
        congress = factories.make_congress(town, starts_on=date(2026, 5, 10))
        mandate = factories.make_mandate(
            congress, f"王{chr(0x4E00 + number)}", electing_unit="村党支部", group="一组", delegation="第一代表团"
        )
        DelegateGroup.objects.filter(pk=mandate.group_id).update(leader=mandate, organization=town)
        Delegation.objects.filter(pk=mandate.delegation_id).update(head=mandate)
        ElectingUnit.objects.filter(pk=mandate.electing_unit_id).update(organization=town)
        if number == 1:
            mandate.person.user = self.delegate
            mandate.person.save()
            self.own = mandate
            self._first_term(congress)
        clerk = factories.make_user(Role.TOWNSHIP, town)
        Session.objects.create(congress=congress, number=1, kind="electing")
        Rule.objects.create(key="reply_months", organization=town, valid_from=date(2026, 1, 1), value="2", source="x")
        CalendarDay.objects.create(day=date(2027, 3, number), is_workday=False, note="x")
        CalendarYear.objects.create(year=2040 + number, source="x")
        self._papers(number, town, mandate, clerk)
        self._term(number, mandate, clerk)
        self._trainings(number, town, mandate)
        papers = make_papers(mandate, "", clerk, number)
        if number == 1:
            self.paper, self.screened, self.inquiry = papers.proposal, papers.screening, papers.inquiry
            self.planned = factories.make_proposal(
                mandate, state="planning", number=900, year=2026, submitted_at=timezone.now()
            )
            factories.make_assignment(self.planned, papers.unit, state="working")
        one_line_more(self.paper, papers, mandate, clerk)
        CommitteeLink.objects.create(member=papers.member, group=mandate.group, since=DAY)
        CommitteeLink.objects.create(member=papers.member, mandate=mandate, since=DAY)
        for owner in {mandate.pk: mandate, self.own.pk: self.own}.values():
            factories.make_contact(owner, f"张{chr(0x4E00 + number)}", phone="13800000003", targets=["poor"])

    def _first_term(self, congress):
        """Pages of one election and one check of credentials, which grow with every town."""
        self.election = self._election(congress, "新村党支部")
        self.review = CredentialsReview.objects.create(congress=congress, checked_on=DAY, members="李四")

    def _election(self, congress, unit):
        unit = factories.make_body(ElectingUnit, congress, unit)
        return Election.objects.create(
            electing_unit=unit, kind="by_election", method="re_election", seats=1, opened_on=DAY
        )

    def _term(self, number, mandate, clerk):
        """One more of everything that happens in a term, in the mandate's town; and on the first town's pages."""
        town, name = mandate.congress.organization, f"赵{chr(0x4E00 + number)}"
        session = Session.objects.get(congress=mandate.congress)
        elections = [self.election, self._election(mandate.congress, f"第{number}选区")]
        for election in elections:
            self._candidate(election, name + str(election.pk % 7), clerk)
        Vacancy.objects.create(electing_unit=elections[1].electing_unit, cause="died", opened_on=DAY,
                               left_by=self._left(mandate, number), election=elections[1])  # fmt: skip
        Vacancy.objects.create(electing_unit=self.election.electing_unit, cause="quota", opened_on=DAY,
                               election=self.election)  # fmt: skip
        filler = factories.make_mandate(mandate.congress, f"钱{chr(0x4E00 + number)}", electing_unit="第二党支部")
        Vacancy.objects.create(electing_unit=filler.electing_unit, cause="died", opened_on=DAY, state="confirmed",
                               filled_by=filler, filled_on=DAY, confirmed_at=session)  # fmt: skip
        for changed in (mandate, self.own):
            scan = attachments.keep(b"x", name=f"{number}.pdf", kind="pdf", organization=town, by=clerk)
            MandateChange.objects.create(mandate=changed, verb="resign", source="active", target="resign_pending",
                                         reason="resignation", decided_on=DAY, note="x", scan=scan, by=clerk,
                                         filing_due_on=DAY)  # fmt: skip
        for review in (self.review, CredentialsReview.objects.create(congress=mandate.congress, checked_on=DAY)):
            CredentialsItem.objects.create(review=review, mandate=mandate)
        RemovalMotion.objects.create(mandate=mandate, mover="committee", moved_on=DAY, grounds="x")
        if number > 1:  # the delegate's own page offers to sign
            Commitment.objects.create(mandate=mandate, text="x")
        factories.make_body(ElectingUnit, self.own.congress, f"第{number}党支部", party_members=9)

    def _left(self, mandate, number):
        return factories.make_mandate(
            mandate.congress, f"孙{chr(0x4E00 + number)}", electing_unit="第三党支部", status="terminated"
        )

    def _candidate(self, election, name, clerk):
        mandate = factories.make_mandate(election.electing_unit.congress, name, electing_unit=election.electing_unit,
                                         election=election, status="candidate")  # fmt: skip
        ballot = Ballot.objects.create(election=election, stage="recommendation", round=election.ballots.count() + 1,
                                       held_on=DAY, due=9, present=9, issued=9, collected=9)  # fmt: skip
        for candidate in election.candidates.all():
            BallotResult.objects.create(ballot=ballot, mandate=candidate, votes_for=1)
        Speech.objects.create(mandate=mandate, given_on=DAY, place="x", listeners=9)
        Objection.objects.create(election=election, mandate=mandate, received_on=DAY, content="x")
        scan = attachments.keep(b"x", name="x.pdf", kind="pdf", organization=clerk_town(clerk), by=clerk)
        ElectionStep.objects.create(election=election, verb="recommend", done_on=DAY, scan=scan, by=clerk)
        owe_step(election, DAY)

    def _trainings(self, number, town, mandate):
        today = timezone.localdate()
        plan = TrainingPlan.objects.create(organization=town, year=today.year, title="x")
        session = factories.make_session(town, today)
        Course.objects.filter(pk=session.course_id).update(plan=plan)
        factories.make_attendance(session, mandate)
        district = factories.make_session(self.district, today, f"第{number}课")
        for came in {mandate.pk: mandate, self.own.pk: self.own}.values():
            factories.make_attendance(
                district, came, note="x", note_offered=True, note_published=True, signed_at=timezone.now()
            )

    def _papers(self, number, town, mandate, clerk):
        request = CorrectionRequest(mandate=self.own, fact="post", asked_by=self.delegate, state="declined",
                                    answered_by=clerk, answered_at=timezone.now(), answer="x")  # fmt: skip
        request.put_sealed("wanted", "x")
        request.save()
        kept = attachments.keep(b"x", name=f"{number}.xlsx", kind="xlsx", organization=town, by=clerk)
        PrintedReport.objects.create(
            key="p01-roster", title="x", format="pdf", organization=town, by=clerk, state="ready", attachment=kept
        )
        Letterhead.objects.create(organization=town)
        DocumentTemplate.objects.create(kind="cease-notice", organization=town, title="x", body="x")
        OfficialDocument.objects.create(
            organization=town, kind="cease-notice", title="x", body="x", issuer="x", word="x", drafted_by=clerk
        )
        ImportRun.objects.create(attachment=kept, organization=town, by=clerk, importer="roster")
        jobs.post(f"print:{10**6 + number}", "print", 10**6 + number)
        template = "delegates/notices/correction_answered.txt"
        for user in (self.delegate, self.unit):
            notices.post(f"k:{number}:{user.pk}", template, user, fact="x", answer="x", accepted=True)
        notice = Notice.objects.get(key=f"k:{number}:{self.unit.pk}")
        Delivery.objects.get_or_create(notice=notice, channel="email")
        audit.record("export", by=clerk, organization=town)
