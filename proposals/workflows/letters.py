"""The papers on paper: drafted from the office's wording with what is known, issued by the office."""

from typing import Any, Final

from congress.kernel.documents import kind_of
from congress.models import OfficialDocument, Organization, Rung
from congress.services import documents
from delegates.models import Mandate
from proposals.models import Assignment, AssignmentRole, Proposal, Reply

ROLE_WORDS: Final = {AssignmentRole.LEAD: "主办", AssignmentRole.ASSIST: "协办", AssignmentRole.SEPARATE: "分办"}
OUTCOME_WORDS: Final = {
    "filed": "立案", "converted": "转为提议", "merged": "并案办理", "rejected": "不予立案", "to_advice": "转为意见建议",
    "returned": "退回补正",
}  # fmt: skip


def day(value: Any) -> str:
    """2026年11月24日; nothing for no day."""
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def of_paper(proposal: Proposal) -> dict[str, str]:
    """What every letter about a paper may say."""
    signers = proposal.signatures.filter(state="signed").count()
    meeting = proposal.session.full_name if proposal.session else proposal.congress.full_name
    return {
        "文种": proposal.kind_word,
        "编号": proposal.number_text,
        "案由": proposal.title,
        "会议简称": meeting.removeprefix("中国共产党"),
        "领衔代表": proposal.lead.person.name,
        "代表人数": str(max(signers, 1)),
        "代表称谓": addressed(proposal.lead, signers),
    }


def addressed(lead: Mandate, signers: int) -> str:
    """王建国代表; 王建国等12名代表."""
    return f"{lead.person.name}等{signers}名代表" if signers > 1 else f"{lead.person.name}代表"


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
    return of_paper(proposal) | {
        "承办单位": assignment.unit.name,
        "承办方式": ROLE_WORDS[AssignmentRole(assignment.role)],
        "其他单位": f"同案承办单位：{'、'.join(others)}。" if others else "",
        "领办领导": leader,
        "办理要求": proposal.planning_opinion.rstrip("。") or "请认真研究，提出切实可行的办理意见",
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
    kind = "rehandling-notice" if assignment.round > 1 else "assignment-notice"
    values = of_assignment(assignment) | {"理由": assignment.proposal.decision_note}
    return _draft(kind, assignment.proposal.congress.organization, values, f"assignment:{assignment.pk}")


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
    values = of_paper(reply.proposal) | {
        "答复正文": reply.text,
        "联系人": reply.contact_name,
        "联系电话": reply.contact_phone,
        "签发人": reply.signer,
        "承办单位": reply.assignment.unit.name if reply.assignment else "",
    }
    organization = reply.assignment.unit if reply.assignment else reply.proposal.congress.organization
    return organization, values


def draft_supervision(assignment: Assignment, rung: str, *, late: int) -> OfficialDocument:
    """The letter of urging, or the notice of supervision, as a draft the office issues."""
    kind = "urge-letter" if rung == Rung.URGED else "supervision-notice"
    values = of_assignment(assignment) | {"逾期天数": str(late)}
    return _draft(kind, assignment.proposal.congress.organization, values, f"assignment:{assignment.pk}")


def draft_screening_notice(proposal: Proposal) -> OfficialDocument:
    """What the screening decided and why, to the lead proposer."""
    values = of_paper(proposal) | {"审查结果": OUTCOME_WORDS[proposal.state], "理由": proposal.decision_note}
    return _draft("screening-notice", proposal.congress.organization, values, f"proposal:{proposal.pk}")
