"""From the quota to the mandate: elections of every method, the four steps of a by-election, credentials, vacancies."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from congress.kernel.workflow import SYSTEM, Refused
from congress.models import DueTime, Role, Rule, Session
from delegates.kernel.ballots import STAGES, WITH_SPEECHES, allocate, candidates_needed, outcome
from delegates.models import (
    Ballot,
    ElectingUnit,
    Election,
    ElectionMethod,
    Mandate,
    MandateChange,
    Objection,
    Vacancy,
    VacancyState,
)
from delegates.models import ElectionState as E
from delegates.models import MandateStatus as S
from delegates.services import credentials, elections, seats
from delegates.workflows import CREDENTIALS, ELECTION, MANDATE, VACANCY
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
STEP = {"basis": "石委〔2026〕20号", "note": "", "scan": None}
FIGURES = {"due": 100, "present": 90, "issued": 90, "collected": 90, "invalid": 0}


@pytest.fixture
def town():
    return factories.make_township(name="石桥镇")


@pytest.fixture
def clerk(town):
    return factories.make_user(Role.TOWNSHIP, town)


@pytest.fixture
def unit(town):
    congress = factories.make_congress(town, starts_on=date(2026, 5, 10))
    return factories.make_body(ElectingUnit, congress, "安塘村党支部")


def step(days_ago=0):
    return STEP | {"done_on": TODAY() - timedelta(days=days_ago)}


def plan(unit, clerk, method=ElectionMethod.COMPETITIVE, seats=1):
    return elections.plan(unit, method=method, seats=seats, opened_on=TODAY() - timedelta(days=40), by=clerk)


def candidates(election, *names):
    return [
        factories.make_mandate(
            election.electing_unit.congress, name, electing_unit=election.electing_unit, status=S.CANDIDATE,
            election=election, method=election.method,
        )
        for name in names
    ]  # fmt: skip


def approved(election, clerk):
    ELECTION.take(election, "recommend", by=clerk, **step(30))
    ELECTION.take(election, "approve_candidates", by=clerk, **step(25))
    start, end = TODAY() - timedelta(days=20), TODAY() - timedelta(days=10)
    ELECTION.take(election, "announce", by=clerk, notice_from=start, notice_until=end, notice_place="党务公开栏")
    return Election.objects.get(pk=election.pk)


def vote(election, clerk, votes, stage="election", **figures):
    return elections.count_ballot(
        election, stage=stage, held_on=TODAY() - timedelta(days=5), figures=FIGURES | figures,
        votes={mandate.pk: (count, 0, 0) for mandate, count in votes.items()}, by=clerk,
    )  # fmt: skip


@pytest.mark.parametrize(("seats", "needed"), [(3, 4), (10, 12), (11, 14), (1, 2), (5, 6)])
def test_the_surplus_is_rounded_up(seats, needed):
    assert candidates_needed(seats, 20) == needed


@pytest.mark.parametrize(("votes", "elected", "tied", "empty"), [
    ([(1, 51), (2, 50)], (1,), (), 0),
    ([(1, 50), (2, 50)], (), (), 1),
    ([(1, 60), (2, 60)], (), (1, 2), 1),
    ([(1, 90), (2, 20)], (1,), (), 0),
])  # fmt: skip
def test_more_than_half_of_those_due_elects(votes, elected, tied, empty):
    result = outcome(votes, base=100, seats=1)
    assert (result.elected, result.tied, result.empty) == (elected, tied, empty)


def test_those_before_a_tie_are_elected_and_the_tie_is_not():
    assert outcome([(1, 80), (2, 60), (3, 60)], base=100, seats=2) == outcome(
        [(1, 80), (3, 60), (2, 60)], base=100, seats=2
    ).__class__((1,), (2, 3), 1)


def test_seats_follow_members_by_largest_remainder():
    assert allocate(10, [50, 30, 20]) == [5, 3, 2]
    assert sum(allocate(89, [33, 41, 7, 90, 12])) == 89
    with pytest.raises(ValueError, match="2"):
        allocate(2, [1, 1, 1])


@pytest.mark.parametrize("method", list(STAGES))
def test_every_method_is_led_from_candidates_to_a_delegate(unit, clerk, method):
    election = plan(unit, clerk, method)
    first, second = candidates(election, "王文", "李一鸣")
    election = approved(election, clerk)
    if method in WITH_SPEECHES:
        with pytest.raises(Refused):
            ELECTION.take(election, "vote", by=clerk, **step(4))
        for mandate in (first, second):
            elections.write_speech(
                mandate, given_on=TODAY() - timedelta(days=8), place="村委会", listeners=60, summary="修路", by=clerk
            )
    for stage in STAGES[method]:
        with pytest.raises(Refused):
            ELECTION.take(election, "vote", by=clerk, **step(4))
        vote(election, clerk, {first: 80, second: 5}, stage)
    ELECTION.take(election, "vote", by=clerk, **step(4))
    ELECTION.take(election, "approve_result", by=clerk, **step(2))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (S.ELECTED, S.NOT_ELECTED)
    assert (first.votes_for, first.votes_due) == (80, 100)
    review = credentials.gather(unit.congress, checked_on=TODAY(), members="李四、王五", by=clerk)
    CREDENTIALS.take(review, "submit", by=clerk)
    CREDENTIALS.take(review, "approve", by=clerk, **step())
    first.refresh_from_db()
    assert first.status == S.ACTIVE
    assert MandateChange.objects.get(mandate=first, verb="admit").basis == STEP["basis"]


def test_the_older_procedure_is_history_only(unit, clerk):
    with pytest.raises(Refused):
        plan(unit, clerk, ElectionMethod.LEGACY)


def test_too_few_candidates_are_not_recommended(unit, clerk):
    election = plan(unit, clerk, seats=3)
    candidates(election, "王文", "李一鸣", "张三")
    with pytest.raises(Refused) as refusal:
        ELECTION.take(election, "recommend", by=clerk, **step(30))
    assert "4" in str(refusal.value)
    candidates(election, "赵六")
    assert ELECTION.take(election, "recommend", by=clerk, **step(30)).state == E.RECOMMENDED


def test_nobody_votes_before_the_notice_is_over_and_every_objection_concluded(unit, clerk):
    election = plan(unit, clerk)
    first, second = candidates(election, "王文", "李一鸣")
    ELECTION.take(election, "recommend", by=clerk, **step(30))
    election = ELECTION.take(election, "approve_candidates", by=clerk, **step(25))
    vote(election, clerk, {first: 80, second: 5})
    ELECTION.take(election, "announce", by=clerk, notice_from=TODAY(), notice_until=TODAY(), notice_place="村口")
    with pytest.raises(Refused):
        ELECTION.take(election, "vote", by=clerk, **step(4))
    day = TODAY() - timedelta(days=8)
    Election.objects.update(notice_from=day, notice_until=day)
    objection = Objection.objects.create(election=election, mandate=first, received_on=TODAY(), content="违规")
    with pytest.raises(Refused):
        ELECTION.take(election, "vote", by=clerk, **step(4))
    Objection.objects.filter(pk=objection.pk).update(concluded_on=TODAY(), upheld=True)
    with pytest.raises(Refused) as refusal:
        ELECTION.take(election, "vote", by=clerk, **step(4))
    assert "王文" in str(refusal.value)
    Objection.objects.filter(pk=objection.pk).update(upheld=False)
    assert ELECTION.take(election, "vote", by=clerk, **step(4)).state == E.VOTED


def test_more_ballots_than_issued_make_the_vote_void_and_it_is_held_again(unit, clerk):
    election = plan(unit, clerk)
    first, second = candidates(election, "王文", "李一鸣")
    election = approved(election, clerk)
    vote(election, clerk, {first: 80, second: 5}, collected=101)
    with pytest.raises(Refused):
        ELECTION.take(election, "vote", by=clerk, **step(4))
    vote(election, clerk, {first: 70, second: 15})
    assert [ballot.round for ballot in Ballot.objects.order_by("round")] == [1, 2]
    assert ELECTION.take(election, "vote", by=clerk, **step(4)).state == E.VOTED


def test_a_tie_is_voted_on_again(unit, clerk):
    election = plan(unit, clerk)
    first, second = candidates(election, "王文", "李一鸣")
    election = approved(election, clerk)
    with pytest.raises(Refused):
        vote(election, clerk, {first: 60, second: 60})  # more votes than ballots give
    Rule.objects.create(key="majority_base", level="", valid_from=date(2026, 1, 1), value="present")
    vote(election, clerk, {first: 45, second: 45})
    ELECTION.take(election, "vote", by=clerk, **step(4))
    ELECTION.take(election, "approve_result", by=clerk, **step(2))
    assert not Mandate.objects.filter(status=S.ELECTED).exists(), "half of those present is not more than half"
    assert Vacancy.objects.get().cause == "not_filled"


def leave(unit, clerk, name="张三"):
    mandate = factories.make_mandate(unit.congress, name, electing_unit=unit)
    said = {"reason": "death", "decided_on": TODAY() - timedelta(days=40), "basis": "石委〔2026〕9号"}
    MANDATE.take(mandate, "terminate", by=clerk, **said)
    return Vacancy.objects.get(left_by=mandate)


FOUR_STEPS = [("recommend", E.PLANNED, E.RECOMMENDED), ("approve_candidates", E.RECOMMENDED, E.APPROVED),
              ("vote", E.APPROVED, E.VOTED), ("approve_result", E.VOTED, E.COMPLETED)]  # fmt: skip


@pytest.mark.parametrize(("verb", "source", "target"), FOUR_STEPS)
def test_the_four_steps_are_rows_with_a_document_and_the_next_due_day(unit, clerk, verb, source, target):
    row = ELECTION.row(verb)
    assert (list(row.source), row.target) == ([source], target)
    vacancy = leave(unit, clerk)
    election = vacancy.election
    first, second = candidates(election, "王文", "李一鸣")
    for number, (each, before, after) in enumerate(FOUR_STEPS):
        election = Election.objects.get(pk=election.pk)
        assert election.state == before
        if each == "vote":
            start, end = TODAY() - timedelta(days=20), TODAY() - timedelta(days=10)
            ELECTION.take(election, "announce", by=clerk, notice_from=start, notice_until=end, notice_place="村口")
            vote(election, clerk, {first: 80, second: 5})
        election = ELECTION.take(election, each, by=clerk, **step(30 - number))
        due = DueTime.objects.get(kind="election", subject_id=election.pk, closed_at=None)
        assert due.starts_on == TODAY() - timedelta(days=30 - number)
        if each == verb:
            kept = election.steps.get(verb=verb)
            assert (kept.basis, kept.done_on) == (STEP["basis"], due.starts_on)
            assert election.state == after
            return


def fill(vacancy, clerk):
    election = vacancy.election
    first, second = candidates(election, "王文", "李一鸣")
    election = approved(election, clerk)
    vote(election, clerk, {first: 80, second: 5})
    ELECTION.take(election, "vote", by=clerk, **step(4))
    ELECTION.take(election, "approve_result", by=clerk, **step(2))
    return Mandate.objects.get(pk=first.pk)


def test_a_vacancy_is_filled_checked_and_confirmed_by_the_next_session(unit, clerk):
    vacancy = leave(unit, clerk)
    elected = fill(vacancy, clerk)
    vacancy.refresh_from_db()
    assert vacancy.state == VacancyState.OPEN, "visible until the credentials are checked"
    review = credentials.gather(unit.congress, checked_on=TODAY(), members="李四", by=clerk)
    CREDENTIALS.take(review, "submit", by=clerk)
    CREDENTIALS.take(review, "approve", by=clerk, **step())
    vacancy.refresh_from_db()
    assert (vacancy.state, vacancy.filled_by) == (VacancyState.FILLED, elected)
    assert not DueTime.objects.filter(kind="election", closed_at=None).exists()
    session = Session.objects.create(congress=unit.congress, number=2, starts_on=TODAY())
    assert seats.report_to(session, by=clerk) == (1, 0)
    vacancy.refresh_from_db()
    assert (vacancy.state, vacancy.confirmed_at) == (VacancyState.CONFIRMED, session)


@pytest.mark.parametrize(("verdict", "verb"), [("procedure", "void_procedure"), ("unfit", "void_unfit")])
def test_a_void_election_leaves_the_seat_empty_and_starts_anew(unit, clerk, verdict, verb):
    vacancy = leave(unit, clerk)
    elected = fill(vacancy, clerk)
    review = credentials.gather(unit.congress, checked_on=TODAY(), members="李四", by=clerk)
    item = review.items.get()
    with pytest.raises(Refused):
        credentials.judge(review, {item.pk: {"verdict": verdict, "note": ""}}, by=clerk)
    credentials.judge(review, {item.pk: {"verdict": verdict, "note": "未公示"}}, by=clerk)
    CREDENTIALS.take(review, "submit", by=clerk)
    CREDENTIALS.take(review, "approve", by=clerk, **step())
    elected.refresh_from_db()
    vacancy.refresh_from_db()
    assert elected.status == S.VOID
    assert MandateChange.objects.get(verb=verb).note == "未公示"
    assert vacancy.state == VacancyState.OPEN
    assert vacancy.election.state == E.PLANNED


def test_a_void_general_election_opens_a_vacancy(unit, clerk):
    election = plan(unit, clerk)
    first, second = candidates(election, "王文", "李一鸣")
    election = approved(election, clerk)
    vote(election, clerk, {first: 80, second: 5})
    ELECTION.take(election, "vote", by=clerk, **step(4))
    ELECTION.take(election, "approve_result", by=clerk, **step(2))
    review = credentials.gather(unit.congress, checked_on=TODAY(), members="李四", by=clerk)
    credentials.judge(review, {review.items.get().pk: {"verdict": "unfit", "note": "预备党员"}}, by=clerk)
    CREDENTIALS.take(review, "submit", by=clerk)
    CREDENTIALS.take(review, "approve", by=clerk, **step())
    vacancy = Vacancy.objects.get()
    assert (vacancy.cause, vacancy.left_by) == ("void", first)


def test_a_seat_may_stay_empty_on_the_committees_word_and_be_filled_after_all(unit, clerk):
    vacancy = leave(unit, clerk)
    VACANCY.take(vacancy, "waive", by=clerk, **step())
    vacancy.refresh_from_db()
    assert vacancy.state == VacancyState.WAIVED
    assert vacancy.election.state == E.CANCELLED
    assert not DueTime.objects.filter(closed_at=None, kind="election").exists()
    vacancy = VACANCY.take(vacancy, "reopen", by=clerk)
    assert vacancy.election.state == E.PLANNED
    with pytest.raises(Refused):
        ELECTION.take(vacancy.election, "cancel", by=clerk, note="不办了")


def test_the_result_not_approved_is_voted_again(unit, clerk):
    election = plan(unit, clerk)
    first, second = candidates(election, "王文", "李一鸣")
    election = approved(election, clerk)
    vote(election, clerk, {first: 80, second: 5})
    ELECTION.take(election, "vote", by=clerk, **step(4))
    election = ELECTION.take(election, "repeat_vote", by=clerk, note="程序有误")
    assert election.state == E.APPROVED
    election = ELECTION.take(election, "cancel", by=clerk, note="推迟")
    assert not Mandate.objects.filter(status=S.CANDIDATE).exists()
    assert election.state == E.CANCELLED


def test_candidates_sent_back_are_recommended_anew(unit, clerk):
    election = plan(unit, clerk)
    candidates(election, "王文", "李一鸣")
    ELECTION.take(election, "recommend", by=clerk, **step(30))
    assert ELECTION.take(election, "return_candidates", by=clerk, note="人选不合适").state == E.PLANNED


def test_where_the_rule_says_so_the_district_replies(unit, clerk, town):
    Rule.objects.create(key="election_reply_level", organization=town, valid_from=date(2026, 1, 1), value="upper")
    election = plan(unit, clerk)
    candidates(election, "王文", "李一鸣")
    ELECTION.take(election, "recommend", by=clerk, **step(30))
    assert DueTime.objects.get(closed_at=None).organization == town.parent
    with pytest.raises(PermissionDenied):
        ELECTION.take(election, "approve_candidates", by=clerk, **step(25))
    above = factories.make_user(Role.OFFICE, town.parent)
    assert ELECTION.take(election, "approve_candidates", by=above, **step(25)).state == E.APPROVED


def test_a_candidate_is_taken_off_with_a_reason(unit, clerk):
    election = plan(unit, clerk)
    first, _second = candidates(election, "王文", "李一鸣")
    elections.drop_candidate(first, why="本人要求退出", by=clerk)
    first.refresh_from_db()
    assert first.status == S.NOT_ELECTED
    assert MandateChange.objects.get().note == "本人要求退出"


def test_quotas_open_and_close_vacancies_once_the_unit_has_elected(unit, clerk):
    congress = unit.congress
    congress.seats = 3
    congress.save()
    assert elections.set_quotas(congress, {unit.pk: 2}, basis="石党联〔2026〕1号", on=TODAY(), by=clerk) == 1
    assert not Vacancy.objects.exists(), "nobody is elected yet: these are seats to elect for"
    factories.make_mandate(congress, "王文", electing_unit=unit)
    seats.fit_vacancies(unit, on=TODAY())
    assert Vacancy.objects.get().cause == "quota"
    elections.set_quotas(congress, {unit.pk: 1}, basis="石党联〔2026〕2号", on=TODAY(), by=clerk)
    assert Vacancy.objects.get().state == VacancyState.WAIVED
    with pytest.raises(Refused):
        elections.set_quotas(congress, {unit.pk: 4}, basis="石党联〔2026〕3号", on=TODAY(), by=clerk)


def test_a_general_election_does_not_exceed_the_quota(unit, clerk):
    ElectingUnit.objects.filter(pk=unit.pk).update(seat_quota=1)
    with pytest.raises(Refused):
        plan(unit, clerk, seats=2)


def test_an_election_the_term_overtakes_lapses(unit, clerk, town):
    vacancy = leave(unit, clerk)
    candidates(vacancy.election, "王文", "李一鸣")
    successor = factories.make_congress(town, 16)
    Session.objects.create(congress=successor, number=1, kind="electing", starts_on=TODAY())
    seats.end_terms()
    vacancy.refresh_from_db()
    assert vacancy.state == VacancyState.WAIVED
    assert vacancy.election.state == E.CANCELLED
    assert set(Mandate.objects.values_list("status", flat=True)) == {S.NOT_ELECTED, S.TERMINATED}
    with pytest.raises(PermissionDenied):
        ELECTION.take(vacancy.election, "lapse", by=clerk)
    assert SYSTEM is None
