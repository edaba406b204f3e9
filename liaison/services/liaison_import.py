"""The liaison workbook: committee members with their groups and delegates, delegates with their contacts.

Planned row by row, written all or nothing. A member's cell names all whom he keeps in touch with: links it names no
more are ended. Contacts are only added and corrected: a list may be one village's.
"""

from collections.abc import Sequence
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel.importing import Plan, PlannedRow, Tell
from congress.kernel.workbooks import SheetRead, WorkbookRefused
from congress.models import Organization
from delegates.kernel.lists import ListRead
from delegates.models import CommitteeMember
from liaison.kernel.liaisonrows import take_apart
from liaison.models import CommitteeLink, Contact
from liaison.services.contact_rows import COMPARED, ContactJudge
from liaison.services.member_rows import MEMBER_FACTS, MemberEntry, MemberJudge
from liaison.services.register import LiaisonRegister, import_key

BATCH: Final = 1000


def _silent(percent: int) -> None:
    """Nobody waits for the progress."""


class LiaisonImport:
    """Links and contacts of one organisation's branch."""

    title = gettext_lazy("Links and contacts")

    def __init__(self, organization: Organization, *, create_missing: bool = True) -> None:
        self.organization, self.create_missing = organization, create_missing

    def plan(self, sheets: Sequence[SheetRead], *, lock: bool = False, tell: Tell = _silent) -> Plan:
        """What would become of each row. Raises `WorkbookRefused` if the workbook holds neither list."""
        lists = [take_apart(sheet) for sheet in sheets]
        found = [one for pair in lists for one in pair if one]
        if not any(one.lines or one.faults for one in found):
            raise WorkbookRefused(
                _("The workbook holds no list of links or contacts: every sheet is empty below its header.")
            )
        tell(40)
        said = (line.facts.get("name", "") for _members, contacts in lists if contacts for line in contacts.lines)
        register = LiaisonRegister.load(self.organization, said, lock=lock)
        judges = MemberJudge(register), ContactJudge(register)
        rows: list[PlannedRow] = []
        for pair in lists:
            for judge, one in zip(judges, pair, strict=True):
                if one:
                    rows += [_faulty(one.sheet, fault) for fault in one.faults]
                    rows += [judge.judge(one.sheet, line) for line in one.lines]
        tell(90)
        return Plan(rows, [*_unknown(found), *judges[1].notes()], work=judges)

    def write(self, plan: Plan) -> None:
        """Write a fit plan, in the transaction it was made in under `lock`."""
        members, contacts = plan.work
        self._write_members(members.entries)
        self._write_contacts(contacts)

    def _write_members(self, entries: list[MemberEntry]) -> None:
        today = timezone.localdate()
        CommitteeMember.objects.bulk_create([entry.member for entry in entries if entry.member.pk is None])
        changed = [entry.member for entry in entries if entry.changed and not entry.is_new]
        CommitteeMember.objects.bulk_update(changed, MEMBER_FACTS, batch_size=BATCH)
        dropped = [link for entry in entries for link in entry.dropped]
        for link in dropped:
            link.until, link.ended_note = max(today, link.since), "导入的新安排不再包括"
        CommitteeLink.objects.bulk_update(dropped, ["until", "ended_note"], batch_size=BATCH)
        fresh = [
            CommitteeLink(member=entry.member, since=today, **{f"{what}_id": pk})
            for entry in entries
            for what, pk in entry.added
        ]
        CommitteeLink.objects.bulk_create(fresh, batch_size=BATCH)

    def _write_contacts(self, judge: ContactJudge) -> None:
        today = timezone.localdate()
        fresh, changed = [], []
        for entry in judge.entries:
            contact = entry.known or Contact(mandate_id=entry.mandate, name=entry.name, kind=entry.kind, since=today)
            contact.import_key = contact.import_key or import_key(entry.mandate, entry.name, entry.kind)
            if "situation" in entry.facts:
                contact.targets = list(entry.facts["situation"].targets)
                contact.other = entry.facts["situation"].other
            if "phone" in entry.facts:
                contact.put_sealed("phone", entry.facts["phone"])
            if entry.known:
                contact.version += 1
            (changed if entry.known else fresh).append(contact)
        Contact.objects.bulk_create(fresh, batch_size=BATCH)
        Contact.objects.bulk_update(changed, [*COMPARED, "import_key", "version"], batch_size=BATCH)


def _unknown(lists: list[ListRead]) -> list[str]:
    return [
        _("Sheet “%(sheet)s”: these columns are not part of the register and were left out: %(columns)s.")
        % {"sheet": found.sheet, "columns": "、".join(found.unknown)}
        for found in lists
        if found.unknown
    ]


def _faulty(sheet: str, fault: Any) -> PlannedRow:
    row = PlannedRow(sheet, fault.row, fault.value[:100])
    row.reject(fault.column, fault.value, fault.problem, fault.advice)
    return row
