"""Papers in the hands of units (承办单位): who handles what, what they ask the office, whom they spoke with."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from congress.fields import display
from congress.models import OfficialDocument, Organization
from delegates.models import Mandate
from proposals.models.papers import Proposal
from proposals.querysets import AssignmentQuerySet, RequestQuerySet


class AssignmentRole(models.TextChoices):
    LEAD = "lead", _("lead unit (主办)")
    ASSIST = "assist", _("assisting unit (协办)")
    SEPARATE = "separate", _("separate unit (分办)")


class AssignmentState(models.TextChoices):
    """The sub-machine of reference.md §3.5."""

    PLANNED = "planned", _("planned")
    PENDING_SIGN = "pending_sign", _("to be signed for")
    SIGNED = "signed", _("signed for")
    OBJECTED = "objected", _("returned with an objection, to be decided")
    RETURNED = "returned", _("return agreed, given to another unit")
    WORKING = "working", _("being handled")
    EXTENSION_ASKED = "extension_asked", _("extension asked, to be decided")
    OPINION_GIVEN = "opinion_given", _("opinion given to the lead unit")
    OPINIONS_COLLECTED = "opinions_collected", _("opinions of the assisting units are in")
    DRAFTED = "drafted", _("reply drafted")
    IN_REVIEW = "in_review", _("reply under review")
    REPLIED = "replied", _("replied")
    CANCELLED = "cancelled", _("cancelled")


A = AssignmentState
WITH_THE_UNIT = (A.PENDING_SIGN, A.SIGNED, A.WORKING, A.OPINIONS_COLLECTED, A.DRAFTED)
WITH_THE_OFFICE = (A.OBJECTED, A.EXTENSION_ASKED, A.IN_REVIEW)
OPEN = (*WITH_THE_UNIT, *WITH_THE_OFFICE)
ANSWERING = (AssignmentRole.LEAD, AssignmentRole.SEPARATE)
"""Roles that owe the delegates a reply; an assisting unit owes the lead unit an opinion."""


@pghistory.track()
class Assignment(models.Model):
    """One unit's part in one paper. Original, current and actual day are kept apart; statistics use all three."""

    Role, State = AssignmentRole, AssignmentState

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="assignments", verbose_name=_("paper"))
    unit = models.ForeignKey(Organization, models.PROTECT, related_name="assignments", verbose_name=_("handling unit"))
    role = models.CharField(_("role"), max_length=8, choices=AssignmentRole)
    state = models.CharField(
        _("state"), max_length=18, choices=AssignmentState, default=AssignmentState.PLANNED, editable=False
    )
    round = models.PositiveSmallIntegerField(_("handling"), default=1, editable=False)
    task = models.CharField(_("what this unit answers"), max_length=200, blank=True)
    given_note = models.TextField(
        _("why it is given to this unit all the same"), max_length=1000, blank=True, editable=False
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name=_("handled by"),
    )  # fmt: skip
    handler_name = models.CharField(_("person in charge"), max_length=40, blank=True, editable=False)
    handler_phone = models.CharField(_("phone"), max_length=30, blank=True, editable=False)
    assigned_on = models.DateField(_("assigned on"), null=True, editable=False)
    sign_due_on = models.DateField(_("sign for it by"), null=True, editable=False)
    object_until = models.DateField(_("objection until"), null=True, editable=False)
    original_due_on = models.DateField(_("first due on"), null=True, editable=False)
    due_on = models.DateField(_("due on"), null=True, editable=False)
    signed_at = models.DateTimeField(_("signed for at"), null=True, editable=False)
    submitted_on = models.DateField(_("reply handed to the office on"), null=True, editable=False)
    done_on = models.DateField(_("replied on"), null=True, editable=False)
    opinion = models.TextField(_("opinion for the lead unit"), max_length=4000, blank=True, editable=False)
    notice = models.ForeignKey(
        OfficialDocument, models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name=_("notice of assignment"),
    )  # fmt: skip
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("assignment"), _("assignments")
        ordering = ["proposal", "role", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "unit"],
                condition=~Q(state__in=[A.RETURNED, A.CANCELLED]),
                name="assignment_once_a_unit",
                violation_error_message=_("This unit has a part in the paper already."),
            ),
            models.UniqueConstraint(
                fields=["proposal"],
                condition=Q(role="lead") & ~Q(state__in=[A.RETURNED, A.CANCELLED, A.OBJECTED]),  # another takes over
                name="assignment_one_lead",
                violation_error_message=_("A paper has one lead unit."),
            ),
            models.CheckConstraint(condition=Q(state__in=A.values), name="assignment_state_known"),
            models.CheckConstraint(condition=Q(role__in=AssignmentRole.values), name="assignment_role_known"),
            models.CheckConstraint(
                condition=Q(state__in=[A.PLANNED, A.CANCELLED]) | Q(assigned_on__isnull=False, due_on__isnull=False),
                name="assignment_has_its_days",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[A.REPLIED, A.OPINION_GIVEN]) | Q(done_on__isnull=False),
                name="assignment_done_on_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "state", "due_on"], name="assignment_of_a_unit"),
            models.Index(fields=["due_on"], condition=Q(state__in=OPEN), name="assignment_open_due"),
        ]

    get_state_display, get_role_display = display("state", AssignmentState), display("role", AssignmentRole)

    def __str__(self) -> str:
        return f"{self.unit} {self.proposal}"

    def get_absolute_url(self) -> str:
        return reverse("unit_assignment", args=[self.pk])


class RequestKind(models.TextChoices):
    OBJECTION = "objection", _("objection (退办)")
    EXTENSION = "extension", _("extension")


@pghistory.track()
class AssignmentRequest(models.Model):
    """What a unit asked the office, and the answer: to take the paper back, or for more time."""

    Kind = RequestKind

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="requests", verbose_name=_("assignment"))
    kind = models.CharField(_("kind"), max_length=10, choices=RequestKind)
    reason = models.TextField(_("reason"), max_length=1000)
    proper_unit = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit it belongs to")
    )
    asked_until = models.DateField(_("asked until"), null=True, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    granted = models.BooleanField(_("granted"), null=True)
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    granted_until = models.DateField(_("granted until"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("request of a unit"), _("requests of units")
        ordering = ["assignment", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(granted=None), name="assignment_request_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(kind="objection") | Q(proper_unit__isnull=False), name="objection_names_a_unit"
            ),
            models.CheckConstraint(
                condition=~Q(kind="extension") | Q(asked_until__isnull=False), name="extension_names_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


@pghistory.track()
class ProgressNote(models.Model):
    """What a unit has done so far. The delegates see it unless it is marked internal."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="progress", verbose_name=_("assignment"))
    text = models.TextField(_("progress"), max_length=2000)
    is_internal = models.BooleanField(_("for the office only"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("progress note"), _("progress notes")
        ordering = ["assignment", "-at", "-pk"]

    def __str__(self) -> str:
        return self.text[:40]


class ContactWay(models.TextChoices):
    VISIT = "visit", _("visit")
    TALK = "talk", _("meeting")
    PHONE = "phone", _("telephone")
    SITE = "site", _("on the spot")


@pghistory.track()
class DelegateContact(models.Model):
    """A unit spoke with a delegate about his paper while handling it (F084); it counts in the unit's score."""

    Way = ContactWay

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="contacts", verbose_name=_("assignment"))
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="+", verbose_name=_("delegate"))
    way = models.CharField(_("way"), max_length=6, choices=ContactWay)
    on = models.DateField(_("on"))
    text = models.CharField(_("what was said"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    confirmed_at = models.DateTimeField(_("confirmed by the delegate at"), null=True, editable=False)
    denied_at = models.DateTimeField(_("denied by the delegate at"), null=True, editable=False)
    delegate_note = models.CharField(_("the delegate's remark"), max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("contact with a delegate"), _("contacts with delegates")
        ordering = ["assignment", "-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "mandate", "way", "on"], name="delegate_contact_once"),
            models.CheckConstraint(condition=Q(way__in=ContactWay.values), name="delegate_contact_way_known"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(denied_at=None), name="delegate_contact_was_so_or_not"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.get_way_display()}"
