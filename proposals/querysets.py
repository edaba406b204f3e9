"""Named queries on papers and assignments."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case, F, Func, IntegerField, Q, Value, When

from congress.querysets import typed

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


_KINDS = {"提案": "proposal", "提议": "motion", "建议意见": "advice", "金点子": "golden_idea"}
_NUMBER = re.compile(rf"({'|'.join(_KINDS)})?(?:(\d{{4}})年)?第?(\d{{1,9}})号?")


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
        """By words of the subject, or by the number as people write it: 15, 第０１５号, 提案第15号, 2026年第15号."""
        words, plain = text.split(), typed(text)
        found = Q(*(Q(title__icontains=word) for word in words))
        if plain.split() != words:  # a subject may hold full-width signs itself
            found |= Q(*(Q(title__icontains=word) for word in plain.split()))
        if number := _NUMBER.fullmatch(plain.replace(" ", "")):
            kind, year, digits = number.groups()
            found |= Q(
                number=int(digits), **({"kind": _KINDS[kind]} if kind else {}), **({"year": year} if year else {})
            )
        return self.filter(found)


class AboutPapers(models.QuerySet):
    """Rows that are a unit's part in a paper, or its promise."""

    def matching(self, text: str) -> AboutPapers:
        """By what finds the paper, or by part of the unit's name."""
        papers = self.model._meta.get_field("proposal").related_model.objects.matching(text)
        return self.filter(Q(proposal__in=papers.values("pk")) | Q(unit__name__icontains=typed(text)))


class UndertakingQuerySet(AboutPapers):
    def for_list(self) -> UndertakingQuerySet:
        """With what a line about a promise shows, what is owed first, and of that the overdue."""
        owed = Case(When(state="open", then=0), When(state="reported", then=1), default=2, output_field=IntegerField())
        rows = self.select_related("unit", "proposal__congress__organization", "proposal__lead__person")
        return rows.annotate(owed=owed).order_by("owed", "due_on", "pk")

    def overdue(self, today: date) -> UndertakingQuerySet:
        """Promised for a day that has passed, and not reported done."""
        return self.filter(state="open", due_on__lt=today)


class AssignmentQuerySet(AboutPapers):
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
