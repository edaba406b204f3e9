"""Work owed to a worker. The row is the truth; the broker only rings."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from congress.querysets import JobQuerySet


class Job(models.Model):
    """One piece of background work, written in the transaction that owes it."""

    key = models.CharField(_("key"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=40)
    subject_id = models.BigIntegerField(_("subject"))
    run_after = models.DateTimeField(_("not before"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.TextField(_("last error"), blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    dead_at = models.DateTimeField(_("given up at"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("background job"), _("background jobs")
        ordering = ["run_after"]
        indexes = [
            models.Index(fields=["run_after"], condition=models.Q(done_at=None, dead_at=None), name="job_waiting")
        ]

    def __str__(self) -> str:
        return self.key
