"""When the steps of elections, filings and resignations fall due. The days are rules."""

from datetime import date
from typing import Final

from congress.kernel import rules
from congress.kernel.deadlines import Deadline, WorkCalendar, after_days, after_working_days
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
    return _due(STEP_RULES[ElectionState(state)], organization, since)


def filing_due(organization: Organization, decided_on: date) -> Deadline:
    """When a termination must have been filed with the committee above."""
    return _due("filing_working_days", organization, decided_on)


def resignation_due(organization: Organization, asked_on: date) -> Deadline:
    """When the committee must have decided on a resignation."""
    return _due("resignation_working_days", organization, asked_on)


def _due(rule: str, organization: Organization, since: date) -> Deadline:
    count = rules.value(rule, organization, since)
    counted = after_working_days if rule.endswith("_working_days") else after_days
    return counted(since, count, WorkCalendar.load())
