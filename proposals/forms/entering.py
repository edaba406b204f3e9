"""A paper form as a clerk types it off: names as they stand there, measures a line each."""

from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.models import Congress
from congress.policies import CONGRESSES, MANAGE, branches
from congress.querysets import within
from delegates.models import Mandate
from delegates.querysets import SERVING
from proposals.forms.decisions import long_text
from proposals.forms.writing import MOST_MEASURES
from proposals.models import Category, Proposal, ProposalKind, Scope


class EnterForm(forms.Form):
    """Who hands it in, what it says, and its scan."""

    congress = forms.ModelChoiceField(Congress.objects.none(), label=gettext_lazy("congress"))
    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=ProposalKind.choices)
    lead = forms.CharField(label=gettext_lazy("lead proposer"), max_length=40)
    co_signers = forms.CharField(
        label=gettext_lazy("co-signers"), max_length=2000, required=False,
        help_text=gettext_lazy("Names, separated by “、”."), widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    title = forms.CharField(label=gettext_lazy("subject (案由)"), max_length=80)
    category = forms.ModelChoiceField(
        Category.objects.filter(organization=None, is_closed=False), label=gettext_lazy("category of the paper")
    )
    scope = forms.ChoiceField(label=gettext_lazy("scope"), choices=[("", "—"), *Scope.choices], required=False)
    grounds = long_text(gettext_lazy("situation (案据)"), rows=5, most=4000)
    root_cause = long_text(gettext_lazy("root cause"), rows=3, most=2000, required=False)
    measures = long_text(
        gettext_lazy("measures"), rows=5, most=4000, required=False,
        help_text=gettext_lazy("One a line: what, by whom, by when, separated by “｜”."),
    )  # fmt: skip
    evidence = long_text(gettext_lazy("what it rests on"), rows=2, required=False)
    scan = forms.FileField(label=gettext_lazy("scan of the paper form"), help_text=gettext_lazy("PDF, JPEG or PNG."))
    register = forms.BooleanField(
        label=gettext_lazy("register it at once, if it is complete"), required=False, initial=True
    )

    def __init__(self, *args: Any, user: Any, proposal: Proposal | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if proposal is not None:
            self._as_typed(proposal)
        managed = CONGRESSES.visible(user).filter(within(branches(user, MANAGE), "organization"))
        self.fields["congress"].queryset = managed.select_related("organization").order_by(
            "organization__path", "-number"
        )

    def _as_typed(self, proposal: Proposal) -> None:
        """What was typed before stands in the fields; the scan is there already."""
        for name in ("congress", "kind", "title", "category", "scope", "grounds", "root_cause", "evidence"):
            value = getattr(proposal, name)
            self.fields[name].initial = value.pk if isinstance(value, Model) else value
        self.fields["lead"].initial = proposal.lead.person.name
        names = proposal.signatures.filter(is_lead=False, state="signed").values_list(
            "mandate__person__name", flat=True
        )
        self.fields["co_signers"].initial = "、".join(names)
        lines = proposal.measures.values_list("action", "actor", "by_when")
        self.fields["measures"].initial = "\n".join("｜".join(line) for line in lines)
        self.fields["scan"].required = proposal.scan_id is None
        self.fields["congress"].disabled = self.fields["lead"].disabled = True

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
        data["lead_mandate"] = self._delegate(congress, "lead", data.get("lead", "").strip())
        words = data.get("co_signers", "").replace("，", "、").replace(",", "、").replace("\n", "、").split("、")
        names = dict.fromkeys(word.strip() for word in words if word.strip())
        data["co_mandates"] = [one for name in names if (one := self._delegate(congress, "co_signers", name))]
        return data

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
        return data
