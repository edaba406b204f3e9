"""Named queries of the ground floor."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models


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
