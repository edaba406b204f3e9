"""Links and contacts, written into the register from the console: all of it or nothing."""

from congress.management.importing import ImportCommand
from liaison.services.liaison_import import LiaisonImport


class Command(ImportCommand):
    help = "Import committee members with their groups and delegates, and delegates' contacts, all or nothing."
    importer = LiaisonImport
