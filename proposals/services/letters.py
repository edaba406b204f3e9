"""The letter after it may go out: its number, the scan of the sealed sheet; and the proof that a promise was kept."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.kernel import audit, documents
from congress.kernel.workflow import Refused, lock
from congress.models import Attachment, DocumentState, Letterhead, OfficialDocument, Organization, User
from congress.policies import HANDLE, MANAGE, holds
from congress.services import attachments
from congress.services import documents as office
from proposals.models import Reply, Undertaking
from proposals.policies import handles
from proposals.workflows import UNDERTAKING
from proposals.workflows.limits import earliest_letter
from proposals.workflows.promises import owes_it


@transaction.atomic
def attach_scan(reply: Reply, upload: UploadedFile, *, by: User) -> Attachment:
    """Keep the scan of the sealed letter beside the reply; another one takes its place.

    Raises `Refused` before the reply has gone out or for a file that is no PDF or picture, `PermissionDenied` if it
    is not the unit's own.
    """
    if reply.assignment is None or not handles(by, reply.assignment):
        raise PermissionDenied
    locked = lock(reply)
    if locked.issued_on is None:
        raise Refused(_("The letter has not gone out yet."))
    locked.sealed_scan = _kept(upload, reply.assignment.unit, by)
    locked.save(update_fields=["sealed_scan"])
    audit.record(
        "letter_scan", by=by, subject=f"Reply {reply.pk}", organization=reply.assignment.unit,
        sha256=locked.sealed_scan.sha256,
    )  # fmt: skip
    return locked.sealed_scan


def earliest(reply: Reply) -> tuple[date, str]:
    """The first day the letter may bear, and why not an earlier one: the office had to read the reply first."""
    day, why = earliest_letter(reply.assignment)
    if day is not None:
        return day, why
    day = reply.issued_on  # brought in from a workbook: nobody knows when it was read
    return day, _("The reply went out on %(day)s.") % {"day": f"{day.year}年{day.month}月{day.day}日"}


def issue_letter(reply: Reply, issued_on: date, *, by: User) -> OfficialDocument:
    """Give the letter its number. Raises `Refused` while there is no letter, if it cannot be issued, and for a date
    in the future or before the reply was there."""
    if reply.document is None:
        raise Refused(_("The letter has not gone out yet."))
    if issued_on > timezone.localdate():
        raise Refused(_("The day lies in the future."))
    day, why = earliest(reply)
    if issued_on < day:
        raise Refused(why)
    return office.issue(reply.document, by=by, issued_on=issued_on)


def word_of(unit: Organization) -> str:
    """The word before the numbers of the unit's letters."""
    return documents.signature(documents.kind_of("reply-letter"), documents.letterhead(unit))[1]


@transaction.atomic
def say_word(unit: Organization, word: str, *, by: User) -> None:
    """The unit's own word, 明住建函. Raises `Refused` for another body's, or one no number can follow."""
    if not (holds(by, HANDLE, unit) or holds(by, MANAGE, unit)):
        raise PermissionDenied
    word = "".join(word.split())
    if not word or len(word) > documents.WORD_LENGTH or not all(letter.isalpha() for letter in word):
        raise Refused(_("One to twelve characters, without brackets and numbers: 明住建函."))
    root = unit.path.strip("/").split("/")[0]
    if word in _taken_words(root, unit):
        raise Refused(_("Another body numbers its letters with “%(word)s”.") % {"word": word})
    Letterhead.objects.update_or_create(organization=unit, defaults={"office_word": word})
    audit.record("letter_word", by=by, subject=word, organization=unit)


def _taken_words(root: str, unit: Organization) -> set[str]:
    """The words of every other body of the district: those it wrote down, and those its name makes."""
    others = Organization.objects.filter(path__startswith=f"/{root}/").exclude(pk=unit.pk)
    rows = {row.organization_id: row for row in Letterhead.objects.filter(organization__in=others)}
    taken: set[str] = set()
    for other in others:
        head = documents.completed(rows.get(other.pk) or Letterhead(organization=other))
        taken |= {head.office_word, head.committee_word, other.name[: documents.WORD_LENGTH]}
    return taken


@transaction.atomic
def report_kept(
    promise: Undertaking, facts: Mapping[str, Any], *, by: User, upload: UploadedFile | None = None
) -> Undertaking:
    """The unit says that a promise is kept, with what was done and, if there is one, the paper that proves it."""
    if not owes_it(by, promise):
        raise PermissionDenied
    UNDERTAKING.judge(promise, "keep", by=by)  # before anything is stored
    proof = _kept(upload, promise.unit, by) if upload else None
    return UNDERTAKING.take(promise, "keep", by=by, evidence_file=proof, **facts)


def is_draft(document: OfficialDocument | None) -> bool:
    """Whether the letter waits for its number."""
    return document is not None and document.state == DocumentState.DRAFT


def _kept(upload: UploadedFile, unit: Organization, by: User) -> Attachment:
    if upload.size > attachments.LARGEST_FILE:
        raise attachments.FileRefused(_("The file is larger than 20 MB."))
    return attachments.store(upload.read(), name=upload.name, organization=unit, by=by, kinds=attachments.SCANS)
