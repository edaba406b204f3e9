"""What testers found once must not come back."""

import pytest
from django.urls import reverse

from congress.models import Congress, Role
from delegates.models import Mandate
from tests import factories
from tests.doors.world import make_world

pytestmark = pytest.mark.django_db


def test_a_second_mandate_gives_no_right_to_what_another_office_keeps(sign_in):
    world = make_world()
    theirs = world.theirs.mandate.person
    seat = factories.make_mandate(world.ours.mandate.congress, theirs, electing_unit=world.ours.unit)
    client = sign_in(world.users["township"])
    assert client.get(reverse("admin:delegates_mandate_change", args=[seat.pk])).status_code == 200
    assert client.post(reverse("admin:delegates_mandate_reveal", args=[seat.pk, "phone"])).status_code == 403
    from delegates.policies import PERSONS

    assert not PERSONS.may_change(world.users["township"], theirs)
    assert PERSONS.may_change(world.users["office"], theirs)


@pytest.mark.parametrize(
    "query", ["password__startswith=argon2", "groups__user__password__startswith=a", "is_superuser=1"]
)
def test_a_list_is_no_oracle_for_what_it_does_not_show(sign_in, query):
    world = make_world()
    response = sign_in(world.users["sysadmin"]).get(f"{reverse('admin:congress_user_changelist')}?{query}")
    assert response.status_code in {302, 400}


def test_a_password_alone_cannot_be_exchanged_for_a_new_one(client):
    world = make_world()
    from congress.services import accounts

    user = world.users["office"]
    accounts.start_authenticator(user, confirmed=True)
    client.force_login(user, backend="congress.doors.backend.AccountBackend")
    before = user.password
    response = client.post(reverse("password_change"), {"old_password": factories.PASSWORD})
    assert response.status_code == 302
    assert response.url.startswith(reverse("one_time_code"))
    user.refresh_from_db()
    assert user.password == before


def test_a_congress_keeps_its_place_and_number(sign_in):
    world = make_world()
    congress = world.ours.mandate.congress
    url = reverse("admin:congress_congress_change", args=[congress.pk])
    data = {"organization": world.district.pk, "number": 16, "naming": "standing", "_version": congress.version}
    sign_in(world.users["office"]).post(url, data)
    found = Congress.objects.get(pk=congress.pk)
    assert (found.organization, found.number) == (world.ours.organization, 15)


def test_the_same_delegate_sent_twice_is_one_delegate(sign_in):
    world = make_world()
    client = sign_in(world.users["township"])
    data = {
        "name": "双击测", "gender": "male", "ethnicity": "汉族", "birth_month": "1980.05", "post": "某村村民",
        "congress": world.ours.mandate.congress_id, "electing_unit": world.ours.unit.pk,
        "main_category": "front_line", "method": "re_election",
        "register_basis": "石委〔2026〕8号", "register_on": "2026-05-08",
    }  # fmt: skip
    assert client.post(reverse("admin:delegates_mandate_add"), data).status_code == 302
    second = client.post(reverse("admin:delegates_mandate_add"), data)
    assert second.status_code == 200
    assert "请填写身份证号以便区分" in second.content.decode()
    assert Mandate.objects.filter(person__name="双击测").count() == 1
    emoji = client.post(reverse("admin:delegates_mandate_add"), data | {"name": "另一人", "post": "村民😀"})
    assert "无法打印" in emoji.content.decode()


@pytest.mark.parametrize(("key", "value"), [("stroke_variant", "胡说"), ("reply_months", "0"), ("term_years", "99999")])
def test_a_rule_takes_only_what_it_can_mean(sign_in, key, value):
    world = make_world()
    data = {"key": key, "value": value, "valid_from": "2026-01-01", "source": "文件", "level": "", "organization": ""}
    response = sign_in(world.users["office"]).post(reverse("admin:congress_rule_add"), data)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors["value"]


def test_for_a_delegate_there_is_no_staff_site(sign_in):
    world = make_world()
    client = sign_in(world.users[str(Role.DELEGATE)])
    assert client.get("/admin/", follow=True).status_code == 404
