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

DIGITS = "0123456789"  # typed on a telephone, often by the elderly
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
    at once, a closed account, or one that is not a delegate's alone.
    """
    # The accounts are read after the lock: of two clicks the second must see what the first opened.
    rows = persons.select_related("organization").prefetch_related("user__groups").order_by("pk")
    rows = rows.select_for_update(of=("self",))
    rows = sorted(rows[: MOST_AT_ONCE + 1], key=lambda person: person.stroke_key)
    if len(rows) > MOST_AT_ONCE:
        raise Refused(_("Choose at most %(most)s delegates at once.") % {"most": MOST_AT_ONCE})
    if not rows:
        raise Refused(_("Nobody chosen is without an account. A new first password is issued at the delegate's page."))
    if not all(PERSONS.may_change(by, person) for person in rows):
        raise PermissionDenied
    offices = {person.organization for person in rows}
    days = {office: rules.value("delegate_first_password_days", office, timezone.localdate()) for office in offices}
    # All are hashed before the first line of the audit is written: that line is a lock the whole site waits for.
    first = [
        accounts.first_password(accounts.new_password(10, DIGITS), 24 * days[person.organization]) for person in rows
    ]
    slips = [_slip(person, one, by) for person, one in zip(rows, first, strict=True)]
    audit.record("slips", by=by, organization=rows[0].organization, rows=len(slips))
    return slips


def _slip(person: Person, first: accounts.FirstPassword, by: Any) -> Slip:
    if person.user is None:
        person.user = _open(person.name, first, by)
        person.save(update_fields=["user"])
    elif not _is_delegates_own(person.user):
        raise Refused(
            _("%(name)s signs in with an account of another role, which the system administrator keeps.")
            % {"name": person.name}
        )
    elif not person.user.is_active:
        raise Refused(_("The account of %(name)s is closed. Reopen it first.") % {"name": person.name})
    else:
        accounts.reset_password(person.user, by=by, first=first)
    return Slip(person.name, person.user.username, first.text, first.hours // 24)


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


def unit_account(username: str) -> User | None:
    """The open account of a unit by its exact name: whom an electing unit may name as its contact person."""
    return User.objects.filter(username=username, is_active=True, groups__name=Role.UNIT).first()


def _is_delegates_own(user: User) -> bool:
    """An account that is a delegate's and nothing else: any other is no liaison office's to hand out."""
    return {group.name for group in user.groups.all()} == {Role.DELEGATE}


def _open(name: str, first: accounts.FirstPassword, by: Any, number: int = 1) -> User:
    """The delegate signs in by his name; a namesake's is followed by a number."""
    username = name if number == 1 else f"{name}{number}"
    try:
        return accounts.open_account(username, name, Role.DELEGATE, None, by=by, first=first)[0]
    except Refused:  # a namesake has it, or another office took it this very moment
        return _open(name, first, by, number + 1)
