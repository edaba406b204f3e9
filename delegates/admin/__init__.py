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
    vacancies,
)
from delegates.models import DelegateGroup, Delegation, ElectingUnit, Mandate, Person
from delegates.policies import DELEGATIONS, ELECTING_UNITS, GROUPS, MANDATES, PERSONS

__all__ = [
    "bodies",
    "changes",
    "corrections",
    "credentials",
    "dashboard",
    "elections",
    "mandates",
    "removals",
    "vacancies",
]

CHOICES.update(
    {Mandate: MANDATES, Person: PERSONS, ElectingUnit: ELECTING_UNITS, Delegation: DELEGATIONS, DelegateGroup: GROUPS}
)
