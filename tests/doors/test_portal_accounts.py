"""A delegate's account: opened by the office that keeps him, on a slip that is shown once."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from congress.kernel import audit
from congress.models import AuditEvent, User
from congress.services import accounts
from delegates.models import Mandate, Person
from delegates.services import access
from tests import factories
from tests.doors.test_signin import log_in
from tests.doors.world import MARK

pytestmark = pytest.mark.django_db
LIST = "/admin/delegates/mandate/"


@pytest.fixture
def world(world):
    Person.objects.update(user=None)
    return world


@pytest.fixture
def clerk(world, sign_in):
    return sign_in(world.users["township"])


def of(mandate, verb):
    return reverse("admin:delegates_mandate_access", args=[mandate.pk, verb])


def secrets_on(answer):
    found = re.findall(r'class="lo-secret">([^<]+)<', answer.content.decode())
    return list(zip(found[::2], found[1::2], strict=True))


def test_a_delegate_comes_in_with_his_slip_and_sees_his_record(world, clerk):
    mandate = world.ours.mandate
    assert "开通账号" in clerk.get(reverse("admin:delegates_mandate_change", args=[mandate.pk])).content.decode()
    ((name, password),) = secrets_on(clerk.post(of(mandate, "issue")))
    assert name == mandate.person.name
    assert re.fullmatch(r"\d{10}", password)
    delegate = Client()
    assert log_in(name, password, client=delegate).status_code == 302
    assert delegate.get("/portal/record/").url.startswith("/account/password/")
    delegate.post("/account/password/", {
        "old_password": password, "new_password1": "river-stone-lamp-42", "new_password2": "river-stone-lamp-42",
    })  # fmt: skip
    assert mandate.person.post in delegate.get("/portal/record/").content.decode()
    page = clerk.get(reverse("admin:delegates_mandate_change", args=[mandate.pk])).content.decode()
    assert "最近登录" in page
    assert password not in page
    assert password not in str(list(AuditEvent.objects.values()))


def test_a_new_slip_ends_the_old_password_and_the_sessions(world, clerk):
    mandate = world.ours.mandate
    ((name, first),) = secrets_on(clerk.post(of(mandate, "issue")))
    delegate = Client()
    log_in(name, first, client=delegate)
    ((again, second),) = secrets_on(clerk.post(of(mandate, "issue")))
    assert (again, first == second) == (name, False)
    assert delegate.get("/portal/").url.startswith("/login/")
    assert log_in(name, first).status_code == 200
    assert log_in(name, second).status_code == 302
    assert User.objects.filter(username=name).count() == 1


def test_closing_and_reopening(world, clerk):
    mandate = world.ours.mandate
    ((name, password),) = secrets_on(clerk.post(of(mandate, "issue")))
    clerk.post(of(mandate, "close"))
    assert log_in(name, password).status_code == 200
    told = clerk.post(of(mandate, "issue"), follow=True).content.decode()
    assert "账号已停用" in told
    clerk.post(of(mandate, "reopen"))
    assert log_in(name, password).status_code == 302


def test_how_long_a_first_password_lives_is_a_rule(world, clerk, time_machine):
    from datetime import date, timedelta

    from django.utils import timezone

    from congress.models import Rule

    Rule.objects.create(key="delegate_first_password_days", valid_from=date(2020, 1, 1), value="2", source="x")
    ((name, password),) = secrets_on(clerk.post(of(world.ours.mandate, "issue")))
    time_machine.move_to(timezone.now() + timedelta(days=1, hours=23))
    assert log_in(name, password).status_code == 302
    time_machine.move_to(timezone.now() + timedelta(hours=2))
    assert "过期" in log_in(name, password).content.decode()


def test_slips_for_several_at_once_and_namesakes_apart(world, clerk):
    congress = world.ours.mandate.congress
    twins = [factories.make_mandate(congress, "李华"), factories.make_mandate(congress, "李华", post="医生")]
    chosen = {"action": "issue_slips", "_selected_action": [twin.pk for twin in twins]}
    slips = secrets_on(clerk.post(LIST, chosen))
    assert sorted(name for name, _password in slips) == ["李华", "李华2"]
    assert AuditEvent.objects.get(action="slips").detail["rows"] == 2


def test_a_tick_too_many_takes_nobodys_password(world, clerk):
    mandate = world.ours.mandate
    ((name, password),) = secrets_on(clerk.post(of(mandate, "issue")))
    other = factories.make_mandate(mandate.congress, "李华")
    slips = secrets_on(clerk.post(LIST, {"action": "issue_slips", "_selected_action": [mandate.pk, other.pk]}))
    assert [holder for holder, _password in slips] == ["李华"]
    assert log_in(name, password).status_code == 302
    again = clerk.post(LIST, {"action": "issue_slips", "_selected_action": [mandate.pk, other.pk]}, follow=True)
    assert "lo-slip" not in again.content.decode()


def test_too_many_at_once_are_refused_and_none_is_opened(world, clerk, monkeypatch):
    monkeypatch.setattr(access, "MOST_AT_ONCE", 1)
    factories.make_mandate(world.ours.mandate.congress, "李华")
    rows = list(Mandate.objects.filter(congress=world.ours.mandate.congress).values_list("pk", flat=True))
    before = User.objects.count()
    answer = clerk.post(LIST, {"action": "issue_slips", "_selected_action": rows}, follow=True)
    assert "最多" in answer.content.decode()
    assert User.objects.count() == before


@pytest.mark.parametrize("verb", ["issue", "close", "reopen"])
def test_a_neighbours_delegate_has_no_such_page(world, clerk, verb):
    assert clerk.post(of(world.theirs.mandate, verb)).status_code == 404
    assert clerk.get(of(world.ours.mandate, verb)).status_code == 404
    assert not User.objects.filter(username__contains=MARK).exists()


@pytest.mark.parametrize("role", ["workroom", "organisation_department", "auditor", "sysadmin"])
def test_who_only_reads_opens_nothing(world, sign_in, role):
    before = User.objects.count()
    reader = sign_in(world.users[role])
    assert reader.post(of(world.ours.mandate, "issue")).status_code in {403, 404}
    reader.post(LIST, {"action": "issue_slips", "_selected_action": [world.ours.mandate.pk]})
    assert User.objects.count() == before


def test_a_seat_here_gives_no_right_to_the_account_of_a_person_kept_elsewhere(world, clerk):
    seat = factories.make_mandate(world.ours.mandate.congress, world.theirs.mandate.person)
    assert clerk.post(of(seat, "issue")).status_code == 403
    answer = clerk.post(LIST, {"action": "issue_slips", "_selected_action": [seat.pk]}, follow=True)
    assert "其他联络办公室" in answer.content.decode()
    assert not User.objects.filter(username__contains=MARK).exists()


def test_a_delegate_who_is_staff_keeps_his_staff_account(world, clerk):
    person, boss = world.ours.mandate.person, world.users["office"]
    Person.objects.filter(pk=person.pk).update(user=boss)
    known = boss.password
    assert "系统管理员" in clerk.post(of(world.ours.mandate, "issue"), follow=True).content.decode()
    clerk.post(of(world.ours.mandate, "close"))
    boss.refresh_from_db()
    assert (boss.password, boss.is_active) == (known, True)


def test_an_account_moves_to_another_desk(world, sign_in):
    keeper, user = sign_in(world.users["sysadmin"]), world.users["township"]
    before = sign_in(user)
    assert before.get("/api/v1/delegates/").json()["results"][0]["name"] == world.ours.mandate.person.name
    page = reverse("admin:congress_user_verb", args=[user.pk, "change-role"])
    assert "变更" in keeper.post(page).content.decode()
    assert keeper.post(page, {"role": "township"}).context["form"].errors["organization"]
    moved = keeper.post(page, {"role": "township", "organization": world.theirs.organization.pk})
    assert "lo-secret" in moved.content.decode()
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    user.refresh_from_db()
    found = sign_in(user).get("/api/v1/delegates/").json()["results"]
    assert [row["name"] for row in found] == [world.theirs.mandate.person.name]
    assert AuditEvent.objects.filter(action="role_change", subject=user.username).exists()
    assert keeper.post(page, {"role": "delegate"}).context["form"].errors["role"]  # opened at the delegate's page


def test_the_passwords_are_hashed_before_the_audit_is_locked(world, monkeypatch):
    """Its lock is one for the whole site: nobody could sign in while a hundred slips are made."""
    order = []
    hashed, recorded = accounts.make_password, audit.record
    monkeypatch.setattr(accounts, "make_password", lambda text: order.append("hash") or hashed(text))
    monkeypatch.setattr(audit, "record", lambda *args, **facts: order.append("audit") or recorded(*args, **facts))
    factories.make_mandate(world.ours.mandate.congress, "李华")
    kept_here = Person.objects.filter(organization=world.ours.organization).exclude(mandates__status="candidate")
    access.issue(kept_here, by=world.users["township"])
    assert order == ["hash", "hash", "audit", "audit", "audit"]


def test_a_closed_delegates_account_becomes_no_desks_either(world, sign_in):
    user = world.users["delegate"]
    User.objects.filter(pk=user.pk).update(is_active=False)
    page = reverse("admin:congress_user_verb", args=[user.pk, "change-role"])
    asked = {"role": "unit", "organization": world.ours.organization.pk}
    assert sign_in(world.users["sysadmin"]).post(page, asked).context["form"].errors["role"]
