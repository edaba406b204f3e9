"""What is said at each step of an election, of a vacancy and of a motion to remove."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import rules
from congress.kernel.deadlines import WorkCalendar, after_working_days
from congress.models import Session
from delegates.forms.decisions import day_field, refuse_future
from delegates.models import CredentialsReview, Election, RemovalMotion, Vacancy


def count_field(label: Any, **options: Any) -> forms.IntegerField:
    """A number of people or ballots."""
    return forms.IntegerField(label=label, **({"min_value": 0, "max_value": 1_000_000} | options))


MOST = 1_000_000  # electors, ballots, votes


class StepForm(forms.Form):
    """A step has its date and its document (reference.md §2.5)."""

    done_on = day_field(gettext_lazy("date"))
    basis = forms.CharField(label=gettext_lazy("document number"), max_length=100)
    note = forms.CharField(label=gettext_lazy("remark"), max_length=300, required=False)
    scan = forms.FileField(
        label=gettext_lazy("scan of the document"), required=False, help_text=gettext_lazy("PDF, JPEG or PNG.")
    )

    def about(self, row: Any) -> None:
        """Know the row, for the earliest day that makes sense."""
        self.row = row

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        refuse_future(self, "done_on")
        day, since = cleaned.get("done_on"), self._since()
        if day and since and day < since:
            self.add_error("done_on", _("The step before is of %(day)s.") % {"day": f"{since:%Y-%m-%d}"})
        return cleaned

    def _since(self) -> Any:
        row = getattr(self, "row", None)
        if isinstance(row, CredentialsReview):
            return row.checked_on
        if isinstance(row, Vacancy):
            return row.opened_on
        if not isinstance(row, Election):
            return None
        last = row.steps.exclude(verb="announce").order_by("-done_on").first()
        since = last.done_on if last else row.opened_on
        posted = row.notice_until if row.state == Election.State.APPROVED else None
        return max(since, posted + timedelta(days=1)) if posted else since


class DropForm(forms.Form):
    """Why something is given up or sent back."""

    note = forms.CharField(label=gettext_lazy("reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class NoticeForm(forms.Form):
    """The notice before the vote (选前公示): from when, until when, where."""

    notice_from = day_field(gettext_lazy("public notice from"))
    notice_until = day_field(gettext_lazy("public notice until"), initial=None)
    notice_place = forms.CharField(
        label=gettext_lazy("where it is posted"), max_length=120, initial="村（社区）党务公开栏"
    )

    def about(self, election: Election) -> None:
        """Suggest the shortest notice the rule allows."""
        self.election = election
        self.fields["notice_until"].initial = self._shortest(timezone.localdate())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        start, end = cleaned.get("notice_from"), cleaned.get("notice_until")
        approved = self.election.steps.filter(verb="approve_candidates").order_by("-pk").first()
        if start and approved and start < approved.done_on:
            self.add_error(
                "notice_from",
                _("The candidates were approved on %(day)s: the notice cannot begin earlier.")
                % {"day": f"{approved.done_on.year}年{approved.done_on.month}月{approved.done_on.day}日"},
            )
        if start and end:
            least = self._shortest(start)
            if end < least:
                self.add_error(
                    "notice_until",
                    _("Too short: with the days the rule asks for it lasts until %(day)s at least.")
                    % {"day": f"{least.year}年{least.month}月{least.day}日"},
                )
        return cleaned

    def _shortest(self, start: Any) -> Any:
        organization = self.election.electing_unit.congress.organization
        days = rules.value("notice_working_days", organization, start)
        return after_working_days(start, days, WorkCalendar.load()).due_on


class ConfirmForm(forms.Form):
    """At which session a filled vacancy was confirmed."""

    session = forms.ModelChoiceField(label=gettext_lazy("session"), queryset=Session.objects.none())

    def about(self, vacancy: Vacancy) -> None:
        """Offer the sessions that opened after the seat was filled; none while it is empty."""
        if vacancy.filled_on is None:
            return
        sessions = Session.objects.filter(
            congress=vacancy.electing_unit.congress_id, starts_on__range=(vacancy.filled_on, timezone.localdate())
        )
        self.fields["session"].queryset = sessions.select_related("congress__organization")


class WaiveForm(StepForm):
    """The committee decides that a seat stays empty (R11)."""


class HearingForm(forms.Form):
    """The delegate was heard on the motion to remove him, or did not come."""

    heard_on = day_field(gettext_lazy("heard on"))
    statement = forms.CharField(
        label=gettext_lazy("the delegate's statement"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("If he did not come although he was told, say so here."),
    )

    def about(self, motion: RemovalMotion) -> None:
        """Know the motion: it is heard after it was moved."""
        self.moved_on = motion.moved_on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        refuse_future(self, "heard_on")
        refuse_before(self, "heard_on", getattr(self, "moved_on", None))
        return cleaned


class RemovalVoteForm(forms.Form):
    """The figures of the unit's secret vote; no name stands in them."""

    voted_on = day_field(gettext_lazy("voted on"))
    due = count_field(gettext_lazy("electors due"), min_value=1)
    present = count_field(gettext_lazy("electors present"))
    issued = count_field(gettext_lazy("ballots issued"))
    collected = count_field(gettext_lazy("ballots collected"))
    invalid = count_field(gettext_lazy("ballots invalid"), initial=0)
    votes_for = count_field(gettext_lazy("votes for the removal"))
    votes_against = count_field(gettext_lazy("votes against the removal"))

    def about(self, motion: RemovalMotion) -> None:
        """Know the motion: it is voted on after the delegate was heard."""
        self.heard_on = motion.heard_on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        refuse_future(self, "voted_on")
        refuse_before(self, "voted_on", getattr(self, "heard_on", None))
        check_figures(self, cleaned)
        if self.errors:
            return cleaned
        if cleaned["votes_for"] + cleaned["votes_against"] > cleaned["collected"] - cleaned["invalid"]:
            self.add_error("votes_for", _("There are more votes than valid ballots."))
        if cleaned["collected"] > cleaned["issued"]:
            self.add_error("collected", _("More ballots were collected than issued: the vote is void, vote again."))
        return cleaned


def refuse_before(form: forms.Form, name: str, since: date | None) -> None:
    """A step is not taken before the one it follows."""
    day = form.cleaned_data.get(name)
    if day and since and day < since:
        form.add_error(name, _("The step before is of %(day)s.") % {"day": f"{since:%Y-%m-%d}"})


def check_figures(form: forms.Form, cleaned: dict[str, Any]) -> None:
    """Present within due, issued within present, invalid within collected: a sentence at each."""
    pairs = (("present", "due"), ("issued", "present"), ("invalid", "collected"))
    for smaller, larger in pairs:
        few, many = cleaned.get(smaller), cleaned.get(larger)
        if few is not None and many is not None and few > many:
            form.add_error(
                smaller,
                _("%(few)s is more than “%(larger)s” (%(many)s).")
                % {"few": few, "larger": form.fields[larger].label, "many": many},
            )
