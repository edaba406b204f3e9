"""The printed reports on delegates."""

from delegates.reports.cards import Certificate, ContactCard
from delegates.reports.changes import Changes, Vacancies
from delegates.reports.credentials import Credentials
from delegates.reports.registration import Registration
from delegates.reports.roster import Roster
from delegates.reports.structure import Structure
from delegates.reports.training import SignInSheet, TrainingLedger

REPORTS = [
    Roster,
    Registration,
    Structure,
    Vacancies,
    Changes,
    Credentials,
    Certificate,
    ContactCard,
    SignInSheet,
    TrainingLedger,
]
