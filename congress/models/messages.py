"""Messages owed to people, and the ways they go out."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from congress.models.accounts import User


class Channel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    WEBHOOK = "webhook", _("SMS gateway")


class Notice(models.Model):
    """A message owed to somebody: in the app the moment it is posted. The key makes it impossible to owe it twice."""

    key = models.CharField(_("key"), max_length=200, unique=True)
    recipient = models.ForeignKey(User, models.CASCADE, related_name="notices", verbose_name=_("recipient"))
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    link = models.CharField(_("link"), max_length=200, blank=True)
    posted_at = models.DateTimeField(_("posted at"), auto_now_add=True)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("notice"), _("notices")
        ordering = ["-posted_at", "-pk"]
        indexes = [
            models.Index(fields=["recipient", "-posted_at"], name="notice_inbox"),
            models.Index(fields=["recipient"], condition=models.Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.subject


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    STUCK = "stuck", _("unknown: ask the gateway")


class Delivery(models.Model):
    """One notice on one outside channel. An SMS is claimed before the call, so a crash never sends it twice."""

    State = DeliveryState

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries", verbose_name=_("notice"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    state = models.CharField(
        _("state"), max_length=10, choices=DeliveryState, default=DeliveryState.WAITING, editable=False
    )
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("delivery"), _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once_a_channel"),
            models.CheckConstraint(condition=models.Q(state__in=DeliveryState.values), name="delivery_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.notice}"
