"""One form for a delegate: the person's facts and the mandate's, as the registration form has them."""

import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanSwitchWidget,
)

from congress.doors.admin import VersionedForm
from congress.doors.widgets import Select, TextInput
from congress.kernel import audit
from congress.models import Attachment
from congress.policies import MANAGE, branches
from congress.querysets import within
from congress.services import attachments
from delegates.kernel import facts
from delegates.models import DelegateGroup, Delegation, ElectingUnit, Election, MainCategory, Mandate, Person
from delegates.policies import PERSONS

UNPRINTABLE = {"So", "Cs", "Co", "Cn", "Cf", "Cc"}
PICTURES = {Attachment.Kind.JPEG, Attachment.Kind.PNG}
PERSON_FIELDS = [
    "name", "former_name", "gender", "ethnicity", "birth_month", "native_place", "joined_party_month",
    "joined_work_month", "education", "degree", "in_service_education", "school", "professional_title", "post", "rank",
    "resume", "awards", "also_npc_deputy", "also_cppcc_member", "migrant",
]  # fmt: skip
MANDATE_FIELDS = [
    "congress", "electing_unit", "delegation", "group", "main_category", "front_line", "two_new", "village_graduate",
    "method", "elected_on", "votes_for", "votes_due", "certificate_number", "manual_rank", "note",
]  # fmt: skip


class MonthField(forms.CharField):
    """A month typed as any of the spellings rosters use; shown as 1975.03."""

    widget = TextInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("max_length", None)
        super().__init__(help_text=_("For instance 1975.03"), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%Y.%m}" if isinstance(value, date) else value

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        try:
            return facts.month(value, timezone.localdate())
        except facts.Unreadable as problem:
            raise forms.ValidationError([problem.problem, problem.advice]) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (self.prepare_value(initial) or "") != (data or "")


def _person_field(name: str) -> forms.Field:
    field = Person._meta.get_field(name)
    label, required = field.verbose_name, not field.blank
    if name.endswith("_month"):
        return MonthField(label=label, required=required)
    made = field.formfield()
    match made:
        case forms.TypedChoiceField():
            made.widget = Select(choices=made.choices)
        case forms.BooleanField():
            made.widget = UnfoldBooleanSwitchWidget()
        case _ if isinstance(made.widget, forms.Textarea | AdminTextareaWidget):
            made.widget = UnfoldAdminTextareaWidget(attrs={"rows": 4})
        case _:
            made.widget = TextInput(attrs={"maxlength": field.max_length})
    return made


def _sealed_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=120,
        widget=TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept encrypted. Empty means: leave it as it is."),
    )


class DelegateForm(VersionedForm):
    """The mandate's fields are the model form's; the person's are declared beside them."""

    user: Any = None
    locals().update({name: _person_field(name) for name in PERSON_FIELDS})
    id_number = _sealed_field(_("ID number"))
    phone = _sealed_field(_("phone"))
    address = _sealed_field(_("address"))
    photo_file = forms.FileField(
        label=_("photograph"),
        required=False,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".jpg,.jpeg,.png"}),
        help_text=_("JPEG or PNG, as the registration form shows it. A new one replaces the old."),
    )

    FIELDSETS = [
        (_("Person"), {"fields": [
            ("name", "former_name"), ("gender", "ethnicity"), ("birth_month", "native_place"),
            ("joined_party_month", "joined_work_month"), ("post", "rank"), ("id_number", "phone"), "address",
            "photo_file",
        ]}),
        (_("Education"), {"fields": [
            ("education", "degree"), ("in_service_education", "school"), "professional_title",
        ]}),
        (_("Mandate"), {"fields": [
            ("congress", "electing_unit"), ("delegation", "group"), ("main_category", "front_line"),
            ("two_new", "village_graduate"), ("method", "elected_on"), ("votes_for", "votes_due"),
            ("certificate_number", "manual_rank"), "note",
        ]}),
        (_("More"), {"fields": [
            "resume", "awards", ("also_npc_deputy", "also_cppcc_member", "migrant"),
        ]}),
    ]  # fmt: skip

    class Meta:
        model = Mandate
        fields = MANDATE_FIELDS

    register_basis = forms.CharField(
        label=_("basis document no."),
        max_length=100,
        widget=TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Nobody joins the register without a document: the reply on the election, for instance."),
    )
    register_on = forms.DateField(
        label=_("decided on"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    election: Election | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if self.election is not None and kwargs.get("instance") is None:
            kwargs["instance"] = Mandate(
                status=Mandate.Status.CANDIDATE, election=self.election, congress=self.election.electing_unit.congress,
                electing_unit=self.election.electing_unit, method=self.election.method,
            )  # fmt: skip
        super().__init__(*args, **kwargs)
        if self.instance.pk or self.election is not None:
            del self.fields["register_basis"], self.fields["register_on"]
        person = self.instance.person if self.instance.pk else None
        if person:
            self.initial |= {name: getattr(person, name) for name in PERSON_FIELDS}
        self._offer_own_bodies()

    @staticmethod
    def mandate_fields(change: bool) -> list[str]:
        """A mandate never moves to another congress: that would be another mandate."""
        return MANDATE_FIELDS

    def _offer_own_bodies(self) -> None:
        managed = within(branches(self.user, MANAGE), "congress__organization") if self.user else None
        for name, model in (("electing_unit", ElectingUnit), ("delegation", Delegation), ("group", DelegateGroup)):
            if name not in self.fields:
                continue
            if self.instance.pk:
                self.fields[name].queryset = model.objects.filter(congress=self.instance.congress_id)
            elif managed is not None:
                self.fields[name].queryset = model.objects.filter(managed).select_related("congress__organization")
                self.fields[name].label_from_instance = lambda row: f"{row.congress.organization.name} {row.name}"
        if "congress" in self.fields:
            if self.instance.pk:
                self.fields["congress"].disabled = True
            choices = self.fields["congress"].queryset.select_related("organization")
            if self.instance.pk:
                choices = choices.filter(pk=self.instance.congress_id)
            self.fields["congress"].queryset = choices
            if self.instance.pk:  # shown, never chosen: no need to ask for the one choice
                self.fields["congress"].choices = [(self.instance.congress_id, str(self.instance.congress))]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.seen_person_version = self._seen_person_version()
        for name in ("electing_unit", "delegation", "group"):
            body = data.get(name)
            if body and data.get("congress") and body.congress_id != data["congress"].pk:
                self.add_error(name, _("It belongs to another congress."))
        if self.election and data.get("electing_unit") not in {None, self.election.electing_unit}:
            self.add_error("electing_unit", _("A candidate stands for the unit of the election."))
        if data.get("front_line") and data.get("main_category") != MainCategory.FRONT_LINE:
            self.add_error("front_line", _("Only a delegate of the production and front line has a kind of it."))
        self._refuse_disorder(data)
        self._refuse_unprintable()
        self._refuse_a_namesake(data)
        self._read_name()
        self._read("education", facts.education)
        self._read("phone", facts.phone)
        self._read("id_number", lambda text: facts.id_number(text, data.get("birth_month"), data.get("gender")))
        if data.get("id_number"):
            self._refuse_a_known_number(data["id_number"])
        return data

    def clean_photo_file(self) -> Any:
        """The picture, made anew and kept; what is no picture is refused with a sentence."""
        upload = self.cleaned_data.get("photo_file")
        if not upload:
            return None
        congress = self.cleaned_data.get("congress") or (self.instance.congress if self.instance.pk else None)
        if congress is None:
            raise forms.ValidationError(_("Choose the congress first, then the photograph."))
        try:
            return attachments.store(
                upload.read(), name=upload.name, organization=congress.organization, by=self.user, kinds=PICTURES
            )
        except attachments.FileRefused as refused:
            raise forms.ValidationError(str(refused)) from None

    def _refuse_disorder(self, data: dict[str, Any]) -> None:
        for name in facts.before_birth(data):
            self.add_error(name, facts.BEFORE_BIRTH)
        if data.get("register_on") and data["register_on"] > timezone.localdate():
            self.add_error("register_on", _("The day lies in the future."))
        if data.get("elected_on") and data["elected_on"] > timezone.localdate():
            self.add_error("elected_on", _("The day lies in the future."))

    def _refuse_unprintable(self) -> None:
        """What no document can print is refused where it is typed: emoji, invisible and private characters."""
        for name in [*PERSON_FIELDS, "address", "note", "certificate_number"]:
            text = self.cleaned_data.get(name)
            if not isinstance(text, str):
                continue
            bad = [letter for letter in text if unicodedata.category(letter) in UNPRINTABLE and letter not in "\r\n"]
            if bad:
                self.add_error(name, _("The character “%(letter)s” cannot be printed: delete it.") % {"letter": bad[0]})

    def _refuse_a_namesake(self, data: dict[str, Any]) -> None:
        """A second click, or a second person of one name and month: only the ID number tells them apart."""
        if self.instance.pk or data.get("id_number"):
            return
        same = Mandate.objects.filter(
            congress=data.get("congress"), person__name=data.get("name"), person__birth_month=data.get("birth_month")
        )
        if same.exists():
            self.add_error(
                "id_number", _("A delegate of this name and month of birth is there already: give the ID number.")
            )

    def _read_name(self) -> None:
        """The bare name: what a roster says in brackets has fields of its own here, and must not get lost."""
        if any(bracket in self.cleaned_data.get("name", "") for bracket in "（("):
            self.add_error("name", _("Write the name alone; gender and ethnic group have fields of their own."))
        else:
            self._read("name", lambda text: facts.name(text)[0])

    def _read(self, name: str, reader: Any) -> None:
        text = self.cleaned_data.get(name)
        if not text:
            return
        try:
            self.cleaned_data[name] = reader(text)
        except facts.Unreadable as problem:
            self.add_error(name, [problem.problem, problem.advice])

    def _refuse_a_known_number(self, number: str) -> None:
        # Somebody else's number is refused in the same words whether or not the editor may see that person.
        others = Person.objects.numbered(number)
        if self.instance.pk:
            others = others.exclude(pk=self.instance.person_id)
        elif PERSONS.visible(self.user).filter(pk__in=others).exists():
            # A known person gets another mandate, of another congress; the service joins them.
            if Mandate.objects.filter(person__in=others, congress=self.cleaned_data.get("congress")).exists():
                self.add_error("id_number", _("This person is a delegate of this congress already."))
            return
        if others.exists():
            # A hit tells that somebody elsewhere has the number: it must not go unseen.
            audit.record("number_hit", by=self.user, subject=f"{self.instance._meta.label} {self.instance.pk or ''}")
            self.add_error("id_number", _("This ID number is in the register already."))

    def _seen_person_version(self) -> int | None:
        posted = self.data.get("_person_version", "")
        if not self.instance.pk:
            return None
        now = Person.objects.get(pk=self.instance.person_id)
        seen = int(posted) if posted.isascii() and posted.isdigit() else now.version
        if seen != now.version:
            self.tell_conflict(now)
        return seen
