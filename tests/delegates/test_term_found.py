"""What three testers found in the life of a term, each held here."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from congress.kernel import duetimes
from congress.kernel.deadlines import TZ, Deadline
from congress.kernel.workflow import Refused
from congress.models import Role, Session
from congress.services import reminders, terms
from delegates.models import ElectingUnit, Election, Mandate, MandateChange, Objection, Vacancy, VacancyState
from delegates.models import MandateStatus as S
from delegates.services import elections, seats
from delegates.services.structure import elected_before
from delegates.workflows import ELECTION, MANDATE, REMOVAL, VACANCY
from delegates.workflows.elections import outcome_of
from tests import factories
from tests.delegates.test_elections import approved, candidates, leave, plan, step, vote
from tests.delegates.test_mandate_life import FIGURES, make_motion, said

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


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


def test_a_winner_taken_off_after_the_count_is_voted_on_again(unit, clerk):
    election = plan(unit, clerk)
    first, second, third = candidates(election, "王文", "李一鸣", "张三")
    election = approved(election, clerk)
    vote(election, clerk, {first: 80, second: 5, third: 2})
    Objection.objects.create(
        election=election, mandate=first, received_on=TODAY(), content="x", upheld=True, concluded_on=TODAY()
    )
    elections.drop_candidate(first, why="反映属实", by=clerk)
    with pytest.raises(Refused):
        ELECTION.take(election, "vote", by=clerk, **step(4))
    vote(election, clerk, {second: 70, third: 5})
    assert outcome_of(Election.objects.get(pk=election.pk)).elected == (second.pk,)
    ELECTION.take(election, "vote", by=clerk, **step(4))
    ELECTION.take(election, "approve_result", by=clerk, **step(2))
    second.refresh_from_db()
    assert second.status == S.ELECTED


def test_a_run_off_is_on_those_who_tied_and_keeps_who_was_elected(unit, clerk):
    election = plan(unit, clerk, seats=2)
    first, second, third = candidates(election, "王文", "李一鸣", "张三")
    election = approved(election, clerk)
    vote(election, clerk, {first: 70, second: 55, third: 55})
    assert set(outcome_of(election).tied) == {second.pk, third.pk}
    with pytest.raises(Refused):
        ELECTION.take(election, "vote", by=clerk, **step(4))
    vote(election, clerk, {second: 60, third: 30})
    assert outcome_of(Election.objects.get(pk=election.pk)).elected == (first.pk, second.pk)
    ELECTION.take(election, "vote", by=clerk, **step(4))
    ELECTION.take(election, "approve_result", by=clerk, **step(2))
    assert set(Mandate.objects.filter(status=S.ELECTED)) == {first, second}


def test_candidates_can_be_sent_back_after_the_reply(unit, clerk):
    vacancy = leave(unit, clerk)
    first, _second = candidates(vacancy.election, "王文", "李一鸣")
    election = approved(vacancy.election, clerk)
    elections.drop_candidate(first, why="本人退出", by=clerk)
    election = ELECTION.take(election, "return_candidates", by=clerk, note="人数不足")
    assert (election.state, election.notice_until) == ("planned", None)


def test_two_clicks_plan_one_election_for_one_seat(unit, clerk):
    ElectingUnit.objects.filter(pk=unit.pk).update(seat_quota=1)
    plan(unit, clerk)
    with pytest.raises(Refused):
        plan(unit, clerk)


def test_a_seat_somebody_was_elected_to_is_not_given_up_and_a_full_unit_reopens_none(unit, clerk):
    vacancy = leave(unit, clerk)
    election = vacancy.election
    first, second = candidates(election, "王文", "李一鸣")
    election = approved(election, clerk)
    vote(election, clerk, {first: 80, second: 5})
    ELECTION.take(election, "vote", by=clerk, **step(4))
    ELECTION.take(election, "approve_result", by=clerk, **step(2))
    with pytest.raises(Refused):
        VACANCY.take(vacancy, "waive", by=clerk, **step())
    other = leave(factories.make_body(ElectingUnit, unit.congress, "二村党支部"), clerk, "赵六")
    VACANCY.take(other, "waive", by=clerk, **step())
    ElectingUnit.objects.filter(pk=other.electing_unit_id).update(seat_quota=0)
    with pytest.raises(Refused):
        VACANCY.take(other, "reopen", by=clerk)


def test_a_quota_is_never_below_those_who_sit(unit, clerk):
    for name in ("王文", "李一鸣"):
        factories.make_mandate(unit.congress, name, electing_unit=unit)
    with pytest.raises(Refused):
        elections.set_quotas(unit.congress, {unit.pk: 1}, basis="1", on=TODAY(), by=clerk)


def test_whoever_ceased_and_was_elected_again_does_not_stop_the_night(unit, clerk, town):
    old = factories.make_mandate(unit.congress, "王文", electing_unit=unit)
    MANDATE.take(old, "cease", by=clerk, **said("moved_out"))
    again = factories.make_mandate(unit.congress, old.person, electing_unit=unit)
    Session.objects.create(congress=factories.make_congress(town, 16), number=1, kind="electing", starts_on=TODAY())
    assert seats.end_terms() == 1
    old.refresh_from_db()
    again.refresh_from_db()
    assert (old.status, again.status) == (S.CEASED, S.EXPIRED)


def test_the_end_of_a_term_ends_its_motions_too(unit, clerk, town):
    motion = make_motion(factories.make_mandate(unit.congress, "王文", electing_unit=unit))
    Session.objects.create(congress=factories.make_congress(town, 16), number=1, kind="electing", starts_on=TODAY())
    seats.end_terms()
    motion.refresh_from_db()
    assert motion.state == "withdrawn"


def test_a_carried_motion_the_committee_does_not_approve_is_closed(unit, clerk):
    mandate = factories.make_mandate(unit.congress, "王文", electing_unit=unit)
    motion = make_motion(mandate)
    REMOVAL.take(motion, "hear", by=clerk, heard_on=TODAY(), statement="陈述")
    REMOVAL.take(motion, "count", by=clerk, votes_for=60, votes_against=30, **FIGURES)
    REMOVAL.take(motion, "decline", by=clerk, note="理由不充分")
    assert MANDATE.take(mandate, "terminate", by=clerk, **said("death")).status == S.TERMINATED


def test_a_trial_of_many_reminders_ends_and_says_what_a_pass_sends(town, clerk):
    deadline = Deadline(date(2027, 3, 15), ())
    for number in range(7):
        duetimes.start(
            f"p:{number}", kind="p", subject_id=number, organization=town, title="x", starts_on=date(2027, 1, 1),
            deadline=deadline,
        )  # fmt: skip
    late = datetime(2027, 5, 1, 9, tzinfo=TZ)
    reminders.BATCH, kept = 3, reminders.BATCH
    try:
        trial = reminders.run(late, dry_run=True)
        assert trial.sent == 7
        assert reminders.run(late) == trial
    finally:
        reminders.BATCH = kept


def test_a_term_does_not_end_in_the_past_by_a_slip(town, clerk):
    congress = factories.make_congress(town, starts_on=date(2026, 5, 10), ends_on=date(2031, 5, 10))
    with pytest.raises(Refused):
        terms.change_end(congress, TODAY() - timedelta(days=1), basis="1", by=clerk)
    change = terms.change_end(congress, date(2032, 5, 10), basis="明委〔2026〕4号", by=clerk)
    assert (change.before, change.after) == (date(2031, 5, 10), date(2032, 5, 10))
    with pytest.raises(Refused):
        terms.change_end(congress, date(2032, 5, 11), basis="1", by=clerk)


def test_whoever_stood_in_vain_is_no_delegate_of_an_earlier_term(unit, town):
    lost = factories.make_mandate(unit.congress, "王文", electing_unit=unit, status=S.NOT_ELECTED)
    again = factories.make_mandate(factories.make_congress(town, 16), lost.person)
    assert not Mandate.objects.filter(pk=again.pk).annotate(before=elected_before()).get().before


def test_what_is_written_down_is_in_the_language_of_its_readers(unit, clerk):
    from django.utils import translation

    mandate = factories.make_mandate(unit.congress, "王文", electing_unit=unit)
    with translation.override("en"):
        MANDATE.take(mandate, "terminate", by=clerk, **said("death"))
    assert "备案" in duetimes.DueTime.objects.get(kind="filing").title


def test_a_delegate_is_not_moved_to_a_full_unit_by_a_correction(unit, clerk):
    other = factories.make_body(ElectingUnit, unit.congress, "二村党支部", seat_quota=1)
    factories.make_mandate(unit.congress, "李一鸣", electing_unit=other)
    with pytest.raises(Refused):
        seats.refuse_full(other)
    assert Vacancy.objects.filter(state=VacancyState.OPEN).count() == 0
    assert Election.objects.count() == MandateChange.objects.count() == 0
