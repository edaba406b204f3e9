"""Papers of the demonstration: the ledger through the real import, then led through what happens in a year.

Nothing is written past the tables: each paper takes the steps a real one takes, on the days it would have taken them.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from congress.kernel import duetimes
from congress.kernel.deadlines import TZ, Deadline
from congress.kernel.workflow import Refused
from congress.models import Congress, Delivery, Job, Notice, Organization, Role, User
from congress.policies import HANDLE, grant_role, holds
from congress.services import imports, organizations
from delegates.models import CommitteeMember, Mandate
from proposals.models import (
    Assignment,
    AssignmentState,
    Feedback,
    Outcome,
    Proposal,
    ProposalState,
)
from proposals.services import demo_precedents, demo_rest, handling, supervision
from proposals.services.ledger_import import LedgerImport
from proposals.workflows import ASSIGNMENT, PROPOSAL

UNITS: Final = (
    "区住房和城乡建设局", "区交通运输局", "区教育和体育局", "区文化广播电视和旅游局", "区经济和信息化局",
    "区委组织部", "区财政局", "区水利局",
)  # fmt: skip
OF: Final = {
    "城建": "区住房和城乡建设局", "教育": "区教育和体育局", "旅游": "区文化广播电视和旅游局", "农业": "区农业农村局",
    "企业改制": "区经济和信息化局", "党建": "区委组织部",
}  # fmt: skip
LEADERS: Final = (("罗建华", "党委副书记、镇长", "政府全面工作"), ("唐丽", "党委委员、组织委员", "党建、人事"))
REPLY: Final = {
    "A": "经研究并会同有关单位现场办公，您所提事项已经列入本年度工作并基本完成。具体情况：一是明确了责任单位和责任人；"
    "二是落实了资金；三是工程已经完工并投入使用。欢迎代表继续监督。",
    "B": "经研究，您所提事项已经列入工作计划，目前正在推进。前期工作已经完成，资金正在落实，将按计划分步实施。",
    "C": "经研究，您所提事项受用地和资金条件限制，暂时不具备实施条件，待条件成熟后优先安排。",
    "D": "您所提建议对我们的工作很有参考价值，我们将在今后工作中认真吸收。",
}
LAST: Final = 40  # messages left unread would bury the demonstration's inboxes


@transaction.atomic
def seed(district: Organization, folder: Path, by_role: Mapping[str, User]) -> None:
    """Once: bring the ledger in, and lead its papers to where papers stand in the course of a year."""
    if Proposal.objects.exists():
        return
    before = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    units = _units(district)
    demo_rest.letterheads(district, units)
    _committees(district)
    demo_precedents.seed(district)
    importer = LedgerImport(district)
    ledger = imports.run_from_console(importer, district, folder / "proposals.xlsx", dry_run=False)
    if not ledger.succeeded:
        raise Refused("\n".join(ledger.lines))
    _Year(units, by_role).live()
    demo_rest.results()
    demo_rest.follow_promises()
    demo_rest.publish(by_role)
    demo_rest.enquiries(units, by_role)
    _quieten(before)


def _units(district: Organization) -> dict[str, Organization]:
    for number, name in enumerate(UNITS, 2):
        organizations.ensure(f"{district.code}-U{number:02d}", name, "unit", district.code)
    return {unit.name: unit for unit in Organization.objects.filter(kind="unit", path__startswith=district.path)}


def _committees(district: Organization) -> None:
    """A committee of two where the register has none yet."""
    serving = Mandate.objects.serving().order_by().values("congress")
    without = Congress.objects.filter(pk__in=serving, committee_members=None)
    for congress in without.filter(organization__path__startswith=district.path):
        for number, (name, post, duties) in enumerate(LEADERS, 1):
            CommitteeMember.objects.get_or_create(
                congress=congress,
                name=name,
                post=post,
                defaults={"duties": duties, "number": number, "is_standing": number == 1},
            )


def _quieten(before: int) -> None:
    """What happened months ago is read, and nobody is sent an e-mail about it."""
    fresh = Notice.objects.filter(pk__gt=before)
    deliveries = Delivery.objects.filter(notice__in=fresh)
    Job.objects.filter(kind="deliver", subject_id__in=list(deliveries.values_list("pk", flat=True))).delete()
    deliveries.delete()
    for user in set(fresh.values_list("recipient", flat=True)):
        latest = list(fresh.filter(recipient=user).order_by("-pk").values_list("pk", flat=True)[: LAST // 8])
        fresh.filter(recipient=user).exclude(pk__in=latest).update(read_at=timezone.now())


class _Year:
    """Each paper is led by one of the stories below, in turn."""

    def __init__(self, units: dict[str, Organization], by_role: Mapping[str, User]) -> None:
        self.units, self.office, self.desk = units, by_role[Role.OFFICE], by_role[Role.UNIT]
        self.today = timezone.localdate()
        self.reader = User.objects.create(username="demo-reader", first_name="审查员演示", is_active=False)
        self.reader.set_unusable_password()
        self.reader.save()

    def live(self) -> None:
        stories = cycle([
            self.closed, self.closed, self.working, self.closed, self.in_review, self.closed, self.screening,
            self.closed, self.tracking, self.overdue, self.closed, self.asked, self.planned, self.closed,
            self.rejected, self.assigned, self.closed, self.unhappy,
            self.returned, self.closed, self.extension, self.objected, self.merged,
        ])  # fmt: skip
        for proposal, story in zip(Proposal.objects.order_by("submitted_at", "pk"), stories, strict=False):
            story(proposal)

    # Steps

    def on(self, proposal: Proposal, days: int) -> datetime:
        """So many days after it was handed in, but not after yesterday."""
        day = timezone.localdate(proposal.submitted_at) + timedelta(days=days)
        return datetime.combine(min(day, self.today - timedelta(days=1)), time(10), TZ)

    def screening(self, proposal: Proposal, outcome: str = Outcome.FILE) -> Proposal:
        proposal = PROPOSAL.take(proposal, "screen", by=self.office, at=self.on(proposal, 1))
        word = "" if outcome == Outcome.FILE else "内容与现行政策重复，建议不单独立案。"
        handling.give_opinion(proposal, by=self.office, outcome=outcome, text=word)
        return proposal

    def filed(self, proposal: Proposal) -> Proposal:
        self._two_read(proposal)
        return PROPOSAL.take(proposal, "file", by=self.office, at=self.on(proposal, 4))

    def _two_read(self, proposal: Proposal) -> None:
        """The district's office reads with a colleague of its own."""
        proposal.opinions.create(reader=self.reader, round=proposal.submissions, outcome=Outcome.FILE)

    def planned(self, proposal: Proposal) -> Proposal:
        proposal = self.filed(self.screening(proposal))
        proposal = PROPOSAL.take(proposal, "plan", by=self.office, at=self.on(proposal, 6))
        category = proposal.category.name if proposal.category else ""
        parts = [(self.units[OF.get(category, "区农业农村局")], "lead", "")]
        if proposal.number % 3 == 0:
            parts.append((self.units["区财政局"], "assist", ""))
        leader = CommitteeMember.objects.filter(congress=proposal.congress).order_by("number").first()
        opinion = "请会同有关单位认真研究，主动与代表沟通，按期答复"
        handling.plan(proposal, parts, by=self.office, leader=leader, opinion=opinion, is_key=proposal.number % 10 == 0)
        return Proposal.objects.get(pk=proposal.pk)

    def lately(self, proposal: Proposal, back: int) -> int:
        """The day of its assignment that lies so many days back: what is open was given to units not long ago."""
        return max(12, (self.today - timezone.localdate(proposal.submitted_at)).days - back)

    def assigned(self, proposal: Proposal, after: int = 0) -> Proposal:
        after = after or self.lately(proposal, 1)
        return PROPOSAL.take(self.planned(proposal), "assign", by=self.office, at=self.on(proposal, after))

    def working(self, proposal: Proposal, after: int = 0) -> Assignment:
        """Signed for and begun; the assisting units have given their opinion."""
        after = after or self.lately(proposal, 30)
        self.assigned(proposal, after)
        rows = sorted(proposal.assignments.exclude(state=AssignmentState.RETURNED), key=lambda row: row.role == "lead")
        for part in rows:
            row = self._begin(part, proposal, after)
            if row.role == "assist":
                said = "我局支持该项工作，将在年度预算中统筹安排。"
                self._as(row, "give_opinion", self.on(proposal, after + 20), opinion=said)
        lead = proposal.assignments.get(role="lead")
        handling_note = "已到现场踏勘，正在征求村组意见。"
        lead.progress.create(text=handling_note, by=self._user(lead))
        return lead

    def _begin(self, row: Assignment, proposal: Proposal, after: int) -> Assignment:
        row = self._as(row, "sign_for", self.on(proposal, after + 2))
        said = {"handler_name": "赵敏", "handler_phone": "0816-5550000", "plan": ""}
        return self._as(row, "start", self.on(proposal, after + 4), **said)

    def _as(self, row: Assignment, verb: str, at: datetime, **said: Any) -> Assignment:
        return ASSIGNMENT.take(row, verb, by=self._user(row), at=at, **said)

    def _user(self, row: Assignment) -> User:
        """Somebody at the unit's desk: the demonstration's account, or one made for the unit."""
        if holds(self.desk, HANDLE, row.unit):
            return self.desk
        user, fresh = User.objects.get_or_create(
            username=f"demo-{row.unit.code.lower()}", defaults={"first_name": f"{row.unit.name}承办人"}
        )
        if fresh:
            user.set_unusable_password()
            user.save()
            grant_role(user, Role.UNIT, row.unit)
        return user

    def in_review(self, proposal: Proposal, letter: str = "A", after: int = 0) -> Assignment:
        after = after or self.lately(proposal, 60)
        lead = self.working(proposal, after)
        if lead.proposal.assignments.filter(role="assist").exists():
            lead = self._as(lead, "collect", self.on(proposal, after + 25))
        mandate = proposal.lead
        lead.contacts.get_or_create(
            mandate=mandate, way="visit", on=timezone.localdate(self.on(proposal, after + 22)),
            defaults={"text": "上门听取领衔代表意见，代表同意办理方案。", "by": self._user(lead)},
        )  # fmt: skip
        promise = {"promise": "", "promise_due_on": None, "promise_evidence": ""}
        if letter == "B":
            due = self.today + timedelta(days=210)
            promise = {
                "promise": "完成全部建设任务并交付使用",
                "promise_due_on": due,
                "promise_evidence": "竣工验收报告",
            }
        said = {
            "reply_class": letter,
            "text": REPLY[letter],
            "signer": "周立",
            "contact_name": "赵敏",
            "contact_phone": "0816-5550000",
        }
        lead = self._as(lead, "draft", self.on(proposal, after + 40), **said, **promise)
        return self._as(lead, "submit_reply", self.on(proposal, after + 42))

    def answered(self, proposal: Proposal, letter: str = "A", after: int = 12) -> Proposal:
        lead = self.in_review(proposal, letter, after)
        at = self.on(proposal, after + 46)
        ASSIGNMENT.take(lead, "approve", by=self.office, at=at, issued_on=timezone.localdate(at), approved_by="")
        return Proposal.objects.get(pk=proposal.pk)

    # Stories

    def closed(self, proposal: Proposal) -> None:
        proposal = self.answered(proposal, "AAACD"[proposal.number % 5])
        result = "satisfied" if proposal.number % 4 else "fairly"
        self._opinion(proposal, result)

    def _opinion(self, proposal: Proposal, result: str, text: str = "") -> None:
        """The lead proposer's word, given on his own account for the while."""
        row = Feedback.objects.create(
            proposal=proposal,
            mandate=proposal.lead,
            round=proposal.round,
            attitude="satisfied",
            result=result,
            text=text,
        )
        handling.conclude(proposal, row)

    def tracking(self, proposal: Proposal) -> None:
        self._opinion(self.answered(proposal, "B"), "fairly")

    def unhappy(self, proposal: Proposal) -> None:
        proposal = self.answered(proposal, "C")
        self._opinion(proposal, "dissatisfied", "只说条件不具备，没有说明什么时候能够解决。")
        if proposal.number % 2:
            PROPOSAL.take(
                Proposal.objects.get(pk=proposal.pk),
                "rehandle",
                by=self.office,
                note="请当面与代表沟通，说明分步解决的时间安排。",
            )

    def asked(self, proposal: Proposal) -> None:
        self.answered(proposal, "A", self.lately(proposal, 54))

    def overdue(self, proposal: Proposal) -> None:
        lead = self.working(proposal, self.lately(proposal, 115))
        days = [20, 9, 35][proposal.number % 3]
        self._late(lead, days)
        supervision.record(
            lead.proposal, by=self.office, kind="phone", on=self.today - timedelta(days=2), assignment=lead,
            said="电话催办，承办人答复下周报送答复意见。", next_on=self.today + timedelta(days=5),
        )  # fmt: skip

    def _late(self, lead: Assignment, days: int) -> None:
        due = self.today - timedelta(days=days)
        for row in duetimes.open_of("assignment_reply", lead.pk):
            duetimes.move(row, Deadline(due, row.steps), because="演示：期限已过")
        Assignment.objects.filter(pk=lead.pk).update(due_on=due, original_due_on=due)
        Proposal.objects.filter(pk=lead.proposal_id).update(due_on=due)

    def rejected(self, proposal: Proposal) -> None:
        proposal = self.screening(proposal, Outcome.REJECT)
        self._two_read(proposal)
        note = "所提事项属于单个村组可以自行解决的具体事务，已转所在镇研究处理。"
        PROPOSAL.take(
            proposal, "reject", by=self.office, at=self.on(proposal, 5), note=note, reject_reason="single_unit"
        )

    def returned(self, proposal: Proposal) -> None:
        proposal = self.screening(proposal, Outcome.RETURN)
        PROPOSAL.take(proposal, "return", by=self.office, note="请补充责任单位和完成时限，说明走访情况。")

    def merged(self, proposal: Proposal) -> None:
        other = (
            Proposal.objects.filter(
                congress=proposal.congress, state__in=[ProposalState.ASSIGNED, ProposalState.PLANNING]
            )
            .exclude(pk=proposal.pk)
            .first()
        )
        if other is None:
            self.assigned(proposal)
            return
        proposal = self.screening(proposal, Outcome.MERGE)
        self._two_read(proposal)
        PROPOSAL.take(
            proposal,
            "merge",
            by=self.office,
            at=self.on(proposal, 5),
            into=other,
            note="内容相近，并案办理，一并答复。",
        )

    def extension(self, proposal: Proposal) -> None:
        lead = self.working(proposal)
        until = lead.due_on + timedelta(days=45)
        self._as(
            lead,
            "ask_extension",
            timezone.now(),
            asked_until=until,
            reason="需等待上级专项资金下达，前期设计已经完成。",
        )

    def objected(self, proposal: Proposal) -> None:
        self.planned(proposal)
        row = (
            PROPOSAL.take(Proposal.objects.get(pk=proposal.pk), "assign", by=self.office)
            .assignments.filter(role="lead")
            .get()
        )
        self._as(
            row,
            "object",
            timezone.now(),
            reason="所提事项的资金和实施主体均不在我单位职责范围。",
            proper_unit=self.units["区水利局"],
        )
