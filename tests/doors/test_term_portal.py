"""The delegate's own side of a term: pledge, rights, resignation, and nobody else's."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from congress.models import Notice, Role
from delegates.models import Commitment, Mandate, MandateChange
from delegates.workflows import MANDATE
from tests import factories
from tests.doors.world import MARK

pytestmark = pytest.mark.django_db
LETTER = "因工作调动，无法继续履职。"
PAGES = ["my_mandate", "rights", "pledge", "my_record"]


@pytest.fixture
def world(world):
    Commitment.objects.filter(mandate=world.ours.mandate).delete()  # still to be signed
    return world


@pytest.fixture
def own(world, sign_in):
    return sign_in(world.users["delegate"])


def test_every_form_works_without_javascript(world, own):
    """As a browser without it sends them: to the page's own address, with the token the form holds."""
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.users["delegate"], backend="congress.doors.backend.AccountBackend")
    for name, data in [("pledge", {"own_words": "多走访", "sure": "on"}), ("resign", {"letter": LETTER, "sure": "on"})]:
        page = strict.get(reverse(name)).content.decode()
        form = re.search(r'<form method="post" class="form".*?</form>', page, re.DOTALL)[0]
        assert "action=" not in form
        assert "data-hx" not in form
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]
        assert strict.post(reverse(name), data).status_code == 403
        assert strict.post(reverse(name), data | {"csrfmiddlewaretoken": token}).status_code == 302, name
    page = strict.get(reverse("my_mandate")).content.decode()
    form = re.search(
        rf'<form method="post" action="({reverse("withdraw_resignation")}[^"]*)".*?</form>', page, re.DOTALL
    )
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form[0])[1]
    assert strict.post(form[1], {"csrfmiddlewaretoken": token}).status_code == 302
    assert Mandate.objects.get(pk=world.ours.mandate.pk).status == "active"


def test_a_delegate_signs_the_pledge_once(world, own):
    page = reverse("pledge")
    unsure = own.post(page, {"own_words": "每月走访两次"})
    assert unsure.status_code == 200
    assert "每月走访两次" in unsure.content.decode()
    assert not Commitment.objects.filter(mandate=world.ours.mandate).exists()
    assert own.post(page, {"own_words": "每月走访两次", "sure": "on"}).status_code == 302
    signed = Commitment.objects.get(mandate=world.ours.mandate)
    assert signed.own_words == "每月走访两次"
    again = own.post(page, {"own_words": "改", "sure": "on"})
    assert again.context["form"].non_field_errors()
    assert Commitment.objects.get(mandate=world.ours.mandate).own_words == "每月走访两次"
    assert '<form method="post" class="form"' not in own.get(page).content.decode()


def test_a_delegate_resigns_and_takes_it_back(world, own):
    page = reverse("resign")
    shown = own.get(page)
    assert shown.context["follows"]
    for sentence in shown.context["follows"]:
        assert sentence in shown.content.decode()
    short = own.post(page, {"letter": "不想干了", "sure": "on"})
    assert short.status_code == 200
    assert "不想干了" in short.content.decode()
    assert own.post(page, {"letter": LETTER}).status_code == 200, "he has to say that he is sure"
    assert Mandate.objects.get(pk=world.ours.mandate.pk).status == "active"
    assert own.post(page, {"letter": LETTER, "sure": "on"}).status_code == 302
    assert Mandate.objects.get(pk=world.ours.mandate.pk).status == "resign_pending"
    assert MandateChange.objects.get(verb="resign").note == LETTER
    office = Notice.objects.filter(recipient=world.users["township"])
    assert office.exists()
    assert LETTER not in str([notice.body for notice in office])
    assert own.get(page).status_code == 302, "it leads to where the resignation is seen"
    assert own.post(page, {"letter": LETTER, "sure": "on"}).status_code in {200, 302, 404}
    assert MandateChange.objects.filter(verb="resign").count() == 1
    for _time in range(2):
        assert own.post(reverse("withdraw_resignation")).status_code == 302
    assert Mandate.objects.get(pk=world.ours.mandate.pk).status == "active"
    assert MandateChange.objects.filter(verb="withdraw_resignation").count() == 1


def test_a_strangers_mandate_is_none(world, own):
    theirs = world.theirs.mandate.pk
    for name in [*PAGES, "resign"]:
        foreign, absent = own.get(f"{reverse(name)}?mandate={theirs}"), own.get(f"{reverse(name)}?mandate=987654")
        assert (foreign.status_code, absent.status_code) == (404, 404), name
        assert own.get(f"{reverse(name)}?mandate=x").status_code == 404
    for name in ("pledge", "resign", "withdraw_resignation"):
        answer = own.post(f"{reverse(name)}?mandate={theirs}", {"letter": LETTER, "sure": "on"})
        assert answer.status_code == 404, name
    assert Mandate.objects.get(pk=theirs).status == "active"
    assert Commitment.objects.filter(mandate=theirs).count() == 1  # the neighbour's own


@pytest.mark.parametrize("status", ["candidate", "not_elected", "terminated", "ceased", "expired", "void"])
def test_who_is_no_delegate_yet_or_any_more_sees_only_himself(world, sign_in, status):
    user = factories.make_user(Role.DELEGATE)
    seat = factories.make_mandate(world.ours.mandate.congress, "周小川", status=status)
    type(seat.person).objects.filter(pk=seat.person_id).update(user=user)
    client = sign_in(user)
    for name in ["portal_home", *PAGES]:
        answer = client.get(reverse(name))
        assert answer.status_code == 200, name
        assert "王文" not in answer.content.decode()
        assert MARK not in answer.content.decode()
        assert client.get(f"{reverse(name)}?mandate={world.ours.mandate.pk}").status_code == (
            200 if name == "portal_home" else 404
        )
    assert client.get(reverse("resign")).status_code == 404
    refused = client.post(reverse("pledge"), {"own_words": "", "sure": "on"})
    assert refused.status_code == 200
    assert refused.context["form"].non_field_errors()
    assert client.get("/admin/").status_code == 302
    assert [row["name"] for row in client.get("/api/v1/delegates/?status=" + status).json()["results"]] == ["周小川"]
    for name in ("elections", "vacancies", "credentials-reviews", "removal-motions", "due-times"):
        assert client.get(f"/api/v1/{name}/").json()["count"] == 0, name
    answer = client.post(f"/api/v1/delegates/{seat.pk}/resign/", {"letter": LETTER}, content_type="application/json")
    assert answer.status_code == 409
    assert not Commitment.objects.filter(mandate=seat).exists()


def test_a_delegate_reads_every_decision_about_himself_and_no_other(world, own):
    MANDATE.take(
        world.ours.mandate, "suspend", by=world.users["township"], reason="criminal", basis="石委〔2026〕9号",
        decider="中共石桥镇委员会",
    )  # fmt: skip
    text = own.get(reverse("my_mandate")).content.decode()
    assert "石委〔2026〕9号" in text
    assert "中共石桥镇委员会" in text
    assert MARK not in text
    assert reverse("resign") not in text
