"""The ladder of reminders: before the day, after it, to the office above; each message once, whoever ran when."""

import threading
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from congress.kernel import duetimes
from congress.kernel.deadlines import TZ, Deadline
from congress.models import Delivery, DueTime, Job, Notice, Role, Rule, Rung
from congress.services import reminders
from delegates.models import ElectingUnit, Vacancy
from delegates.workflows.openings import open_vacancy
from tests import factories

pytestmark = pytest.mark.django_db
DUE = date(2027, 3, 15)


def at(day, hour=9, minute=0):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=TZ)


@pytest.fixture
def town():
    return factories.make_township(name="石桥镇")


@pytest.fixture
def clerk(town):
    return factories.make_user(Role.TOWNSHIP, town, email="clerk@liaison.invalid")


@pytest.fixture
def above(town):
    return factories.make_user(Role.OFFICE, town.parent)


def owe(town, key="paper:1", due_on=DUE, subject=1):
    return duetimes.start(
        key, kind="paper", subject_id=subject, organization=town, title="报送补选请示", starts_on=date(2027, 2, 15),
        deadline=Deadline(due_on, ("2027年2月15日：起算",)), link="/admin/",
    )  # fmt: skip


def test_the_rungs_stand_at_nine_before_on_and_after_the_day():
    steps = duetimes.ladder(DUE, (15, 7, 1), 7)
    days = [DUE - timedelta(days=n) for n in (15, 7, 1)] + [DUE + timedelta(days=n) for n in (1, 8)]
    assert [step.at for step in steps] == [at(day) for day in days]
    assert [step.rung for step in steps] == [Rung.SOON] * 3 + [Rung.OVERDUE, Rung.ESCALATED]


def test_each_rung_is_spoken_of_once_and_the_last_reaches_the_office_above(town, clerk, above):
    owe(town)
    told = []
    for step in duetimes.ladder(DUE, (15, 7, 1), 7):
        assert reminders.run(step.at - timedelta(minutes=1)).sent == 0
        told.append(reminders.run(step.at))
        assert reminders.run(step.at + timedelta(hours=1)) == reminders.Passed(), "nothing twice"
    assert [(one.sent, one.escalated) for one in told] == [(1, 0)] * 4 + [(1, 1)]
    assert Notice.objects.filter(recipient=clerk).count() == 5
    assert Notice.objects.get(recipient=above).key.split(":")[3] == Rung.ESCALATED
    assert Delivery.objects.count() == Job.objects.filter(kind="deliver").count() == 5, "the clerk has an address"
    assert DueTime.objects.get().next_at is None


def test_a_missed_week_costs_no_message_and_floods_nobody(town, clerk):
    owe(town)
    assert reminders.run(at(DUE - timedelta(days=1), 10)).sent == 1
    assert "1" in Notice.objects.get().subject
    assert reminders.run(at(DUE + timedelta(days=30))).sent == 1
    assert DueTime.objects.get().rung == Rung.ESCALATED


def test_what_is_done_is_not_spoken_of(town, clerk):
    owe(town)
    duetimes.close("paper", 1)
    assert reminders.run(at(DUE + timedelta(days=30))) == reminders.Passed()
    due = DueTime.objects.get()
    assert due.closed_at
    assert due.next_at is None


def test_the_same_thing_owed_anew_is_spoken_of_anew(town, clerk):
    owe(town)
    reminders.run(at(DUE))
    owe(town, due_on=DUE + timedelta(days=30))
    assert reminders.run(at(DUE + timedelta(days=29))).sent == 1
    assert Notice.objects.count() == 2


def test_what_is_overdue_when_it_is_written_down_is_spoken_of_at_once(town, clerk, above):
    owe(town, due_on=date(2026, 5, 1))
    passed = reminders.run()
    assert (passed.sent, passed.escalated) == (1, 1)


def test_a_dry_run_says_the_same_and_sends_nothing(town, clerk):
    for number in range(3):
        owe(town, f"paper:{number}", subject=number)
    trial = reminders.run(at(DUE), dry_run=True)
    assert trial.sent == 3
    assert not Notice.objects.exists()
    assert reminders.run(at(DUE)) == trial


def test_the_rules_of_the_branch_set_the_rungs(town, clerk):
    Rule.objects.create(key="remind_days_before", organization=town, valid_from=date(2026, 1, 1), value="3", source="x")
    owe(town)
    assert DueTime.objects.get().next_at == at(DUE - timedelta(days=3))


def test_the_contact_person_of_the_unit_is_reminded_beside_the_office(town, clerk):
    congress = factories.make_congress(town)
    unit = factories.make_body(ElectingUnit, congress, "安塘村党支部", contact=factories.make_user(Role.UNIT))
    open_vacancy(unit, cause="quota", on=date(2026, 5, 1))
    assert reminders.run().sent == 2
    assert Notice.objects.filter(recipient=unit.contact).exists()
    assert Notice.objects.get(recipient=unit.contact).link == "", "the unit has no page of the staff"
    assert Vacancy.objects.get().election


def test_a_pass_over_many_asks_the_same_for_every_number(town, clerk, django_assert_max_num_queries):
    for number in range(60):
        owe(town, f"paper:{number}", subject=number)
    with django_assert_max_num_queries(30):
        assert reminders.run(at(DUE)).sent == 60


def test_the_command_says_what_was_sent(town, clerk):
    owe(town)
    said = StringIO()
    call_command("remind", "--now", "2027-03-14T09:00+08:00", "--dry-run", stdout=said)
    call_command("remind", "--now", "2027-03-14T09:00+08:00", stdout=said)
    assert said.getvalue().split("\n")[:2] == ["sent=1 escalated=0"] * 2
    for nonsense in ("gestern", "2027-13-45T09:00"):
        with pytest.raises(CommandError):
            call_command("remind", "--now", nonsense, stdout=said)


@pytest.mark.django_db(transaction=True)
def test_two_passes_at_once_send_each_message_once(town, clerk):
    for number in range(20):
        owe(town, f"paper:{number}", subject=number)
    meet, sent = threading.Barrier(2), []

    def run():
        meet.wait(5)
        sent.append(reminders.run(at(DUE)).sent)
        connection.close()

    threads = [threading.Thread(target=run) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sum(sent) == Notice.objects.count() == 20
