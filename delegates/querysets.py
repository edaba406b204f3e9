"""Named queries on delegates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, Subquery, Value
from django.db.models.functions import Coalesce, Concat

from congress.fields import blind_index
from congress.querysets import typed, within

SERVING = ("active", "resign_pending")
REGISTER_COLUMNS = [
    "status", "main_category", "roster_key", "congress__organization__name", "group__name", "person__uid",
    "person__name", "person__gender", "person__ethnicity", "person__birth_month", "person__post",
    "person__phone_sealed",
]  # fmt: skip


class PersonQuerySet(models.QuerySet):
    def matching(self, text: str) -> PersonQuerySet:
        """People found by name, part of a name, pinyin or initials."""
        return self.filter(Q(search_terms__contains=[_typed(text)]))

    def numbered(self, text: str) -> PersonQuerySet:
        """Whose full ID or phone number it is."""
        return self.filter(_numbered(text))


def _typed(text: str) -> str:
    return "".join(letter for letter in typed(text).lower() if letter not in " ·•・‧")


def is_number(text: str) -> bool:
    """Whether what was typed is a full ID or phone number, and no name."""
    words = _typed(text)
    return len(words) >= 11 and words[:-1].isdigit()


def _numbered(text: str, prefix: str = "") -> Q:
    index = blind_index(_typed(text).upper())
    return Q(**{f"{prefix}id_number_index": index}) | Q(**{f"{prefix}phone_index": index})


class MandateQuerySet(models.QuerySet):
    def for_list(self) -> MandateQuerySet:
        """With everything a line about a delegate shows, in the order rosters are printed."""
        return self.select_related("person", "congress__organization", "electing_unit", "delegation", "group").order_by(
            "roster_key", "pk"
        )

    def for_register(self) -> MandateQuerySet:
        """With what a line of the register shows and no more: a person's whole record is four times as much."""
        return (
            self.select_related("person", "congress__organization", "group")
            .only(*REGISTER_COLUMNS)
            .order_by("roster_key", "pk")
        )

    def serving(self) -> MandateQuerySet:
        """Delegates in office: those who count among the due (应到)."""
        return self.filter(status__in=SERVING)

    def edition(self) -> Any:
        """Changes with every change of a delegate, a person or their place: the last events of the rows' history.

        Of two writers at once the later number may commit first: then the other's change is seen by its next event.
        """
        events = apps.get_model("delegates.MandateEvent").objects.order_by("-pgh_id")
        last = {model.replace(".", "_").lower(): _last(model) for model in TRACKED}
        return events.annotate(**last).values_list("pgh_id", *last).first()

    def matching(self, text: str, numbers_of: Iterable[str] = ()) -> MandateQuerySet:
        """Delegates whose person matches, in the order they were in.

        A full number finds only persons kept in the branches `numbers_of`, those whose numbers the asker may see:
        else a search would tell him whether a number he guessed is right.

        Those of one surname stand together in the roster. An index in that order tempts PostgreSQL to walk past
        everybody else to reach them, so a search is sorted by what no index has.
        """
        if not _typed(text):
            return self
        if is_number(text):
            condition = _numbered(text, "person__") & within(numbers_of, "person__organization")
        else:
            condition = Q(person__search_terms__contains=[_typed(text)])
        order = [Concat("roster_key", Value("")) if name == "roster_key" else name for name in self.query.order_by]
        return self.filter(condition).order_by(*order)


class TrainingSessionQuerySet(models.QuerySet):
    def for_list(self) -> TrainingSessionQuerySet:
        """With what a line about a session shows."""
        return self.select_related("course__organization")

    def counted(self, attendances: models.QuerySet) -> TrainingSessionQuerySet:
        """With `persons`: how many of `attendances` each session has, counted for the rows of a page alone."""
        came = attendances.filter(session=models.OuterRef("pk")).order_by().values("session")
        count = Subquery(came.annotate(count=models.Count("pk")).values("count"))
        return self.annotate(persons=Coalesce(count, 0))


class AttendanceQuerySet(models.QuerySet):
    def for_list(self) -> AttendanceQuerySet:
        """With what a line about who came shows."""
        return self.select_related(
            "session__course__organization", "mandate__person", "mandate__congress__organization"
        )

    def of_year(self, year: int) -> AttendanceQuerySet:
        return self.filter(session__course__year=year)


TRACKED = (
    "delegates.PersonEvent",
    "delegates.DelegateGroupEvent",
    "congress.CongressEvent",
    "congress.OrganizationEvent",
)


def _last(model: str) -> Subquery:
    return Subquery(apps.get_model(model).objects.order_by("-pgh_id").values("pgh_id")[:1])


def fact_as_of(request: Any, moment: datetime) -> Any:
    """What the row history says the fact of a correction request was at that moment; a sealed one by its index."""
    person = hasattr(request.mandate.person, request.fact) or hasattr(request.mandate.person, f"{request.fact}_sealed")
    row = request.mandate.person if person else request.mandate
    columns = [f"{request.fact}_index", f"{request.fact}_sealed", f"{request.fact}_id", request.fact]
    column = next(name for name in columns if hasattr(row, name))
    events = apps.get_model(row._meta.app_label, f"{row._meta.object_name}Event").objects.filter(pgh_obj_id=row.pk)
    last = events.filter(pgh_created_at__lte=moment).order_by("-pgh_id").first()
    return getattr(last, column) if last else None


def left_office_at(mandate: Any) -> datetime | None:
    """When the row history saw the mandate leave office for the last time; nothing if it never held any."""
    events = apps.get_model("delegates.MandateEvent").objects.filter(pgh_obj_id=mandate.pk).order_by("pgh_id")
    serving = events.filter(status__in=SERVING).order_by("-pgh_id").values_list("pgh_id", flat=True).first()
    return events.filter(pgh_id__gt=serving or 0).values_list("pgh_created_at", flat=True).first()
