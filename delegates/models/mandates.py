"""A person's seat in one congress."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from congress.models import Congress
from delegates.models.bodies import DelegateGroup, Delegation, ElectingUnit
from delegates.models.persons import Person
from delegates.querysets import MandateQuerySet


class MainCategory(models.TextChoices):
    """The exclusive category of the structure report: the three add up to all delegates."""

    LEADING_CADRE = "leading_cadre", _("leading cadre")
    FRONT_LINE = "front_line", _("production and front line")
    MILITARY_POLICE = "military_police", _("military and armed police")


class FrontLine(models.TextChoices):
    WORKER = "worker", _("worker")
    FARMER = "farmer", _("farmer")
    PROFESSIONAL = "professional", _("professional and technical")
    MODEL = "model", _("model worker")


class ElectionMethod(models.TextChoices):
    """How the delegate came in (reference.md §2.1)."""

    RE_ELECTION = "re_election", _("re-election by three ballots")
    QUOTA_REDUCTION = "quota_reduction", _("quota reduction")
    OPEN_DIRECT = "open_direct", _("open recommendation and direct election")
    COMPETITIVE = "competitive", _("competitive election")
    PRE_THEN_EQUAL = "pre_then_equal", _("competitive pre-election, then equal-number election")
    BY_ELECTION = "by_election", _("by-election")
    LEGACY = "legacy", _("older procedure")


class MandateStatus(models.TextChoices):
    """The life of a mandate (reference.md §2.4)."""

    CANDIDATE = "candidate", _("candidate")
    ELECTED = "elected", _("elected, credentials to be checked")
    ACTIVE = "active", _("in office")
    SUSPENDED = "suspended", _("functions suspended")
    CEASED = "ceased", _("functions ceased")
    RESIGN_PENDING = "resign_pending", _("resignation pending")
    TERMINATED = "terminated", _("mandate terminated")
    EXPIRED = "expired", _("term expired")
    VOID = "void", _("election void")
    NOT_ELECTED = "not_elected", _("not elected")


ENDED = ("void", "not_elected", "terminated", "ceased")
"""Whoever left like this may be elected to the same congress again, with a new mandate."""


@pghistory.track()
class Mandate(models.Model):
    """One person as delegate of one congress. History stays; nothing is deleted."""

    Status = MandateStatus

    person = models.ForeignKey(Person, models.PROTECT, related_name="mandates", verbose_name=_("person"))
    congress = models.ForeignKey(Congress, models.PROTECT, related_name="mandates", verbose_name=_("congress"))
    electing_unit = models.ForeignKey(
        ElectingUnit, models.PROTECT, related_name="mandates", verbose_name=_("electing unit")
    )
    delegation = models.ForeignKey(
        Delegation, models.PROTECT, null=True, blank=True, related_name="mandates", verbose_name=_("delegation")
    )
    group = models.ForeignKey(
        DelegateGroup, models.PROTECT, null=True, blank=True, related_name="mandates", verbose_name=_("delegate group")
    )
    status = models.CharField(
        _("status"), max_length=15, choices=MandateStatus, default=MandateStatus.ACTIVE, editable=False
    )
    main_category = models.CharField(_("category"), max_length=20, choices=MainCategory)
    front_line = models.CharField(_("front-line kind"), max_length=20, choices=FrontLine, blank=True)
    two_new = models.BooleanField(_("from the two new kinds of organisation"), default=False)
    village_graduate = models.BooleanField(_("graduate village official"), default=False)
    election = models.ForeignKey(
        "delegates.Election", models.PROTECT, null=True, blank=True, editable=False, related_name="candidates",
        verbose_name=_("election"),
    )  # fmt: skip
    method = models.CharField(_("election method"), max_length=20, choices=ElectionMethod)
    elected_on = models.DateField(_("elected on"), null=True, blank=True)
    votes_for = models.PositiveIntegerField(_("votes for"), null=True, blank=True)
    votes_due = models.PositiveIntegerField(_("electors due"), null=True, blank=True)
    certificate_number = models.CharField(_("certificate number"), max_length=30, blank=True)
    manual_rank = models.PositiveSmallIntegerField(
        _("fixed place in the roster"),
        null=True,
        blank=True,
        help_text=_("Only for those whose order is approved from above; everybody else follows in stroke order."),
    )
    note = models.CharField(_("remark"), max_length=200, blank=True)
    roster_key = models.CharField(max_length=260, editable=False, db_collation="C")
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("delegate"), _("delegates")
        ordering = ["roster_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "congress"], condition=~Q(status__in=ENDED), name="mandate_once_a_congress"
            ),
            models.UniqueConstraint(
                fields=["congress", "certificate_number"],
                condition=~Q(certificate_number=""),
                name="mandate_certificate_once",
                violation_error_message=_("Another delegate of this congress has this certificate number."),
            ),
            models.CheckConstraint(condition=Q(status__in=MandateStatus.values), name="mandate_status_known"),
            models.CheckConstraint(condition=Q(main_category__in=MainCategory.values), name="mandate_category_known"),
            models.CheckConstraint(condition=Q(method__in=ElectionMethod.values), name="mandate_method_known"),
            models.CheckConstraint(
                condition=Q(votes_for=None) | Q(votes_due=None) | Q(votes_for__lte=F("votes_due")),
                name="mandate_votes_within_electors",
                violation_error_message=_("More votes than electors."),
            ),
        ]
        indexes = [
            models.Index(fields=["roster_key", "id"], name="mandate_roster"),
            models.Index(fields=["congress", "roster_key"], name="mandate_congress_roster"),
        ]

    def __str__(self) -> str:
        return self.person.name
