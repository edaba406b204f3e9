"""The check of credentials (代表资格审查): a batch of elected delegates, judged one by one, approved together."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from congress.models import Attachment, Congress
from delegates.models.mandates import Mandate


class ReviewState(models.TextChoices):
    DRAFT = "draft", _("being checked")
    SUBMITTED = "submitted", _("report submitted, reply awaited")
    APPROVED = "approved", _("approved")


class Verdict(models.TextChoices):
    PASS = "pass", _("confirmed")
    PROCEDURE = "procedure", _("procedure broken: the unit elects again")
    UNFIT = "unfit", _("person unfit: the unit replaces him")


@pghistory.track()
class CredentialsReview(models.Model):
    """One report of the credentials committee on delegates elected to one congress."""

    State = ReviewState

    congress = models.ForeignKey(Congress, models.PROTECT, related_name="reviews", verbose_name=_("congress"))
    checked_on = models.DateField(_("checked on"))
    members = models.CharField(
        _("members of the credentials committee"), max_length=300, help_text=_("Names, separated by “、”.")
    )
    opinion = models.TextField(_("opinion of the committee"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ReviewState, default=ReviewState.DRAFT, editable=False)
    decided_on = models.DateField(_("approved on"), null=True, blank=True, editable=False)
    basis = models.CharField(_("document no. of the reply"), max_length=100, blank=True, editable=False)
    scan = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("scan of the document"),
    )  # fmt: skip
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("credentials check"), _("credentials checks")
        ordering = ["-checked_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ReviewState.values), name="review_state_known"),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(decided_on__isnull=False), name="review_approved_on_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.congress} {self.checked_on}"


@pghistory.track()
class CredentialsItem(models.Model):
    """One delegate in the check: the points looked at, and the verdict."""

    Verdict = Verdict

    review = models.ForeignKey(CredentialsReview, models.PROTECT, related_name="items", verbose_name=_("check"))
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="credentials", verbose_name=_("delegate"))
    procedure_sound = models.BooleanField(_("procedure followed"), default=True)
    votes_enough = models.BooleanField(_("votes beyond half"), default=True)
    full_member = models.BooleanField(_("full Party member with right to vote"), default=True)
    notice_clear = models.BooleanField(_("no objection upheld"), default=True)
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict, default=Verdict.PASS)
    note = models.CharField(_("explanation"), max_length=200, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("checked delegate"), _("checked delegates")
        ordering = ["review", "mandate__roster_key", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "mandate"], name="credentials_once_a_review"),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="credentials_verdict_known"),
            models.CheckConstraint(
                condition=~Q(verdict="pass")
                | Q(procedure_sound=True, votes_enough=True, full_member=True, notice_clear=True),
                name="credentials_pass_on_every_point",
                violation_error_message=_("Whoever is confirmed passes every point."),
            ),
            models.CheckConstraint(
                condition=Q(verdict="pass") | ~Q(note=""),
                name="credentials_refusal_explained",
                violation_error_message=_("Say why the election is not confirmed."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mandate} {self.get_verdict_display()}"


class Commitment(models.Model):
    """The pledge a delegate has signed for his term (履职承诺). Signed once, kept as it was worded."""

    mandate = models.OneToOneField(Mandate, models.PROTECT, related_name="commitment", verbose_name=_("delegate"))
    text = models.TextField(_("pledge"))
    own_words = models.TextField(_("in his own words"), blank=True)
    signed_at = models.DateTimeField(_("signed at"), auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("pledge"), _("pledges")

    def __str__(self) -> str:
        return str(self.mandate)
