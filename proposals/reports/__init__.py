"""The printed reports on papers."""

from proposals.reports.ledger import Ledger
from proposals.reports.progress import Overdue, Progress
from proposals.reports.satisfaction import SatisfactionReport
from proposals.reports.screening import Screening

REPORTS = [Ledger, Screening, Progress, Overdue, SatisfactionReport]
