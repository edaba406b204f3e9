"""What the quality gate says of a paper, sorted for the page on which it is written."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from congress.kernel import rules
from proposals.kernel import quality
from proposals.kernel.quality import Remark
from proposals.models import Proposal
from proposals.workflows.conditions import read


@dataclass(frozen=True)
class Advice:
    """The remarks, how long the body is, and how long it may be."""

    remarks: Sequence[Remark]
    length: int
    most: int

    @property
    def must(self) -> list[Remark]:
        """What keeps it from being handed in."""
        return [one for one in self.remarks if one.level == "must"]

    @property
    def should(self) -> list[Remark]:
        return [one for one in self.remarks if one.level == "should"]

    @property
    def by_field(self) -> dict[str, list[dict[str, str]]]:
        """The sentences beside each field, with their level."""
        found: dict[str, list[dict[str, str]]] = {}
        for one in self.remarks:
            found.setdefault(one.field, []).append({"level": one.level, "text": one.text})
        return found


def advice(proposal: Proposal) -> Advice:
    """The quality gate on the paper as it is saved."""
    most = rules.value("proposal_text_most", proposal.congress.organization, timezone.localdate())
    text = read(proposal)
    return Advice(quality.remarks(text, most=most), quality.length(text), most)
