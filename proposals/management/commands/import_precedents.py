"""A list of earlier papers, written into the register from the console: all of it or nothing."""

from congress.management.importing import ImportCommand
from proposals.services.precedent_import import PrecedentImport


class Command(ImportCommand):
    help = "Import titles of 人大建议, 政协提案 and earlier years for the similar-paper check, all or nothing."
    importer = PrecedentImport
