"""The security record: who read, exported, signed in, was refused. Chained, append-only.

Each event holds the fingerprint of the one before, so a changed, removed or swapped row breaks the chain.
"""

import hashlib
import json
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from congress.models import AuditEvent, Organization

START = "0" * 64


@dataclass(frozen=True)
class Scene:
    """Where a request comes from; set by the middleware, empty in a worker."""

    address: str = ""
    request_id: str = ""


NOWHERE = Scene()
scene: ContextVar[Scene] = ContextVar("scene", default=NOWHERE)


@transaction.atomic
def record(
    action: str,
    *,
    by: Any,
    subject: str = "",
    organization: Organization | None = None,
    succeeded: bool = True,
    **detail: Any,
) -> AuditEvent:
    """Write one event. It is part of the caller's transaction: what cannot be recorded does not happen."""
    here = scene.get()
    known = getattr(by, "pk", None) is not None
    event = AuditEvent(
        at=timezone.now(),
        actor=by.get_username() if known else str(by or "system")[:150],
        actor_id=by.pk if known else None,
        roles=" ".join(sorted(role_names(by))) if known else "",
        address=here.address,
        request_id=here.request_id,
        action=action,
        subject=subject[:200],
        organization=organization,
        detail=detail,
        succeeded=succeeded,
    )
    with connection.cursor() as cursor:  # one writer at a time, until the transaction ends
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
    event.previous = AuditEvent.objects.order_by("-pk").values_list("chain", flat=True).first() or START
    event.chain = fingerprint(event)
    event.save()
    return event


def role_names(user: Any) -> list[str]:
    """The names of the user's roles, asked once per request."""
    if not hasattr(user, "_role_names"):
        user._role_names = list(user.groups.values_list("name", flat=True))
    return user._role_names


def reveals_within_the_hour(user: Any) -> int:
    """How many personal numbers `user` has had shown in the last hour."""
    since = timezone.now() - timedelta(hours=1)
    return AuditEvent.objects.filter(actor_id=user.pk, action="reveal", at__gte=since, succeeded=True).count()


def fingerprint(event: AuditEvent) -> str:
    """What the chain says of an event: its own facts and the fingerprint before."""
    facts = [
        event.previous,
        event.at.isoformat(),
        event.actor,
        event.actor_id,
        event.roles,
        event.address,
        event.action,
        event.subject,
        event.organization_id,
        event.detail,
        event.succeeded,
        event.request_id,
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def broken_links() -> Iterator[int]:
    """The numbers of events that do not fit the chain, oldest first."""
    previous = START
    for event in AuditEvent.objects.order_by("pk").iterator(2000):
        if event.previous != previous or event.chain != fingerprint(event):
            yield event.pk
        previous = event.chain


_CHAIN_LOCK = 0xA0D17
