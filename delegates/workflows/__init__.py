"""The lives of this floor, one table each."""

from delegates.workflows.corrections import CORRECTION
from delegates.workflows.credentials import CREDENTIALS
from delegates.workflows.elections import ELECTION, VACANCY
from delegates.workflows.mandates import MANDATE
from delegates.workflows.removals import REMOVAL

__all__ = ["CORRECTION", "CREDENTIALS", "ELECTION", "MANDATE", "REMOVAL", "VACANCY"]
