"""What happens around every request: health, session limits, first login, the audit's scene, private caching."""

import json
import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pghistory
from django.conf import settings
from django.contrib.auth import logout
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from congress.kernel import audit

Next = Callable[[HttpRequest], HttpResponse]
HEARTBEAT = "worker-heartbeat"
OPEN_TO_HALF_SIGNED_IN = {"one_time_code", "one_time_setup", "logout", "set_size", "set_language"}


def client_address(request: HttpRequest) -> str:
    """The peer's address. X-Forwarded-For counts only as many hops as we run proxies; the rest is the client's word."""
    peer = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    if settings.TRUSTED_PROXIES and len(hops) >= settings.TRUSTED_PROXIES:
        return hops[-settings.TRUSTED_PROXIES][:45]
    return peer


class HealthMiddleware:
    """Answers /healthz (the process is up, no I/O) and /readyz (what it needs is there) before anything else."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return HttpResponse("ok", content_type="text/plain")
        if request.path == "/readyz":
            return self._ready()
        staff = request.path_info.startswith("/admin/") and "%00" in request.META.get("QUERY_STRING", "")
        if "\0" in request.path_info or staff:
            return HttpResponse(status=400)  # no text holds it, and PostgreSQL takes none
        return self.get_response(request)

    def _ready(self) -> JsonResponse:
        facts = {"database": _database_answers(), "disk": _disk_has_room()}
        # A silent broker or worker delays work; it does not make pages wrong, so it is told but not fatal.
        beat = cache.get(HEARTBEAT)
        told = {"broker": _broker_answers(), "worker": bool(beat and time.time() - beat < 90)}
        ready = all(facts.values())
        return JsonResponse({"ready": ready} | facts | told, status=200 if ready else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker_answers() -> bool:
    cache.set("probe", "1", 10)
    return cache.get("probe") == "1"


def _disk_has_room() -> bool:
    where = settings.MEDIA_ROOT if Path(settings.MEDIA_ROOT).exists() else settings.BASE_DIR
    usage = shutil.disk_usage(where)
    return usage.free > 200 * 2**20


class SessionLimitMiddleware:
    """Ends a session that idled, or is eight hours old, on the server's side."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.session.session_key:
            now = int(time.time())
            started, seen = request.session.get("started", now), request.session.get("seen", now)
            idle = settings.SESSION_IDLE_MINUTES["staff" if request.user.is_staff else "other"]
            if now - seen > idle * 60 or now - started > settings.SESSION_HOURS * 3600:
                logout(request)
            elif "started" not in request.session or now - seen > 60:
                request.session["started"], request.session["seen"] = started, now
        return self.get_response(request)


class FirstLoginMiddleware:
    """Half signed in is not in: a first password must be changed, staff must give the one-time code."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated or request.path.startswith("/api/"):  # the API answers 403 by its permission
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in OPEN_TO_HALF_SIGNED_IN:
            return None
        if user.is_staff and not user.is_verified():
            target = "one_time_code" if _has_authenticator(user) else "one_time_setup"
        elif user.must_change_password and name != "password_change":
            target = "password_change"
        else:
            return None
        return redirect(f"{reverse(target)}?next={request.path}")


def _has_authenticator(user: object) -> bool:
    return user.totpdevice_set.filter(confirmed=True).exists()


class AuditMiddleware:
    """Tells the audit and the row history who asks from where; keeps private pages out of every cache."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = secrets.token_hex(8)
        token = audit.scene.set(audit.Scene(client_address(request), request_id))
        try:
            if request.method in {"GET", "HEAD", "OPTIONS"}:
                response = self.get_response(request)
            else:
                with pghistory.context(user=request.user.pk, request=request_id):
                    response = self.get_response(request)
            self._finish(request, response)
        finally:
            audit.scene.reset(token)
        response.headers["X-Request-ID"] = request_id
        return response

    def _finish(self, request: HttpRequest, response: HttpResponse) -> None:
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
            refused = response.status_code == 403 or (response.status_code == 404 and request.resolver_match)
            if refused:
                audit.record(
                    "denied", by=request.user, subject=request.path, succeeded=False, status=response.status_code
                )
        if request.path.startswith(("/admin/", "/api/v1/docs")):
            response._csp_replace = settings.STAFF_CONTENT_SECURITY_POLICY


def problem_json(status: int, code: str, title: str, **members: object) -> HttpResponse:
    """An RFC 9457 problem document."""
    body = {"type": "about:blank", "title": title, "status": status, "code": code} | members
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json")
