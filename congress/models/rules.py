"""Rules an office may set for itself: thresholds, periods, deadlines. Declared in `kernel.rules`, valued here."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from congress.models.organizations import Organization, OrganizationKind


@pghistory.track()
class Rule(models.Model):
    """A value that holds for a level, or for one branch, from a day on. Older rows stay: they held before."""

    key = models.CharField(_("rule"), max_length=60)
    level = models.CharField(_("level"), max_length=10, choices=OrganizationKind, blank=True)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="rules", verbose_name=_("organisation")
    )
    valid_from = models.DateField(_("in force from"))
    value = models.CharField(_("value"), max_length=200)
    source = models.CharField(_("source"), max_length=200)
    version = models.PositiveIntegerField(default=0, editable=False)

    title: str = ""  # what the key is called, once a page has looked it up

    class Meta:
        verbose_name, verbose_name_plural = _("rule"), _("rules")
        ordering = ["key", "level", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "level", "organization", "valid_from"], nulls_distinct=False, name="rule_once_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(level="") | models.Q(organization=None), name="rule_for_a_level_or_a_branch"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title or self.key}：{self.value}"
