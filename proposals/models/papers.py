"""Papers of delegates: what they ask for, why, and what should be done by whom (提案、提议、建议意见、金点子)."""

import pghistory
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from congress.fields import display
from congress.models import Attachment, Congress, Organization, Session
from congress.querysets import PlainWords, WordPieces
from delegates.models import CommitteeMember, Delegation, Mandate
from proposals.models.categories import Category
from proposals.querysets import ProposalQuerySet


class ProposalKind(models.TextChoices):
    """The kinds of reference.md §3.1. What a workroom receives is the liaison floor's."""

    PROPOSAL = "proposal", _("proposal (提案)")
    MOTION = "motion", _("motion (提议)")
    ADVICE = "advice", _("advice (建议意见)")
    GOLDEN_IDEA = "golden_idea", _("golden idea (金点子)")


class ProposalState(models.TextChoices):
    """Where a paper stands (reference.md §3.4)."""

    DRAFT = "draft", _("draft")
    SIGNING = "signing", _("being co-signed")
    SUBMITTED = "submitted", _("submitted")
    REGISTERED = "registered", _("registered")
    SCREENING = "screening", _("being screened")
    FILED = "filed", _("filed (立案)")
    CONVERTED = "converted", _("converted to a motion")
    MERGED = "merged", _("merged into another paper")
    RETURNED = "returned", _("returned for completion")
    REJECTED = "rejected", _("not filed")
    TO_ADVICE = "to_advice", _("taken as advice")
    WITHDRAWN = "withdrawn", _("withdrawn")
    DELIBERATION = "deliberation", _("before the congress")
    PLANNING = "planning", _("handling being planned")
    ASSIGNED = "assigned", _("assigned to units")
    ANSWERED = "answered", _("answered")
    FEEDBACK = "feedback", _("delegates' opinion awaited")
    REHANDLING = "rehandling", _("being handled again")
    TRACKING = "tracking", _("promises being tracked")
    CLOSED = "closed", _("closed")
    REPORTED = "reported", _("reported to the congress")


S = ProposalState
PRIVATE = (S.DRAFT, S.SIGNING)
"""Nobody but its signers knows of it yet."""
EDITABLE = (S.DRAFT, S.SIGNING, S.RETURNED)
WITH_OFFICE = (
    S.REGISTERED, S.SCREENING, S.RETURNED, S.FILED, S.CONVERTED, S.TO_ADVICE, S.DELIBERATION, S.PLANNING
)  # fmt: skip
"""Not yet given to a unit: no day for the reply yet."""
WITH_UNITS = (S.ASSIGNED, S.REHANDLING)
ANSWERED = (S.ANSWERED, S.FEEDBACK, S.TRACKING)
MERGEABLE = (S.SCREENING, S.FILED, S.CONVERTED, S.TO_ADVICE, S.PLANNING, S.ASSIGNED)
"""What another paper can be merged into: it will be answered, and is not yet."""
PUBLISHABLE = (
    S.FILED, S.CONVERTED, S.DELIBERATION, S.PLANNING, S.ASSIGNED, S.ANSWERED, S.FEEDBACK, S.REHANDLING, S.TRACKING,
    S.CLOSED, S.REPORTED,
)  # fmt: skip
"""What the office may open to everybody; whatever else becomes of an open paper closes it again."""
ENDED = (S.REJECTED, S.WITHDRAWN, S.MERGED, S.CLOSED, S.REPORTED)
NUMBERED = tuple(state for state in S if state not in (*PRIVATE, S.SUBMITTED, S.WITHDRAWN))


class Scope(models.TextChoices):
    """Whose interest it is about; the survey's complaint is that too many papers speak of one's own unit."""

    OVERALL = "overall", _("the whole district or town")
    REGION = "region", _("one area")
    TRADE = "trade", _("one trade or field")
    OWN_UNIT = "own_unit", _("my own unit")
    PERSONAL = "personal", _("a private matter")


class RejectReason(models.TextChoices):
    """Why a paper is not filed (reference.md §3.4; 平凉市提案办法 art. 2, 政协提案办理惯例)."""

    AGAINST_RULES = "against_rules", _("contrary to Party rules, law or policy")
    SECRET = "secret", _("touches secrets")
    IN_COURT = "in_court", _("before a court or arbitration")
    VAGUE = "vague", _("too vague to be carried out")
    BEYOND_POWERS = "beyond_powers", _("beyond the congress's powers")
    FORBIDDEN = "forbidden", _("forbidden by the state")
    ACADEMIC = "academic", _("an academic discussion")
    PRIVATE = "private", _("a private matter of oneself or relatives")
    ADVERTISING = "advertising", _("advertises a product")
    ACCUSATION = "accusation", _("accuses somebody by name")
    SINGLE_UNIT = "single_unit", _("a single unit or person can settle it")
    OTHER_CHANNEL = "other_channel", _("belongs to 人大, 政协, a court or 信访")


class IdeaAdoption(models.TextChoices):
    """How far a golden idea is taken up (F091)."""

    ADOPTED = "adopted", _("adopted")
    PARTLY = "partly", _("adopted in part")
    KEPT = "kept", _("kept for reference")


@pghistory.track()
class Proposal(models.Model):
    """One paper: one matter (一事一案). Its kind may change by a decision; the number it had is kept beside."""

    Kind, State = ProposalKind, ProposalState

    congress = models.ForeignKey(Congress, models.PROTECT, related_name="proposals", verbose_name=_("congress"))
    session = models.ForeignKey(
        Session, models.PROTECT, null=True, blank=True, related_name="proposals", verbose_name=_("session")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=ProposalKind)
    state = models.CharField(_("state"), max_length=12, choices=ProposalState, default=S.DRAFT, editable=False)
    year = models.PositiveSmallIntegerField(_("year"), null=True, editable=False)
    number = models.PositiveIntegerField(_("number"), null=True, editable=False)
    former_kind = models.CharField(_("former kind"), max_length=12, choices=ProposalKind, blank=True, editable=False)
    former_number = models.PositiveIntegerField(_("former number"), null=True, editable=False)

    former_session = models.ForeignKey(
        Session, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("former session")
    )

    title = models.CharField(_("subject (案由)"), max_length=80, blank=True)
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("category of the paper"),
    )
    scope = models.CharField(_("scope"), max_length=10, choices=Scope, blank=True)
    is_party_building = models.BooleanField(_("about Party building"), default=False)
    grounds = models.TextField(_("situation (案据)"), max_length=4000, blank=True)
    root_cause = models.TextField(_("root cause"), max_length=2000, blank=True)
    evidence = models.TextField(_("what it rests on"), max_length=1000, blank=True)
    prior_attempt = models.TextField(
        _("was the department asked before, and what came of it"), max_length=500, blank=True
    )
    also_submitted_to = models.CharField(_("also submitted to"), max_length=60, blank=True)

    lead = models.ForeignKey(Mandate, models.PROTECT, related_name="led_proposals", verbose_name=_("lead proposer"))
    delegation = models.ForeignKey(
        Delegation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("moved by the delegation")
    )
    delegation_voted_on = models.DateField(_("delegation's vote on"), null=True, blank=True)
    delegation_votes_for = models.PositiveSmallIntegerField(_("votes for"), null=True, blank=True)
    delegation_votes_due = models.PositiveSmallIntegerField(_("members due"), null=True, blank=True)
    text_digest = models.CharField(max_length=64, blank=True, editable=False)  # what a signature belongs to

    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name=_("entered from paper by"),
    )  # fmt: skip
    scan = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("scan of the paper form")
    )
    import_key = models.CharField(max_length=80, blank=True, editable=False)  # what a workbook calls it

    created_at = models.DateTimeField(_("begun at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    submissions = models.PositiveSmallIntegerField(_("times handed in"), default=0, editable=False)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, editable=False)
    resubmit_by = models.DateField(_("complete it by"), null=True, editable=False)
    decided_at = models.DateTimeField(_("screening decided at"), null=True, editable=False)
    reject_reason = models.CharField(_("reason code"), max_length=14, choices=RejectReason, blank=True, editable=False)
    decision_note = models.TextField(_("reason as told to the proposers"), blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="merged", verbose_name=_("merged into")
    )
    withdrawal_reason = models.TextField(_("why it should be withdrawn"), blank=True, editable=False)
    votes_for = models.PositiveIntegerField(_("votes for"), null=True, editable=False)
    votes_present = models.PositiveIntegerField(_("delegates present"), null=True, editable=False)
    forwarded_to = models.ForeignKey(
        Organization, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("passed on to")
    )

    leader = models.ForeignKey(
        CommitteeMember, models.PROTECT, null=True, blank=True, related_name="led_proposals",
        verbose_name=_("leading committee member"),
    )  # fmt: skip
    is_key = models.BooleanField(_("key paper under a leader's own charge"), default=False)
    task_force = models.CharField(_("task force (专班)"), max_length=120, blank=True)
    planning_opinion = models.TextField(_("opinion on the handling (拟办意见)"), max_length=1000, blank=True)
    assigned_at = models.DateTimeField(_("assigned at"), null=True, editable=False)
    answered_at = models.DateTimeField(_("answered at"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    closing_note = models.TextField(_("how it was closed"), blank=True, editable=False)
    ruled_by = models.CharField(_("final ruling by"), max_length=60, blank=True, editable=False)
    round = models.PositiveSmallIntegerField(_("handling"), default=1, editable=False)
    reply_class = models.CharField(_("class of the reply"), max_length=1, blank=True, editable=False)
    due_on = models.DateField(_("reply due on"), null=True, editable=False)
    reported_at = models.ForeignKey(
        Session, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("reported to the session")
    )
    adoption = models.CharField(_("taken up"), max_length=8, choices=IdeaAdoption, blank=True, editable=False)
    adopted_by = models.CharField(_("taken up by"), max_length=60, blank=True, editable=False)
    adopted_on = models.DateField(_("taken up on"), null=True, editable=False)
    is_public = models.BooleanField(_("open to the public"), default=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("proposal or motion"), _("proposals and motions")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["congress", "session", "year", "kind", "number"],
                nulls_distinct=False,
                condition=Q(number__isnull=False),
                name="proposal_number_once",
            ),
            models.UniqueConstraint(
                fields=["congress", "import_key"], condition=~Q(import_key=""), name="proposal_imported_once"
            ),
            models.CheckConstraint(condition=Q(state__in=S.values), name="proposal_state_known"),
            models.CheckConstraint(condition=Q(kind__in=ProposalKind.values), name="proposal_kind_known"),
            models.CheckConstraint(
                condition=~Q(state__in=NUMBERED) | Q(number__isnull=False, submitted_at__isnull=False),
                name="proposal_registered_has_number",
            ),
            models.CheckConstraint(
                condition=Q(number=None) | Q(session__isnull=False, year=None) | Q(session=None, year__isnull=False),
                name="proposal_number_of_a_session_or_a_year",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.MERGED) | Q(merged_into__isnull=False), name="proposal_merged_into_one"
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("pk")), name="proposal_merged_into_another"),
            models.CheckConstraint(
                condition=~Q(state=S.REJECTED) | ~Q(reject_reason=""), name="proposal_rejected_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(delegation=None) | Q(delegation_voted_on__isnull=False) | Q(state__in=PRIVATE),
                name="proposal_of_a_delegation_was_voted",
            ),
        ]
        indexes = [
            models.Index(fields=["congress", "state", "-id"], name="proposal_congress_state"),
            models.Index(fields=["state", "-id"], name="proposal_state"),
            models.Index(fields=["lead", "-id"], name="proposal_lead"),
            models.Index(fields=["id"], condition=Q(state__in=WITH_OFFICE), name="proposal_with_office"),
            models.Index(fields=["due_on", "id"], condition=Q(state__in=[*WITH_UNITS, *ANSWERED]), name="proposal_due"),
            GinIndex(WordPieces(PlainWords("title")), name="proposal_words"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="proposal_merged"),
            models.Index(fields=["-id"], condition=Q(is_public=True), name="proposal_public"),
        ]

    get_state_display, get_kind_display = display("state", ProposalState), display("kind", ProposalKind)

    def __str__(self) -> str:
        return self.title or str(_("(no subject yet)"))

    def get_absolute_url(self) -> str:
        return reverse("my_proposal", args=[self.pk])

    @property
    def number_text(self) -> str:
        """第015号; a year's papers 2026年第015号; empty before registration."""
        if self.number is None:
            return ""
        return f"{self.year}年第{self.number:03d}号" if self.year else f"第{self.number:03d}号"

    @property
    def kind_word(self) -> str:
        """What the office calls it: 提案, 提议, 建议意见, 金点子."""
        return KIND_WORDS[ProposalKind(self.kind)]


KIND_WORDS = {
    ProposalKind.PROPOSAL: "提案",
    ProposalKind.MOTION: "提议",
    ProposalKind.ADVICE: "建议意见",
    ProposalKind.GOLDEN_IDEA: "金点子",
}


@pghistory.track()
class Measure(models.Model):
    """One thing the paper asks to be done (办法、措施): what, by whom, by when."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="measures", verbose_name=_("paper"))
    position = models.PositiveSmallIntegerField(_("order"))
    action = models.CharField(_("what should be done"), max_length=500)
    actor = models.CharField(_("by whom"), max_length=60, blank=True)
    by_when = models.CharField(_("by when"), max_length=40, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("measure"), _("measures")
        ordering = ["proposal", "position"]
        constraints = [models.UniqueConstraint(fields=["proposal", "position"], name="measure_position_once")]

    def __str__(self) -> str:
        return self.action
