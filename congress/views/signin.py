"""Signing in: password, one-time code for staff, a new password at the first login."""

from typing import Any
from urllib.parse import quote

import django_otp
import segno
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView, RedirectURLMixin
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import FormView

from congress.forms import LoginForm, NewPasswordForm, OneTimeCodeForm
from congress.kernel import audit
from congress.services import accounts


@method_decorator(login_not_required, name="dispatch")
class Login(LoginView):
    """One login page for delegates, units and staff."""

    template_name = "congress/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def form_valid(self, form: LoginForm) -> HttpResponse:
        audit.record("login", by=form.get_user())
        response = super().form_valid(form)
        self.request.session.pop("started", None)
        return response

    def form_invalid(self, form: LoginForm) -> HttpResponse:
        audit.record("login", by=form.data.get("username", "")[:150], succeeded=False)
        return super().form_invalid(form)


class SignOut(LogoutView):
    """Ends the session on the server and tells the browser to forget the site's data."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            audit.record("logout", by=request.user)
        response = super().post(request, *args, **kwargs)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


class NextMixin(RedirectURLMixin):
    """Goes on to `next` when it is ours, else to the user's own start page."""

    next_page = settings.LOGIN_REDIRECT_URL
    request: HttpRequest

    def get_success_url(self) -> str:
        return self.get_redirect_url() or self.get_default_redirect_url()


class OneTimeCode(NextMixin, FormView):
    """Asks staff for the six digits, once a session."""

    template_name = "congress/one_time_code.html"
    form_class = OneTimeCodeForm

    def form_valid(self, form: OneTimeCodeForm) -> HttpResponse:
        device = self.request.user.totpdevice_set.filter(confirmed=True).first()
        if device is None or not device.verify_token(form.cleaned_data["code"]):
            audit.record("one_time_code", by=self.request.user, succeeded=False)
            form.add_error("code", _refusal(device))
            return self.form_invalid(form)
        self.request.session.cycle_key()
        django_otp.login(self.request, device)
        audit.record("one_time_code", by=self.request.user)
        return super().form_valid(form)


def _refusal(device: Any) -> str:
    allowed, _details = device.verify_is_allowed() if device else (True, None)
    if not allowed:
        return _("Too many wrong codes. Wait a moment (at most a few minutes) and use the newest code.")
    return _("This code is not right, or was used already. Wait for the next one and type that.")


class OneTimeSetup(NextMixin, FormView):
    """Sets the authenticator up: a QR code to scan, then one code to prove it works."""

    template_name = "congress/one_time_setup.html"
    form_class = OneTimeCodeForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.device = request.user.totpdevice_set.filter(confirmed=False).first()
        if self.device is None:
            self.device, _secret = accounts.start_authenticator(request.user)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        secret = accounts.secret_of(self.device)
        issuer = quote(settings.OTP_TOTP_ISSUER)
        url = f"otpauth://totp/{issuer}:{quote(self.request.user.username)}?secret={secret}&issuer={issuer}"
        code = segno.make(url, error="m").svg_data_uri(scale=5, border=2)
        spaced = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
        return super().get_context_data(qr_code=code, secret=spaced, **kwargs)

    def form_valid(self, form: OneTimeCodeForm) -> HttpResponse:
        if self.request.user.totpdevice_set.filter(confirmed=True).exists():  # a stolen password must not add a second
            return super().form_valid(form)
        if not self.device.verify_token(form.cleaned_data["code"]):
            form.add_error("code", _refusal(self.device))
            return self.form_invalid(form)
        self.device.confirmed = True
        self.device.save(update_fields=["confirmed"])
        self.request.session.cycle_key()
        django_otp.login(self.request, self.device)
        audit.record("authenticator_set", by=self.request.user)
        return super().form_valid(form)


class PasswordChange(NextMixin, FormView):
    """A new password: demanded at the first login, offered later."""

    template_name = "congress/password_change.html"
    form_class = NewPasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.request.user}

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        accounts.change_password(self.request.user, form.cleaned_data["new_password1"])
        update_session_auth_hash(self.request, self.request.user)
        return super().form_valid(form)
