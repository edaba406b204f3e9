"""Accounts and the audit record: their keepers' pages, and who may not open them."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from congress.models import AuditEvent, TotpDevice, User
from tests.doors.test_signin import code_of, log_in
from tests.doors.world import MARK

pytestmark = pytest.mark.django_db


def page_of(mandate):
    return reverse("admin:delegates_mandate_change", args=[mandate.pk])


def test_an_account_is_opened_its_slip_shown_once_reset_and_closed(world, sign_in):
    keeper = sign_in(world.users["sysadmin"])
    slip = keeper.post(reverse("admin:congress_user_add"), {
        "username": "zhao.liu", "name": "赵六", "role": "township", "organization": world.ours.organization.pk,
    })  # fmt: skip
    assert slip.status_code == 200
    first = re.findall(r'class="lo-secret">([^<]+)<', slip.content.decode())[1]
    user = User.objects.get(username="zhao.liu")
    assert user.check_password(first)
    assert user.must_change_password
    page = reverse("admin:congress_user_change", args=[user.pk])
    assert first not in keeper.get(page).content.decode()
    assert first not in str(list(AuditEvent.objects.values()))
    again = keeper.post(reverse("admin:congress_user_verb", args=[user.pk, "reset-password"]))
    second = re.findall(r'class="lo-secret">([^<]+)<', again.content.decode())[1]
    user.refresh_from_db()
    assert user.check_password(second)
    assert first != second
    for verb, active in (("close", False), ("reopen", True)):
        keeper.post(reverse("admin:congress_user_verb", args=[user.pk, verb]))
        user.refresh_from_db()
        assert user.is_active is active
    actions = set(AuditEvent.objects.filter(subject="zhao.liu").values_list("action", flat=True))
    assert actions >= {"account_open", "password_reset", "account_close", "account_reopen"}


def test_an_account_needs_a_free_name_and_a_branch(world, sign_in):
    keeper = sign_in(world.users["sysadmin"])
    taken = {"username": world.users["unit"].username, "name": "x", "role": "unit"}
    for data in (taken, {"username": "a b", "name": "x", "role": "unit"},
                 {"username": "new.one", "name": "x", "role": "township"}):  # fmt: skip
        answer = keeper.post(reverse("admin:congress_user_add"), data)
        assert "lo-secret" not in answer.content.decode()
        assert answer.context["form"].errors


def test_nobody_gives_himself_anything(world, sign_in):
    keeper = sign_in(world.users["sysadmin"])
    own = world.users["sysadmin"]
    for verb in ("reset-password", "close", "reset-authenticator"):
        keeper.post(reverse("admin:congress_user_verb", args=[own.pk, verb]))
    keeper.post(reverse("admin:congress_user_change", args=[own.pk]), {"is_superuser": "on", "groups": "1"})
    own.refresh_from_db()
    assert own.is_active
    assert not own.is_superuser
    assert TotpDevice.objects.filter(user=own, confirmed=True).exists()
    other = sign_in(world.users["township"])
    assert other.get(reverse("admin:congress_user_add")).status_code in {403, 404}


def test_a_lost_phone_is_replaced_at_the_next_login(world, sign_in):
    keeper, user = sign_in(world.users["sysadmin"]), world.users["township"]
    client = sign_in(user)
    keeper.post(reverse("admin:congress_user_verb", args=[user.pk, "reset-authenticator"]))
    assert client.get("/admin/").url.startswith("/account/authenticator/")
    client = Client()
    log_in(user, client=client)
    assert client.get("/admin/").url.startswith("/account/authenticator/")
    page = "/account/authenticator/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"code": code_of(TotpDevice.objects.get(user=user))}).status_code == 302
    assert client.get("/admin/").status_code == 200


def test_the_system_administrator_sees_no_business(world, sign_in):
    keeper = sign_in(world.users["sysadmin"])
    assert keeper.get(page_of(world.ours.mandate)).status_code == 404
    for page in ("/admin/", reverse("admin:congress_user_changelist"), reverse("admin:congress_job_changelist")):
        text = keeper.get(page).content.decode()
        assert "王文" not in text
        assert MARK not in text or page.endswith("user/")


def test_the_audit_is_read_and_never_written(world, sign_in):
    auditor = sign_in(world.users["auditor"])
    sign_in(world.users["township"]).get(page_of(world.theirs.mandate))
    event = AuditEvent.objects.latest("pk")
    page = reverse("admin:congress_auditevent_change", args=[event.pk])
    assert auditor.get(page).status_code == 200
    assert auditor.post(page, {"actor": "x"}).status_code == 403
    assert auditor.get(reverse("admin:congress_auditevent_add")).status_code == 403
    assert (
        auditor.post(reverse("admin:congress_auditevent_delete", args=[event.pk]), {"post": "yes"}).status_code == 403
    )
    assert AuditEvent.objects.get(pk=event.pk).actor == event.actor
