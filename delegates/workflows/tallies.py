"""What is recorded of an election: who stands, how they voted, who is elected.

A page fetches it once (`gather`); under the lock of a transition the row is a fresh one, and everything is asked anew.
"""

from django.db.models import F, Prefetch, QuerySet, prefetch_related_objects
from django.utils import timezone

from congress.kernel import rules
from delegates.kernel.ballots import SURPLUS_AT, Outcome, candidates_needed, outcome
from delegates.models import (
    Ballot,
    BallotStage,
    Election,
    ElectionStep,
    Mandate,
    MandateStatus,
    Objection,
    Vacancy,
)


def gather(election: Election) -> None:
    """Fetch everything a page shows and its buttons ask, in one query a table."""
    rules.remember(
        election.electing_unit.congress.organization, "surplus_percent", "majority_base", "election_reply_level"
    )
    prefetch_related_objects(
        [election],
        Prefetch("candidates", _with_speeches(Mandate.objects.all())),
        Prefetch("ballots", Ballot.objects.order_by("pk")),
        "ballots__results",
        Prefetch("objections", Objection.objects.order_by("received_on", "pk")),
        Prefetch("vacancies", Vacancy.objects.select_related("electing_unit", "left_by__person")),
        Prefetch("steps", ElectionStep.objects.select_related("by", "scan").order_by("at", "pk")),
    )


def _with_speeches(rows: QuerySet[Mandate]) -> QuerySet[Mandate]:
    """Each row as often as he has spoken in public, and once if he has not."""
    spoken = {f"speech_{name}": F(f"speeches__{name}") for name in ("given_on", "place", "listeners", "summary")}
    rows = rows.select_related("person").annotate(speech=F("speeches"), **spoken)
    return rows.order_by("roster_key", "pk", "speech_given_on", "speech")


def put_up(election: Election) -> list[Mandate]:
    """Everybody who stands or stood, once for every speech."""
    if "candidates" in getattr(election, "_prefetched_objects_cache", {}):
        return list(election.candidates.all())
    return list(_with_speeches(Mandate.objects.filter(election=election)))


def standing(election: Election) -> dict[int, Mandate]:
    """Those who stand, by their number."""
    return {row.pk: row for row in put_up(election) if row.status == MandateStatus.CANDIDATE}


def candidates_of(election: Election) -> QuerySet[Mandate]:
    """Those who stand, asked of the database at once."""
    return Mandate.objects.filter(election=election, status=MandateStatus.CANDIDATE)


def ballots_at(election: Election, stage: str) -> list[Ballot]:
    """The ballots of a stage, round by round."""
    known = "ballots" in getattr(election, "_prefetched_objects_cache", {})
    rows = election.ballots.all() if known else election.ballots.prefetch_related("results")
    return sorted((one for one in rows if one.stage == stage), key=lambda one: one.round)


def last_ballot(election: Election, stage: str) -> Ballot | None:
    """The latest ballot of a stage: a later round counts in place of the earlier."""
    return next(reversed(ballots_at(election, stage)), None)


def outcome_of(election: Election) -> Outcome | None:
    """Who is elected by the election ballots as they stand; none before one is held."""
    return rounds_of(election)[0]


def rounds_of(election: Election) -> tuple[Outcome | None, Ballot | None]:
    """The outcome, and the last ballot that was on everybody.

    A later round on those who tied fills the seats that were left; a later round on more than them stands for itself.
    """
    organization = election.electing_unit.congress.organization
    places = {row.pk: (row.roster_key, row.pk) for row in put_up(election)}
    result: Outcome | None = None
    full: Ballot | None = None
    for ballot in ballots_at(election, BallotStage.ELECTION):
        if ballot.is_void:
            continue
        base = ballot.present if rules.value("majority_base", organization, ballot.held_on) == "present" else ballot.due
        votes = [(one.mandate_id, one.votes_for) for one in ballot.results.all()]
        votes.sort(key=lambda one: (-one[1], places.get(one[0], ("", one[0]))))
        runs_off = result is not None and {pk for pk, _count in votes} <= set(result.tied)
        before = result.elected if result and runs_off else ()
        full = full if runs_off else ballot
        now = outcome(votes, base=base, seats=election.seats - len(before))
        result = Outcome((*before, *now.elected), now.tied, now.empty)
    return result, full


def needed_at(election: Election, stage: str) -> int:
    """How many candidates a ballot of that stage must offer."""
    if SURPLUS_AT.get(election.method) != stage:
        return election.seats
    organization = election.electing_unit.congress.organization
    return candidates_needed(election.seats, rules.value("surplus_percent", organization, timezone.localdate()))
