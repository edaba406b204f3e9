"""The printed reports on delegates."""

from delegates.reports.roster import Roster

REPORTS = [Roster]
