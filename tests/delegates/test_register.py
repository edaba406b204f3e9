"""Keeping the register by hand, through the office's own page."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from delegates.models import Mandate, MandateChange, Person
from tests.doors.world import make_world

pytestmark = pytest.mark.django_db


def page_fields(client, url):
    """What a browser would send back of the page as it stands."""
    form = client.get(url).context["adminform"].form
    fields = {}
    for bound in form:
        value = bound.value()
        if value not in (None, False):
            fields[bound.html_name] = value
    mandate = form.instance
    return fields | {"_version": mandate.version, "_person_version": mandate.person.version}


def picture(kind="PNG"):
    content = BytesIO()
    Image.new("RGB", (30, 40), "white").save(content, kind)
    return SimpleUploadedFile("照片.png", content.getvalue())


def test_an_edit_saves_both_rows_and_keeps_a_photograph(sign_in):
    world = make_world()
    client, mandate = sign_in(world.users["township"]), world.ours.mandate
    url = reverse("admin:delegates_mandate_change", args=[mandate.pk])
    fields = page_fields(client, url) | {"name": "欧阳建", "post": "镇长", "note": "新任", "phone": "139 1111 2222"}
    response = client.post(url, fields | {"photo_file": picture()})
    assert response.status_code == 302, response.context["errors"]
    person = Person.objects.get(pk=mandate.person_id)
    mandate.refresh_from_db()
    assert (person.name, person.post, mandate.note) == ("欧阳建", "镇长", "新任")
    assert person.get_sealed("phone") == "13911112222"
    assert person.get_sealed("id_number") == "51070119620307001X"  # left empty, left alone
    assert mandate.roster_key.endswith(person.stroke_key)
    assert "oyj" in person.search_terms
    assert person.photo.kind == "png"
    assert (person.version, mandate.version) == (1, 1)


def test_what_is_no_picture_is_refused_on_the_page(sign_in):
    world = make_world()
    client, mandate = sign_in(world.users["township"]), world.ours.mandate
    url = reverse("admin:delegates_mandate_change", args=[mandate.pk])
    fields = page_fields(client, url) | {"photo_file": SimpleUploadedFile("照片.png", b"<script>alert(1)</script>")}
    response = client.post(url, fields)
    assert response.status_code == 200
    assert "照片.png" in str(response.context["adminform"].form.errors["photo_file"])


def test_two_clerks_at_one_delegate_the_second_is_told_and_loses_nothing(sign_in):
    world = make_world()
    first, second = sign_in(world.users["township"]), sign_in(world.users["office"])
    url = reverse("admin:delegates_mandate_change", args=[world.ours.mandate.pk])
    one, two = page_fields(first, url) | {"note": "甲"}, page_fields(second, url) | {"note": "乙"}
    assert first.post(url, one).status_code == 302
    response = second.post(url, two)
    assert response.status_code == 200
    page = response.content.decode()
    assert "已有他人保存过改动" in page
    assert "“甲”" in page  # what the first saved
    assert 'value="乙"' in page  # what the second typed
    assert Mandate.objects.get(pk=world.ours.mandate.pk).note == "甲"
    assert second.post(url, two | {"_version": 1}).status_code == 302  # having seen both
    assert Mandate.objects.get(pk=world.ours.mandate.pk).note == "乙"


def test_a_known_person_gets_another_mandate_and_a_new_one_a_record(sign_in):
    world = make_world()
    client, known = sign_in(world.users["office"]), world.ours.mandate
    fields = page_fields(client, reverse("admin:delegates_mandate_change", args=[known.pk]))
    other = world.theirs
    fields |= {"congress": other.mandate.congress_id, "electing_unit": other.unit.pk, "group": "", "delegation": ""}
    response = client.post(reverse("admin:delegates_mandate_add"), fields | {"id_number": "51070119620307001X"})
    assert response.status_code == 200, "nobody joins without a document"
    fields |= {"register_basis": "石委〔2026〕8号", "register_on": "2026-05-08"}
    response = client.post(reverse("admin:delegates_mandate_add"), fields | {"id_number": "51070119620307001X"})
    assert response.status_code == 302, response.context["errors"]
    assert known.person.mandates.count() == 2
    change = MandateChange.objects.get(mandate__in=known.person.mandates.all(), reason="registered")
    assert (change.basis, change.by) == ("石委〔2026〕8号", world.users["office"])
    fresh = fields | {"name": "全新人", "id_number": "", "gender": "male", "birth_month": "1980.02"}
    assert client.post(reverse("admin:delegates_mandate_add"), fresh).status_code == 302
    assert Person.objects.filter(name="全新人").count() == 1
    response = client.post(reverse("admin:delegates_mandate_add"), fields | {"id_number": "51070119620307001X"})
    assert response.status_code == 200  # the same person twice in one congress
