"""Papers in any number, for measurements only: as a district's units, offices and delegates leave them after years."""

from datetime import timedelta
from typing import Final

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.utils import timezone

from congress.kernel.workflow import Refused
from congress.models import Organization, Role, User
from congress.services import accounts
from delegates.models import Mandate
from proposals.kernel import similarity
from proposals.models import Assignment, Category, Measure, Precedent, Proposal, Signature

SUBJECTS: Final = (
    "硬化通组道路", "完善场镇排污管网", "增设公交候车亭", "推广柑橘标准化种植", "加强农村基层党支部建设",
    "改善村小学食堂条件",
    "规范农家乐消防管理", "修缮灌溉渠系", "打造桃花节品牌", "妥善安置改制企业职工", "建设养老服务站", "整治占道经营",
)  # fmt: skip
PLACES: Final = "东南西北中上下新老前后大小长高平清白石河"
STATES: Final = ("closed",) * 12 + ("reported",) * 3 + ("assigned",) * 3 + ("feedback", "registered")
PARTS: Final = 25  # papers a unit has had: a province has more units, not more papers in each
DESKS: Final = 3
BATCH: Final = 2000
LOG_EACH: Final = 10


def seed(count: int) -> int:
    """So many papers of the delegates in office, each with a unit and ten lines of its log. Refused beside others.

    Batch by batch: in one transaction each would take longer than the one before.
    """
    if Proposal.objects.exists():
        raise Refused("There are papers already.")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # a million lines of log take longer than a page may
    root = Organization.objects.filter(parent=None).order_by("pk").first()
    units = [_unit(root, number) for number in range(max(1, count // PARTS))]
    _open_desks(units)
    seats = list(Mandate.objects.serving().order_by("pk").values_list("pk", "congress_id")[:count])
    categories = list(Category.objects.exclude(parent=None).values_list("pk", flat=True))
    today, now = timezone.localdate(), timezone.now()
    for start in range(0, count, BATCH):
        papers = []
        for number in range(start, min(start + BATCH, count)):
            lead, congress = seats[number % len(seats)]
            state = STATES[number % len(STATES)]
            given = state in {"assigned", "feedback", "closed", "reported"}
            papers.append(Proposal(
                congress_id=congress, lead_id=lead, kind="motion", state=state, year=2020 + number % 7,
                number=number // 7 + 1, title=_title(number), category_id=categories[number % len(categories)],
                scope="overall", grounds="经走访发现，该问题长期未得到解决。" * 8, root_cause="责任主体不明确。" * 4,
                submitted_at=now - timedelta(minutes=number), submissions=1, is_public=number % 3 == 0,
                due_on=today + timedelta(days=number % 120 - 30) if given else None, reply_class="A" if given else "",
            ))  # fmt: skip
        with transaction.atomic():
            _beside(Proposal.objects.bulk_create(papers), units, today)
        with connection.cursor() as cursor:  # else the checks of foreign keys go on reading a small table as a whole
            cursor.execute("ANALYZE proposals_proposal, proposals_signature, proposals_assignment")
    _log(ContentType.objects.get_for_model(Proposal).pk)
    return count


def _title(number: int) -> str:
    places = PLACES[number % 20] + PLACES[number // 20 % 20] + PLACES[number // 400 % 20]
    return f"关于{SUBJECTS[number % len(SUBJECTS)]}（{places}村）的提议"


def _unit(root: Organization, number: int) -> Organization:
    code = f"{root.code}-S{number:03d}"
    facts = {"name": f"规模{number}局", "kind": "unit", "parent": root, "path": f"{root.path}{code}/"}
    return Organization.objects.get_or_create(code=code, defaults=facts)[0]


def _open_desks(units: list[Organization]) -> None:
    """Accounts of a few units. Nobody knows the passwords."""
    for number, unit in enumerate(units[:DESKS], 1):
        username = f"scale-unit-{number}"
        if not User.objects.filter(username=username).exists():
            accounts.open_account(username, unit.name, Role.UNIT, unit, by="seed_papers")
    User.objects.filter(username__startswith="scale-unit-").update(must_change_password=False)


def _beside(papers: list[Proposal], units: list[Organization], today: object) -> None:
    now = timezone.now()
    Signature.objects.bulk_create(
        Signature(proposal=one, mandate_id=one.lead_id, is_lead=True, state="signed", answered_at=now) for one in papers
    )
    Measure.objects.bulk_create(Measure(proposal=one, position=1, action="落实责任单位和资金") for one in papers)
    Assignment.objects.bulk_create(
        Assignment(
            proposal=one, unit=units[one.pk % len(units)], role="lead", assigned_on=today, original_due_on=one.due_on,
            due_on=one.due_on, state="working" if one.state == "assigned" else "replied",
            done_on=None if one.state == "assigned" else one.due_on,
        )
        for one in papers if one.due_on
    )  # fmt: skip
    Precedent.objects.bulk_create(
        Precedent(
            organization_id=one.congress.organization_id, year=one.year, number_text=one.number_text, title=one.title,
            proposal=one, title_grams=similarity.grams(one.title),
        )
        for one in Proposal.objects.filter(pk__in=[one.pk for one in papers]).select_related("congress")
    )  # fmt: skip


def _log(kind: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO congress_journalentry (content_type_id, object_id, at, verb, source, target, note) "
            "SELECT %s, id, now(), 'screen', 'registered', 'screening', '' "
            "FROM proposals_proposal, generate_series(1, %s)",
            [kind, LOG_EACH],
        )
