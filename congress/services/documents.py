"""Official documents: drafted from the wording in force, issued with a number, printed once and kept."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from congress.kernel import documents, jobs, notices, wording
from congress.kernel.reports import ReportRefused, report_class
from congress.kernel.workflow import lock
from congress.models import Attachment, DocumentLayout, DocumentState, OfficialDocument, Organization, User
from congress.policies import MANAGE, holds
from congress.services import attachments
from congress.workflows import DOCUMENT

REPORT: Final = "d01-document"
JOB: Final = "archive_document:%d"


@transaction.atomic
def draft(
    kind: str, organization: Organization, values: Mapping[str, str], *, about: str = "", by: User | None
) -> OfficialDocument:
    """A draft of that kind in the wording in force for `organization`, with `values` put in.

    What is not given stays as a gap that keeps the draft from being issued; the organisation's own name, committees
    and phone are known without being told. `about` is the caller's short key: `change:12`. `by` is nobody when a rule
    drafts. Raises `Refused` for an unknown kind or placeholder, `PermissionDenied` if `by` does not manage it.
    """
    if by is not None and not holds(by, MANAGE, organization):
        raise PermissionDenied
    document = worded(kind, organization, values)
    document.about, document.drafted_by = about, by
    document.save()
    return document


def worded(kind: str, organization: Organization, values: Mapping[str, str]) -> OfficialDocument:
    """The same draft for a preview: it is not kept. Raises `Refused`."""
    declared = documents.kind_of(kind)
    text = documents.in_force(declared, organization)
    head = documents.letterhead(organization)
    given = {word: value for word, value in values.items() if str(value or "").strip()}
    known = {**documents.known_facts(organization, head), **given}
    for word in given:
        wording.check(f"{{{word}}}", declared.words)
    return _worded(declared, organization, text, known)


def sample(kind: documents.Kind, organization: Organization, text: documents.Wording) -> OfficialDocument:
    """A document of that wording with sample values, for a preview; it is not kept. Raises `Refused`."""
    return _worded(kind, organization, text, kind.samples)


def _worded(
    kind: documents.Kind, organization: Organization, text: documents.Wording, values: Mapping[str, str]
) -> OfficialDocument:
    def put(source: str) -> str:
        return wording.fill(source, values, kind.words, kind.optional)

    issuer, word = documents.signature(kind, documents.letterhead(organization))
    return OfficialDocument(
        organization=organization,
        kind=kind.key,
        layout=text.layout if text.layout in DocumentLayout.values else kind.layout,
        issuer=issuer,
        word=word,
        title=" ".join(put(text.title).split()),
        recipient=put(text.recipient),
        body=put(text.body),
        copy_to=put(text.copy_to),
        attachments_note=put(kind.attachments_note),
        remark=put(kind.remark),
    )


def issue(document: OfficialDocument, *, by: User, issued_on: date) -> OfficialDocument:
    """Give it the next number of its word and year, and have it archived.

    Raises `Refused` while there are gaps, `PermissionDenied` if it is not `by`'s to issue.
    """
    return DOCUMENT.take(document, "issue", by=by, issued_on=issued_on)


def void(document: OfficialDocument, *, by: User, reason: str) -> OfficialDocument:
    """Take an issued document back. File and number stay; the number is not given again."""
    return DOCUMENT.take(document, "void", by=by, note=reason)


def archive(document_id: int) -> None:
    """The job: print the document once and keep the file with its fingerprint. A second run does nothing."""
    document = OfficialDocument.objects.select_related("organization", "drafted_by").get(pk=document_id)
    if document.archive_id or document.state == DocumentState.DRAFT:
        return
    try:
        content = report_class(REPORT)(None, {"document": str(document.pk)}).render("pdf")
    except ReportRefused as refused:
        if jobs.is_last_try(JOB % document.pk):
            _tell(document, str(refused))
        raise
    with transaction.atomic():
        locked = lock(document)
        if locked.archive_id is None:
            kept = _keep(document, content)
            locked.archive, locked.archive_sha256 = kept, kept.sha256
            locked.save(update_fields=["archive", "archive_sha256"])


def _keep(document: OfficialDocument, content: bytes) -> Attachment:
    return attachments.keep(
        content,
        name=f"{document.number_text} {document.title}.pdf",
        kind=Attachment.Kind.PDF,
        organization=document.organization,
        by=document.drafted_by,
    )


def _tell(document: OfficialDocument, problem: str) -> None:
    """Who drafted it hears that its file could not be made, and why."""
    if document.drafted_by is None:
        return
    context: dict[str, Any] = {"document": document, "problem": problem}
    link = reverse("admin:congress_officialdocument_change", args=[document.pk])
    notices.post(
        f"document:{document.pk}:unprintable",
        "congress/notices/document_unprintable.txt",
        document.drafted_by,
        link=link,
        **context,
    )
