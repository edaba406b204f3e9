"""What a nosy neighbour once found, kept from coming back."""

from datetime import date

import pytest
from django.urls import reverse

from congress.models import AuditEvent, PrintedReport, Rule, TotpDevice, User
from delegates.models import Mandate, Person
from tests import factories
from tests.doors.test_admin import form_on, page_of
from tests.doors.test_signin import log_in

pytestmark = pytest.mark.django_db
LIST = "/admin/delegates/mandate/"
PHONE, NUMBER = "13800000001", "51070119620307001X"  # of our township's delegate


@pytest.mark.parametrize("typed", [PHONE, NUMBER])
def test_a_full_number_finds_its_person_for_who_may_see_numbers_and_is_recorded(world, sign_in, typed):
    found = sign_in(world.users["township"]).get(LIST, {"q": typed}).context["cl"].result_list
    assert list(found) == [world.ours.mandate]
    assert AuditEvent.objects.filter(action="number_search").count() == 1
    for reader in ("organisation_department", "workroom"):
        page = sign_in(world.users[reader]).get(LIST, {"q": typed})
        assert page.context["cl"].result_count == 0, reader


@pytest.mark.parametrize("typed", [PHONE, NUMBER])
def test_no_search_tells_a_reader_whether_he_guessed_a_number(world, sign_in, typed):
    reader = sign_in(world.users["organisation_department"])
    assert reader.get("/api/v1/delegates/", {"search": typed}).json()["count"] == 0
    office = sign_in(world.users["office"])
    assert office.get("/api/v1/delegates/", {"search": typed}).json()["count"] == 1
    offered = office.get("/admin/autocomplete/", {
        "app_label": "delegates", "model_name": "delegation", "field_name": "head", "term": typed,
    })  # fmt: skip
    assert offered.json()["results"] == []


def test_a_number_of_a_person_kept_elsewhere_finds_nobody(world, sign_in):
    factories.make_mandate(world.theirs.mandate.congress, world.ours.mandate.person)
    neighbour = factories.make_user("township", world.theirs.organization)
    assert sign_in(neighbour).get(LIST, {"q": PHONE}).context["cl"].result_count == 0
    assert sign_in(neighbour).get(LIST, {"q": world.ours.mandate.person.name}).context["cl"].result_count == 1


def test_a_masked_number_leaves_too_much_open_to_be_worked_out(world):
    assert world.ours.mandate.person.id_number_masked == "5107************1X"


def test_typing_a_number_that_is_in_the_register_is_recorded(world, sign_in):
    clerk, mandate = sign_in(world.users["township"]), world.ours.mandate
    clerk.post(page_of(mandate), form_on(clerk.get(page_of(mandate))) | {"id_number": "510702196203070032"})
    assert AuditEvent.objects.filter(action="number_hit", actor=world.users["township"].username).exists()


def test_an_account_that_changes_desks_is_handed_over_anew(world, sign_in):
    user = world.users["township"]
    sign_in(user)
    assert TotpDevice.objects.filter(user=user).exists()
    page = reverse("admin:congress_user_verb", args=[user.pk, "change-role"])
    slip = sign_in(world.users["sysadmin"]).post(page, {"role": "workroom", "organization": world.ours.organization.pk})
    assert "lo-secret" in slip.content.decode()
    assert not TotpDevice.objects.filter(user=user).exists()
    assert log_in(user).status_code == 200  # the old password


def test_a_delegates_account_never_becomes_a_desks(world, sign_in):
    user = world.users["delegate"]
    page = reverse("admin:congress_user_verb", args=[user.pk, "change-role"])
    refused = sign_in(world.users["sysadmin"]).post(page, {"role": "unit", "organization": world.ours.organization.pk})
    assert refused.context["form"].errors["role"]
    assert [group.name for group in user.groups.all()] == ["delegate"]


@pytest.mark.parametrize("verb", ["issue", "close"])
def test_an_office_hands_out_delegates_accounts_and_no_others(world, sign_in, verb):
    person, unit = world.ours.mandate.person, world.users["unit"]
    Person.objects.filter(pk=person.pk).update(user=unit)
    sign_in(world.users["township"]).post(reverse("admin:delegates_mandate_access", args=[world.ours.mandate.pk, verb]))
    known = unit.password
    unit.refresh_from_db()
    assert (unit.password, unit.is_active) == (known, True)


def test_what_the_administrator_closed_an_office_does_not_reopen(world, sign_in):
    user, keeper = world.users["delegate"], sign_in(world.users["sysadmin"])
    keeper.post(reverse("admin:congress_user_verb", args=[user.pk, "close"]))
    page = reverse("admin:delegates_mandate_access", args=[world.ours.mandate.pk, "reopen"])
    assert "系统管理员" in sign_in(world.users["township"]).post(page, follow=True).content.decode()
    user.refresh_from_db()
    assert not user.is_active


@pytest.mark.parametrize("key", ["reveals_an_hour", "delegate_first_password_days"])
def test_a_township_does_not_loosen_what_protects(world, sign_in, key):
    town = sign_in(world.users["township"])
    said = {
        "key": key,
        "organization": world.ours.organization.pk,
        "valid_from": "2026-01-01",
        "value": "900",
        "source": "x",
    }
    assert town.post(reverse("admin:congress_rule_add"), said).status_code in {200, 403}
    assert not Rule.objects.filter(key=key).exists()
    assert key not in town.get(reverse("admin:congress_rule_add")).content.decode()
    assert sign_in(world.users["office"]).post(reverse("admin:congress_rule_add"), said).status_code == 302
    row = Rule.objects.get(key=key)
    changed = town.post(reverse("admin:congress_rule_change", args=[row.pk]), said | {"value": "999"})
    assert changed.status_code == 403
    assert Rule.objects.get(key=key, valid_from=date(2026, 1, 1)).value == "900"


def test_there_is_one_page_for_changing_a_password(world, sign_in):
    assert sign_in(world.users["township"]).post("/admin/password_change/", {}).url == reverse("password_change")
    assert sign_in(world.users["township"]).get("/admin/r/1/1/").status_code == 404


def test_prints_are_the_staffs(world, sign_in):
    before = PrintedReport.objects.count()
    asked = {"key": "p02-registration", "format": "html", "params": {"mandate": str(world.ours.mandate.pk)}}
    answer = sign_in(world.users["delegate"]).post("/api/v1/reports/", asked, content_type="application/json")
    assert answer.status_code == 403
    assert PrintedReport.objects.count() == before


def test_readers_are_offered_nothing_they_may_not_do(world, sign_in):
    reader = sign_in(world.users["organisation_department"])
    offered = reader.get(LIST).content.decode()
    assert "issue_slips" not in offered
    assert 'value="assign"' not in offered
    assert "print_roster" in offered
    mandate, town = world.ours.mandate, world.ours.organization
    assert reader.get(reverse("admin:delegates_mandate_assign"), {"ids": mandate.pk}).status_code == 403
    assert reader.get(reverse("admin:congress_organization_reorganize", args=[town.pk])).status_code == 403
    own = world.users["sysadmin"]
    verb = reverse("admin:congress_user_verb", args=[own.pk, "change-role"])
    assert sign_in(own).post(verb, {"role": "office"}).status_code == 403


def test_a_link_never_shows_a_number_in_clear(world, sign_in):
    page = reverse("admin:congress_printedreport_preview", args=["p02-registration"])
    asked = {"mandate": world.ours.mandate.pk, "reveal": "on", "reason": "核对信息用"}
    answer = sign_in(world.users["township"]).get(page, asked)
    assert answer.status_code == 422
    assert NUMBER not in answer.content.decode()
    assert not AuditEvent.objects.filter(action="reveal").exists()


def test_slips_for_nobody_are_no_page(world, sign_in):
    chosen = {"action": "issue_slips", "_selected_action": [world.theirs.mandate.pk]}
    before = User.objects.count()
    answer = sign_in(world.users["township"]).post(LIST, chosen, follow=True)
    assert "lo-slip" not in answer.content.decode()
    assert User.objects.count() == before
    assert Mandate.objects.get(pk=world.theirs.mandate.pk).person.user is None
