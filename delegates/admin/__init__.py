"""The staff's pages about delegates."""

from congress.doors.admin import CHOICES
from delegates.admin import bodies, corrections, dashboard, mandates, training
from delegates.models import Course, DelegateGroup, Delegation, ElectingUnit, Mandate, Person, TrainingPlan
from delegates.policies import COURSES, DELEGATIONS, ELECTING_UNITS, GROUPS, MANDATES, PERSONS, PLANS

__all__ = ["bodies", "corrections", "dashboard", "mandates", "training"]

CHOICES.update(
    {Mandate: MANDATES, Person: PERSONS, ElectingUnit: ELECTING_UNITS, Delegation: DELEGATIONS, DelegateGroup: GROUPS}
)
CHOICES.update({TrainingPlan: PLANS, Course: COURSES})
