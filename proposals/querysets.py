"""Named queries on papers and assignments."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, F, Func, IntegerField, OuterRef, Q, Subquery, Value, When

from congress.querysets import containing, plain_words, typed, unindexed

WITH_THE_UNIT = ("pending_sign", "signed", "working", "opinions_collected", "drafted")
OPEN_STATES = (*WITH_THE_UNIT, "objected", "extension_asked", "in_review")
FEW = 500
LIST_COLUMNS = [
    "kind", "state", "year", "number", "title", "reply_class", "due_on", "submitted_at", "resubmit_by", "is_key",
    "version", "congress__organization__name", "congress__organization__code", "congress__organization__path",
    "congress__number", "congress__naming", "session__number", "category__name", "lead__person__name",
    "lead__status",
]  # fmt: skip


_KINDS = {"提案": "proposal", "提议": "motion", "建议意见": "advice", "金点子": "golden_idea"}
_NUMBER = re.compile(rf"({'|'.join(_KINDS)})?(?:(\d{{4}})年)?第?(\d{{1,9}})号?")


class Common(Func):
    """How many elements of an array column are among the given."""

    template = "(SELECT count(*)::int FROM unnest(%(expressions)s))"
    arg_joiner = ") AS element WHERE element = ANY("
    output_field = IntegerField()


class SearchedQuerySet(models.QuerySet):
    """Rows whose searches may be kept: see `PatientPaginator`."""

    def edition(self) -> Any:
        """Changes with every change of a paper and with every step taken anywhere: what was found may be another."""
        steps = apps.get_model("congress.JournalEntry").objects.order_by("-pk").values("pk")[:1]
        events = apps.get_model("proposals.ProposalEvent").objects.order_by("-pgh_id")
        return events.annotate(step=Subquery(steps)).values_list("pgh_id", "step").first()


class ProposalQuerySet(SearchedQuerySet):
    def for_list(self) -> ProposalQuerySet:
        """With what a line about a paper shows, and no more: a text is a hundred times as much."""
        return self.select_related("congress__organization", "session", "category", "lead__person").only(*LIST_COLUMNS)

    def in_force(self) -> ProposalQuerySet:
        """Papers whose existence is official: submitted and not taken back."""
        return self.exclude(state__in=["draft", "signing", "withdrawn"])

    def overdue(self, today: date) -> ProposalQuerySet:
        """With a unit whose day has passed, and whose turn it is: not while the office decides on what it asked."""
        return self.filter(state__in=["assigned", "rehandling"], due_on__lt=today).filter(self.late(today))

    def late(self, today: date) -> Exists:
        """Whether a unit that owes the delegates a reply is late with it."""
        parts = self.model._meta.get_field("assignments").related_model.objects.overdue(today)
        return Exists(parts.filter(proposal=OuterRef("pk"), role__in=["lead", "separate"]))

    def matching(self, text: str) -> ProposalQuerySet:
        """By words of the subject, or by the number as people write it: 15, 第０１５号, 提案第15号, 2026年第15号."""
        words = [word for word in map(plain_words, text.split()) if word]
        if not words:
            return self
        rows = found = unindexed(self)
        for word in words:
            found = containing(found, "title", word)
        if number := _NUMBER.fullmatch("".join(words)):
            kind, year, digits = number.groups()
            meant = (
                {"number": int(digits)} | ({"kind": _KINDS[kind]} if kind else {}) | ({"year": year} if year else {})
            )
            found = rows.filter(Q(**meant) | Q(pk__in=found.order_by().values("pk")))
        return found


class RequestQuerySet(models.QuerySet):
    def let_off(self, proposal_id: int) -> RequestQuerySet:
        """Objections the office agreed to, about this paper, the first first."""
        rows = self.filter(assignment__proposal=proposal_id, kind="objection", granted=True)
        return rows.select_related("assignment__unit").order_by("pk")


class AboutPapers(SearchedQuerySet):
    """Rows that are a unit's part in a paper, or its promise."""

    def matching(self, text: str) -> AboutPapers:
        """By part of the paper's subject, its number, or part of the unit's name.

        Few papers are named by their keys, which an index finds; of many, each part is asked whether it is theirs.
        """
        papers, units = (self.model._meta.get_field(name).related_model for name in ("proposal", "unit"))
        named = list(units._default_manager.filter(name__icontains=typed(text)).values_list("pk", flat=True)[:FEW])
        found = papers._default_manager.matching(text).order_by()
        keys = list(found.values_list("pk", flat=True)[: FEW + 1])
        of_papers = Q(proposal__in=keys) if len(keys) <= FEW else Q(proposal__in=found.values("pk"))
        return unindexed(self).filter(of_papers | Q(unit__in=named))


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
        """With what a line about a unit's part shows: not the texts of its paper, nor the record of its proposer."""
        rows = self.select_related(
            "unit", "proposal__congress__organization", "proposal__session", "proposal__lead__person"
        )
        return rows.defer(*_unread())

    def open(self) -> AssignmentQuerySet:
        """Not done with: the unit or the office has to act."""
        return self.filter(state__in=OPEN_STATES)

    def overdue(self, today: date) -> AssignmentQuerySet:
        """The unit should have done it, and it is the unit's turn."""
        return self.filter(state__in=WITH_THE_UNIT, due_on__lt=today)


@cache
def _unread() -> tuple[str, ...]:
    """The columns that no list of parts shows, and that are most of what it would fetch."""
    papers, persons = apps.get_model("proposals.Proposal"), apps.get_model("delegates.Person")
    texts = [field.name for field in papers._meta.concrete_fields if isinstance(field, models.TextField)]
    record = [field.name for field in persons._meta.concrete_fields if field.name not in {"id", "name", "user"}]
    return tuple([f"proposal__{name}" for name in texts] + [f"proposal__lead__person__{name}" for name in record])


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
