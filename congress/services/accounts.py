"""Accounts: opened with a first password that lasts a day, closed at once, with a second factor for staff."""

import base64
import secrets
from binascii import hexlify
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.kernel import audit
from congress.kernel.workflow import Refused
from congress.models import Organization, Role, TotpDevice, User
from congress.policies import grant_role, has_role, revoke_roles

FIRST_PASSWORD_HOURS = 24
# Without the letters and digits that look alike on a slip of paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def new_password(length: int = 14, alphabet: str = _ALPHABET) -> str:
    """A random password that can be read out over the telephone."""
    return "".join(secrets.choice(alphabet) for _position in range(length))


@transaction.atomic
def open_account(
    username: str,
    name: str,
    role: str,
    organization: Organization | None,
    *,
    by: Any,
    password: str = "",
    email: str = "",
    hours: int = FIRST_PASSWORD_HOURS,
) -> tuple[User, str]:
    """Make an account with a first password; the caller hands the password over once and keeps it nowhere."""
    if User.objects.filter(username=username).exists():
        raise Refused(_("The account name “%(name)s” is taken.") % {"name": username})
    password = password or new_password()
    user = User(username=username, first_name=name, email=email)
    set_first_password(user, password, hours)
    user.save()
    grant_role(user, role, organization)
    audit.record("account_open", by=by, subject=username, organization=organization, role=str(role))
    return user, password


def set_first_password(user: User, password: str, hours: int = FIRST_PASSWORD_HOURS) -> None:
    """A password for a while that must be changed at the first login; the caller saves."""
    user.set_password(password)
    end_tokens(user)
    user.must_change_password = True
    user.initial_password_until = timezone.now() + timedelta(hours=hours)


@transaction.atomic
def reset_password(user: User, *, by: Any, password: str = "", hours: int = FIRST_PASSWORD_HOURS) -> str:
    """A new first password: every session of the account ends, the authenticator stays."""
    password = password or new_password()
    set_first_password(user, password, hours)
    user.save()
    audit.record("password_reset", by=by, subject=user.username)
    return password


@transaction.atomic
def change_password(user: User, password: str) -> None:
    """The user's own new password; his other sessions end."""
    user.set_password(password)
    end_tokens(user)
    user.must_change_password = False
    user.initial_password_until = None
    user.password_changed_at = timezone.now()
    user.save()
    audit.record("password_change", by=user, subject=user.username)


@transaction.atomic
def set_active(user: User, active: bool, *, by: Any) -> None:
    """Close or reopen an account; closing takes effect on the next request."""
    user.is_active = active
    user.closed_by = None if active else by
    user.save(update_fields=["is_active", "closed_by"])
    end_tokens(user)
    audit.record("account_reopen" if active else "account_close", by=by, subject=user.username)


@transaction.atomic
def change_role(user: User, role: str, organization: Organization | None, *, by: Any) -> str:
    """The account holds this role, there, and no other: for who moves to another desk.

    It is handed over anew: whoever knew its password or had its authenticator may not follow to the new desk.
    Returns the first password. Refused for a delegate's account, which others than the administrator hand out.
    """
    if has_role(user, Role.DELEGATE):
        raise Refused(_("A delegate's account stays his: open another account for the desk."))
    revoke_roles(user)
    grant_role(user, role, organization)
    user.totpdevice_set.all().delete()
    password = new_password()
    set_first_password(user, password)
    user.save()
    audit.record("role_change", by=by, subject=user.username, organization=organization, role=str(role))
    return password


def end_tokens(user: User) -> None:
    """Scripts that act for the account must be let in again, as its sessions must."""
    if user.pk:
        user.auth_token_set.all().delete()


@transaction.atomic
def start_authenticator(user: User, seed: bytes | None = None, *, confirmed: bool = False) -> tuple[TotpDevice, str]:
    """A new authenticator and its secret in base32, shown once. An unconfirmed one before it is replaced."""
    user.totpdevice_set.filter(confirmed=False).delete()
    seed = seed or secrets.token_bytes(20)
    device = TotpDevice(user=user, name="totp", confirmed=confirmed)
    device.put_sealed("seed", hexlify(seed).decode())
    device.save()
    return device, base64.b32encode(seed).decode()


def secret_of(device: TotpDevice) -> str:
    """The secret of a not yet confirmed authenticator, to show its QR code again."""
    return base64.b32encode(bytes.fromhex(device.get_sealed("seed"))).decode()


@transaction.atomic
def reset_authenticator(user: User, *, by: Any) -> None:
    """A lost phone: the next login sets a new authenticator up."""
    user.totpdevice_set.all().delete()
    end_tokens(user)
    audit.record("authenticator_reset", by=by, subject=user.username)
