"""Committee members keep in touch with groups and with single delegates (党委委员联系代表小组、代表)."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from delegates.models import CommitteeMember, DelegateGroup, Mandate
from liaison.querysets import CommitteeLinkQuerySet


@pghistory.track()
class CommitteeLink(models.Model):
    """One member's link with one group or one delegate, from a day on. It is ended, never deleted."""

    member = models.ForeignKey(
        CommitteeMember, models.PROTECT, related_name="links", verbose_name=_("committee member")
    )
    group = models.ForeignKey(
        DelegateGroup, models.PROTECT, null=True, blank=True, related_name="links", verbose_name=_("delegate group")
    )
    mandate = models.ForeignKey(
        Mandate, models.PROTECT, null=True, blank=True, related_name="links", verbose_name=_("delegate")
    )
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True, editable=False)
    ended_note = models.CharField(_("why it ended"), max_length=200, blank=True, editable=False)

    objects = CommitteeLinkQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("committee link"), _("committee links")
        ordering = ["member", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(group=None, mandate__isnull=False) | Q(group__isnull=False, mandate=None),
                name="link_with_a_group_or_a_delegate",
                violation_error_message=_("Choose one delegate group or one delegate."),
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="link_ends_after_it_began",
                violation_error_message=_("It cannot end before it began."),
            ),
            models.UniqueConstraint(
                fields=["member", "group"], condition=Q(until=None, group__isnull=False), name="link_group_once",
                violation_error_message=_("This member is linked with this group already."),
            ),
            models.UniqueConstraint(
                fields=["member", "mandate"], condition=Q(until=None, mandate__isnull=False), name="link_mandate_once",
                violation_error_message=_("This member is linked with this delegate already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.member}—{self.group or self.mandate}"
