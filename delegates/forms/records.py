"""What delegates and the office say about a record."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from delegates.models import DelegateGroup, Delegation, Mandate, Person
from delegates.models.training import MOST_HOURS

CORRECTABLE = {  # facts a delegate may say are wrong, with where they are kept
    "name": Person, "gender": Person, "ethnicity": Person, "birth_month": Person, "joined_party_month": Person,
    "education": Person, "degree": Person, "school": Person, "professional_title": Person, "post": Person,
    "native_place": Person, "phone": Person, "address": Person, "resume": Person, "awards": Person,
    "electing_unit": Mandate, "group": Mandate, "front_line": Mandate,
}  # fmt: skip
_LABELS = {"phone": _("phone"), "address": _("address")}


def fact_label(fact: str) -> str:
    """What the fact is called on the registration form."""
    return str(_LABELS.get(fact) or CORRECTABLE[fact]._meta.get_field(fact).verbose_name)


class CorrectionForm(forms.Form):
    """One fact, as it should be."""

    fact = forms.ChoiceField(label=_("What is wrong"))
    wanted = forms.CharField(
        label=_("What it should be"), max_length=500, widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"})
    )
    reason = forms.CharField(
        label=_("Why, or which document shows it (optional)"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, present: dict[str, str], **kwargs: Any) -> None:
        """`present` says what the record holds for each fact: it is shown beside the fact's name."""
        super().__init__(*args, **kwargs)
        self.fields["fact"].choices = [
            ("", _("Please choose")),
            *((fact, f"{fact_label(fact)}（{Truncator(present.get(fact) or '—').chars(14)}）") for fact in CORRECTABLE),
        ]


class AnswerForm(forms.Form):
    """The office's answer to a correction request, in words the delegate reads."""

    answer = forms.CharField(
        label=_("Answer to the delegate"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class AssignForm(forms.Form):
    """Where several delegates move to: bodies of the one congress they belong to."""

    group = forms.ModelChoiceField(label=_("delegate group"), queryset=DelegateGroup.objects.none(), required=False)
    delegation = forms.ModelChoiceField(label=_("delegation"), queryset=Delegation.objects.none(), required=False)

    def __init__(self, *args: Any, mandates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        congresses = mandates.order_by().values("congress")
        self.fields["group"].queryset = DelegateGroup.objects.filter(congress__in=congresses)
        self.fields["delegation"].queryset = Delegation.objects.filter(congress__in=congresses)


class RollForm(forms.Form):
    """How many hours those who are ticked were there."""

    hours = forms.DecimalField(label=_("hours"), min_value=Decimal("0.1"), max_value=MOST_HOURS, decimal_places=1)


class NoteForm(forms.Form):
    """A delegate's study note, and whether others may read it."""

    text = forms.CharField(
        label=_("What I learned, and what I shall do with it"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    offered = forms.BooleanField(
        label=_("The liaison office may publish it to the other delegates, with my name"), required=False
    )
