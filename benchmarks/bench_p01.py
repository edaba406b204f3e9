"""P01 against WeasyPrint's own time: `python benchmarks/bench_p01.py [--large]`.

Prints processor seconds and their ratio (limit: 2) for the demonstration district's 956 delegates; with `--large`
the memory that a roster of 10,000 takes (limit: 1 GB). Works in a test database of its own.
"""

# ruff: noqa: E402 -- the services must answer before Django reads its settings
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "congress.settings_test"

from tests import services

services.start()

import django

django.setup()

from django.core.management import call_command
from django.test.utils import setup_databases, teardown_databases

from congress.models import Congress
from delegates.models import Mandate, Person
from delegates.reports import Roster

ROSTER = Path(__file__).resolve().parent.parent / "tests" / "data" / "roster.xlsx"
FLOOR = """
import sys, gc
from weasyprint import HTML
HTML(string=open(sys.argv[1], encoding="utf-8").read()).write_pdf(sys.argv[2])
"""
LARGE = 10_000


def cpu() -> float:
    """Processor seconds of this process and of the children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def floor(pages: list[str]) -> float:
    """The same tables, without a line of our stylesheet, by WeasyPrint as it comes."""
    before = cpu()
    with tempfile.TemporaryDirectory() as place:
        for page in pages:
            source = Path(place) / "page.html"
            source.write_text(page.replace('<link rel="stylesheet" href="paper:print.css">', ""), encoding="utf-8")
            subprocess.run([sys.executable, "-c", FLOOR, str(source), str(Path(place) / "page.pdf")], check=True)
    return cpu() - before


def ours() -> tuple[float, int]:
    """P01 as the worker makes it: query, template, layout, file."""
    before = cpu()
    report = Roster(None)
    size = len(report.render("pdf"))
    return cpu() - before, size


def fill(number: int) -> None:
    """Make the register `number` delegates large: copies of those it has, in congresses of their own terms."""
    persons, mandates = list(Person.objects.all()), list(Mandate.objects.select_related("congress"))
    congresses = {congress.pk: congress for congress in Congress.objects.all()}
    missing = number - len(mandates)
    copies = [mandates[place % len(mandates)] for place in range(missing)]
    by_id = {person.pk: person for person in persons}
    people = [Person(**{f.attname: getattr(by_id[one.person_id], f.attname) for f in Person._meta.concrete_fields
                        if f.attname not in {"id", "uid", "id_number_index"}}) for one in copies]  # fmt: skip
    Person.objects.bulk_create(people, 500)
    again = []
    for person, one in zip(people, copies, strict=True):
        facts = {f.attname: getattr(one, f.attname) for f in Mandate._meta.concrete_fields if f.attname != "id"}
        again.append(Mandate(**(facts | {"person_id": person.pk, "congress_id": congresses[one.congress_id].pk})))
    Mandate.objects.bulk_create(again, 500)


def main() -> None:
    old = setup_databases(verbosity=0, interactive=False)
    try:
        call_command("create_organization", "510790", "明川区", "--kind", "district", verbosity=0)
        call_command("import_roster", str(ROSTER), "--organization", "510790", "--create", verbosity=0)
        seconds, size = ours()
        bare = floor(Roster(None).sheets_of_paper)
        ratio = seconds / bare
        print(f"p01 956 delegates: {seconds:.1f} s, bare table {bare:.1f} s, ratio {ratio:.2f} (limit 2), {size} B")
        if "--large" in sys.argv:
            fill(LARGE)
            seconds, size = ours()
            children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"p01 {LARGE} delegates: {seconds:.0f} s, {own:.0f} MB + press {children:.0f} MB (limit 1024), {size} B"
            )
    finally:
        teardown_databases(old, verbosity=0)


if __name__ == "__main__":
    main()
