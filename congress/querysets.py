"""Named queries of the ground floor."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, TextField, Value


def within(paths: Iterable[str], prefix: str = "") -> models.Q:
    """Rows whose organisation lies in one of the branches; `prefix` leads to the organisation."""
    lookup = f"{prefix}__path__startswith" if prefix else "path__startswith"
    condition = models.Q(pk__in=[])
    for path in paths:
        condition |= models.Q(**{lookup: path})
    return condition


def typed(text: str) -> str:
    """What somebody meant who typed it with a Chinese keyboard: １５ is 15, ＡＢ is AB, and so is each space."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def running(on: date, prefix: str = "") -> models.Q:
    """Terms that are not over on the day: a congress serves until the next one opens its first session, whatever end
    was planned (任期制条例 art. 4). `prefix` leads to the congress.

    Where that session is not in the register, the next term's own beginning tells, once the planned end has passed.
    """
    opened = models.Q(sessions__number=1, sessions__starts_on__lte=on)
    begun = models.Q(sessions=None, due__lte=on) & (models.Q(starts_on=None) | models.Q(starts_on__lte=on))
    later = (
        apps.get_model("congress.Congress")
        .objects.filter(
            organization=models.OuterRef(f"{prefix}organization"), number__gt=models.OuterRef(f"{prefix}number")
        )
        .annotate(due=models.ExpressionWrapper(models.OuterRef(f"{prefix}ends_on"), models.DateField()))
    )
    return ~models.Q(models.Exists(later.filter(opened | begun)))


class PlainWords(Func):
    """Words as a search compares them: full width made half, no spaces, no capitals."""

    function, arity, output_field = "plain_words", 1, TextField()


class WordPieces(Func):
    """The characters and the pairs of characters of words, for an index that finds any part of a Chinese subject."""

    function, arity, output_field = "word_pieces", 1, ArrayField(TextField())


def plain_words(text: str) -> str:
    """What `PlainWords` makes of a text."""
    return typed(text).lower().replace(" ", "")


def containing(rows: models.QuerySet, name: str, text: str) -> models.QuerySet:
    """Rows whose column `name` has `text` in it. Its index is a `GinIndex(WordPieces(PlainWords(name)))`.

    A word of one or two characters is a piece itself. Of a longer one the pieces are necessary, not enough.
    """
    words = plain_words(text)
    pieces = sorted({words[place : place + 2] for place in range(len(words) - 1)} or {words})
    found = rows.alias(_pieces=WordPieces(PlainWords(F(name)))).filter(
        _pieces__contains=Value(pieces, ArrayField(TextField()))
    )
    if len(words) > 2:
        found = found.alias(_words=PlainWords(F(name))).filter(_words__contains=words)
    return found


def unindexed(rows: models.QuerySet) -> models.QuerySet:
    """In the same order by key, which no index has now: a search would else be tempted to walk past all that do not
    fit, and `PatientPaginator` knows by it to sort keys alone."""
    known = {"pk": F("pk") + 0, "id": F("pk") + 0, "-pk": (F("pk") + 0).desc(), "-id": (F("pk") + 0).desc()}
    return rows.order_by(*[known.get(name, name) for name in rows.query.order_by])


class OrganizationQuerySet(models.QuerySet):
    def branch(self, root: Any) -> OrganizationQuerySet:
        """`root` and everything below it."""
        return self.filter(path__startswith=root.path)

    def above(self, organization: Any) -> OrganizationQuerySet:
        """`organization` and what it belongs to, from the root down."""
        codes = organization.path.strip("/").split("/")
        return self.filter(code__in=codes).order_by("path")

    def open(self) -> OrganizationQuerySet:
        return self.filter(closed_on=None)


class CongressQuerySet(models.QuerySet):
    def for_list(self) -> CongressQuerySet:
        return self.select_related("organization")

    def running(self, on: date) -> CongressQuerySet:
        """Terms that are not over on the day; those that have not begun are among them."""
        return self.filter(running(on))

    def over(self, on: date) -> CongressQuerySet:
        """Terms that are over on the day."""
        return self.exclude(running(on))


class SessionQuerySet(models.QuerySet):
    def for_list(self) -> SessionQuerySet:
        return self.select_related("congress__organization")


class JobQuerySet(models.QuerySet):
    def due(self, now: datetime) -> JobQuerySet:
        """Jobs that wait for a worker."""
        return self.filter(done_at=None, dead_at=None, run_after__lte=now)
