"""The recorded decisions on a mandate, and the motion to remove a delegate."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from congress.models import Attachment, Session
from delegates.models.mandates import Mandate, MandateStatus


class ChangeReason(models.TextChoices):
    """Why a mandate changes (reference.md §2.4)."""

    REGISTERED = "registered", _("entered into the register")
    ELECTED = "elected", _("elected")
    NOT_ELECTED = "not_elected", _("not elected")
    NOT_PUT_FORWARD = "not_put_forward", _("not put forward")
    CREDENTIALS = "credentials", _("credentials confirmed")
    PROCEDURE = "procedure", _("procedure broken: the unit elects again")
    UNFIT = "unfit", _("person unfit: the unit replaces him")
    CRIMINAL = "criminal", _("detained, investigated or prosecuted in a criminal case")
    DISCIPLINE_CASE = "discipline_case", _("disciplinary case opened")
    CAUSE_GONE = "cause_gone", _("cause of the suspension gone")
    MOVED_OUT = "moved_out", _("organisation relation moved out")
    POSTED_AWAY = "posted_away", _("posted outside the area")
    PROBATION = "probation", _("probation within the Party or heavier")
    MEMBERSHIP_STOPPED = "membership_stopped", _("Party membership stopped")
    NATIONALITY = "nationality", _("nationality lost")
    RIGHTS = "rights", _("deprived of political rights")
    DEATH = "death", _("died")
    RESIGNATION = "resignation", _("resigned")
    WITHDRAWN = "withdrawn", _("resignation withdrawn")
    DECLINED = "declined", _("resignation not accepted")
    REMOVAL = "removal", _("removed by the electing unit")
    IDLE = "idle", _("duties not performed")
    TERM_OVER = "term_over", _("term over")


@pghistory.track()
class MandateChange(models.Model):
    """One decision on one mandate: who proposed and decided, on what basis, when, and when it was filed upward.

    Written by the transition itself; afterwards only the filing and the report to the session are added.
    """

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="changes", verbose_name=_("delegate"))
    verb = models.CharField(_("decision"), max_length=30)
    source = models.CharField(_("status before"), max_length=15, choices=MandateStatus)
    target = models.CharField(_("status after"), max_length=15, choices=MandateStatus)
    reason = models.CharField(_("reason"), max_length=20, choices=ChangeReason)
    decided_on = models.DateField(_("decided on"))
    basis = models.CharField(_("basis document no."), max_length=100, blank=True)
    proposer = models.CharField(_("proposed by"), max_length=100, blank=True)
    decider = models.CharField(_("decided by"), max_length=100, blank=True)
    note = models.TextField(_("explanation"), blank=True)
    scan = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("scan of the document")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("recorded by")
    )
    at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    filing_due_on = models.DateField(_("to be filed by"), null=True, blank=True)
    filed_on = models.DateField(_("filed on"), null=True, blank=True)
    filing_number = models.CharField(_("filing no."), max_length=100, blank=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("filed by")
    )
    report_due = models.BooleanField(_("to be reported to the next session"), default=False)
    reported_at = models.ForeignKey(
        Session, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reported to the session")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("decision on a delegate"), _("decisions on delegates")
        ordering = ["-decided_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(reason__in=ChangeReason.values), name="change_reason_known"),
            models.CheckConstraint(
                condition=Q(source__in=MandateStatus.values) & Q(target__in=MandateStatus.values),
                name="change_status_known",
            ),
            models.CheckConstraint(
                condition=Q(filed_on=None) | Q(filed_on__gte=F("decided_on")),
                name="change_filed_after_it_was_decided",
                violation_error_message=_("It was filed before it was decided."),
            ),
        ]
        indexes = [
            models.Index(fields=["-decided_on", "-id"], name="change_by_day"),
            models.Index(
                fields=["filing_due_on"], condition=Q(filed_on=None, filing_due_on__isnull=False), name="change_to_file"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mandate} {self.get_reason_display()}"


class MotionMover(models.TextChoices):
    UNIT = "unit", _("members of the electing unit")
    COMMITTEE = "committee", _("the Party committee")


class MotionState(models.TextChoices):
    MOVED = "moved", _("moved, the delegate to be heard")
    HEARD = "heard", _("heard, to be voted")
    COUNTED = "counted", _("voted, the committee's decision awaited")
    APPROVED = "approved", _("removed")
    LOST = "lost", _("not carried")
    WITHDRAWN = "withdrawn", _("withdrawn")


@pghistory.track()
class RemovalMotion(models.Model):
    """A motion to remove a delegate (罢免案): moved, heard, voted in secret by the unit, approved by the committee."""

    State = MotionState

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="motions", verbose_name=_("delegate"))
    mover = models.CharField(_("moved by"), max_length=10, choices=MotionMover)
    supporters = models.PositiveIntegerField(_("members who move"), null=True, blank=True)
    electors = models.PositiveIntegerField(_("members of the electing unit"), null=True, blank=True)
    grounds = models.TextField(_("grounds"))
    moved_on = models.DateField(_("moved on"))
    state = models.CharField(_("state"), max_length=10, choices=MotionState, default=MotionState.MOVED, editable=False)
    heard_on = models.DateField(_("heard on"), null=True, blank=True, editable=False)
    statement = models.TextField(_("the delegate's statement"), blank=True, editable=False)
    voted_on = models.DateField(_("voted on"), null=True, blank=True, editable=False)
    due = models.PositiveIntegerField(_("electors due"), null=True, blank=True, editable=False)
    present = models.PositiveIntegerField(_("electors present"), null=True, blank=True, editable=False)
    issued = models.PositiveIntegerField(_("ballots issued"), null=True, blank=True, editable=False)
    collected = models.PositiveIntegerField(_("ballots collected"), null=True, blank=True, editable=False)
    invalid = models.PositiveIntegerField(_("ballots invalid"), null=True, blank=True, editable=False)
    votes_for = models.PositiveIntegerField(_("votes for the removal"), null=True, blank=True, editable=False)
    votes_against = models.PositiveIntegerField(_("votes against the removal"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("removal motion"), _("removal motions")
        ordering = ["-moved_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MotionState.values), name="motion_state_known"),
            models.CheckConstraint(condition=Q(mover__in=MotionMover.values), name="motion_mover_known"),
            models.UniqueConstraint(
                fields=["mandate"], condition=Q(state__in=["moved", "heard", "counted"]), name="motion_one_open"
            ),
            models.CheckConstraint(
                condition=Q(supporters=None) | Q(electors=None) | Q(supporters__lte=F("electors")),
                name="motion_supporters_within_electors",
                violation_error_message=_("More members move it than the electing unit has."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["moved", "heard", "withdrawn"]) | Q(due__isnull=False, votes_for__isnull=False),
                name="motion_counted_with_figures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mandate} {self.moved_on}"
