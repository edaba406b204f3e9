"""One paper's whole life in browsers: phone, office and two desks, an objection, a reply that does not do, a second."""

import pytest
from django.urls import reverse

from congress.models import Notice
from proposals.models import Assignment, Proposal
from proposals.services import writing
from tests import factories
from tests.proposals.world import STARTED, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST = "经研究，场镇排污管网受用地和资金条件限制，暂时只能先行清掏疏通，已于本月完成清掏三公里。"
SECOND = "经与代表当面沟通，已将场镇排污管网列入2027年度计划，明年六月底前新建管网三公里，资金已经落实。"


class Desk:
    """Somebody at a screen who opens a paper's page and takes its next step by name."""

    def __init__(self, visitor, home):
        self.visitor, self.page, self.home = visitor, visitor.page, home

    def step(self, label, **said):
        """Open the page, press the step's button, say what is asked, confirm."""
        self.visitor.go(self.home)
        self.page.locator("main a, .lo-panel a, .lo-buttons a").get_by_text(label, exact=True).first.click()
        self.fill(said)

    def fill(self, said):
        for name, value in said.items():
            field = self.page.locator(f"#id_{name}")
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)
        self.page.locator("main form.form button:not([formtarget]), form.lo-form button.lo-btn").first.click()
        self.page.wait_for_load_state()


@pytest.fixture
def people(visitor, staff, transactional_db):
    factories.make_category("城建")
    world = make_world()
    lead, friend = (visitor(390, 844) for _who in range(2))
    lead.sign_in(world.user.username, factories.PASSWORD)
    friend.sign_in(world.co_users[0].username, factories.PASSWORD)
    offices = []
    for user in (world.office, world.reader):
        office = visitor()
        office.sign_in(*staff(user, "orange-bicycle-7-window"))
        offices.append(office)
    desks = []
    for user in (world.desk, world.other_desk):
        desk = visitor()
        desk.sign_in(user.username, factories.PASSWORD)
        desks.append(desk)
    return world, lead, friend, offices, desks


def test_a_paper_from_a_phone_through_objection_and_a_second_reply_to_its_close(people):
    world, lead, friend, (office, reader), (first_desk, second_desk) = people
    paper = factories.make_proposal(world.lead)
    writing.invite(paper, [world.co[0]], by=world.user)

    friend.go(reverse("my_proposal", args=[paper.pk]))
    friend.page.get_by_role("button", name="签名").first.click()
    friend.sees("您已签名")
    lead.go(reverse("paper_submit", args=[paper.pk]))
    lead.page.get_by_role("button", name="提交", exact=True).click()
    lead.sees("第001号")

    home = reverse("admin:proposals_proposal_change", args=[paper.pk])
    clerk, colleague = Desk(office, home), Desk(reader, home)
    clerk.step("开始审查")
    clerk.step("填写审查意见", outcome="立案")
    colleague.step("填写审查意见", outcome="立案")
    clerk.step("立案")
    clerk.step("拟办")
    clerk.visitor.go(home)
    clerk.page.get_by_text("选择承办单位", exact=True).click()
    clerk.page.select_option("#id_unit_0", label=world.unit.name)
    clerk.page.locator("form.lo-form button.lo-btn").click()
    clerk.step("交办")
    assert Notice.objects.filter(recipient=world.desk, subject__contains="新交办件").exists()

    part = Assignment.objects.get()
    wrong = Desk(first_desk, reverse("unit_assignment", args=[part.pk]))
    wrong.step("申请退办", reason="管网改造资金由财政部门统筹安排。", proper_unit=world.other.name)
    clerk.step("同意退办并改交", new_unit=world.other.name, answer="同意。")
    assert wrong.visitor.go(wrong.home).status == 404, "it is not this unit's any more"

    part = Assignment.objects.get(unit=world.other)
    right = Desk(second_desk, reverse("unit_assignment", args=[part.pk]))
    right.visitor.go(reverse("unit_home"))
    right.page.locator("button[name=one]").click()
    right.step("开始办理", handler_name=STARTED["handler_name"], handler_phone=STARTED["handler_phone"])
    _reply(right, "C", FIRST)
    clerk.step("审核通过")
    lead.go(reverse("my_proposal", args=[paper.pk]))
    lead.sees("清掏三公里")

    _opinion(lead, paper, "dissatisfied", "只说条件有限，没有时间表。")
    clerk.step("退回重新办理", note="请当面与代表沟通，说明时间安排。")
    _reply(right, "A", SECOND)
    clerk.step("审核通过", approved_by="李明")
    lead.go(reverse("my_proposal", args=[paper.pk]))
    lead.sees("六月底前新建管网三公里")
    _opinion(lead, paper, "satisfied", "")
    paper = Proposal.objects.get(pk=paper.pk)
    assert (paper.state, paper.round, paper.reply_class) == ("closed", 2, "A")
    lead.go(reverse("my_proposals"))
    lead.sees("已办结")


def _reply(desk, letter, text):
    desk.visitor.go(f"{desk.home}draft/")
    desk.page.check(f"input[name=reply_class][value={letter}]")
    desk.page.fill("#id_text", text)
    desk.page.fill("#id_signer", "周立")
    desk.page.locator("main form.reply-form > .btns button").first.click()
    desk.page.wait_for_load_state()
    desk.step("送办公室审核")


def _opinion(delegate, paper, result, text):
    delegate.go(reverse("paper_feedback", args=[paper.pk]))
    delegate.page.check("input[name=attitude][value=satisfied]")
    delegate.page.check(f"input[name=result][value={result}]")
    delegate.page.fill("#id_text", text)
    delegate.page.locator("main form.form button").first.click()
    delegate.page.wait_for_load_state()
