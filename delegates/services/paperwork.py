"""Papers that follow from what was recorded: the office's own wording, filled with the register's facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from congress.kernel.documents import kinds
from congress.kernel.workflow import Refused, lock
from congress.models import DocumentState, OfficialDocument, Organization
from congress.policies import DOCUMENTS, MANAGE, holds
from congress.services import documents
from delegates.kernel import facts
from delegates.kernel.committees import decider
from delegates.models import (
    ChangeReason as R,
)
from delegates.models import (
    CredentialsReview,
    Election,
    ElectionKind,
    ElectionState,
    Mandate,
    MandateChange,
    Verdict,
)

Subject = MandateChange | Election | CredentialsReview

OF_CHANGE: Final = {
    "suspend": ("suspension-notice",),
    "restore": ("restoration-notice",),
    "cease": ("cease-notice",),
    "terminate": ("termination-decision", "filing-report"),
    "dismiss": ("termination-decision", "filing-report"),
    "accept_resignation": ("termination-decision", "filing-report"),
    "remove": ("removal-decision", "filing-report"),
}
OF_STEP: Final = {
    ElectionState.PLANNED: ("byelection-request",),
    ElectionState.RECOMMENDED: ("byelection-request", "byelection-candidates-reply"),
    ElectionState.APPROVED: ("byelection-candidates-reply", "pre-election-notice"),
    ElectionState.VOTED: ("byelection-result-reply",),
    ElectionState.COMPLETED: ("byelection-result-reply",),
}
BY_THE_DECIDER: Final = {"byelection-candidates-reply", "byelection-result-reply"}
CAUSES: Final = {
    R.CRIMINAL: "因涉嫌犯罪被司法机关立案侦查",
    R.DISCIPLINE_CASE: "因涉嫌违纪被立案审查",
    R.CAUSE_GONE: "暂停执行代表职务的情形已经消除",
    R.MOVED_OUT: "组织关系已转出本地区",
    R.POSTED_AWAY: "因工作调动离开本地区",
    R.PROBATION: "受到留党察看以上党纪处分",
    R.MEMBERSHIP_STOPPED: "被停止党籍",
    R.NATIONALITY: "丧失中华人民共和国国籍",
    R.RIGHTS: "被剥夺政治权利",
    R.DEATH: "已经去世",
    R.RESIGNATION: "本人书面提出辞去代表职务",
    R.REMOVAL: "经选举单位表决罢免",
    R.IDLE: "长期不履行代表职责，经劝辞仍未改正",
}
"""Why, as half a sentence of an official paper."""


@dataclass(frozen=True)
class Paper:
    """One kind of paper that fits, and the one that was drafted already, if any."""

    kind: str
    name: str
    document: OfficialDocument | None


def papers_of(subject: Subject, user: Any) -> list[Paper]:
    """The papers that fit what was recorded, in the order an office needs them."""
    names, fit = kinds(), fitting(subject)
    if not fit:
        return []
    known = DOCUMENTS.visible(user).filter(about=about(subject)).exclude(state=DocumentState.VOIDED)
    drafted = {document.kind: document for document in known.order_by("pk")}
    return [Paper(kind, names[kind].name, drafted.get(kind)) for kind in fit]


def about(subject: Subject) -> str:
    """The short key by which a document says what it is about."""
    return f"{subject._meta.model_name}:{subject.pk}"


def fitting(subject: Subject) -> Sequence[str]:
    """The kinds of papers for what was recorded."""
    if isinstance(subject, MandateChange):
        return OF_CHANGE.get(subject.verb, ())
    if isinstance(subject, Election):
        if subject.kind != ElectionKind.BY_ELECTION:
            return ("pre-election-notice",) if subject.state == ElectionState.APPROVED else ()
        return OF_STEP.get(ElectionState(subject.state), ())
    return ("credentials-report",)


@transaction.atomic
def draft(subject: Subject, kind: str, *, by: Any) -> OfficialDocument:
    """The draft of one paper about the subject; a second click gets the one that was made.

    Raises `Refused` if the paper does not fit, `PermissionDenied` if it is not `by`'s organisation to write for.
    """
    locked = lock(subject)
    if kind not in fitting(locked):
        raise Refused(_("This paper does not fit what was recorded."))
    standing = OfficialDocument.objects.filter(about=about(locked), kind=kind).exclude(state=DocumentState.VOIDED)
    if (known := standing.first()) is not None:
        return known
    organization = _writer(locked, kind, by)
    wanted = set(kinds()[kind].words)
    values = {word: text for word, text in _values(locked).items() if word in wanted and text}
    return documents.draft(kind, organization, values, about=about(locked), by=by)


def _organization(subject: Subject) -> Organization:
    if isinstance(subject, MandateChange):
        return subject.mandate.congress.organization
    if isinstance(subject, Election):
        return subject.electing_unit.congress.organization
    return subject.congress.organization


def _writer(subject: Subject, kind: str, by: Any) -> Organization:
    """Whose paper it is: replies are of the committee that decides."""
    organization = _organization(subject)
    if kind in BY_THE_DECIDER:
        organization = decider(organization, "election_reply_level")
    if not holds(by, MANAGE, organization):
        raise Refused(_("The reply is written by %(office)s.") % {"office": organization.name})
    return organization


def _values(subject: Subject) -> Mapping[str, str]:
    if isinstance(subject, MandateChange):
        return _of_change(subject)
    if isinstance(subject, Election):
        return _of_election(subject)
    return _of_review(subject)


def _of_change(change: MandateChange) -> dict[str, str]:
    said = _of_delegate(change.mandate) | {
        "原因": CAUSES.get(R(change.reason), ""),
        "依据": change.basis,
        "决定日期": _long(change.decided_on),
    }
    motion = change.mandate.motions.order_by("-pk").first() if change.verb == "remove" else None
    if motion and motion.voted_on:
        said |= {
            "选举日期": _long(motion.voted_on),
            "应到人数": str(motion.due),
            "实到人数": str(motion.present),
            "赞成票数": str(motion.votes_for),
        }
    return said


def _of_delegate(mandate: Mandate) -> dict[str, str]:
    person = mandate.person
    return {
        "姓名": person.name,
        "性别": facts.PRINTED[person.gender],
        "民族": person.ethnicity,
        "出生年月": f"{person.birth_month.year}年{person.birth_month.month}月",
        "单位及职务": person.post,
        "届次全称": mandate.congress.full_name,
        "选举单位": str(mandate.electing_unit),
    }


def _of_election(election: Election) -> dict[str, str]:
    congress = election.electing_unit.congress
    candidates = _names(election, Mandate.Status.CANDIDATE)
    elected = _names(election, Mandate.Status.ELECTED, Mandate.Status.ACTIVE)
    vacancy = election.vacancies.exclude(left_by=None).select_related("left_by__person").first()
    leaver = vacancy.left_by if vacancy else None
    change = leaver.changes.filter(verb__in=OF_CHANGE).order_by("-decided_on", "-pk").first() if leaver else None
    ballot = election.ballots.order_by("-held_on", "-pk").first()
    steps = {step.verb: step for step in election.steps.order_by("pk")}
    decided = steps.get("approve_result") or steps.get("approve_candidates") or steps.get("recommend")
    return {
        "姓名": leaver.person.name if leaver else "",
        "单位及职务": leaver.person.post if leaver else "",
        "原因": CAUSES.get(R(change.reason), "") if change else "",
        "届次全称": congress.full_name,
        "选举单位": str(election.electing_unit),
        "应选名额": str(election.seats),
        "候选人": "、".join(candidates),
        "候选人数": str(len(candidates)) if candidates else "",
        "当选人": "、".join(elected),
        "选举日期": _long(ballot.held_on) if ballot else "",
        "决定日期": _long(decided.done_on) if decided else "",
        "公示起": _long(election.notice_from) if election.notice_from else "",
        "公示止": _long(election.notice_until) if election.notice_until else "",
    }


def _of_review(review: CredentialsReview) -> dict[str, str]:
    items = list(review.items.values_list("verdict", flat=True))
    passed = sum(verdict == Verdict.PASS for verdict in items)
    return {
        "届次全称": review.congress.full_name,
        "应选名额": str(review.congress.seats or len(items)),
        "审查人数": str(len(items)),
        "合格人数": str(passed),
        "审查意见": review.opinion.rstrip("。") or (
            "上述代表的产生符合规定程序，代表资格有效" if passed == len(items) else ""
        ),
        "决定日期": _long(review.checked_on),
    }  # fmt: skip


def _names(election: Election, *statuses: str) -> list[str]:
    rows = Mandate.objects.filter(election=election, status__in=statuses).order_by("roster_key", "pk")
    return list(rows.values_list("person__name", flat=True))


def _long(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
