"""Messages owed. In the app the moment the transaction commits; outside channels by a worker, once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from congress.kernel import jobs
from congress.models import Channel, Delivery, Job, Notice, User


@dataclass(frozen=True)
class Owed:
    """One message to one person, before it is written down."""

    key: str
    template: str
    to: User
    link: str = ""
    context: dict[str, Any] = field(default_factory=dict)


def post(key: str, template: str, to: User, *, link: str = "", **context: Any) -> None:
    """Owe `to` the message `template` (first line subject, then text). The same key again does nothing."""
    post_many([Owed(key, template, to, link, context)])


@transaction.atomic
def post_many(owed: Sequence[Owed]) -> int:
    """Owe many messages in a handful of queries, and say how many were not owed before."""
    by_key = {one.key: one for one in owed}
    known = set(Notice.objects.filter(key__in=by_key).values_list("key", flat=True))
    with translation.override(settings.LANGUAGE_CODE):
        fresh = [_written(one) for key, one in by_key.items() if key not in known]
    # Of two that owe the same at once the second waits here for the first, then writes nothing.
    Notice.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
    ours = {notice.key: notice for notice in fresh}
    deliveries = [
        Delivery(notice=notice, channel=channel)
        for notice in Notice.objects.filter(key__in=ours, deliveries=None)
        for channel in _channels(by_key[notice.key].to)
    ]
    deliveries = Delivery.objects.bulk_create(deliveries, batch_size=500)
    posted = [Job(key=f"deliver:{one.pk}", kind="deliver", subject_id=one.pk) for one in deliveries]
    Job.objects.bulk_create(posted, ignore_conflicts=True, batch_size=500)
    if posted:
        transaction.on_commit(jobs.ring, robust=True)
    return len(fresh)


def _written(one: Owed) -> Notice:
    subject, _newline, body = render_to_string(one.template, one.context).strip().partition("\n")
    return Notice(key=one.key, recipient=one.to, subject=subject[:200], body=body.strip(), link=one.link)


def _channels(to: User) -> list[Channel]:
    channels = [Channel.EMAIL] if to.email else []
    return [*channels, Channel.WEBHOOK] if settings.SMS_WEBHOOK_URL else channels
