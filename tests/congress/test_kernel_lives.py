"""The engine of lives, edits, jobs, messages and the audit: proved once, here."""

import threading

import pytest
from django import forms
from django.core.exceptions import PermissionDenied
from django.db import connection, connections, transaction

from congress.kernel import audit, jobs, notices
from congress.kernel.editing import save_edit
from congress.kernel.workflow import SYSTEM, Refused, Transition, UnknownVerb, Workflow, by_time
from congress.models import AuditEvent, Congress, Delivery, Job, JournalEntry, Notice, Role
from congress.policies import CONGRESSES
from delegates.models import CorrectionRequest, Person
from delegates.workflows import CORRECTION
from tests import factories
from tests.doors.world import make_world

EVERY_STATE = [str(state) for state in CorrectionRequest.State]
IN_TABLE = {(source, row.verb) for row in CORRECTION.transitions for source in row.source}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "verb"),
    # Accepting needs a record corrected in a transaction of its own: the test below takes that row.
    [(s, row.verb) for s in EVERY_STATE for row in CORRECTION.transitions if (s, row.verb) != ("asked", "accept")],
)
def test_only_what_the_table_offers_is_possible(state, verb):
    world = make_world()
    request = world.ours.correction
    CorrectionRequest.objects.filter(pk=request.pk).update(state=state)
    request.refresh_from_db()
    actor = world.users["delegate"] if verb == "withdraw" else world.users["township"]
    if (state, verb) in IN_TABLE:
        assert CORRECTION.take(request, verb, by=actor, answer="已核对").state == CORRECTION.row(verb).target
        assert JournalEntry.objects.filter(verb=verb).count() == 1
    else:
        with pytest.raises(Refused):
            CORRECTION.take(request, verb, by=actor, answer="已核对")
        assert not JournalEntry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("verb", [row.verb for row in CORRECTION.transitions])
@pytest.mark.parametrize("role", ["auditor", "organisation_department", "workroom", "unit", "sysadmin"])
def test_a_stranger_takes_nothing(verb, role):
    world = make_world()
    with pytest.raises(PermissionDenied):
        CORRECTION.take(world.ours.correction, verb, by=world.users[role], answer="x")
    with pytest.raises(PermissionDenied):
        CORRECTION.take(world.theirs.correction, verb, by=world.users["township"], answer="x")


@pytest.mark.django_db(transaction=True)
def test_nobody_is_told_corrected_while_the_record_says_the_same():
    world = make_world()
    request = world.ours.correction
    with pytest.raises(Refused):
        CORRECTION.take(request, "accept", by=world.users["township"], answer="已改")
    Person.objects.filter(pk=request.mandate.person_id).update(post="新职务")
    assert CORRECTION.take(request, "accept", by=world.users["township"], answer="已改").state == "accepted"


@pytest.mark.django_db
def test_an_unknown_verb_is_said_to_be_one():
    with pytest.raises(UnknownVerb):
        CORRECTION.take(make_world().ours.correction, "explode", by=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_waits_and_is_refused():
    """The first pauses inside its guard; without the row lock the second would get through as well."""
    world = make_world()
    inside, go_on = threading.Event(), threading.Event()
    outcomes = []

    def slow(actor, obj):
        inside.set()
        go_on.wait(5)
        return True

    first_table = Workflow(CorrectionRequest, [Transition("accept", ["asked"], "accepted", slow, [], [])])
    second_table = Workflow(
        CorrectionRequest, [Transition("decline", ["asked"], "declined", lambda a, o: True, [], [])]
    )

    def take(table, verb):
        try:
            table.take(world.ours.correction, verb, by=SYSTEM)
            outcomes.append(verb)
        except Refused:
            outcomes.append(f"{verb} refused")
        finally:
            connections.close_all()

    first = threading.Thread(target=take, args=(first_table, "accept"))
    first.start()
    inside.wait(5)
    second = threading.Thread(target=take, args=(second_table, "decline"))
    second.start()
    second.join(0.5)
    assert second.is_alive()  # it waits for the lock
    go_on.set()
    first.join()
    second.join()
    assert sorted(outcomes) == ["accept", "decline refused"]  # who is told first is chance: the lock is gone by then


def test_time_is_an_actor_only_where_the_table_says_so():
    assert by_time(SYSTEM, None)
    assert not by_time(object(), None)


class SeatsForm(forms.ModelForm):
    class Meta:
        model = Congress
        fields = ["seats"]


def _filled(congress, seats):
    form = SeatsForm({"seats": seats}, instance=congress)
    assert form.is_valid()
    return form


@pytest.mark.django_db
def test_an_edit_saves_what_changed_and_tells_who_came_second():
    world = make_world()
    clerk, congress = world.users["township"], world.ours.mandate.congress
    mine, stale = Congress.objects.get(pk=congress.pk), Congress.objects.get(pk=congress.pk)
    save_edit(_filled(mine, 90), policy=CONGRESSES, by=clerk, version=0)
    Congress.objects.filter(pk=congress.pk).update(turnover_basis="某文件")
    with pytest.raises(Refused):
        save_edit(_filled(stale, 91), policy=CONGRESSES, by=clerk, version=0)
    congress.refresh_from_db()
    assert (congress.seats, congress.version, congress.turnover_basis) == (90, 1, "某文件")
    with pytest.raises(PermissionDenied):
        save_edit(_filled(congress, 1), policy=CONGRESSES, by=world.users["auditor"], version=1)


@pytest.mark.django_db(transaction=True)
def test_a_notice_is_owed_once_and_reaches_its_reader_with_the_transaction(settings):
    settings.SMS_WEBHOOK_URL = "http://127.0.0.1:9/none"
    user = factories.make_user(Role.UNIT, email="unit@example.invalid")
    template = "delegates/notices/correction_answered.txt"
    for _again in range(2):
        notices.post("k:1", template, user, fact="职务", answer="已改", accepted=True)
    assert Notice.objects.get().subject == "您的信息已更正：职务"
    assert Notice.objects.get().body == "已改"
    assert set(Delivery.objects.values_list("channel", flat=True)) == {"email", "webhook"}
    assert Job.objects.filter(kind="deliver").count() == 2
    with transaction.atomic():
        notices.post("k:2", template, user, fact="职务", answer="已改", accepted=True)
        transaction.set_rollback(True)
    assert not Notice.objects.filter(key="k:2").exists()


@pytest.mark.django_db(transaction=True)
def test_a_failing_job_is_put_off_then_given_up_and_blocks_nobody(settings):
    settings.JOBS = {"bad": "tests.congress.test_kernel_lives.fail", "good": "tests.congress.test_kernel_lives.succeed"}
    done.clear()
    jobs.post("bad:1", "bad", 1)
    jobs.post("good:2", "good", 2)
    jobs.post("good:2", "good", 2)
    assert jobs.run_due() == 1
    assert done == [2]
    bad = Job.objects.get(key="bad:1")
    assert (bad.attempts, bad.error, bad.dead_at) == (1, "RuntimeError: broken 1", None)
    for _try in range(jobs.GIVE_UP_AFTER - 1):
        Job.objects.filter(pk=bad.pk).update(run_after="2020-01-01T00:00Z")
        jobs.run(bad.pk)
    bad.refresh_from_db()
    assert bad.dead_at is not None
    assert jobs.run_due() == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_a_job_once(settings):
    settings.JOBS = {"good": "tests.congress.test_kernel_lives.slow_success"}
    done.clear()
    jobs.post("good:3", "good", 3)
    job = Job.objects.get()

    def work():
        jobs.run(job.pk)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [3]


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_loses_no_job(settings):
    settings.DOORBELL = "tests.congress.test_kernel_lives.fail_to_ring"
    settings.JOBS = {"good": "tests.congress.test_kernel_lives.succeed"}
    done.clear()
    jobs.post("good:4", "good", 4)
    assert jobs.run_due() == 1
    assert done == [4]


done: list[int] = []


def fail(pk):
    raise RuntimeError(f"broken {pk}")


def succeed(pk):
    done.append(pk)


def slow_success(pk):
    threading.Event().wait(0.3)
    done.append(pk)


def fail_to_ring():
    raise ConnectionError("no broker")


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_events_make_one_unbroken_chain():
    def write(number):
        audit.record("test", by="thread", subject=str(number))
        connections.close_all()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AuditEvent.objects.count() == 50
    assert list(audit.broken_links()) == []


@pytest.mark.django_db(transaction=True)
def test_the_audit_is_append_only_and_a_forged_row_is_found():
    for number in range(3):
        audit.record("test", by="somebody", subject=str(number))
    forged = AuditEvent.objects.order_by("pk")[1]
    from django.db.utils import InternalError

    for statement in ("UPDATE congress_auditevent SET subject = 'x'", "DELETE FROM congress_auditevent"):
        with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with connection.cursor() as cursor:  # somebody with the keys of the database
        cursor.execute("ALTER TABLE congress_auditevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE congress_auditevent SET subject = 'forged' WHERE id = %s", [forged.pk])
        cursor.execute("ALTER TABLE congress_auditevent ENABLE TRIGGER USER")
    assert list(audit.broken_links()) == [forged.pk]
