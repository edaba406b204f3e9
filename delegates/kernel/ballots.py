"""What the figures of a ballot say: how many candidates are needed, who is elected (reference.md §2.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from delegates.models import BallotStage, ElectionMethod

STAGES: Final[dict[str, tuple[str, ...]]] = {
    ElectionMethod.RE_ELECTION: (BallotStage.RECOMMENDATION, BallotStage.TRUST, BallotStage.ELECTION),
    ElectionMethod.QUOTA_REDUCTION: (BallotStage.ELECTION,),
    ElectionMethod.OPEN_DIRECT: (BallotStage.RECOMMENDATION, BallotStage.ELECTION),
    ElectionMethod.COMPETITIVE: (BallotStage.ELECTION,),
    ElectionMethod.PRE_THEN_EQUAL: (BallotStage.PRE_ELECTION, BallotStage.ELECTION),
    ElectionMethod.BY_ELECTION: (BallotStage.ELECTION,),
}
"""The ballots each method has, first to last. The older procedure (LEGACY) has none: it is history only."""

WITH_SPEECHES: Final = {ElectionMethod.RE_ELECTION, ElectionMethod.OPEN_DIRECT}
"""Methods whose candidates speak in public before the vote."""

SURPLUS_AT: Final[dict[str, str]] = {
    ElectionMethod.RE_ELECTION: BallotStage.ELECTION,
    ElectionMethod.OPEN_DIRECT: BallotStage.ELECTION,
    ElectionMethod.COMPETITIVE: BallotStage.ELECTION,
    ElectionMethod.PRE_THEN_EQUAL: BallotStage.PRE_ELECTION,
    ElectionMethod.BY_ELECTION: BallotStage.ELECTION,
}
"""The ballot that must offer more candidates than seats. Reducing a quota chooses among those there are."""


def candidates_needed(seats: int, surplus_percent: int) -> int:
    """The least number of candidates of a competitive election: seats and the surplus, rounded up. 3 → 4, 10 → 12."""
    return -(-seats * (100 + surplus_percent) // 100)


@dataclass(frozen=True)
class Outcome:
    """Who is elected, in the order of votes; who ties for the last seat; how many seats stay empty."""

    elected: tuple[int, ...]
    tied: tuple[int, ...]
    empty: int


def outcome(votes: Sequence[tuple[int, int]], *, base: int, seats: int) -> Outcome:
    """The result for (candidate, votes for): more than half of `base`, and the most votes.

    Half is not enough. Where candidates beyond half tie across the last seat, none of them is elected: they are
    voted on again.
    """
    passed = sorted((row for row in votes if row[1] * 2 > base), key=lambda row: -row[1])
    if len(passed) <= seats:
        return Outcome(tuple(pk for pk, _count in passed), (), seats - len(passed))
    last = passed[seats - 1][1]
    if passed[seats][1] != last:
        return Outcome(tuple(pk for pk, _count in passed[:seats]), (), 0)
    elected = tuple(pk for pk, count in passed if count > last)
    return Outcome(elected, tuple(pk for pk, count in passed if count == last), seats - len(elected))


def is_carried(votes_for: int, due: int) -> bool:
    """Whether a removal is carried: more than half of those due (reference.md §2.4)."""
    return votes_for * 2 > due


def allocate(seats: int, members: Sequence[int]) -> list[int]:
    """Seats for each electing unit by its Party members: the largest remainders, and one seat at least for each.

    Raises `ValueError` if there are fewer seats than units or no members at all.
    """
    total = sum(members)
    if seats < len(members) or not total:
        raise ValueError(seats)
    free = seats - len(members)
    exact = [free * count / total for count in members]
    given = [int(share) for share in exact]
    by_remainder = sorted(range(len(members)), key=lambda place: (given[place] - exact[place], place))
    for place in by_remainder[: free - sum(given)]:
        given[place] += 1
    return [1 + count for count in given]
