"""Has somebody asked this before? Over all years, and over the titles of 人大 and 政协 that were brought in (F073)."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone

from proposals.kernel import similarity
from proposals.models import Measure, Precedent, PrecedentSource, Proposal, ReplyClass
from proposals.policies import PRECEDENTS
from proposals.querysets import alike

LEAST: Final = 0.34
CANDIDATES: Final = 60
SHOWN: Final = 5
COLUMNS: Final = (
    "source", "year", "number_text", "title", "answer", "title_grams", "organization__name", "proposal__state",
    "proposal__reply_class",
)  # fmt: skip


@dataclass(frozen=True)
class Alike:
    """An earlier paper, and how much of it is the same: 0 to 100."""

    precedent: Precedent
    percent: int

    @property
    def label(self) -> str:
        """Year and number, the year once."""
        year, number = f"{self.precedent.year}年", self.precedent.number_text
        return number if year in number else f"{year}{number}"

    @property
    def outcome(self) -> str:
        """What came of it: as it was brought in, or where the paper stands and how it was answered."""
        if self.precedent.answer or self.precedent.proposal is None:
            return self.precedent.answer
        paper = self.precedent.proposal
        known = [paper.get_state_display(), ReplyClass(paper.reply_class).label if paper.reply_class else ""]
        return "，".join(str(word) for word in known if word)

    @property
    def is_same(self) -> bool:
        return self.percent >= 80


def find(user: Any, title: str, text: str = "", *, leave_out: int | None = None, most: int = SHOWN) -> list[Alike]:
    """The earlier papers most like this one among those `user` may see, the nearest first. One query.

    `leave_out` is the paper's own number in the database.
    """
    grams, marks = similarity.grams(title), similarity.marks(text)
    if not grams and not marks:
        return []
    rows = PRECEDENTS.visible(user).select_related("organization", "proposal").only(*COLUMNS)
    if leave_out is not None:
        rows = rows.exclude(proposal=leave_out)
    found = []
    for row in alike(rows, grams, marks).order_by("-common_grams", "-common_marks", "-year")[:CANDIDATES]:
        share = similarity.likeness(row.common_grams, len(grams), len(row.title_grams), row.common_marks)
        if share >= LEAST:
            found.append(Alike(row, round(share * 100)))
    return sorted(found, key=lambda one: (-one.percent, -one.precedent.year, one.precedent.pk))[:most]


def text_of(proposal: Proposal) -> str:
    """The words a paper is compared by."""
    actions = Measure.objects.filter(proposal=proposal).values_list("action", flat=True)
    return "".join([proposal.grounds, proposal.root_cause, *actions])


def index(proposal: Proposal) -> Precedent:
    """From now on other papers are compared with this one. Again after it was completed: its new text counts."""
    day = timezone.localdate(proposal.submitted_at) if proposal.submitted_at else timezone.localdate()
    row, _fresh = Precedent.objects.update_or_create(
        proposal=proposal,
        defaults={
            "organization": proposal.congress.organization,
            "source": PrecedentSource.PARTY,
            "year": day.year,
            "number_text": f"{proposal.kind_word}{proposal.number_text}",
            "title": proposal.title,
            "title_grams": similarity.grams(proposal.title),
            "text_marks": similarity.marks(text_of(proposal)),
        },
    )
    return row
