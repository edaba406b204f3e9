"""A paper is written, saved by itself, signed and handed in through its pages, with a script and without one."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from congress.models import Notice, Session
from delegates.models import Delegation
from proposals.models import Inquiry, Proposal, Signature
from proposals.models import ProposalState as S
from proposals.services import inquiries, writing
from proposals.workflows import INQUIRY
from tests import factories
from tests.proposals.world import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def client(world, sign_in):
    return sign_in(world.user)


def form(paper, **changes):
    """What the editor sends of a paper, with changes."""
    data = {
        "version": paper.version, "title": paper.title, "category": paper.category_id or "", "scope": paper.scope,
        "grounds": paper.grounds, "root_cause": paper.root_cause, "evidence": paper.evidence,
        "prior_attempt": paper.prior_attempt, "action": [row.action for row in paper.measures.all()] + ["", "", ""],
        "actor": [row.actor for row in paper.measures.all()] + ["", "", ""],
        "by_when": [row.by_when for row in paper.measures.all()] + ["", "", ""],
    }  # fmt: skip
    return data | changes


def fresh(paper):
    return Proposal.objects.get(pk=paper.pk)


def test_a_kind_is_chosen_and_a_second_click_begins_nothing(world, client):
    for _click in range(2):
        answer = client.post(reverse("paper_new"), {"mandate": world.lead.pk, "kind": "proposal"})
    paper = Proposal.objects.get()
    assert answer.url == reverse("paper_edit", args=[paper.pk])
    assert (paper.kind, paper.session, paper.state) == ("proposal", world.session, S.DRAFT)
    assert client.post(reverse("paper_new"), {"mandate": world.lead.pk, "kind": "x"}).status_code == 302
    client.post(reverse("paper_new"), {"mandate": world.lead.pk, "kind": "motion"})
    assert Proposal.objects.count() == 2


def test_after_the_cut_off_a_proposal_cannot_be_begun_and_one_begun_becomes_a_motion(world, client):
    paper = world.paper(kind="proposal", session=world.session, title="关于完善场镇排污管网的提案")
    Session.objects.update(filing_closes_at=timezone.now() - timedelta(hours=1))
    assert "已于" in client.get(reverse("paper_new")).content.decode()
    client.post(reverse("paper_new"), {"mandate": world.lead.pk, "kind": "proposal"})
    assert Proposal.objects.count() == 1
    check = client.get(reverse("paper_submit", args=[paper.pk])).content.decode()
    assert reverse("paper_kind", args=[paper.pk]) in check
    client.post(reverse("paper_kind", args=[paper.pk]), {"kind": "motion"})
    assert (fresh(paper).kind, fresh(paper).session) == ("motion", None)
    assert client.post(reverse("paper_submit", args=[paper.pk])).status_code == 302
    assert fresh(paper).number == 1


def test_the_editor_saves_by_itself_and_says_what_is_missing(world, client):
    paper = writing.start(world.lead, by=world.user, kind="motion")
    page = reverse("paper_save", args=[paper.pk])
    said = client.post(
        page, form(paper, title="关于修路的提议", action=["修好村道三公里"], actor=[""], by_when=[""])
    ).json()
    assert said["version"] == 1
    assert said["co_signed"] == 0
    assert {one["level"] for one in said["remarks"]["measures"]} == {"must"}
    assert [row.action for row in paper.measures.all()] == ["修好村道三公里"]
    same = client.post(page, form(fresh(paper), version=0)).json()  # the answer was lost, it is sent again
    assert same["version"] == 1


def test_a_second_device_is_told_and_nothing_is_overwritten(world, client):
    paper = world.paper()
    page = reverse("paper_save", args=[paper.pk])
    assert client.post(page, form(paper, grounds="手机上写的。" * 10)).status_code == 200
    answer = client.post(page, form(paper, grounds="电脑上写的。" * 10))
    assert answer.status_code == 409
    said = answer.json()
    assert (said["version"], said["theirs"]["grounds"], said["gone"]) == (1, "手机上写的。" * 10, False)
    assert fresh(paper).grounds == "手机上写的。" * 10
    page = reverse("paper_edit", args=[paper.pk])  # without a script: both texts on one page, then his choice holds
    text = client.post(page, form(paper, grounds="电脑上写的。" * 10)).content.decode()
    assert "手机上写的。" in text
    assert "电脑上写的。" in text
    assert 'name="version" value="1"' in text
    assert client.post(page, form(paper, version=1, grounds="电脑上写的。" * 10)).status_code == 302
    assert fresh(paper).grounds == "电脑上写的。" * 10


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_an_odd_version_overwrites_nothing(world, client, version):
    paper = world.paper()
    answer = client.post(reverse("paper_save", args=[paper.pk]), form(paper, version=version, title="另一个题目的提议"))
    assert answer.status_code == 409
    assert fresh(paper).title == paper.title


def test_what_does_not_fit_is_named_and_the_typed_text_stays(world, client):
    paper = world.paper()
    bad = form(paper, title="长" * 81, category=999999, scope="moon")
    answer = client.post(reverse("paper_save", args=[paper.pk]), bad)
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"title", "category", "scope"}
    text = client.post(reverse("paper_edit", args=[paper.pk]), bad).content.decode()
    assert "长" * 81 in text
    assert "新建场镇污水管网三公里" in text
    assert fresh(paper).version == 0


def test_the_script_less_form_saves_goes_on_and_knows_one_new_line_from_two(world, client):
    paper = world.paper(grounds="第一行。\n第二行。" + "情况" * 30)
    writing.invite(paper, world.co[:1], by=world.user)
    writing.sign(Signature.objects.get(is_lead=False), by=world.co_users[0], seen_digest=paper.text_digest)
    page = reverse("paper_edit", args=[paper.pk])
    sent = form(paper, grounds=paper.grounds.replace("\n", "\r\n"), also=["人大"])
    assert client.post(page, sent | {"then": "check"}).url == reverse("paper_submit", args=[paper.pk])
    assert fresh(paper).also_submitted_to == "人大"
    assert Signature.objects.get(is_lead=False).state == "signed"  # the words are the same
    assert client.post(page, form(fresh(paper)) | {"then": "sign"}).url == reverse("paper_sign", args=[paper.pk])
    assert 'name="action"' in client.get(page).content.decode()
    assert client.get(page).content.decode().count('name="action"') == 4  # one measure and three empty rows


def test_a_changed_text_asks_those_who_signed_again_and_shows_what_changed(world, client, sign_in):
    paper = world.paper()
    writing.invite(paper, world.co[:2], by=world.user)
    co = sign_in(world.co_users[0])
    writing.sign(Signature.objects.get(mandate=world.co[1]), by=world.co_users[1], seen_digest=paper.text_digest)
    own = reverse("own_signature", args=[paper.pk])
    page = reverse("my_proposal", args=[paper.pk])
    assert co.post(own, {"do": "sign", "digest": "0" * 64}).status_code == 302  # not the text he was shown
    assert Signature.objects.get(mandate=world.co[0]).state == "invited"
    for _click in range(2):
        co.post(own, {"do": "sign", "digest": fresh(paper).text_digest})
    assert Signature.objects.get(mandate=world.co[0]).state == "signed"
    told = Notice.objects.filter(recipient=world.user, key__startswith="cosign_signed")
    assert told.count() == 2  # one of each signer
    client.post(
        reverse("paper_save", args=[paper.pk]), form(paper, root_cause="权属不清，资金没有渠道，没有单位负责改造。")
    )
    row = Signature.objects.get(mandate=world.co[0])
    assert (row.state, row.times_asked) == ("invited", 2)
    text = co.get(page).content.decode()
    assert "您签名以后正文有修改" in text
    assert paper.root_cause in text  # as he signed it
    assert "权属不清，资金没有渠道" in text
    assert "措施、" not in text.partition("修改的部分：")[2][:40]  # nothing else changed
    co.post(own, {"do": "sign", "digest": fresh(paper).text_digest})
    co.post(own, {"do": "take_back"})
    assert Signature.objects.get(mandate=world.co[0]).state == "declined"


def test_colleagues_are_found_by_name_or_pinyin_in_ones_own_congress_only(world, client):
    paper = world.paper()
    other = factories.make_congress(factories.make_township(name="邻镇"))
    factories.make_mandate(other, "李邻镇", phone="13812345678")
    page = reverse("paper_sign", args=[paper.pk])
    assert "李四" in client.get(page, {"q": "lisi"}).content.decode()
    text = client.get(page, {"q": "李"}).content.decode()
    assert "李四" in text
    assert "李邻镇" not in text
    for query in ("13812345678", "王", "%00", "x" * 300):
        assert "李邻镇" not in client.get(page, {"q": query}).content.decode()
    strange = other.mandates.get()
    assert client.post(page, {"mandate": [strange.pk, "x", "9" * 40]}).status_code == 302
    assert Signature.objects.count() == 1


def test_the_lead_asks_several_drops_one_and_asks_again(world, client):
    paper = world.paper(kind="proposal", session=world.session, title="关于完善场镇排污管网的提案")
    page = reverse("paper_sign", args=[paper.pk])
    for _click in range(2):
        client.post(page, {"mandate": [one.pk for one in world.co[:3]]})
    assert Signature.objects.filter(state="invited").count() == 3
    text = client.get(page).content.decode()
    assert "还差4人" in text
    assert "还没有答复" in text
    row = Signature.objects.get(mandate=world.co[0])
    for verb, state in (("drop", "dropped"), ("drop", "dropped"), ("ask_again", "invited")):
        client.post(reverse("signer_step", args=[paper.pk, row.pk, verb]))
        row.refresh_from_db()
        assert row.state == state
    assert client.post(reverse("signer_step", args=[paper.pk, row.pk, "sign"])).status_code == 404


def test_handing_in_names_what_is_missing_and_gives_one_number(world, client):
    paper = world.paper(measures=[])
    page = reverse("paper_submit", args=[paper.pk])
    assert "还需要补充" in client.get(page).content.decode()
    assert client.post(page).status_code == 200
    assert fresh(paper).state == S.DRAFT
    whole = form(paper, action=["新建场镇污水管网三公里"], actor=["区住建局"], by_when=["年底前"])
    client.post(reverse("paper_save", args=[paper.pk]), whole)
    for _click in range(2):
        answer = client.post(page, follow=True)
    assert "提议2026年第001号" in answer.content.decode()
    assert Proposal.objects.exclude(number=None).count() == 1
    assert client.get(reverse("paper_edit", args=[paper.pk])).status_code == 302
    late = client.post(reverse("paper_save", args=[paper.pk]), form(fresh(paper), title="改过的题目的提议"))
    assert (late.status_code, late.json()["gone"]) == (409, True)


def test_papers_like_it_are_shown_with_what_came_of_them(world, client):
    old = world.answered(world.working(title="关于完善场镇排污管网建设的提议"))
    paper = world.paper(title="关于完善场镇排污管网的提议", grounds="另一件事。")
    text = client.post(reverse("paper_alike", args=[paper.pk]), {"title": paper.title}).content.decode()
    assert old.title in text
    assert f"{old.number_text}" in text
    assert "可能已有类似提案" in client.get(reverse("paper_submit", args=[paper.pk])).content.decode()
    assert client.get(reverse("paper_alike", args=[paper.pk])).status_code == 405  # what is written stays out of logs


def test_only_the_head_of_a_delegation_moves_in_its_name(world, client):
    paper = world.paper(kind="proposal", session=world.session, title="关于完善场镇排污管网的提案")
    moved = {"by_delegation": "on", "delegation_voted_on": timezone.localdate().isoformat(),
             "delegation_votes_for": 20, "delegation_votes_due": 30}  # fmt: skip
    client.post(reverse("paper_save", args=[paper.pk]), form(paper, **moved))
    assert fresh(paper).delegation is None
    Delegation.objects.create(congress=world.congress, number=1, name="第一代表团", head=world.lead)
    wrong = client.post(
        reverse("paper_save", args=[paper.pk]), form(fresh(paper), **(moved | {"delegation_votes_due": 9}))
    )
    assert wrong.status_code == 400
    assert client.post(reverse("paper_save", args=[paper.pk]), form(fresh(paper), **moved)).status_code == 200
    assert client.post(reverse("paper_submit", args=[paper.pk])).status_code == 302
    assert fresh(paper).number_text == "第001号"


def test_a_category_of_party_building_marks_the_paper(world, client):
    paper = world.paper()
    party = factories.make_category("党建", "党的基层组织建设", is_party_building=True)
    client.post(reverse("paper_save", args=[paper.pk]), form(paper, category=party.pk))
    assert fresh(paper).is_party_building


ASKED = {"kind": "enquiry", "subject": "老街管网何时动工", "question": "去年决议提出的老街管网改造何时动工？"}


def test_an_enquiry_is_written_once_joined_and_handed_in(world, client, sign_in):
    for _click in range(2):
        answer = client.post(reverse("inquiry_new"), ASKED | {"target": world.unit.pk})
    inquiry = Inquiry.objects.get()
    page, step = reverse("my_inquiry", args=[inquiry.pk]), reverse("inquiry_step", args=[inquiry.pk])
    assert answer.url == page
    client.post(step, {"do": "invite", "mandate": [world.co[0].pk, world.co[1].pk]})
    assert list(inquiry.askers.all()) == [world.lead]  # nobody is made an asker by another
    co, stranger = sign_in(world.co_users[0]), sign_in(world.co_users[3])
    assert co.get(page).status_code == 200
    for user in (co, sign_in(world.co_users[1])):
        for _click in range(2):
            user.post(step, {"do": "accept", "version": 0})
    assert inquiry.askers.count() == 3
    assert stranger.get(page).status_code == 404
    assert co.post(step, {"do": "submit"}).status_code == 404  # the first asker's
    assert co.post(step, {"do": "off", "mandate": world.co[1].pk}).status_code == 403  # his own name only
    for _click in range(2):
        co.post(step, {"do": "off", "mandate": world.co[0].pk})
    assert set(inquiry.askers.all()) == {world.lead, world.co[1]}
    for _click in range(2):
        client.post(step, {"do": "submit"})
    inquiry.refresh_from_db()
    assert inquiry.state == "submitted"
    assert client.get(reverse("inquiry_edit", args=[inquiry.pk])).url == page
    inquiry = INQUIRY.take(INQUIRY.take(inquiry, "accept", by=world.office), "deliver", by=world.office)
    INQUIRY.take(inquiry, "answer", by=world.desk, answer_mode="written", answer="十二月动工，明年六月完工。",
                 answered_by="周立", answered_on=timezone.localdate())  # fmt: skip
    assert "十二月动工" in client.get(page).content.decode()


def test_two_writers_of_one_enquiry_are_told_and_bad_input_stays(world, client):
    inquiry = inquiries.begin(world.lead, {**ASKED, "target": world.unit, "enquiry": None}, by=world.user)
    page = reverse("inquiry_edit", args=[inquiry.pk])
    sent = ASKED | {"target": world.unit.pk}
    client.post(page, sent | {"version": 0, "question": "第一台设备上写的问题。"})
    text = client.post(page, sent | {"version": 0, "question": "第二台设备上写的问题。"}).content.decode()
    assert "第一台设备上写的问题。" in text
    assert "第二台设备上写的问题。" in text
    inquiry.refresh_from_db()
    assert inquiry.question == "第一台设备上写的问题。"
    text = client.post(page, sent | {"kind": "interpellation", "version": 1, "subject": ""}).content.decode()
    assert ASKED["question"] in text
    for _click in range(2):
        assert client.post(reverse("inquiry_step", args=[inquiry.pk]), {"do": "withdraw"}).status_code == 302
    assert "老街管网何时动工" not in client.get(reverse("my_inquiries")).content.decode()
