"""A delegate on his phone: first login, his record, a correction; and every page measured."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from congress.models import Role
from congress.services import accounts
from delegates.models import CorrectionRequest
from tests import factories
from tests.doors.world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = ["/portal/", "/portal/record/", "/portal/record/correct/", "/portal/corrections/", "/portal/messages/",
         "/portal/training/", "/portal/training/notes/", "/account/", "/account/password/",
         "/display/components/", "/"]  # fmt: skip


def test_a_delegates_first_login_record_and_correction(visitor, staff):
    mandate = factories.make_mandate(factories.make_congress(), "赵建国", phone="13800001234")
    user, first = accounts.open_account("zhaojianguo", "赵建国", Role.DELEGATE, None, by="test")
    mandate.person.user = user
    mandate.person.save()

    delegate = visitor(390, 844)
    delegate.sign_in(user.username, first)
    delegate.sees("您使用的是初始密码")  # nothing else opens before the password is his own
    delegate.page.fill("#id_old_password", first)
    delegate.page.fill("#id_new_password1", "purple-window-cat-88")
    delegate.page.fill("#id_new_password2", "purple-window-cat-88")
    delegate.page.click("main .btn.wide")
    delegate.sees("赵建国代表，您好")

    delegate.page.click(".tabs a:nth-child(2)")
    delegate.sees("138****1234")
    delegate.page.get_by_label("更正：联系电话").click()
    delegate.page.fill("#id_wanted", "13900005678")
    delegate.page.reload()  # a lost connection: what was typed is still there
    assert delegate.page.input_value("#id_wanted") == "13900005678"
    delegate.page.click("main .btn.wide")
    delegate.sees("已送党联办")
    request = CorrectionRequest.objects.get()
    assert request.get_sealed("wanted") == "13900005678"

    clerk = visitor()
    office = factories.make_user(Role.TOWNSHIP, mandate.congress.organization)
    clerk.sign_in(*staff(office, "orange-bicycle-7-window"))
    clerk.go("/admin/")
    clerk.page.get_by_text("待答复的更正申请").click()
    clerk.page.locator("#result_list tbody a").first.click()
    clerk.sees("13900005678")
    clerk.page.get_by_text("打开代表信息页").click()
    clerk.page.fill("#id_phone", "13900005678")
    clerk.page.locator("button[name=_save], input[name=_save]").first.click()
    clerk.go(f"/admin/delegates/correctionrequest/{request.pk}/change/")
    clerk.page.get_by_text("已更正，答复代表").click()
    clerk.page.fill("#id_answer", "已按身份证核对并更正。")
    clerk.page.click(".lo-btn >> nth=0")

    delegate.go("/portal/")
    delegate.sees("您的信息已更正：联系电话")
    delegate.go("/portal/corrections/")
    delegate.sees("已按身份证核对并更正。")


@pytest.mark.parametrize("size", ["normal", "large"])
def test_every_portal_page_fits_a_phone_and_passes_axe(visitor, size):
    world = make_world()
    user = world.users["delegate"]
    delegate = visitor(320, 700)
    delegate.sign_in(user.username, factories.PASSWORD)
    if size == "large":
        delegate.page.click("button[value=large]")
    for path in PAGES:
        delegate.go(path)
        assert delegate.fits(), f"{path} is wider than the screen"
        found = Axe().run(delegate.page, options=RULES).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == [], path
        small = delegate.page.evaluate(
            """[...document.querySelectorAll('a.btn, button, .tabs a, .list-row, a.fix, input:not([type=hidden])')]
            .filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5)
            .map(e => e.outerHTML.slice(0, 120))"""
        )
        assert small == [], path


def test_the_large_text_version_is_large_throughout(visitor):
    world = make_world()
    delegate = visitor(390, 844)
    delegate.sign_in(world.users["delegate"].username, factories.PASSWORD)
    delegate.page.click("button[value=large]")
    for path in PAGES:
        delegate.go(path)
        smallest = delegate.page.evaluate(
            """Math.min(...[...document.querySelectorAll('main *')].filter(e => e.offsetParent && !e.closest('svg')
            && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
            .map(e => parseFloat(getComputedStyle(e).fontSize)))"""
        )
        assert smallest >= 19.5, path


def test_the_portal_works_without_javascript(chromium, live_server, transactional_db):
    world = make_world()
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(live_server.url + "/login/")
    page.fill("#id_username", world.users["delegate"].username)
    page.fill("#id_password", factories.PASSWORD)
    page.click("main .btn.wide")
    page.goto(live_server.url + "/portal/record/correct/?fact=school")
    page.fill("#id_wanted", "省委党校")
    page.click("main .btn.wide")
    assert "已送党联办" in page.content()
    context.close()
