"""The ground floor's tables: who we are, which congress and session, what rules hold, what happened."""

from congress.models.accounts import Role, TotpDevice, User
from congress.models.calendar import CalendarDay, CalendarYear
from congress.models.documents import (
    DocumentLayout,
    DocumentState,
    DocumentTemplate,
    Letterhead,
    OfficialDocument,
)
from congress.models.duetimes import DueTime, Rung
from congress.models.files import Attachment
from congress.models.imports import ImportRow, ImportRun, ImportState, RowOutcome
from congress.models.jobs import Job
from congress.models.messages import Channel, Delivery, DeliveryState, Notice
from congress.models.organizations import (
    Organization,
    OrganizationChange,
    OrganizationKind,
    OrganizationUserPermission,
)
from congress.models.printing import PrintedReport, PrintState
from congress.models.records import AuditEvent, IdempotencyKey, JournalEntry
from congress.models.rules import Rule
from congress.models.terms import Congress, Session, SessionKind, TermChange

__all__ = [
    "Attachment",
    "AuditEvent",
    "CalendarDay",
    "CalendarYear",
    "Channel",
    "Congress",
    "Delivery",
    "DeliveryState",
    "DocumentLayout",
    "DocumentState",
    "DocumentTemplate",
    "DueTime",
    "IdempotencyKey",
    "ImportRow",
    "ImportRun",
    "ImportState",
    "Job",
    "JournalEntry",
    "Letterhead",
    "Notice",
    "OfficialDocument",
    "Organization",
    "OrganizationChange",
    "OrganizationKind",
    "OrganizationUserPermission",
    "PrintState",
    "PrintedReport",
    "Role",
    "RowOutcome",
    "Rule",
    "Rung",
    "Session",
    "SessionKind",
    "TermChange",
    "TotpDevice",
    "User",
]
