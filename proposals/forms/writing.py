"""What a delegate writes on his phone: a paper, an enquiry, what he thinks of a reply."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.models import Organization
from delegates.forms.decisions import day_field, refuse_future
from delegates.models import Delegation
from proposals.forms.decisions import long_text
from proposals.models import PRIVATE, Category, Inquiry, InquiryKind, Proposal, Satisfaction, Scope

ALSO: Final = ("人大", "政协", "信访")
MEASURE: Final = (("action", 500), ("actor", 60), ("by_when", 40))
PARTS: Final = {
    "action": gettext_lazy("What should be done"), "actor": gettext_lazy("By whom"), "by_when": gettext_lazy("By when"),
}  # fmt: skip
MOST_MEASURES: Final = 20
EMPTY_ROWS: Final = 3


class PaperForm(forms.Form):
    """A paper, whole or half: nothing is asked for before it is handed in. Measures come as rows of three texts."""

    title = forms.CharField(label=gettext_lazy("subject (案由)"), max_length=80, required=False)
    category = forms.ModelChoiceField(
        Category.objects.none(), label=gettext_lazy("category of the paper"), required=False
    )
    scope = forms.ChoiceField(label=gettext_lazy("whom it concerns"), required=False)
    grounds = long_text(gettext_lazy("situation (案据)"), rows=6, most=4000, required=False)
    root_cause = long_text(gettext_lazy("why it is so"), rows=4, most=2000, required=False)
    evidence = long_text(gettext_lazy("what it rests on"), rows=3, most=1000, required=False)
    prior_attempt = long_text(
        gettext_lazy("was the department asked before, and what came of it"), rows=3, most=500, required=False
    )
    also = forms.MultipleChoiceField(
        label=gettext_lazy("also submitted to"), choices=[(name, name) for name in ALSO], required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    by_delegation = forms.BooleanField(
        label=gettext_lazy("Our delegation has voted for it and moves it"), required=False
    )
    delegation_voted_on = day_field(gettext_lazy("delegation's vote on"), initial=None, required=False)
    delegation_votes_for = forms.IntegerField(
        label=gettext_lazy("votes for"), min_value=0, max_value=10_000, required=False
    )
    delegation_votes_due = forms.IntegerField(
        label=gettext_lazy("members due"), min_value=1, max_value=10_000, required=False
    )
    DELEGATION = ("by_delegation", "delegation_voted_on", "delegation_votes_for", "delegation_votes_due")

    def __init__(
        self, *args: Any, proposal: Proposal, categories: Iterable[Category], headed: Delegation | None, **kwargs: Any
    ) -> None:
        """`categories` are those to choose from; `headed` the delegation the writer is the head of, if he is."""
        self.proposal, self.headed = proposal, headed
        super().__init__(*args, initial=_initial(proposal), **kwargs)
        self.fields["category"].queryset = categories
        self.fields["category"].choices = [("", _("Choose")), *_grouped(categories, proposal.category_id)]
        self.fields["scope"].choices = [("", _("Choose")), *Scope.choices]
        for name in () if headed else self.DELEGATION:
            del self.fields[name]
        for name in ("title", "grounds", "root_cause", "evidence", "prior_attempt"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
            self.fields[name].widget.attrs.pop("maxlength", None)  # a browser cuts what is pasted and says nothing

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.headed:
            refuse_future(self, "delegation_voted_on")
            votes, due = data.get("delegation_votes_for"), data.get("delegation_votes_due")
            if votes is not None and due is not None and votes > due:
                self.add_error("delegation_votes_for", _("More votes than members."))
            handed = self.proposal.state not in PRIVATE
            if data.get("by_delegation") and handed:
                self._whole_vote(data)
        if too_long := too_much(self.measures):
            self.errors["measures"] = self.error_class(too_long)
        return data

    def _whole_vote(self, data: dict[str, Any]) -> None:
        """What is handed in already does not lose the vote it stands on."""
        if not data.get("delegation_voted_on") and "delegation_voted_on" not in self.errors:
            self.add_error("delegation_voted_on", _("Enter when the delegation voted, and how."))
        if data.get("delegation_votes_for") is None and "delegation_votes_for" not in self.errors:
            self.add_error("delegation_votes_for", _("Write how many voted for it."))
        if not data.get("delegation_votes_due") and "delegation_votes_due" not in self.errors:
            self.add_error(
                "delegation_votes_due",
                _("Enter how many members the delegation has: more than half of them must have voted for it."),
            )

    @property
    def measures(self) -> list[dict[str, str]]:
        """The rows as they were sent, empty ones among them; without a sent form, those that are kept."""
        if not self.is_bound:
            return [{name: getattr(row, name) for name, _most in MEASURE} for row in self.proposal.measures.all()]
        columns = {name: self.data.getlist(name) for name, _most in MEASURE}
        longest = max((len(column) for column in columns.values()), default=0)

        def cell(name: str, place: int) -> str:
            return columns[name][place].replace("\x00", "") if place < len(columns[name]) else ""

        return [{name: cell(name, place) for name in columns} for place in range(longest)]

    @property
    def shown_measures(self) -> list[dict[str, str]]:
        """What is written, and empty rows to write more."""
        said = [row for row in self.measures if any(text.strip() for text in row.values())]
        return [*said, *({name: "" for name, _most in MEASURE} for _row in range(EMPTY_ROWS))]

    @property
    def facts(self) -> dict[str, Any]:
        """What is kept of a valid form."""
        data = self.cleaned_data
        said = {name: data[name] for name in ("title", "scope", "grounds", "root_cause", "evidence", "prior_attempt")}
        said["category"] = data["category"]
        said["also_submitted_to"] = "、".join(data["also"])
        if self.headed:
            moved = data["by_delegation"]
            said["delegation"] = self.headed if moved else None
            for name in self.DELEGATION[1:]:
                said[name] = data[name] if moved else None
        return said


def too_much(measures: Iterable[Mapping[str, str]]) -> list[str]:
    """What of the measures is longer than its place, or a row too many, each as a sentence: a text is never cut."""
    rows = [{name: one.get(name, "").strip() for name, _most in MEASURE} for one in measures]
    rows = [row for row in rows if any(row.values())]
    said = [
        _("Measure %(number)s, “%(part)s”: %(length)s characters, at most %(most)s. Shorten it.")
        % {"number": number, "part": PARTS[name], "length": len(text), "most": most}
        for number, row in enumerate(rows, 1)
        for name, most in MEASURE
        if len(text := row[name].replace("\r\n", "\n")) > most
    ]
    if len(rows) > MOST_MEASURES:
        said.append(_("%(count)s measures; at most %(most)s.") % {"count": len(rows), "most": MOST_MEASURES})
    return said


def texts_of(proposal: Proposal) -> dict[str, Any]:
    """What stands in a paper, field by field as the form sends it: for who has to choose between it and his own."""
    kept = _initial(proposal)
    said = {name: value for name, value in kept.items() if name not in {"also", "by_delegation"}}
    texts = {name: "" if value is None else str(value) for name, value in said.items()}
    rows = [[getattr(row, name) for name, _most in MEASURE] for row in proposal.measures.all()]
    moved = "on" if kept["by_delegation"] else ""
    return texts | {"also": kept["also"], "by_delegation": moved, "measures": rows}


def _initial(proposal: Proposal) -> dict[str, Any]:
    names = ("title", "category", "scope", "grounds", "root_cause", "evidence", "prior_attempt")
    names += ("delegation_voted_on", "delegation_votes_for", "delegation_votes_due")
    kept = {name: getattr(proposal, f"{name}_id" if name == "category" else name) for name in names}
    also = proposal.also_submitted_to.split("、")
    return kept | {"also": [name for name in ALSO if name in also], "by_delegation": bool(proposal.delegation_id)}


def _grouped(categories: Iterable[Category], kept: int | None) -> list[tuple[str, list[tuple[int, str]]]]:
    """The first level as headings, each with itself and what is below it. A closed one stays where it was chosen."""
    rows = [one for one in categories if not one.is_closed or one.pk == kept]
    tops = [one for one in rows if one.parent_id is None]
    below: dict[int, list[Category]] = {}
    for one in rows:
        below.setdefault(one.parent_id or one.pk, []).append(one)
    return [
        (top.name, [(one.pk, one.name if one.parent_id else _("%(name)s (in general)") % {"name": one.name})
                    for one in sorted(below[top.pk], key=lambda one: (one.parent_id is None, one.number, one.pk))])
        for top in tops
    ]  # fmt: skip


class WithdrawForm(forms.Form):
    """Why a paper should be taken back."""

    reason = long_text(gettext_lazy("why it should be taken back"), min_length=4)


class FeedbackForm(forms.Form):
    """What a proposer thinks of the handling: of the attitude, and of the result, each by itself."""

    attitude = forms.ChoiceField(
        label=gettext_lazy("with the attitude"), choices=Satisfaction.choices, widget=forms.RadioSelect
    )
    result = forms.ChoiceField(
        label=gettext_lazy("with the result"), choices=Satisfaction.choices, widget=forms.RadioSelect
    )
    text = long_text(
        gettext_lazy("your opinion"), rows=4, required=False,
        help_text=gettext_lazy("Not satisfied: please say with what, so that the unit knows what to do."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if Satisfaction.DISSATISFIED in {data.get("attitude"), data.get("result")} and not data.get("text", "").strip():
            self.add_error(
                "text", _("Say in a sentence what you are not satisfied with: the unit has to know what to do.")
            )
        return data


class ContactAnswerForm(forms.Form):
    """Whether a unit spoke with the delegate, in his own words if he likes."""

    was_so = forms.ChoiceField(
        label=gettext_lazy("was it so"),
        choices=[("yes", gettext_lazy("Yes, they spoke with me")), ("no", gettext_lazy("No, nobody contacted me"))],
        widget=forms.RadioSelect,
    )
    remark = long_text(gettext_lazy("remark (if you like)"), rows=2, most=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remark"].widget.attrs.pop("maxlength", None)


class InquiryForm(forms.Form):
    """What is asked of whom. An interpellation names the enquiry that was made before."""

    kind = forms.ChoiceField(
        label=gettext_lazy("kind of question"),
        choices=InquiryKind.choices,
        initial=InquiryKind.ENQUIRY,
        widget=forms.RadioSelect,
    )
    enquiry = forms.ModelChoiceField(
        Inquiry.objects.none(), label=gettext_lazy("enquiry made before"), required=False,
        empty_label=gettext_lazy("Choose"),
        help_text=gettext_lazy("For an interpellation (质询) only: it follows an answered enquiry to the same body."),
    )  # fmt: skip
    target = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("body asked"), empty_label=gettext_lazy("Choose")
    )
    subject = forms.CharField(label=gettext_lazy("what it is about"), max_length=80, min_length=4)
    question = long_text(gettext_lazy("question"), rows=8, most=4000, min_length=10)

    def __init__(self, *args: Any, targets: Any, enquiries: Any, **kwargs: Any) -> None:
        """`targets` are the bodies that may be asked, `enquiries` those an interpellation may follow."""
        super().__init__(*args, **kwargs)
        self.fields["target"].queryset, self.fields["enquiry"].queryset = targets, enquiries
        self.fields["enquiry"].label_from_instance = lambda row: f"{row.subject}（{row.target.name}）"
        if not enquiries.exists():
            self.fields["kind"].help_text = _("An interpellation (质询) follows an answered enquiry: none yet.")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("kind") == InquiryKind.INTERPELLATION and not data.get("enquiry") and "enquiry" not in self.errors:
            self.add_error("enquiry", _("Name the enquiry that was made to the same body before."))
        return data
