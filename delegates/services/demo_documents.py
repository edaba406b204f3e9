"""Papers of the demonstration district: letterheads with a phone, documents issued in two layouts, a draft."""

from datetime import timedelta
from typing import Final

from django.db import transaction

from congress.models import Letterhead, OfficialDocument, Organization, User
from congress.services import documents
from delegates.models import Election, MandateChange
from delegates.services import paperwork

TOWNSHIP: Final = "石桥镇"
PHONES: Final = {"明川区": "0816-5550000", TOWNSHIP: "0816-5551015"}
PAPERS: Final = (
    ("terminate", "termination-decision", ""),
    ("accept_resignation", "filing-report", "周明远"),
    ("suspend", "suspension-notice", ""),
)
"""Decisions of the demonstration, the paper each has, and who signs those that go upward."""


@transaction.atomic
def seed(district: Organization, clerk: User) -> None:
    """Make them once; `clerk` is the township's own account."""
    if OfficialDocument.objects.exists():
        return
    township = Organization.objects.get(name=TOWNSHIP, parent=district)
    for office in (district, township):
        Letterhead.objects.get_or_create(organization=office, defaults={"phone": PHONES[office.name]})
    for verb, kind, signer in PAPERS:
        change = (
            MandateChange.objects.filter(verb=verb, mandate__congress__organization=township).order_by("pk").first()
        )
        document = paperwork.draft(change, kind, by=clerk)
        if signer:
            OfficialDocument.objects.filter(pk=document.pk).update(signer=signer)
        documents.issue(document, by=clerk, issued_on=change.decided_on + timedelta(days=3))
    election = Election.objects.filter(electing_unit__congress__organization=township).order_by("pk").first()
    paperwork.draft(election, "byelection-request", by=clerk)
