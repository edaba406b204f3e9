"""Running an election: planned for a unit, candidates put up, ballots counted, speeches and objections written down."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from congress.kernel import audit
from congress.kernel.workflow import Refused, lock
from congress.models import Congress
from delegates.kernel.ballots import allocate
from delegates.models import (
    Ballot,
    BallotResult,
    BallotStage,
    ElectingUnit,
    Election,
    ElectionKind,
    ElectionMethod,
    ElectionState,
    Mandate,
    Speech,
)
from delegates.policies import ELECTING_UNITS, ELECTIONS
from delegates.services.seats import fit_vacancies, refuse_full, refuse_over
from delegates.workflows import MANDATE
from delegates.workflows.openings import owe_step
from delegates.workflows.tallies import candidates_of


class Votes(NamedTuple):
    """What one candidate got in a ballot."""

    votes_for: int
    votes_against: int = 0
    abstentions: int = 0


@transaction.atomic
def plan(unit: ElectingUnit, *, method: str, seats: int, opened_on: date, note: str = "", by: Any) -> Election:
    """A general election of a unit, whose first step is owed from this day.

    Raises `Refused` for the older procedure (history only), or beyond the unit's quota.
    """
    if method == ElectionMethod.LEGACY:
        raise Refused(_("The older procedure is kept for history only: choose another method."))
    refuse_full(unit, seats)
    election = Election.objects.create(
        electing_unit=unit, kind=ElectionKind.GENERAL, method=method, seats=seats, opened_on=opened_on, note=note
    )
    if not ELECTIONS.may_change(by, election):
        raise PermissionDenied
    owe_step(election, opened_on)
    _record("election_plan", election, by)
    return election


@transaction.atomic
def drop_candidate(mandate: Mandate, *, why: str, by: Any) -> Mandate:
    """Take a candidate off the list before the vote; the decision stays in the records."""
    election = lock(mandate.election)
    if not ELECTIONS.may_change(by, election):
        raise PermissionDenied
    if election.state not in (ElectionState.PLANNED, ElectionState.RECOMMENDED, ElectionState.APPROVED):
        raise Refused(_("The vote is over: the list of candidates stands."))
    return MANDATE.take(mandate, "drop", by=None, recorded_by=by, note=why)


@transaction.atomic
def count_ballot(
    election: Election,
    *,
    stage: str,
    held_on: date,
    figures: Mapping[str, int],
    votes: Mapping[int, tuple[int, int, int]],
    by: Any,
) -> Ballot:
    """Write a counted ballot down: figures and each candidate's votes, by mandate. Rounds are kept.

    Raises `Refused` if somebody has more votes than there are valid ballots, or all together more than seats allow.
    """
    election = lock(election)
    if not ELECTIONS.may_change(by, election):
        raise PermissionDenied
    if election.state != ElectionState.APPROVED and stage in (BallotStage.ELECTION, BallotStage.PRE_ELECTION):
        raise Refused(_("Members vote after the candidates are approved, and before the result is decided."))
    if election.state in (ElectionState.VOTED, ElectionState.COMPLETED, ElectionState.CANCELLED):
        raise Refused(_("This election does not wait for a ballot any more."))
    approved = election.steps.filter(verb="approve_candidates").order_by("-pk").first()
    since = approved.done_on if approved and stage in (BallotStage.ELECTION, BallotStage.PRE_ELECTION) else None
    since = since or election.opened_on
    if held_on < since:
        raise Refused(_("The step before is of %(day)s.") % {"day": f"{since:%Y-%m-%d}"})
    last = election.ballots.filter(stage=stage).aggregate(Max("round"))["round__max"] or 0
    counts = {pk: Votes(*numbers) for pk, numbers in votes.items()}
    ballot = Ballot(election=election, stage=stage, round=last + 1, held_on=held_on, **figures)
    _judge(ballot, counts, election)
    ballot.save()
    standing = set(candidates_of(election).values_list("pk", flat=True))
    results = [
        BallotResult(ballot=ballot, mandate_id=pk, **count._asdict()) for pk, count in counts.items() if pk in standing
    ]
    BallotResult.objects.bulk_create(results)
    _record("ballot", election, by)
    return ballot


def _judge(ballot: Ballot, votes: Mapping[int, Votes], election: Election) -> None:
    if ballot.is_void:  # more collected than issued: kept as it happened, and voted again
        return
    names = dict(candidates_of(election).values_list("pk", "person__name"))
    for pk, count in votes.items():
        if sum(count) > ballot.valid:
            raise Refused(
                _("%(name)s: %(votes)s votes are more than the %(valid)s valid ballots.")
                % {"name": names.get(pk, ""), "votes": sum(count), "valid": ballot.valid}
            )
    total = sum(count.votes_for for count in votes.values())
    if ballot.stage == BallotStage.ELECTION and total > ballot.valid * election.seats:
        raise Refused(
            _("%(total)s votes are more than %(valid)s valid ballots can give for %(seats)s seats.")
            % {"total": total, "valid": ballot.valid, "seats": election.seats}
        )


@transaction.atomic
def write_speech(mandate: Mandate, *, by: Any, **facts: Any) -> Speech:
    """A candidate's public speech."""
    if not ELECTIONS.may_change(by, mandate.election):
        raise PermissionDenied
    _record("speech", mandate.election, by)
    return Speech.objects.create(mandate=mandate, **facts)


def suggest_quotas(congress: Congress, units: Sequence[ElectingUnit]) -> dict[int, int]:
    """Seats of the congress for each unit by its Party members, the largest remainders deciding.

    Raises `Refused` where a number is missing.
    """
    if not congress.seats:
        raise Refused(_("Enter the seats of the congress first."))
    lacking = [unit.name for unit in units if not unit.party_members]
    if lacking:
        raise Refused(_("The Party members of %(units)s are not entered.") % {"units": "、".join(lacking[:5])})
    try:
        seats = allocate(congress.seats, [unit.party_members or 0 for unit in units])
    except ValueError:
        raise Refused(_("There are fewer seats than electing units.")) from None
    return {unit.pk: given for unit, given in zip(units, seats, strict=True)}


@transaction.atomic
def set_quotas(congress: Congress, quotas: Mapping[int, int], *, basis: str, on: date, by: Any) -> int:
    """Give units their seats on the basis of a document; vacancies follow. All or none. Says how many changed.

    Raises `Refused` if they are more than the congress has.
    """
    changed = 0
    units = ElectingUnit.objects.select_for_update(of=("self",)).select_related("congress__organization")
    for unit in units.filter(congress=congress, pk__in=quotas).order_by("pk"):
        if not ELECTING_UNITS.may_change(by, unit):
            raise PermissionDenied
        if unit.seat_quota == quotas[unit.pk]:
            continue
        unit.seat_quota, unit.quota_basis = quotas[unit.pk], basis
        unit.version += 1
        unit.save(update_fields=["seat_quota", "quota_basis", "version"])
        fit_vacancies(unit, on=on, by=by)
        changed += 1
    refuse_over(congress)
    audit.record("quotas", by=by, subject=str(congress), organization=congress.organization, rows=changed, basis=basis)
    return changed


def _record(action: str, election: Election, by: Any) -> None:
    organization = election.electing_unit.congress.organization
    audit.record(action, by=by, subject=f"{election._meta.label} {election.pk}", organization=organization)
