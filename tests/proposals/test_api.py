"""Papers through the API: one paper from draft to close, and what each caller is answered when it is not his turn."""

from datetime import timedelta

import pytest
from django.utils import timezone

from congress.models import Role
from delegates.models import Delegation
from proposals.models import Category, Proposal
from proposals.services import handling, writing
from proposals.workflows import PROPOSAL
from tests import factories
from tests.proposals.world import REPLY, make_world

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def door(sign_in):
    """Says something to the API as somebody; answers are cached clients."""
    clients = {}

    def say(user, path, body=None, method="post", **headers):
        if user.pk not in clients:
            clients[user.pk] = sign_in(user)
        return getattr(clients[user.pk], method)(f"/api/v1/{path}", body, content_type=JSON, headers=headers)

    return say


def written(world, **facts):
    return {
        "lead": world.lead.pk, "kind": "motion", "title": "关于完善场镇排污管网的提议",
        "category": "城建", "scope": "overall",
        "grounds": "场镇老街三百二十户居民的生活污水直排河道，夏季异味严重，群众连续三年向镇里反映，至今没有解决。",
        "root_cause": "老街管网权属不清，没有单位承担改造责任，资金也没有渠道。",
        "measures": [{"action": "新建场镇污水管网三公里", "actor": "区住房和城乡建设局", "by_when": "2027年6月底前"}],
    } | facts  # fmt: skip


def test_a_paper_walks_through_every_action(world, door):
    made = door(world.user, "proposals/", written(world))
    assert made.status_code == 201, made.content
    path = f"proposals/{made.json()['id']}/"
    renamed = door(
        world.user, path, {"title": "关于完善场镇污水管网的提议", "version": made.json()["version"]}, "patch"
    )
    assert renamed.json()["title"] == "关于完善场镇污水管网的提议"
    assert door(world.user, path, {"title": "旧稿", "version": made.json()["version"]}, "patch").status_code == 409
    sent = door(world.user, f"{path}submit/")
    assert (sent.json()["state"], sent.json()["number"]) == ("registered", 1)
    assert door(world.user, f"{path}submit/").status_code == 409
    assert door(world.office, f"{path}screen/", {"step": "begin"}).json()["state"] == "screening"
    assert door(world.office, f"{path}screen/", {"step": "decide", "outcome": "file"}).status_code == 409
    for reader in (world.office, world.reader):
        assert door(reader, f"{path}screen/", {"step": "opinion", "outcome": "file"}).status_code == 200
    assert door(world.office, f"{path}screen/", {"step": "decide", "outcome": "file"}).json()["state"] == "filed"
    units = {"units": [{"unit": world.unit.code, "role": "lead"}], "opinion": "请认真办理。"}
    assert door(world.office, f"{path}assign/", units).json()["state"] == "assigned"
    assert door(world.desk, f"{path}sign-for/").status_code == 200
    part = Proposal.objects.get().assignments.get()
    begun = door(world.desk, f"assignments/{part.pk}/start/", {"handler_name": "赵敏", "handler_phone": "1"})
    assert begun.json()["state"] == "working"
    until = str(part.due_on + timedelta(days=20))
    reason = "需要等待上级资金下达，前期设计已完成。"
    assert door(world.desk, f"{path}extend/", {"asked_until": until, "reason": reason}).status_code == 200
    granted = door(world.office, f"assignments/{part.pk}/grant/", {"granted_until": until})
    assert (granted.json()["due_on"], granted.json()["original_due_on"]) == (until, str(part.due_on))
    reply = {key: value for key, value in REPLY.items() if value}
    assert door(world.desk, f"{path}reply/", reply).status_code == 200
    today = str(timezone.localdate())
    assert door(world.office, f"assignments/{part.pk}/approve/", {"issued_on": today}).json()["state"] == "replied"
    said = {"attitude": "satisfied", "result": "dissatisfied"}
    assert door(world.user, f"{path}feedback/", said).status_code == 409
    done = door(world.user, f"{path}feedback/", said | {"result": "fairly"})
    assert (done.json()["state"], done.json()["reply_class"]) == ("closed", "A")
    assert door(world.user, f"{path}feedback/", said | {"result": "fairly"}).status_code == 409


def screened(world, door, **facts):
    """A paper that two have read; its path."""
    path = f"proposals/{world.submitted(**facts).pk}/"
    door(world.office, f"{path}screen/", {"step": "begin"})
    for reader in (world.office, world.reader):
        read = {"step": "opinion", "outcome": "file"}
        assert door(reader, f"{path}screen/", read).status_code == 200
    return path


def test_every_outcome_of_the_screening_is_reached_with_what_it_asks(world, door):
    other = world.screening(title="关于治理场镇污水的提议")
    note = "内容相近，并案办理，一并答复。"
    merged = screened(world, door)
    assert (
        door(world.office, f"{merged}screen/", {"step": "decide", "outcome": "merge", "note": note}).status_code == 400
    )
    said = {"step": "decide", "outcome": "merge", "note": note, "into": other.pk}
    done = door(world.office, f"{merged}screen/", said)
    assert (done.json()["state"], done.json()["merged_into"]) == ("merged", other.pk)
    rejected = screened(world, door, title="关于拓宽自家门前道路的提议")
    said = {"step": "decide", "outcome": "reject", "note": "属于个人事务，不予立案。"}
    assert door(world.office, f"{rejected}screen/", said).status_code == 400
    said |= {"reject_reason": "private", "forwarded_to": world.unit.code}
    done = door(world.office, f"{rejected}screen/", said)
    assert (done.json()["state"], done.json()["reject_reason"]) == ("rejected", "private")
    facts = {"kind": "proposal", "session": world.session, "delegation_voted_on": timezone.localdate()}
    facts["delegation"] = Delegation.objects.create(congress=world.congress, number=1, name="第一团", head=world.lead)
    votes = {"delegation_votes_for": 12, "delegation_votes_due": 20}
    converted = screened(world, door, title="关于修缮渠系的提案", **facts, **votes)
    said = {"step": "decide", "outcome": "convert", "note": "宜作提议办理。"}
    done = door(world.office, f"{converted}screen/", said).json()
    assert (done["state"], done["kind"], done["former_kind"], done["former_number"]) == (
        "converted", "motion", "proposal", 1,
    )  # fmt: skip


def test_a_draft_is_thrown_away_and_a_paper_that_is_in_is_asked_back(world, door):
    draft, paper = world.paper(title="关于草稿的提议"), world.submitted()
    assert door(world.user, f"proposals/{draft.pk}/withdraw/", {"reason": "不再提交"}).json()["state"] == "withdrawn"
    path = f"proposals/{paper.pk}/withdraw/"
    assert door(world.user, path, {"reason": "情况已经变化"}).json()["state"] == "registered"
    assert Proposal.objects.get(pk=paper.pk).withdrawal_reason == "情况已经变化"
    assert door(world.office, path, {"reason": "代为撤回"}).status_code == 403


def test_what_does_not_fit_leaves_no_draft_behind(world, door):
    for _try in range(2):
        assert door(world.user, "proposals/", written(world, category="天文")).status_code == 400
    assert not Proposal.objects.exists()
    Category.objects.create(name="镇村治理", organization=world.congress.organization)
    assert door(world.user, "proposals/", written(world, category="镇村治理")).status_code == 201


def test_advice_goes_to_a_unit_as_soon_as_it_is_registered(world, door):
    advice = world.submitted(kind="advice", title="关于延长图书室开放时间的建议")
    units = {"units": [{"unit": world.unit.code, "role": "lead"}], "opinion": "请研究答复。"}
    done = door(world.office, f"proposals/{advice.pk}/assign/", units)
    assert (done.status_code, done.json()["state"]) == (200, "assigned")
    motion = world.submitted()
    assert door(world.office, f"proposals/{motion.pk}/assign/", units).status_code == 409
    assert Proposal.objects.get(pk=motion.pk).state == "registered"


def test_the_lead_proposer_asks_colleagues_to_sign(world, door):
    path = f"proposals/{world.paper().pk}/"
    stranger = factories.make_mandate(factories.make_congress(factories.make_township(name="凤台镇")), "郑十")
    told = door(world.user, f"{path}invite/", {"delegates": [world.co[0].pk, stranger.pk]})
    assert (told.status_code, str(stranger.pk) in told.content.decode()) == (400, True)
    for _try in range(2):
        asked = door(world.user, f"{path}invite/", {"delegates": [world.co[0].pk, world.co[1].pk]})
    assert asked.json()["state"] == "signing"
    assert [one["state"] for one in asked.json()["signatures"]] == ["signed", "invited", "invited"]
    assert door(world.co_users[0], f"{path}invite/", {"delegates": [world.co[2].pk]}).status_code == 403


def test_whoever_signed_a_paper_that_was_merged_says_what_he_thinks_of_the_answer(world, door):
    mine = factories.make_proposal(world.co[0], "关于治理场镇污水的提议")
    mine = PROPOSAL.take(writing.submit(mine, by=world.co_users[0]), "screen", by=world.office)
    for reader in (world.office, world.reader):
        handling.give_opinion(mine, by=reader, outcome="merge", text="内容相近。")
    lead = world.working()
    PROPOSAL.take(mine, "merge", by=world.office, into=lead.proposal, note="内容相近，并案办理。")
    answered = world.answered(lead)
    said = {"attitude": "satisfied", "result": "satisfied"}
    assert door(world.co_users[0], f"proposals/{answered.pk}/feedback/", said).status_code == 200
    assert answered.feedbacks.get().mandate == world.co[0]
    assert door(world.co_users[1], f"proposals/{answered.pk}/feedback/", said).status_code == 404


def test_cosigning_belongs_to_the_text_that_was_shown(world, door):
    proposal = world.paper()
    writing.invite(proposal, [world.co[0]], by=world.user)
    path = f"proposals/{proposal.pk}/"
    shown = door(world.co_users[0], path, method="get").json()["text_digest"]
    writing.save(proposal, {"title": "关于重建场镇排污管网的提议"}, None, by=world.user, version=None)
    stale = door(world.co_users[0], f"{path}cosign/", {"text_digest": shown})
    assert (stale.status_code, stale.json()["code"]) == (409, "refused")
    shown = door(world.co_users[0], path, method="get").json()["text_digest"]
    signed = door(world.co_users[0], f"{path}cosign/", {"text_digest": shown})
    assert [one["state"] for one in signed.json()["signatures"]] == ["signed", "signed"]
    assert door(world.user, f"{path}cosign/", {"text_digest": shown}).status_code == 200  # the lead's own stands
    assert door(world.co_users[1], f"{path}cosign/", {"text_digest": shown}).status_code == 404


def test_what_one_may_not_see_does_not_exist_and_what_is_not_his_is_refused(world, door):
    draft, given = world.paper(), world.assigned(title="关于硬化通组道路的提议")
    neighbour = factories.make_user(Role.TOWNSHIP, factories.make_township(name="凤台镇"))
    for user, row, code in [
        (world.office, draft, 404), (world.desk, draft, 404), (world.co_users[0], draft, 404), (neighbour, draft, 404),
        (world.office, given, 200), (world.desk, given, 200), (world.co_users[0], given, 404), (neighbour, given, 404),
        (world.other_desk, given, 404),
    ]:  # fmt: skip
        assert door(user, f"proposals/{row.pk}/", method="get").status_code == code
        assert (row.pk in ids(door(user, "proposals/", method="get"))) == (code == 200)
    path = f"proposals/{given.pk}/"
    assert door(world.desk, f"{path}screen/", {"step": "begin"}).status_code == 403
    assert door(world.office, f"{path}sign-for/").status_code == 403
    assert door(world.user, f"{path}assign/", {"units": [{"unit": world.unit.code, "role": "lead"}]}).status_code == 403
    assert door(world.desk, f"{path}feedback/", {"attitude": "satisfied", "result": "satisfied"}).status_code == 403
    assert door(neighbour, f"{path}screen/", {"step": "begin"}).status_code == 404


def ids(answer):
    return [row["id"] for row in answer.json()["results"]]


def test_an_objection_names_the_unit_and_bad_input_is_told(world, door):
    given = world.assigned()
    path = f"proposals/{given.pk}/object/"
    reason = "管网改造资金由财政部门统筹安排。"
    assert door(world.desk, path, {"reason": reason, "proper_unit": "none"}).status_code == 400
    assert door(world.desk, path, {"reason": reason, "proper_unit": world.unit.code}).status_code == 400
    assert door(world.desk, path, {"reason": reason, "proper_unit": world.other.code}).status_code == 200
    assert door(world.desk, path, {"reason": reason, "proper_unit": world.other.code}).status_code == 409


def test_a_key_makes_a_second_call_the_first(world, door):
    made = [
        door(world.user, "proposals/", written(world), **{"Idempotency-Key": "k1"}).json()["id"] for _try in range(2)
    ]
    assert made[0] == made[1]
    assert Proposal.objects.count() == 1


@pytest.mark.parametrize("count", [1, 3, 12])
def test_the_list_asks_the_same_of_the_database_for_any_number_of_papers(
    world, door, count, django_assert_max_num_queries
):
    for number in range(count):
        world.submitted(title=f"关于第{number}件事情的提议")
    door(world.office, "proposals/", method="get")
    with django_assert_max_num_queries(9):
        assert len(ids(door(world.office, "proposals/", method="get"))) == count
