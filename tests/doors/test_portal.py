"""The delegate's own pages: what he may ask, take back and read, and that they are his alone."""

import pytest
from django.urls import reverse

from congress.models import Notice
from delegates.models import CorrectionRequest
from tests.doors.world import MARK

pytestmark = pytest.mark.django_db


@pytest.fixture
def delegate(world, sign_in):
    return sign_in(world.users["delegate"])


ASKED = {"fact": "education", "wanted": "本科", "reason": "毕业证"}


def test_a_correction_is_asked_for_once_told_to_the_office_and_taken_back(world, delegate):
    page = reverse("ask_correction")
    assert delegate.post(page, ASKED).status_code == 302
    request = CorrectionRequest.objects.get(mandate=world.ours.mandate, fact="education")
    assert request.get_sealed("wanted") == "本科"
    assert "本科" not in request.wanted_sealed
    assert set(Notice.objects.values_list("recipient", flat=True)) == {world.users["township"].pk}
    again = delegate.post(page, ASKED | {"wanted": "研究生"})
    assert again.status_code == 200
    assert "研究生" in again.content.decode()  # what was typed is kept
    assert delegate.post(reverse("withdraw_correction", args=[request.pk])).status_code == 302
    request.refresh_from_db()
    assert request.state == "withdrawn"
    assert delegate.post(page, ASKED).status_code == 302


@pytest.mark.parametrize("wrong", [{"fact": "id_number"}, {"fact": "user"}, {"wanted": ""}, {"wanted": "x" * 501}])
def test_what_is_no_correction_is_refused(delegate, wrong):
    before = CorrectionRequest.objects.count()
    assert delegate.post(reverse("ask_correction"), ASKED | wrong).status_code == 200
    assert CorrectionRequest.objects.count() == before


def test_another_delegates_pages_do_not_exist(world, delegate):
    theirs = world.theirs
    assert delegate.post(reverse("withdraw_correction", args=[theirs.correction.pk])).status_code == 404
    for name in ("my_record", "ask_correction"):
        assert delegate.get(f"{reverse(name)}?mandate={theirs.mandate.pk}").status_code == 404
        assert delegate.get(f"{reverse(name)}?mandate=%00x").status_code == 404
        assert MARK not in delegate.get(reverse(name)).content.decode()


def test_his_own_numbers_are_masked_on_his_record(delegate):
    text = delegate.get(reverse("my_record")).content.decode()
    assert "138****0001" in text
    assert "13800000001" not in text
    assert "51070119620307001X" not in text


def test_a_message_is_its_readers_and_leads_nowhere_outside(world, delegate):
    own, other = (
        Notice.objects.create(key=key, recipient=world.users[role], subject="x", body="x", link="https://evil.example/")
        for key, role in (("a", "delegate"), ("b", "unit"))
    )
    assert delegate.post(reverse("message_read", args=[own.pk])).url == reverse("message_list")
    own.refresh_from_db()
    assert own.read_at is not None
    assert delegate.post(reverse("message_read", args=[other.pk])).status_code == 404


def test_large_text_is_remembered_by_the_browser_alone(delegate):
    answer = delegate.post(reverse("set_size"), {"size": "large", "next": "/portal/"})
    assert answer.url == "/portal/"
    assert delegate.cookies["size"].value == "large"
    assert delegate.cookies["size"]["httponly"]
    assert "large" in delegate.get("/portal/").content.decode()
