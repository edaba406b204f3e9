"""Named queries of the ground floor."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import models


def within(paths: Iterable[str], prefix: str = "") -> models.Q:
    """Rows whose organisation lies in one of the branches; `prefix` leads to the organisation."""
    lookup = f"{prefix}__path__startswith" if prefix else "path__startswith"
    condition = models.Q(pk__in=[])
    for path in paths:
        condition |= models.Q(**{lookup: path})
    return condition


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

    def current(self, on: date) -> CongressQuerySet:
        """Terms that run on the day."""
        return self.filter(starts_on__lte=on).filter(models.Q(ends_on=None) | models.Q(ends_on__gt=on))


class SessionQuerySet(models.QuerySet):
    def for_list(self) -> SessionQuerySet:
        return self.select_related("congress__organization")


class JobQuerySet(models.QuerySet):
    def due(self, now: datetime) -> JobQuerySet:
        """Jobs that wait for a worker."""
        return self.filter(done_at=None, dead_at=None, run_after__lte=now)
