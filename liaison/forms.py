"""What is said of links and contacts: shapes of the forms of all doors."""

from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegates.kernel import facts
from liaison.models import CommitteeLink, Contact, EndReason, Target

PHONE_KEPT: Final = gettext_lazy("Left empty: the number known now stays.")


class EndLinkForm(forms.Form):
    """Why a link ends."""

    note = forms.CharField(
        label=gettext_lazy("Why it ends"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For instance: the division of work has changed. It stays in the history."),
    )


class HandOverForm(forms.Form):
    """To whom a link goes."""

    member = forms.ModelChoiceField(None, label=gettext_lazy("To which committee member"))

    def __init__(self, *args: Any, link: CommitteeLink, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = members.filter(congress=link.member.congress, left_on=None).exclude(pk=link.member_id)
        self.fields["member"].queryset = others.order_by("number", "pk")


class EndContactForm(forms.Form):
    """Why a delegate is in touch with somebody no more."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why it ends"), choices=EndReason, widget=forms.RadioSelect, initial=EndReason.MOVED
    )
    note = forms.CharField(label=gettext_lazy("Remark"), required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("reason") == EndReason.OTHER and not data.get("note", "").strip():
            self.add_error("note", _("Say why it ended."))
        return data


class ContactForm(forms.ModelForm):
    """One contact as its delegate, or the office for him, writes it down."""

    targets = forms.MultipleChoiceField(
        label=gettext_lazy("Situation"), choices=Target, required=False, widget=forms.CheckboxSelectMultiple
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    class Meta:
        model = Contact
        fields = ["kind", "name", "targets", "other", "phone"]
        widgets = {"kind": forms.RadioSelect, "name": forms.TextInput(attrs={"autocomplete": "off"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields and isinstance(self.fields["kind"].widget, forms.RadioSelect):
            self.fields["kind"].choices = Contact.Kind.choices

    def clean_name(self) -> str:
        try:
            return facts.name(self.cleaned_data["name"])[0]
        except facts.Unreadable as problem:
            raise forms.ValidationError([problem.problem, problem.advice]) from None

    def clean_phone(self) -> str:
        said = self.cleaned_data["phone"].strip()
        try:
            return facts.phone(said) if said else ""
        except facts.Unreadable as problem:
            raise forms.ValidationError([problem.problem, problem.advice]) from None

    def clean(self) -> dict[str, Any]:
        """Twice the same person is told here, so that what was typed stays."""
        data = super().clean() or self.cleaned_data
        mandate = data.get("mandate") or self.instance.mandate_id  # who is chosen on the form, or known before
        name, kind = data.get("name"), data.get("kind")
        twins = Contact.objects.open().filter(mandate=mandate, name=name, kind=kind).exclude(pk=self.instance.pk)
        if mandate and name and kind and twins.exists():
            self.add_error("name", _("%(name)s is on the list already.") % {"name": name})
        return data


class LinkForm(forms.ModelForm):
    """A new link: one committee member with one group or one delegate of his committee's area."""

    class Meta:
        model = CommitteeLink
        fields = ["member", "group", "mandate", "since"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        member, group, mandate = (data.get(name) for name in ("member", "group", "mandate"))
        if bool(group) == bool(mandate) and not self.errors:
            self.add_error(None, _("Choose one delegate group or one delegate."))
        for name, target in (("group", group), ("mandate", mandate)):
            if member and target and not self._fits(member, target):
                self.add_error(name, _("%(name)s does not belong to this committee's area.") % {"name": target})
            twins = CommitteeLink.objects.filter(member=member, until=None, **{name: target})
            if member and target and twins.exists():
                said = {"member": member.name, "name": target}
                self.add_error(name, _("%(member)s is linked with %(name)s already.") % said)
        if member and member.left_on:
            self.add_error("member", _("%(name)s has left the committee.") % {"name": member.name})
        if data.get("since") and data["since"] > timezone.localdate():
            self.add_error("since", _("The day lies in the future."))
        return data

    @staticmethod
    def _fits(member: Any, target: Any) -> bool:
        return target.congress.organization.path.startswith(member.congress.organization.path)
