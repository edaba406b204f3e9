"""Lives of the ground floor's records, each one table."""

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from congress.forms import IssueForm, VoidForm
from congress.kernel import audit, documents, jobs, notices, wording
from congress.kernel.workflow import Actor, Move, Refused, Transition, Workflow, by_time
from congress.models import (
    Delivery,
    DeliveryState,
    DocumentState,
    ImportRun,
    OfficialDocument,
    OrganizationKind,
    PrintedReport,
    PrintState,
)
from congress.models import ImportState as S
from congress.policies import HANDLE, IMPORTS, MANAGE, holds

T = Transition


def enclose(printed: PrintedReport, move: Move) -> None:
    """The file is there: which, how many rows it holds, and what its content is known by."""
    printed.attachment = move.data["attachment"]
    printed.rows = move.data["rows"]
    printed.content_hash = move.data["content_hash"]
    printed.progress, printed.problem, printed.finished_at = 100, "", move.at


def say_why(printed: PrintedReport, move: Move) -> None:
    """The sentence the asker reads instead of a file."""
    printed.problem = move.note[:300]
    printed.finished_at = move.at


# A worker that died leaves “rendering” behind: the next try starts from there.
# fmt: off
PRINT = Workflow(PrintedReport, [
    # verb      from                                       to                    who      when  then
    T("start",  [PrintState.QUEUED, PrintState.RENDERING], PrintState.RENDERING, by_time, [], []),
    T("finish", [PrintState.RENDERING],                    PrintState.READY,     by_time, [], [enclose]),
    T("fail",   [PrintState.QUEUED, PrintState.RENDERING], PrintState.FAILED,    by_time, [], [say_why]),
])
# fmt: on


def note_claim(delivery: Delivery, move: Move) -> None:
    """The one try begins."""
    delivery.claimed_at = move.at


def note_sent(delivery: Delivery, move: Move) -> None:
    """It is out of the house."""
    delivery.sent_at, delivery.error = move.at, move.note[:300]


def note_trouble(delivery: Delivery, move: Move) -> None:
    """What went wrong, for whoever has to ask the gateway."""
    delivery.error = move.note[:300]


# An e-mail is sent from “waiting”, as often as it takes. A text message is claimed first and never waits again.
# fmt: off
DELIVERY = Workflow(Delivery, [
    # verb     from                                          to                     who      when  then
    T("claim", [DeliveryState.WAITING],                        DeliveryState.SENDING, by_time, [], [note_claim]),
    T("send",  [DeliveryState.WAITING, DeliveryState.SENDING], DeliveryState.SENT,    by_time, [], [note_sent]),
    T("fail",  [DeliveryState.WAITING, DeliveryState.SENDING], DeliveryState.FAILED,  by_time, [], [note_trouble]),
    T("lose",  [DeliveryState.SENDING],                        DeliveryState.STUCK,   by_time, [], [note_trouble]),
])
# fmt: on


def manages_it(actor: Actor, run: ImportRun) -> bool:
    """Whether the actor manages the organisation whose register the import would change."""
    return actor is not None and IMPORTS.may_change(actor, run)


def take_counts(run: ImportRun, move: Move) -> None:
    """What the plan counted, and what its reader should know beside the rows."""
    for outcome, count in move.data["plan"].counts.items():
        setattr(run, outcome, count)
    run.problem, run.progress = "\n".join(move.data["plan"].notes), 100


def take_errors(run: ImportRun, move: Move) -> None:
    """The workbook that says what to mend."""
    run.errors_attachment = move.data["errors"]


def owe_writing(run: ImportRun, move: Move) -> None:
    """A worker writes it, once, however often it is rung."""
    jobs.post(f"apply_import:{run.pk}", "apply_import", run.pk)


def date_it(run: ImportRun, move: Move) -> None:
    """From here on the rows are in the register."""
    run.applied_at = move.at


def say_sentence(run: ImportRun, move: Move) -> None:
    """Why nothing was written."""
    run.problem = move.note


def tell_uploader(run: ImportRun, move: Move) -> None:
    """Whoever uploaded it need not wait beside it."""
    if run.by is None:
        return
    notices.post(
        f"import:{run.pk}:{move.verb}",
        f"congress/notices/import_{move.verb}.txt",
        run.by,
        link=reverse("admin:congress_importrun_change", args=[run.pk]),
        run=run,
    )


# A workbook is checked, looked at by a person, and only then written; nothing leads from a fault to the register.
# fmt: off
IMPORT = Workflow(ImportRun, [
    # verb      from                                to           who         when  then
    T("check",   [S.UPLOADED],                       S.CHECKED,   by_time,    [], [take_counts, tell_uploader]),
    T("reject",  [S.UPLOADED],                       S.REJECTED,  by_time,    [], [take_counts, take_errors, tell_uploader]),
    T("fail",    [S.UPLOADED, S.CONFIRMED],          S.FAILED,    by_time,    [], [say_sentence, tell_uploader]),
    T("confirm", [S.CHECKED],                        S.CONFIRMED, manages_it, [], [owe_writing], label=_("Write it into the register")),
    T("apply",   [S.CONFIRMED],                      S.APPLIED,   by_time,    [], [take_counts, date_it, tell_uploader]),
    T("drop",    [S.UPLOADED, S.CHECKED, S.REJECTED], S.DROPPED,  manages_it, [], [], label=_("Drop it, write nothing")),
])
# fmt: on


def manages_document(actor: Actor, document: OfficialDocument) -> bool:
    """Whether the actor manages the organisation that issues it."""
    return actor is not None and holds(actor, MANAGE, document.organization)


def issues_document(actor: Actor, document: OfficialDocument) -> bool:
    """Whether the actor may issue it: who manages the organisation, or works at the desk of the unit whose it is."""
    if manages_document(actor, document):
        return True
    unit = document.organization
    return actor is not None and unit.kind == OrganizationKind.UNIT and holds(actor, HANDLE, unit)


def gaps_filled(document: OfficialDocument) -> str:
    """Nothing leaves the house with a gap in it."""
    if gaps := documents.missing_in(document):
        return _("Still to be filled in: %(gaps)s.") % {"gaps": "、".join(gaps)}
    return ""


def printable(document: OfficialDocument) -> str:
    """No number is spent on what no printer has, or on a placeholder that was left in the text."""
    text = "".join([document.title, document.recipient, document.body, document.copy_to, document.remark])
    return wording.unprintable(text)


def signed_off(document: OfficialDocument) -> str:
    """A document to a higher body names who signed it off (GB/T 9704-2012, 7.2.6)."""
    if documents.is_upward(document) and not document.signer.strip():
        return _("A document to a higher body names who signed it off: enter the name first.")
    return ""


def number_it(document: OfficialDocument, move: Move) -> None:
    """The next number of its word and year. The organisation's row is locked: no gap, none given twice."""
    document.issued_on = move.data["issued_on"]
    if document.issued_on > timezone.localdate():
        raise Refused(_("The date of issue lies in the future."))
    if document.kind in documents.kinds():  # signed as the letterhead has it today, whatever the draft says
        head = documents.letterhead(document.organization)
        document.issuer, document.word = documents.signature(documents.kind_of(document.kind), head)
    document.year = document.issued_on.year
    series = OfficialDocument.objects.filter(
        organization=document.organization_id, word=document.word, year=document.year
    )
    document.number = (series.aggregate(last=Max("number"))["last"] or 0) + 1
    document.version += 1


def owe_archive(document: OfficialDocument, move: Move) -> None:
    """A worker prints it once and keeps the file."""
    jobs.post(f"archive_document:{document.pk}", "archive_document", document.pk)


def keep_reason(document: OfficialDocument, move: Move) -> None:
    """Why it no longer holds; its number stays spent."""
    document.void_reason = move.note[:200]
    document.version += 1


def record_document(document: OfficialDocument, move: Move) -> None:
    """Issuing and voiding are part of the security record."""
    audit.record(
        f"document_{move.verb}",
        by=move.by,
        subject=f"{document.number_text} {document.title}",
        organization=document.organization,
        kind=document.kind,
        about=document.about,
        reason=move.note,
    )


# A number is spent for good: what was issued by mistake is voided, and the next one gets the next number.
# fmt: off
DOCUMENT = Workflow(OfficialDocument, [
    # verb    from                    to                    who               when                          then
    T("issue", [DocumentState.DRAFT],  DocumentState.ISSUED, issues_document, [gaps_filled, printable, signed_off], [number_it, owe_archive, record_document], needs=IssueForm, label=_("Issue it and give it its number")),
    T("drop",  [DocumentState.DRAFT],  DocumentState.VOIDED, manages_document, [],                        [keep_reason, record_document], label=_("Drop the draft")),
    T("void",  [DocumentState.ISSUED], DocumentState.VOIDED, manages_document, [],                        [keep_reason, record_document], needs=VoidForm, label=_("Void it")),
], parent="organization")
# fmt: on
