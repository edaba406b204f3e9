"""What a page asks of the database: the same for one row, three and twenty-five, and few enough."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from congress.models import Congress, Organization, Session
from delegates.models import (
    Ballot,
    BallotResult,
    CorrectionRequest,
    CredentialsItem,
    DelegateGroup,
    Election,
    Mandate,
    MandateChange,
    Objection,
    RemovalMotion,
    TrainingSession,
    Vacancy,
)
from tests import factories
from tests.doors.place import DAY, Place
from tests.doors.test_access import LISTS

pytestmark = pytest.mark.django_db

SIZES = (1, 3, 25)
LIMIT = 15
API = ["organizations", "congresses", "sessions", "delegates", "groups", "reports", "structure", "elections",
       "vacancies", "mandate-changes", "credentials-reviews", "removal-motions", "due-times", "documents", "trainings",
       "attendances", "proposals", "assignments"]  # fmt: skip
OF_PAPERS = [f"admin:proposals_{name}" for name in ("board", "late", "handover", "enter")]
ROLE_OF = {"congress_user": "sysadmin", "congress_job": "sysadmin", "congress_delivery": "sysadmin",
           "congress_auditevent": "auditor"}  # fmt: skip
OF_A_DELEGATE = ["portal_home", "my_record", "my_corrections", "ask_correction", "message_list", "my_account",
                 "my_mandate", "rights", "pledge", "resign", "my_training", "training_notes", "my_proposals",
                 "my_inquiries", "my_contacts", "contact_new"]  # fmt: skip
OF_A_UNIT = ["unit_home", "message_list", "unit_promises", "unit_inquiries"]
PAGES = {  # of one row, which has more lines at every size; and what stands on it, at the largest
    "admin:delegates_mandate_change": lambda place: place.own,
    "admin:delegates_election_change": lambda place: place.election,
    "admin:delegates_election_change approved": lambda place: led_on(place.election),
    "admin:delegates_vacancy_change": lambda place: Vacancy.objects.exclude(left_by=None).first(),
    "admin:delegates_mandatechange_change": lambda place: place.own.changes.first(),
    "admin:delegates_credentialsreview_change": lambda place: place.review,
    "admin:delegates_quotas": lambda place: place.own.congress,
    "admin:proposals_proposal_change": lambda place: place.paper,
    "admin:proposals_proposal_change screening": lambda place: place.screened,
    "admin:proposals_plan-units": lambda place: place.planned,
    "admin:proposals_supervise": lambda place: place.paper,
    "admin:proposals_assignment_change": lambda place: place.paper.assignments.first(),
    "admin:proposals_undertaking_change": lambda place: place.paper.undertakings.first(),
    "admin:proposals_inquiry_change": lambda place: place.inquiry,
    "admin:liaison_contact_change": lambda place: place.own.contacts.first(),
    "admin:liaison_committeelink_move": lambda place: place.own.links.first(),
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


# How a page is reached in a place as it stands: by whom, and where. What a page needs to be full is done first.


def staff_list(place, name):
    model = name.removeprefix("admin:").removesuffix("_changelist")
    return place.users[ROLE_OF.get(model, "office")], reverse(name)


def resource(place, name):
    return place.office, f"/api/v1/{name}/"


def delegates_page(place, name):
    return place.delegate, reverse(name)


def units_page(place, name):
    return place.unit, reverse(name)


def overview(place, name):
    return place.office, reverse(name)


def office_page(place, name):
    return place.office, reverse(name.split()[0], args=[PAGES[name](place).pk])


def report_to_a_session(place, name):
    """Chosen is the first town's session, in which ever more seats and decisions wait."""
    session = Session.objects.get(congress=place.own.congress)
    Session.objects.filter(pk=session.pk).update(starts_on=DAY)
    Vacancy.objects.filter(state="confirmed").update(state="filled", confirmed_at=None)
    MandateChange.objects.filter(mandate=place.own).update(report_due=True)
    return place.office, f"{reverse(name)}?session={session.pk}"


def training_day(place, page):
    """However many are invited."""
    session = TrainingSession.objects.filter(course__organization=place.district).first()
    for mandate in Mandate.objects.exclude(attendances__session=session):
        factories.make_attendance(session, mandate, signed_at=timezone.now())
    address = reverse(f"admin:delegates_trainingsession_{page}", args=[session.pk])
    return place.office, f"{address}?town={place.own.congress.organization.code}"


COUNTED = {
    f"{way.__name__} {name}": (way, name)
    for way, names in [
        (staff_list, sorted(LISTS)),
        (resource, API),
        (delegates_page, OF_A_DELEGATE),
        (units_page, OF_A_UNIT),
        (overview, ["admin:index", "admin:delegates_mandate_structure", *OF_PAPERS]),
        (office_page, PAGES),
        (report_to_a_session, ["admin:delegates_vacancy_report"]),
        (training_day, ["roll", "code", "change"]),
    ]
    for name in names
}


@pytest.fixture(scope="module")
def surveyed():
    """What the survey below found, for the tests of all pages."""
    return {}


@pytest.fixture
def survey(request, surveyed, sign_in, cold_caches):
    """How many queries each page needs at each size, or what went wrong with it.

    A district of twenty-five towns takes seconds to make and a page a moment to read: so one district grows, and at
    each size every page that a chosen test asks for is read in it.
    """
    if not surveyed:
        tests = [item for item in request.session.items if "survey" in getattr(item, "fixturenames", ())]
        place = Place()
        for size in SIZES:
            place.grow(size)
            for page in [item.callspec.params["page"] for item in tests]:
                cold_caches()
                surveyed.setdefault(page, []).append(_queries(place, page, sign_in))
    return surveyed


def _queries(place, page, sign_in):
    """As if no other page had been read before: all that is written on the way is taken back."""
    way, name = COUNTED[page]
    try:
        with transaction.atomic():
            user, address = way(place, name)
            client = sign_in(user)
            client.get(address)  # fills the page's own caches
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200, address
            transaction.set_rollback(True)
    except Exception as problem:  # noqa: BLE001 it is the page's own test that fails of it
        return problem
    return len(queries)


@pytest.mark.timeout(900)  # whichever page comes first waits for all
@pytest.mark.parametrize("page", COUNTED)
def test_a_page_asks_the_same_for_every_length(survey, page):
    found = survey[page]
    for problem in found:
        if isinstance(problem, Exception):
            raise problem
    assert found == [found[0]] * len(SIZES)
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
    for model, rows in [(Organization, 7), (Congress, 3), (Session, 3), (CorrectionRequest, 3), (Election, 4),
                        (Vacancy, 9), (RemovalMotion, 3), (CredentialsItem, 6), (Objection, 6)]:  # fmt: skip
        assert model.objects.count() == rows, model
    assert Mandate.objects.filter(status="active").count() == 6
    assert place.election.candidates.count() == place.election.ballots.count() == 3
    for name in API:
        assert client.get(f"/api/v1/{name}/").json()["count"] >= 3
