"""What is said with a decision on a paper. Every reason is told to every proposer, so it is written for them."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.models import Organization, OrganizationKind, Session
from delegates.forms.decisions import day_field, refuse_future
from proposals.models import MERGEABLE, Category, IdeaAdoption, Proposal, RejectReason, ReplyClass


class Area(forms.Textarea):
    """A box that takes what is pasted: a browser would cut it at the limit without a word, so the form says it."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"].pop("maxlength", None)
        return context


def long_text(label: Any, rows: int = 3, most: int = 1000, **options: Any) -> forms.CharField:
    """A text of several lines."""
    said = {
        "min_length": gettext_lazy("Write at least %(limit_value)d characters; there are %(show_value)d."),
        "max_length": gettext_lazy("No more than %(limit_value)d characters; there are %(show_value)d."),
    }
    area = Area(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=most, widget=area, error_messages=said, **options)


def choose(rows: Any, label: Any, **options: Any) -> forms.ModelChoiceField:
    """One of some rows; the list begins with a word and not with Django's row of dashes."""
    return forms.ModelChoiceField(rows, label=label, **({"empty_label": gettext_lazy("Choose")} | options))


def units_of(organization: Organization) -> Any:
    """The units an organisation hands papers to: open, of its own branch or standing under the district itself.

    A neighbour's own unit is not among them: with the paper its office would read it.
    """
    root = organization.path.strip("/").split("/")[0]
    near = Q(parent__code=root) | Q(path__startswith=organization.path)
    return Organization.objects.filter(near, kind=OrganizationKind.UNIT).open().order_by("path")


def categories_of(organization: Organization) -> Any:
    """The categories of an organisation's papers: everybody's, and those kept by it or by one above it."""
    codes = organization.path.strip("/").split("/")
    rows = Category.objects.filter(Q(organization=None) | Q(organization__code__in=codes))
    return rows.select_related("parent", "organization").order_by("number", "pk")


class FileForm(forms.Form):
    """Filed as it is; a word to the proposers may go with it."""

    note = long_text(gettext_lazy("a word to the proposers"), required=False)


class ReasonForm(forms.Form):
    """A decision that only needs its reason."""

    note = long_text(gettext_lazy("reason, as the proposers will read it"), min_length=4)


class ConvertForm(ReasonForm):
    """From a proposal of the session to a motion: the reason is due to its proposers."""


class MergeForm(ReasonForm):
    """Which paper it goes under. Its proposers keep their right to the answer."""

    into = choose(Proposal.objects.none(), gettext_lazy("paper it is merged into"))

    def about(self, proposal: Proposal) -> None:
        """Papers of the same congress that are being handled, this one and those merged themselves left out."""
        rows = Proposal.objects.filter(congress=proposal.congress_id, state__in=MERGEABLE).exclude(pk=proposal.pk)
        self.fields["into"].queryset = rows.order_by("kind", "number", "pk")
        self.fields["into"].label_from_instance = lambda row: f"{row.kind_word}{row.number_text} {row.title}"


class ReturnForm(forms.Form):
    """What is missing, so that it can be handed in again in time."""

    note = long_text(gettext_lazy("what is missing, as the proposers will read it"), min_length=4)


class RejectForm(ReasonForm):
    """The reason code is for the statistics, the reason for the proposers. A department may get it all the same."""

    reject_reason = forms.ChoiceField(label=gettext_lazy("reason code"))
    forwarded_to = choose(Organization.objects.none(), gettext_lazy("passed on for reference to"), required=False)
    field_order = ["reject_reason", "note", "forwarded_to"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reject_reason"].choices = [("", _("Choose")), *RejectReason.choices]

    def about(self, proposal: Proposal) -> None:
        """The units it could be passed on to."""
        self.fields["forwarded_to"].queryset = units_of(proposal.congress.organization)


class AdoptionForm(forms.Form):
    """The congress's vote: more than half of the delegates present (R5)."""

    carried = True

    votes_present = forms.IntegerField(label=gettext_lazy("delegates present"), min_value=1, max_value=100_000)
    votes_for = forms.IntegerField(label=gettext_lazy("votes for"), min_value=0, max_value=100_000)
    note = forms.CharField(label=gettext_lazy("resolution or record"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        present, votes = data.get("votes_present"), data.get("votes_for")
        if present is None or votes is None:
            return data
        if votes > present:
            self.add_error("votes_for", _("More votes than delegates present."))
        elif (votes * 2 > present) != self.carried:
            more = _("That is not more than half of those present: it is not adopted.")
            self.add_error("votes_for", more if self.carried else _("That is more than half: it is adopted."))
        return data


class LostVoteForm(AdoptionForm):
    """The same, where it was not more than half."""

    carried = False


class AnswerForm(forms.Form):
    """The office answers a piece of advice itself. What it would promise a unit has to keep, so there is no class B."""

    reply_class = forms.ChoiceField(label=gettext_lazy("class of the reply"))
    text = long_text(gettext_lazy("answer"), rows=8, most=8000, min_length=10)
    signer = forms.CharField(label=gettext_lazy("signed by"), max_length=40)
    contact_name = forms.CharField(label=gettext_lazy("contact person"), max_length=40)
    contact_phone = forms.CharField(label=gettext_lazy("phone"), max_length=30)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [choice for choice in ReplyClass.choices if choice[0] != ReplyClass.B]
        self.fields["reply_class"].choices = [("", _("Choose")), *choices]


class AdoptIdeaForm(forms.Form):
    """How far a golden idea is taken up, by whom and when."""

    adoption = forms.ChoiceField(label=gettext_lazy("taken up"))
    adopted_by = forms.CharField(label=gettext_lazy("taken up by"), max_length=60)
    adopted_on = day_field(gettext_lazy("taken up on"))
    note = long_text(gettext_lazy("a word to the delegate"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["adoption"].choices = [("", _("Choose")), *IdeaAdoption.choices]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        refuse_future(self, "adopted_on")
        return data


class CloseForm(forms.Form):
    """A paper is closed; a word may go with it."""

    note = long_text(gettext_lazy("how it was closed"), required=False)


class RuleForm(forms.Form):
    """The final word after a second dissatisfaction: a leader's, not the office's."""

    ruled_by = forms.CharField(label=gettext_lazy("leader who decided"), max_length=60)
    note = long_text(gettext_lazy("final explanation, as the proposers will read it"), rows=5, min_length=10)


class SessionReportForm(forms.Form):
    """The session to which the handling was reported."""

    session = choose(Session.objects.none(), gettext_lazy("session"))

    def about(self, proposal: Proposal) -> None:
        """Sessions of the organisation from the paper's own on, that have opened."""
        rows = Session.objects.filter(
            congress__organization=proposal.congress.organization_id, starts_on__lte=timezone.localdate()
        )
        self.fields["session"].queryset = rows.order_by("-starts_on")
