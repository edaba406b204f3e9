"""When papers fall due (reference.md §3.6). The spans are rules; every day comes with its reasons."""

from datetime import date

from congress.kernel.deadlines import Deadline
from congress.kernel.duetimes import by_rule
from congress.models import Organization


def screening_due(organization: Organization, received: date) -> Deadline:
    """Between sessions: when the first look must be over."""
    return by_rule("screening_working_days", organization, received)


def completion_due(organization: Organization, returned: date) -> Deadline:
    """When a returned paper must be handed in again."""
    return by_rule("return_days", organization, returned)


def planning_due(organization: Organization, decided: date) -> Deadline:
    """When it must be in the hands of units."""
    return by_rule("planning_working_days", organization, decided)


def sign_due(organization: Organization, assigned: date) -> Deadline:
    """When the unit must have signed for it."""
    return by_rule("sign_for_working_days", organization, assigned)


def objection_due(organization: Organization, assigned: date) -> Deadline:
    """Until when the unit may say that it is not its affair."""
    return by_rule("objection_working_days", organization, assigned)


def opinion_due(organization: Organization, assigned: date) -> Deadline:
    """When an assisting unit's opinion must have reached the lead unit."""
    return by_rule("assist_opinion_months", organization, assigned)


def reply_due(organization: Organization, assigned: date) -> Deadline:
    """When the delegates must have their reply."""
    return by_rule("reply_months", organization, assigned)


def second_reply_due(organization: Organization, again: date) -> Deadline:
    """When they must have the second."""
    return by_rule("rehandle_months", organization, again)


def feedback_due(organization: Organization, told: date) -> Deadline:
    """When the delegates should have said what they think; silence is not consent."""
    return by_rule("feedback_days", organization, told)


def answer_due(kind: str, organization: Organization, handed: date) -> Deadline:
    """When the body asked must have answered an enquiry or an interpellation (§6.1)."""
    return by_rule("enquiry_working_days" if kind == "enquiry" else "interpellation_days", organization, handed)
