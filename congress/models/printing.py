"""What was printed, when, by whom, and with which fingerprint."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from congress.models.accounts import User
from congress.models.files import Attachment
from congress.models.organizations import Organization


class PrintState(models.TextChoices):
    QUEUED = "queued", _("waiting")
    RENDERING = "rendering", _("being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")


class PrintedReport(models.Model):
    """One printing of one report. `content_hash` names what went in: the same content is not made twice."""

    State = PrintState

    key = models.CharField(_("report"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    params = models.JSONField(_("parameters"), default=dict)
    format = models.CharField(_("format"), max_length=4, choices=[("pdf", "PDF"), ("xlsx", "XLSX"), ("html", "HTML")])
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    state = models.CharField(_("state"), max_length=10, choices=PrintState, default=PrintState.QUEUED, editable=False)
    progress = models.PositiveSmallIntegerField(_("progress (%)"), default=0)
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    attachment = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    rows = models.PositiveIntegerField(_("rows"), default=0)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("printed by"))
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("printed report"), _("printed reports")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=PrintState.values), name="print_state_known")
        ]
        indexes = [models.Index(fields=["content_hash"], name="printed_content")]

    def __str__(self) -> str:
        return self.title
