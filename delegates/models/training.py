"""Training (reference.md §6.6): a year's plan, its courses, their days, and who came."""

import secrets

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from congress.models import Organization
from delegates.models.mandates import Mandate
from delegates.querysets import AttendanceQuerySet, TrainingSessionQuerySet

YEARS = (1950, 2100)
MOST_HOURS = 24


def new_code() -> str:
    """A sign-in code nobody can guess; it stands in the address behind the QR code."""
    return secrets.token_urlsafe(16)


class CourseKind(models.TextChoices):
    """The kinds the sources name (reference.md §6.6)."""

    COURSE = "course", _("training course")
    LECTURE = "lecture", _("lecture")
    REPORT = "report", _("report meeting")
    FORUM = "forum", _("discussion meeting")
    TOUR = "tour", _("study tour")


class AttendanceWay(models.TextChoices):
    """How the office knows that somebody came."""

    LIST = "list", _("ticked on the list")
    QR = "qr", _("signed in by QR code")
    IMPORT = "import", _("from a workbook")


def _hours(name: str) -> models.Q:
    return Q(**{f"{name}__gt": 0, f"{name}__lte": MOST_HOURS})


@pghistory.track()
class TrainingPlan(models.Model):
    """What an organisation wants its delegates to learn in a year."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="training_plans", verbose_name=_("organisation")
    )
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(YEARS[0]), MaxValueValidator(YEARS[1])]
    )
    title = models.CharField(_("title"), max_length=120)
    goals = models.TextField(_("goals and arrangements"), blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("training plan"), _("training plans")
        ordering = ["-year", "organization__path"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "year"],
                name="training_plan_once_a_year",
                violation_error_message=_("This organisation has a plan for that year already."),
            ),
            models.CheckConstraint(condition=Q(year__range=YEARS), name="training_plan_year_in_range"),
        ]

    def __str__(self) -> str:
        return self.title


@pghistory.track()
class Course(models.Model):
    """One subject of a year, held on one day or on several. A subject that comes back next year is next year's."""

    Kind = CourseKind

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="courses", verbose_name=_("organised by")
    )
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(YEARS[0]), MaxValueValidator(YEARS[1])]
    )
    plan = models.ForeignKey(
        TrainingPlan, models.PROTECT, null=True, blank=True, related_name="courses", verbose_name=_("training plan")
    )
    title = models.CharField(_("course"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=CourseKind, default=CourseKind.COURSE)
    topic = models.TextField(_("contents and notes"), blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("course"), _("courses")
        ordering = ["-year", "organization__path", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "year", "title"],
                name="course_once_a_year",
                violation_error_message=_("There is such a course in that year already: add a day to it."),
            ),
            models.CheckConstraint(condition=Q(kind__in=CourseKind.values), name="course_kind_known"),
            models.CheckConstraint(condition=Q(year__range=YEARS), name="course_year_in_range"),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """A course stands in its own organisation's plan of its own year."""
        plan = self.plan
        if plan and (plan.organization_id, plan.year) != (self.organization_id, self.year):
            raise ValidationError({"plan": _now("The plan is another organisation's or another year's.")})


@pghistory.track(exclude=["code"])
class TrainingSession(models.Model):
    """One day of a course. It invites the delegates in office of the organiser's whole branch."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="sessions", verbose_name=_("course"))
    held_on = models.DateField(_("held on"))
    starts_at = models.TimeField(_("begins at"), null=True, blank=True)
    ends_at = models.TimeField(_("ends at"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    teacher = models.CharField(_("teacher"), max_length=120, blank=True)
    hours = models.DecimalField(_("hours"), max_digits=4, decimal_places=1)
    sign_in_open = models.BooleanField(
        _("delegates may sign in by QR code"),
        default=True,
        help_text=_("On the day only, and the hours around it that the rule allows."),
    )
    code = models.CharField(max_length=43, unique=True, default=new_code, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = TrainingSessionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("training session"), _("training sessions")
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "held_on"],
                name="training_session_once_a_day",
                violation_error_message=_("This course has that day already."),
            ),
            models.CheckConstraint(
                condition=_hours("hours"),
                name="training_session_hours_in_range",
                violation_error_message=_("Hours are more than 0 and at most 24."),
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="training_session_ends_after_start",
                violation_error_message=_("It ends before it begins."),
            ),
        ]
        indexes = [models.Index(fields=["held_on"], name="training_session_held_on")]

    def __str__(self) -> str:
        day = self.held_on
        return f"{self.course.title}（{day.year}年{day.month}月{day.day}日）"

    def clean(self) -> None:
        """The day lies in the course's year: figures and ledgers go by years."""
        if self.held_on and self.course_id and self.held_on.year != self.course.year:
            raise ValidationError(
                {"held_on": _now("The course belongs to the year %(year)s.") % {"year": self.course.year}}
            )


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Attendance(models.Model):
    """Somebody came. The note is the delegate's own; others read it once he allows it and the office publishes it."""

    Way = AttendanceWay

    session = models.ForeignKey(
        TrainingSession, models.PROTECT, related_name="attendances", verbose_name=_("training session")
    )
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="attendances", verbose_name=_("delegate"))
    hours = models.DecimalField(_("hours"), max_digits=4, decimal_places=1)
    how = models.CharField(_("signed in how"), max_length=10, choices=AttendanceWay, editable=False)
    signed_at = models.DateTimeField(_("signed in at"), null=True, blank=True, editable=False)
    score = models.DecimalField(
        _("test score"),
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    note = models.TextField(_("study note"), blank=True, editable=False)
    note_offered = models.BooleanField(_("the delegate lets it be published"), default=False, editable=False)
    note_published = models.BooleanField(_("published to the other delegates"), default=False, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("training attendance"), _("training attendances")
        ordering = ["-session__held_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "mandate"], name="attendance_once"),
            models.CheckConstraint(
                condition=_hours("hours"),
                name="attendance_hours_in_range",
                violation_error_message=_("Hours are more than 0 and at most 24."),
            ),
            models.CheckConstraint(condition=Q(how__in=AttendanceWay.values), name="attendance_way_known"),
            models.CheckConstraint(condition=Q(score=None) | Q(score__range=(0, 100)), name="attendance_score_range"),
            models.CheckConstraint(
                condition=Q(note_published=False) | (Q(note_offered=True) & ~Q(note="")),
                name="attendance_note_published_by_leave",
            ),
        ]
        indexes = [
            models.Index(fields=["session"], condition=Q(note_published=True), name="attendance_published_notes")
        ]

    def __str__(self) -> str:
        return f"{self.mandate.person.name} · {self.session}"
