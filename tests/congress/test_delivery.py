"""Notices leave the house: e-mail until it is gone, a text message once or not at all."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core import mail
from django.utils import timezone

from congress.kernel import jobs
from congress.kernel.workflow import SYSTEM
from congress.models import Channel, Delivery, DeliveryState, Job, Notice, Role
from congress.services import delivery
from congress.workflows import DELIVERY
from tests.factories import make_user

pytestmark = pytest.mark.django_db


class Gateway:
    """A text-message gateway that keeps every call and behaves as told."""

    def __init__(self):
        self.calls, self.status, self.silent = [], 200, False
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                gateway.calls.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                if gateway.silent:
                    time.sleep(0.5)
                    return
                self.send_response(gateway.status)
                self.end_headers()

            def log_message(self, *args):
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/send"


@pytest.fixture
def gateway(settings):
    gateway = Gateway()
    thread = threading.Thread(target=gateway.server.serve_forever, daemon=True)
    thread.start()
    settings.SMS_WEBHOOK_URL = gateway.url
    yield gateway
    gateway.server.shutdown()
    thread.join()
    gateway.server.server_close()


def owed(channel, **facts):
    user = make_user(Role.DELEGATE, **({"email": "delegate@example.org"} | facts))
    notice = Notice.objects.create(key="k", recipient=user, subject="提案已答复", body="请登录平台查看。")
    sent = Delivery.objects.create(notice=notice, channel=channel)
    jobs.post(f"deliver:{sent.pk}", "deliver", sent.pk)
    return sent


def state(sent):
    sent.refresh_from_db()
    return sent.state


def test_an_e_mail_is_sent_once_however_often_its_job_runs():
    sent = owed(Channel.EMAIL)
    jobs.run_due()
    delivery.deliver(sent.pk)
    assert state(sent) == DeliveryState.SENT
    assert sent.sent_at
    (message,) = mail.outbox
    assert (message.subject, message.body, message.to) == ("提案已答复", "请登录平台查看。", ["delegate@example.org"])


def test_an_e_mail_that_fails_is_tried_again_and_given_up_in_the_end(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    sent = owed(Channel.EMAIL)
    jobs.run_due()
    assert state(sent) == DeliveryState.WAITING
    Job.objects.update(attempts=jobs.GIVE_UP_AFTER - 1, run_after=timezone.now())
    jobs.run_due()
    assert state(sent) == DeliveryState.FAILED
    assert sent.error == "ConnectionRefusedError"


def test_a_closed_account_gets_no_e_mail():
    sent = owed(Channel.EMAIL, is_active=False)
    jobs.run_due()
    assert state(sent) == DeliveryState.FAILED
    assert mail.outbox == []


def test_a_text_message_is_sent_once_however_often_its_job_runs(gateway):
    sent = owed(Channel.WEBHOOK)
    jobs.run_due()
    delivery.deliver(sent.pk)
    assert state(sent) == DeliveryState.SENT
    assert gateway.calls == [
        {
            "id": f"delivery-{sent.pk}",
            "to": sent.notice.recipient.username,
            "subject": "提案已答复",
            "text": "请登录平台查看。",
        }
    ]


def test_a_gateway_that_says_no_is_believed_and_not_asked_again(gateway):
    gateway.status = 500
    sent = owed(Channel.WEBHOOK)
    jobs.run_due()
    delivery.deliver(sent.pk)
    assert (state(sent), sent.error) == (DeliveryState.FAILED, "HTTP 500")
    assert len(gateway.calls) == 1


def test_a_gateway_that_takes_the_message_and_says_nothing_is_not_called_twice(gateway):
    gateway.silent = True
    sent = owed(Channel.WEBHOOK)
    jobs.run_due()
    delivery.deliver(sent.pk)
    assert state(sent) == DeliveryState.STUCK
    assert len(gateway.calls) == 1


def test_a_message_whose_worker_died_while_sending_is_left_for_a_person(gateway):
    sent = owed(Channel.WEBHOOK)
    DELIVERY.take(sent, "claim", by=SYSTEM)
    jobs.run_due()
    assert state(sent) == DeliveryState.STUCK
    assert sent.claimed_at
    assert gateway.calls == []


def test_an_address_that_is_no_web_address_is_never_opened(settings, tmp_path):
    settings.SMS_WEBHOOK_URL = f"file://{tmp_path}"
    sent = owed(Channel.WEBHOOK)
    jobs.run_due()
    assert state(sent) == DeliveryState.STUCK
