"""P02: the registration form, one page for each delegate."""

import base64
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import audit, rules
from congress.kernel.reports import CodeField, Column, ReportRefused, Section, shows
from congress.models import Attachment, Organization
from congress.policies import may_reveal
from congress.reports import BranchForm, BranchReport
from congress.services import attachments
from delegates.kernel import facts, names
from delegates.models import Mandate
from delegates.policies import MANDATES
from delegates.reports import words

MOST_LISTED: Final = 6
PICTURES: Final = {Attachment.Kind.JPEG: "jpeg", Attachment.Kind.PNG: "png"}
# What fits on the one page the form has: longer texts are set smaller, as a typist would.
CHARACTERS_A_LINE, RESUME_LINES, AWARDS_LINES, TIGHTER = 36, 8, 2, 2


def by_name_or_number(text: str) -> dict[str, Any]:
    """How a mandate is found: by its number in the register, or by the delegate's full name."""
    if text.isascii() and text.isdecimal():
        return {"pk": int(text)} if len(text) < 19 else {"pk": None}
    return {"person__name": names.clean(text)}


class MandateField(CodeField):
    """A delegate by name; of several namesakes by the number that tells them apart. Typed: a list would hold all."""

    widget = forms.TextInput

    def prepare_value(self, value: Any) -> Any:
        return value.pk if isinstance(value, Mandate) else value

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        if found is None:
            return None
        same = self.queryset.filter(**self.find(str(value))).select_related("congress__organization", "person")
        same = list(same.order_by("congress__organization__path", "-congress__number", "pk")[: MOST_LISTED + 1])
        if len(same) > 1:
            lines = [f"{row.congress.full_name}，{row.person.post}：{row.pk}" for row in same[:MOST_LISTED]]
            listed = "；".join(lines) + ("……" if len(same) > MOST_LISTED else "")
            raise ValidationError(
                _("Several delegates are called so. Give the number of the one meant: %(listed)s") % {"listed": listed}
            )
        return found


class RegistrationForm(BranchForm):
    mandate = MandateField(
        MANDATES,
        by_name_or_number,
        label=gettext_lazy("Delegate (full name or number in the register)"),
        required=False,
        help_text=gettext_lazy("Left empty: a form for every delegate."),
    )
    reveal = forms.BooleanField(
        label=gettext_lazy("Show ID number, phone and address unmasked"),
        required=False,
        help_text=gettext_lazy("Each of them is recorded with your reason."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason for unmasking"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        mandate = self.cleaned_data.get("mandate")
        if mandate and not self.cleaned_data.get("congress"):
            self.cleaned_data["congress"] = mandate.congress
        cleaned = super().clean()
        if mandate and cleaned.get("congress") != mandate.congress:
            raise ValidationError(_("The delegate does not belong to that congress."))
        if cleaned.get("reveal"):
            self._judge_reveal(cleaned)
        return cleaned

    def _judge_reveal(self, cleaned: dict[str, Any]) -> None:
        if len(cleaned.get("reason", "").strip()) < 4:
            self.add_error("reason", _("Say why the numbers must be shown: the reason is recorded."))
        organization = cleaned.get("organization")
        if organization and not shows(self.user, may_reveal, organization):
            self.add_error("reveal", _("You may not see personal numbers of this organisation unmasked."))


@dataclass(slots=True)
class Sheet:
    """One delegate's page: what stands in each field."""

    mandate: Mandate
    unmasked: bool
    today: Any

    @property
    def name(self) -> str:
        return self.mandate.person.name

    @property
    def padded(self) -> str:
        return names.padded(self.name)

    @property
    def birth(self) -> str:
        person = self.mandate.person
        return f"{words.month(person.birth_month)}（{words.age(person.birth_month, self.today)}岁）"

    @property
    def gender(self) -> str:
        return facts.PRINTED[self.mandate.person.gender]

    @property
    def joined_party(self) -> str:
        return words.month(self.mandate.person.joined_party_month)

    @property
    def joined_work(self) -> str:
        return words.month(self.mandate.person.joined_work_month)

    @property
    def education(self) -> str:
        person = self.mandate.person
        return "　".join(filter(None, [person.education, person.degree]))

    @property
    def category(self) -> str:
        return facts.PRINTED[self.mandate.main_category]

    @property
    def flags(self) -> str:
        """The overlapping marks of the structure report."""
        mandate = self.mandate
        marks = [
            facts.PRINTED.get(mandate.front_line, ""),
            "两新组织" if mandate.two_new else "",
            "大学生村官" if mandate.village_graduate else "",
            "外出务工" if mandate.person.migrant else "",
        ]
        return "、".join(filter(None, marks))

    @property
    def also(self) -> str:
        person = self.mandate.person
        marks = ["人大代表" if person.also_npc_deputy else "", "政协委员" if person.also_cppcc_member else ""]
        return "、".join(filter(None, marks)) or "否"

    @property
    def method(self) -> str:
        return facts.PRINTED[self.mandate.method]

    @property
    def elected_on(self) -> str:
        return words.long_day(self.mandate.elected_on) if self.mandate.elected_on else ""

    @property
    def votes(self) -> str:
        mandate = self.mandate
        return f"{mandate.votes_for}／{mandate.votes_due}" if mandate.votes_for is not None else ""

    @property
    def id_number(self) -> str:
        person = self.mandate.person
        return person.get_sealed("id_number") if self.unmasked else person.id_number_masked

    @property
    def phone(self) -> str:
        person = self.mandate.person
        return person.get_sealed("phone") if self.unmasked else person.phone_masked

    @property
    def address(self) -> str:
        person = self.mandate.person
        return person.get_sealed("address") if self.unmasked else person.address_masked

    @property
    def photo(self) -> str:
        """The photograph inside the page; a form without one keeps the empty box."""
        photo = self.mandate.person.photo
        if photo is None or photo.removed_at or photo.kind not in PICTURES:
            return ""
        try:
            content = attachments.read(photo)
        except attachments.FileRefused as refused:
            raise ReportRefused(f"{self.name}: {refused}") from refused
        return f"data:image/{PICTURES[photo.kind]};base64,{base64.b64encode(content).decode()}"

    @property
    def density(self) -> str:
        """How small the long texts are set, so that the form stays on its page."""
        person = self.mandate.person
        excess = max(_lines(person.resume) - RESUME_LINES, 2 * (_lines(person.awards) - AWARDS_LINES))
        return "" if excess <= 0 else "tight" if excess <= TIGHTER else "dense"


def _lines(text: str) -> int:
    return sum(1 + len(line) // CHARACTERS_A_LINE for line in text.splitlines())


def _fact(title: str, name: str, width: float = 12) -> Column:
    return Column(name, title, lambda sheet: getattr(sheet, name), width, "left")


def _person(title: str, name: str, width: float = 12) -> Column:
    return Column(name, title, lambda sheet: getattr(sheet.mandate.person, name) or "", width, "left")


COLUMNS = (
    _fact("姓名", "padded", 10),
    _person("曾用名", "former_name", 10),
    _fact("性别", "gender", 6),
    _person("民族", "ethnicity", 9),
    _fact("出生年月", "birth", 16),
    _person("籍贯", "native_place"),
    _fact("入党时间", "joined_party", 10),
    _fact("参加工作时间", "joined_work", 14),
    _fact("全日制学历学位", "education", 16),
    _person("在职学历", "in_service_education"),
    _person("毕业院校及专业", "school", 20),
    _person("专业技术职务", "professional_title"),
    _fact("身份证号", "id_number", 20),
    _fact("联系电话", "phone", 13),
    _person("工作单位及职务", "post", 30),
    _person("职级", "rank"),
    _fact("代表类别", "category", 16),
    _fact("身份特征", "flags", 16),
    Column("unit", "选举单位", lambda sheet: str(sheet.mandate.electing_unit), 18, "left"),
    Column("delegation", "代表团", lambda sheet: str(sheet.mandate.delegation or ""), 14, "left"),
    Column("group", "代表小组", lambda sheet: str(sheet.mandate.group or ""), 18, "left"),
    _fact("产生方式", "method"),
    _fact("当选日期", "elected_on", 16),
    _fact("得票／应到", "votes", 10),
    Column("certificate", "代表证号", lambda sheet: sheet.mandate.certificate_number, 12, "left"),
    _fact("人大代表、政协委员", "also", 18),
    _fact("住址", "address", 24),
    _person("简历", "resume", 40),
    _person("奖惩情况", "awards", 24),
)


class Registration(BranchReport):
    """The form of one delegate, or of all delegates in office of a branch or congress. Numbers are masked."""

    key, title = "p02-registration", "代表登记表"
    template = "delegates/reports/registration.html"
    form_class = RegistrationForm
    records_a_part = 100

    @property
    def phrases(self) -> list[str]:
        if self.params["mandate"]:
            return [self.params["mandate"].congress.full_name, self.title, f"（{self.params['mandate']}）"]
        if len(self.congresses) == 1:
            return [self.congresses[0].full_name, self.title]
        return [self.organization.name, "党代表大会", self.title]

    def mandates(self) -> QuerySet:
        """Whose forms are asked for, of those the user may see."""
        seen = self.seen(MANDATES)
        if mandate := self.params["mandate"]:
            return seen.filter(pk=mandate.pk)
        return seen.filter(congress__in=self.congresses).serving()

    def build(self) -> list[Section]:
        rows = self.mandates().select_related(
            "person__photo", "person__organization", "congress__organization", "electing_unit", "delegation", "group"
        )
        mandates = list(rows.order_by("congress__organization__path", "roster_key", "pk"))
        if not mandates:
            raise ReportRefused(_("There is no delegate in office in %(name)s.") % {"name": self.organization.name})
        if self.unmasked:
            self._refuse_many(len(mandates))
        today = timezone.localdate()
        sheets = [Sheet(mandate, self.unmasked, today) for mandate in mandates]
        return [Section(heading="", records=sheets, columns=COLUMNS)]

    @property
    def unmasked(self) -> bool:
        return bool(self.params["reveal"])

    def _refuse_many(self, number: int) -> None:
        if self.user is None:
            return
        allowed = rules.value("reveals_an_hour", self.organization, timezone.localdate())
        if audit.reveals_within_the_hour(self.user) + number > allowed:
            raise ReportRefused(
                _("One account may have the numbers of %(allowed)d persons shown in an hour. Print them masked.")
                % {"allowed": allowed}
            )

    @cached_property
    def purpose(self) -> str:
        """The mark on every unmasked page: who had it made, when and what for."""
        if not self.unmasked:
            return ""
        who = self.user.display_name if self.user else "系统管理终端"
        day = words.long_day(timezone.localdate())
        return f"本表含个人信息，不得外传。调阅人：{who}　{day}　用途：{self.params['reason']}"

    def reveals(self) -> list[tuple[str, Organization]]:
        if not self.unmasked:
            return []
        mandates = [sheet.mandate for sheet in self.sections[0].records]
        for mandate in mandates:  # a second mandate here gives no right to numbers another office keeps
            if not shows(self.user, may_reveal, mandate.person.organization):
                raise ReportRefused(_("You may not see personal numbers of this organisation unmasked."))
        return [
            (f"person {mandate.person_id} registration form", mandate.congress.organization) for mandate in mandates
        ]
