"""The working-day calendar: what the State Council's notice says, year by year."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarYear(models.Model):
    """A year whose holidays and make-up days are entered. Deadlines in other years count weekends only, and say so."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name, verbose_name_plural = _("calendar year"), _("calendar years")
        ordering = ["-year"]

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(models.Model):
    """A day that differs from its weekday: a statutory holiday, or a weekend day that is worked."""

    day = models.DateField(_("day"), unique=True)
    is_workday = models.BooleanField(_("is worked"))
    note = models.CharField(_("occasion"), max_length=60)

    class Meta:
        verbose_name, verbose_name_plural = _("calendar day"), _("calendar days")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.note}"
