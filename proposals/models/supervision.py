"""How the office keeps after papers (督办): each step with its day, what was said and when to look again."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from congress.models import OfficialDocument, Organization, Session
from delegates.models import Mandate
from proposals.models.assignments import Assignment
from proposals.models.papers import Proposal


class SupervisionKind(models.TextChoices):
    """The steps of reference.md §3.8, mildest first."""

    REMINDER = "reminder", _("reminder (催办)")
    PHONE = "phone", _("telephone reminder")
    LETTER = "letter", _("letter of urging (催办函)")
    BULLETIN = "bulletin", _("bulletin (通报)")
    SUPERVISED = "supervised", _("supervision (督办)")
    MEETING = "meeting", _("supervision meeting (督办会)")
    LEADER = "leader", _("taken up by a leader (领导领衔督办)")
    INSPECTION = "inspection", _("inspection (视察)")
    SPECIAL = "special", _("special supervision (督查室专项督查)")
    COMMITTEE = "committee", _("put before the standing committee (提交常委会)")


@pghistory.track()
class SupervisionMeeting(models.Model):
    """Units report how far they are, delegates discuss; the minutes and when it is looked at again."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    held_on = models.DateField(_("held on"))
    place = models.CharField(_("place"), max_length=80)
    chair = models.CharField(_("in the chair"), max_length=40)
    present = models.CharField(_("present"), max_length=400, blank=True)
    minutes = models.TextField(_("minutes"), max_length=8000, blank=True)
    next_on = models.DateField(_("looked at again on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("supervision meeting"), _("supervision meetings")
        ordering = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.held_on} {self.place}"


@pghistory.track()
class SupervisionStep(models.Model):
    """One step taken with one unit about one paper. The ladder writes its own; the office adds the others."""

    Kind = SupervisionKind

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="supervision", verbose_name=_("paper"))
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, null=True, blank=True, related_name="supervision", verbose_name=_("assignment")
    )
    meeting = models.ForeignKey(
        SupervisionMeeting, models.PROTECT, null=True, blank=True, related_name="steps", verbose_name=_("meeting")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=SupervisionKind)
    on = models.DateField(_("on"))
    said = models.TextField(_("what was said"), max_length=2000, blank=True)
    next_on = models.DateField(_("looked at again on"), null=True, blank=True)
    document = models.ForeignKey(
        OfficialDocument, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("document"),
    )  # fmt: skip
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("by")
    )
    rung_key = models.CharField(max_length=80, blank=True, editable=False)  # which rung of the ladder wrote it

    class Meta:
        verbose_name, verbose_name_plural = _("step of supervision"), _("steps of supervision")
        ordering = ["proposal", "-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["rung_key"], condition=~Q(rung_key=""), name="supervision_rung_once"),
            models.CheckConstraint(condition=Q(kind__in=SupervisionKind.values), name="supervision_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.get_kind_display()}"


class InquiryKind(models.TextChoices):
    ENQUIRY = "enquiry", _("enquiry (询问)")
    INTERPELLATION = "interpellation", _("interpellation (质询)")


class InquiryState(models.TextChoices):
    """reference.md §6.1."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("not accepted")
    DELIVERED = "delivered", _("handed to the body asked")
    ANSWERED = "answered", _("answered")
    REANSWER = "reanswer", _("a second answer is asked for")
    ESCALATED = "escalated", _("taken to the committee")
    CLOSED = "closed", _("closed")
    WITHDRAWN = "withdrawn", _("withdrawn")


@pghistory.track()
class Inquiry(models.Model):
    """Delegates ask a body how it carries out what was resolved. An interpellation follows an enquiry."""

    Kind, State = InquiryKind, InquiryState

    congress = models.ForeignKey("congress.Congress", models.PROTECT, related_name="+", verbose_name=_("congress"))
    session = models.ForeignKey(
        Session, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("session")
    )
    kind = models.CharField(_("kind"), max_length=14, choices=InquiryKind)
    enquiry = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="interpellations",
        verbose_name=_("enquiry made before"),
    )  # fmt: skip
    lead = models.ForeignKey(Mandate, models.PROTECT, related_name="+", verbose_name=_("first asker"))
    askers = models.ManyToManyField(Mandate, related_name="inquiries", verbose_name=_("askers"))
    target = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("body asked"))
    subject = models.CharField(_("subject"), max_length=80)
    question = models.TextField(_("question"), max_length=4000)
    state = models.CharField(
        _("state"), max_length=10, choices=InquiryState, default=InquiryState.DRAFT, editable=False
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, editable=False)
    refusal = models.TextField(_("why it was not accepted"), blank=True, editable=False)
    due_on = models.DateField(_("answer due on"), null=True, editable=False)
    answer_mode = models.CharField(
        _("answered"), max_length=8, choices=[("oral", _("orally")), ("written", _("in writing"))], blank=True,
        editable=False,
    )  # fmt: skip
    answer = models.TextField(_("answer"), max_length=8000, blank=True, editable=False)
    answered_by = models.CharField(_("answered by (head of the body)"), max_length=40, blank=True, editable=False)
    answered_on = models.DateField(_("answered on"), null=True, editable=False)
    satisfied = models.PositiveSmallIntegerField(_("askers satisfied"), null=True, editable=False)
    dissatisfied = models.PositiveSmallIntegerField(_("askers not satisfied"), null=True, editable=False)
    second_answer = models.TextField(_("second answer"), max_length=8000, blank=True, editable=False)
    second_answered_on = models.DateField(_("second answer on"), null=True, editable=False)
    second_answer_mode = models.CharField(
        _("second answer given"), max_length=8, choices=[("oral", _("orally")), ("written", _("in writing"))],
        blank=True, editable=False,
    )  # fmt: skip
    second_answered_by = models.CharField(_("second answer by"), max_length=40, blank=True, editable=False)
    first_satisfied = models.PositiveSmallIntegerField(_("satisfied with the first"), null=True, editable=False)
    first_dissatisfied = models.PositiveSmallIntegerField(_("not satisfied with the first"), null=True, editable=False)
    outcome = models.CharField(_("what came of it"), max_length=300, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("enquiry or interpellation"), _("enquiries and interpellations")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=InquiryState.values), name="inquiry_state_known"),
            models.CheckConstraint(condition=Q(kind__in=InquiryKind.values), name="inquiry_kind_known"),
        ]

    def __str__(self) -> str:
        return self.subject


class InvitationState(models.TextChoices):
    """What became of the question whether a delegate asks too."""

    INVITED = "invited", _("asked to join")
    ACCEPTED = "accepted", _("asks too")
    DECLINED = "declined", _("does not join")
    DROPPED = "dropped", _("no longer asked")
    EXPIRED = "expired", _("not answered in time")


@pghistory.track()
class Invitation(models.Model):
    """The question to one delegate whether he asks too. Who says yes is an asker; nobody is made one by another."""

    State = InvitationState

    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="invitations", verbose_name=_("enquiry"))
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="+", verbose_name=_("delegate"))
    state = models.CharField(
        _("state"), max_length=8, choices=InvitationState, default=InvitationState.INVITED, editable=False
    )
    asked_at = models.DateTimeField(_("asked at"))
    answered_at = models.DateTimeField(_("answered at"), null=True)
    times_asked = models.PositiveSmallIntegerField(_("times asked"), default=1)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("invitation to ask too"), _("invitations to ask too")
        ordering = ["inquiry", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["inquiry", "mandate"], name="invitation_once"),
            models.CheckConstraint(condition=Q(state__in=InvitationState.values), name="invitation_state_known"),
            models.CheckConstraint(
                condition=~Q(state=InvitationState.ACCEPTED) | Q(answered_at__isnull=False),
                name="invitation_accepted_at",
            ),
        ]
        indexes = [models.Index(fields=["mandate", "state"], name="invitation_of_a_delegate")]

    def __str__(self) -> str:
        return self.mandate.person.name
