"""Notices on their way out of the house: e-mail until it is gone, a text message once or not at all."""

import json
import logging
from typing import Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from congress.kernel import jobs
from congress.kernel.workflow import SYSTEM
from congress.models import Channel, Delivery, DeliveryState
from congress.workflows import DELIVERY

log = logging.getLogger(__name__)
GATEWAY_SECONDS: Final = 5


def deliver(delivery_id: int) -> None:
    """The job: send one notice on one channel. Running it twice sends nothing twice.

    An e-mail that fails is tried again by the job's own retries: a second copy harms nobody. A text message
    costs money and may wake people, so it is claimed before the call, and what happened to a claimed one is
    known only to the gateway: it is never sent again by itself.
    """
    delivery = Delivery.objects.select_related("notice__recipient").get(pk=delivery_id)
    if delivery.channel == Channel.EMAIL:
        _send_mail(delivery)
    else:
        _send_text(delivery)


def _send_mail(delivery: Delivery) -> None:
    if delivery.state != DeliveryState.WAITING:
        return
    notice = delivery.notice
    if not notice.recipient.email or not notice.recipient.is_active:
        DELIVERY.take(delivery, "fail", by=SYSTEM, note=_("The recipient has no e-mail address or is closed."))
        return
    try:
        EmailMessage(notice.subject, notice.body, to=[notice.recipient.email]).send()
    except Exception as failure:
        if jobs.is_last_try(f"deliver:{delivery.pk}"):
            DELIVERY.take(delivery, "fail", by=SYSTEM, note=type(failure).__name__)
        raise
    DELIVERY.take(delivery, "send", by=SYSTEM)


def _send_text(delivery: Delivery) -> None:
    if delivery.state == DeliveryState.SENDING:
        # This job is ours alone, so whoever claimed the message died between the claim and the answer.
        DELIVERY.take(delivery, "lose", by=SYSTEM, note=_("The worker stopped while it was sending."))
    if delivery.state != DeliveryState.WAITING:
        return
    # Committed before the call is made: a crash in between leaves the claim behind, and nothing is sent twice.
    DELIVERY.take(delivery, "claim", by=SYSTEM)
    try:
        status = _call(delivery)
    except HTTPError as answer:  # the gateway has said no: that is known, and final
        DELIVERY.take(delivery, "fail", by=SYSTEM, note=f"HTTP {answer.code}")
    except OSError as failure:  # no answer: it may have gone out or not
        log.warning("Delivery %s: no answer from the gateway: %s", delivery.pk, type(failure).__name__)
        DELIVERY.take(delivery, "lose", by=SYSTEM, note=type(failure).__name__)
    else:
        DELIVERY.take(delivery, "send", by=SYSTEM, note=f"HTTP {status}")


def _call(delivery: Delivery) -> int:
    notice = delivery.notice
    content = {
        "id": f"delivery-{delivery.pk}",
        "to": notice.recipient.get_username(),
        "subject": notice.subject,
        "text": notice.body,
    }
    request = Request(  # noqa: S310 -- the operator's own address, checked when it is sent
        settings.SMS_WEBHOOK_URL,
        data=json.dumps(content, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": content["id"]},
        method="POST",
    )
    if request.type not in {"http", "https"}:
        raise OSError("SMS_WEBHOOK_URL is no web address")
    with urlopen(request, timeout=GATEWAY_SECONDS) as answer:  # noqa: S310 -- see above
        return int(answer.status)
