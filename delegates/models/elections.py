"""How delegates come in: an election in one electing unit, its steps, ballots, notice, speeches and objections."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from congress.models import Attachment
from delegates.models.bodies import ElectingUnit
from delegates.models.mandates import ElectionMethod, Mandate


class ElectionKind(models.TextChoices):
    GENERAL = "general", _("general election")
    BY_ELECTION = "by_election", _("by-election")


class ElectionState(models.TextChoices):
    """The four steps ①–④ (reference.md §2.5) by what is awaited."""

    PLANNED = "planned", _("① candidates to be recommended")
    RECOMMENDED = "recommended", _("② reply on the candidates awaited")
    APPROVED = "approved", _("③ to be voted")
    VOTED = "voted", _("④ reply on the result awaited")
    COMPLETED = "completed", _("result approved")
    CANCELLED = "cancelled", _("cancelled")


RUNNING = ("planned", "recommended", "approved", "voted")


@pghistory.track()
class Election(models.Model):
    """One electing unit elects for some seats. A by-election fills the vacancies that point to it."""

    Kind, State = ElectionKind, ElectionState

    electing_unit = models.ForeignKey(
        ElectingUnit, models.PROTECT, related_name="elections", verbose_name=_("electing unit")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=ElectionKind, default=ElectionKind.GENERAL)
    method = models.CharField(_("election method"), max_length=20, choices=ElectionMethod)
    seats = models.PositiveSmallIntegerField(_("seats to fill"))
    state = models.CharField(
        _("step"), max_length=12, choices=ElectionState, default=ElectionState.PLANNED, editable=False
    )
    opened_on = models.DateField(_("opened on"))
    notice_from = models.DateField(_("public notice from"), null=True, blank=True, editable=False)
    notice_until = models.DateField(_("public notice until"), null=True, blank=True, editable=False)
    notice_place = models.CharField(_("where it is posted"), max_length=120, blank=True, editable=False)
    note = models.CharField(_("remark"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("election"), _("elections")
        ordering = ["-opened_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ElectionState.values), name="election_state_known"),
            models.CheckConstraint(condition=Q(kind__in=ElectionKind.values), name="election_kind_known"),
            models.CheckConstraint(condition=Q(method__in=ElectionMethod.values), name="election_method_known"),
            models.CheckConstraint(
                condition=Q(seats__gte=1),
                name="election_fills_a_seat",
                violation_error_message=_("An election fills at least one seat."),
            ),
            models.CheckConstraint(
                condition=Q(notice_until=None) | Q(notice_until__gte=F("notice_from")),
                name="election_notice_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.electing_unit}{self.get_kind_display()}"


class ElectionStep(models.Model):
    """What was done at a step: its date and its document. Lines of the election's page, never changed."""

    election = models.ForeignKey(Election, models.PROTECT, related_name="steps", verbose_name=_("election"))
    verb = models.CharField(_("step"), max_length=30)
    done_on = models.DateField(_("date"))
    basis = models.CharField(_("document number"), max_length=100, blank=True)
    note = models.CharField(_("remark"), max_length=300, blank=True)
    scan = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("scan of the document")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("recorded by")
    )
    at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("election step"), _("election steps")
        ordering = ["done_on", "pk"]

    def __str__(self) -> str:
        return f"{self.verb} {self.done_on}"


class BallotStage(models.TextChoices):
    """Whose ballot it is (reference.md §2.1): the masses recommend, members trust, members elect."""

    RECOMMENDATION = "recommendation", _("recommendation ballot")
    TRUST = "trust", _("trust ballot")
    PRE_ELECTION = "pre_election", _("pre-election ballot")
    ELECTION = "election", _("election ballot")


@pghistory.track()
class Ballot(models.Model):
    """One counting of votes: figures only, secret ballots leave no names. More collected than issued makes it void."""

    election = models.ForeignKey(Election, models.PROTECT, related_name="ballots", verbose_name=_("election"))
    stage = models.CharField(_("ballot"), max_length=15, choices=BallotStage)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    held_on = models.DateField(_("day of the ballot"))
    due = models.PositiveIntegerField(_("electors due"))
    present = models.PositiveIntegerField(_("electors present"))
    issued = models.PositiveIntegerField(_("ballots issued"))
    collected = models.PositiveIntegerField(_("ballots collected"))
    invalid = models.PositiveIntegerField(_("ballots invalid"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("ballot"), _("ballots")
        ordering = ["election", "held_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["election", "stage", "round"], name="ballot_once_a_round"),
            models.CheckConstraint(condition=Q(stage__in=BallotStage.values), name="ballot_stage_known"),
            models.CheckConstraint(
                condition=Q(present__lte=F("due")) & Q(issued__lte=F("present")) & Q(invalid__lte=F("collected")),
                name="ballot_figures_fit",
                violation_error_message=_(
                    "The figures do not fit: present ≤ due, issued ≤ present, invalid ≤ collected."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.held_on}"

    @property
    def valid(self) -> int:
        return self.collected - self.invalid

    @property
    def is_void(self) -> bool:
        return self.collected > self.issued


class BallotResult(models.Model):
    """The votes of one candidate in one ballot."""

    ballot = models.ForeignKey(Ballot, models.PROTECT, related_name="results", verbose_name=_("ballot"))
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="ballot_results", verbose_name=_("candidate"))
    votes_for = models.PositiveIntegerField(_("votes for"))
    votes_against = models.PositiveIntegerField(_("votes against"), default=0)
    abstentions = models.PositiveIntegerField(_("abstentions"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("ballot result"), _("ballot results")
        ordering = ["ballot", "-votes_for", "pk"]
        constraints = [models.UniqueConstraint(fields=["ballot", "mandate"], name="ballot_result_once")]

    def __str__(self) -> str:
        return f"{self.mandate}: {self.votes_for}"


@pghistory.track()
class Speech(models.Model):
    """A candidate's public speech before the vote (公开演讲)."""

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="speeches", verbose_name=_("candidate"))
    given_on = models.DateField(_("given on"))
    place = models.CharField(_("place"), max_length=120)
    listeners = models.PositiveIntegerField(_("listeners"))
    summary = models.TextField(_("what was promised"), blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("public speech"), _("public speeches")
        ordering = ["given_on", "pk"]

    def __str__(self) -> str:
        return f"{self.mandate} {self.given_on}"


@pghistory.track()
class Objection(models.Model):
    """What somebody said against a candidate or the procedure during the public notice, and what was found."""

    election = models.ForeignKey(Election, models.PROTECT, related_name="objections", verbose_name=_("election"))
    mandate = models.ForeignKey(
        Mandate, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("about the candidate")
    )
    received_on = models.DateField(_("received on"))
    real_name = models.BooleanField(_("under a real name"), default=True)
    content = models.TextField(_("what is objected"))
    finding = models.TextField(_("what was found"), blank=True)
    upheld = models.BooleanField(_("upheld"), null=True, blank=True)
    concluded_on = models.DateField(_("concluded on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("objection"), _("objections")
        ordering = ["received_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(concluded_on=None, upheld=None) | Q(concluded_on__isnull=False, upheld__isnull=False),
                name="objection_concluded_with_a_finding",
                violation_error_message=_("A conclusion has a date and says whether the objection is upheld."),
            ),
            models.CheckConstraint(
                condition=Q(concluded_on=None) | Q(concluded_on__gte=F("received_on")),
                name="objection_concluded_after_it_came",
                violation_error_message=_("It was concluded before it was received."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.election} {self.received_on}"
