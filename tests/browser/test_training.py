"""A training in the browser: the code at the door, the roll that tells who came, a study note that is not lost."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from congress.models import Role
from delegates.models import Attendance
from tests import factories
from tests.browser.test_portal import RULES
from tests.doors.world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def make_training(world):
    return factories.make_session(world.district, timezone.localdate(), "党代表履职能力", place="区委党校")


def test_a_delegate_signs_in_at_the_door_and_the_office_sees_it_on_the_roll(visitor, staff):
    world = make_world()
    session = make_training(world)
    clerk = visitor()
    clerk.sign_in(*staff(factories.make_user(Role.OFFICE, world.district), "orange-bicycle-7-window"))
    clerk.go(f"/admin/delegates/trainingsession/{session.pk}/code/")
    address = clerk.page.locator("main img").get_attribute("alt")
    clerk.go(f"/admin/delegates/trainingsession/{session.pk}/roll/")
    clerk.sees("/ 2")

    delegate = visitor(390, 844)
    delegate.page.goto(address)
    delegate.page.fill("#id_username", world.users["delegate"].username)
    delegate.page.fill("#id_password", factories.PASSWORD)
    delegate.page.click("main .btn.wide")
    delegate.page.click(".btn.big")
    delegate.sees("您已于")
    assert Attendance.objects.filter(session=session, how="qr").count() == 1
    clerk.page.locator("#roll-state b", has_text="1").wait_for(timeout=15_000)  # by itself, without a reload

    clerk.page.locator("label.lo-roll-row", has_text=world.theirs.mandate.person.name).click()
    clerk.page.get_by_role("button", name="登记勾选的人").click()
    clerk.sees("已登记1人签到")
    assert Attendance.objects.filter(session=session).count() == 2


def test_a_study_note_survives_a_reload_and_is_forgotten_once_kept(visitor):
    world = make_world()
    Attendance.objects.update(note="", note_offered=False)
    delegate = visitor(390, 844)
    delegate.sign_in(world.users["delegate"].username, factories.PASSWORD)
    page = f"/portal/training/{world.ours.attendance.pk}/note/"
    delegate.go(page)
    delegate.page.fill("#id_text", "回去以后多走访群众")
    delegate.page.reload()
    assert delegate.page.input_value("#id_text") == "回去以后多走访群众"
    delegate.page.check("#id_offered")
    delegate.page.click("main .btn.wide")
    delegate.sees("学习感悟已保存")
    Attendance.objects.update(note="", note_offered=False)
    delegate.go(page)
    assert delegate.page.input_value("#id_text") == ""


@pytest.mark.parametrize("size", ["normal", "large"])
def test_every_training_page_fits_a_phone_and_passes_axe(visitor, size):
    world = make_world()
    session = make_training(world)
    factories.make_attendance(session, world.theirs.mandate, note="同学所感", note_offered=True, note_published=True)
    delegate = visitor(320, 700)
    delegate.sign_in(world.users["delegate"].username, factories.PASSWORD)
    if size == "large":
        delegate.page.click("button[value=large]")
    note = f"/portal/training/{world.ours.attendance.pk}/note/"
    for path in ("/portal/training/", "/portal/training/notes/", note, f"/portal/training/sign-in/{session.code}/"):
        delegate.go(path)
        assert delegate.fits(), f"{path} is wider than the screen"
        found = Axe().run(delegate.page, options=RULES).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == [], path
        small = delegate.page.evaluate(
            """[...document.querySelectorAll('main a.btn, main button, main .list-row, main .tick label, main .more a')]
            .filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5)
            .map(e => e.outerHTML.slice(0, 120))"""
        )
        assert small == [], path


def test_signing_in_and_a_note_need_no_javascript(chromium, live_server, transactional_db):
    world = make_world()
    session = make_training(world)
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{live_server.url}/portal/training/sign-in/{session.code}/")
    page.fill("#id_username", world.users["delegate"].username)
    page.fill("#id_password", factories.PASSWORD)
    page.click("main .btn.wide")
    page.click(".btn.big")
    assert "您已于" in page.content()
    page.goto(f"{live_server.url}/portal/training/{world.ours.attendance.pk}/note/")
    page.fill("#id_text", "有收获")
    page.click("main .btn.wide")
    assert "学习感悟已保存" in page.content()
    context.close()
