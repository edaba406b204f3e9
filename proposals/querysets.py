"""Named queries on papers and assignments."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Func, IntegerField, Q, Value

OPEN_STATES = (
    "pending_sign",
    "signed",
    "objected",
    "working",
    "extension_asked",
    "opinions_collected",
    "drafted",
    "in_review",
)
LIST_COLUMNS = [
    "kind", "state", "year", "number", "title", "reply_class", "due_on", "submitted_at", "resubmit_by", "is_key",
    "version", "congress__organization__name", "congress__organization__code", "congress__organization__path",
    "congress__number", "congress__naming", "session__number", "category__name", "lead__person__name",
]  # fmt: skip


class Common(Func):
    """How many elements of an array column are among the given."""

    template = "(SELECT count(*)::int FROM unnest(%(expressions)s))"
    arg_joiner = ") AS element WHERE element = ANY("
    output_field = IntegerField()


class ProposalQuerySet(models.QuerySet):
    def for_list(self) -> ProposalQuerySet:
        """With what a line about a paper shows, and no more: a text is a hundred times as much."""
        return self.select_related("congress__organization", "session", "category", "lead__person").only(*LIST_COLUMNS)

    def in_force(self) -> ProposalQuerySet:
        """Papers whose existence is official: submitted and not taken back."""
        return self.exclude(state__in=["draft", "signing", "withdrawn"])

    def overdue(self, today: date) -> ProposalQuerySet:
        """With a unit whose day has passed."""
        return self.filter(state__in=["assigned", "rehandling"], due_on__lt=today)

    def matching(self, text: str) -> ProposalQuerySet:
        """By part of the subject, or by the number as people write it: 15, 第015号."""
        digits = "".join(letter for letter in text if letter.isdecimal())
        found = Q(title__icontains=text)
        if digits and not text.strip("第号0123456789 年"):
            found |= Q(number=int(digits[-9:]))
        return self.filter(found)


class RequestQuerySet(models.QuerySet):
    def let_off(self, proposal_id: int) -> RequestQuerySet:
        """Objections the office agreed to, about this paper, the first first."""
        rows = self.filter(assignment__proposal=proposal_id, kind="objection", granted=True)
        return rows.select_related("assignment__unit").order_by("pk")


class AssignmentQuerySet(models.QuerySet):
    def for_list(self) -> AssignmentQuerySet:
        return self.select_related(
            "unit", "proposal__congress__organization", "proposal__session", "proposal__lead__person"
        )

    def open(self) -> AssignmentQuerySet:
        """Not done with: the unit or the office has to act."""
        return self.filter(state__in=OPEN_STATES)

    def overdue(self, today: date) -> AssignmentQuerySet:
        return self.open().filter(due_on__lt=today)


def alike(rows: models.QuerySet, title_grams: list[int], text_marks: list[int]) -> models.QuerySet:
    """Earlier papers that share something with a new one, each with how much; the indexes find them."""

    def given(numbers: list[int]) -> Any:
        return Value(numbers, output_field=_integers())

    shared = Q(title_grams__overlap=title_grams)
    if text_marks:
        shared |= Q(text_marks__overlap=text_marks)
    return rows.filter(shared).annotate(
        common_grams=Common(F("title_grams"), given(title_grams)),
        common_marks=Common(F("text_marks"), given(text_marks)),
    )


def _integers() -> Any:
    from django.contrib.postgres.fields import ArrayField

    return ArrayField(IntegerField())
