"""The printed reports on groups, links and contacts."""

from liaison.reports.contacts import Contacts
from liaison.reports.coverage import Coverage
from liaison.reports.links import CommitteeLinks, Groups

REPORTS = [Groups, CommitteeLinks, Contacts, Coverage]
