"""What papers' states, decisions and opinions are called in print."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from congress.numerals import to_chinese
from proposals.models import AssignmentState as A
from proposals.models import InquiryState as I
from proposals.models import Proposal, RejectReason, Satisfaction
from proposals.models import ProposalState as S

STATES: Final = {
    S.SUBMITTED: "已提交", S.REGISTERED: "已登记", S.SCREENING: "审查中", S.FILED: "已立案", S.CONVERTED: "已转提议",
    S.MERGED: "已并案", S.RETURNED: "退回补正", S.REJECTED: "不予立案",
    S.TO_ADVICE: "转意见建议", S.DELIBERATION: "提交大会",
    S.PLANNING: "拟办中", S.ASSIGNED: "办理中", S.ANSWERED: "已答复", S.FEEDBACK: "征询意见", S.REHANDLING: "重新办理",
    S.TRACKING: "跟踪落实", S.CLOSED: "已办结", S.REPORTED: "已报告",
}  # fmt: skip
OUTCOMES: Final = {
    "filed": "立案", "converted": "转为提议", "merged": "并案", "rejected": "不予立案", "returned": "退回补正",
    "to_advice": "转意见建议", "pending": "待审查", "unscreened": "不经审查",
}  # fmt: skip
PARTS: Final = {
    A.PENDING_SIGN: "待签收", A.SIGNED: "已签收", A.OBJECTED: "申请退办", A.WORKING: "办理中",
    A.EXTENSION_ASKED: "申请延期",
    A.OPINIONS_COLLECTED: "协办意见已齐", A.DRAFTED: "答复起草", A.IN_REVIEW: "答复送审", A.REPLIED: "已答复",
    A.OPINION_GIVEN: "意见已报",
}  # fmt: skip
ROLES: Final = {"lead": "主办", "assist": "协办", "separate": "分办"}
OPINIONS: Final = {
    Satisfaction.SATISFIED: "满意", Satisfaction.FAIRLY: "基本满意", Satisfaction.DISSATISFIED: "不满意",
}  # fmt: skip
REASONS: Final = {
    RejectReason.AGAINST_RULES: "违反党内法规、法律或者政策", RejectReason.SECRET: "涉及秘密",
    RejectReason.IN_COURT: "已进入诉讼、仲裁", RejectReason.VAGUE: "内容空泛，无法办理",
    RejectReason.BEYOND_POWERS: "超出党代表大会职权", RejectReason.FORBIDDEN: "国家明令禁止",
    RejectReason.ACADEMIC: "学术研讨", RejectReason.PRIVATE: "本人或者亲属的个人事务",
    RejectReason.ADVERTISING: "宣传推介产品", RejectReason.ACCUSATION: "指名举报",
    RejectReason.SINGLE_UNIT: "单个单位或者个人可以解决",
    RejectReason.OTHER_CHANNEL: "应当通过人大、政协、司法、信访等渠道反映",
}  # fmt: skip
INQUIRIES: Final = {
    I.SUBMITTED: "待受理", I.ACCEPTED: "已受理", I.REFUSED: "不予受理", I.DELIVERED: "已交办", I.ANSWERED: "已答复",
    I.REANSWER: "再次答复中", I.ESCALATED: "提交常委会", I.CLOSED: "已办结", I.WITHDRAWN: "已撤回",
}  # fmt: skip


def numbered(proposal: Proposal) -> str:
    """提案第015号; 提议2026年第003号."""
    return f"{proposal.kind_word}{proposal.number_text}"


def session_words(number: int) -> str:
    """第一次会议."""
    return f"第{to_chinese(number)}次会议"


def opinions(said: Iterable[str]) -> str:
    """满意 where one said so; 满意2、基本满意1 where several did."""
    found = Counter(said)
    total = sum(found.values())
    return "、".join(f"{word}{found[one] if total > 1 else ''}" for one, word in OPINIONS.items() if found[one])
