"""What delegates belong to for a term: electing unit, delegation, group."""

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from congress.models import Congress, Organization


@pghistory.track()
class ElectingUnit(models.Model):
    """The body that elects some of a congress's delegates."""

    congress = models.ForeignKey(Congress, models.PROTECT, related_name="electing_units", verbose_name=_("congress"))
    name = models.CharField(_("name"), max_length=80)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("village or unit")
    )
    seat_quota = models.PositiveSmallIntegerField(_("seat quota"), null=True, blank=True)
    quota_basis = models.CharField(_("basis of the quota"), max_length=120, blank=True)
    party_members = models.PositiveIntegerField(_("Party members"), null=True, blank=True)
    party_organisations = models.PositiveIntegerField(_("Party organisations"), null=True, blank=True)
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("contact person"),
    )
    number = models.PositiveSmallIntegerField(_("order"), default=0)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("electing unit"), _("electing units")
        ordering = ["congress", "number", "pk"]
        constraints = [models.UniqueConstraint(fields=["congress", "name"], name="electing_unit_once")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Delegation(models.Model):
    """The body delegates sit in at the meeting, kept for the whole term under the standing system."""

    congress = models.ForeignKey(Congress, models.PROTECT, related_name="delegations", verbose_name=_("congress"))
    number = models.PositiveSmallIntegerField(_("order"))
    name = models.CharField(_("name"), max_length=80)
    head = models.ForeignKey(
        "delegates.Mandate", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("head")
    )
    deputies = models.ManyToManyField("delegates.Mandate", blank=True, related_name="+", verbose_name=_("deputy heads"))
    liaison = models.ForeignKey(
        "delegates.Mandate", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("liaison officer")
    )
    place = models.CharField(_("place of discussion"), max_length=120, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("delegation"), _("delegations")
        ordering = ["congress", "number"]
        constraints = [
            models.UniqueConstraint(fields=["congress", "name"], name="delegation_once"),
            models.UniqueConstraint(fields=["congress", "number"], name="delegation_number_once"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class DelegateGroup(models.Model):
    """The group delegates work in between meetings, by village, area or trade."""

    congress = models.ForeignKey(Congress, models.PROTECT, related_name="groups", verbose_name=_("congress"))
    name = models.CharField(_("name"), max_length=80)
    number = models.PositiveSmallIntegerField(_("order"), default=0)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("village or area")
    )
    leader = models.ForeignKey(
        "delegates.Mandate", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("group leader")
    )
    deputy = models.ForeignKey(
        "delegates.Mandate", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("deputy leader")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("delegate group"), _("delegate groups")
        ordering = ["congress", "number", "pk"]
        constraints = [models.UniqueConstraint(fields=["congress", "name"], name="group_once")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class CommitteeMember(models.Model):
    """A member of the Party committee a congress elected (党委委员), as far as delegates' work needs him."""

    congress = models.ForeignKey(Congress, models.PROTECT, related_name="committee_members", verbose_name=_("congress"))
    name = models.CharField(_("name"), max_length=40)
    post = models.CharField(_("post"), max_length=120, blank=True)
    duties = models.CharField(_("field of work (分管)"), max_length=200, blank=True)
    number = models.PositiveSmallIntegerField(_("order"), default=0)
    is_standing = models.BooleanField(_("of the standing committee"), default=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("account")
    )
    left_on = models.DateField(_("left on"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("committee member"), _("committee members")
        ordering = ["congress", "number", "pk"]
        constraints = [models.UniqueConstraint(fields=["congress", "name", "post"], name="committee_member_once")]

    def __str__(self) -> str:
        return self.name
