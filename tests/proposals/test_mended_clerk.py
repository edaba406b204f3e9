"""What a clerk, a delegate on a phone and a unit ran into while they used it: each has a test that it stays mended."""

import pytest
from django.urls import reverse

from congress.kernel import paper, wording
from congress.kernel.workflow import Refused
from congress.models import OfficialDocument
from proposals.models import Reply, SignatureState
from proposals.services import letters, signing, writing
from proposals.services.coaching import advice
from proposals.workflows import ASSIGNMENT, PROPOSAL, SIGNATURE
from proposals.workflows.letters import preview_reply_letter
from tests.proposals.test_desk import step
from tests.proposals.world import REPLY, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return make_world()


@pytest.mark.parametrize("title", ["关于整治场镇马路市场😀的提议", "关于推广｛一村一策｝经验的提议"])
def test_a_subject_no_letter_can_quote_is_named_before_it_is_handed_in(world, title):
    draft = world.paper(title=title)
    assert [one.field for one in advice(draft).must] == ["title"]
    with pytest.raises(Refused):
        writing.submit(draft, by=world.user)


def test_a_sign_of_a_word_processors_own_font_is_named_where_it_stands(world):
    draft = world.paper(root_cause="\uf0b7 管网权属不清，没有单位承担改造责任，资金也没有渠道。")
    assert [one.field for one in advice(draft).must] == ["root_cause"]


def test_the_letter_about_a_paper_with_an_emoji_in_its_subject_is_issued(world):
    row = world.working()
    type(row.proposal).objects.filter(pk=row.proposal_id).update(title="关于整治😀｛马路市场｝的提议")
    proposal = world.answered(ASSIGNMENT.take(row, "draft", by=world.desk, **REPLY))
    reply = Reply.objects.get(proposal=proposal)
    assert "《关于整治（马路市场）的提议》" in reply.document.body
    letters.say_word(world.unit, "明住建函", by=world.desk)
    letters.issue_letter(reply, reply.issued_on, by=world.desk)
    assert OfficialDocument.objects.get(pk=reply.document_id).issued_on


def test_an_emoji_in_one_subject_does_not_stop_the_ledger(world):
    assert paper.render_pdf("<p>关于整治场镇“马路市场”😀❤️的提案</p>").startswith(b"%PDF")
    with pytest.raises(paper.Unprintable):  # a rare sign of a name is still not left out in silence
        paper.render_pdf("<p>\ue123</p>")
    assert wording.printable("一、整治😀；") == "一、整治；"


def test_a_pasted_salutation_and_opening_do_not_stand_in_the_letter_twice(world):
    row = world.working()
    pasted = "王文等代表：\n您们提出的提案收悉，现答复如下：\n一、已列入计划。"
    body = preview_reply_letter(Reply(proposal=row.proposal, assignment=row, text=pasted)).body
    assert body.count("收悉") == 1
    assert "您们" not in body
    assert "一、已列入计划。" in body


def test_nobody_is_chosen_beforehand_as_the_delegate_a_unit_spoke_with(world, sign_in):
    draft = world.paper()
    writing.invite(draft, world.co[:1], by=world.user)
    row = signing.signatures(draft)[1]
    draft.refresh_from_db()
    signing_user = world.co_users[0]
    writing.sign(row, by=signing_user, seen_digest=draft.text_digest)
    given = _given(world, draft)
    form = sign_in(world.desk).get(reverse("unit_contact", args=[given.pk])).context["form"]
    assert [form[name].value() for name in ("mandate", "way")] == [None, None]
    labels = [label for _key, label in form.fields["mandate"].choices]
    assert labels[1] == world.lead.person.name
    assert form.fields["way"].choices[0][0] == ""


def test_a_text_that_is_too_short_is_told_in_an_offices_words(world, sign_in):
    row = world.working()
    answer = sign_in(world.desk).post(step(row, "ask_extension"), {"reason": "太短", "asked_until": "2026-12-01"})
    assert "变量" not in str(answer.context["form"].errors["reason"])


def test_the_offices_page_counts_who_signed_and_calls_a_refused_request_by_its_name(world, sign_in):
    draft = world.paper()
    writing.invite(draft, world.co[:2], by=world.user)
    SIGNATURE.take(signing.signatures(draft)[1], "decline", by=world.co_users[0])
    row = _given(world, draft)
    row = ASSIGNMENT.take(row, "object", by=world.desk, reason="不属于我局职责，请改交。", proper_unit=world.other)
    ASSIGNMENT.take(row, "refuse_return", by=world.office, answer="仍由你局办理。")
    answer = sign_in(world.office).get(reverse("admin:proposals_proposal_change", args=[draft.pk]))
    assert answer.context["signed"] == 1
    assert {one.state for one in answer.context["signatures"]} >= {SignatureState.DECLINED}
    assert "拒绝访问" not in answer.content.decode()


def test_a_second_handling_does_not_say_that_nobody_assisted(world):
    row = world.working([(world.unit, "lead", ""), (world.other, "assist", "")])
    row.round = 2
    assert ASSIGNMENT.obstacle(row, "collect") != "本件没有协办单位。"
    assert ASSIGNMENT.obstacle(row, "collect")


def _given(world, draft):
    """The paper taken through the office to its unit."""
    from proposals.services import handling

    proposal = PROPOSAL.take(writing.submit(draft, by=world.user), "screen", by=world.office)
    for reader in (world.office, world.reader):
        handling.give_opinion(proposal, by=reader, outcome="file")
    proposal = PROPOSAL.take(PROPOSAL.take(proposal, "file", by=world.office), "plan", by=world.office)
    handling.plan(proposal, [(world.unit, "lead", "")], by=world.office)
    PROPOSAL.take(proposal, "assign", by=world.office)
    row = proposal.assignments.get()
    return ASSIGNMENT.take(row, "sign_for", by=world.desk)
