"""A township with delegates and an office, a district with two units: what papers pass through."""

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


def make_world() -> World:
    town = factories.make_township(name="石桥镇")
    congress = factories.make_congress(town, starts_on=date(2026, 5, 10))
    session = Session.objects.create(
        congress=congress, number=1, kind="electing", starts_on=timezone.localdate(),
        filing_closes_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    people = [factories.make_mandate(congress, name) for name in ("王文", "李四", "赵六", "孙七", "周八")]
    users = [factories.make_user(Role.DELEGATE) for _person in people]
    for mandate, user in zip(people, users, strict=True):
        mandate.person.user = user
        mandate.person.save(update_fields=["user"])
    unit, other = factories.make_unit("区住房和城乡建设局"), factories.make_unit("区财政局")
    return World(
        congress, session, factories.make_user(Role.TOWNSHIP, town), factories.make_user(Role.TOWNSHIP, town),
        people[0], users[0], people[1:], users[1:], unit, other,
        factories.make_user(Role.UNIT, unit), factories.make_user(Role.UNIT, other),
    )  # fmt: skip
