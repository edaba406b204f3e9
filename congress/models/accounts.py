"""Accounts, roles and the second factor."""

from binascii import unhexlify
from time import time

from django.contrib.auth.models import AbstractUser
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin, TimestampMixin
from django_otp.oath import TOTP

from congress.fields import SealedRow


class Role(models.TextChoices):
    """Roles are groups; where a role holds is a grant on a branch. The capabilities stand in `policies.ROLES`."""

    OFFICE = "office", _("district liaison office")
    TOWNSHIP = "township", _("township liaison office")
    WORKROOM = "workroom", _("workroom liaison officer")
    DELEGATE = "delegate", _("delegate")
    UNIT = "unit", _("handling unit")
    ORGANISATION_DEPARTMENT = "organisation_department", _("organisation department")
    AUDITOR = "auditor", _("auditor")
    SYSADMIN = "sysadmin", _("system administrator")


class User(AbstractUser):
    """A person who can sign in: staff, delegate or handling unit."""

    must_change_password = models.BooleanField(_("must change the password"), default=False)
    initial_password_until = models.DateTimeField(_("first password valid until"), null=True, blank=True)
    closed_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("closed by")
    )
    password_changed_at = models.DateTimeField(_("password changed at"), default=timezone.now)

    class Meta(AbstractUser.Meta):
        verbose_name, verbose_name_plural = _("account"), _("accounts")

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.last_name + self.first_name or self.username


class TotpDevice(ThrottlingMixin, TimestampMixin, SealedRow, Device):
    """One authenticator app. The seed is sealed; a code works once; failures slow the next try down."""

    seed_sealed = models.TextField(_("seed"))
    last_step = models.BigIntegerField(_("last used step"), default=-1)

    class Meta(Device.Meta):
        verbose_name, verbose_name_plural = _("authenticator"), _("authenticators")

    def get_throttle_factor(self) -> float:
        return 1

    @transaction.atomic
    def verify_token(self, token: str) -> bool:
        """Whether the six digits are right now, within a step of drift, and not used before.

        One try at a time: parallel tries with one code let exactly one in, and parallel guesses all count.
        """
        self.refresh_from_db(from_queryset=type(self).objects.select_for_update())
        allowed, _details = self.verify_is_allowed()
        if not allowed or not (token.isascii() and token.isdigit()):
            return False
        totp = TOTP(unhexlify(self.get_sealed("seed")))
        totp.time = time()
        for drift in (-1, 0, 1):
            totp.drift = drift
            if totp.t() > self.last_step and totp.token() == int(token):
                self.last_step = totp.t()
                self.throttle_reset(commit=False)
                self.save()
                return True
        self.throttle_increment()
        return False
