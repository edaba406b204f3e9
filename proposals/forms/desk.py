"""What is written at a unit's desk besides the steps themselves."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Case, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegates.forms.decisions import day_field, refuse_future
from delegates.models import Mandate
from proposals.forms.decisions import long_text
from proposals.models import Assignment, ContactWay

SCAN_TYPES = ".pdf,.jpg,.jpeg,.png"


class ProgressForm(forms.Form):
    """What has been done so far; the delegates read it unless it is for the office only."""

    text = long_text(gettext_lazy("what was done"), rows=5, most=2000, min_length=4)
    is_internal = forms.BooleanField(
        label=gettext_lazy("For the office only: the delegates do not see it"), required=False
    )


class ContactForm(forms.Form):
    """With which of the proposers the unit spoke, how, when, and what was said."""

    mandate = forms.ModelChoiceField(
        Mandate.objects.none(), label=gettext_lazy("delegate"), empty_label=gettext_lazy("Choose")
    )
    way = forms.ChoiceField(label=gettext_lazy("way"))
    on = day_field(gettext_lazy("date of the talk"))
    text = long_text(gettext_lazy("what was said"), rows=4, most=500, min_length=4)

    def about(self, assignment: Assignment, proposers: list[Mandate]) -> None:
        """Those who signed the paper; a talk lies after the day it was given."""
        self.assignment = assignment
        rows = Mandate.objects.filter(pk__in=[one.pk for one in proposers]).select_related("person")
        # Nobody is chosen beforehand, but for the only one: the delegate named hears of the talk, and may deny it.
        self.fields["mandate"].queryset = rows.order_by(
            Case(When(pk=assignment.proposal.lead_id, then=0), default=1), "pk"
        )
        self.fields["mandate"].initial = proposers[0].pk if len(proposers) == 1 else None
        self.fields["way"].choices = [("", _("Choose")), *ContactWay.choices]
        self.fields["mandate"].label_from_instance = lambda row: row.person.name

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        refuse_future(self, "on")
        day = data.get("on")
        if day and day < self.assignment.assigned_on and "on" not in self.errors:
            given = f"{self.assignment.assigned_on:%Y-%m-%d}"
            self.add_error("on", _("The paper was given to your unit on %(day)s.") % {"day": given})
        return data


class PersonForm(forms.Form):
    """Who in the unit has it in hand from now on."""

    handler_name = forms.CharField(label=gettext_lazy("person in charge"), max_length=40)
    handler_phone = forms.CharField(label=gettext_lazy("phone"), max_length=30)


class IssueLetterForm(forms.Form):
    """The day the letter is dated."""

    issued_on = day_field(gettext_lazy("date of the letter"))

    def __init__(self, *args: Any, earliest: tuple[date, str], **kwargs: Any) -> None:
        """`earliest` is the first day the letter may bear, with the sentence why."""
        super().__init__(*args, **kwargs)
        self.earliest, self.why = earliest
        self.fields["issued_on"].widget.attrs |= {"min": self.earliest.isoformat(), "max": f"{timezone.localdate()}"}

    def clean_issued_on(self) -> Any:
        day = self.cleaned_data["issued_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("The day lies in the future: today is %(day)s.") % {"day": _long_today()})
        if day < self.earliest:
            raise forms.ValidationError(self.why)
        return day


def _long_today() -> str:
    day = timezone.localdate()
    return f"{day.year}年{day.month}月{day.day}日"


class WordForm(forms.Form):
    """The word before the unit's numbers."""

    word = forms.CharField(
        label=gettext_lazy("word before the number"), max_length=12,
        help_text=gettext_lazy("As your unit numbers its letters, without year and number: 明住建函."),
    )  # fmt: skip


class ScanForm(forms.Form):
    """The sealed letter as it was sent."""

    scan = forms.FileField(
        label=gettext_lazy("scan of the sealed letter"), help_text=gettext_lazy("PDF, JPEG or PNG, at most 20 MB."),
        widget=forms.FileInput(attrs={"accept": SCAN_TYPES}),
    )  # fmt: skip


class ProofForm(forms.Form):
    """What proves that a promise was kept."""

    proof = forms.FileField(
        label=gettext_lazy("proof (if there is one)"),
        required=False,
        help_text=gettext_lazy("PDF, JPEG or PNG, at most 20 MB."),
        widget=forms.FileInput(attrs={"accept": SCAN_TYPES}),
    )
