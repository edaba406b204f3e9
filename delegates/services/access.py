"""A delegate's way into the portal: an account opened by the office that keeps him, handed over on a slip of paper."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.kernel import audit, rules
from congress.kernel.workflow import Refused
from congress.models import Role, User
from congress.services import accounts
from delegates.models import Person
from delegates.policies import PERSONS

MOST_AT_ONCE = 100  # each password is hashed slowly on purpose: a hundred take some five seconds


@dataclass(frozen=True)
class Slip:
    """What a delegate is handed: shown once, kept nowhere."""

    name: str
    username: str
    password: str
    days: int


@transaction.atomic
def issue(persons: QuerySet[Person], *, by: Any) -> list[Slip]:
    """A slip for each: an account for who has none, a new first password for who has; his sessions end.

    All or none. Raises `PermissionDenied` unless `by` manages the office that keeps them, `Refused` for too many
    at once, a closed account, or a staff account.
    """
    rows = persons.select_related("organization", "user").prefetch_related("user__groups").order_by("pk")
    rows = rows.select_for_update(of=("self",))
    rows = sorted(rows[: MOST_AT_ONCE + 1], key=lambda person: person.stroke_key)
    if len(rows) > MOST_AT_ONCE:
        raise Refused(_("Choose at most %(most)s delegates at once.") % {"most": MOST_AT_ONCE})
    if not rows:
        raise Refused(_("Choose at least one delegate."))
    if not all(PERSONS.may_change(by, person) for person in rows):
        raise PermissionDenied
    slips = [_slip(person, by) for person in rows]
    audit.record("slips", by=by, rows=len(slips))
    return slips


def _slip(person: Person, by: Any) -> Slip:
    days = rules.value("delegate_first_password_days", person.organization, timezone.localdate())
    password = accounts.new_password(10, alphabet="0123456789")  # typed on a telephone, often by the elderly
    if person.user is None:
        person.user, _password = accounts.open_account(
            _free_name(person.name), person.name, Role.DELEGATE, None, by=by, password=password, hours=24 * days
        )
        person.save(update_fields=["user"])
    elif not _is_delegates_own(person.user):
        raise Refused(
            _("%(name)s signs in with an account of another role, which the system administrator keeps.")
            % {"name": person.name}
        )
    elif not person.user.is_active:
        raise Refused(_("The account of %(name)s is closed. Reopen it first.") % {"name": person.name})
    else:
        accounts.reset_password(person.user, by=by, password=password, hours=24 * days)
    return Slip(person.name, person.user.username, password, days)


@transaction.atomic
def set_active(person: Person, active: bool, *, by: Any) -> None:
    """Close or reopen the delegate's account."""
    if not PERSONS.may_change(by, person):
        raise PermissionDenied
    if not person.user or not _is_delegates_own(person.user):
        return
    closed_by = person.user.closed_by
    if active and closed_by and closed_by.groups.filter(name=Role.SYSADMIN).exists():
        raise Refused(_("The system administrator closed this account, and alone reopens it."))
    if active != person.user.is_active:
        accounts.set_active(person.user, active, by=by)


def _is_delegates_own(user: User) -> bool:
    """An account that is a delegate's and nothing else: any other is no liaison office's to hand out."""
    return {group.name for group in user.groups.all()} == {Role.DELEGATE}


def _free_name(name: str) -> str:
    """The delegate signs in by his name; a namesake's is followed by a number."""
    taken = set(User.objects.filter(username__startswith=name).values_list("username", flat=True))
    return next(
        free for number in range(1, len(taken) + 3) if (free := f"{name}{number if number > 1 else ''}") not in taken
    )
