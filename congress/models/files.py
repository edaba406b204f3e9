"""Uploaded and finished files: private, known by what they contain."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from congress.models.accounts import User
from congress.models.organizations import Organization


def random_name(instance: "Attachment", filename: str) -> str:
    """Where the file is stored: nothing the user typed is part of it."""
    return f"{secrets.token_hex(2)}/{secrets.token_hex(16)}"


class Attachment(models.Model):
    """A file of one organisation. `kind` is what was found inside, not what the name claimed."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        XLSX = "xlsx", "XLSX"
        DOCX = "docx", "DOCX"
        JPEG = "jpg", "JPEG"
        PNG = "png", "PNG"
        HTML = "html", "HTML"

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    name = models.CharField(_("file name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=4, choices=Kind)
    size = models.PositiveBigIntegerField(_("bytes"))
    sha256 = models.CharField(_("fingerprint (SHA-256)"), max_length=64)
    file = models.FileField(_("file"), upload_to=random_name, max_length=100)
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("uploaded by"))
    sensitive = models.BooleanField(_("holds personal numbers in clear"), default=False)
    restricted = models.BooleanField(_("for who manages the organisation alone"), default=False)
    stored_at = models.DateTimeField(_("stored at"), auto_now_add=True)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("file"), _("files")
        ordering = ["-stored_at"]

    def __str__(self) -> str:
        return self.name
