"""A paper form as a clerk types it off: names as they stand there, measures a line each."""

from typing import Any, Final

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.models import Congress
from congress.policies import CONGRESSES, MANAGE, branches
from congress.querysets import within
from delegates.forms.decisions import day_field, refuse_future
from delegates.models import Delegation, Mandate
from delegates.querysets import SERVING
from proposals.forms.decisions import categories_of, choose, long_text
from proposals.forms.writing import ALSO, MOST_MEASURES
from proposals.models import Category, Proposal, ProposalKind, Scope

VOTE: Final = ("delegation_voted_on", "delegation_votes_for", "delegation_votes_due")
AS_TYPED: Final = (
    "congress", "kind", "title", "category", "scope", "grounds", "root_cause", "evidence", "prior_attempt", *VOTE,
)  # fmt: skip


class EnterForm(forms.Form):
    """Who hands it in, what it says, and its scan."""

    congress = choose(Congress.objects.none(), gettext_lazy("congress"))
    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=ProposalKind.choices)
    lead = forms.CharField(label=gettext_lazy("lead proposer"), max_length=40)
    co_signers = forms.CharField(
        label=gettext_lazy("co-signers"), max_length=2000, required=False,
        help_text=gettext_lazy("Names, separated by “、”."), widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    by_delegation = forms.BooleanField(
        label=gettext_lazy("A delegation has voted for it and moves it; its head is the lead proposer"), required=False
    )
    delegation_voted_on = day_field(gettext_lazy("delegation's vote on"), initial=None, required=False)
    delegation_votes_for = forms.IntegerField(
        label=gettext_lazy("votes for"), min_value=0, max_value=10_000, required=False
    )
    delegation_votes_due = forms.IntegerField(
        label=gettext_lazy("members due"), min_value=1, max_value=10_000, required=False
    )
    title = forms.CharField(label=gettext_lazy("subject (案由)"), max_length=80)
    category = choose(Category.objects.none(), gettext_lazy("category of the paper"))
    scope = forms.ChoiceField(label=gettext_lazy("scope"), choices=[("", "—"), *Scope.choices], required=False)
    grounds = long_text(gettext_lazy("situation (案据)"), rows=5, most=4000)
    root_cause = long_text(gettext_lazy("root cause"), rows=3, most=2000, required=False)
    measures = long_text(
        gettext_lazy("measures"), rows=5, most=4000, required=False,
        help_text=gettext_lazy("One a line: what, by whom, by when, separated by “｜”."),
    )  # fmt: skip
    evidence = long_text(gettext_lazy("what it rests on"), rows=2, required=False)
    prior_attempt = long_text(
        gettext_lazy("was the department asked before, and what came of it"), rows=2, most=500, required=False
    )
    also = forms.MultipleChoiceField(
        label=gettext_lazy("also submitted to"), choices=[(name, name) for name in ALSO], required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    scan = forms.FileField(label=gettext_lazy("scan of the paper form"), help_text=gettext_lazy("PDF, JPEG or PNG."))
    register = forms.BooleanField(
        label=gettext_lazy("register it at once, if it is complete"), required=False, initial=True
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: Any, proposal: Proposal | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposal = proposal
        managed = CONGRESSES.visible(user).filter(within(branches(user, MANAGE), "organization"))
        self.fields["congress"].queryset = managed.select_related("organization").order_by(
            "organization__path", "-number"
        )
        kept = proposal.category_id if proposal else None
        self.fields["category"].queryset = _categories(self.fields["congress"].queryset, kept)
        self.fields["category"].label_from_instance = _full_name
        if proposal is not None:
            self._as_typed(proposal)

    def _as_typed(self, proposal: Proposal) -> None:
        """What was typed before stands in the fields; the scan is there already."""
        for name, value in _typed(proposal).items():
            self.fields[name].initial = value
        self.fields["seen"].initial = proposal.version
        self.fields["scan"].required = proposal.scan_id is None
        self.fields["congress"].disabled = self.fields["lead"].disabled = True

    def compare(self, proposal: Proposal) -> None:
        """A colleague saved meanwhile: what stands now is shown, and saving once more puts this in its place."""
        self.data = self.data.copy()
        self.data["seen"] = proposal.version
        told = [_("A colleague saved this form while you had it open. What you typed is kept below; save again if "
                  "yours is right.")]  # fmt: skip
        for name, value in _typed(proposal).items():
            if str(value or "") != str(self._said(name) or ""):
                shown = self._as_shown(name, value)
                told.append(_("%(field)s is now “%(value)s”") % {"field": self.fields[name].label, "value": shown})
        self.add_error(None, told)

    def _said(self, name: str) -> Any:
        """What was typed, as it is kept."""
        value = self.cleaned_data.get(name)
        if isinstance(value, Model):
            return value.pk
        return value.replace("\r\n", "\n") if isinstance(value, str) else value

    def _as_shown(self, name: str, value: Any) -> str:
        if name == "category" and value:
            return Category.objects.get(pk=value).name
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, list):
            return "、".join(value) or "—"
        words = str(dict(getattr(self.fields[name], "choices", ())).get(value, value)) if name != "congress" else value
        return (str(words or "")[:60] or "—") if value not in (None, "") else "—"

    def clean_measures(self) -> str:
        """No longer than the form's columns: what is cut silently is lost."""
        lines = [line for line in self.cleaned_data["measures"].splitlines() if line.strip()]
        if len(lines) > MOST_MEASURES:
            raise forms.ValidationError(_("At most %(most)s measures.") % {"most": MOST_MEASURES})
        for number, line in enumerate(lines, 1):
            for part, most in zip(line.replace("|", "｜").split("｜"), (500, 60, 40), strict=False):
                if len(part.strip()) > most:
                    told = {"number": number, "part": part.strip()[:12], "most": most}
                    raise forms.ValidationError(
                        _("Measure %(number)s: “%(part)s…” is longer than %(most)s characters.") % told
                    )
        return self.cleaned_data["measures"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        congress = data.get("congress")
        if congress is None:
            return data
        data["lead_mandate"] = self.proposal.lead if self.proposal else self._delegate(
            congress, "lead", data.get("lead", "").strip()
        )  # fmt: skip
        words = data.get("co_signers", "").replace("，", "、").replace(",", "、").replace("\n", "、").split("、")
        names = dict.fromkeys(word.strip() for word in words if word.strip())
        data["co_mandates"] = [one for name in names if (one := self._delegate(congress, "co_signers", name))]
        category = data.get("category")
        if category and not categories_of(congress.organization).filter(pk=category.pk).exists():
            told = {"category": category.name, "office": category.organization, "town": congress.organization.name}
            self.add_error(
                "category", _("“%(category)s” is kept by %(office)s alone: papers of %(town)s do not use it.") % told
            )
        self._clean_vote(data)
        return data

    def _clean_vote(self, data: dict[str, Any]) -> None:
        """A delegation's motion names the delegation's vote, whole, and is handed in by its head (F071)."""
        data["delegation"] = None
        if not data.get("by_delegation"):
            data.update(dict.fromkeys(VOTE))
            return
        refuse_future(self, "delegation_voted_on")
        missing = {
            "delegation_voted_on": _("Write the day on which the delegation voted."),
            "delegation_votes_for": _("Write how many voted for it."),
            "delegation_votes_due": _("Write how many members the delegation has: more than half must be for it."),
        }
        for name, sentence in missing.items():
            if data.get(name) is None and name not in self.errors:
                self.add_error(name, sentence)
        votes, due = data.get("delegation_votes_for"), data.get("delegation_votes_due")
        if votes is not None and due is not None and votes > due:
            self.add_error("delegation_votes_for", _("More votes than members."))
        lead = data.get("lead_mandate")
        if lead is not None:
            data["delegation"] = Delegation.objects.filter(head=lead).order_by("pk").first()
            if data["delegation"] is None:
                self.add_error(
                    "by_delegation",
                    _("%(name)s is the head of no delegation: a delegation's motion is handed in by its head.")
                    % {"name": lead.person.name},
                )

    def _delegate(self, congress: Congress, field: str, name: str) -> Mandate | None:
        """The delegate in office of that name; namesakes are told apart by the group behind the name: 王文（一组）."""
        bare, _bracket, group = name.replace("(", "（").rstrip("）)").partition("（")
        rows = Mandate.objects.filter(congress=congress, person__name=bare.strip(), status__in=SERVING)
        rows = rows.filter(group__name__contains=group.strip()) if group else rows
        found = list(rows.select_related("person", "congress__organization")[:2])
        if len(found) == 1:
            return found[0]
        if name:
            none = _("%(name)s is no delegate in office of this congress.") % {"name": name}
            several = _("There are several %(name)s: write the group behind the name, as 王文（一组）.") % {
                "name": name
            }
            self.add_error(field, several if found else none)
        return None

    def said(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        data = dict(self.cleaned_data)
        lines = [line for line in data.pop("measures").splitlines() if line.strip()]
        parts = [(line.replace("|", "｜").split("｜") + ["", ""])[:3] for line in lines]
        data["measures"] = [
            dict(zip(("action", "actor", "by_when"), map(str.strip, part), strict=True)) for part in parts
        ]
        data["also_submitted_to"] = "、".join(data.pop("also"))
        return data


def _typed(proposal: Proposal) -> dict[str, Any]:
    """What the form says as it is kept, field by field; only names that stand on the paper form itself."""
    kept = {name: getattr(proposal, name) for name in AS_TYPED}
    kept = {name: value.pk if isinstance(value, Model) else value for name, value in kept.items()}
    names = proposal.signatures.filter(is_lead=False, state="signed", scan__isnull=False).order_by("pk")
    signers = [row.mandate for row in names.select_related("mandate__person", "mandate__group")]
    lines = proposal.measures.values_list("action", "actor", "by_when")
    also = proposal.also_submitted_to.split("、")
    return kept | {
        "lead": proposal.lead.person.name,
        "co_signers": "、".join(_told_apart(proposal.congress, signers)),
        "measures": "\n".join("｜".join(line).rstrip("｜") for line in lines),
        "by_delegation": proposal.delegation_id is not None,
        "also": [name for name in ALSO if name in also],
    }


def _told_apart(congress: Congress, signers: list[Mandate]) -> list[str]:
    """Their names; of namesakes with the group behind it, as the form asks for it."""
    words = [one.person.name for one in signers]
    seats = Mandate.objects.filter(congress=congress, person__name__in=words, status__in=SERVING)
    held = list(seats.values_list("person__name", flat=True))
    return [
        f"{name}（{one.group.name}）" if held.count(name) > 1 and one.group else name
        for name, one in zip(words, signers, strict=True)
    ]


def _categories(congresses: Any, kept: int | None) -> Any:
    """What papers of those congresses may be about; a closed category only where it was chosen before."""
    paths = list(congresses.values_list("organization__path", flat=True))
    codes = {code for path in paths for code in path.strip("/").split("/")}
    rows = Category.objects.filter(organization=None) | Category.objects.filter(organization__code__in=codes)
    rows = rows.filter(is_closed=False) | rows.filter(pk=kept)
    return rows.select_related("parent", "organization").order_by("organization__path", "number", "pk")


def _full_name(category: Category) -> str:
    """With the one above it, and with whose it is where it is not everybody's."""
    name = f"{category.parent.name}·{category.name}" if category.parent else category.name
    return f"{name}（{category.organization.name}）" if category.organization else name
