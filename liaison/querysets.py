"""Named queries on who keeps in touch with whom."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class CommitteeLinkQuerySet(models.QuerySet):
    def open(self) -> CommitteeLinkQuerySet:
        """Links that hold now, of members who still sit on the committee."""
        return self.filter(until=None, member__left_on=None)

    def for_list(self) -> CommitteeLinkQuerySet:
        """With what a line about a link shows."""
        return self.select_related("member__congress__organization", "group", "mandate__person")

    def over(self) -> CommitteeLinkQuerySet:
        """Links that hold no more."""
        return self.filter(~Q(until=None) | ~Q(member__left_on=None))


class ContactQuerySet(models.QuerySet):
    def open(self) -> ContactQuerySet:
        """People a delegate keeps in touch with now."""
        return self.filter(until=None)

    def for_list(self) -> ContactQuerySet:
        """With what a line about a contact shows."""
        return self.select_related("mandate__person", "mandate__group", "mandate__congress__organization")
