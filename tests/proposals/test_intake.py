"""How papers come in: typed off a form by the office, moved by a delegation, co-signed until the session's cut-off."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from congress.models import Notice, Session
from delegates.models import CommitteeMember, Delegation
from proposals.models import Assignment, Category, Inquiry, Proposal, Signature
from proposals.services import cutoff, handling, writing
from proposals.workflows import PROPOSAL, SIGNATURE
from tests import factories
from tests.proposals.world import make_world

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def clerk(world, sign_in):
    return sign_in(world.office)


def page(name, *args):
    return reverse(f"admin:proposals_{name}", args=args)


def scan(content=PDF):
    return SimpleUploadedFile("提案表.pdf", content, "application/pdf")


def typed(world, **facts):
    return {
        "congress": world.congress.pk, "kind": "motion", "lead": "王文", "co_signers": "李四、赵六",
        "title": "关于完善场镇排污管网的提议", "category": factories.make_category().pk, "scope": "overall",
        "grounds": "场镇老街三百二十户居民的生活污水直排河道，夏季异味严重，群众连续三年向镇里反映，至今没有解决。",
        "root_cause": "老街管网权属不清，没有单位承担改造责任，资金也没有渠道。",
        "measures": "新建场镇污水管网三公里｜区住房和城乡建设局｜2027年6月底前", "evidence": "走访",
    } | facts  # fmt: skip


def kept(world, clerk, **facts):
    """A form that was typed off and is not registered yet."""
    assert clerk.post(page("enter"), typed(world, scan=scan(), **facts)).status_code == 302
    return Proposal.objects.get(entered_by=world.office)


def names(paper, state="signed"):
    return sorted(str(one) for one in paper.signatures.filter(state=state))


def errors(answer):
    return {name: [str(text) for text in texts] for name, texts in answer.context["form"].errors.items()}


def test_a_name_that_is_not_on_the_form_after_all_is_struck_and_nobody_is_asked_again(world, clerk):
    paper = kept(world, clerk)
    again = typed(world, co_signers="李四", seen=paper.version)
    assert clerk.post(page("retype", paper.pk), again).status_code == 302
    assert (names(paper), names(paper, "dropped")) == (["李四", "王文"], ["赵六"])
    paper.refresh_from_db()
    reworded = again | {"title": "关于改造场镇排污管网的提议", "seen": paper.version}
    assert clerk.post(page("retype", paper.pk), reworded).status_code == 302
    assert names(paper) == ["李四", "王文"]
    paper.refresh_from_db()
    assert set(paper.signatures.filter(state="signed").values_list("text_digest", flat=True)) == {paper.text_digest}
    assert not Notice.objects.filter(key__startswith="cosign_asked").exists()
    back = reworded | {"co_signers": "李四、赵六", "register": "on", "seen": paper.version}
    assert clerk.post(page("retype", paper.pk), back).status_code == 302
    assert names(paper) == ["李四", "王文", "赵六"]
    assert Proposal.objects.get(pk=paper.pk).state == "registered"


def test_whoever_signed_on_his_phone_is_asked_again_where_the_office_changes_the_text(world, clerk):
    paper = kept(world, clerk, co_signers="李四")
    writing.invite(paper, [world.co[2]], by=world.office)
    paper.refresh_from_db()
    row = Signature.objects.get(proposal=paper, mandate=world.co[2])
    SIGNATURE.take(row, "sign", by=world.co_users[2])
    again = typed(world, co_signers="李四", grounds="另一段情况：老街三百二十户居民污水直排河道，群众反映强烈。")
    assert clerk.post(page("retype", paper.pk), again).status_code == 302
    assert (names(paper), names(paper, "invited")) == (["李四", "王文"], ["孙七"])


def test_the_second_of_two_clerks_is_told_what_the_first_saved_and_keeps_what_he_typed(world, clerk, sign_in):
    paper = kept(world, clerk)
    colleague = sign_in(world.reader)
    first = typed(world, title="关于改造场镇排污管网的提议", co_signers="李四", seen=paper.version)
    second = typed(world, title="关于重建场镇排污管网的提议", seen=paper.version)
    assert clerk.post(page("retype", paper.pk), first).status_code == 302
    assert clerk.post(page("retype", paper.pk), first).status_code == 302, "a second click"
    told = colleague.post(page("retype", paper.pk), second)
    assert told.status_code == 200
    sentences = " ".join(errors(told)["__all__"])
    assert "关于改造场镇排污管网的提议" in sentences
    assert "李四”" in sentences
    assert "关于重建场镇排污管网的提议" in told.content.decode()
    assert Proposal.objects.get(pk=paper.pk).title == "关于改造场镇排污管网的提议"
    right = second | {"seen": told.context["form"]["seen"].value()}
    assert colleague.post(page("retype", paper.pk), right).status_code == 302
    assert Proposal.objects.get(pk=paper.pk).title == "关于重建场镇排污管网的提议"


def test_a_form_that_was_handed_in_meanwhile_is_said_to_be(world, clerk):
    paper = kept(world, clerk, register="on")
    assert paper.state == "registered"
    answer = clerk.post(page("retype", paper.pk), typed(world), follow=True)
    assert "已经提交" in answer.content.decode()


def test_the_form_takes_the_offices_own_categories_and_not_the_neighbours(world, clerk):
    town, neighbour = world.congress.organization, factories.make_township(name="凤台镇")
    party = Category.objects.create(name="党的建设事项", organization=town, is_party_building=True)
    own = Category.objects.create(name="支部建设", organization=town, parent=party)
    foreign = Category.objects.create(name="支部建设", organization=neighbour)
    paper = kept(world, clerk, category=own.pk)
    assert (paper.category, paper.is_party_building) == (own, True)
    answer = clerk.post(page("enter"), typed(world, category=foreign.pk, scan=scan()))
    assert "category" in errors(answer)


def test_a_category_of_one_town_is_not_for_the_papers_of_another(world, sign_in):
    district = world.congress.organization.parent
    both = sign_in(factories.make_user("office", district))
    town = factories.make_township(district, name="凤台镇")
    factories.make_congress(town)
    own = Category.objects.create(name="支部建设", organization=town)
    told = errors(both.post(page("enter"), typed(world, category=own.pk, scan=scan())))
    assert "凤台镇" in told["category"][0]
    assert "石桥镇" in told["category"][0]


def test_every_door_says_alike_whether_a_paper_is_about_party_building(world, clerk):
    party = factories.make_category("支部阵地", "党的基层组织建设")
    Category.objects.filter(pk=party.parent_id).update(is_party_building=True)
    paper = world.paper()
    said = writing.save(paper, {"category": party}, None, by=world.user, version=None)
    assert said.is_party_building
    assert kept(world, clerk, category=party.pk).is_party_building
    assert not writing.save(
        said, {"category": factories.make_category()}, None, by=world.user, version=None
    ).is_party_building


def test_the_form_keeps_what_was_asked_before_and_where_else_it_was_sent(world, clerk):
    paper = kept(world, clerk, prior_attempt="2025年向区住建局反映过，未答复。", also=["人大", "信访"])
    assert (paper.prior_attempt, paper.also_submitted_to) == ("2025年向区住建局反映过，未答复。", "人大、信访")
    form = clerk.get(page("retype", paper.pk)).context["form"]
    assert (form["also"].value(), form["prior_attempt"].value()) == (["人大", "信访"], paper.prior_attempt)


MOVED = {
    "kind": "proposal", "title": "关于完善场镇排污管网的提案", "co_signers": "", "by_delegation": "on",
    "delegation_voted_on": "2026-09-01", "delegation_votes_for": 12, "delegation_votes_due": 20, "register": "on",
}  # fmt: skip


def test_a_delegations_motion_is_typed_off_with_its_vote(world, clerk):
    told = errors(clerk.post(page("enter"), typed(world, scan=scan(), **MOVED)))
    assert "王文" in told["by_delegation"][0], "he is the head of no delegation"
    delegation = Delegation.objects.create(congress=world.congress, number=1, name="第一代表团", head=world.lead)
    for name in ("delegation_voted_on", "delegation_votes_for", "delegation_votes_due"):
        assert list(errors(clerk.post(page("enter"), typed(world, scan=scan(), **MOVED | {name: ""})))) == [name]
    paper = kept(world, clerk, **MOVED)
    assert (paper.delegation, paper.delegation_votes_due, paper.state) == (delegation, 20, "registered")


@pytest.mark.parametrize(
    ("votes", "due", "word"),
    [(1, None, "应到人数"), (1, 0, "应到人数"), (10, 20, "半数"), (21, 20, "超过了应到人数"), (11, 20, "")],
)
def test_one_vote_is_not_a_majority_of_nobody_knows_how_many(world, votes, due, word):
    delegation = Delegation.objects.create(congress=world.congress, number=1, name="第一代表团", head=world.lead)
    paper = world.paper(
        kind="proposal", session=world.session, delegation=delegation, delegation_voted_on=timezone.localdate(),
        delegation_votes_for=votes, delegation_votes_due=due,
    )  # fmt: skip
    obstacle = PROPOSAL.obstacle(paper, "submit")
    assert word in obstacle
    assert bool(obstacle) == bool(word)


def test_a_plan_of_six_units_is_opened_and_saved_with_six(world, clerk):
    units = [world.unit, world.other, *(factories.make_unit(f"区第{number}局") for number in range(4))]
    parts = [(units[0], "lead", ""), *((unit, "assist", "出具意见") for unit in units[1:])]
    paper = world.planning(parts)
    form = clerk.get(page("plan-units", paper.pk)).context["form"]
    assert len(form.lines) == 8, "six units and two empty lines"
    sent = {field.html_name: field.value() or "" for line in form.lines for field in line}
    sent |= {"opinion": "请认真办理", "seen": form["seen"].value()}
    assert clerk.post(page("plan-units", paper.pk), sent).status_code == 302
    rows = Assignment.objects.filter(proposal=paper, state="planned").order_by("pk")
    assert [(row.unit, row.role, row.task) for row in rows] == parts
    handling.plan(paper, [(world.unit, "lead", "")], by=world.reader)
    told = clerk.post(page("plan-units", paper.pk), sent)
    assert len(told.context["form"].lines) == 8, "no line is lost where a colleague planned fewer"


def test_the_assigning_meeting_has_its_list_with_units_leader_and_opinion(world, clerk):
    from congress.kernel.reports import report_class

    leader = CommitteeMember.objects.create(congress=world.congress, name="罗建华", post="党委副书记、镇长")
    paper = world.planning()
    parts = [(world.unit, "separate", "管网建设"), (world.other, "separate", "落实资金")]
    handling.plan(paper, parts, by=world.office, leader=leader, opinion="请分头办理，合并答复。", is_key=True)
    third = factories.make_unit("区水利局")
    world.planning([(third, "lead", ""), (world.other, "assist", "")], title="关于修缮渠系的提议")
    unplanned = world.planning(title="关于硬化道路的提议")
    unplanned.assignments.all().delete()
    world.assigned(title="关于已经交办的提议")
    shown = report_class("d09-handover-list")(world.office, {}).html()
    for word in (
        "区住房和城乡建设局（分办）：管网建设", "区财政局（分办）：落实资金", "罗建华", "党委副书记、镇长",
        "请分头办理，合并答复。",
        "区水利局", "尚未拟定", "共3件，涉及承办单位3个；尚未拟定承办单位1件。",
    ):  # fmt: skip
        assert word in shown, word
    assert "关于已经交办的提议" not in shown
    assert "d09-handover-list" in clerk.get(page("handover")).content.decode()
    neighbour = factories.make_user("township", factories.make_township(name="凤台镇"))
    assert "关于修缮渠系的提议" not in report_class("d09-handover-list")(neighbour, {}).html()


def test_invitations_to_a_proposal_expire_at_the_sessions_cut_off_and_the_lead_is_told(world, sign_in):
    paper = world.paper(kind="proposal", session=world.session, title="关于完善场镇排污管网的提案")
    motion = world.paper(title="关于修桥的提议")
    for one in (paper, motion):
        writing.invite(one, world.co[:2], by=world.user)
    assert cutoff.expire_invitations() == 0
    assert "不再等候" in sign_in(world.user).get(reverse("paper_sign", args=[paper.pk])).content.decode()
    asked = sign_in(world.co_users[0]).get(reverse("my_proposal", args=[paper.pk])).content.decode()
    assert "前答复" in asked
    Session.objects.update(filing_closes_at=timezone.now() - timedelta(hours=2))
    assert [cutoff.expire_invitations() for _night in range(2)] == [2, 0]
    assert (names(paper, "expired"), names(motion, "invited")) == (["李四", "赵六"], ["李四", "赵六"])
    told = Notice.objects.get(key__startswith="cosign_expired")
    assert told.recipient == world.user
    assert "李四、赵六" in told.body
    assert "提议" in sign_in(world.user).get(reverse("paper_sign", args=[paper.pk])).content.decode()


def test_the_page_of_an_enquiry_shows_all_that_the_office_decides_on(world, clerk):
    inquiry = Inquiry.objects.create(
        congress=world.congress, kind="enquiry", lead=world.lead, target=world.unit, subject="管网何时完工",
        question="请说明老街管网完工时间。", state="submitted", submitted_at=timezone.now(),
    )  # fmt: skip
    inquiry.askers.set([world.lead, *world.co[:2]])
    address = page("inquiry_change", inquiry.pk)
    shown = clerk.get(address).content.decode()
    for word in ("李四", "赵六", "管网何时完工", "区住房和城乡建设局"):
        assert word in shown, word
    assert "答复情况" not in shown, "nothing was answered yet"
    day = timezone.localdate()
    Inquiry.objects.filter(pk=inquiry.pk).update(
        state="answered", due_on=day, answer_mode="oral", answer="年底前完工。", answered_by="周立", answered_on=day,
        second_answer="明年三月前全部通水。", second_answered_on=day, satisfied=2, dissatisfied=1, outcome="约谈负责人",
        refusal="此前未写明事项",
    )  # fmt: skip
    shown = clerk.get(address).content.decode()
    for word in (
        "年底前完工。",
        "周立",
        "口头",
        "明年三月前全部通水。",
        "约谈负责人",
        "此前未写明事项",
        f"{day.year}年{day.month}月{day.day}日",
    ):
        assert word in shown, word
