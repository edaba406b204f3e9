"""Whatever happens in a term, and in whatever order: 应到 is who is in office, and every seat is held or seen empty."""

from datetime import date
from itertools import pairwise

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from congress.kernel.workflow import Refused
from congress.models import Role
from delegates.models import ElectingUnit, Mandate, MandateChange, RemovalMotion, Vacancy
from delegates.models import MandateStatus as S
from delegates.services import seats
from delegates.services.consequences import due_count
from delegates.services.figures import figures
from delegates.workflows import MANDATE, REMOVAL
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
REASONS = {
    "suspend": "criminal", "restore": "cause_gone", "cease": "moved_out", "terminate": "death", "persuade": "idle",
    "dismiss": "idle", "decline_resignation": "declined", "accept_resignation": "resignation",
}  # fmt: skip
TARGETS = {  # what a verb makes of a status, told here once more: the table must agree
    "suspend": {S.ACTIVE: S.SUSPENDED},
    "restore": {S.SUSPENDED: S.ACTIVE},
    "cease": {S.ACTIVE: S.CEASED, S.SUSPENDED: S.CEASED},
    "terminate": dict.fromkeys((S.ACTIVE, S.SUSPENDED, S.RESIGN_PENDING), S.TERMINATED),
    "resign": {S.ACTIVE: S.RESIGN_PENDING},
    "withdraw_resignation": {S.RESIGN_PENDING: S.ACTIVE},
    "decline_resignation": {S.RESIGN_PENDING: S.ACTIVE},
    "accept_resignation": {S.RESIGN_PENDING: S.TERMINATED},
    "persuade": {S.ACTIVE: S.ACTIVE},
    "dismiss": {},  # never on the day he was urged
    "remove": dict.fromkeys((S.ACTIVE, S.SUSPENDED, S.RESIGN_PENDING), S.TERMINATED),
}
STEPS = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(sorted(TARGETS))), max_size=25)
QUOTAS = st.tuples(st.integers(0, 5), st.integers(0, 5))


def take(mandate, verb, clerk):
    if verb == "remove":
        motion = RemovalMotion.objects.create(mandate=mandate, mover="committee", grounds="不履职", moved_on=TODAY())
        REMOVAL.take(motion, "hear", by=clerk, heard_on=TODAY(), statement="陈述")
        figures_ = {"due": 10, "present": 9, "issued": 9, "collected": 9, "invalid": 0}
        REMOVAL.take(motion, "count", by=clerk, voted_on=TODAY(), votes_for=6, votes_against=3, **figures_)
        REMOVAL.take(motion, "approve", by=clerk, decided_on=TODAY(), basis="1", reason="removal")
        return
    said = {"reason": REASONS[verb], "decided_on": TODAY(), "basis": "石委〔2026〕1号"} if verb in REASONS else {}
    MANDATE.take(mandate, verb, by=clerk, **said)


class Undo(Exception):
    """Leaves the example's transaction as if nothing had been."""


@settings(max_examples=20)
@given(steps=STEPS, quotas=QUOTAS)
def test_through_any_history_those_due_are_those_in_office(steps, quotas):
    with pytest.raises(Undo), transaction.atomic():  # noqa: PT012 -- the example's own transaction
        congress = factories.make_congress(factories.make_township(), starts_on=date(2026, 5, 10))
        clerk = factories.make_user(Role.TOWNSHIP, congress.organization)
        units = [factories.make_body(ElectingUnit, congress, name) for name in ("一村党支部", "二村党支部")]
        mandates = [
            factories.make_mandate(congress, f"王{chr(0x4E00 + n)}", electing_unit=units[n % 2]) for n in range(5)
        ]
        for unit, quota in zip(units, quotas, strict=True):
            ElectingUnit.objects.filter(pk=unit.pk).update(seat_quota=quota + 3)
            seats.fit_vacancies(unit, on=TODAY())
        told = {mandate.pk: S.ACTIVE for mandate in mandates}
        for number, verb in steps:
            mandate = Mandate.objects.get(pk=mandates[number].pk)
            expected = TARGETS[verb].get(told[mandate.pk])
            try:
                with transaction.atomic():
                    take(mandate, verb, clerk)
                told[mandate.pk] = expected
                assert expected is not None, (verb, mandate.status)
            except Refused:
                assert expected is None, (verb, mandate.status)
            check(congress, units, told)
        raise Undo


def check(congress, units, told):
    rows = dict(Mandate.objects.filter(congress=congress).values_list("pk", "status"))
    assert rows == {pk: str(status) for pk, status in told.items()}
    in_office = sum(status in (S.ACTIVE, S.RESIGN_PENDING) for status in told.values())
    assert due_count(congress) == in_office == figures(None, None, congress)["delegates"]
    for unit in ElectingUnit.objects.filter(pk__in=[unit.pk for unit in units]):
        vacant = Vacancy.objects.filter(electing_unit=unit, state="open").count()
        assert seats.held(unit) + vacant == unit.seat_quota
    for pk in told:
        chain = list(MandateChange.objects.filter(mandate=pk).order_by("pk").values_list("source", "target"))
        assert all(after[0] == before[1] for before, after in pairwise(chain))
    waiting = sum(
        vacancy.election.seats
        for vacancy in Vacancy.objects.filter(state="open").order_by("election_id").distinct("election_id")
    )
    assert waiting == Vacancy.objects.filter(state="open").count(), "an election offers the seats that wait for it"
