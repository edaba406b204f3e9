"""How many each should keep in touch with: rules, by organisation. Too few is flagged, too many noticed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone

from congress.kernel import rules
from congress.models import Organization
from liaison.models import ContactKind


@dataclass(frozen=True)
class Limit:
    """At least so many, and at most."""

    least: int
    most: int

    def fits(self, count: int) -> bool:
        return self.least <= count <= self.most

    def flag(self, count: int) -> str:
        """What a table prints beside a count that does not fit."""
        if count < self.least:
            return f"少{self.least - count}"
        return f"多{count - self.most}" if count > self.most else ""


KEYS: Final = {
    "groups": "member_groups", "delegates": "member_delegates",
    ContactKind.PARTY_MEMBER: "contacts_members", ContactKind.MASS: "contacts_masses",
}  # fmt: skip
NORMS: Final = {"groups": "N04", "delegates": "N05", ContactKind.PARTY_MEMBER: "N01", ContactKind.MASS: "N02"}


def limits_of(organizations: Iterable[Organization]) -> dict[int, dict[str, Limit]]:
    """What holds today for each of the organisations, by its number and what is counted; one query for all."""
    keys = [f"{key}_{end}" for key in KEYS.values() for end in ("least", "most")]
    held = rules.held_by(keys, organizations, timezone.localdate())
    return {pk: {str(what): _limit(found, key) for what, key in KEYS.items()} for pk, found in held.items()}


def _limit(found: dict[str, Any], key: str) -> Limit:
    return Limit(found[f"{key}_least"].value, found[f"{key}_most"].value)
