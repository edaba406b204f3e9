"""A paper on a phone: written while the connection comes and goes, signed by two, changed, signed again, handed in."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from proposals.models import Proposal, Signature
from proposals.services import writing
from tests import factories
from tests.browser.test_portal import RULES
from tests.proposals.world import PROMISE, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GROUNDS = "场镇老街三百二十户居民的生活污水直排河道，夏季异味严重，群众连续三年向镇里反映，至今没有解决。"
CAUSE = "老街管网建于上世纪九十年代，权属不清，没有单位承担改造责任，资金也没有渠道。"


@pytest.fixture
def world(transactional_db):
    factories.make_category("城建")
    return make_world()


def signed_in(visitor, user, width=390):
    person = visitor(width, 844)
    person.sign_in(user.username, factories.PASSWORD)
    person.page.wait_for_url("**/portal/")
    return person


def says(person, words):
    person.page.locator("[data-state]", has_text=words).wait_for(timeout=15_000)


def test_a_paper_is_written_through_a_dropped_connection_signed_changed_and_handed_in(visitor, world):
    lead = signed_in(visitor, world.user)
    page = lead.page
    page.get_by_text("写提案提议").first.click()
    page.locator("button.kind[value=proposal]").click()
    page.fill("#id_title", "关于完善场镇排污管网的提案")
    page.select_option("#id_category", label="城建")
    page.select_option("#id_scope", "overall")
    says(lead, "已保存")
    paper = Proposal.objects.get()
    assert paper.title == "关于完善场镇排污管网的提案"

    page.context.set_offline(True)
    page.fill("#id_grounds", GROUNDS)
    page.locator("#id_root_cause").focus()
    says(lead, "没有网络")
    page.fill("#id_root_cause", CAUSE)
    page.locator("[name=action]").first.fill("新建场镇污水管网三公里")
    page.locator("[name=actor]").first.fill("区住房和城乡建设局")
    page.locator("[name=by_when]").first.fill("2027年6月底前")
    page.context.set_offline(False)
    says(lead, "已保存")
    paper.refresh_from_db()
    assert (paper.grounds, paper.root_cause) == (GROUNDS, CAUSE)
    assert paper.measures.get().actor == "区住房和城乡建设局"

    context = page.context
    context.set_offline(True)  # and now the page is closed before anything was sent
    page.fill("#id_evidence", "2026年9月走访老街四十户居民。")
    says(lead, "已存在本机")
    page.close()
    context.set_offline(False)
    page = lead.page = context.new_page()
    lead.go(reverse("paper_edit", args=[paper.pk]))
    assert page.input_value("#id_evidence") == "2026年9月走访老街四十户居民。"
    says(lead, "已保存")
    paper.refresh_from_db()
    assert paper.evidence == "2026年9月走访老街四十户居民。"
    lead.complaints.clear()  # the browser's own words about the lost connection

    page.get_by_role("button", name="邀请联名").click()
    for person in ("李四", "zhaoliu", "sunqi", "zhouba"):
        page.fill("#id_q", person)
        page.get_by_role("button", name="查找").click()
        page.locator("[name=mandate]").first.check()
        page.get_by_role("button", name="邀请勾选的代表").click()
    lead.sees("还差4人")

    for user in world.co_users[:2]:
        colleague = signed_in(visitor, user)
        colleague.page.get_by_text("请您联名：").first.click()  # two taps: the paper, and the button
        colleague.page.get_by_role("button", name="签名").click()
        colleague.sees("您已签名")
    assert Signature.objects.filter(state="signed", is_lead=False).count() == 2

    lead.go(reverse("paper_edit", args=[paper.pk]))
    page.fill("#id_root_cause", CAUSE + "镇里没有专人管护。")
    says(lead, "点“保存”后")
    page.get_by_role("button", name="保存", exact=True).click()
    says(lead, "已保存")
    assert Signature.objects.filter(state="signed", is_lead=False).count() == 0
    for user in world.co_users:
        colleague = signed_in(visitor, user)
        colleague.go(reverse("my_proposal", args=[paper.pk]))
        if user in world.co_users[:2]:
            colleague.sees("您签名以后正文有修改")
        colleague.page.get_by_role("button", name="签名").click()
        colleague.sees("您已签名")

    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="提交", exact=True).click()
    lead.sees("提案第001号")
    assert Proposal.objects.get().number == 1


def test_two_devices_see_both_texts_and_the_writer_chooses(visitor, world):
    paper = world.paper()
    phone, desk = signed_in(visitor, world.user), signed_in(visitor, world.user, 1280)
    for device in (phone, desk):
        device.go(reverse("paper_edit", args=[paper.pk]))
    phone.page.fill("#id_evidence", "手机上写的依据")
    phone.page.locator("#id_grounds").focus()
    says(phone, "已保存")
    desk.page.fill("#id_evidence", "电脑上写的依据")
    desk.page.locator("#id_grounds").focus()
    desk.sees("有两份内容，用哪一份？")
    assert "手机上写的依据" in desk.page.locator("[data-conflict]").inner_text()
    assert Proposal.objects.get().evidence == "手机上写的依据"
    desk.page.locator("[data-conflict] button", has_text="用这里的").click()
    says(desk, "已保存")
    assert Proposal.objects.get().evidence == "电脑上写的依据"
    phone.page.fill("#id_prior_attempt", "反映过")
    phone.page.locator("#id_grounds").focus()
    phone.page.locator("[data-conflict] button", has_text="另一台设备").click()
    assert phone.page.input_value("#id_evidence") == "电脑上写的依据"
    assert phone.page.input_value("#id_prior_attempt") == ""


def test_an_answer_lost_on_the_way_is_no_second_device(visitor, world):
    paper = world.paper()
    phone = signed_in(visitor, world.user)
    phone.go(reverse("paper_edit", args=[paper.pk]))

    def lose(route):
        route.fetch()  # the server has saved, the phone never hears of it
        route.abort()

    phone.page.route("**/save/", lose)
    phone.page.fill("#id_evidence", "走访四十户")
    phone.page.locator("#id_grounds").focus()
    says(phone, "没有网络")
    phone.page.unroute("**/save/")
    phone.page.fill("#id_evidence", "走访四十二户")
    phone.page.locator("#id_grounds").focus()
    says(phone, "已保存")
    assert Proposal.objects.get().evidence == "走访四十二户"
    assert phone.page.locator("[data-conflict]").is_hidden()
    phone.complaints.clear()


def test_similar_papers_come_while_the_subject_is_typed(visitor, world):
    world.answered(world.working(title="关于完善场镇排污管网建设的提议"))
    paper = writing.start(world.lead, by=world.user, kind="motion")
    phone = signed_in(visitor, world.user)
    phone.go(reverse("paper_edit", args=[paper.pk]))
    phone.page.fill("#id_title", "关于完善场镇排污管网的提议")
    phone.sees("可能已有类似提案")
    phone.sees("关于完善场镇排污管网建设的提议")


@pytest.mark.parametrize("size", ["normal", "large"])
def test_every_page_of_papers_fits_a_phone_and_passes_axe(visitor, world, size):
    from datetime import date

    promised = world.answered(reply_class="B", promise_due_on=date(2099, 6, 30), **PROMISE)
    Proposal.objects.filter(pk=promised.pk).update(is_public=True)
    draft = world.paper(kind="proposal", session=world.session, title="关于加强养老服务的提案")
    writing.invite(draft, world.co[:2], by=world.user)
    asked = factories.make_proposal(world.co[2], "关于增开城乡公交的提议")
    writing.invite(asked, [world.lead], by=world.co_users[2])
    idea = writing.start(world.lead, by=world.user, kind="golden_idea")
    from proposals.services import inquiries

    facts = {"kind": "enquiry", "target": world.unit, "subject": "管网何时动工", "question": "老街管网改造何时动工？"}
    inquiry = inquiries.begin(world.lead, facts, by=world.user)
    phone = signed_in(visitor, world.user, 320)
    if size == "large":
        phone.page.click("button[value=large]")
    names = [("portal_home",), ("my_proposals",), ("paper_new",), ("my_proposal", promised), ("my_proposal", draft),
             ("my_proposal", asked), ("paper_edit", draft), ("paper_edit", idea), ("paper_sign", draft),
             ("paper_submit", draft), ("paper_submit", promised), ("paper_withdraw", draft),
             ("paper_feedback", promised),
             ("my_inquiries",), ("inquiry_new",), ("my_inquiry", inquiry), ("inquiry_edit", inquiry),
             ("public_papers",), ("public_paper", promised)]  # fmt: skip
    for name, *rows in names:
        path = reverse(name, args=[row.pk for row in rows])
        phone.go(path)
        assert phone.fits(), f"{path} is wider than the screen"
        found = Axe().run(phone.page, options=RULES).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found] == [], path
        small = phone.page.evaluate(
            """[...document.querySelectorAll('main a.btn, main button, main .list-row, main .tick label, main summary,'
            + ' main .more a, .choices label, .people label, .ticks label, .quiet a, .tabs a')]
            .filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5)
            .map(e => e.outerHTML.slice(0, 120))"""
        )
        assert small == [], path


def test_writing_signing_and_handing_in_need_no_javascript(chromium, live_server, world):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{live_server.url}/login/?next=/portal/proposals/new/")
    page.fill("#id_username", world.user.username)
    page.fill("#id_password", factories.PASSWORD)
    page.click("main .btn.wide")
    page.goto(f"{live_server.url}/portal/proposals/new/")
    page.locator("button.kind[value=motion]").click()
    page.fill("#id_title", "关于完善场镇排污管网的提议")
    page.select_option("#id_category", label="城建")
    page.get_by_role("button", name="保存", exact=True).click()
    assert "已保存" in page.content()
    page.select_option("#id_scope", "overall")
    page.fill("#id_grounds", GROUNDS)
    page.fill("#id_root_cause", CAUSE)
    page.locator("[name=action]").nth(2).fill("新建场镇污水管网三公里")  # whichever of the empty rows
    page.locator("[name=actor]").nth(2).fill("区住房和城乡建设局")
    page.locator("[name=by_when]").nth(2).fill("2027年6月底前")
    page.get_by_role("button", name="下一步").click()
    assert "建议完善" in page.content()
    page.get_by_role("button", name="提交", exact=True).click()
    assert "提议2026年第001号" in page.content()
    context.close()


def test_a_network_that_swallows_what_is_sent_is_not_waited_for_for_ever(visitor, world):
    draft = world.paper()
    lead = signed_in(visitor, world.user)
    page, swallowed = lead.page, []
    page.clock.install()
    page.goto(page.url.split("/portal/")[0] + reverse("paper_edit", args=[draft.pk]))
    page.route("**/save/", lambda route: swallowed.append(route))  # noqa: PLW0108 -- playwright marks its handlers
    page.fill("#id_title", "关于硬化通组道路的提议")
    page.locator("#id_grounds").focus()
    says(lead, "正在保存")
    page.clock.fast_forward(21_000)
    says(lead, "没有网络")
    page.context.set_offline(True)  # what is held back must not reach the server while the database is emptied
    for route in swallowed:
        route.abort()
    page.goto("about:blank")
