"""The bulletin on overdue papers (督办通报): it names the units by their delay, and each finds it at its desk."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.kernel.documents import letterhead
from congress.kernel.workflow import Refused
from congress.models import OfficialDocument, Organization, User
from congress.numerals import to_chinese
from congress.reports import DocumentReport
from congress.services import documents
from proposals.models import OPEN, Assignment, AssignmentRole, Proposal, SupervisionKind, SupervisionStep
from proposals.policies import keeps
from proposals.services.overview import Late, late
from proposals.workflows.letters import ROLE_WORDS, day, sentence
from proposals.workflows.telling import tell_unit

KIND: Final = "supervision-bulletin"
LONGEST: Final = OfficialDocument._meta.get_field("recipient").max_length or 200
ALL_UNITS: Final = "各有关承办单位"


def chosen(keys: Sequence[str], user: User) -> list[Late]:
    """Of what is overdue the ticked parts, the latest first; what is no longer overdue is not among them."""
    wanted = {int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) < 19}
    return [one for one in late(user, timezone.localdate()) if one.row.pk in wanted] if wanted else []


def preview(rows: Sequence[Late], *, answer_by: date, asked: str) -> str:
    """The first of the bulletins as a page; nothing is kept."""
    organization, its = _by_office(rows)[0]
    values = _values(organization, its, answer_by, asked)
    return DocumentReport.of(documents.worded(KIND, organization, values)).html(medium="screen")


@transaction.atomic
def issue(rows: Sequence[Late], *, by: User, answer_by: date, asked: str) -> list[OfficialDocument]:
    """Draft it, give it its number, write a step for each part and tell its unit; one bulletin for each office.

    A second click finds today's bulletin. Raises `Refused` for what was settled meanwhile, or stands in another
    bulletin of today; `PermissionDenied` for a paper another office keeps.
    """
    if not rows:
        raise Refused(_("Tick the papers first whose units are to be named."))
    if not all(keeps(by, one.row.proposal) for one in rows):
        raise PermissionDenied
    parts = _locked(rows)
    today = timezone.localdate()
    known = SupervisionStep.objects.filter(assignment__in=parts, kind=SupervisionKind.BULLETIN, on=today)
    named = {step.assignment_id: step.document for step in known.select_related("document") if step.document}
    if len(named) == len(parts):
        return list(dict.fromkeys(named.values()))
    if named:
        which = next(one.row.proposal for one in rows if one.row.pk in named)
        raise Refused(_("“%(paper)s” stands in a bulletin of today already.") % {"paper": which})
    if settled := [one for one in parts if one.state not in OPEN or one.due_on is None or one.due_on >= today]:
        raise Refused(_("“%(paper)s” is not overdue any more.") % {"paper": settled[0].proposal})
    return [_issued(organization, its, answer_by, asked, by) for organization, its in _by_office(rows)]


def _locked(rows: Sequence[Late]) -> list[Assignment]:
    """The parts as they stand, held until the bulletin is out; papers before parts, as everywhere."""
    papers = sorted({one.row.proposal_id for one in rows})
    list(Proposal.objects.select_for_update().filter(pk__in=papers).order_by("pk"))
    held = Assignment.objects.select_for_update(of=("self",)).filter(pk__in=[one.row.pk for one in rows])
    return list(held.select_related("proposal").order_by("pk"))


def _issued(
    organization: Organization, rows: Sequence[Late], answer_by: date, asked: str, by: User
) -> OfficialDocument:
    today = timezone.localdate()
    values = _values(organization, rows, answer_by, asked)
    draft = documents.draft(KIND, organization, values, about=f"bulletin:{organization.pk}:{today}", by=by)
    try:
        document = documents.issue(draft, by=by, issued_on=today)
    except Refused as refusal:
        raise Refused(f"{organization.name}：{refusal}") from refusal
    for one in rows:
        step = SupervisionStep.objects.create(
            proposal=one.row.proposal, assignment=one.row, kind=SupervisionKind.BULLETIN, on=today, next_on=answer_by,
            said=f"{document.number_text}通报：逾期{one.days}天，请于{day(answer_by)}前办结答复。",
            document=document, by=by,
        )  # fmt: skip
        tell_unit(one.row, "bulletin", f"bulletin:{step.pk}", document=document, late=one.days, answer_by=answer_by)
    return document


def _by_office(rows: Sequence[Late]) -> list[tuple[Organization, list[Late]]]:
    """The parts by the office that keeps their papers."""
    ordered = sorted(rows, key=lambda one: one.row.proposal.congress.organization.path)
    offices = groupby(ordered, key=lambda one: one.row.proposal.congress.organization)
    return [(organization, sorted(its, key=lambda one: -one.days)) for organization, its in offices]


def _values(organization: Organization, rows: Sequence[Late], answer_by: date, asked: str) -> dict[str, str]:
    units: dict[Organization, list[Late]] = {}
    for one in rows:  # the latest first, and with it its unit
        units.setdefault(one.row.unit, []).append(one)
    names = "，".join(unit.name for unit in units)
    lines = [
        f"（{to_chinese(number)}）{unit.name}。{'；'.join(map(_said, its))}。"
        for number, (unit, its) in enumerate(units.items(), 1)
    ]
    return {
        "截止日期": day(timezone.localdate()),
        "单位数": str(len(units)),
        "件数": str(len({one.row.proposal_id for one in rows})),
        "逾期情况": "\n".join(lines),
        "被通报单位": names if len(names) <= LONGEST else ALL_UNITS,
        "整改要求": sentence(asked),
        "整改期限": day(answer_by),
        "抄送机关": f"{letterhead(organization).committee}办公室",
    }


def _said(one: Late) -> str:
    paper, role = one.row.proposal, ROLE_WORDS[AssignmentRole(one.row.role)]
    urged = f"，已催办{one.urged}次" if one.urged else ""
    name = f"{paper.kind_word}{paper.number_text}《{paper.title}》"
    return f"{role}{name}，应于{day(one.row.due_on)}前办结，逾期{one.days}天{urged}"
