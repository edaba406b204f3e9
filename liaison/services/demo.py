"""The demonstration's links and contacts: the workbook that belongs to its rosters, through the real import."""

from collections.abc import Mapping
from pathlib import Path

from congress.models import Organization, User
from congress.services import imports
from liaison.models import CommitteeLink, Contact
from liaison.services.liaison_import import LiaisonImport


def seed(district: Organization, folder: Path, by_role: Mapping[str, User]) -> None:
    """Once: who keeps in touch with whom."""
    if Contact.objects.exists() or CommitteeLink.objects.exists():
        return
    imports.run_from_console(LiaisonImport(district), district, folder / "liaison.xlsx", dry_run=False)
