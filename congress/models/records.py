"""What happened: the journal of verbs, the chained audit, and the memory of requests already served."""

import pgtrigger
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from congress.models.accounts import User
from congress.models.organizations import Organization


class JournalEntry(models.Model):
    """One line of the permanent record of a life. Written in the same transaction as the fact."""

    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey()
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    verb = models.CharField(_("what"), max_length=40)
    source = models.CharField(_("from"), max_length=40)
    target = models.CharField(_("to"), max_length=40)
    note = models.TextField(_("note"), blank=True)
    said = models.CharField(max_length=64, blank=True, db_default="", editable=False)  # fingerprint of what was said

    class Meta:
        verbose_name, verbose_name_plural = _("journal entry"), _("journal")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="journal_subject")]

    def __str__(self) -> str:
        return f"{self.verb}: {self.source} → {self.target}"


class AuditEvent(models.Model):
    """One security-relevant event, chained to the one before: who read, exported, signed in, or was refused."""

    at = models.DateTimeField(_("at"), default=timezone.now)
    actor = models.CharField(_("account"), max_length=150)
    actor_id = models.BigIntegerField(_("account number"), null=True)
    roles = models.CharField(_("roles"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=45, blank=True)
    action = models.CharField(_("action"), max_length=40)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, related_name="+", verbose_name=_("organisation")
    )
    detail = models.JSONField(_("detail"), default=dict)
    succeeded = models.BooleanField(_("succeeded"), default=True)
    request_id = models.CharField(_("request"), max_length=40, blank=True)
    previous = models.CharField(max_length=64, unique=True, editable=False)
    chain = models.CharField(_("chain"), max_length=64, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("audit event"), _("audit events")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["-at"], name="audit_at"),
            models.Index(fields=["action", "-at"], name="audit_action"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.subject}"


class IdempotencyKey(models.Model):
    """A request already served: asked again with the same key, it gets the same answer and does nothing twice."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)  # 0 while the first request is still at work
    answer = models.JSONField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key
