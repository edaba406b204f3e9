"""`prepare`: the database fits this version, and the application's role may do what it needs and no more."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.utils.translation import gettext as _
from environ import FileAwareEnv

from congress import embedded

LOCK = 20_261_122_01  # any number, the same in every process: one prepares, the others wait


class Command(BaseCommand):
    """Migrates as the owner, then grants. Run it again at any time: the second run changes nothing."""

    help = "Bring the database up to this version and give the application's role its rights"
    requires_system_checks = ()  # they load every page, and a start should be quick

    def handle(self, *args: object, **options: object) -> None:
        with alone():
            call_command("migrate", verbosity=options["verbosity"], interactive=False)
            role = application_role()
            if role == connection.settings_dict["USER"]:
                self.stdout.write(_("One database role only: nothing to grant."))
                return
            grant(role)
            if options["verbosity"]:
                self.stdout.write(_("The database is ready for the role %(role)s.") % {"role": role})


@contextmanager
def alone() -> Iterator[None]:
    """One process prepares at a time. Waiting and migrating may take longer than a page may."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("SET lock_timeout = '3s'")  # a migration that cannot get its table must not queue up the office
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def application_role() -> str:
    """Whom web and workers connect as."""
    env = FileAwareEnv()
    return env.db_url_config(env.str("DATABASE_URL", default="") or embedded.database_url("app"))["USER"]


def grant(role: str) -> None:
    """The role reads and writes rows, of today's tables and of tomorrow's; of append-only tables it changes none."""
    who = connection.ops.quote_name(role)
    rights = {"TABLES": "SELECT, INSERT, UPDATE, DELETE", "SEQUENCES": "USAGE, SELECT"}
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {who}")
        for kind, right in rights.items():
            cursor.execute(f"GRANT {right} ON ALL {kind} IN SCHEMA public TO {who}")
            cursor.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {right} ON {kind} TO {who}")
        present = connection.introspection.table_names(cursor)
        for table in set(settings.APPEND_ONLY_TABLES) & set(present):
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {connection.ops.quote_name(table)} FROM {who}")
