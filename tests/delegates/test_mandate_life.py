"""Every row of the table of a mandate's life (reference.md §2.4), walked as an office would walk it."""

import re
import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from congress.kernel.workflow import SYSTEM, Refused
from congress.models import DueTime, Notice, Role, Rule, Session
from delegates.models import (
    DelegateGroup,
    Delegation,
    Mandate,
    MandateChange,
    RemovalMotion,
    Vacancy,
    VacancyState,
)
from delegates.models import MandateStatus as S
from delegates.services import seats
from delegates.services.consequences import consequences, due_count
from delegates.workflows import MANDATE, REMOVAL
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def town():
    return factories.make_township(name="石桥镇")


@pytest.fixture
def clerk(town):
    return factories.make_user(Role.TOWNSHIP, town)


@pytest.fixture
def mandate(town):
    congress = factories.make_congress(town, starts_on=date(2026, 5, 10))
    return factories.make_mandate(congress, "王文", elected_on=date(2026, 5, 1))


def said(reason, **facts):
    defaults = {
        "reason": reason, "decided_on": TODAY(), "basis": "石委〔2026〕12号", "proposer": "安塘村党支部",
        "decider": "中共石桥镇委员会",
    }  # fmt: skip
    return defaults | facts


def stand(mandate, status):
    """Put a mandate at a status without its history: the row under test is the one that counts."""
    Mandate.objects.filter(pk=mandate.pk).update(status=status)
    return Mandate.objects.get(pk=mandate.pk)


ROWS = [  # reference.md §2.4, row by row: from, verb, what is said, to
    (S.CANDIDATE, "elect", {"decided_on": date(2026, 5, 1), "votes_for": 80, "votes_due": 100}, S.ELECTED),
    (S.CANDIDATE, "lose", {}, S.NOT_ELECTED),
    (S.CANDIDATE, "drop", {}, S.NOT_ELECTED),
    (S.ELECTED, "admit", {}, S.ACTIVE),
    (S.ELECTED, "void_procedure", {}, S.VOID),
    (S.ELECTED, "void_unfit", {}, S.VOID),
    (S.ACTIVE, "suspend", said("criminal"), S.SUSPENDED),
    (S.SUSPENDED, "restore", said("cause_gone"), S.ACTIVE),
    (S.ACTIVE, "cease", said("moved_out"), S.CEASED),
    (S.SUSPENDED, "cease", said("posted_away"), S.CEASED),
    (S.ACTIVE, "terminate", said("probation"), S.TERMINATED),
    (S.SUSPENDED, "terminate", said("membership_stopped"), S.TERMINATED),
    (S.RESIGN_PENDING, "terminate", said("death"), S.TERMINATED),
    (S.ACTIVE, "resign", {"letter": "因工作调动，无法继续履职。"}, S.RESIGN_PENDING),
    (S.RESIGN_PENDING, "withdraw_resignation", {}, S.ACTIVE),
    (S.RESIGN_PENDING, "decline_resignation", said("declined"), S.ACTIVE),
    (S.RESIGN_PENDING, "accept_resignation", said("resignation"), S.TERMINATED),
    (S.ACTIVE, "persuade", said("idle"), S.ACTIVE),
    *((status, "expire", {}, S.EXPIRED) for status in
      (S.CANDIDATE, S.ELECTED, S.ACTIVE, S.SUSPENDED, S.RESIGN_PENDING)),
]  # fmt: skip
BY_CLOCK = {"elect", "lose", "drop", "admit", "void_procedure", "void_unfit", "expire"}


@pytest.mark.parametrize(("source", "verb", "data", "target"), ROWS)
def test_every_row_is_a_recorded_decision(mandate, clerk, source, verb, data, target):  # noqa: PLR0917
    mandate = stand(mandate, source)
    taken = MANDATE.take(mandate, verb, by=SYSTEM if verb in BY_CLOCK else clerk, **data)
    assert taken.status == target
    change = MandateChange.objects.get(mandate=mandate)
    assert (change.source, change.target, change.verb) == (source, target, verb)
    assert change.basis == data.get("basis", "")
    assert bool(change.filing_due_on) == (target == S.TERMINATED)


@pytest.mark.parametrize(("source", "verb", "data", "target"), ROWS)
def test_the_table_has_the_row_and_no_wider_one(source, verb, data, target):
    row = MANDATE.row(verb)
    assert source in row.source
    assert row.target == target
    assert set(row.source) == {r[0] for r in [*ROWS, *OTHERS] if r[1] == verb}


OTHERS = [(S.ACTIVE, "dismiss"), (S.ACTIVE, "remove"), (S.SUSPENDED, "remove"), (S.RESIGN_PENDING, "remove")]


def test_the_two_lists_above_are_the_whole_table():
    assert {(source, row.verb) for row in MANDATE.transitions for source in row.source} == {
        r[:2] for r in [*ROWS, *OTHERS]
    }


@pytest.mark.parametrize("verb", sorted({row.verb for row in MANDATE.transitions}))
def test_from_any_other_status_the_row_is_refused(mandate, clerk, verb):
    row = MANDATE.row(verb)
    for status in S.values:
        if status not in row.source:
            with pytest.raises((Refused, PermissionDenied)):
                MANDATE.take(stand(mandate, status), verb, by=SYSTEM if verb in BY_CLOCK | {"remove"} else clerk)
    assert not MandateChange.objects.exists()


def test_whoever_is_suspended_leaves_attendance_and_his_posts_and_comes_back(mandate, clerk):
    group = factories.make_body(DelegateGroup, mandate.congress, "安塘组", leader=mandate)
    delegation = factories.make_body(Delegation, mandate.congress, "第一代表团", head=mandate)
    delegation.deputies.add(mandate)
    assert due_count(mandate.congress) == 1
    MANDATE.take(mandate, "suspend", by=clerk, **said("discipline_case"))
    assert due_count(mandate.congress) == 0
    group.refresh_from_db()
    delegation.refresh_from_db()
    assert (group.leader, delegation.head, delegation.deputies.count()) == (None, None, 0)
    assert not Vacancy.objects.exists()
    MANDATE.take(mandate, "restore", by=clerk, **said("cause_gone"))
    assert due_count(mandate.congress) == 1
    assert MandateChange.objects.get(verb="restore").report_due


@pytest.mark.parametrize(("verb", "reason", "cause"), [
    ("cease", "moved_out", "ceased"), ("terminate", "death", "died"), ("terminate", "rights", "terminated"),
])  # fmt: skip
def test_a_vacancy_opens_by_itself(mandate, clerk, verb, reason, cause):
    MANDATE.take(mandate, verb, by=clerk, **said(reason))
    vacancy = Vacancy.objects.get()
    assert (vacancy.left_by, vacancy.cause, vacancy.state) == (mandate, cause, VacancyState.OPEN)
    assert vacancy.election.seats == 1
    assert DueTime.objects.get(kind="election").due_on >= TODAY() + timedelta(days=30)


def test_two_seats_of_one_unit_are_filled_by_one_election(mandate, clerk):
    other = factories.make_mandate(mandate.congress, "李一鸣")
    for seat in (mandate, other):
        MANDATE.take(seat, "terminate", by=clerk, **said("death"))
    first, second = Vacancy.objects.all()
    assert first.election == second.election
    assert first.election.seats == 2


def test_a_termination_is_filed_upward_and_the_district_hears_of_it(mandate, clerk, town):
    above = factories.make_user(Role.OFFICE, town.parent)
    MANDATE.take(mandate, "terminate", by=clerk, **said("probation"))
    change = MandateChange.objects.get()
    assert DueTime.objects.get(kind="filing", subject_id=change.pk).closed_at is None
    assert Notice.objects.filter(recipient=above).count() == 1
    seats.record_filing(change, filed_on=TODAY(), number="明委备〔2026〕3号", by=clerk)
    assert DueTime.objects.get(kind="filing").closed_at
    with pytest.raises(Refused):
        seats.record_filing(change, filed_on=TODAY(), number="明委备〔2026〕4号", by=clerk)


def test_a_filing_lies_between_the_decision_and_today(mandate, clerk):
    MANDATE.take(mandate, "terminate", by=clerk, **said("probation"))
    for day in (TODAY() - timedelta(days=1), TODAY() + timedelta(days=1)):
        with pytest.raises(Refused):
            seats.record_filing(MandateChange.objects.get(), filed_on=day, number="1", by=clerk)


def test_where_the_rule_says_so_the_district_decides(mandate, clerk, town):
    Rule.objects.create(key="mandate_decision_level", organization=town, valid_from=date(2026, 1, 1), value="upper")
    with pytest.raises(PermissionDenied):
        MANDATE.take(mandate, "terminate", by=clerk, **said("probation"))
    above = factories.make_user(Role.OFFICE, town.parent)
    assert MANDATE.take(mandate, "terminate", by=above, **said("probation")).status == S.TERMINATED


def test_a_delegate_resigns_withdraws_and_nobody_else_can(mandate, clerk):
    person = mandate.person
    person.user = factories.make_user(Role.DELEGATE)
    person.save()
    stranger = factories.make_user(Role.DELEGATE)
    with pytest.raises(PermissionDenied):
        MANDATE.take(mandate, "resign", by=stranger, letter="不是本人写的辞职信。")
    MANDATE.take(mandate, "resign", by=person.user, letter="因病不能履行代表职务。")
    assert due_count(mandate.congress) == 1, "until it is decided he is a delegate"
    assert DueTime.objects.get(kind="resignation").closed_at is None
    assert Notice.objects.filter(recipient=clerk).count() == 1
    with pytest.raises(PermissionDenied):
        MANDATE.take(mandate, "accept_resignation", by=person.user, **said("resignation"))
    MANDATE.take(mandate, "withdraw_resignation", by=person.user)
    assert DueTime.objects.get(kind="resignation").closed_at
    assert MandateChange.objects.filter(mandate=mandate, note__contains="因病").exists()


def test_the_idle_are_urged_to_resign_and_have_time_before_they_are_dismissed(mandate, clerk):
    with pytest.raises(Refused):
        MANDATE.take(mandate, "dismiss", by=clerk, **said("idle"))
    MANDATE.take(mandate, "persuade", by=clerk, **said("idle", decided_on=TODAY() - timedelta(days=14)))
    with pytest.raises(Refused):
        MANDATE.take(mandate, "dismiss", by=clerk, **said("idle"))
    MandateChange.objects.update(decided_on=TODAY() - timedelta(days=15))
    assert MANDATE.take(mandate, "dismiss", by=clerk, **said("idle")).status == S.TERMINATED


def make_motion(mandate, **facts):
    defaults = {"mover": "unit", "supporters": 20, "electors": 100, "grounds": "长期不履职", "moved_on": TODAY()}
    return RemovalMotion.objects.create(mandate=mandate, **(defaults | facts))


FIGURES = {"voted_on": date(2026, 11, 1), "due": 100, "present": 90, "issued": 90, "collected": 90, "invalid": 0}


@pytest.mark.parametrize("status", [S.ACTIVE, S.SUSPENDED, S.RESIGN_PENDING])
def test_a_delegate_is_removed_after_hearing_and_secret_vote(mandate, clerk, status):
    motion = make_motion(stand(mandate, status))
    with pytest.raises(Refused):
        MANDATE.take(mandate, "cease" if status != S.RESIGN_PENDING else "terminate", by=clerk, **said("moved_out"))
    REMOVAL.take(motion, "hear", by=clerk, heard_on=TODAY(), statement="本人陈述")
    REMOVAL.take(motion, "count", by=clerk, votes_for=51, votes_against=30, **FIGURES)
    REMOVAL.take(motion, "approve", by=clerk, **said("removal"))
    mandate.refresh_from_db()
    assert mandate.status == S.TERMINATED
    assert Vacancy.objects.get().cause == "removed"
    change = MandateChange.objects.get(verb="remove")
    assert (change.reason, change.by) == ("removal", clerk)


def test_half_of_those_due_does_not_remove(mandate, clerk):
    motion = make_motion(mandate)
    REMOVAL.take(motion, "hear", by=clerk, heard_on=TODAY(), statement="本人陈述")
    REMOVAL.take(motion, "count", by=clerk, votes_for=50, votes_against=30, **FIGURES)
    with pytest.raises(Refused):
        REMOVAL.take(motion, "approve", by=clerk, **said("removal"))
    REMOVAL.take(motion, "close", by=clerk)
    mandate.refresh_from_db()
    assert mandate.status == S.ACTIVE


def test_nobody_is_removed_without_a_motion_and_a_motion_needs_its_share(mandate, clerk):
    with pytest.raises(Refused):
        MANDATE.take(mandate, "remove", by=SYSTEM)
    motion = make_motion(mandate, supporters=19)
    with pytest.raises(Refused):
        REMOVAL.take(motion, "hear", by=clerk, heard_on=TODAY(), statement="本人陈述")
    REMOVAL.take(motion, "withdraw", by=clerk, note="撤回")
    assert make_motion(mandate, mover="committee", supporters=None).pk


def test_mandates_of_one_person_move_by_themselves(mandate, clerk, town):
    district = factories.make_congress(town.parent, 10, starts_on=date(2026, 9, 1))
    other = factories.make_mandate(district, mandate.person, electing_unit="石桥镇党委")
    MANDATE.take(mandate, "cease", by=clerk, **said("moved_out"))
    other.refresh_from_db()
    assert other.status == S.ACTIVE
    assert any("1" in sentence for sentence in consequences(mandate, "terminate"))


def test_an_opened_next_congress_ends_every_mandate_of_the_old_one(mandate, town):
    gone = factories.make_mandate(mandate.congress, "李一鸣", electing_unit="二村党支部")
    stand(gone, S.TERMINATED)
    successor = factories.make_congress(town, 16, starts_on=TODAY())
    Session.objects.create(congress=successor, number=1, kind="electing", starts_on=TODAY() + timedelta(days=1))
    assert seats.end_terms() == 0
    Session.objects.update(starts_on=TODAY())
    assert seats.end_terms() == 1
    assert seats.end_terms() == 0
    mandate.refresh_from_db()
    gone.refresh_from_db()
    assert (mandate.status, gone.status) == (S.EXPIRED, S.TERMINATED)


@pytest.mark.parametrize("verb", ["suspend", "cease", "terminate", "resign"])
def test_the_preview_says_what_then_happens(mandate, clerk, verb):
    factories.make_body(DelegateGroup, mandate.congress, "安塘组", leader=mandate)
    said_first, *_rest = sentences = consequences(mandate, verb)
    text = "".join(sentences)
    data = {"resign": {"letter": "因病不能履行代表职务。"}, "suspend": said("criminal"), "cease": said("moved_out"),
            "terminate": said("probation")}[verb]  # fmt: skip
    MANDATE.take(mandate, verb, by=clerk, **data)
    assert ("安塘组" in text) == (DelegateGroup.objects.get(name="安塘组").leader is None)
    assert ("安塘村党支部" in text) == Vacancy.objects.exists()
    assert re.findall(r"\d", said_first)[-1] == str(due_count(mandate.congress))


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_exactly_one_is_taken(mandate, clerk):
    meet, refused = threading.Barrier(2), []

    def decide(verb, reason):
        try:
            with transaction.atomic():
                meet.wait(5)
                MANDATE.take(mandate, verb, by=clerk, **said(reason))
        except Refused as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=decide, args=pair) for pair in (("terminate", "probation"), ("cease", "moved_out"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(refused) == 1
    assert MandateChange.objects.count() == Vacancy.objects.count() == 1
