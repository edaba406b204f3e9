"""What the page of an election shows: where it stands, who stands, how they voted."""

from typing import Any

from congress.models import DueTime
from delegates.kernel.ballots import STAGES, WITH_SPEECHES
from delegates.models import BallotResult, BallotStage, Election, ElectionState, Mandate, Speech
from delegates.workflows import ELECTION
from delegates.workflows.elections import needed_at
from delegates.workflows.openings import STEP, awaited

PATH = [
    ElectionState.PLANNED,
    ElectionState.RECOMMENDED,
    ElectionState.APPROVED,
    ElectionState.VOTED,
    ElectionState.COMPLETED,
]


def election_page(election: Election) -> dict[str, Any]:
    """Everything beside the election's own facts, in a constant number of queries."""
    ballots = list(election.ballots.order_by("pk"))
    results = BallotResult.objects.filter(ballot__in=ballots)
    votes = {(result.ballot_id, result.mandate_id): result for result in results}
    mandates = list(Mandate.objects.filter(election=election).select_related("person").order_by("roster_key", "pk"))
    labels = dict(BallotStage.choices)
    return {
        "path": _path(election),
        "due_time": DueTime.objects.filter(kind=STEP, subject_id=election.pk, closed_at=None).first(),
        "steps": [
            {"step": step, "label": ELECTION.row(step.verb).label}
            for step in election.steps.select_related("by", "scan").order_by("at", "pk")
        ],
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
        "speeches": list(Speech.objects.filter(mandate__in=mandates).select_related("mandate__person")),
        "with_speeches": election.method in WITH_SPEECHES,
        "takes_candidates": election.state == ElectionState.PLANNED,
        "takes_drops": election.state in PATH[:3],
        "takes_ballots": bool(offered_stages(election)),
        "filled": list(election.vacancies.select_related("electing_unit", "left_by__person")),
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
