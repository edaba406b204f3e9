"""The staff's pages at work: edits that lose nothing, numbers shown and counted, accounts, corrections, prints."""

import re
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from congress.models import (
    AuditEvent,
    ImportRun,
    PrintedReport,
    Rule,
)
from delegates.kernel import names
from delegates.models import Mandate, Person
from tests import factories
from tests.doors.world import MARK

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(world, sign_in):
    return sign_in(world.users["township"])


def page_of(mandate, what="change"):
    return reverse(f"admin:delegates_mandate_{what}", args=[mandate.pk])


def form_on(answer):
    """What a browser would send back: the page's own form, untouched."""
    form = answer.context["adminform"].form
    data = {}
    for bound in form:
        value = bound.value()
        if value is True:
            data[bound.html_name] = "on"
        elif value not in (None, False) and not hasattr(value, "url"):
            data[bound.html_name] = value.pk if hasattr(value, "pk") else value
    page = answer.content.decode()
    hidden = re.findall(r'<input type="hidden" name="(_version|_person_version)" value="(\d*)"', page)
    return data | dict(hidden)


def words(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


# One delegate


def test_saving_changes_the_person_the_mandate_and_what_is_computed_from_the_name(world, clerk):
    mandate = world.ours.mandate
    data = form_on(clerk.get(page_of(mandate)))
    old_key = mandate.roster_key
    answer = clerk.post(page_of(mandate), data | {
        "name": "丁一凡", "post": "村委会主任", "main_category": "front_line", "front_line": "farmer",
        "votes_for": "61", "phone": "13811112222",
    })  # fmt: skip
    assert answer.status_code == 302, words(answer)
    mandate = Mandate.objects.get(pk=mandate.pk)
    person = mandate.person
    assert (person.name, person.post, person.version) == ("丁一凡", "村委会主任", 1)
    assert (mandate.front_line, mandate.votes_for, mandate.version) == ("farmer", 61, 1)
    assert person.get_sealed("phone") == "13811112222"
    assert person.get_sealed("id_number") == "51070119620307001X"  # left empty means left as it is
    assert person.stroke_key == names.stroke_key("丁一凡")
    assert mandate.roster_key.endswith(person.stroke_key)
    assert mandate.roster_key < old_key
    assert list(Mandate.objects.matching("dyf")) == [mandate]
    assert not Mandate.objects.matching("王文").exists()
    event = AuditEvent.objects.get(action="change")
    assert "13811112222" not in str(event.detail)


def test_the_second_of_two_editors_is_told_keeps_his_words_and_can_save(world, sign_in):
    mandate = world.ours.mandate
    first, second = sign_in(world.users["township"]), sign_in(world.users["office"])
    mine, theirs = form_on(first.get(page_of(mandate))), form_on(second.get(page_of(mandate)))
    assert first.post(page_of(mandate), mine | {"post": "甲改的职务", "votes_for": "50"}).status_code == 302
    told = second.post(page_of(mandate), theirs | {"post": "乙改的职务", "votes_for": "60"})
    assert told.status_code == 200
    text = told.content.decode()
    assert "乙改的职务" in text
    assert "50" in words(told)
    mandate = Mandate.objects.get(pk=mandate.pk)
    assert (mandate.person.post, mandate.votes_for) == ("甲改的职务", 50)
    assert "甲改的职务" in text
    assert second.post(page_of(mandate), form_on(told)).status_code == 302
    mandate = Mandate.objects.get(pk=mandate.pk)
    assert (mandate.person.post, mandate.votes_for) == ("乙改的职务", 60)


@pytest.mark.parametrize(("field", "value"), [
    ("phone", "12345"), ("id_number", "510701196203070011"), ("birth_month", "1962.13"), ("name", ""),
    ("name", "<b>x</b>"), ("gender", "x"), ("id_number", "510702196203070032"),
])  # fmt: skip
def test_what_does_not_fit_is_refused_and_changes_nothing(world, clerk, field, value):
    mandate = world.ours.mandate
    answer = clerk.post(page_of(mandate), form_on(clerk.get(page_of(mandate))) | {field: value, "post": "改"})
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors[field]
    assert MARK not in answer.content.decode()
    mandate.person.refresh_from_db()
    assert (mandate.person.post, mandate.person.version) == ("村党支部书记", 0)


def test_a_number_is_shown_once_asked_for_and_the_asking_is_recorded(world, clerk):
    mandate = world.ours.mandate
    assert "13800000001" not in clerk.get(page_of(mandate)).content.decode()
    shown = clerk.post(reverse("admin:delegates_mandate_reveal", args=[mandate.pk, "phone"]))
    assert "13800000001" in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    event = AuditEvent.objects.get(action="reveal")
    assert (event.actor, event.subject) == (world.users["township"].username, f"person {mandate.person_id} phone")
    assert "13800000001" not in str(vars(event))
    assert clerk.post(reverse("admin:delegates_mandate_reveal", args=[mandate.pk, "name"])).status_code == 404


def test_the_thirty_first_number_in_an_hour_is_refused(world, clerk):
    page = reverse("admin:delegates_mandate_reveal", args=[world.ours.mandate.pk, "phone"])
    assert [clerk.post(page).status_code for _time in range(31)] == [200] * 30 + [429]
    assert AuditEvent.objects.filter(action="reveal", succeeded=True).count() == 30


def new_delegate(world, clerk, **facts):
    congress = world.ours.mandate.congress
    return form_on(clerk.get(reverse("admin:delegates_mandate_add"))) | {
        "name": "赵小兰", "gender": "female", "ethnicity": "回族", "birth_month": "1980.05", "post": "小学教师",
        "education": "本科", "congress": congress.pk, "electing_unit": world.ours.unit.pk,
        "main_category": "front_line", "method": "re_election", "register_basis": "石委〔2026〕3号",
    } | facts  # fmt: skip


def test_a_new_delegate_is_added_with_person_and_place(world, clerk):
    answer = clerk.post(reverse("admin:delegates_mandate_add"), new_delegate(world, clerk, phone="13900001111"))
    assert answer.status_code == 302, words(answer)
    mandate = Mandate.objects.get(person__name="赵小兰")
    assert mandate.person.organization == world.ours.organization
    assert mandate.person.get_sealed("phone") == "13900001111"
    assert list(Mandate.objects.matching("zxl")) == [mandate]
    assert mandate.status == "active"


def test_a_known_person_gets_a_second_mandate_in_another_congress(world, clerk):
    person = world.ours.mandate.person
    other = factories.make_congress(world.ours.organization, 16)
    unit = factories.make_body(type(world.ours.unit), other, "村党支部")
    data = new_delegate(world, clerk, name="王文", gender="male", birth_month="1962.03", congress=other.pk,
                        electing_unit=unit.pk, id_number="51070119620307001X")  # fmt: skip
    answer = clerk.post(reverse("admin:delegates_mandate_add"), data)
    assert answer.status_code == 302, words(answer)
    assert person.mandates.count() == 2
    assert Person.objects.filter(name__endswith="文").count() == 2  # his and the neighbour's
    again = clerk.post(reverse("admin:delegates_mandate_add"), data)
    assert again.status_code == 200  # one mandate a congress
    assert person.mandates.count() == 2


def test_no_choice_of_a_township_holds_a_foreign_row(world, clerk):
    for page in ("admin:delegates_mandate_add", "admin:congress_session_add", "admin:delegates_delegategroup_add"):
        form = clerk.get(reverse(page)).context["adminform"].form
        for field in form.fields.values():
            if queryset := getattr(field, "queryset", None):
                assert MARK not in str([str(row) for row in queryset])
    theirs = {"congress": world.theirs.mandate.congress_id, "electing_unit": world.theirs.unit.pk}
    before = Mandate.objects.count()
    answer = clerk.post(reverse("admin:delegates_mandate_add"), new_delegate(world, clerk, **theirs))
    assert answer.status_code == 200
    assert Mandate.objects.count() == before


# Several delegates


def test_moving_several_shows_them_first_and_moves_all_or_none(world, clerk):
    ours = world.ours
    second = factories.make_mandate(ours.mandate.congress, "赵六")
    target = factories.make_body(type(ours.group), ours.mandate.congress, "新小组")
    listed = reverse("admin:delegates_mandate_changelist")
    chosen = {"action": "assign", "_selected_action": [ours.mandate.pk, second.pk, world.theirs.mandate.pk]}
    asked = clerk.post(listed, chosen)
    assert asked.status_code == 302
    preview = clerk.get(asked.url)
    assert "王文" in words(preview)
    assert "赵六" in words(preview)
    assert MARK not in words(preview)
    assert not Mandate.objects.filter(group=target).exists()  # nothing has moved yet
    assert clerk.post(asked.url, {"group": target.pk}).status_code == 302
    assert set(target.mandates.all()) == {ours.mandate, second}
    other = factories.make_congress(ours.organization, 16)
    stranger = factories.make_mandate(other, "孙七")
    mixed = f"{reverse('admin:delegates_mandate_assign')}?ids={second.pk},{stranger.pk}"
    refused = clerk.post(mixed, {"group": ours.group.pk})
    assert refused.status_code == 200
    second.refresh_from_db()
    assert second.group == target
    assert clerk.post(mixed, {}).status_code == 200


# The tree, the rules


def test_the_office_renames_moves_and_merges_with_a_document(world, sign_in):
    client = sign_in(world.users["office"])
    ours, theirs = world.ours.organization, world.theirs.organization
    page = reverse("admin:congress_organization_reorganize", args=[ours.pk])
    say = {"on": "2026-11-01", "basis": "明府发〔2026〕3号"}
    assert client.post(page, say | {"verb": "rename"}).status_code == 200  # no name typed
    assert client.post(page, say | {"verb": "rename", "name": "新石桥镇"}).status_code == 302
    assert client.post(page, say | {"verb": "merge", "target": theirs.pk}).status_code == 302
    ours.refresh_from_db()
    assert (ours.name, ours.merged_into, ours.closed_on) == ("新石桥镇", theirs, date(2026, 11, 1))
    assert "明府发〔2026〕3号" in words(client.get(page))
    assert client.post(page, say | {"verb": "explode"}).status_code == 200


@pytest.mark.parametrize(("key", "value", "fits"), [
    ("reply_months", "2", True), ("reply_months", "two", False), ("reply_months", "", False),
    ("remind_days_before", "10,5,1", True), ("remind_days_before", "10;5", False), ("no_such_rule", "1", False),
])  # fmt: skip
def test_a_rule_takes_only_values_that_are_one(world, clerk, key, value, fits):
    data = {"key": key, "organization": world.ours.organization.pk, "valid_from": "2026-01-01", "value": value,
            "source": "镇发〔2026〕1号"}  # fmt: skip
    before = Rule.objects.count()
    answer = clerk.post(reverse("admin:congress_rule_add"), data | {"valid_from": "2026-02-01"})
    assert answer.status_code == (302 if fits else 200), words(answer)
    assert Rule.objects.count() == before + fits


def test_a_township_sets_no_rule_for_others(world, clerk):
    data = {"key": "reply_months", "valid_from": "2026-02-01", "value": "1", "source": "x"}
    before = Rule.objects.count()
    for where in ({"level": "township"}, {}, {"organization": world.theirs.organization.pk}):
        assert clerk.post(reverse("admin:congress_rule_add"), data | where).status_code in {200, 403}
    assert Rule.objects.count() == before


# Workbooks in, documents out


def _workbook():
    book, buffer = Workbook(), BytesIO()
    book.active["A1"] = "姓名"
    book.save(buffer)
    return buffer.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000


@pytest.mark.parametrize(("filename", "content"), [
    ("名册.xls", OLE), ("加密.xlsx", OLE), ("空.xlsx", b""), ("网页.xlsx", b"<html></html>"),
    ("名册.exe", b"MZ" + b"\0" * 99),
    ("大.xlsx", b"PK\x03\x04" + b"\0" * (20 * 2**20 + 1)), ("坏.xlsx", b"PK\x03\x04" + b"\0" * 500),
])  # fmt: skip
def test_what_is_no_workbook_is_refused_on_the_page(world, clerk, filename, content):
    data = {"organization": world.ours.organization.pk, "file": SimpleUploadedFile(filename, content)}
    answer = clerk.post(reverse("admin:congress_importrun_add"), data)
    if answer.status_code == 302:  # looks like one: the worker finds out
        assert filename == "坏.xlsx"
        return
    assert answer.status_code == 200
    assert answer.context["form"].errors["file"]
    assert not ImportRun.objects.exists()


def test_a_workbook_is_taken_in_and_its_state_told(world, clerk):
    data = {"organization": world.ours.organization.pk, "file": SimpleUploadedFile("名册.xlsx", _workbook())}
    answer = clerk.post(reverse("admin:congress_importrun_add"), data)
    run = ImportRun.objects.get()
    assert answer.url == reverse("admin:congress_importrun_change", args=[run.pk])
    assert clerk.get(answer.url).status_code == 200
    foreign = data | {"organization": world.theirs.organization.pk, "file": SimpleUploadedFile("a.xlsx", _workbook())}
    assert clerk.post(reverse("admin:congress_importrun_add"), foreign).status_code == 200
    assert ImportRun.objects.count() == 1


@pytest.mark.parametrize("state", ["queued", "rendering", "ready", "failed"])
def test_a_print_says_how_far_it_is(world, clerk, state):
    printed = world.ours.printed
    ready = {} if state == "ready" else {"attachment": None}
    problem = "字库缺字" if state == "failed" else ""
    PrintedReport.objects.filter(pk=printed.pk).update(state=state, problem=problem, progress=40, **ready)
    page = reverse("admin:congress_printedreport_change", args=[printed.pk])
    text = words(clerk.get(page))
    assert ("字库缺字" in text) == (state == "failed")
    part = clerk.get(page, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert part.headers.get("HX-Refresh") == (None if state in {"queued", "rendering"} else "true")


# Words

OURS = [
    "admin:index", "admin:delegates_mandate_changelist", "admin:congress_organization_changelist",
    "admin:congress_importrun_add", "admin:congress_printedreport_add", "admin:congress_rule_changelist",
    "admin:congress_session_add", "admin:delegates_delegategroup_changelist",
]  # fmt: skip


def test_the_pages_speak_chinese(world, sign_in):
    client = sign_in(world.users["office"])
    pages = [reverse(name) for name in OURS] + [page_of(world.ours.mandate), page_of(world.ours.mandate, "history")]
    pages.append(reverse("admin:congress_organization_reorganize", args=[world.ours.organization.pk]))
    for page in pages:
        text = re.sub(
            r"<(script|style|svg|template)\b.*?</\1>", " ", client.get(page).content.decode(), flags=re.DOTALL
        )
        text = " ".join(re.sub(r"<[^>]+>|&\w+;", " ", text).split())
        left = re.findall(r"\b[A-Z]?[a-z]{2,} [a-z]{2,} [a-z]{2,}\b", text)
        assert not left, (page, left[:5])
