"""Sessions: how long they last, what ends them, and where they lead."""

from datetime import timedelta
from urllib.parse import parse_qs, urlparse

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from congress.models import Role
from congress.services import accounts
from tests import factories
from tests.doors.test_signin import GOOD, LOGIN, TO_LOGIN, code_of, delegate, log_in, staff, type_code

__all__ = ["delegate"]  # the fixture, which tests name

pytestmark = pytest.mark.django_db


def test_a_session_of_staff_ends_after_fifteen_idle_minutes(sign_in, time_machine):
    _idles_out(sign_in(staff()[0]), "/admin/", 15, time_machine)


def test_a_session_of_a_delegate_ends_after_thirty_idle_minutes(sign_in, delegate, time_machine):
    _idles_out(sign_in(delegate), "/portal/", 30, time_machine)


def _idles_out(client, page, minutes, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    assert client.get(page).status_code == 200
    now += timedelta(minutes=minutes - 1)
    time_machine.move_to(now, tick=False)
    assert client.get(page).status_code == 200
    now += timedelta(minutes=minutes + 1)
    time_machine.move_to(now, tick=False)
    assert client.get(page).url.startswith(TO_LOGIN)
    assert client.get("/api/v1/delegates/").status_code == 401
    assert Session.objects.count() == 0


def test_a_busy_session_ends_after_eight_hours_all_the_same(sign_in, delegate, time_machine):
    client = sign_in(delegate)
    start = timezone.now()
    for minutes in range(0, 8 * 60, 20):
        time_machine.move_to(start + timedelta(minutes=minutes), tick=False)
        assert client.get("/portal/").status_code == 200, minutes
    time_machine.move_to(start + timedelta(hours=8, seconds=1), tick=False)
    assert client.get("/portal/").url.startswith(LOGIN)


def test_the_session_gets_a_new_key_at_the_login_and_at_the_code():
    user, device = staff()
    client = Client()
    client.get(LOGIN)
    planted = client.session
    planted["planted"] = "by somebody else"
    planted.save()
    client.cookies["sid"] = planted.session_key
    log_in(user, client=client)
    after_login = client.cookies["sid"].value
    type_code(client, code_of(device))
    after_code = client.cookies["sid"].value
    assert len({planted.session_key, after_login, after_code}) == 3
    assert set(Session.objects.values_list("session_key", flat=True)) == {after_code}


def test_signing_out_kills_the_key_and_tells_the_browser_to_forget(delegate):
    client = Client()
    log_in(delegate, client=client)
    key = client.cookies["sid"].value
    assert client.get("/logout/").status_code == 405  # never by a link
    answer = client.post("/logout/")
    assert answer.status_code == 302
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    replay = Client()
    replay.cookies["sid"] = key
    assert replay.get("/portal/").url.startswith(LOGIN)
    assert Session.objects.count() == 0


def test_a_closed_account_is_out_on_its_next_request(sign_in, delegate):
    clients = [sign_in(delegate) for _browser in range(3)]
    accounts.set_active(delegate, False, by=factories.make_user(Role.SYSADMIN))
    for client in clients:
        assert client.get("/portal/").url.startswith(LOGIN)
        assert client.get("/api/v1/delegates/").status_code == 401


@pytest.mark.parametrize("verb", ["reset_password", "change_password", "reset_authenticator"])
def test_a_reset_and_a_new_password_end_the_other_sessions(sign_in, verb):
    user, _device = staff()
    clients = [sign_in(user) for _browser in range(2)]
    assert clients[0].get("/admin/").status_code == 200
    user.refresh_from_db()
    if verb == "change_password":
        accounts.change_password(user, "river-stone-lamp-42")
    else:
        getattr(accounts, verb)(user, by=factories.make_user(Role.SYSADMIN))
    for client in clients:
        answer = client.get("/admin/")
        assert answer.status_code == 302
        expected = "/account/authenticator/" if verb == "reset_authenticator" else TO_LOGIN
        assert answer.url.startswith(expected)


def test_cookies_are_closed_to_scripts_and_to_other_sites(delegate):
    client = Client()
    client.get(LOGIN)
    log_in(delegate, client=client)
    for name in ("sid", "csrftoken"):
        cookie = client.cookies[name]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")


# Where it goes on to


@pytest.mark.parametrize("target", [
    "https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:///evil.example",
    "https:evil.example", "\thttps://evil.example",
])  # fmt: skip
def test_nobody_is_sent_away_from_the_site(delegate, target):
    user, device = staff()
    assert log_in(delegate).status_code == 302
    answers = [Client().post(LOGIN, {"username": delegate.username, "password": GOOD, "next": target})]
    client = Client()
    log_in(user, client=client)
    answers.append(client.post("/account/code/", {"code": code_of(device), "next": target}))
    answers.append(client.post("/display/size/", {"size": "large", "next": target}))
    answers.append(client.post("/account/password/", {
        "old_password": GOOD, "new_password1": "river-stone-lamp-42", "new_password2": "river-stone-lamp-42",
        "next": target,
    }))  # fmt: skip
    for answer in answers:
        assert answer.status_code == 302
        assert answer.url in {"/start/", "/"}, answer.url


def test_after_the_code_one_is_where_one_wanted_to_be():
    user, device = staff()
    client = Client()
    page = reverse("admin:congress_session_changelist")
    assert parse_qs(urlparse(client.get(page).url).query) == {"next": [page]}
    answer = client.post(f"{LOGIN}?next={page}", {"username": user.username, "password": GOOD})
    assert answer.url == page
    answer = client.get(page)
    assert answer.url == f"/account/code/?next={page}"
    assert client.post(answer.url, {"code": code_of(device)}).url == page
