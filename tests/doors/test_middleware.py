"""What stands around every answer: health, headers, privacy; and a start that refuses bad settings."""

import base64
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as project
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from congress.doors import middleware
from congress.models import AuditEvent
from tests.doors.world import make_world

ROOT = Path(__file__).resolve().parents[2]


def directives(answer):
    parts = answer.headers["Content-Security-Policy"].split(";")
    return {words[0]: set(words[1:]) for part in parts if (words := part.split())}


# Health


def test_healthz_answers_without_the_database(client, django_db_blocker):
    with django_db_blocker.block():
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


def _refuse(*args, **kwargs):
    raise OperationalError("the server is away")


@pytest.mark.django_db
def test_readyz_tells_each_thing_it_needs(client):
    cache.delete(middleware.HEARTBEAT)
    facts = client.get("/readyz").json()
    assert facts == {"ready": True, "database": True, "disk": True, "broker": True, "worker": False}


@pytest.mark.django_db
def test_readyz_says_503_when_the_database_is_away(client, monkeypatch):
    with monkeypatch.context() as away:
        away.setattr(connection, "cursor", _refuse)
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert (answer.json()["ready"], answer.json()["database"]) == (False, False)


@pytest.mark.django_db
def test_readyz_stays_ready_without_the_broker_and_says_so(client, settings):
    location = "unix:///nowhere/at-all.sock"
    settings.CACHES = {"default": project.CACHES["default"] | {"LOCATION": location}}
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["broker"] is False


# Headers


@pytest.mark.django_db
def test_every_page_says_who_may_frame_sniff_and_refer(client):
    for page in ("/", "/login/", "/no-such-page/", "/admin/", "/api/v1/delegates/"):
        answer = client.get(page)
        assert answer.headers["X-Content-Type-Options"] == "nosniff", page
        assert answer.headers["Referrer-Policy"] == "same-origin", page
        assert answer.headers["X-Frame-Options"] == "DENY", page
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", page
        assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-ID"]), page


@pytest.mark.django_db
def test_the_portals_policy_lets_no_foreign_or_inline_script_run(sign_in):
    world = make_world()
    delegate, unit = sign_in(world.users["delegate"]), sign_in(world.users["unit"])
    pages = [(Client(), page) for page in ("/", "/login/", "/display/components/", "/no-such-page/")]
    pages += [(delegate, page) for page in ("/portal/", "/portal/record/", "/account/", "/unit/", "/files/987654/")]
    pages += [(unit, "/unit/"), (delegate, "/portal/no-such-page/")]
    for client, page in pages:
        rules = directives(client.get(page))
        assert rules["default-src"] == {"'self'"}, page
        assert (rules["object-src"], rules["base-uri"], rules["frame-ancestors"]) == ({"'none'"},) * 3
        assert rules["form-action"] == {"'self'"}
        assert rules["img-src"] == {"'self'", "data:"}
        assert not {"script-src", "style-src"} & set(rules)
        assert "unsafe" not in str(rules)


@pytest.mark.django_db
def test_the_staffs_policy_is_its_own_and_still_loads_from_here_only(sign_in):
    client = sign_in(make_world().users["office"])
    for page in ("/admin/", reverse("admin:delegates_mandate_changelist"), "/admin/no-such-page/", "/api/v1/docs/"):
        rules = directives(client.get(page))
        assert rules["script-src"] == {"'self'", "'unsafe-eval'"}, page
        assert rules["style-src"] == {"'self'", "'unsafe-inline'"}, page
        assert (rules["default-src"], rules["frame-ancestors"]) == ({"'self'"}, {"'none'"}), page


@pytest.mark.django_db
def test_error_pages_carry_the_policy_and_tell_nothing(client, monkeypatch):
    from congress.views import PublicHome

    monkeypatch.setattr(PublicHome, "get_context_data", lambda *args, **kwargs: 1 / 0)
    client.raise_request_exception = False
    broken = client.get("/")
    strict = Client(enforce_csrf_checks=True)
    refused = strict.post("/login/", {"username": "x", "password": "x"})
    missing = client.get("/no-such-page/")
    for answer, status in ((broken, 500), (refused, 403), (missing, 404)):
        assert answer.status_code == status
        assert directives(answer)["default-src"] == {"'self'"}
        text = answer.content.decode()
        assert "Traceback" not in text
        assert "ZeroDivisionError" not in text


@pytest.mark.django_db
def test_private_pages_stay_out_of_every_cache(sign_in):
    world = make_world()
    for role, pages in {
        "delegate": ["/portal/", "/portal/record/", "/account/", "/api/v1/delegates/", "/no-such-page/"],
        "office": ["/admin/", reverse("admin:delegates_mandate_changelist"), "/api/v1/delegates/"],
    }.items():
        client = sign_in(world.users[role])
        for page in pages:
            stored = client.get(page).headers["Cache-Control"]
            assert "no-store" in stored, page
            assert "private" in stored, page


@pytest.mark.django_db
def test_a_download_is_sandboxed_and_audited(sign_in):
    world = make_world()
    client = sign_in(world.users["township"])
    answer = client.get(reverse("attachment", args=[world.ours.printed.attachment_id]))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    rules = directives(answer)
    assert (rules["sandbox"], rules["default-src"]) == (set(), {"'none'"})
    event = AuditEvent.objects.get(action="download")
    assert (event.request_id, event.address) == (answer.headers["X-Request-ID"], "127.0.0.1")


@pytest.mark.django_db
def test_a_stranger_on_public_pages_gets_no_session(client):
    for page in ("/", "/display/components/", "/no-such-page/", "/healthz", "/readyz", "/api/v1/delegates/"):
        answer = client.get(page)
        assert "sid" not in answer.cookies, page
    assert Session.objects.count() == 0


@pytest.mark.django_db
def test_a_foreign_host_name_is_refused(client):
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.django_db
def test_reading_changes_nothing_but_the_record(sign_in):
    world = make_world()
    client = sign_in(world.users["township"])
    for page in (
        reverse("logout"), reverse("set_size"), reverse("admin:delegates_mandate_reveal", args=[1, "phone"]),
        "/api/v1/tokens/", "/api/v1/tokens/revoke/", reverse("set_language"),
    ):  # fmt: skip
        assert client.get(page).status_code in {302, 404, 405}, page
    assert client.get("/admin/").status_code == 200  # still signed in
    assert not AuditEvent.objects.filter(action__in=["reveal", "logout", "token_issue"]).exists()


# Starting


def production(**changes):
    """A customer's environment, `None` leaves a setting out."""
    ours = {"DATABASE_URL", "REDIS_URL", "DATABASE_ROLE", "DJANGO_SETTINGS_MODULE", "TEST_DATABASE", "DEBUG"}
    environment = {key: value for key, value in os.environ.items() if key not in {*ours, "DJANGO_ALLOW_ASYNC_UNSAFE"}}
    environment |= {
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEYS": "k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "ALLOWED_HOSTS": "liaison.example",
        "EMAIL_URL": "smtp://127.0.0.1:25",
    }
    environment |= changes
    return {key: value for key, value in environment.items() if value is not None}


def check(environment):
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_a_customers_settings_have_nothing_to_warn_of():
    done = check(production())
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"SECRET_KEY": None}, "SECRET_KEY is not set. Set SECRET_KEY or SECRET_KEY_FILE to 64 random bytes."),
    ({"SECRET_KEY": ""}, "SECRET_KEY is not set."),
    ({"FIELD_KEYS": None}, "FIELD_KEYS is not set: ID numbers and phones could not be encrypted."),
    ({"FIELD_KEYS": "k1:c2hvcnQ="}, "FIELD_KEYS"),
    ({"FIELD_KEYS": "nonsense"}, "FIELD_KEYS"),
    ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS may not be '*': name the host the users type."),
    ({"SECRET_KEY": "short"}, "SECRET_KEY"),
    ({"DEBUG": "1"}, "DEBUG"),
    ({"CSRF_TRUSTED_ORIGINS": "liaison.example"}, "CSRF_TRUSTED_ORIGINS"),
])  # fmt: skip
def test_a_bad_setting_is_refused_with_a_plain_sentence(changes, sentence):
    done = check(production(**changes))
    assert done.returncode != 0
    assert sentence in done.stderr
