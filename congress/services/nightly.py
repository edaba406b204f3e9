"""Once a night: sessions, grants, files and requests that nobody needs any more."""

import logging
from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.module_loading import import_string

from congress.kernel.audit import broken_links
from congress.models import Delivery, IdempotencyKey
from congress.services import attachments

log = logging.getLogger(__name__)


def run() -> None:
    """Sweep, do what each floor does once a night, and raise the alarm if the audit's chain is broken."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    IdempotencyKey.objects.filter(at__lt=now - timedelta(days=7)).delete()
    attachments.sweep()
    stuck = Delivery.objects.filter(state=Delivery.State.STUCK).count()
    if stuck:
        log.warning("Deliveries with unknown outcome: %s", stuck)
    for pk in broken_links():
        log.error("The audit chain is broken at event %s", pk)
    for dotted in settings.NIGHTLY:
        try:
            import_string(dotted)()
        except Exception:  # one floor's trouble is not the next one's
            log.exception("Not done this night: %s", dotted)
