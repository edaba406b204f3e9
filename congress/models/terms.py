"""Congress (届) and session (次)."""

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from congress.models.organizations import Organization
from congress.numerals import to_chinese
from congress.querysets import CongressQuerySet, SessionQuerySet


@pghistory.track()
class Congress(models.Model):
    """One term of one organisation's party congress. Its delegates serve until the next one opens."""

    class Naming(models.TextChoices):
        STANDING = "standing", _("第X届代表大会第Y次会议")
        PLAIN = "plain", _("第X次代表大会")

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="congresses", verbose_name=_("organisation")
    )
    number = models.PositiveSmallIntegerField(
        _("term number"), validators=[MinValueValidator(1), MaxValueValidator(999)]
    )
    naming = models.CharField(_("naming"), max_length=10, choices=Naming, default=Naming.STANDING)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    turnover_basis = models.CharField(_("basis of an early or late turnover"), max_length=200, blank=True)
    seats = models.PositiveIntegerField(_("delegate seats"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = CongressQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("congress"), _("congresses")
        ordering = ["organization__path", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="congress_number_once"),
            models.CheckConstraint(condition=models.Q(number__range=(1, 999)), name="congress_number_in_range"),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gt=models.F("starts_on")),
                name="congress_ends_after_start",
                violation_error_message=_("The term ends before it starts."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def code(self) -> str:
        """The stable name scripts use: `510701-15`."""
        return f"{self.organization.code}-{self.number}"

    @property
    def ordinal(self) -> str:
        return to_chinese(self.number)

    @property
    def full_name(self) -> str:
        """中国共产党青江镇第十五届代表大会; 中国共产党某县第十四次代表大会 where the system is not standing."""
        word = "届" if self.naming == self.Naming.STANDING else "次"
        return f"中国共产党{self.organization.name}第{self.ordinal}{word}代表大会"

    @property
    def short_name(self) -> str:
        return f"第{self.ordinal}届" if self.naming == self.Naming.STANDING else f"第{self.ordinal}次"


class SessionKind(models.TextChoices):
    ELECTING = "electing", _("electing session")
    ANNUAL = "annual", _("annual meeting")


@pghistory.track()
class Session(models.Model):
    """One sitting of a congress. Session 1 elects; later ones are annual meetings."""

    congress = models.ForeignKey(Congress, models.PROTECT, related_name="sessions", verbose_name=_("congress"))
    number = models.PositiveSmallIntegerField(
        _("session number"), validators=[MinValueValidator(1), MaxValueValidator(99)]
    )
    kind = models.CharField(_("kind"), max_length=10, choices=SessionKind, default=SessionKind.ANNUAL)
    starts_on = models.DateField(_("opens on"), null=True, blank=True)
    ends_on = models.DateField(_("closes on"), null=True, blank=True)
    filing_closes_at = models.DateTimeField(_("filing closes at"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("session"), _("sessions")
        ordering = ["congress", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["congress", "number"], name="session_number_once"),
            models.CheckConstraint(condition=models.Q(number__range=(1, 99)), name="session_number_in_range"),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="session_closes_after_opening",
                violation_error_message=_("The session closes before it opens."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind=SessionKind.ANNUAL) | models.Q(number=1),
                name="session_one_elects",
                violation_error_message=_("Only the first session of a term elects."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """中国共产党青江镇第四届代表大会第三次会议."""
        if self.congress.naming == Congress.Naming.PLAIN:
            return self.congress.full_name
        return f"{self.congress.full_name}第{to_chinese(self.number)}次会议"

    @property
    def short_name(self) -> str:
        """四届三次."""
        return f"{self.congress.ordinal}届{to_chinese(self.number)}次"


class TermChange(models.Model):
    """An early or late turnover (提前或延期换届): when a term was to end before, when now, and on whose word."""

    congress = models.ForeignKey(Congress, models.PROTECT, related_name="term_changes", verbose_name=_("congress"))
    before = models.DateField(_("was to end on"), null=True)
    after = models.DateField(_("ends on"))
    basis = models.CharField(_("basis document"), max_length=200)
    by = models.ForeignKey("congress.User", models.PROTECT, null=True, related_name="+", verbose_name=_("recorded by"))
    at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("change of a term"), _("changes of terms")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.congress}: {self.after}"
