"""The printed reports on delegates."""

from delegates.reports.registration import Registration
from delegates.reports.roster import Roster
from delegates.reports.structure import Structure
from delegates.reports.training import SignInSheet, TrainingLedger

REPORTS = [Roster, Registration, Structure, SignInSheet, TrainingLedger]
