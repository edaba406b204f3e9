"""D02 and D03: the delegate's certificate, and the card he hands to the people he keeps in touch with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, ClassVar, Final

import segno
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import documents
from congress.kernel.reports import Column, ReportRefused, Section
from congress.reports import BranchForm, BranchReport, NumberField
from delegates.kernel import facts, names
from delegates.models import Mandate
from delegates.policies import DELEGATIONS, GROUPS, MANDATES
from delegates.reports import words
from delegates.reports.registration import MOST_LISTED, MandateField, Sheet, by_name_or_number
from delegates.services import certificates

A_SHEET: Final = 4
SERVICES: Final = (
    "倾听您的意见和建议，如实向党组织反映",
    "宣讲党的路线方针政策和代表大会精神",
    "围绕群众关心的事提出提案、提议",
    "把办理结果及时告诉您",
)


class BodyField(NumberField):
    """A delegation or group by name; of several of one name by the number that tells them apart."""

    def to_python(self, value: Any) -> Any:
        text = str(value).strip()
        if value in self.empty_values or isinstance(value, Model) or text.isdecimal():
            return super().to_python(value)
        same = list(self.queryset.filter(name=text).select_related("congress__organization")[: MOST_LISTED + 1])
        if len(same) > 1:
            listed = "；".join(f"{body.congress.full_name}：{body.pk}" for body in same[:MOST_LISTED])
            raise ValidationError(
                _("Several are called so. Give the number of the one meant: %(listed)s") % {"listed": listed}
            )
        return same[0] if same else super().to_python(value)


class CardForm(BranchForm):
    """One delegate, a delegation, a group, or all of a congress or branch."""

    mandate = MandateField(
        MANDATES,
        by_name_or_number,
        label=gettext_lazy("Delegate (full name or number in the register)"),
        required=False,
        help_text=gettext_lazy("Left empty: every delegate in office of what is chosen above."),
    )
    delegation = BodyField(DELEGATIONS, label=gettext_lazy("Delegation (its name)"), required=False)
    group = BodyField(GROUPS, label=gettext_lazy("Delegate group (its name)"), required=False)
    chosen = forms.RegexField(
        r"^[0-9]{1,18}(,[0-9]{1,18}){0,499}$",
        label=gettext_lazy("Several delegates (numbers in the register, with commas)"),
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": gettext_lazy("At most 500 numbers with commas between them.")},
    )

    def clean(self) -> dict[str, Any]:
        for name in ("mandate", "delegation", "group"):
            named = self.cleaned_data.get(name)
            if named is None:
                continue
            self.cleaned_data["congress"] = self.cleaned_data.get("congress") or named.congress
            if named.congress != self.cleaned_data["congress"]:
                raise ValidationError(_("%(name)s does not belong to that congress.") % {"name": named})
        return super().clean()


@dataclass(slots=True)
class Card:
    """One delegate's card: what stands in each place."""

    mandate: Mandate
    photo: str
    phone: str

    @property
    def name(self) -> str:
        return names.padded(self.mandate.person.name)

    @property
    def gender(self) -> str:
        return facts.PRINTED[self.mandate.person.gender]

    @property
    def valid_until(self) -> str:
        ends_on = self.mandate.congress.ends_on
        return words.long_day(ends_on) if ends_on else "本届代表大会任期届满"

    @property
    def qr_code(self) -> str:
        """The address of the certificate's public page, as a picture inside the page."""
        code = segno.make(certificates.address(self.mandate), error="m", micro=False)
        return code.svg_data_uri(scale=4, border=1, encode_minimal=False)


class CardReport(BranchReport):
    """A card for each delegate in office of what was asked for, in the order of the roster."""

    template = "delegates/reports/cards.html"
    form_class = CardForm
    formats = ("pdf", "html")
    records_a_part = 100
    columns: ClassVar[Sequence[Column]] = (
        Column("name", "姓名", lambda card: card.name),
        Column("unit", "选举单位", lambda card: str(card.mandate.electing_unit), 18),
        Column("certificate", "代表证号", lambda card: card.mandate.certificate_number, 12),
    )

    @property
    def phrases(self) -> list[str]:
        if self.params["mandate"]:
            return [self.params["mandate"].congress.full_name, self.title, f"（{self.params['mandate']}）"]
        if len(self.congresses) == 1:
            return [self.congresses[0].full_name, self.title]
        return [self.organization.name, "党代表大会", self.title]

    def mandates(self) -> QuerySet:
        """Whose cards are asked for: delegates in office the user may see, and nobody else."""
        rows = self.seen(MANDATES).serving().filter(congress__in=self.congresses)
        for name in ("delegation", "group"):
            if self.params[name]:
                rows = rows.filter(**{name: self.params[name]})
        if self.params["mandate"]:
            rows = rows.filter(pk=self.params["mandate"].pk)
        if self.params["chosen"]:
            rows = rows.filter(pk__in=[int(number) for number in self.params["chosen"].split(",")])
        return rows

    def build(self) -> list[Section]:
        rows = self.mandates().select_related(
            "person__photo", "congress__organization", "electing_unit", "delegation", "group"
        )
        mandates = list(rows.order_by("congress__organization__path", "roster_key", "pk"))
        if not mandates:
            raise ReportRefused(_("There is no delegate in office in %(name)s.") % {"name": self.organization.name})
        self.judge(mandates)
        return [Section(heading="", records=[self._card(mandate) for mandate in mandates], columns=self.columns)]

    def judge(self, mandates: list[Mandate]) -> None:
        """Raises `ReportRefused` if one of them cannot have this card."""

    def _card(self, mandate: Mandate) -> Card:
        photo = Sheet(mandate, unmasked=False, today=self.today).photo
        return Card(mandate, photo, self.heads[mandate.congress.organization_id].phone)

    @cached_property
    def today(self) -> date:
        return timezone.localdate()

    @cached_property
    def heads(self) -> dict[int, Any]:
        """How each office concerned signs."""
        offices = {congress.organization_id: congress.organization for congress in self.congresses}
        return {pk: documents.letterhead(office) for pk, office in offices.items()}

    def context(self) -> dict[str, Any]:
        cards = self.sections[0].records
        return super().context() | {
            "services": SERVICES,
            "pages": [cards[start : start + A_SHEET] for start in range(0, len(cards), A_SHEET)],
        }


class Certificate(CardReport):
    """党代表证: four on a sheet, to be cut along the marks."""

    key, title = "d02-certificate", "代表证"

    def judge(self, mandates: list[Mandate]) -> None:
        without = [mandate.person.name for mandate in mandates if not mandate.certificate_number]
        if without:
            raise ReportRefused(
                _("%(count)d delegates have no certificate number yet, %(name)s first. Give the numbers, then print.")
                % {"count": len(without), "name": without[0]}
            )


class ContactCard(CardReport):
    """联系服务群众卡: who the delegate is, how he is reached, what he can do."""

    key, title = "d03-contact-card", "联系服务群众卡"
