"""What the office says when it records a decision on a delegate: date, reason, document, who proposed and decided."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import rules
from delegates.kernel.committees import committee_of, decider
from delegates.models import ChangeReason, Mandate, RemovalMotion

R = ChangeReason
FIRST_YEAR, LAST_YEAR = 1900, 2100
CREDENTIALS_COMMITTEE = "代表资格审查委员会"


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day, chosen in the browser's own calendar; today is suggested. A year nobody can mean is refused."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    defaults = {"widget": widget, "initial": timezone.localdate, "validators": [refuse_odd_year]}
    return forms.DateField(label=label, **(defaults | options))


def refuse_odd_year(day: date) -> None:
    """0026 is a slip of the finger: no day can be counted from it."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise forms.ValidationError(
            _("The year must lie between %(first)s and %(last)s.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )


def refuse_future(form: forms.Form, *names: str) -> None:
    """What is recorded has happened: a day to come is a slip."""
    for name in names:
        day = form.cleaned_data.get(name)
        if day and day > timezone.localdate():
            form.add_error(name, _("The day lies in the future."))


class DecisionForm(forms.Form):
    """Every decision has a date, a reason, a document, a proposer and a decider (reference.md §2.4)."""

    reasons: ClassVar[Sequence[str]] = ()
    proposed_by_credentials: ClassVar[bool] = False

    decided_on = day_field(gettext_lazy("decided on"))
    reason = forms.ChoiceField(label=gettext_lazy("reason"))
    basis = forms.CharField(
        label=gettext_lazy("basis document no."),
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": "石桥委〔2026〕12号", "autocomplete": "off"}),
    )
    proposer = forms.CharField(label=gettext_lazy("proposed by"), max_length=100)
    decider = forms.CharField(label=gettext_lazy("decided by"), max_length=100)
    note = forms.CharField(
        label=gettext_lazy("explanation"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    scan = forms.FileField(
        label=gettext_lazy("scan of the document"), required=False, help_text=gettext_lazy("PDF, JPEG or PNG.")
    )

    def __init__(self, data: Any = None, files: Any = None, **options: Any) -> None:
        super().__init__(data, files, **options)
        self.mandate: Mandate | None = None
        labels: Mapping[str, Any] = dict(ChangeReason.choices)
        choices = [(reason, labels[reason]) for reason in self.reasons]
        self.fields["reason"].choices = choices if len(choices) == 1 else [("", _("Choose")), *choices]
        if len(choices) == 1:
            self.fields["reason"].initial = choices[0][0]

    def about(self, mandate: Mandate) -> None:
        """Suggest who usually proposes and decides, and know since when the delegate has his present status."""
        mandate = getattr(mandate, "mandate", mandate)  # a motion is about a mandate too
        self.mandate = mandate
        congress = mandate.congress
        proposer = CREDENTIALS_COMMITTEE if self.proposed_by_credentials else str(mandate.electing_unit)
        self.fields["proposer"].initial = proposer
        self.fields["decider"].initial = committee_of(decider(congress.organization, "mandate_decision_level"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        refuse_future(self, "decided_on")
        day, since = cleaned.get("decided_on"), self._since()
        if day and since and day < since:
            self.add_error(
                "decided_on",
                _("The last decision on this delegate is of %(day)s: the new one cannot be earlier.")
                % {"day": f"{since.year}年{since.month}月{since.day}日"},
            )
        return cleaned

    def _since(self) -> date | None:
        if self.mandate is None:
            return None
        last = self.mandate.changes.exclude(reason=R.REGISTERED).order_by("-decided_on", "-pk").first()
        return last.decided_on if last else self.mandate.elected_on or self.mandate.congress.starts_on


class SuspendForm(DecisionForm):
    reasons = (R.CRIMINAL, R.DISCIPLINE_CASE)
    proposed_by_credentials = True


class RestoreForm(DecisionForm):
    reasons = (R.CAUSE_GONE,)
    proposed_by_credentials = True


class CeaseForm(DecisionForm):
    reasons = (R.MOVED_OUT, R.POSTED_AWAY)


class TerminateForm(DecisionForm):
    reasons = (R.PROBATION, R.MEMBERSHIP_STOPPED, R.NATIONALITY, R.RIGHTS, R.DEATH)


class AcceptResignationForm(DecisionForm):
    reasons = (R.RESIGNATION,)


class DeclineResignationForm(DecisionForm):
    reasons = (R.DECLINED,)


class RemoveForm(DecisionForm):
    """Said of a motion, about the delegate it names."""

    reasons = (R.REMOVAL,)

    def about(self, motion: RemovalMotion) -> None:  # type: ignore[override]
        """Suggest what the decision on the delegate suggests."""
        super().about(motion.mandate)


class PersuadeForm(DecisionForm):
    reasons = (R.IDLE,)

    basis = forms.CharField(label=gettext_lazy("basis document no."), max_length=100, required=False)


class DismissForm(DecisionForm):
    """Not before the time is over that the delegate had to answer (劝辞)."""

    reasons = (R.IDLE,)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        urged = self.mandate.changes.filter(verb="persuade").order_by("-decided_on").first() if self.mandate else None
        if urged and cleaned.get("decided_on"):
            days = rules.value("persuasion_days", self.mandate.congress.organization, urged.decided_on)
            if (cleaned["decided_on"] - urged.decided_on).days < days:
                self.add_error(
                    "decided_on",
                    _("Urged to resign on %(day)s: at least %(days)s days must pass.")
                    % {"day": f"{urged.decided_on:%Y-%m-%d}", "days": days},
                )
        return cleaned


class ResignForm(forms.Form):
    """A letter on paper that the office records: when it came, and what it says."""

    restricted = True  # the scan is the managing office's to read
    decided_on = day_field(gettext_lazy("handed in on"))
    letter = forms.CharField(
        label=gettext_lazy("Letter of resignation"),
        min_length=10,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"min_length": gettext_lazy("Copy at least the sentence that says why.")},
    )
    scan = forms.FileField(
        label=gettext_lazy("scan of the letter on paper"), required=False, help_text=gettext_lazy("PDF, JPEG or PNG.")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        refuse_future(self, "decided_on")
        return cleaned


class ResignLetterForm(forms.Form):
    """What the delegate himself writes on his phone."""

    letter = forms.CharField(
        label=gettext_lazy("Why I resign"),
        min_length=10,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"min_length": gettext_lazy("Say in a sentence why you resign.")},
    )
    sure = forms.BooleanField(label=gettext_lazy("I have considered it and resign of my own will"))


class WithdrawForm(forms.Form):
    """The delegate took his letter back: when and how the office knows."""

    decided_on = day_field(gettext_lazy("handed in on"))
    note = forms.CharField(
        label=gettext_lazy("How the delegate took it back"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        refuse_future(self, "decided_on")
        return cleaned


class PledgeForm(forms.Form):
    """The delegate's own words beside the common text, and his signature."""

    own_words = forms.CharField(
        label=gettext_lazy("What I will do in this term, in my own words (optional)"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    sure = forms.BooleanField(label=gettext_lazy("I have read it and sign it"))
