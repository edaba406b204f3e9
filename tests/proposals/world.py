"""A township with delegates and an office, a district with two units: what papers pass through."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from congress.models import Congress, Organization, Role, Session, User
from delegates.models import Mandate
from proposals.models import Assignment, Proposal
from proposals.services import handling, writing
from proposals.workflows import ASSIGNMENT, PROPOSAL
from tests import factories

STARTED = {"handler_name": "赵敏", "handler_phone": "0816-5550000", "plan": "会同财政局现场踏勘，十二月底前拿出方案。"}
REPLY = {
    "reply_class": "A",
    "text": "已将场镇排污管网纳入年度计划，新建管网三公里，目前已经完工并通水，欢迎代表现场查看。",
    "signer": "周立", "contact_name": "赵敏", "contact_phone": "0816-5550000",
    "promise": "", "promise_due_on": None, "promise_evidence": "",
}  # fmt: skip
PROMISE = {"promise": "二〇二七年六月底前完成二期三公里管网", "promise_evidence": "竣工验收报告"}


@dataclass
class World:
    congress: Congress
    session: Session
    office: User
    reader: User
    lead: Mandate
    user: User
    co: list[Mandate]
    co_users: list[User]
    unit: Organization
    other: Organization
    desk: User
    other_desk: User

    def paper(self, **facts: Any) -> Proposal:
        return factories.make_proposal(self.lead, **facts)

    def submitted(self, **facts: Any) -> Proposal:
        return writing.submit(self.paper(**facts), by=self.user)

    def screening(self, **facts: Any) -> Proposal:
        """Being screened, and read by two."""
        proposal = PROPOSAL.take(self.submitted(**facts), "screen", by=self.office)
        for reader in (self.office, self.reader):
            handling.give_opinion(proposal, by=reader, outcome="file")
        return proposal

    def planning(self, parts: Any = None, **facts: Any) -> Proposal:
        proposal = PROPOSAL.take(self.screening(**facts), "file", by=self.office)
        proposal = PROPOSAL.take(proposal, "plan", by=self.office)
        handling.plan(proposal, parts or [(self.unit, "lead", "")], by=self.office)
        return Proposal.objects.get(pk=proposal.pk)

    def assigned(self, parts: Any = None, **facts: Any) -> Proposal:
        return PROPOSAL.take(self.planning(parts, **facts), "assign", by=self.office)

    def working(self, parts: Any = None, **facts: Any) -> Assignment:
        """The first unit has begun."""
        row = self.assigned(parts, **facts).assignments.get(unit=self.unit)
        return self.begin(row, self.desk)

    @staticmethod
    def begin(row: Assignment, by: User) -> Assignment:
        return ASSIGNMENT.take(ASSIGNMENT.take(row, "sign_for", by=by), "start", by=by, **STARTED)

    def reviewed(self, row: Assignment | None = None, **reply: Any) -> Assignment:
        row = row or self.working()
        row = ASSIGNMENT.take(row, "draft", by=self.desk, **(REPLY | reply))
        return ASSIGNMENT.take(row, "submit_reply", by=self.desk)

    def answered(self, row: Assignment | None = None, **reply: Any) -> Proposal:
        """The reply is out: the proposers are asked."""
        row = self.reviewed(row, **reply)
        row = ASSIGNMENT.take(row, "approve", by=self.office, issued_on=timezone.localdate(), approved_by="李明")
        return Proposal.objects.get(pk=row.proposal_id)


PEOPLE = ("王文", "李四", "赵六", "孙七", "周八")
UNITS = ("区住房和城乡建设局", "区财政局")
MARK = "暗记"
"""What stands in everything of the second township: whoever reads it anywhere has read what is not his."""


def make_world(name: str = "石桥镇", people: Sequence[str] = PEOPLE, units: Sequence[str] = UNITS) -> World:
    town = factories.make_township(name=name)
    congress = factories.make_congress(town, starts_on=date(2026, 5, 10))
    session = Session.objects.create(
        congress=congress, number=1, kind="electing", starts_on=timezone.localdate(),
        filing_closes_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    seats = [factories.make_mandate(congress, person) for person in people]
    users = [factories.make_user(Role.DELEGATE) for _seat in seats]
    for mandate, user in zip(seats, users, strict=True):
        mandate.person.user = user
        mandate.person.save(update_fields=["user"])
    unit, other = (factories.make_unit(one) for one in units)
    return World(
        congress, session, factories.make_user(Role.TOWNSHIP, town), factories.make_user(Role.TOWNSHIP, town),
        seats[0], users[0], seats[1:], users[1:], unit, other,
        factories.make_user(Role.UNIT, unit), factories.make_user(Role.UNIT, other),
    )  # fmt: skip


def make_neighbour() -> World:
    """A second township with its own office, delegates and units: nobody in the first may read a word of its papers."""
    people = [f"{MARK}{one}" for one in ("冯一", "陈二", "褚三", "卫四", "蒋五")]
    return make_world("凤台镇", people, ("区水利局", "区教育和体育局"))


def in_every_state(world: World, mark: str = "") -> dict[str, Proposal]:
    """A paper in each place it can stand, with `mark` in its subject."""

    def named(what: str) -> dict[str, str]:
        return {"title": f"关于{mark}{what}的提议"}

    signing = world.paper(**named("联署"))
    writing.invite(signing, world.co[:2], by=world.user)
    office = world.office
    merged = PROPOSAL.take(
        world.screening(**named("并案")),
        "merge",
        by=office,
        into=world.screening(**named("主案")),
        note="同一事项并办。",
    )
    returned = PROPOSAL.take(world.screening(**named("退回")), "return", by=office, note="请补充调研数据。")
    rejected = PROPOSAL.take(
        world.screening(**named("不立案")), "reject", by=office, note="属于个人事务。", reject_reason="private"
    )
    objected = world.assigned(**named("退办")).assignments.get()
    ASSIGNMENT.take(objected, "object", by=world.desk, reason="这件事由财政部门统筹安排。", proper_unit=world.other)
    promise = {**PROMISE, "reply_class": "B", "promise_due_on": timezone.localdate() + timedelta(days=200)}
    return {
        "draft": world.paper(**named("草稿")),
        "signing": signing,
        "thrown_away": PROPOSAL.take(world.paper(**named("弃稿")), "discard", by=world.user),
        "registered": world.submitted(**named("登记")),
        "screening": world.screening(**named("审查")),
        "filed": PROPOSAL.take(world.screening(**named("立案")), "file", by=office),
        "merged": merged, "returned": returned, "rejected": rejected,
        "planning": world.planning(**named("拟办")),
        "assigned": world.assigned(**named("交办")),
        "working": world.working(**named("在办")).proposal,
        "objected": objected.proposal,
        "in_review": world.reviewed(world.working(**named("送审"))).proposal,
        "feedback": world.answered(world.working(**named("答复"))),
        "promised": world.answered(world.working(**named("承诺")), **promise),
    }  # fmt: skip
