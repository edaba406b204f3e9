"""A ledger of papers, written into the register from the console: all of it or nothing."""

from congress.management.importing import ImportCommand
from proposals.services.ledger_import import LedgerImport


class Command(ImportCommand):
    help = "Import a ledger of proposals and motions with co-signers, all or nothing."
    importer = LedgerImport
