"""Seats nobody holds, from the day they fall empty until they are filled and confirmed."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from congress.models import Session
from delegates.models.bodies import ElectingUnit
from delegates.models.elections import Election
from delegates.models.mandates import Mandate


class VacancyCause(models.TextChoices):
    RESIGNED = "resigned", _("resigned")
    TERMINATED = "terminated", _("mandate terminated")
    REMOVED = "removed", _("removed")
    DIED = "died", _("died")
    CEASED = "ceased", _("functions ceased")
    VOID = "void", _("election void")
    NOT_FILLED = "not_filled", _("not filled by the election")
    QUOTA = "quota", _("seat quota raised")


class VacancyState(models.TextChoices):
    OPEN = "open", _("vacant")
    FILLED = "filled", _("filled, to be confirmed by the session")
    CONFIRMED = "confirmed", _("confirmed by a session")
    WAIVED = "waived", _("not to be filled")


@pghistory.track()
class Vacancy(models.Model):
    """One empty seat (缺额). Opened by the decision that emptied it; visible until it is filled."""

    State = VacancyState

    electing_unit = models.ForeignKey(
        ElectingUnit, models.PROTECT, related_name="vacancies", verbose_name=_("electing unit")
    )
    left_by = models.OneToOneField(
        Mandate, models.PROTECT, null=True, blank=True, related_name="vacancy", verbose_name=_("left by")
    )
    cause = models.CharField(_("cause"), max_length=12, choices=VacancyCause)
    opened_on = models.DateField(_("vacant since"))
    state = models.CharField(_("state"), max_length=10, choices=VacancyState, default=VacancyState.OPEN, editable=False)
    election = models.ForeignKey(
        Election, models.PROTECT, null=True, blank=True, related_name="vacancies", verbose_name=_("by-election")
    )
    filled_by = models.OneToOneField(
        Mandate, models.PROTECT, null=True, blank=True, related_name="fills", verbose_name=_("filled by")
    )
    filled_on = models.DateField(_("filled on"), null=True, blank=True)
    confirmed_at = models.ForeignKey(
        Session, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("confirmed at the session")
    )
    closed_basis = models.CharField(_("basis for not filling it"), max_length=100, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("vacancy"), _("vacancies")
        ordering = ["-opened_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=VacancyState.values), name="vacancy_state_known"),
            models.CheckConstraint(condition=Q(cause__in=VacancyCause.values), name="vacancy_cause_known"),
            models.CheckConstraint(
                condition=Q(state__in=["filled", "confirmed"], filled_by__isnull=False, filled_on__isnull=False)
                | Q(state__in=["open", "waived"], filled_by=None),
                name="vacancy_filled_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False), name="vacancy_confirmed_at_a_session"
            ),
        ]
        indexes = [
            models.Index(fields=["electing_unit"], condition=Q(state="open"), name="vacancy_open_of_a_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.electing_unit} {self.get_cause_display()}"
