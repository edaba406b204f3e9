"""What needs transactions that end: many at once, the worker after the request, a history told apart by them."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from congress.kernel import jobs
from congress.models import AuditEvent, Job, JournalEntry, Notice, PrintedReport, User
from delegates.models import CorrectionRequest, Person
from delegates.services import access
from tests.doors.test_admin import words
from tests.doors.test_api import ask, problem, wanted
from tests.doors.world import make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db):
    return make_world()


def test_twenty_at_once_with_one_key_make_one_print(world, sign_in):
    signed_in = sign_in(world.users["township"])
    barrier, statuses = threading.Barrier(20), []

    def call():
        client = Client()
        client.cookies = signed_in.cookies
        barrier.wait()
        statuses.append(ask(client, wanted(world), **{"Idempotency-Key": "storm"}).status_code)
        connections.close_all()

    threads = [threading.Thread(target=call) for _caller in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {202, 409}
    assert 202 in statuses
    assert PrintedReport.objects.filter(format="xlsx").count() == 1
    assert Job.objects.filter(kind="print").count() == 1


def test_a_report_is_asked_for_made_by_the_worker_and_fetched(world, sign_in):
    client = sign_in(world.users["township"])
    asked = ask(client, wanted(world)).json()
    assert (asked["state"], asked["sha256"], asked["organization"]) == ("queued", None, world.ours.organization.code)
    problem(client.get(f"/api/v1/reports/{asked['id']}/file/"), 404, "not_found")
    jobs.run_due()
    ready = client.get(f"/api/v1/reports/{asked['id']}/").json()
    assert (ready["state"], ready["rows"], ready["problem"]) == ("ready", 1, "")
    answer = client.get(f"/api/v1/reports/{asked['id']}/file/")
    content = b"".join(answer.streaming_content)
    assert hashlib.sha256(content).hexdigest() == ready["sha256"]
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert AuditEvent.objects.filter(action="download", detail__sha256=ready["sha256"]).count() == 1
    assert sign_in(world.users["unit"]).get(f"/api/v1/reports/{asked['id']}/file/").status_code == 404


@pytest.mark.parametrize(("verb", "state"), [("accept", "accepted"), ("decline", "declined")])
def test_a_correction_is_answered_and_the_delegate_told(world, sign_in, verb, state):
    """The record's history tells times apart by transaction."""
    clerk, request = sign_in(world.users["township"]), world.ours.correction
    page = reverse("admin:delegates_correctionrequest_take", args=[request.pk, verb])
    assert "镇长" in words(clerk.get(reverse("admin:delegates_correctionrequest_change", args=[request.pk])))
    if verb == "accept":
        Person.objects.filter(pk=request.mandate.person_id).update(post="镇长")
    assert clerk.get(page).status_code == 200
    assert clerk.post(page, {"answer": ""}).status_code == 200
    assert CorrectionRequest.objects.get(pk=request.pk).state == "asked"
    assert clerk.post(page, {"answer": "已按任免文件核对"}).status_code == 302
    request.refresh_from_db()
    assert (request.state, request.answer) == (state, "已按任免文件核对")
    assert Notice.objects.get(recipient=request.asked_by).body == "已按任免文件核对"
    assert JournalEntry.objects.get().verb == verb
    again = clerk.post(page, {"answer": "再来一次"}, follow=True)
    assert again.status_code == 200
    assert JournalEntry.objects.count() == 1
    assert clerk.get(reverse("admin:delegates_correctionrequest_take", args=[request.pk, "explode"])).status_code == 404


def test_of_two_clicks_at_once_one_opens_the_account(world):
    Person.objects.update(user=None)
    person, clerk = world.ours.mandate.person, world.users["township"]

    def click():
        try:
            return access.issue(Person.objects.filter(pk=person.pk), by=User.objects.get(pk=clerk.pk))[0].username
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        names = [click.result() for click in [both.submit(click), both.submit(click)]]
    assert names == [person.name] * 2
    assert User.objects.filter(username__startswith=person.name).count() == 1
