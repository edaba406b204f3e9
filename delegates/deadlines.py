"""When the steps of elections, filings and resignations fall due. The days are rules."""

from datetime import date
from typing import Final

from congress.kernel.deadlines import Deadline
from congress.kernel.duetimes import by_rule
from congress.models import Organization
from delegates.models import ElectionState

STEP_RULES: Final = {
    ElectionState.PLANNED: "election_recommend_days",
    ElectionState.RECOMMENDED: "election_reply_working_days",
    ElectionState.APPROVED: "election_vote_days",
    ElectionState.VOTED: "election_result_working_days",
    ElectionState.COMPLETED: "credentials_working_days",
}
"""What each step waits for, and within how long (reference.md §2.5)."""


def step_due(state: str, organization: Organization, since: date) -> Deadline:
    """When the step that an election stands at is due, counted from the day it came to stand there."""
    return by_rule(STEP_RULES[ElectionState(state)], organization, since)


def filing_due(organization: Organization, decided_on: date) -> Deadline:
    """When a termination must have been filed with the committee above."""
    return by_rule("filing_working_days", organization, decided_on)


def resignation_due(organization: Organization, asked_on: date) -> Deadline:
    """When the committee must have decided on a resignation."""
    return by_rule("resignation_working_days", organization, asked_on)
