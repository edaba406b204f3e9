"""A training sign-in list, written into the register from the console: all of it or nothing."""

from congress.management.importing import ImportCommand
from delegates.services.training_import import TrainingImport


class Command(ImportCommand):
    help = "Import a training sign-in list, all or nothing; missing courses and days are made."
    importer = TrainingImport
