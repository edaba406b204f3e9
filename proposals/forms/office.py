"""What the office says outside the tables: a reader's opinion, who handles what, a step of supervision."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.models import Organization
from delegates.forms.decisions import day_field, refuse_future
from delegates.models import CommitteeMember, Mandate
from proposals.forms.decisions import choose, long_text, units_of
from proposals.models import (
    Assignment,
    AssignmentRole,
    Outcome,
    Proposal,
    RejectReason,
    Satisfaction,
    SupervisionKind,
)

PARTS, EMPTY, MOST_PARTS = 5, 2, 40  # lines at least; empty ones after what is planned; no more than


class OpinionForm(forms.Form):
    """A reader's suggestion; whoever decides reads it."""

    outcome = forms.ChoiceField(label=gettext_lazy("suggestion"))
    reject_reason = forms.ChoiceField(label=gettext_lazy("reason code"), required=False)
    text = long_text(gettext_lazy("opinion"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [("", _("Choose")), *Outcome.choices]
        self.fields["reject_reason"].choices = [("", "—"), *RejectReason.choices]


class PlanForm(forms.Form):
    """Who handles the paper: one lead unit with assistants, or separate units; under whom, and how."""

    leader = choose(CommitteeMember.objects.none(), gettext_lazy("leading committee member"), required=False)
    is_key = forms.BooleanField(label=gettext_lazy("key paper under a leader's own charge"), required=False)
    task_force = forms.CharField(
        label=gettext_lazy("task force (专班)"), max_length=120, required=False,
        help_text=gettext_lazy("For a paper that several units carry out together: its name and who heads it."),
    )  # fmt: skip
    opinion = long_text(gettext_lazy("opinion on the handling (拟办意见)"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = proposal.version
        organization = proposal.congress.organization
        members = CommitteeMember.objects.filter(congress__organization=organization, left_on=None)
        self.fields["leader"].queryset = members
        self.fields["leader"].label_from_instance = lambda row: f"{row.name}（{row.post}）" if row.post else row.name
        self.fields["leader"].initial, self.fields["is_key"].initial = proposal.leader_id, proposal.is_key
        self.fields["opinion"].initial = proposal.planning_opinion
        self.fields["task_force"].initial = proposal.task_force
        units = list(units_of(organization))
        choices = [("", _("Choose")), *((unit.pk, unit.name) for unit in units)]
        planned = list(proposal.assignments.filter(state="planned").order_by("pk"))
        self.units = {str(unit.pk): unit for unit in units}
        self.count = min(MOST_PARTS, max(PARTS, len(planned) + EMPTY, self._sent()))
        for place in range(self.count):
            part = planned[place] if place < len(planned) else None
            self.fields[f"unit_{place}"] = forms.ChoiceField(
                choices=choices, required=False, initial=part and part.unit_id
            )
            role = part.role if part else (AssignmentRole.LEAD if place == 0 else AssignmentRole.ASSIST)
            self.fields[f"role_{place}"] = forms.ChoiceField(choices=AssignmentRole.choices, initial=role)
            self.fields[f"task_{place}"] = forms.CharField(
                max_length=200, required=False, initial=part.task if part else ""
            )

    def _sent(self) -> int:
        """How many lines came back: no fewer are read, whatever was planned meanwhile."""
        places = [name.removeprefix("unit_") for name in self.data or () if name.startswith("unit_")]
        return max((int(place) + 1 for place in places if place.isascii() and place.isdecimal()), default=0)

    @property
    def lines(self) -> list[tuple[Any, Any, Any]]:
        """The rows of units: which, as what, to answer what."""
        return [(self[f"unit_{place}"], self[f"role_{place}"], self[f"task_{place}"]) for place in range(self.count)]

    def compare(self, proposal: Proposal) -> None:
        """Somebody planned meanwhile: what stands now is shown, and saving once more puts this in its place."""
        self.data = self.data.copy()
        self.data["seen"] = proposal.version
        rows = proposal.assignments.filter(state="planned").select_related("unit").order_by("pk")
        now = "、".join(f"{row.unit.name}（{row.get_role_display()}）" for row in rows)
        self.add_error(
            None, _("It was planned meanwhile: %(units)s. Compare, and save again if yours is right.") % {"units": now}
        )

    def parts(self) -> list[tuple[Organization, str, str]]:
        """What was filled in."""
        data = self.cleaned_data
        return [
            (self.units[data[f"unit_{place}"]], data[f"role_{place}"], data[f"task_{place}"])
            for place in range(self.count)
            if data.get(f"unit_{place}")
        ]


class StepForm(forms.Form):
    """One step of supervision: what was done with which unit, what it said, and when to look again."""

    kind = forms.ChoiceField(label=gettext_lazy("kind"))
    assignment = choose(Assignment.objects.none(), gettext_lazy("handling unit"), required=False)
    on = day_field(gettext_lazy("on"))
    said = long_text(gettext_lazy("what was said"), most=2000, required=False)
    next_on = day_field(gettext_lazy("looked at again on"), initial=None, required=False)

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Choose")), *SupervisionKind.choices]
        rows = proposal.assignments.exclude(state__in=["planned", "cancelled", "returned"]).select_related("unit")
        self.fields["assignment"].queryset = rows
        self.fields["assignment"].label_from_instance = lambda row: row.unit.name

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        refuse_future(self, "on")
        day, again = data.get("on"), data.get("next_on")
        if day and again and again < day:
            self.add_error("next_on", _("It lies before the step itself."))
        return data


ASKED = "请上述单位主要负责人亲自过问，逐件明确责任人和完成时限，主动与代表沟通。"


def in_a_week() -> Any:
    """The day a week from now."""
    return timezone.localdate() + timedelta(days=7)


class BulletinForm(forms.Form):
    """What a bulletin asks of the units it names, and until when."""

    answer_by = day_field(gettext_lazy("to be settled and answered by"), initial=in_a_week)
    asked = long_text(gettext_lazy("what is asked of the units"), initial=ASKED, min_length=10)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        day = data.get("answer_by")
        if day and day <= timezone.localdate():
            self.add_error("answer_by", _("Leave the units some days: the day must lie ahead."))
        return data


class FeedbackFormOnPaper(forms.Form):
    """A proposer's opinion from his signed form; the scan proves it."""

    mandate = choose(Mandate.objects.none(), gettext_lazy("delegate"))
    attitude = forms.ChoiceField(label=gettext_lazy("with the attitude"), choices=Satisfaction.choices)
    result = forms.ChoiceField(label=gettext_lazy("with the result"), choices=Satisfaction.choices)
    text = long_text(gettext_lazy("opinion"), required=False)
    scan = forms.FileField(label=gettext_lazy("signed form"), help_text=gettext_lazy("PDF, JPEG or PNG."))

    def __init__(self, *args: Any, proposers: list[Mandate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Mandate.objects.filter(pk__in=[one.pk for one in proposers]).select_related("person")
        self.fields["mandate"].queryset = rows
        self.fields["mandate"].label_from_instance = lambda row: row.person.name


class LeadForm(forms.Form):
    """Who leads a paper whose lead proposer has left: one of those who signed it."""

    mandate = choose(Mandate.objects.none(), gettext_lazy("new lead proposer"))

    def __init__(self, *args: Any, heirs: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Mandate.objects.filter(pk__in=[row.mandate_id for row in heirs]).select_related("person")
        self.fields["mandate"].queryset = rows
        self.fields["mandate"].label_from_instance = lambda row: row.person.name
        self.fields["mandate"].help_text = _("Of those who are in office and have signed the text as it stands.")


class ResultForm(forms.Form):
    """What a paper brought about, in a number."""

    name = forms.CharField(label=gettext_lazy("what"), max_length=60)
    quantity = forms.DecimalField(label=gettext_lazy("how many"), max_digits=12, decimal_places=2, min_value=0)
    measure_word = forms.CharField(label=gettext_lazy("unit of measure"), max_length=10)
    note = forms.CharField(label=gettext_lazy("source or link"), max_length=200, required=False)


class MeetingForm(forms.Form):
    """A line for each unit that is late: what it said, and when it is looked at again. An empty line is left out."""

    def __init__(self, *args: Any, rows: list[Assignment], next_on: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            self.fields[f"said_{row.pk}"] = forms.CharField(
                max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
            )
            self.fields[f"next_{row.pk}"] = day_field("", initial=next_on, required=False)

    @property
    def lines(self) -> list[tuple[Assignment, Any, Any]]:
        """Each unit's part with its two fields."""
        return [(row, self[f"said_{row.pk}"], self[f"next_{row.pk}"]) for row in self.rows]

    def said(self) -> list[tuple[Assignment, str, Any]]:
        """What was filled in."""
        data = self.cleaned_data
        return [(row, data[f"said_{row.pk}"], data[f"next_{row.pk}"]) for row in self.rows if data[f"said_{row.pk}"]]
