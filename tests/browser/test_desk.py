"""A unit's clerk on his phone: signs for a paper, begins, speaks with the delegate, writes the reply, sends it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from proposals.models import Assignment, Reply
from proposals.workflows import ASSIGNMENT
from tests import factories
from tests.browser.test_portal import RULES
from tests.proposals.test_desk import inquired, promised
from tests.proposals.world import REPLY, STARTED, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TYPED = "管网三公里已经完工并通水，老街三百二十户全部接入，欢迎代表到现场查看。"


@pytest.fixture
def world(transactional_db):
    from proposals.models import Category

    Category.objects.get_or_create(name="城建")  # a flushed database has lost what the migrations brought
    return make_world()


def test_a_clerk_handles_a_paper_on_a_phone_from_signing_for_it_to_sending_the_reply(visitor, world):
    row = world.assigned().assignments.get()
    clerk = visitor(390, 844)
    page = clerk.page
    clerk.sign_in(world.desk.username, factories.PASSWORD)
    clerk.sees("承办单位工作台")
    page.locator("button[name=one]").click()
    clerk.sees("已签收1件")
    page.locator(".paper-link").first.click()
    page.locator("main a.btn.wide").first.click()
    for name, said in STARTED.items():
        page.fill(f"#id_{name}", said)
    page.locator("main form.form button").click()
    clerk.sees("已开始办理")

    page.locator(f"a[href='{reverse('unit_contact', args=[row.pk])}']").first.click()
    page.select_option("#id_way", "visit")
    page.fill("#id_text", "上门向代表介绍方案，代表同意先修老街段。")
    page.locator("main form.form button").click()
    clerk.sees("代表同意先修老街段")

    page.locator("main a.btn.wide").first.click()
    page.locator("[data-reply-promise]").wait_for(state="hidden")
    page.check("input[name=reply_class][value=B]")
    assert page.locator("#id_promise").is_visible(), "of a class B alone something is promised"
    page.check("input[name=reply_class][value=A]")
    page.locator("[data-reply-outline]").click()
    assert page.locator("[data-reply-gaps]").is_visible(), "the template is not a reply yet"
    page.fill("#id_text", TYPED)
    page.fill("#id_signer", "周立")
    assert page.locator("[data-reply-gaps]").is_hidden()
    page.reload()  # a lost connection: what was typed is put back
    clerk.sees("已恢复您在本机填写")
    assert page.input_value("#id_text") == TYPED
    assert page.is_checked("input[name=reply_class][value=A]")
    with page.context.expect_page() as opened:
        page.locator("button[formtarget=_blank]").click()
    opened.value.wait_for_load_state()
    assert TYPED in opened.value.inner_text("body").replace("\n", "")
    opened.value.close()
    page.locator("main form.reply-form > .btns button").first.click()  # right after the preview: it is no second click
    clerk.sees("草稿已保存")
    assert Reply.objects.get().text == TYPED
    page.goto(page.url.split("?")[0] + "draft/")
    assert page.locator("[data-reply-kept]").is_hidden(), "what is saved needs no keeping"

    page.go_back()
    page.locator("main a.btn.wide").first.click()
    page.locator("main form.form button").click()
    clerk.sees("答复已报党联办审核")
    assert Assignment.objects.get().state == "in_review"


@pytest.mark.parametrize("size", ["normal", "large"])
def test_every_page_of_the_desk_fits_a_phone_and_passes_axe(visitor, world, size):
    promise, inquiry = promised(world), inquired(world)
    done = promise.proposal.assignments.get()
    both = [(world.unit, "lead", "方案"), (world.other, "assist", "资金")]
    new = world.assigned(title="关于增设日间照料点的提议").assignments.get()
    working = world.working(both, title="关于完善村级道路的提议")
    drafted = world.working(title="关于整治河道垃圾的提议")
    ASSIGNMENT.take(drafted, "draft", by=world.desk, **REPLY)
    pages = [reverse("unit_home"), reverse("unit_promises"), reverse("unit_inquiries"),
             *(reverse("unit_assignment", args=[row.pk]) for row in (new, working, drafted, done)),
             *(reverse(f"unit_{name}", args=[working.pk]) for name in ("progress", "contact", "person")),
             reverse("unit_step", args=[new.pk, "object"]), reverse("unit_step", args=[working.pk, "ask_extension"]),
             reverse("unit_step", args=[drafted.pk, "draft"]), reverse("unit_step", args=[drafted.pk, "submit_reply"]),
             *(reverse(f"unit_letter_{name}", args=[done.pk]) for name in ("issue", "word", "scan")),
             reverse("unit_promise", args=[promise.pk]), reverse("unit_inquiry", args=[inquiry.pk]),
             reverse("unit_inquiry_step", args=[inquiry.pk, "answer"])]  # fmt: skip
    clerk = visitor(320, 700)
    clerk.sign_in(world.desk.username, factories.PASSWORD)
    if size == "large":
        clerk.page.click("button[value=large]")
    for path in pages:
        clerk.go(path)
        assert clerk.page.url.endswith(path)
        assert clerk.fits(), f"{path} is wider than the screen"
        found = Axe().run(clerk.page, options=RULES).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == [], path
        small = clerk.page.evaluate(
            """[...document.querySelectorAll(`main a, main button, main label.paper-tick, main summary,
            main .pick, main input:not([type=hidden]):not([type=radio]):not([type=checkbox]), main select`)]
            .filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5 && !e.closest('dd, p'))
            .map(e => e.outerHTML.slice(0, 120))"""
        )
        assert small == [], path


def test_a_reply_is_written_and_sent_without_javascript(chromium, live_server, world):
    row = world.working()
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(live_server.url + "/login/")
    page.fill("#id_username", world.desk.username)
    page.fill("#id_password", factories.PASSWORD)
    page.click("main .btn.wide")
    page.goto(live_server.url + reverse("unit_step", args=[row.pk, "draft"]))
    page.check("input[name=reply_class][value=C]")
    page.fill("#id_text", TYPED)
    page.fill("#id_signer", "周立")
    page.locator("main form.reply-form > .btns button").first.click()
    assert "草稿已保存" in page.content()
    page.goto(live_server.url + reverse("unit_step", args=[row.pk, "submit_reply"]))
    page.locator("main form.form button").click()
    assert "答复已报党联办审核" in page.content()
    context.close()
