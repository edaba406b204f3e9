"""Forms of the ground floor: signing in, and what its transitions and admin pages ask."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

NOT_RIGHT = _("Account or password is not right. Check capital letters; after five tries you wait 15 minutes.")


class LoginForm(AuthenticationForm):
    """Account and password. The same refusal whether the name, the password or the account is wrong."""

    error_messages = {
        "invalid_login": _(
            "Account or password is not right. Check capital letters; after five tries you wait 15 minutes."
        ),
        "inactive": NOT_RIGHT,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Account")

    def confirm_login_allowed(self, user: Any) -> None:
        """A first password that is older than a day lets nobody in."""
        super().confirm_login_allowed(user)
        if user.initial_password_until and user.initial_password_until < timezone.now():
            raise ValidationError(
                _("Your first password has expired. Ask the liaison office for a new one."), code="expired"
            )


class OneTimeCodeForm(forms.Form):
    """The six digits of the authenticator."""

    code = forms.CharField(
        label=_("One-time code"),
        max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
    )

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].replace(" ", "")
        if not (code.isascii() and code.isdigit() and len(code) == 6):
            raise ValidationError(_("The code is six digits. Open the authenticator app and type what it shows now."))
        return code


class NewPasswordForm(SetPasswordForm):
    """The new password twice, with the rules in words."""

    field_order = ["old_password", "new_password1", "new_password2"]
    old_password = forms.CharField(
        label=_("Present password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def clean_old_password(self) -> str:
        password = self.cleaned_data["old_password"]
        if not self.user.check_password(password):
            raise ValidationError(_("The present password is not right."))
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("old_password") and data.get("old_password") == data.get("new_password1"):
            raise ValidationError(_("The new password must differ from the present one."))
        return data


class IssueForm(forms.Form):
    """The day a document is dated."""

    issued_on = forms.DateField(
        label=_("Date of issue"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The next number of that year is given to it, for good."),
    )


class VoidForm(forms.Form):
    """Why a document no longer holds."""

    note = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Kept with the document. Its number is not given to another."),
    )


class TurnoverForm(forms.Form):
    """When a term ends now, and on whose word."""

    ends_on = forms.DateField(label=_("ends on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    basis = forms.CharField(label=_("basis document"), max_length=200)
