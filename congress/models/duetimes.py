"""The ledger of open due times: what must happen by when, whoever's floor it is, and which message is owed next."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from congress.models.organizations import Organization


class Rung(models.TextChoices):
    """How far the ladder of reminders has been climbed."""

    NONE = "", _("nobody told yet")
    SOON = "soon", _("reminded before the day")
    DUE = "due", _("reminded on the day")
    OVERDUE = "overdue", _("told that it is overdue")
    ESCALATED = "escalated", _("told to the office above")
    URGED = "urged", _("letter of urging (催办函)")
    SUPERVISED = "supervised", _("supervised (督办)")
    LEADER = "leader", _("told to the leading committee member")


class DueTime(models.Model):
    """One thing owed by an organisation. The due instant and its reason are stored; `next_at` is when to speak next."""

    key = models.CharField(_("key"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=40)
    subject_id = models.PositiveBigIntegerField()
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    title = models.CharField(_("what is due"), max_length=200)
    link = models.CharField(_("link"), max_length=200, blank=True)
    starts_on = models.DateField(_("counted from"))
    original_on = models.DateField(_("first due on"), null=True, editable=False)
    due_on = models.DateField(_("due on"))
    due_at = models.DateTimeField(_("due at"))
    steps = models.JSONField(_("why this day"), default=list)
    rule = models.CharField(_("rule"), max_length=60, blank=True, editable=False)
    ruled_by = models.ForeignKey(
        Organization, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("whose rule counts")
    )
    rung = models.CharField(_("reminders"), max_length=10, choices=Rung, default=Rung.NONE, blank=True)
    next_at = models.DateTimeField(_("next message at"), null=True, blank=True)
    paused_at = models.DateTimeField(_("paused at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("done at"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("due time"), _("due times")
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(next_at=None), name="due_time_closed_owes_no_message"
            ),
            models.CheckConstraint(
                condition=Q(paused_at=None) | Q(next_at=None), name="due_time_paused_owes_no_message"
            ),
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], condition=Q(next_at__isnull=False), name="due_time_next"),
            models.Index(fields=["organization", "due_at"], condition=Q(closed_at=None), name="due_time_open"),
            models.Index(fields=["kind", "subject_id"], name="due_time_subject"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ruling(self) -> Organization:
        """The organisation whose rules count: of the day, and of when it is spoken of."""
        return self.ruled_by or self.organization
