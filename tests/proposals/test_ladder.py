"""The ladder of supervision: every rung once, to the right people, whatever dies, runs twice or comes late."""

import os
import signal
import time as clock
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from io import StringIO

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from congress.kernel import duetimes, notices
from congress.kernel.deadlines import TZ
from congress.models import Delivery, DueTime, Notice, OfficialDocument, Role, Rule
from congress.services import reminders
from congress.tasks import remind, work
from delegates.models import CommitteeMember
from proposals.models import Assignment, Proposal, SupervisionStep
from proposals.services import supervision
from proposals.workflows import ASSIGNMENT, PROPOSAL
from tests import factories
from tests.proposals.world import make_world
from tests.workers import worker

RUNGS = [(-15, "soon"), (-7, "soon"), (-1, "soon"), (0, "due"), (7, "urged"), (15, "supervised"), (30, "leader")]


def at(day, hour=9, minute=1):
    return datetime.combine(day, time(hour, minute), TZ)


@pytest.fixture
def world(db):
    return make_world()


@pytest.fixture
def given(world):
    """A unit has it in hand, and a leader with an account leads it."""
    row = world.working()
    chief = factories.make_user(Role.OFFICE, world.congress.organization.parent)
    member = CommitteeMember.objects.create(congress=world.congress, name="李明", user=chief)
    Proposal.objects.filter(pk=row.proposal_id).update(leader=member)
    return row, chief


def heard(since=None):
    """Who heard what of the reply: by rung, the accounts."""
    found = {}
    for key, user in Notice.objects.filter(key__startswith="due:").values_list("key", "recipient__username"):
        found.setdefault(key.split(":")[3], []).append(user)
    return {rung: sorted(users) for rung, users in found.items()}


def test_each_rung_reaches_the_right_people_once(world, given):
    row, chief = given
    office = sorted([world.office.username, world.reader.username])
    for days, _rung in RUNGS:
        moment = at(row.due_on + timedelta(days=days))
        assert reminders.run(moment - timedelta(hours=2)) == reminders.Passed()
        reminders.run(moment)
        assert reminders.run(moment + timedelta(hours=3)) == reminders.Passed(), "nothing twice"
    desk = world.desk.username
    late = sorted([desk, *office])
    assert heard() == {
        "soon15": [desk], "soon7": [desk], "soon1": [desk], "due": [desk], "urged": late, "supervised": late,
        "leader": sorted([*late, chief.username]),
    }  # fmt: skip
    steps = SupervisionStep.objects.order_by("pk")
    assert [step.kind for step in steps] == ["letter", "supervised", "leader"]
    assert [bool(step.document) for step in steps] == [True, True, False]
    letter = steps[0].document
    assert "逾期7天" in letter.body.replace("已逾期", "逾期")
    assert world.unit.name in letter.recipient


def test_a_missed_month_speaks_the_highest_rung_only(world, given):
    row, _chief = given
    reminders.run(at(row.due_on + timedelta(days=31)))
    assert list(heard()) == ["leader"]
    assert SupervisionStep.objects.get().kind == "leader"


def test_nobody_is_reminded_while_the_office_decides_and_then_from_the_present_rung_on(world, given):
    row, _chief = given
    until = row.due_on + timedelta(days=30)
    asked = ASSIGNMENT.take(
        row, "ask_extension", by=world.desk, asked_until=until, reason="需要等待上级资金下达，前期设计已完成。"
    )
    assert reminders.run(at(row.due_on + timedelta(days=8))) == reminders.Passed()
    ASSIGNMENT.take(asked, "grant", by=world.office, granted_until=until, answer="")
    due = DueTime.objects.get(kind="assignment_reply")
    assert (due.original_on, due.due_on, due.paused_at) == (row.due_on, until, None)
    reminders.run(at(until - timedelta(days=7)))
    assert list(heard()) == ["soon7"]


def test_the_days_of_the_ladder_are_rules(world, given):
    row, _chief = given
    Rule.objects.create(key="urge_days_after", valid_from=timezone.localdate(), value="3", source="本区办法")
    steps = duetimes.ladder_of(world.unit, row.due_on, "assignment_reply")
    assert [step.at.date() for step in steps if step.rung == "urged"] == [row.due_on + timedelta(days=3)]


def test_an_answered_paper_is_not_chased_and_silence_is_asked_after(world):
    proposal = world.answered()
    reminders.run(at(timezone.localdate() + timedelta(days=120)))
    told = Notice.objects.filter(key__startswith="due:")
    assert {notice.recipient for notice in told} == {world.user, world.office, world.reader}
    assert not SupervisionStep.objects.exists()
    assert proposal.state == "feedback"


def test_a_paper_taken_back_is_not_chased(world):
    planned = world.planning()
    Proposal.objects.filter(pk=planned.pk).update(withdrawal_reason="已解决。")
    PROPOSAL.take(planned, "allow_withdrawal", by=world.office, note="")
    assert not DueTime.objects.filter(closed_at=None).exists()


def test_a_new_rule_moves_no_day_by_itself_and_all_of_them_when_it_is_asked(world, given):
    row, _chief = given
    old = row.due_on
    town = world.congress.organization
    Rule.objects.create(key="reply_months", organization=town, valid_from=row.assigned_on, value="4", source="本镇办法")
    assert DueTime.objects.get(kind="assignment_reply").due_on == old
    out = StringIO()
    call_command("recount_deadlines", stdout=out)
    assert f"{old:%Y-%m-%d} → " in out.getvalue()
    assert "would_move=1" in out.getvalue()
    assert DueTime.objects.get(kind="assignment_reply").due_on == old
    call_command("recount_deadlines", "--apply", stdout=StringIO())
    due = DueTime.objects.get(kind="assignment_reply")
    assert due.due_on > old
    assert due.original_on == old
    assert str(old) in due.steps[0]
    assert Assignment.objects.get(pk=row.pk).due_on == Proposal.objects.get().due_on == due.due_on
    assert Assignment.objects.get(pk=row.pk).original_due_on == old


# Killed processes. Each child is a process of its own that dies by SIGKILL where the wrapper stands.

POINTS = {
    "before anybody is named": (supervision, "desk_of", "before"),
    "before the step is written": (supervision, "_write", "before"),
    "after the step is written": (supervision, "_write", "after"),
    "before the messages": (notices, "post_many", "before"),
    "after the messages": (notices, "post_many", "after"),
}


def in_child(action):
    """Run `action` in a process of its own with its own connection; how it ended."""
    connection.close()
    pid = os.fork()
    if pid == 0:
        try:
            action()
        finally:
            os._exit(0)
    _pid, status = os.waitpid(pid, 0)
    return status


def killed_at(module, name, when, moment):
    """A pass of the clock that is killed with -9 before or after one call."""

    def run():
        original = getattr(module, name)

        def fatal(*args, **kwargs):
            if when == "after":
                original(*args, **kwargs)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(module, name, fatal)
        if name == "post_many":
            reminders.notices.post_many = fatal
        reminders.run(moment)

    return run


@pytest.mark.django_db(transaction=True)
def test_a_pass_killed_at_any_point_of_any_rung_leaves_each_rung_sent_once():
    world = make_world()
    row = world.working()
    for days, rung in RUNGS:
        moment = at(row.due_on + timedelta(days=days))
        for module, name, when in POINTS.values():
            if name == "_write" and rung not in {"urged", "supervised", "leader"}:
                continue
            before = (Notice.objects.count(), SupervisionStep.objects.count(), OfficialDocument.objects.count())
            status = in_child(killed_at(module, name, when, moment))
            assert os.WIFSIGNALED(status), f"{name} was not reached at {rung}"
            assert os.WTERMSIG(status) == signal.SIGKILL
            after = (Notice.objects.count(), SupervisionStep.objects.count(), OfficialDocument.objects.count())
            assert after == before, f"killed {when} {name} at {rung}: something stayed behind"
        assert in_child(lambda moment=moment: reminders.run(moment)) == 0
        assert reminders.run(moment) == reminders.Passed()
    keys = list(Notice.objects.filter(key__startswith="due:").values_list("key", flat=True))
    assert len(keys) == len(set(keys)) == 4 + 3 * 3  # the desk alone four times, then desk and two clerks
    assert SupervisionStep.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_speak_once():
    world = make_world()
    row = world.working()
    moment = at(row.due_on + timedelta(days=7))
    connection.close()
    children = []
    for _clock in range(3):
        pid = os.fork()
        if pid == 0:
            try:
                reminders.run(moment)
            finally:
                os._exit(0)
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)
    assert Notice.objects.filter(key__contains=":urged:").count() == 3
    assert SupervisionStep.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_with_the_broker_gone_every_rung_is_written_and_owed(settings):
    from congress.models import Job

    world = make_world()
    world.desk.email = "desk@liaison.invalid"
    world.desk.save()
    row = world.working()
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    before = Job.objects.filter(kind="deliver").count()
    passed = reminders.run(at(row.due_on + timedelta(days=7)))
    assert passed.sent + passed.escalated == 3
    assert Job.objects.filter(kind="deliver").count() == before + 1, "owed in the database, whatever the broker does"


def wait_for(what, seconds=40):
    """Until it holds."""
    until = clock.monotonic() + seconds
    while not what():
        assert clock.monotonic() < until, "waited in vain"
        clock.sleep(0.2)


def blocked():
    """Whether somebody on this database waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] > 0


@contextmanager
def nobody_writes_steps():
    """Whoever comes to a rung that writes a step of supervision waits in the middle of it."""
    with psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.cursor().execute("LOCK TABLE proposals_supervisionstep IN EXCLUSIVE MODE")
        yield
        other.rollback()
    other.close()


@pytest.mark.django_db(transaction=True)
def test_a_celery_worker_killed_within_a_rung_then_two_workers_and_two_beats_send_it_once():
    world = make_world()
    world.desk.email = "desk@liaison.invalid"
    world.desk.save()
    row = world.working()
    day = timezone.localdate() - timedelta(days=8)  # urged yesterday, had a worker been there
    Assignment.objects.filter(pk=row.pk).update(due_on=day)
    DueTime.objects.filter(kind="assignment_reply").update(due_on=day, next_at=timezone.now())
    DueTime.objects.exclude(kind="assignment_reply").update(next_at=None)
    with worker("first") as first, nobody_writes_steps():
        remind.delay()
        wait_for(blocked)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    wait_for(lambda: not blocked())
    assert not Notice.objects.filter(key__contains=":urged:").exists()
    assert not SupervisionStep.objects.exists()
    with worker("second"), worker("third"):
        for _beat in range(2):
            remind.delay()
        wait_for(SupervisionStep.objects.exists)
        work.delay()
        wait_for(lambda: not Delivery.objects.exclude(state=Delivery.State.SENT).exists())
    urged = Notice.objects.filter(key__contains=":urged:")
    assert sorted(urged.values_list("recipient", flat=True)) == sorted(
        [world.desk.pk, world.office.pk, world.reader.pk]
    )
    assert SupervisionStep.objects.get().document is not None
    assert Delivery.objects.filter(notice__in=urged).count() == 1  # one of them has an address
