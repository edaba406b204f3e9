"""What the demonstration's papers stand beside: letterheads, what papers brought about, what delegates asked."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.utils import timezone

from congress.kernel import duetimes
from congress.kernel.deadlines import TZ, Deadline
from congress.models import Letterhead, Organization, Role, User
from delegates.models import Mandate
from proposals.models import Inquiry, Proposal, ProposalState, Undertaking
from proposals.services import handling
from proposals.workflows import INQUIRY, UNDERTAKING
from proposals.workflows.promises import PROMISE
from proposals.workflows.telling import desk_of

WORDS: Final = {
    "区住房和城乡建设局": "明住建函", "区交通运输局": "明交运函", "区教育和体育局": "明教体函",
    "区文化广播电视和旅游局": "明文旅函", "区经济和信息化局": "明经信函", "区委组织部": "明组函", "区财政局": "明财函",
    "区水利局": "明水利函", "区农业农村局": "明农函",
}  # fmt: skip
RESULTS: Final = (
    ("排污管网", "新建排污管网", "3.2", "公里"), ("候车亭", "新增公交候车亭", "5", "处"),
    ("通组道路", "硬化通组道路", "4.6", "公里"), ("农家乐", "整改农家乐消防隐患", "18", "处"),
    ("党支部", "整顿软弱涣散党支部", "3", "个"), ("柑橘", "建成柑橘标准化示范园", "2", "个"),
    ("灌溉", "修缮灌溉渠系", "4.5", "公里"), ("食堂", "改造村小食堂", "3", "所"),
    ("骑行", "建成沿江骑行线路", "12", "公里"),
    ("职工", "安置改制企业职工", "46", "人"),
)  # fmt: skip
OPENED_EACH: Final = 3  # of a category, to the public
QUESTIONS: Final = (
    (
        "场镇雨污分流工程何时完工",
        "党代表大会决议要求年内完成场镇雨污分流改造，目前老街段尚未动工，请说明进度和完工时间。",
    ),
    ("村级公共服务经费拨付情况", "年初确定的村级公共服务经费，部分村反映至今没有拨付到位，请说明原因和拨付时间。"),
)
ANSWER: Final = (
    "老街段施工图审查已经完成，施工单位已经进场，主管网预计下月底前贯通。我局将每半月通报一次进度，接受代表监督。"
)


def letterheads(district: Organization, units: Mapping[str, Organization]) -> None:
    """Each unit signs with its full name and its own word; each office has a phone."""
    for name, unit in units.items():
        full = f"中共明川{name}" if name.startswith("区委") else f"明川{name}"
        Letterhead.objects.get_or_create(
            organization=unit, defaults={"office": full, "office_word": WORDS.get(name, "")}
        )
    towns = Organization.objects.filter(parent=district, kind="township").order_by("path")
    for number, town in enumerate(towns, 1):
        Letterhead.objects.get_or_create(organization=town, defaults={"phone": f"0816-55510{number:02d}"})


def results() -> None:
    """What was settled has its result in figures."""
    settled = Proposal.objects.filter(state=ProposalState.CLOSED, reply_class="A")
    for proposal in settled.order_by("pk"):
        for sign, name, quantity, word in RESULTS:
            if sign in proposal.title:
                proposal.results.create(name=name, quantity=quantity, measure_word=word, note="承办单位报送")


def publish(by_role: Mapping[str, User]) -> None:
    """The office opened some of what is closed to everybody: up to three of each category, the latest first."""
    closed = Proposal.objects.filter(state=ProposalState.CLOSED).select_related("category", "congress__organization")
    opened: Counter[int | None] = Counter()
    for proposal in closed.order_by("-pk"):
        if opened[proposal.category_id] < OPENED_EACH:
            opened[proposal.category_id] += 1
            handling.publish(proposal, True, by=by_role[Role.OFFICE])


def follow_promises() -> None:
    """Of what was promised one is reported done, one is overdue, and the others have their time."""
    today = timezone.localdate()
    rows = list(Undertaking.objects.filter(state="open").select_related("unit", "proposal").order_by("pk")[:2])
    for promise, days in zip(rows, (9, -12), strict=False):
        due = today + timedelta(days=days)
        for row in duetimes.open_of(PROMISE, promise.pk):
            duetimes.move(row, Deadline(due, row.steps), because="演示：承诺完成日期临近")
        Undertaking.objects.filter(pk=promise.pk).update(due_on=due, original_due_on=due)
    if rows:
        desk = next((user for user in desk_of(rows[0].unit)), None)
        if desk is not None:
            said = {
                "done_on": today - timedelta(days=3),
                "evidence": "工程已经完工并通过竣工验收，验收报告已送联络办公室。",
            }
            UNDERTAKING.take(Undertaking.objects.get(pk=rows[0].pk), "keep", by=desk, **said)


def enquiries(units: Mapping[str, Organization], by_role: Mapping[str, User]) -> None:
    """The demonstration's delegate asked twice: once he was answered, once he waits."""
    lead = Mandate.objects.serving().filter(person__user=by_role[Role.DELEGATE]).select_related("congress").first()
    if lead is None:
        return
    others = Mandate.objects.serving().filter(congress=lead.congress).exclude(pk=lead.pk).order_by("pk")[:3]
    today = timezone.localdate()

    def take(inquiry: Inquiry, verb: str, days: int, by: User, **said: Any) -> Inquiry:
        at = datetime.combine(today - timedelta(days=days), time(10), TZ)
        return INQUIRY.take(inquiry, verb, by=by, at=at, **said)

    asked = []
    for (subject, question), unit, days in zip(QUESTIONS, ("区住房和城乡建设局", "区财政局"), (40, 6), strict=True):
        inquiry = Inquiry.objects.create(
            congress=lead.congress, kind="enquiry", lead=lead, target=units[unit], subject=subject, question=question
        )
        inquiry.askers.set([lead, *others])
        inquiry = take(inquiry, "submit", days, by_role[Role.DELEGATE])
        inquiry = take(inquiry, "accept", days - 2, by_role[Role.OFFICE])
        asked.append(take(inquiry, "deliver", days - 3, by_role[Role.OFFICE]))
    said = {
        "answer_mode": "written",
        "answered_by": "周立",
        "answered_on": today - timedelta(days=22),
        "answer": ANSWER,
    }
    first = take(asked[0], "answer", 22, by_role[Role.OFFICE], **said)
    first = take(first, "rate", 15, by_role[Role.OFFICE], satisfied=3, dissatisfied=1, outcome="")
    take(first, "close", 14, by_role[Role.OFFICE])
