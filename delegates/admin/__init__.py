"""The staff's pages about delegates."""

from congress.doors.admin import CHOICES
from delegates.admin import (
    bodies,
    changes,
    corrections,
    credentials,
    dashboard,
    elections,
    mandates,
    removals,
    training,
    vacancies,
)
from delegates.models import Course, DelegateGroup, Delegation, ElectingUnit, Mandate, Person, TrainingPlan
from delegates.policies import COURSES, DELEGATIONS, ELECTING_UNITS, GROUPS, MANDATES, PERSONS, PLANS

__all__ = [
    "bodies",
    "changes",
    "corrections",
    "credentials",
    "dashboard",
    "elections",
    "mandates",
    "removals",
    "training",
    "vacancies",
]

CHOICES.update(
    {Mandate: MANDATES, Person: PERSONS, ElectingUnit: ELECTING_UNITS, Delegation: DELEGATIONS, DelegateGroup: GROUPS}
)
CHOICES.update({TrainingPlan: PLANS, Course: COURSES})
