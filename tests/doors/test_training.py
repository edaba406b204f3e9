"""Training through the doors: the office's roll and code, the delegate's pages, and what each does not see."""

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from congress.models import ImportRun
from delegates.models import Attendance, TrainingSession
from delegates.services import training
from tests import factories
from tests.doors.test_admin import form_on
from tests.doors.world import MARK

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(world):
    """A training of the whole district, today."""
    return factories.make_session(world.district, timezone.localdate(), "区级培训", place="区委党校")


@pytest.fixture
def delegate(world, sign_in):
    return sign_in(world.users["delegate"])


@pytest.fixture
def office(world, sign_in):
    return sign_in(world.users["office"])


def roll(session, **query):
    address = reverse("admin:delegates_trainingsession_roll", args=[session.pk])
    return f"{address}?{'&'.join(f'{name}={value}' for name, value in query.items())}"


def door(session):
    return reverse("training_sign_in", args=[session.code])


def text(answer):
    return answer.content.decode()


# The code at the door


def test_a_delegate_scans_looks_touches_one_button_and_is_signed_in(world, delegate, today):
    page = text(delegate.get(door(today)))
    assert page.count('<form method="post"') == 3  # text size, language, and the one button
    assert "区级培训" in page
    for _look in range(2):
        delegate.get(door(today))
    assert not Attendance.objects.filter(session=today).exists()  # looking changes nothing
    answer = delegate.post(door(today))
    assert answer.url == door(today)
    came = Attendance.objects.get(session=today)
    assert (came.mandate, came.how) == (world.ours.mandate, "qr")
    page = text(delegate.get(door(today)))
    assert f"{timezone.localtime(came.signed_at):%H:%M}" in page
    assert 'class="btn wide big"' not in page
    assert delegate.post(door(today)).status_code == 302
    assert Attendance.objects.filter(session=today).count() == 1


def test_who_is_not_signed_in_is_led_through_the_login_back_to_the_door(client, today):
    answer = client.get(door(today))
    assert (answer.status_code, answer.url) == (302, f"/login/?next={door(today)}")
    assert client.post(door(today)).status_code == 302
    assert not Attendance.objects.filter(session=today).exists()


@pytest.mark.parametrize("days", [-2, 2])
def test_on_another_day_the_page_says_so_and_a_post_does_nothing(world, delegate, days):
    other = factories.make_session(world.district, timezone.localdate() + timedelta(days=days), "别日")
    assert 'class="btn wide big"' not in text(delegate.get(door(other)))
    assert "2026年" in text(delegate.get(door(other))) or "2027年" in text(delegate.get(door(other)))
    delegate.post(door(other))
    assert not Attendance.objects.filter(session=other).exists()


def test_a_code_that_is_old_foreign_or_invented_leads_nowhere(world, sign_in, delegate, today):
    foreign = factories.make_session(world.theirs.organization, timezone.localdate(), f"{MARK}今日")
    old = door(today)
    training.renew_code(today, by=world.users["office"])
    for address in (
        door(foreign),
        old,
        reverse("training_sign_in", args=["x" * 22]),
        f"/portal/training/sign-in/{today.pk}/",
    ):
        assert delegate.get(address).status_code == 404
        assert delegate.post(address).status_code == 404
    today.refresh_from_db()
    assert delegate.get(door(today)).status_code == 200
    for role in ("office", "unit", "workroom"):
        assert sign_in(world.users[role]).get(door(today)).status_code == 404
    assert not Attendance.objects.exclude(session__held_on=date(2026, 9, 1)).exists()


def test_a_forged_form_signs_nobody_in(world, today):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(world.users["delegate"], backend="congress.doors.backend.AccountBackend")
    assert client.post(door(today)).status_code == 403
    assert not Attendance.objects.filter(session=today).exists()


# The roll


def test_the_office_ticks_who_came_by_township_and_takes_one_back(world, office, today):
    ours, theirs = world.ours.mandate, world.theirs.mandate
    page = text(office.get(roll(today)))
    assert ours.person.name in page
    assert theirs.person.name in page
    town = roll(today, town=world.theirs.organization.code)
    assert ours.person.name not in text(office.get(town)).partition('class="lo-roll"')[2]
    answer = office.post(town, {"verb": "mark", "chosen": [theirs.pk], "hours": "3.5"})
    assert answer.url == town
    office.post(town, {"verb": "mark", "chosen": [theirs.pk], "hours": "3.5"})
    assert [(row.mandate, row.hours) for row in Attendance.objects.filter(session=today)] == [(theirs, 3.5)]
    assert theirs.person.name not in text(office.get(roll(today, state="missing"))).partition('class="lo-roll"')[2]
    assert theirs.person.name in text(office.get(roll(today, state="here")))
    assert ours.person.name in text(office.get(roll(today, q="王")))
    assert ours.person.name in text(office.get(roll(today, town=world.ours.organization.code, group=ours.group_id)))
    office.post(roll(today), {"verb": "mark_all", "shown": [ours.pk, theirs.pk], "hours": "4"})
    assert Attendance.objects.filter(session=today).count() == 2
    office.post(roll(today), {"verb": "unmark", "chosen": [ours.pk]})
    assert Attendance.objects.get(session=today).mandate == theirs


@pytest.mark.parametrize("data", [
    {"verb": "mark", "hours": "4"}, {"verb": "mark", "chosen": ["x"], "hours": "4"}, {"verb": "mark", "chosen": ["1"]},
    {"verb": "mark", "chosen": ["987654"], "hours": "4"}, {"verb": "mark", "chosen": ["1"], "hours": "0"},
])  # fmt: skip
def test_a_tick_without_sense_is_answered_in_words(world, office, today, data):
    data = {**data, "chosen": [world.ours.mandate.pk]} if data.get("chosen") == ["1"] else data
    answer = office.post(roll(today), data)
    assert answer.status_code == 200
    assert list(answer.context["messages"])
    assert not Attendance.objects.filter(session=today).exists()
    assert office.post(roll(today), {"verb": "delete"}).status_code == 404


def test_the_roll_and_the_wall_tell_how_many_came_as_it_happens(world, office, delegate, today):
    delegate.post(door(today))
    for name in ("roll", "code"):
        page = reverse(f"admin:delegates_trainingsession_{name}", args=[today.pk])
        part = text(office.get(page, headers={"HX-Request": "true"}))
        assert "<html" not in part
        assert re.search(r"<b>1</b> / 2", part)
    assert world.ours.mandate.person.name in text(office.get(roll(today), headers={"HX-Request": "true"}))


def test_the_wall_shows_the_code_and_a_new_one_replaces_it(office, today):
    page = reverse("admin:delegates_trainingsession_code", args=[today.pk])
    shown = text(office.get(page))
    assert f"http://testserver{door(today)}" in shown
    assert "data:image/svg+xml" in shown
    for verb, is_open in (("close", False), ("open", True)):
        office.post(reverse("admin:delegates_trainingsession_code_verb", args=[today.pk, verb]))
        assert TrainingSession.objects.get(pk=today.pk).sign_in_open is is_open
    renew = reverse("admin:delegates_trainingsession_code_verb", args=[today.pk, "renew"])
    assert office.get(renew).status_code == 404
    office.post(renew)
    assert door(today) not in text(office.get(page))


def test_a_township_reads_the_districts_roll_of_its_own_and_changes_nothing(world, sign_in, today):
    township = sign_in(world.users["township"])
    for mandate in (world.ours.mandate, world.theirs.mandate):
        factories.make_attendance(today, mandate, signed_at=timezone.now())
    for address in (roll(today), reverse("admin:delegates_trainingsession_change", args=[today.pk])):
        page = text(township.get(address))
        assert MARK not in page
        assert 'name="chosen"' not in page
    assert re.search(r"<b>1</b> / 1", text(township.get(roll(today))))
    assert township.post(roll(today), {"verb": "unmark", "chosen": [world.ours.mandate.pk]}).status_code == 403
    for verb in ("close", "renew"):
        page = reverse("admin:delegates_trainingsession_code_verb", args=[today.pk, verb])
        assert township.post(page).status_code == 403
    assert township.get(reverse("admin:delegates_trainingsession_code", args=[today.pk])).status_code == 403
    assert Attendance.objects.filter(session=today).count() == 2
    listed = township.get("/api/v1/trainings/").json()["results"]
    assert {row["course"]: row["persons"] for row in listed} == {"区级培训": 1, "履职培训": 1}
    came = township.get(f"/api/v1/attendances/?training={today.pk}").json()["results"]
    assert [row["name"] for row in came] == [world.ours.mandate.person.name]
    assert township.get("/api/v1/attendances/?year=2025").json()["count"] == 0


def test_readers_see_the_roll_and_touch_nothing(world, sign_in):
    session = world.ours.attendance.session
    for role in ("workroom", "organisation_department"):
        reader = sign_in(world.users[role])
        assert world.ours.mandate.person.name in text(reader.get(roll(session)))
        assert reader.post(roll(session), {"verb": "unmark", "chosen": [world.ours.mandate.pk]}).status_code == 403
        page = reverse("admin:delegates_attendance_change", args=[world.ours.attendance.pk])
        assert "学习感悟" not in text(reader.get(page))  # the note is the office's until it is published
        assert (
            reader.get(reverse("admin:delegates_attendance_history", args=[world.ours.attendance.pk])).status_code
            == 403
        )
        assert reader.post(page, {"hours": "1"}).status_code == 403
    assert "学习感悟" not in text(reader.get("/api/v1/attendances/"))
    clerk = sign_in(world.users["township"])
    assert "学习感悟" in text(clerk.get(page))


# Plans, courses, days


def test_the_office_plans_a_year_a_course_and_a_day(world, sign_in):
    clerk = sign_in(world.users["township"])
    year, town = timezone.localdate().year + 1, world.ours.organization
    plan = {"organization": town.pk, "year": year, "title": "明年计划", "goals": "每人八学时"}
    assert clerk.post(reverse("admin:delegates_trainingplan_add"), plan).status_code == 302
    assert clerk.post(reverse("admin:delegates_trainingplan_add"), plan).status_code == 200  # one a year
    made = town.training_plans.get(year=year)
    course = {"organization": town.pk, "year": year, "title": "提案写作", "kind": "lecture", "plan": made.pk}
    assert clerk.post(reverse("admin:delegates_course_add"), course).status_code == 302
    assert clerk.post(reverse("admin:delegates_course_add"), course).status_code == 200
    held = made.courses.get()
    day = {"course": held.pk, "held_on": f"{year}-03-01", "hours": "4", "place": "镇会议室", "sign_in_open": "on"}
    add = reverse("admin:delegates_trainingsession_add")
    assert clerk.post(add, day | {"hours": "30"}).status_code == 200
    assert clerk.post(add, day | {"held_on": "2020-03-01"}).status_code == 200
    assert clerk.post(add, day).status_code == 302
    assert clerk.post(add, day).status_code == 200
    session = held.sessions.get()
    for name, pk in (("trainingplan", made.pk), ("course", held.pk)):
        assert roll(session).rstrip("?") in text(clerk.get(reverse(f"admin:delegates_{name}_change", args=[pk])))
    page = reverse("admin:delegates_trainingsession_change", args=[session.pk])
    assert clerk.post(page, form_on(clerk.get(page)) | {"place": "镇礼堂"}).status_code == 302
    stale = form_on(clerk.get(page))
    assert clerk.post(page, stale | {"place": "甲"}).status_code == 302
    assert clerk.post(page, stale | {"place": "乙"}).status_code == 200  # somebody saved meanwhile
    foreign = plan | {"organization": world.theirs.organization.pk}
    assert clerk.post(reverse("admin:delegates_trainingplan_add"), foreign).status_code == 200


def test_hours_and_mark_are_mended_at_the_attendance_and_notes_published_from_its_list(world, sign_in):
    clerk, came = sign_in(world.users["township"]), world.ours.attendance
    page = reverse("admin:delegates_attendance_change", args=[came.pk])
    assert clerk.post(page, form_on(clerk.get(page)) | {"hours": "2", "score": "95"}).status_code == 302
    came.refresh_from_db()
    assert (came.hours, came.score, came.note) == (2, 95, "学习感悟")
    assert clerk.get(reverse("admin:delegates_attendance_add")).status_code == 403
    for action, published in (("publish_notes", True), ("withdraw_notes", False)):
        data = {"action": action, "_selected_action": [came.pk]}
        clerk.post(reverse("admin:delegates_attendance_changelist"), data)
        came.refresh_from_db()
        assert came.note_published is published
    listed = f"{reverse('admin:delegates_attendance_changelist')}?q=wang"
    assert "王文" in text(clerk.get(listed))


# The delegate's pages


def test_a_delegate_reads_his_trainings_writes_his_note_and_reads_published_ones(world, delegate, today):
    came = world.ours.attendance
    home, mine = text(delegate.get(reverse("portal_home"))), text(delegate.get(reverse("my_training")))
    assert "区级培训" in home
    assert "区级培训" in mine
    assert "履职培训" in mine
    assert MARK not in mine
    note = reverse("training_note", args=[came.pk])
    assert "学习感悟" in text(delegate.get(note))
    answer = delegate.post(note, {"text": "深受教育", "offered": "on"})
    assert answer.url == f"{reverse('my_training')}?saved={came.pk}"
    assert f'data-drop-draft="{note}:note"' in text(delegate.get(answer.url))
    came.refresh_from_db()
    assert (came.note, came.note_offered, came.note_published) == ("深受教育", True, False)
    assert delegate.post(note, {"text": "x" * 2001}).status_code == 200
    assert "深受教育" not in text(delegate.get(reverse("training_notes")))
    training.publish(Attendance.objects.filter(pk=came.pk), True, by=world.users["office"])
    assert "深受教育" in text(delegate.get(reverse("training_notes")))
    assert "深受教育" in text(delegate.get(reverse("my_training")))


def test_another_delegates_note_does_not_exist_until_it_is_published_where_he_is_invited(world, delegate, today):
    theirs = world.theirs.attendance
    note = reverse("training_note", args=[theirs.pk])
    assert delegate.get(note).status_code == delegate.post(note, {"text": "改"}).status_code == 404
    Attendance.objects.filter(pk=theirs.pk).update(note_published=True)
    assert MARK not in text(delegate.get(reverse("training_notes")))  # the neighbour's own training
    factories.make_attendance(today, world.theirs.mandate, note="同学所感", note_offered=True, note_published=True)
    assert "同学所感" in text(delegate.get(reverse("training_notes")))
    assert delegate.get(note).status_code == 404


def test_the_upload_page_takes_a_sign_in_list(world, office):
    from pathlib import Path

    content = (Path(__file__).parent.parent / "data" / "training.xlsx").read_bytes()
    add = reverse("admin:congress_importrun_add")
    data = {"organization": world.district.pk, "file": SimpleUploadedFile("签到.xlsx", content), "importer": "training"}
    assert office.post(add, data).status_code == 302
    assert ImportRun.objects.get().importer == "training"
    bad = data | {"importer": "x", "file": SimpleUploadedFile("签到.xlsx", content)}
    assert office.post(add, bad).status_code == 200


def test_the_dashboard_counts_the_year(world, office, today):
    factories.make_attendance(today, world.ours.mandate)
    page = text(office.get("/admin/"))
    card = page[page.index(reverse("admin:delegates_attendance_changelist") + '"><span>') :][:400]
    counted = training.this_year(world.users["office"])
    assert f"<b>{counted['times']}</b>" in card


def test_the_pages_speak_chinese(world, office, delegate, today):
    names = ["trainingplan", "course", "trainingsession", "attendance"]
    office_pages = [reverse(f"admin:delegates_{name}_changelist") for name in names]
    office_pages += [reverse(f"admin:delegates_{name}_add") for name in names[:3]]
    office_pages += [roll(today), reverse("admin:delegates_trainingsession_code", args=[today.pk])]
    office_pages += [reverse("admin:congress_printedreport_ask", args=[key]) for key in ("t01-sign-in", "t02-training")]
    pages = [(office, page) for page in office_pages]
    pages += [(delegate, page) for page in (reverse("my_training"), reverse("training_notes"), door(today))]
    pages += [(delegate, reverse("training_note", args=[world.ours.attendance.pk]))]
    for client, page in pages:
        shown = re.sub(r"<(script|style|svg|template)\b.*?</\1>", " ", text(client.get(page)), flags=re.DOTALL)
        shown = " ".join(re.sub(r"<[^>]+>|&\w+;", " ", shown).split())
        assert not re.findall(r"\b[A-Z]?[a-z]{2,} [a-z]{2,} [a-z]{2,}\b", shown), page
