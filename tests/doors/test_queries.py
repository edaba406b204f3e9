"""What a page asks of the database: the same for one row, three and twenty-five, and few enough."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from congress.kernel import audit, jobs, notices
from congress.models import (
    CalendarDay,
    CalendarYear,
    Congress,
    Delivery,
    DocumentTemplate,
    ImportRun,
    Letterhead,
    Notice,
    OfficialDocument,
    Organization,
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
    Mandate,
    MandateChange,
    Objection,
    RemovalMotion,
    Speech,
    TrainingPlan,
    TrainingSession,
    Vacancy,
)
from delegates.workflows.openings import owe_step
from tests import factories
from tests.doors.test_access import LISTS

pytestmark = pytest.mark.django_db

SIZES = (1, 3, 25)
DAY = date(2026, 6, 1)
LIMIT = 15
API = ["organizations", "congresses", "sessions", "delegates", "groups", "reports", "structure", "elections",
       "vacancies", "mandate-changes", "credentials-reviews", "removal-motions", "due-times", "documents", "trainings",
       "attendances"]  # fmt: skip
ROLE_OF = {"congress_user": "sysadmin", "congress_job": "sysadmin", "congress_delivery": "sysadmin",
           "congress_auditevent": "auditor"}  # fmt: skip


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


@pytest.fixture
def counts(sign_in):
    """How many queries a page needs at each size, the first request's caches filled."""
    place = Place()

    def counts(page, user_of):
        found = []
        for size in SIZES:
            place.grow(size)
            client = sign_in(user_of(place))
            address = page() if callable(page) else page
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(address)
            assert answer.status_code == 200, address
            found.append(len(queries))
        return found

    return counts


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_list_of_the_staff_asks_the_same_for_every_length(counts, name):
    model = name.removeprefix("admin:").removesuffix("_changelist")
    found = counts(reverse(name), lambda place: place.users[ROLE_OF.get(model, "office")])
    assert found == [found[0]] * 3
    assert found[0] <= LIMIT


@pytest.mark.parametrize("name", API)
def test_a_resource_asks_the_same_for_every_length(counts, name):
    found = counts(f"/api/v1/{name}/", lambda place: place.office)
    assert found == [found[0]] * 3
    assert found[0] <= LIMIT


@pytest.mark.parametrize("name", ["portal_home", "my_record", "my_corrections", "ask_correction", "message_list",
                                  "my_account", "my_mandate", "rights", "pledge", "resign", "my_training",
                                  "training_notes"])  # fmt: skip
def test_a_delegates_page_asks_the_same_for_every_length(counts, name):
    found = counts(reverse(name), lambda place: place.delegate)
    assert found == [found[0]] * 3
    assert found[0] <= LIMIT


@pytest.mark.parametrize("name", ["unit_home", "message_list"])
def test_a_units_page_asks_the_same_for_every_length(counts, name):
    found = counts(reverse(name), lambda place: place.unit)
    assert found == [found[0]] * 3
    assert found[0] <= LIMIT


def test_the_dashboard_asks_the_same_for_every_length(counts):
    found = counts("/admin/", lambda place: place.office)
    assert found == [found[0]] * 3
    assert found[0] <= LIMIT


PAGES = {  # of one row, which has more lines at every size; and what stands on it, at the largest
    "admin:delegates_mandate_change": lambda place: place.own,
    "admin:delegates_election_change": lambda place: place.election,
    "admin:delegates_election_change approved": lambda place: led_on(place.election),
    "admin:delegates_vacancy_change": lambda place: Vacancy.objects.exclude(left_by=None).first(),
    "admin:delegates_mandatechange_change": lambda place: place.own.changes.first(),
    "admin:delegates_credentialsreview_change": lambda place: place.review,
    "admin:delegates_quotas": lambda place: place.own.congress,
}


def led_on(election):
    """Approved and announced, with a round of votes for everybody who stands: each button asks why not."""
    Election.objects.filter(pk=election.pk).update(
        state="approved", method="open_direct", notice_from=DAY, notice_until=DAY
    )
    election.objections.update(concluded_on=DAY, upheld=False)
    for candidate in election.candidates.exclude(ballot_results__ballot__stage="election"):
        nth = election.ballots.filter(stage="election").count() + 1
        ballot = Ballot.objects.create(election=election, stage="election", round=nth, held_on=date(2026, 6, 2),
                                       due=9, present=9, issued=9, collected=9)  # fmt: skip
        BallotResult.objects.create(ballot=ballot, mandate=candidate, votes_for=9)
    return election


@pytest.mark.parametrize("name", PAGES)
def test_a_page_for_the_office_asks_the_same_however_long_it_is(sign_in, name):
    place, found = Place(), []
    for size in SIZES:
        place.grow(size)
        client = sign_in(place.office)
        page = reverse(name.split()[0], args=[PAGES[name](place).pk])
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        found.append(len(queries))
    assert found == [found[0]] * 3
    assert found[0] <= LIMIT


def test_a_report_to_a_session_asks_the_same_for_every_length(counts):
    """Chosen is the first town's session, in which ever more seats and decisions wait."""

    def page_of_session(place):
        session = Session.objects.get(congress=place.own.congress)
        Session.objects.filter(pk=session.pk).update(starts_on=DAY)
        Vacancy.objects.filter(state="confirmed").update(state="filled", confirmed_at=None)
        MandateChange.objects.filter(mandate=place.own).update(report_due=True)
        return place.office

    place_of = reverse("admin:delegates_vacancy_report")
    found = counts(lambda: f"{place_of}?session={Session.objects.order_by('pk').first().pk}", page_of_session)
    assert found == [found[0]] * 3
    assert found[0] <= LIMIT


@pytest.mark.parametrize("page", ["roll", "code", "change"])
def test_a_training_day_asks_the_same_however_many_are_invited(sign_in, page):
    place, found = Place(), []
    for size in SIZES:
        place.grow(size)
        client = sign_in(place.office)
        session = TrainingSession.objects.filter(course__organization=place.district).first()
        for mandate in Mandate.objects.exclude(attendances__session=session):
            factories.make_attendance(session, mandate, signed_at=timezone.now())
        town = place.own.congress.organization.code
        address = reverse(f"admin:delegates_trainingsession_{page}", args=[session.pk]) + f"?town={town}"
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        found.append(len(queries))
    assert found == [found[0]] * 3
    assert found[0] <= LIMIT


def test_a_long_history_of_moves_costs_no_query_a_move(sign_in):
    place, found = Place(), []
    place.grow(1)
    client = sign_in(place.office)
    page = reverse("admin:delegates_mandate_history", args=[place.own.pk])
    for moves in (2, 2, 20):
        for number in range(moves):
            place.own.group = factories.make_body(DelegateGroup, place.own.congress, f"第{moves + number}组")
            place.own.save()
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(page)
        assert "第2组" in answer.content.decode()
        found.append(len(queries))
    assert found[1] == found[2]
    assert found[2] <= LIMIT


def test_the_public_pages_ask_nothing(client, django_assert_num_queries):
    for page in ("/", "/login/", "/display/components/"):
        client.get(page)
        with django_assert_num_queries(0):
            assert client.get(page).status_code == 200


def test_the_counted_lists_hold_the_rows_that_are_counted(sign_in):
    """Else the counts above would prove nothing."""
    place = Place()
    place.grow(3)
    client = sign_in(place.office)
    for model, rows in [(Organization, 4), (Congress, 3), (Session, 3), (CorrectionRequest, 3), (Election, 4),
                        (Vacancy, 9), (RemovalMotion, 3), (CredentialsItem, 6), (Objection, 6)]:  # fmt: skip
        assert model.objects.count() == rows, model
    assert Mandate.objects.filter(status="active").count() == 6
    assert place.election.candidates.count() == place.election.ballots.count() == 3
    for name in API:
        assert client.get(f"/api/v1/{name}/").json()["count"] >= 3
