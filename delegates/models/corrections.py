"""What a delegate says is wrong in his record, until the office has answered."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from congress.fields import SealedRow
from delegates.models.mandates import Mandate


class CorrectionState(models.TextChoices):
    ASKED = "asked", _("waiting for the office")
    ACCEPTED = "accepted", _("corrected")
    DECLINED = "declined", _("not corrected")
    WITHDRAWN = "withdrawn", _("withdrawn")


class CorrectionRequest(SealedRow):
    """One fact, as it should be. The wanted value may be a phone number, so it is sealed."""

    State = CorrectionState

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="corrections", verbose_name=_("delegate"))
    fact = models.CharField(_("fact"), max_length=40)
    wanted_sealed = models.TextField(_("should be"), editable=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=CorrectionState, default=CorrectionState.ASKED, editable=False
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("correction request"), _("correction requests")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=CorrectionState.values), name="correction_state_known"),
            models.UniqueConstraint(
                fields=["mandate", "fact"], condition=models.Q(state="asked"), name="correction_one_open_a_fact"
            ),
        ]

    def __str__(self) -> str:
        return str(self.mandate)
