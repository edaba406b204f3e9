"""D04: the form on which a signer says what he thinks of the handling. D06: the sheet that closes a paper's file."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import documents
from congress.kernel.reports import Column, Report, ReportForm, ReportRefused, Section, shows
from congress.models import Organization
from congress.reports import NumberField
from delegates.models import Mandate
from delegates.reports.words import long_day
from proposals.deadlines import feedback_due
from proposals.models import Assignment, Proposal, ProposalState, Reply
from proposals.policies import CONCERNED, FEEDBACKS, UNSEEN_BY_UNITS, keeps
from proposals.reports import words
from proposals.services import statistics
from proposals.workflows.telling import proposers

CLOSED: Final = (ProposalState.CLOSED, ProposalState.REPORTED)
HANDLINGS: Final = {1: "第一次办理", 2: "第二次办理"}
LONGEST: Final = 420  # characters of a reply that the closing sheet has room for


class SheetForm(ReportForm):
    proposal = NumberField(CONCERNED, label=gettext_lazy("Paper (its number in the list)"))


class PaperSheet(Report):
    """A sheet about one paper."""

    template = "proposals/reports/sheets.html"
    form_class = SheetForm
    formats: Sequence[str] = ("pdf", "html")
    listed = False
    name = ""  # what stands in the title after the kind of the paper

    @cached_property
    def paper(self) -> Proposal:
        rows = self.seen(CONCERNED).select_related(
            "congress__organization", "session", "category", "lead__person", "leader", "merged_into"
        )
        return rows.get(pk=self.params["proposal"].pk)

    @property
    def organization(self) -> Organization:
        return self.paper.congress.organization

    @property
    def phrases(self) -> list[str]:
        paper = self.paper
        meeting = paper.session.full_name if paper.session else paper.congress.full_name
        return [meeting, f"{paper.kind_word}{self.name}"]

    @property
    def heading(self) -> str:
        return f"{''.join(self.phrases)}（{self.paper.number_text}）"

    @cached_property
    def units(self) -> list[Assignment]:
        rows = self.paper.assignments.exclude(state__in=UNSEEN_BY_UNITS).select_related("unit")
        return sorted(rows, key=lambda part: (part.role == "assist", part.unit.path))

    @cached_property
    def replies(self) -> list[Reply]:
        """What went out in the last handling that was answered."""
        issued = list(self.paper.replies.filter(issued_on__isnull=False).select_related("assignment__unit"))
        last = max((reply.round for reply in issued), default=0)
        return [reply for reply in issued if reply.round == last]

    def context(self) -> dict[str, Any]:
        paper = self.paper
        head = documents.letterhead(self.organization)
        return super().context() | {
            "paper": paper,
            "number": words.numbered(paper),
            "units": "、".join(f"{part.unit.name}（{words.ROLES[part.role]}）" for part in self.units) or head.office,
            "phone": head.phone,
            "title_lines": self.phrases,
        }


@dataclass
class Asked:
    """One signer who is asked, and what he is."""

    mandate: Mandate

    @property
    def name(self) -> str:
        return self.mandate.person.name


class FeedbackForm(PaperSheet):
    """D04: a page for each signer who has not said yet what he thinks of the last reply."""

    key, title, name = "d04-feedback-form", "征询意见表", "办理情况征询意见表"

    def build(self) -> list[Section]:
        if not self.replies:
            raise ReportRefused(_("The paper has not been answered yet: the form goes out with the reply."))
        said = set(
            FEEDBACKS.model.objects.filter(proposal=self.paper, round=self.replies[0].round).values_list(
                "mandate", flat=True
            )
        )
        people = [one for one in proposers(self.paper) if one.pk not in said]
        if not people:
            raise ReportRefused(_("Every signer has said already what he thinks of the handling."))
        people.sort(key=lambda one: (one.pk != self.paper.lead_id, one.roster_key, one.pk))
        columns = (
            Column("name", "姓名", lambda asked: asked.name),
            Column("paper", "编号", lambda asked: self.heading, 40),
        )
        return [Section("", [Asked(one) for one in people], columns)]

    def context(self) -> dict[str, Any]:
        last = max((reply.issued_on for reply in self.replies), default=timezone.localdate())
        letters = list(dict.fromkeys(reply.reply_class for reply in self.replies))
        return super().context() | {
            "letters": "、".join(letters),
            "answered_on": long_day(last),
            "handling": HANDLINGS.get(self.replies[0].round, "") if self.replies else "",
            "back_by": long_day(feedback_due(self.organization, last).due_on),
            "grades": list(words.OPINIONS.values()),
            "ways": ["走访", "面谈", "电话", "现场", "未联系"],
        }


class ClosingSheet(PaperSheet):
    """D06: what became of a paper, on one page, for the file."""

    key, title, name = "d06-closing-sheet", "办结单", "办结单"

    def build(self) -> list[Section]:
        if self.paper.state not in CLOSED:
            raise ReportRefused(_("The paper is not closed yet."))
        if not shows(self.user, keeps, self.paper):
            raise ReportRefused(_("The office that keeps the papers prints its closing sheets."))
        columns = (Column("paper", "编号", words.numbered), Column("title", "案由", lambda paper: paper.title, 40))
        return [Section("", [self.paper], columns)]

    def context(self) -> dict[str, Any]:
        paper = self.paper
        outcome = statistics.with_outcome(Proposal.objects.filter(pk=paper.pk)).get().outcome
        opinions = list(statistics.judged(FEEDBACKS.model.objects.filter(proposal=paper)).order_by("pk"))
        text = "\n".join(
            f"{reply.assignment.unit.name}：{reply.text}" if len(self.replies) > 1 and reply.assignment else reply.text
            for reply in self.replies
        )
        return super().context() | {
            "signers": paper.signatures.filter(state="signed").count(),
            "decided": f"并入{words.numbered(paper.merged_into)}" if paper.merged_into else words.OUTCOMES[outcome],
            "given": _days({part.assigned_on for part in self.units}),
            "first_due": _days({part.original_due_on for part in self.units if part.role != "assist"}),
            "due": _days({part.due_on for part in self.units if part.role != "assist"}),
            "answered": _days({reply.issued_on for reply in self.replies}),
            "letters": "、".join(dict.fromkeys(reply.reply_class for reply in self.replies)),
            "text": text[:LONGEST] + ("……（全文见答复函）" if len(text) > LONGEST else ""),
            "result": words.opinions(row.result for row in opinions) or "未反馈",
            "attitude": words.opinions(row.attitude for row in opinions) or "未反馈",
            "promises": list(paper.undertakings.select_related("unit")),
            "results": list(paper.results.all()),
            "closed_on": long_day(timezone.localdate(paper.closed_at)) if paper.closed_at else "",
            "submitted_on": long_day(timezone.localdate(paper.submitted_at)) if paper.submitted_at else "",
        }


def _days(days: set[Any]) -> str:
    return "、".join(long_day(day) for day in sorted(day for day in days if day))
