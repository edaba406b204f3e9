"""The reminder pass: `python benchmarks/bench_remind.py [--rows 1000000]`.

A million open due times of which a thousand are due now. Prints the time of one pass and its ratio to one indexed
select of 1,000 rows in the same run (limit: 50). Works in a test database of its own.
"""

# ruff: noqa: E402 -- the services must answer before Django reads its settings
import os
import sys
import time
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "congress.settings_test"

from tests import services

services.start()

import django

django.setup()

from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone

from congress.models import DueTime, Organization
from congress.services import reminders
from tests import factories

DUE = 1000
FILL = """
INSERT INTO congress_duetime
    (key, kind, subject_id, organization_id, title, link, starts_on, due_on, due_at, steps, rung, next_at)
SELECT 'bench:' || n, 'bench', n, %s, '事项' || n, '', %s, %s, %s, '[]', '', %s
FROM generate_series(%s, %s) AS n
"""


def fill(rows: int) -> None:
    """`rows` open due times; the first thousand speak now, the others next month, in 12 townships."""
    now, today = timezone.now(), timezone.localdate()
    towns = list(Organization.objects.filter(kind="township"))
    share = DUE // len(towns)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        first = 1
        for town in towns:
            due = [town.pk, today, today, now, now - timedelta(hours=1), first, first + share - 1]
            cursor.execute(FILL, due)
            first += share
        later = [towns[0].pk, today, date(2099, 1, 1), now + timedelta(days=30), now + timedelta(days=30), first, rows]
        cursor.execute(FILL, later)
        cursor.execute("ANALYZE congress_duetime")


def floor() -> float:
    """One indexed select of a thousand rows; the best of five."""
    best = 9.0
    for _round in range(5):
        begin = time.perf_counter()
        rows = list(DueTime.objects.filter(next_at__lte=timezone.now()).order_by("next_at", "pk").values_list()[:DUE])
        best = min(best, time.perf_counter() - begin)
        assert len(rows) > DUE // 2
    return best


def main() -> None:
    rows = int(sys.argv[sys.argv.index("--rows") + 1]) if "--rows" in sys.argv else 1_000_000
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        district = factories.make_district()
        for number in range(10):
            factories.make_user("township", factories.make_township(district, f"第{number}镇"))
        fill(rows)
        least = floor()
        begin = time.perf_counter()
        passed = reminders.run()
        took = time.perf_counter() - begin
        print(
            f"remind rows={rows} sent={passed.sent} pass={took * 1000:.0f}ms "
            f"select={least * 1000:.1f}ms ratio={took / least:.1f} (limit 50)"
        )
    finally:
        teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    main()
