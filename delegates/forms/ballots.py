"""The figures of a counted ballot and of a speech, as the office types them from the tally sheet."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegates.forms.decisions import day_field, refuse_future
from delegates.forms.elections import check_figures, count_field
from delegates.models import BallotStage, Election, Mandate, MandateStatus

KINDS = ("for", "against", "abstained")


def _votes(label: str, **options: Any) -> forms.IntegerField:
    """A number in a table: its name is said to those who do not see the table's head."""
    return count_field(label, widget=forms.NumberInput(attrs={"aria-label": label}), **options)


class BallotForm(forms.Form):
    """Due, present, issued, collected, invalid; then three numbers for everybody who stands."""

    held_on = day_field(gettext_lazy("day of the ballot"))
    due = count_field(gettext_lazy("electors due"))
    present = count_field(gettext_lazy("electors present"))
    issued = count_field(gettext_lazy("ballots issued"))
    collected = count_field(gettext_lazy("ballots collected"))
    invalid = count_field(gettext_lazy("ballots invalid"), initial=0)

    def __init__(self, *args: Any, election: Election, stage: str, only: Collection[int] = (), **kwargs: Any) -> None:
        """`only` names those who tied: the next round is on them alone."""
        super().__init__(*args, **kwargs)
        self.title = str(BallotStage(stage).label)
        standing = Mandate.objects.filter(election=election, status=MandateStatus.CANDIDATE)
        if only:
            standing = standing.filter(pk__in=only)
        self.candidates = list(standing.select_related("person").order_by("roster_key", "pk"))
        self.figures = list(self.fields)
        for mandate in self.candidates:
            name = mandate.person.name
            self.fields[f"for_{mandate.pk}"] = _votes(_("%(name)s: for") % {"name": name})
            self.fields[f"against_{mandate.pk}"] = _votes(_("%(name)s: against") % {"name": name}, initial=0)
            self.fields[f"abstained_{mandate.pk}"] = _votes(_("%(name)s: abstained") % {"name": name}, initial=0)

    def rows(self) -> list[dict[str, Any]]:
        """For the page: each candidate with his three fields."""
        return [
            {"mandate": mandate, "fields": [self[f"{kind}_{mandate.pk}"] for kind in KINDS]}
            for mandate in self.candidates
        ]

    def figure_fields(self) -> list[Any]:
        """For the page: the fields that are no candidate's."""
        return [self[name] for name in self.figures]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        refuse_future(self, "held_on")
        check_figures(self, cleaned)
        return cleaned

    def counted(self) -> dict[str, Any]:
        """What the service takes: the day, the figures, the votes of each candidate."""
        data = self.cleaned_data
        return {
            "held_on": data["held_on"],
            "figures": {name: data[name] for name in ("due", "present", "issued", "collected", "invalid")},
            "votes": {mandate.pk: tuple(data[f"{kind}_{mandate.pk}"] for kind in KINDS) for mandate in self.candidates},
        }


class SpeechForm(forms.Form):
    """Who spoke, when, where, before how many, and what was promised."""

    mandate = forms.ModelChoiceField(label=gettext_lazy("candidate"), queryset=Mandate.objects.none())
    given_on = day_field(gettext_lazy("given on"))
    place = forms.CharField(label=gettext_lazy("place"), max_length=120)
    listeners = count_field(gettext_lazy("listeners"))
    summary = forms.CharField(
        label=gettext_lazy("what was promised"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standing = Mandate.objects.filter(election=election, status=MandateStatus.CANDIDATE)
        self.fields["mandate"].queryset = standing.select_related("person", "election__electing_unit__congress")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        refuse_future(self, "given_on")
        return cleaned
