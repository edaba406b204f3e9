"""A workbook on its way in: uploaded, checked, shown, confirmed, applied."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from congress.models.accounts import User
from congress.models.files import Attachment
from congress.models.organizations import Organization


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("uploaded, being checked")
    CHECKED = "checked", _("checked, waiting for your confirmation")
    REJECTED = "rejected", _("rejected: mend the workbook and upload it again")
    CONFIRMED = "confirmed", _("confirmed, being written")
    APPLIED = "applied", _("done")
    FAILED = "failed", _("failed, nothing was written")
    DROPPED = "dropped", _("dropped")


class RowOutcome(models.TextChoices):
    CREATED = "created", _("new")
    UPDATED = "updated", _("changed")
    UNCHANGED = "unchanged", _("unchanged")
    REJECTED = "rejected", _("rejected")


class ImportRun(models.Model):
    """One upload. Counts are those of the check until it is applied, then those of the writing."""

    State = ImportState

    importer = models.CharField(_("kind of workbook"), max_length=20)
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="imports", verbose_name=_("organisation")
    )
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name=_("workbook"))
    errors_attachment = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("error workbook")
    )
    create_missing = models.BooleanField(
        _("create missing townships, congresses, electing units and groups"), default=False
    )
    state = models.CharField(
        _("state"), max_length=10, choices=ImportState, default=ImportState.UPLOADED, editable=False
    )
    problem = models.TextField(_("problem"), blank=True)
    progress = models.PositiveSmallIntegerField(_("progress (%)"), default=0)
    created = models.PositiveIntegerField(_("new"), default=0)
    updated = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    rejected = models.PositiveIntegerField(_("rejected"), default=0)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("uploaded by"))
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("written at"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("import"), _("imports")
        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ImportState.values), name="import_state_known")
        ]

    def __str__(self) -> str:
        return self.attachment.name


class ImportRow(models.Model):
    """One row of the workbook as the check judged it. Personal numbers are kept masked here, never in clear."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows", verbose_name=_("import"))
    sheet = models.CharField(_("sheet"), max_length=100)
    number = models.PositiveIntegerField(_("row"))
    outcome = models.CharField(_("result"), max_length=10, choices=RowOutcome)
    title = models.CharField(_("who"), max_length=100, blank=True)
    cells = models.JSONField(
        _("cells"), default=list
    )  # [{column, before, after, problem}] of new, changed and wrong cells

    class Meta:
        verbose_name, verbose_name_plural = _("import row"), _("import rows")
        ordering = ["pk"]
        indexes = [models.Index(fields=["run", "outcome"], name="importrow_run_outcome")]

    def __str__(self) -> str:
        return f"{self.sheet} {self.number}"
