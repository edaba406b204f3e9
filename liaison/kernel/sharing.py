"""How groups and delegates might be shared out among a committee: balanced, by area and division of work. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

MATCHES = {
    "农": ("farmer",), "经济": ("professional", "worker"), "工": ("worker",), "企业": ("worker",),
    "教": ("professional",), "科技": ("professional",), "宣传": ("professional",), "党建": ("model",),
}  # fmt: skip
"""Which kind of delegate a field of work speaks for."""


@dataclass
class Sitting:
    """A committee member: what he looks after, and whom he is in touch with already."""

    pk: int
    duties: str = ""
    groups: list[int] = field(default_factory=list)
    delegates: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Seated:
    """A delegate in office: his group, and what kind of front line he stands for."""

    pk: int
    group: int | None = None
    front_line: str = ""


@dataclass(frozen=True)
class Suggested:
    """One new link."""

    member: int
    group: int | None = None
    delegate: int | None = None


def suggest(
    members: Sequence[Sitting],
    groups: Sequence[int],
    delegates: Sequence[Seated],
    most_groups: int,
    delegates_between: tuple[int, int],
) -> list[Suggested]:
    """New links only: what holds stays. The same register gives the same suggestion, whoever asks and however often.

    Groups nobody looks after go to whoever has fewest, at most `most_groups` each. Then the members take turns, those
    with fewest first, to be in touch with a delegate nobody is in touch with: of their own groups before others, and
    of these one whom their field of work speaks for; until all are reached or have as many as asked for.
    """
    sizes = Counter(one.group for one in delegates)
    made: list[Suggested] = []
    own = {one.pk: list(one.groups) for one in members}
    held = {one for member in members for one in member.groups}
    for group in sorted((one for one in groups if one not in held), key=lambda one: (-sizes[one], groups.index(one))):
        free = [one for one in members if len(own[one.pk]) < most_groups]
        if not free:
            break
        chosen = min(free, key=lambda one: (len(own[one.pk]), sum(sizes[had] for had in own[one.pk])))
        own[chosen.pk].append(group)
        made.append(Suggested(chosen.pk, group=group))
    return made + _delegates(members, delegates, own, delegates_between)


def _delegates(
    members: Sequence[Sitting], delegates: Sequence[Seated], own: dict[int, list[int]], between: tuple[int, int]
) -> list[Suggested]:
    least, most = between
    reached = {one for member in members for one in member.delegates}
    free = [one for one in delegates if one.pk not in reached]
    target = min(most, max(least, ceil(len(delegates) / len(members)))) if members else 0
    counts = {one.pk: len(one.delegates) for one in members}
    made = []
    while free and (open_members := [one for one in members if counts[one.pk] < target]):
        member = min(open_members, key=lambda one: counts[one.pk])
        kinds = {kind for word, fitting in MATCHES.items() if word in member.duties for kind in fitting}
        chosen = min(free, key=lambda one: (one.group not in own[member.pk], one.front_line not in kinds))
        free.remove(chosen)
        counts[member.pk] += 1
        made.append(Suggested(member.pk, delegate=chosen.pk))
    return made
