"""A seat falls empty: the vacancy opens by itself, and with it the by-election whose first step has a due day."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from congress.kernel import duetimes
from congress.kernel.workflow import lock
from congress.models import Organization
from delegates.deadlines import step_due
from delegates.kernel.committees import decider
from delegates.models import (
    ElectingUnit,
    Election,
    ElectionKind,
    ElectionMethod,
    ElectionState,
    Mandate,
    Vacancy,
)

STEP = "election"
ASKS_THE_COMMITTEE = (ElectionState.RECOMMENDED, ElectionState.VOTED, ElectionState.COMPLETED)


def open_vacancy(unit: ElectingUnit, *, cause: str, on: date, left_by: Mandate | None = None) -> Vacancy:
    """One more empty seat of the unit. It joins a by-election that has not yet recommended anybody, else starts one."""
    vacancy = Vacancy(electing_unit=unit, cause=cause, opened_on=on, left_by=left_by)
    seek(vacancy, on)
    vacancy.save()
    return vacancy


def seek(vacancy: Vacancy, on: date) -> None:
    """Give an open vacancy the by-election that will fill it; the caller saves the vacancy."""
    unit = lock(vacancy.electing_unit)  # of two seats that fall empty at once, the second joins the first's election
    waiting = Election.objects.select_for_update().filter(
        electing_unit=unit, kind=ElectionKind.BY_ELECTION, state=ElectionState.PLANNED
    )
    election = waiting.first()
    if election is None:
        election = Election.objects.create(
            electing_unit=unit,
            kind=ElectionKind.BY_ELECTION,
            method=ElectionMethod.BY_ELECTION,
            seats=1,
            opened_on=on,
        )
        owe_step(election, on)
    else:
        election.seats += 1
        election.save(update_fields=["seats"])
    vacancy.election = election


def owe_step(election: Election, since: date) -> None:
    """Whoever has to act next owes it by a day: the unit and its office, or the committee that replies."""
    duetimes.close(STEP, election.pk)
    state = ElectionState(election.state)
    organization = election.electing_unit.congress.organization
    duetimes.start(
        f"{STEP}:{election.pk}:{state}:{since}",
        kind=STEP,
        subject_id=election.pk,
        organization=who_acts(organization, state),
        title=f"{organization.name}{election}：{awaited(state)}",
        starts_on=since,
        deadline=step_due(state, organization, since),
        link=reverse("admin:delegates_election_change", args=[election.pk]),
    )


def who_acts(organization: Organization, state: str) -> Organization:
    """The organisation whose turn it is at the step."""
    return decider(organization, "election_reply_level") if state in ASKS_THE_COMMITTEE else organization


def awaited(state: str) -> str:
    """What the step waits for, as the vacancy list says it."""
    if state == ElectionState.COMPLETED:
        return _("credentials to be checked")
    return str(ElectionState(state).label)
