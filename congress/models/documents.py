"""Official documents: the wording they start from, the letterhead they carry, and what was issued."""

import pghistory
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from congress.models.accounts import User
from congress.models.files import Attachment
from congress.models.organizations import Organization


class DocumentLayout(models.TextChoices):
    """The forms of GB/T 9704-2012 an office needs, and the sheet without a head for what stays in the house."""

    RED_HEAD = "red_head", _("red head")
    LETTER = "letter", _("letter")
    PLAIN = "plain", _("plain sheet")


class DocumentState(models.TextChoices):
    DRAFT = "draft", _("draft")
    ISSUED = "issued", _("issued")
    VOIDED = "voided", _("voided")


class Urgency(models.TextChoices):
    """There is no mark of secrecy: what needs one may not be kept in this system."""

    URGENT = "加急", _("urgent (加急)")
    VERY_URGENT = "特急", _("very urgent (特急)")


@pghistory.track()
class Letterhead(models.Model):
    """How an organisation signs: the bodies that issue documents, the word before their number, the office's phone.

    What is left empty is made from the organisation's name.
    """

    organization = models.OneToOneField(
        Organization, models.PROTECT, related_name="letterhead", verbose_name=_("organisation")
    )
    committee = models.CharField(
        _("Party committee"), max_length=60, blank=True, help_text=_("As it signs: 中共石桥镇委员会.")
    )
    committee_word = models.CharField(
        _("word of the committee's documents"), max_length=12, blank=True, help_text=_("Before the year: 石桥委.")
    )
    office = models.CharField(_("liaison office"), max_length=60, blank=True)
    office_word = models.CharField(
        _("word of the office's documents"), max_length=12, blank=True, help_text=_("Before the year: 石桥党联.")
    )
    credentials = models.CharField(
        _("credentials committee"),
        max_length=60,
        blank=True,
        help_text=_("It has no word of its own: its documents carry the Party committee's."),
    )
    phone = models.CharField(
        _("office phone"),
        max_length=30,
        blank=True,
        validators=[RegexValidator(r"^[0-9０-９()（） —-]+$", _("Digits, brackets and hyphens only."))],
        help_text=_("Printed on contact cards and public notices."),
    )
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("letterhead"), _("letterheads")
        ordering = ["organization__path"]

    def __str__(self) -> str:
        return self.organization.name


@pghistory.track()
class DocumentTemplate(models.Model):
    """A branch's own wording of one kind of document. Without an organisation it is everybody's."""

    kind = models.CharField(_("kind of document"), max_length=60, editable=False)
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="document_templates",
        verbose_name=_("organisation"),
    )
    layout = models.CharField(_("layout"), max_length=10, choices=DocumentLayout, default=DocumentLayout.RED_HEAD)
    title = models.CharField(_("title"), max_length=200)
    recipient = models.CharField(_("main recipient"), max_length=200, blank=True)
    body = models.TextField(_("text"))
    copy_to = models.CharField(_("copies to"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("document template"), _("document templates")
        ordering = ["kind", "organization__path", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "organization"],
                nulls_distinct=False,
                name="document_template_once",
                violation_error_message=_("This organisation has its own wording of that kind already."),
            ),
            models.CheckConstraint(
                condition=Q(layout__in=DocumentLayout.values), name="document_template_layout_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class OfficialDocument(models.Model):
    """One document as finally worded. Its number is given when it is issued, and never again to another."""

    State = DocumentState

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="documents", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind of document"), max_length=60, editable=False)
    about = models.CharField(_("about"), max_length=60, blank=True, editable=False)
    layout = models.CharField(_("layout"), max_length=10, choices=DocumentLayout, default=DocumentLayout.RED_HEAD)
    issuer = models.CharField(_("issuing body"), max_length=60)
    word = models.CharField(_("word before the number"), max_length=12)
    year = models.PositiveSmallIntegerField(_("year"), null=True, editable=False)
    number = models.PositiveIntegerField(_("number"), null=True, editable=False)
    urgency = models.CharField(_("urgency"), max_length=4, choices=Urgency, blank=True)
    mark = models.CharField(
        _("mark at the top right"), max_length=4, blank=True, help_text=_("A reply bears its class: A, B, C or D.")
    )
    signer = models.CharField(
        _("signed off by"), max_length=40, blank=True, help_text=_("Printed on documents to a higher body.")
    )
    title = models.CharField(_("title"), max_length=200)
    recipient = models.CharField(_("main recipient"), max_length=200, blank=True)
    body = models.TextField(_("text"))
    attachments_note = models.TextField(
        _("list of enclosures"), blank=True, help_text=_("One a line; they are numbered in print.")
    )
    remark = models.CharField(
        _("note below the date"), max_length=100, blank=True, help_text=_("A request names whom to call.")
    )
    copy_to = models.CharField(_("copies to"), max_length=200, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=DocumentState, default=DocumentState.DRAFT, editable=False
    )
    issued_on = models.DateField(_("issued on"), null=True, editable=False)
    void_reason = models.CharField(_("why it was voided"), max_length=200, blank=True, editable=False)
    archive = models.ForeignKey(
        Attachment, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("archived file")
    )
    archive_sha256 = models.CharField(_("fingerprint (SHA-256)"), max_length=64, blank=True, editable=False)
    drafted_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("drafted by")
    )
    drafted_at = models.DateTimeField(_("drafted at"), auto_now_add=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("official document"), _("official documents")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "word", "year", "number"], name="document_number_once"),
            models.CheckConstraint(condition=Q(state__in=DocumentState.values), name="document_state_known"),
            models.CheckConstraint(condition=Q(layout__in=DocumentLayout.values), name="document_layout_known"),
            models.CheckConstraint(
                condition=~Q(state=DocumentState.ISSUED)
                | Q(number__isnull=False, year__isnull=False, issued_on__isnull=False),
                name="document_issued_has_number",
            ),
            models.CheckConstraint(
                condition=Q(year=None) | Q(year=F("issued_on__year")), name="document_number_of_its_year"
            ),
        ]
        indexes = [
            models.Index(fields=["about"], name="document_about"),
            models.Index(fields=["organization", "-id"], name="document_organization"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def number_text(self) -> str:
        """石桥党联〔2026〕5号; empty while it is a draft."""
        return f"{self.word}〔{self.year}〕{self.number}号" if self.number else ""
