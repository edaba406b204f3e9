"""What the delegates are told, what they think of it, and what was promised (答复、征询意见、B类跟踪)."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from congress.models import Attachment, OfficialDocument, Organization
from delegates.models import Mandate
from proposals.models.assignments import Assignment
from proposals.models.papers import Proposal
from proposals.querysets import UndertakingQuerySet


class ReplyClass(models.TextChoices):
    """Printed at the top right of the letter (reference.md §3.7)."""

    A = "A", _("A settled, or settled in the main")
    B = "B", _("B being settled, or planned to be")
    C = "C", _("C to be settled later")
    D = "D", _("D kept for reference")


@pghistory.track()
class Reply(models.Model):
    """One answer to one paper: by a unit through the office's review, or by the office itself."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="replies", verbose_name=_("paper"))
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, null=True, blank=True, related_name="replies", verbose_name=_("assignment")
    )
    round = models.PositiveSmallIntegerField(_("handling"), default=1, editable=False)
    reply_class = models.CharField(_("class of the reply"), max_length=1, choices=ReplyClass)
    text = models.TextField(_("reply"), max_length=8000)
    signer = models.CharField(_("signed by (head of the unit)"), max_length=40)
    contact_name = models.CharField(_("contact person"), max_length=40)
    contact_phone = models.CharField(_("phone"), max_length=30)
    promise = models.CharField(_("what is promised"), max_length=300, blank=True)
    promise_due_on = models.DateField(_("promised for"), null=True, blank=True)
    promise_evidence = models.CharField(_("what will prove it"), max_length=100, blank=True)
    bounced_note = models.TextField(_("what the review asks to change"), max_length=1000, blank=True, editable=False)
    approved_by = models.CharField(_("approved by"), max_length=60, blank=True, editable=False)
    issued_on = models.DateField(_("issued on"), null=True, editable=False)
    document = models.ForeignKey(
        OfficialDocument, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("letter")
    )
    sealed_scan = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("scan of the sealed letter")
    )
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("reply"), _("replies")
        ordering = ["proposal", "round", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "assignment", "round"], nulls_distinct=False, name="reply_once_a_round"
            ),
            models.CheckConstraint(condition=Q(reply_class__in=ReplyClass.values), name="reply_class_known"),
            models.CheckConstraint(
                condition=~Q(reply_class=ReplyClass.B)
                | (Q(promise_due_on__isnull=False) & ~Q(promise="") & ~Q(promise_evidence="")),
                name="reply_b_promises",
            ),
        ]

    def __str__(self) -> str:
        return self.get_reply_class_display()

    @property
    def letter(self) -> Attachment | None:
        """The file of the letter: its sealed scan, else the issued document as it was printed."""
        document = self.document
        printed = document.archive if document and document.state == OfficialDocument.State.ISSUED else None
        kept = self.sealed_scan or printed
        return kept if kept and kept.removed_at is None else None


class Satisfaction(models.TextChoices):
    SATISFIED = "satisfied", _("satisfied (满意)")
    FAIRLY = "fairly", _("fairly satisfied (基本满意)")
    DISSATISFIED = "dissatisfied", _("not satisfied (不满意)")


@pghistory.track()
class Feedback(models.Model):
    """One signer's own opinion of one handling: of the attitude, and of the result. Silence makes no row."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="feedbacks", verbose_name=_("paper"))
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="feedbacks", verbose_name=_("delegate"))
    round = models.PositiveSmallIntegerField(_("handling"), default=1)
    attitude = models.CharField(_("with the attitude"), max_length=12, choices=Satisfaction)
    result = models.CharField(_("with the result"), max_length=12, choices=Satisfaction)
    text = models.TextField(_("opinion"), max_length=1000, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name=_("entered from paper by"),
    )  # fmt: skip
    scan = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed form")
    )

    class Meta:
        verbose_name, verbose_name_plural = (
            _("delegate's opinion of the handling"),
            _("delegates' opinions of the handling"),
        )
        ordering = ["proposal", "round", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "mandate", "round"], name="feedback_once_a_round"),
            models.CheckConstraint(
                condition=Q(attitude__in=Satisfaction.values, result__in=Satisfaction.values),
                name="feedback_satisfaction_known",
            ),
            models.CheckConstraint(
                condition=Q(entered_by=None) | Q(scan__isnull=False), name="feedback_from_paper_has_its_form"
            ),
        ]

    def __str__(self) -> str:
        return self.get_result_display()


class UndertakingState(models.TextChoices):
    OPEN = "open", _("to be done")
    REPORTED = "reported", _("reported done, to be confirmed")
    KEPT = "kept", _("kept")
    DROPPED = "dropped", _("given up, with a reason")


@pghistory.track()
class Undertaking(models.Model):
    """What a B-class reply promises: owner, day, evidence. It lives on after the meeting year until it is kept."""

    State = UndertakingState

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="undertakings", verbose_name=_("paper"))
    unit = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("handling unit"))
    text = models.CharField(_("what is promised"), max_length=300)
    original_due_on = models.DateField(_("first promised for"), editable=False)
    due_on = models.DateField(_("promised for"))
    evidence_kind = models.CharField(_("what will prove it"), max_length=100)
    state = models.CharField(
        _("state"), max_length=8, choices=UndertakingState, default=UndertakingState.OPEN, editable=False
    )
    evidence = models.TextField(_("what was done"), max_length=2000, blank=True, editable=False)
    evidence_file = models.ForeignKey(
        Attachment, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("evidence")
    )
    done_on = models.DateField(_("done on"), null=True, editable=False)
    confirmed_by = models.CharField(_("confirmed by"), max_length=60, blank=True, editable=False)

    objects = UndertakingQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("promise of a B-class reply"), _("promises of B-class replies")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=UndertakingState.values), name="undertaking_state_known"),
            models.CheckConstraint(
                condition=~Q(state="kept") | Q(done_on__isnull=False), name="undertaking_kept_on_a_day"
            ),
        ]
        indexes = [models.Index(fields=["unit", "due_on"], condition=Q(state="open"), name="undertaking_open")]

    def __str__(self) -> str:
        return self.text


@pghistory.track()
class ProposalResult(models.Model):
    """What a paper brought about, in a number: 整合机构 36 个 (F090)."""

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="results", verbose_name=_("paper"))
    name = models.CharField(_("what"), max_length=60)
    quantity = models.DecimalField(_("how many"), max_digits=12, decimal_places=2)
    measure_word = models.CharField(_("unit of measure"), max_length=10)
    note = models.CharField(_("source or link"), max_length=200, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("result in figures"), _("results in figures")
        ordering = ["proposal", "pk"]

    def __str__(self) -> str:
        return f"{self.name}{self.quantity.normalize():f}{self.measure_word}"
