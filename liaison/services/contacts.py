"""Whom a delegate keeps in touch with: taken on, corrected, ended. Nothing is deleted."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.kernel import audit, rules
from congress.kernel.workflow import MOVED_ON, Refused, lock
from delegates.models import Mandate
from delegates.querysets import SERVING
from liaison.models import Contact, EndReason
from liaison.policies import CONTACTS, may_see_phone

FACTS: Final = ("name", "kind", "targets", "other")


@transaction.atomic
def add(mandate: Mandate, *, by: Any, since: date | None = None, phone: str = "", **facts: Any) -> Contact:
    """Take somebody on. Refuses for a delegate who is not in office, and for somebody who is on the list already."""
    contact = Contact(mandate=mandate, since=since or timezone.localdate(), **facts)
    contact.put_sealed("phone", phone)
    if not CONTACTS.may_change(by, contact):
        raise PermissionDenied
    if mandate.status not in SERVING:
        raise Refused(_("Only a delegate in office takes contacts on."))
    _refuse_future(contact.since)
    return _saved(contact)


@transaction.atomic
def change(contact: Contact, *, by: Any, version: int, phone: str | None = None, **facts: Any) -> Contact:
    """Correct what is known of a contact; without a phone the known one stays. Refuses if somebody did so meanwhile."""
    locked = lock(contact)
    if not CONTACTS.may_change(by, locked):
        raise PermissionDenied
    if locked.version != version:
        raise Refused(MOVED_ON)
    if locked.until is not None:
        raise Refused(_("This contact has ended."))
    for name in FACTS:
        if name in facts:
            setattr(locked, name, facts[name])
    if phone is not None:
        locked.put_sealed("phone", phone)
    locked.version += 1
    return _saved(locked)


@transaction.atomic
def end(contact: Contact, *, by: Any, reason: str, note: str = "", on: date | None = None) -> Contact:
    """End it, with the reason. Said twice, it is ended once."""
    locked = lock(contact)
    if not CONTACTS.may_change(by, locked):
        raise PermissionDenied
    if locked.until is not None:
        return locked
    if reason == EndReason.OTHER and not note.strip():
        raise Refused(_("Say why it ended."))
    day = on or timezone.localdate()
    _refuse_future(day)
    locked.until, locked.end_reason, locked.ended_note = max(day, locked.since), reason, note.strip()
    locked.version += 1
    locked.save(update_fields=["until", "end_reason", "ended_note", "version"])
    return locked


def reveal(contact: Contact, *, by: Any) -> str:
    """A contact's phone in clear for an office, with its line in the audit. Refused beyond so many an hour."""
    organization = contact.mandate.congress.organization
    if not may_see_phone(by, contact):
        raise PermissionDenied
    limit = rules.value("reveals_an_hour", organization, timezone.localdate())
    if audit.reveals_within_the_hour(by) >= limit:
        raise Refused(
            _("You have had %(limit)s numbers shown within an hour. Wait, or print with a reason.") % {"limit": limit}
        )
    audit.record("reveal", by=by, subject=f"contact {contact.pk} phone", organization=organization)
    return contact.get_sealed("phone")


def counts(contacts: list[Contact]) -> Mapping[str, int]:
    """How many of each kind."""
    return {str(kind): sum(contact.kind == kind for contact in contacts) for kind in Contact.Kind}


def _refuse_future(day: date) -> None:
    if day > timezone.localdate():
        raise Refused(_("The day lies in the future."))


def _saved(contact: Contact) -> Contact:
    try:
        with transaction.atomic():
            contact.save()
    except IntegrityError:
        raise Refused(_("%(name)s is on the list already.") % {"name": contact.name}) from None
    return contact
