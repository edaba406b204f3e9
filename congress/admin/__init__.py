"""The staff's pages of the ground floor."""

from congress.admin import documents, duetimes, imports, organizations, printing, rules, system
from congress.doors.admin import CHOICES
from congress.models import CalendarDay, Congress, Organization, Session
from congress.policies import CALENDAR_DAYS, CONGRESSES, ORGANIZATIONS, SESSIONS

__all__ = ["documents", "duetimes", "imports", "organizations", "printing", "rules", "system"]

CHOICES.update({Organization: ORGANIZATIONS, Congress: CONGRESSES, Session: SESSIONS, CalendarDay: CALENDAR_DAYS})
