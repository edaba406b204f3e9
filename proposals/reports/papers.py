"""What the reports on papers share: their parameters, and which papers they are about."""

from functools import cached_property
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel.periods import Period
from congress.kernel.reports import ReportRefused
from congress.models import Session
from congress.policies import SESSIONS
from congress.reports import BranchForm, BranchReport, PeriodField
from delegates.reports.words import long_day
from proposals.models import Proposal
from proposals.reports import words
from proposals.services import statistics


class AnyPeriodField(PeriodField):
    """A period; left empty, all of the time the congress has served."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.help_text = gettext_lazy("2026, 2026H1, 2026Q3 or 2026-11; left empty: since the congress began.")

    def clean(self, value: Any) -> Period | None:
        return super().clean(value) if value else None


class PapersForm(BranchForm):
    """One congress or those of a branch; a session of that number; a period."""

    session = forms.IntegerField(
        label=gettext_lazy("Session number"), required=False, min_value=1, max_value=99,
        help_text=gettext_lazy("1 for the first session of the term; left empty: all papers."),
    )  # fmt: skip
    period = AnyPeriodField()


class PapersReport(BranchReport):
    """A report on papers of the congresses asked for."""

    form_class = PapersForm
    template = "proposals/reports/table.html"
    since = False  # with a session also what was handed in between it and the next

    @cached_property
    def today(self) -> Any:
        return timezone.localdate()

    @cached_property
    def session(self) -> int | None:
        """The number of the session asked for. Raises `ReportRefused` if none of the congresses has it."""
        number = self.params.get("session")
        if number and not self._sessions:
            raise ReportRefused(_("There is no session %(number)s there.") % {"number": number})
        return number

    @cached_property
    def _sessions(self) -> list[Session]:
        rows = self.seen(SESSIONS).filter(congress__in=self.congresses, number=self.params["session"])
        return list(rows.select_related("congress__organization"))

    def papers(self) -> QuerySet[Proposal]:
        """Handed in, not taken back, of the session and the period asked for."""
        rows = statistics.papers(self.user, self.congresses)
        if self.session:
            rows = statistics.of_session(rows, self.session, since=self.since)
        if period := self.params.get("period"):
            rows = self.in_period(rows, period)
        return rows

    def in_period(self, rows: QuerySet[Proposal], period: Period) -> QuerySet[Proposal]:
        """Which day of a paper decides whether it belongs to the period: here the day it was handed in."""
        return rows.filter(submitted_at__date__range=(period.first, period.last))

    @property
    def place(self) -> list[str]:
        """Whose papers: of one congress or its session, or of all of a branch."""
        if self.session and len(self._sessions) == 1:
            congress = self._sessions[0].congress
            return [congress.full_name, words.session_words(self.session) if congress.naming == "standing" else ""]
        if len(self.congresses) == 1:
            return [self.congresses[0].full_name]
        return [self.organization.name, "党代表大会", words.session_words(self.session) if self.session else ""]

    @property
    def phrases(self) -> list[str]:
        since = "以来" if self.session and self.since else ""
        return [*filter(None, (*self.place, since)), self.title]

    def context(self) -> dict[str, Any]:
        period = self.params.get("period")
        until = f"截至{long_day(self.today)}"
        return super().context() | {"order": f"（{period.words}，{until}）" if period else f"（{until}）"}

    def counted(self, rows: int, counted: int) -> None:
        """Raises `ReportRefused` when rows and totals disagree."""
        if rows != counted:
            raise ReportRefused(_("The register changed while it was being printed. Print it again."))
