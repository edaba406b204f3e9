"""What a unit says to the office, the office to a unit, and the unit to the delegates."""

import unicodedata
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import rules, wording
from congress.kernel.deadlines import add_months
from congress.kernel.workflow import MOVED_ON
from congress.models import Organization
from delegates.forms.decisions import day_field
from proposals.forms.decisions import choose, long_text, units_of
from proposals.models import Assignment, AssignmentRequest, ReplyClass


class StartForm(forms.Form):
    """Who in the unit takes it on, and how it will be gone about."""

    handler_name = forms.CharField(label=gettext_lazy("person in charge"), max_length=40)
    handler_phone = forms.CharField(label=gettext_lazy("phone"), max_length=30)
    plan = long_text(gettext_lazy("how it will be handled"), required=False, most=2000)

    def about(self, assignment: Assignment) -> None:
        """Whoever had it in hand stays suggested."""
        self.fields["handler_name"].initial = assignment.handler_name
        self.fields["handler_phone"].initial = assignment.handler_phone


class ObjectionForm(forms.Form):
    """A unit never passes a paper on by itself: it names whose affair it is, and the office decides."""

    reason = long_text(gettext_lazy("why it is not this unit's affair"), min_length=10)
    proper_unit = choose(Organization.objects.none(), gettext_lazy("unit it belongs to"))

    def about(self, assignment: Assignment) -> None:
        """Every other unit of the district."""
        rows = units_of(assignment.proposal.congress.organization)
        self.fields["proper_unit"].queryset = rows.exclude(pk=assignment.unit_id)
        mark_let_off(self.fields["proper_unit"], let_off(assignment))


class ReturnAnswerForm(forms.Form):
    """The office agrees: which unit gets it instead, and why. One that was let off this paper before gets it again only
    with a reason in writing."""

    new_unit = choose(Organization.objects.none(), gettext_lazy("given to"))
    answer = long_text(gettext_lazy("answer"), required=False)
    note = long_text(
        gettext_lazy("why it goes all the same to a unit that was let off this paper"), required=False,
        help_text=gettext_lazy("Only for such a unit. It reads the reason, and cannot object a second time."),
    )  # fmt: skip

    def about(self, assignment: Assignment) -> None:
        """The unit that was named is suggested; one that has a part already cannot be chosen."""
        taken = assignment.proposal.assignments.exclude(state__in=["returned", "cancelled"]).values("unit")
        rows = units_of(assignment.proposal.congress.organization).exclude(pk__in=taken)
        self.fields["new_unit"].queryset = rows
        asked = assignment.requests.filter(granted=None).first()
        if asked:
            self.fields["answer"].help_text = asked.reason
        if asked and asked.proper_unit_id:
            self.fields["new_unit"].initial = asked.proper_unit_id
        self.off = {pk: row for pk, row in let_off(assignment).items() if rows.filter(pk=pk).exists()}
        mark_let_off(self.fields["new_unit"], self.off)
        self.fields["new_unit"].help_text = " ".join(earlier_objection(row) for row in self.off.values())
        if not self.off:
            del self.fields["note"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        unit = data.get("new_unit")
        if unit is not None and unit.pk in self.off and len(data.get("note", "").strip()) < 4:
            self.add_error("note", earlier_objection(self.off[unit.pk]))
        return data


def let_off(assignment: Assignment) -> dict[int, AssignmentRequest]:
    """The units that were let off this paper because it is not their affair, each with what it said last."""
    rows = AssignmentRequest.objects.let_off(assignment.proposal_id)
    return {row.assignment.unit_id: row for row in rows}


def mark_let_off(field: forms.ModelChoiceField, off: dict[int, AssignmentRequest]) -> None:
    """A unit that was let off already is seen as such before it is chosen."""

    def label(unit: Organization) -> str:
        return _("%(unit)s (was let off this paper)") % {"unit": unit.name} if unit.pk in off else unit.name

    field.label_from_instance = label


def earlier_objection(request: AssignmentRequest) -> str:
    """What a unit said against having a paper, and what the office decided, for whoever would give it there again."""
    said = {
        "unit": request.assignment.unit.name, "day": _long(timezone.localdate(request.answered_at)),
        "reason": request.reason.rstrip("。"), "answer": request.answer.rstrip("。") or _("agreed, without a word"),
    }  # fmt: skip
    return (
        _(
            "%(unit)s was let off this paper on %(day)s. It had said: “%(reason)s” The office decided: “%(answer)s” "
            "It gets the paper again only if you write down why."
        )
        % said
    )


class RefuseForm(forms.Form):
    """The office does not agree, and says why."""

    answer = long_text(gettext_lazy("reason, as the unit will read it"), min_length=4)


def last_day(assignment: Assignment) -> date:
    """How far a handling can be extended: by so many months, and no further than the whole handling may take."""
    organization = assignment.proposal.congress.organization
    months = rules.value("extension_months", organization, assignment.original_due_on)
    given = assignment.assigned_on
    whole = rules.value("handling_total_months", organization, given)
    last = min(add_months(assignment.original_due_on, months), add_months(given, whole))
    return max(last, assignment.original_due_on)


class ExtensionForm(forms.Form):
    """Until when, and why; once, and no further than the rule allows."""

    asked_until = day_field(gettext_lazy("extended until"), initial=None)
    reason = long_text(gettext_lazy("why it needs more time, and what was done so far"), min_length=10)

    def about(self, assignment: Assignment) -> None:
        """The day it is due, and the last day the rule allows."""
        self.assignment = assignment
        self.last = last_day(assignment)
        self.fields["asked_until"].help_text = _("At the latest %(day)s.") % {"day": _long(self.last)}

    def clean_asked_until(self) -> Any:
        return _within(self, self.cleaned_data["asked_until"])


class ExtensionAnswerForm(forms.Form):
    """The office grants it, until the day asked for or an earlier one."""

    granted_until = day_field(gettext_lazy("granted until"), initial=None)
    answer = long_text(gettext_lazy("answer"), required=False)

    def about(self, assignment: Assignment) -> None:
        """The day that was asked for is suggested."""
        self.assignment = assignment
        self.last = last_day(assignment)
        asked = assignment.requests.filter(granted=None).first()
        self.fields["granted_until"].initial = asked.asked_until if asked else None
        self.asked = asked
        if asked:
            self.fields["answer"].help_text = _("Asked until %(day)s: %(reason)s") % {
                "day": _long(asked.asked_until), "reason": asked.reason,
            }  # fmt: skip

    def clean_granted_until(self) -> Any:
        day = self.cleaned_data["granted_until"]
        if self.asked and day > self.asked.asked_until:
            raise forms.ValidationError(_("No longer than was asked for."))
        return _within(self, self.cleaned_data["granted_until"])


def _within(form: Any, day: Any) -> Any:
    """The day lies after the one that is due, and not after the last the rule allows."""
    if day <= timezone.localdate():
        raise forms.ValidationError(_("The day lies in the past."))
    if day <= form.assignment.due_on:
        raise forms.ValidationError(_("It is due on %(day)s already.") % {"day": _long(form.assignment.due_on)})
    if day > form.last:
        raise forms.ValidationError(_("At the latest %(day)s.") % {"day": _long(form.last)})
    return day


class OpinionForm(forms.Form):
    """An assisting unit tells the lead unit what it can contribute."""

    opinion = long_text(gettext_lazy("opinion for the lead unit"), rows=6, most=4000, min_length=10)


class ReplyForm(forms.Form):
    """The answer as the delegates will read it. A class B says what is promised, by when, and what will prove it."""

    reply_class = forms.ChoiceField(label=gettext_lazy("class of the reply"), choices=ReplyClass.choices)
    text = long_text(gettext_lazy("reply"), rows=14, most=8000, min_length=30)
    signer = forms.CharField(label=gettext_lazy("signed by (head of the unit)"), max_length=20)
    contact_name = forms.CharField(label=gettext_lazy("contact person"), max_length=20)  # both stand on one line
    contact_phone = forms.CharField(label=gettext_lazy("phone"), max_length=30)
    promise = forms.CharField(
        label=gettext_lazy("what is promised"), max_length=300, required=False,
        help_text=gettext_lazy("For class B: each promise is followed up until it is kept."),
    )  # fmt: skip
    promise_due_on = day_field(gettext_lazy("promised for"), initial=None, required=False)
    promise_evidence = forms.CharField(label=gettext_lazy("what will prove it"), max_length=100, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)  # of the draft that was opened

    def about(self, assignment: Assignment) -> None:
        """What was drafted before stays."""
        self.reply = reply = assignment.replies.filter(round=assignment.round).first()
        self.fields["version"].initial = 0
        if reply is not None:
            for name in self.fields:
                self.fields[name].initial = getattr(reply, name)
        self.fields["contact_name"].initial = self.fields["contact_name"].initial or assignment.handler_name
        self.fields["contact_phone"].initial = self.fields["contact_phone"].initial or assignment.handler_phone

    def clean_text(self) -> str:
        """Without what a word processor hides in a text; what no printer has is named now, not when it is issued."""
        text = "".join(letter for letter in self.cleaned_data["text"] if unicodedata.category(letter) != "Cf")
        if problem := wording.unprintable(text):
            raise forms.ValidationError(problem)
        if len(text.strip()) < 30:
            raise forms.ValidationError(_("Write at least %(least)s characters.") % {"least": 30})
        return text

    def tell_conflict(self) -> None:
        """Somebody else saved a draft since this one was opened: say so; sent once more it is meant."""
        now = self.reply.version if self.reply else 0
        if self.cleaned_data.get("version") in {None, now}:
            return
        self.add_error(None, MOVED_ON)
        self.data = self.data.copy()
        self.data["version"] = str(now)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.tell_conflict()
        for name in ("signer", "contact_name", "contact_phone"):
            if problem := wording.unprintable(data.get(name) or ""):
                self.add_error(name, problem)
        if data.get("reply_class") != ReplyClass.B:
            return data | {"promise": "", "promise_due_on": None, "promise_evidence": ""}
        for name in ("promise", "promise_due_on", "promise_evidence"):
            if name not in self.errors and not data.get(name):
                self.add_error(name, _("A class B reply says what is promised, for when, and what will prove it."))
        due = data.get("promise_due_on")
        if due and due <= timezone.localdate():
            self.add_error("promise_due_on", _("A promise lies in the future."))
        if due and due > timezone.localdate() + timedelta(days=365 * 5):
            self.add_error("promise_due_on", _("Nobody can follow a promise for more than five years."))
        return data


class BounceForm(forms.Form):
    """What the unit has to change before the reply may go out."""

    note = long_text(gettext_lazy("what has to be changed"), min_length=4)


class ApproveForm(forms.Form):
    """The office lets the reply go out. A second one is approved by a leader, whose name is kept."""

    approved_by = forms.CharField(label=gettext_lazy("approved by"), max_length=60, required=False)
    issued_on = day_field(gettext_lazy("date of the letter"))

    def about(self, assignment: Assignment) -> None:
        """A second reply needs the name of a leader."""
        self.needs_leader = assignment.round > 1
        if self.needs_leader:
            self.fields["approved_by"].label = _("approved by (leader)")
            self.fields["approved_by"].required = True
        self.assignment = assignment

    def clean_issued_on(self) -> Any:
        day = self.cleaned_data["issued_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("The day lies in the future."))
        if day < self.assignment.assigned_on:
            raise forms.ValidationError(_("It was assigned on %(day)s.") % {"day": _long(self.assignment.assigned_on)})
        return day


class RehandleForm(forms.Form):
    """What the unit has to do differently the second time."""

    note = long_text(gettext_lazy("what has to be done again, as unit and proposers will read it"), min_length=4)


def _long(day: Any) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
