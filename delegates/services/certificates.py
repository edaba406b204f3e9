"""Certificates: their numbers, and the address that says whether one is valid today."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from congress.kernel import audit
from congress.kernel.documents import stem
from congress.kernel.workflow import lock
from congress.models import Congress
from delegates.models import Mandate
from delegates.policies import MANDATES
from delegates.querysets import SERVING, left_office_at

_SIGNER: Final = signing.Signer(sep=".", salt="delegates.certificate")


@transaction.atomic
def give_numbers(mandates: QuerySet[Mandate], *, by: Any) -> int:
    """Give the delegates in office among `mandates` who have none the next numbers of their congress; say how many.

    The congress is locked, and every number its delegates ever had is counted: none is given twice, even if it was
    taken off a form since. Raises `PermissionDenied` for a congress `by` does not manage.
    """
    given = 0
    congresses = Congress.objects.filter(pk__in=mandates.values("congress")).select_related("organization")
    for congress in congresses.order_by("pk"):
        lock(congress)
        waiting = mandates.filter(congress=congress, certificate_number="").serving().values("pk")
        rows = list(Mandate.objects.select_for_update().filter(pk__in=waiting).order_by("roster_key", "pk"))
        if rows and not MANDATES.may_change(by, rows[0]):
            raise PermissionDenied
        first = _last_number(congress) + 1
        for number, row in enumerate(rows, first):
            row.certificate_number = f"{prefix(congress)}{number:03d}"
            row.version += 1
        Mandate.objects.bulk_update(rows, ["certificate_number", "version"])
        if rows:
            audit.record(
                "certificate_numbers",
                by=by,
                subject=f"{rows[0].certificate_number}–{rows[-1].certificate_number}",
                organization=congress.organization,
                rows=len(rows),
            )
        given += len(rows)
    return given


def prefix(congress: Congress) -> str:
    """What the numbers of a congress begin with: 石桥15-."""
    return f"{stem(congress.organization.name)}{congress.number}-"


def _last_number(congress: Congress) -> int:
    """The highest number of the congress's series that any of its delegates has or had."""
    beginning = prefix(congress)
    past = apps.get_model("delegates.MandateEvent").objects.filter(
        congress=congress, certificate_number__startswith=beginning
    )
    ends = (text.removeprefix(beginning) for text in past.values_list("certificate_number", flat=True).distinct())
    return max((int(end) for end in ends if end.isascii() and end.isdecimal()), default=0)


def address(mandate: Mandate) -> str:
    """The public page of a certificate, as its QR code holds it."""
    return settings.SITE_URL + reverse("certificate", args=[token(mandate)])


def token(mandate: Mandate) -> str:
    """The mandate's number with our signature: nobody else can make one."""
    return _SIGNER.sign(str(mandate.pk))


@dataclass(frozen=True)
class Standing:
    """What a stranger may know of a certificate: whose it is, and whether it is valid today."""

    mandate: Mandate
    valid: bool
    since: date | None  # from when it is not


def standing(text: str) -> Standing | None:
    """What the certificate with that token is worth today; nothing if we never made such a token."""
    try:
        number = _SIGNER.unsign(text)
    except signing.BadSignature:
        return None
    rows = Mandate.objects.filter(pk=number).select_related("person", "congress__organization", "electing_unit")
    mandate = rows.first()
    if mandate is None:
        return None
    if mandate.status not in SERVING:
        left = left_office_at(mandate)
        return Standing(mandate, valid=False, since=timezone.localdate(left) if left else None)
    today, ends_on = timezone.localdate(), mandate.congress.ends_on
    if Congress.objects.over(today).filter(pk=mandate.congress_id).exists():
        return Standing(mandate, valid=False, since=ends_on if ends_on and ends_on <= today else None)
    return Standing(mandate, valid=True, since=None)
