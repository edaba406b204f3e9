"""Who stands behind a paper, what two readers thought of it, and older papers it may resemble."""

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from congress.models import Attachment, Organization
from delegates.models import Mandate
from proposals.models.papers import Proposal, RejectReason


class SignatureState(models.TextChoices):
    """What became of an invitation to sign. The lead proposer sees each of them (peers.md §3.4)."""

    INVITED = "invited", _("asked to sign")
    SIGNED = "signed", _("signed")
    DECLINED = "declined", _("declined")
    DROPPED = "dropped", _("no longer asked")
    EXPIRED = "expired", _("not answered in time")


@pghistory.track()
class Signature(models.Model):
    """One delegate's name under a paper, or the question whether he puts it there.

    It belongs to the exact text: `text_digest` is that of the paper when he signed. After an edit he is asked again.
    """

    State = SignatureState

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="signatures", verbose_name=_("paper"))
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="signatures", verbose_name=_("delegate"))
    is_lead = models.BooleanField(_("lead proposer"), default=False)
    state = models.CharField(
        _("state"), max_length=8, choices=SignatureState, default=SignatureState.INVITED, editable=False
    )
    text_digest = models.CharField(max_length=64, blank=True, editable=False)
    asked_at = models.DateTimeField(_("asked at"), null=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    times_asked = models.PositiveSmallIntegerField(_("times asked"), default=1)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, editable=False)
    note = models.CharField(_("remark"), max_length=200, blank=True)
    scan = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signature on paper")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("signature"), _("signatures")
        ordering = ["proposal", "-is_lead", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "mandate"], name="signature_once"),
            models.UniqueConstraint(fields=["proposal"], condition=Q(is_lead=True), name="signature_one_lead"),
            models.CheckConstraint(condition=Q(state__in=SignatureState.values), name="signature_state_known"),
            models.CheckConstraint(
                condition=~Q(state=SignatureState.SIGNED) | Q(answered_at__isnull=False), name="signature_signed_at"
            ),
        ]
        indexes = [models.Index(fields=["mandate", "state"], name="signature_of_a_delegate")]

    def __str__(self) -> str:
        return self.mandate.person.name


class Outcome(models.TextChoices):
    """The decisions of the screening (reference.md §3.4, 5a–5f), and what a reader may suggest."""

    FILE = "file", _("file it (立案)")
    CONVERT = "convert", _("convert it to a motion (转为提议)")
    MERGE = "merge", _("merge it (并案)")
    RETURN = "return", _("return it for completion (退回补正)")
    REJECT = "reject", _("do not file it (不予立案)")
    TO_ADVICE = "to_advice", _("take it as advice (转意见建议)")


@pghistory.track()
class ScreeningOpinion(models.Model):
    """What one reader suggests. Nobody decides before enough have read it."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="opinions", verbose_name=_("paper"))
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("reader"))
    round = models.PositiveSmallIntegerField(_("submission"), default=1)
    outcome = models.CharField(_("suggestion"), max_length=10, choices=Outcome)
    reject_reason = models.CharField(_("reason code"), max_length=14, choices=RejectReason, blank=True)
    text = models.TextField(_("opinion"), max_length=1000, blank=True)
    at = models.DateTimeField(_("at"), auto_now=True)

    class Meta:
        verbose_name, verbose_name_plural = _("screening opinion"), _("screening opinions")
        ordering = ["proposal", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "reader", "round"], name="screening_opinion_once"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="screening_outcome_known"),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()


class PrecedentSource(models.TextChoices):
    PARTY = "party", _("Party congress")
    NPC = "npc", _("people's congress (人大建议)")
    CPPCC = "cppcc", _("CPPCC (政协提案)")


class Precedent(models.Model):
    """A paper of any year a new one is held against: our own, and imported titles of 人大 and 政协.

    `title_grams` are the pairs of characters of its subject, `text_marks` the fingerprint of its text.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    source = models.CharField(_("source"), max_length=6, choices=PrecedentSource, default=PrecedentSource.PARTY)
    year = models.PositiveSmallIntegerField(_("year"))
    number_text = models.CharField(_("number"), max_length=40, blank=True)
    title = models.CharField(_("subject (案由)"), max_length=120)
    answer = models.CharField(_("what came of it"), max_length=200, blank=True)
    proposal = models.OneToOneField(
        Proposal, models.CASCADE, null=True, blank=True, editable=False, related_name="precedent"
    )
    title_grams = ArrayField(models.IntegerField(), default=list, editable=False)
    text_marks = ArrayField(models.IntegerField(), default=list, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("earlier paper"), _("earlier papers")
        ordering = ["-year", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "source", "year", "number_text", "title"],
                condition=Q(proposal=None),
                name="precedent_once",
            ),
        ]
        indexes = [
            GinIndex(fields=["title_grams"], name="precedent_title_grams"),
            GinIndex(fields=["text_marks"], name="precedent_text_marks"),
        ]

    def __str__(self) -> str:
        return self.title
