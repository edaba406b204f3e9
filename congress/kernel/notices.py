"""Messages owed. In the app the moment the transaction commits; outside channels by a worker, once."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from congress.kernel import jobs
from congress.models import Channel, Delivery, Notice, User


@transaction.atomic
def post(key: str, template: str, to: User, *, link: str = "", **context: Any) -> Notice:
    """Owe `to` the message `template` (first line subject, then text). The same key again does nothing."""
    with translation.override(settings.LANGUAGE_CODE):
        subject, _newline, body = render_to_string(template, context).strip().partition("\n")
    notice, fresh = Notice.objects.get_or_create(
        key=key, defaults={"recipient": to, "subject": subject[:200], "body": body.strip(), "link": link}
    )
    if fresh:
        for channel in _channels(to):
            delivery = Delivery.objects.create(notice=notice, channel=channel)
            jobs.post(f"deliver:{delivery.pk}", "deliver", delivery.pk)
    return notice


def _channels(to: User) -> list[Channel]:
    channels = [Channel.EMAIL] if to.email else []
    return [*channels, Channel.WEBHOOK] if settings.SMS_WEBHOOK_URL else channels
