"""Accounts: opened with a first password that lasts a day, closed at once, with a second factor for staff."""

import base64
import secrets
from binascii import hexlify
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.contrib.postgres.expressions import ArraySubquery
from django.db import IntegrityError, transaction
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.kernel import audit
from congress.kernel.audit import role_names
from congress.kernel.workflow import Refused
from congress.models import Organization, OrganizationUserPermission, Role, TotpDevice, User
from congress.policies import grant_role, remember_grants, revoke_roles

FIRST_PASSWORD_HOURS = 24
# Without the letters and digits that look alike on a slip of paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

HELD_ROLES: Final = ArraySubquery(Group.objects.filter(user=OuterRef("pk")).order_by("name").values("name"))
HELD_GRANTS: Final = ArraySubquery(
    OrganizationUserPermission.objects.filter(user=OuterRef("pk")).values(
        grant=JSONObject(right="permission__codename", path="content_object__path")
    )
)


def new_password(length: int = 14, alphabet: str = _ALPHABET) -> str:
    """A random password that can be read out over the telephone."""
    return "".join(secrets.choice(alphabet) for _position in range(length))


@dataclass(frozen=True)
class FirstPassword:
    """A password to hand over, hashed already: hashing is slow on purpose, and no lock may be held meanwhile."""

    text: str
    encoded: str
    hours: int


def first_password(text: str = "", hours: int = FIRST_PASSWORD_HOURS) -> FirstPassword:
    """A password that must be changed at the first login and dies after `hours`."""
    text = text or new_password()
    return FirstPassword(text, make_password(text), hours)


@transaction.atomic
def open_account(
    username: str,
    name: str,
    role: str,
    organization: Organization | None,
    *,
    by: Any,
    email: str = "",
    first: FirstPassword | None = None,
) -> tuple[User, str]:
    """Make an account with a first password; the caller hands the password over once and keeps it nowhere."""
    first = first or first_password()
    user = User(username=username, first_name=name, email=email)
    set_first_password(user, first)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise Refused(_("The account name “%(name)s” is taken.") % {"name": username}) from None
    grant_role(user, role, organization)
    audit.record("account_open", by=by, subject=username, organization=organization, role=str(role))
    return user, first.text


def set_first_password(user: User, first: FirstPassword) -> None:
    """A password for a while that must be changed at the first login; the caller saves."""
    user.password = first.encoded
    end_tokens(user)
    user.must_change_password = True
    user.initial_password_until = timezone.now() + timedelta(hours=first.hours)


@transaction.atomic
def reset_password(user: User, *, by: Any, first: FirstPassword | None = None) -> str:
    """A new first password: every session of the account ends, the authenticator stays."""
    first = first or first_password()
    set_first_password(user, first)
    user.save()
    audit.record("password_reset", by=by, subject=user.username)
    return first.text


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
    if Role.DELEGATE in role_names(user):
        raise Refused(_("A delegate's account stays his: open another account for the desk."))
    revoke_roles(user)
    grant_role(user, role, organization)
    user.totpdevice_set.all().delete()
    first = first_password()
    set_first_password(user, first)
    user.save()
    audit.record("role_change", by=by, subject=user.username, organization=organization, role=str(role))
    return first.text


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


def with_rights(user_id: Any) -> User | None:
    """The account with its roles and its grants, which every page asks first. One query."""
    user = User.objects.annotate(held_roles=HELD_ROLES, held_grants=HELD_GRANTS).filter(pk=user_id).first()
    if user is not None:
        user._role_names = user.held_roles
        remember_grants(user, [(grant["right"], grant["path"]) for grant in user.held_grants])
    return user
