"""The papers on paper: drafted from the office's wording with what is known, issued by the office."""

import re
from typing import Any, Final

from congress.kernel import wording
from congress.kernel.documents import kind_of, letterhead
from congress.models import OfficialDocument, Organization, Rung
from congress.services import documents
from delegates.models import Mandate
from proposals.models import (
    KIND_WORDS,
    Assignment,
    AssignmentRole,
    Feedback,
    Proposal,
    ProposalKind,
    ProposalState,
    Reply,
    Satisfaction,
)

ROLE_WORDS: Final = {AssignmentRole.LEAD: "主办", AssignmentRole.ASSIST: "协办", AssignmentRole.SEPARATE: "分办"}
# What a unit pastes from an earlier letter: the kind's own wording says it already.
_OPENING: Final = re.compile(
    r"^(?:[^\n]{0,60}[：:]\s*\n)?(?:[^\n]{0,120}?收悉[，。,；]?[^\n]{0,20}?答复如下[：:。]?\s*|[^\n]{0,120}?收悉。\s*)"
)
FILED: Final = (ProposalState.FILED, ProposalState.DELIBERATION)
DECIDED: Final = (
    *FILED, ProposalState.CONVERTED, ProposalState.MERGED, ProposalState.RETURNED, ProposalState.REJECTED,
    ProposalState.TO_ADVICE,
)  # fmt: skip
"""The states in which the screening's decision is told on paper."""


def day(value: Any) -> str:
    """2026年11月24日; nothing for no day."""
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def of_paper(proposal: Proposal) -> dict[str, str]:
    """What every letter about a paper may say."""
    signers = proposal.signatures.filter(state="signed").count()
    meeting = proposal.session.full_name if proposal.session else proposal.congress.full_name
    meeting = meeting.removeprefix("中国共产党").replace("代表大会", "党代表大会", 1)
    return {
        "文种": proposal.kind_word,
        "编号": proposal.number_text,
        "案由": wording.printable(proposal.title),  # nobody can mend it any more, least of all the unit
        "会议简称": meeting,
        "领衔代表": proposal.lead.person.name,
        "代表人数": str(max(signers, 1)),
        "代表称谓": addressed(proposal.lead, signers),
        "人称": "你们" if signers > 1 else "您",
    }


def addressed(lead: Mandate, signers: int) -> str:
    """王建国代表; 王建国等12名代表."""
    return f"{lead.person.name}等{signers}名代表" if signers > 1 else f"{lead.person.name}代表"


def sentence(text: str) -> str:
    """What somebody wrote, with its full stop; nothing for nothing."""
    text = text.strip()
    return text if not text or text.endswith(("。", "！", "？")) else f"{text.rstrip('，；;.')}。"


def of_assignment(assignment: Assignment) -> dict[str, str]:
    """The same, with the unit's part in it."""
    proposal = assignment.proposal
    others = [
        f"{one.unit}（{ROLE_WORDS[AssignmentRole(one.role)]}）"
        for one in proposal.assignments.exclude(pk=assignment.pk)
        .exclude(state__in=["returned", "cancelled"])
        .select_related("unit")
    ]
    leader = f"该件由{proposal.leader}同志领衔督办。" if proposal.leader else ""
    leader += f"办理专班：{proposal.task_force}。" if proposal.task_force else ""
    return of_paper(proposal) | {
        "承办单位": assignment.unit.name,
        "承办方式": ROLE_WORDS[AssignmentRole(assignment.role)],
        "其他单位": f"同案承办单位：{'、'.join(others)}。" if others else "",
        "领办领导": leader,
        "办理要求": proposal.planning_opinion.strip().rstrip("。") or "请认真研究，提出切实可行的办理意见",
        "签收期限": day(assignment.sign_due_on),
        "退办期限": day(assignment.object_until),
        "办理期限": day(assignment.due_on),
        "交办日期": day(assignment.assigned_on),
    }


def _draft(kind: str, organization: Organization, values: dict[str, str], about: str) -> OfficialDocument:
    return documents.draft(kind, organization, _known(kind, values), about=about, by=None)


def _known(kind: str, values: dict[str, str]) -> dict[str, str]:
    """Of all that could be said, what a document of that kind has a place for."""
    words = kind_of(kind).words
    return {word: text for word, text in values.items() if word in words}


def draft_notice(assignment: Assignment, *, by: Any) -> OfficialDocument:
    """The notice of assignment, or of a second handling, as a draft of the office."""
    kind, values = "assignment-notice", of_assignment(assignment)
    if assignment.round > 1:
        kind = "rehandling-notice"
        values |= {
            "理由": sentence(assignment.proposal.decision_note),
            "代表意见": _complaint(assignment.proposal, assignment.round - 1),
        }
    return _draft(kind, assignment.proposal.congress.organization, values, f"assignment:{assignment.pk}")


def _complaint(proposal: Proposal, handling: int) -> str:
    """What the lead proposer, else whoever was not satisfied first, said of that handling."""
    rows = Feedback.objects.filter(proposal=proposal, round=handling).exclude(text="")
    unhappy = [row for row in rows if Satisfaction.DISSATISFIED in {row.attitude, row.result}]
    unhappy.sort(key=lambda row: row.mandate_id != proposal.lead_id)
    return f"代表反映：{sentence(wording.printable(unhappy[0].text))}" if unhappy else ""


def draft_reply_letter(reply: Reply, *, by: Any) -> OfficialDocument:
    """The letter to the signers in the unit's name, its class at the top right."""
    organization, values = _of_reply(reply)
    document = _draft("reply-letter", organization, values, f"reply:{reply.pk}")
    document.mark = reply.reply_class
    document.save(update_fields=["mark"])
    return document


def preview_reply_letter(reply: Reply) -> OfficialDocument:
    """The same letter, not kept: how the delegates will get what is being written."""
    organization, values = _of_reply(reply)
    document = documents.worded("reply-letter", organization, _known("reply-letter", values))
    document.mark = reply.reply_class
    return document


def letter_frame(assignment: Assignment) -> tuple[str, str]:
    """The sentences the letter puts before and after the unit's own text."""
    mark = "〔正文〕"
    letter = preview_reply_letter(Reply(proposal=assignment.proposal, assignment=assignment, text=mark))
    opening, _mark, closing = letter.body.partition(mark)
    return f"{letter.recipient}：\n{opening}".strip(), closing.strip()


def _of_reply(reply: Reply) -> tuple[Organization, dict[str, str]]:
    """Whose letter it is, and what it says."""
    proposal = reply.proposal
    head = letterhead(proposal.congress.organization)
    organization = reply.assignment.unit if reply.assignment else proposal.congress.organization
    values = of_paper(proposal) | {
        "答复正文": _OPENING.sub("", reply.text.strip(), count=1),
        "联系人": reply.contact_name,
        "联系电话": reply.contact_phone,
        "签发人": reply.signer,
        "承办单位": organization.name,
        "抄送机关": f"{head.office}，{head.committee}办公室",
    }
    return organization, values


def draft_decision(proposal: Proposal) -> OfficialDocument:
    """The notice of what the screening decided, as a draft of the office: filed, converted, merged, not filed."""
    values = of_paper(proposal) | {"审查结果": _decided(proposal), "理由": sentence(proposal.decision_note)}
    return _draft("screening-notice", proposal.congress.organization, values, f"proposal:{proposal.pk}")


def _decided(proposal: Proposal) -> str:
    """The decision in the words of the notice. Nothing, so a gap, while there is none."""
    if proposal.merged_into:
        other = proposal.merged_into
        return f"并入《{wording.printable(other.title)}》（{other.number_text}{other.kind_word}）一并办理"
    if proposal.state in FILED:
        return "立案"
    if proposal.state == ProposalState.RETURNED:
        return f"退回补正，请于{day(proposal.resubmit_by)}前修改完善后重新提交"
    if proposal.state == ProposalState.CONVERTED:
        former = KIND_WORDS[ProposalKind(proposal.former_kind)]
        return f"由原第{proposal.former_number:03d}号{former}转为{proposal.kind_word}办理"
    known = {ProposalState.REJECTED: "不予立案", ProposalState.TO_ADVICE: "转为意见建议办理"}
    return known.get(ProposalState(proposal.state), "")


def draft_supervision(assignment: Assignment, rung: str, *, late: int) -> OfficialDocument:
    """The letter of urging, or the notice of supervision, as a draft the office issues."""
    kind = "urge-letter" if rung == Rung.URGED else "supervision-notice"
    values = of_assignment(assignment) | {"逾期天数": str(late)}
    return _draft(kind, assignment.proposal.congress.organization, values, f"assignment:{assignment.pk}")
