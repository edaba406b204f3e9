"""What the page of an election shows: where it stands, who stands, how they voted."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from congress.models import DueTime
from delegates.kernel.ballots import STAGES, WITH_SPEECHES
from delegates.models import BallotStage, Election, ElectionState, Mandate
from delegates.workflows import ELECTION
from delegates.workflows.openings import STEP, awaited
from delegates.workflows.tallies import gather, needed_at, put_up

PATH = [
    ElectionState.PLANNED,
    ElectionState.RECOMMENDED,
    ElectionState.APPROVED,
    ElectionState.VOTED,
    ElectionState.COMPLETED,
]


def with_due(elections: QuerySet[Election]) -> QuerySet[Election]:
    """Elections with the day the next step is due, and the office that owes it."""
    owed = DueTime.objects.filter(kind=STEP, subject_id=OuterRef("pk"), closed_at=None).order_by("due_at", "pk")
    return elections.annotate(
        step_due_on=Subquery(owed.values("due_on")[:1]), step_due_by=Subquery(owed.values("organization__name")[:1])
    )


def election_page(election: Election) -> dict[str, Any]:
    """Everything beside the election's own facts, in a constant number of queries."""
    gather(election)
    ballots = list(election.ballots.all())
    votes = {(ballot.pk, result.mandate_id): result for ballot in ballots for result in ballot.results.all()}
    rows = put_up(election)  # one for every speech
    mandates = {row.pk: row for row in rows}.values()
    labels = dict(BallotStage.choices)
    return {
        "path": _path(election),
        "steps": [{"step": step, "label": ELECTION.row(step.verb).label} for step in election.steps.all()],
        "ballots": ballots,
        "candidates": [
            {
                "mandate": mandate,
                "votes": [votes.get((ballot.pk, mandate.pk)) for ballot in ballots],
                "stands": mandate.status == Mandate.Status.CANDIDATE,
            }
            for mandate in mandates
        ],
        "needed": max((needed_at(election, stage) for stage in STAGES.get(election.method, ())), default=0),
        "stages": [(stage, labels[stage]) for stage in offered_stages(election)],
        "speeches": sorted((row for row in rows if row.speech), key=lambda row: (row.speech_given_on, row.speech)),
        "with_speeches": election.method in WITH_SPEECHES,
        "takes_candidates": election.state == ElectionState.PLANNED,
        "takes_drops": election.state in PATH[:3],
        "takes_ballots": bool(offered_stages(election)),
        "filled": list(election.vacancies.all()),
    }


def offered_stages(election: Election) -> list[str]:
    """The ballots whose figures can be written down now: the masses' before the reply, the members' after it."""
    if election.state not in PATH[:3]:
        return []
    members = (BallotStage.ELECTION, BallotStage.PRE_ELECTION)
    approved = election.state == ElectionState.APPROVED
    return [stage for stage in STAGES.get(election.method, ()) if approved or stage not in members]


def _path(election: Election) -> list[dict[str, str]]:
    """The steps as a line of marks: done, now, to come."""
    if election.state not in PATH:
        return [{"label": election.get_state_display(), "css": "now"}]
    now = PATH.index(ElectionState(election.state))
    return [
        {"label": awaited(state), "css": "done" if place < now else "now" if place == now else ""}
        for place, state in enumerate(PATH)
    ]
