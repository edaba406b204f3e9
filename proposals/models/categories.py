"""What papers are about: two levels, kept by the office, and the series their numbers come from."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from congress.models import Congress, Organization, Session


@pghistory.track()
class Category(models.Model):
    """One heading of the statistics: six of the first level by default, the trades of the survey below them."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organisation"),
        help_text=_("Empty: everybody's."),
    )  # fmt: skip
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("higher category")
    )
    name = models.CharField(_("name"), max_length=40)
    number = models.PositiveSmallIntegerField(_("order"), default=0)
    is_party_building = models.BooleanField(_("Party building"), default=False)
    is_closed = models.BooleanField(_("not chosen any more"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("category"), _("categories")
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "parent", "name"],
                nulls_distinct=False,
                name="category_once",
                violation_error_message=_("There is a category of this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def makes_party_building(self) -> bool:
        """Whether a paper of this category is about Party building: by its own mark, or by that of the one above."""
        return self.is_party_building or (self.parent is not None and self.parent.is_party_building)


class NumberSeries(models.Model):
    """The counter of one series of paper numbers: locked while a number is taken, so none is lost or given twice.

    A session's papers count from 001 for each kind; between sessions a congress counts each kind by the year.
    """

    congress = models.ForeignKey(Congress, models.PROTECT, related_name="+", verbose_name=_("congress"))
    session = models.ForeignKey(Session, models.PROTECT, null=True, related_name="+", verbose_name=_("session"))
    year = models.PositiveSmallIntegerField(_("year"), null=True)
    kind = models.CharField(_("kind"), max_length=12)
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("series of numbers"), _("series of numbers")
        constraints = [
            models.UniqueConstraint(
                fields=["congress", "session", "year", "kind"], nulls_distinct=False, name="number_series_once"
            ),
            models.CheckConstraint(
                condition=Q(session=None, year__isnull=False) | Q(session__isnull=False, year=None),
                name="number_series_of_a_session_or_a_year",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session or self.year} {self.kind}"
