"""The printed reports on papers."""

from proposals.reports.assessment import UnitAssessment
from proposals.reports.handling import HandlingReport
from proposals.reports.handover import HandoverList
from proposals.reports.inquiries import Inquiries
from proposals.reports.ledger import Ledger
from proposals.reports.meeting import MeetingPack
from proposals.reports.paper_form import BlankForm, FilledForm
from proposals.reports.progress import Overdue, Progress
from proposals.reports.satisfaction import SatisfactionReport
from proposals.reports.screening import Screening
from proposals.reports.sheets import ClosingSheet, FeedbackForm

REPORTS = [
    Ledger,
    Screening,
    Progress,
    Overdue,
    SatisfactionReport,
    HandlingReport,
    Inquiries,
    FeedbackForm,
    UnitAssessment,
    ClosingSheet,
    HandoverList,
    MeetingPack,
    BlankForm,
    FilledForm,
]
