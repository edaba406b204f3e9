"""Lock-out after failed logins: five for a name at an address, twenty for a name anywhere; never an address alone."""

from datetime import timedelta

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from congress.kernel import audit

FAILURES_ANYWHERE = 20


class Handler(AxesDatabaseHandler):
    """axes' handler with the second limit."""

    def is_locked(self, request: HttpRequest, credentials: dict | None = None) -> bool:
        return super().is_locked(request, credentials) or self._name_is_locked(credentials)

    def _name_is_locked(self, credentials: dict | None) -> bool:
        username = (credentials or {}).get("username")
        if not username:
            return False
        recent = AccessAttempt.objects.filter(
            username=username, attempt_time__gt=timezone.now() - timedelta(minutes=15)
        )
        return (recent.aggregate(total=Sum("failures_since_start"))["total"] or 0) >= FAILURES_ANYWHERE


def locked_out(request: HttpRequest, response: HttpResponse, credentials: dict | None) -> HttpResponse:
    """The page of a locked account: what happened, and what to do."""
    audit.record("lock_out", by=str((credentials or {}).get("username", ""))[:150], succeeded=False)
    return render(request, "congress/locked.html", status=429)
