"""Whom a delegate keeps in touch with: taken on, corrected, ended. Nothing is deleted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.kernel import audit, rules
from congress.kernel.workflow import MOVED_ON, Refused, lock
from delegates.models import Mandate
from delegates.querysets import SERVING
from liaison.models import Contact, EndReason
from liaison.policies import CONTACTS, may_see_phone
from liaison.services.coverage import MASS, PARTY, with_contacts
from liaison.services.limits import Limit, limits_of

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


@dataclass(frozen=True)
class Progress:
    """How far a delegate is with one kind of contact."""

    kind: str
    label: str
    count: int
    limit: Limit

    @property
    def fits(self) -> bool:
        return self.limit.fits(self.count)

    @property
    def missing(self) -> int:
        """How many more are asked of him."""
        return max(self.limit.least - self.count, 0)

    @property
    def over(self) -> int:
        """How many more he has than asked: a notice, no fault."""
        return max(self.count - self.limit.most, 0)

    @property
    def steps(self) -> list[bool]:
        """A mark for each contact asked for, ticked or not; more than asked are ticked as well."""
        return [place < self.count for place in range(max(self.limit.least, self.count))]


def progress(mandate: Mandate, counted: Mapping[str, int] | None = None) -> list[Progress]:
    """How many Party members and masses the delegate is in touch with (`counted`, if known), and how many are asked."""
    limits = limits_of([mandate.congress.organization])[mandate.congress.organization_id]
    if counted is None:
        held = Contact.objects.open().filter(mandate=mandate).order_by()
        counted = dict(held.values_list("kind").annotate(Count("pk")))
    return [Progress(kind, str(label), counted.get(kind, 0), limits[kind]) for kind, label in Contact.Kind.choices]


def progress_of(mandates: QuerySet[Mandate]) -> list[Progress]:
    """The same for the first of these delegates, in two queries; nothing if there is none."""
    seat: Any = with_contacts(mandates).first()
    return progress(seat, {PARTY: seat.party_members, MASS: seat.masses}) if seat else []


def notices(mandate: Mandate) -> list[str]:
    """What does not fit the norms of N01 and N02 now: nothing is refused for it, but the office is told."""
    said = {
        Contact.Kind.PARTY_MEMBER: _(
            "%(name)s is in touch with %(count)s Party members; %(least)s to %(most)s are asked."
        ),
        Contact.Kind.MASS: _("%(name)s is in touch with %(count)s of the masses; %(least)s to %(most)s are asked."),
    }
    return [
        said[Contact.Kind(one.kind)]
        % {"name": mandate, "count": one.count, "least": one.limit.least, "most": one.limit.most}
        for one in progress(mandate)
        if not one.fits
    ]


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
