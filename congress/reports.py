"""What the reports of every floor share: their parameters, and which congresses they are about."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import periods
from congress.kernel.periods import Period
from congress.kernel.reports import CodeField, Report, ReportForm
from congress.models import Congress, Organization
from congress.policies import CONGRESSES, ORGANIZATIONS


def by_code(code: str) -> Mapping[str, Any]:
    """How an organisation is found by its code."""
    return {"code": code}


def by_congress_code(code: str) -> Mapping[str, Any]:
    """How a congress is found by its code, 510701-15."""
    organization, _hyphen, number = code.rpartition("-")
    return {"organization__code": organization, "number": int(number)} if number.isdecimal() else {"pk": None}


class BranchForm(ReportForm):
    """A report on a branch: its current congresses, or one congress."""

    organization = CodeField(ORGANIZATIONS, by_code, label=gettext_lazy("Organisation"), required=False)
    congress = CodeField(CONGRESSES, by_congress_code, label=gettext_lazy("Congress"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        organization, congress = cleaned.get("organization"), cleaned.get("congress")
        if organization and congress and not congress.organization.path.startswith(organization.path):
            raise ValidationError(
                _("The %(congress)s is not a congress of %(organization)s.")
                % {"congress": congress, "organization": organization}
            )
        cleaned["organization"] = organization or (congress.organization if congress else self._own_branch())
        return cleaned

    def _own_branch(self) -> Organization:
        """The one branch the asker sees; where there are several, he must say which he means."""
        top = self.fields["organization"].queryset.order_by("path").first()
        if top is None or self.fields["organization"].queryset.exclude(path__startswith=top.path).exists():
            raise ValidationError(_("Say which organisation the report is about."))
        return top


class PeriodField(forms.CharField):
    """A reporting period by its name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Period"),
            help_text=gettext_lazy("2026, 2026H1, 2026Q3 or 2026-11; left empty: this year."),
            max_length=10,
            **kwargs,
        )

    def clean(self, value: Any) -> Period:
        text = super().clean(value)
        try:
            return periods.parse(text or f"{timezone.localdate().year}")
        except periods.UnknownPeriod as problem:
            raise ValidationError(str(problem)) from None

    def prepare_value(self, value: Any) -> Any:
        return value.name if isinstance(value, Period) else value


class BranchReport(Report):
    """A report on the congresses of a branch."""

    form_class = BranchForm

    @property
    def organization(self) -> Organization:
        return self.params["organization"]

    @cached_property
    def congresses(self) -> list[Congress]:
        """The congress asked for, or those of the branch that have not ended, in the order of the tree."""
        if congress := self.params["congress"]:
            return [congress]
        running = Q(ends_on=None) | Q(ends_on__gt=timezone.localdate())
        branch = self.seen(CONGRESSES).filter(running, organization__path__startswith=self.organization.path)
        return list(branch.select_related("organization").order_by("organization__path", "number"))
