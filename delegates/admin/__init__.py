"""The staff's pages about delegates."""

from congress.doors.admin import CHOICES
from delegates.admin import bodies, corrections, dashboard, mandates
from delegates.models import DelegateGroup, Delegation, ElectingUnit, Mandate, Person
from delegates.policies import DELEGATIONS, ELECTING_UNITS, GROUPS, MANDATES, PERSONS

__all__ = ["bodies", "corrections", "dashboard", "mandates"]

CHOICES.update(
    {Mandate: MANDATES, Person: PERSONS, ElectingUnit: ELECTING_UNITS, Delegation: DELEGATIONS, DelegateGroup: GROUPS}
)
