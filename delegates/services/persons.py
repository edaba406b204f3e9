"""What is computed from a person's name: every way a name is written goes through here."""

from collections.abc import Iterable

from delegates.kernel import names
from delegates.models import Mandate, Person

KEYS = ("stroke_key", "plain_stroke_key", "pinyin_key", "search_terms")
UNRANKED = 99_999  # after everybody whose place is fixed


def refresh_keys(person: Person) -> None:
    """Set the keys the name is ordered and found by; the caller saves."""
    person.stroke_key = names.stroke_key(person.name)
    person.plain_stroke_key = names.stroke_key(person.name, "name")
    person.pinyin_key = names.pinyin_key(person.name)
    terms = set(names.search_terms(person.name))
    if person.former_name:
        terms.update(names.search_terms(person.former_name))
    person.search_terms = sorted(terms)


def roster_key(mandate: Mandate) -> str:
    """Where the mandate stands in the roster: by its fixed place if it has one, then by strokes."""
    return f"{mandate.manual_rank or UNRANKED:05d}{mandate.person.stroke_key}"


def refresh_roster_keys(persons: Iterable[Person]) -> None:
    """Put the mandates of renamed persons where their new names belong."""
    renamed = {person.pk: person for person in persons}
    mandates = list(Mandate.objects.filter(person__in=renamed))
    for mandate in mandates:
        mandate.person = renamed[mandate.person_id]
        mandate.roster_key = roster_key(mandate)
    Mandate.objects.bulk_update(mandates, ["roster_key"], batch_size=500)
