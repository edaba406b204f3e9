"""D07: the form of a paper with empty fields, to be written by hand. D08: the same form of a paper that exists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from congress.kernel import documents, rules
from congress.kernel.reports import CodeField, Column, Report, ReportForm, Section, shows
from congress.models import Congress, Organization, Session
from congress.reports import NumberField, by_congress_code
from delegates.models import Mandate
from delegates.policies import is_self
from delegates.reports.words import long_day
from proposals.forms.writing import ALSO
from proposals.models import KIND_WORDS, Category, ProposalKind, Scope, Signature, SignatureState
from proposals.policies import BLANKS, CONCERNED, enters
from proposals.reports import words
from proposals.reports.sheets import PaperSheet
from proposals.services import statistics, writing
from proposals.workflows.telling import signers_of

ROWS: Final = {"measures": 5, "signers": 10}  # what an empty form has room for
SCOPES: Final = {
    Scope.OVERALL: "全局", Scope.REGION: "一个片区", Scope.TRADE: "一个行业、领域", Scope.OWN_UNIT: "本单位",
    Scope.PERSONAL: "个人事务",
}  # fmt: skip

DECISIONS: Final = {
    ProposalKind.PROPOSAL: ("filed", "converted", "merged", "returned", "rejected"),
    ProposalKind.MOTION: ("filed", "merged", "returned", "to_advice", "rejected"),
}


@dataclass(frozen=True)
class Box:
    """One thing to tick, and whether it is ticked."""

    label: str
    ticked: bool = False

    @property
    def sign(self) -> str:
        return "■" if self.ticked else "□"


def body_of(mandate: Mandate | None) -> str:
    """The delegation, else the group he was elected to; nothing for nobody."""
    return str(mandate.delegation or mandate.group or "") if mandate else ""


@dataclass
class Signer:
    """One line of the signatures: empty, or with what is known of the delegate. Nobody's phone is printed."""

    number: int
    mandate: Mandate | None = None
    signed: bool = False

    @property
    def body(self) -> str:
        return body_of(self.mandate)


@dataclass
class Sheet:
    """What the form says, empty by default."""

    kind: str
    number: str = ""
    submitted_on: str = ""
    received_at: str = ""
    title: str = ""
    grounds: str = ""
    root_cause: str = ""
    evidence: str = ""
    prior_attempt: str = ""
    also: Sequence[str] = ()
    scope: str = ""
    party_building: bool | None = None
    category: str = ""
    delegation: str = ""
    voted: str = ""
    measures: list[Any] = field(default_factory=list)
    lead: Mandate | None = None
    signers: list[Signer] = field(default_factory=list)
    outcome: str = ""
    note: str = ""
    units: str = ""
    leader: str = ""
    letters: str = ""

    @property
    def kind_word(self) -> str:
        return KIND_WORDS[ProposalKind(self.kind)]

    @property
    def lead_body(self) -> str:
        return body_of(self.lead)

    @property
    def is_full(self) -> bool:
        """提案 and 提议; advice and ideas are a subject and a text."""
        return self.kind in DECISIONS


class PaperFormMixin:
    """How a form is laid out, whoever filled it in."""

    template = "proposals/reports/paper_form.html"
    organization: Organization

    def sheet(self) -> Sheet:
        """What stands in it."""
        raise NotImplementedError

    def laid_out(self, sheet: Sheet, session: Session | None) -> dict[str, Any]:
        """What the template needs beside the sheet itself."""
        today = timezone.localdate()
        decisions = DECISIONS.get(ProposalKind(sheet.kind), DECISIONS[ProposalKind.MOTION])
        known = {Scope(sheet.scope)} if sheet.scope else set()
        return {
            "sheet": sheet,
            "phone": documents.letterhead(self.organization).phone,
            "categories": _boxes(self._categories(), {sheet.category}),
            "scopes": [Box(label, scope in known) for scope, label in SCOPES.items()],
            "party": [Box("是", sheet.party_building is True), Box("否", sheet.party_building is False)],
            "also": _boxes(ALSO, set(sheet.also)),
            "decisions": [Box(words.OUTCOMES[key], key == sheet.outcome) for key in decisions],
            "grades": list(words.OPINIONS.values()),
            "letters_known": "ABCD",
            "least": rules.value("proposal_min_signers", self.organization, today),
            "cut_off": timezone.localtime(session.filing_closes_at) if session and session.filing_closes_at else None,
            "of_session": sheet.kind == ProposalKind.PROPOSAL,
        }

    def _categories(self) -> list[str]:
        codes = self.organization.path.strip("/").split("/")
        rows = Category.objects.filter(parent=None, is_closed=False)
        return [row.name for row in rows.select_related("organization") if row.organization is None
                or row.organization.code in codes]  # fmt: skip


def _boxes(labels: Iterable[str], ticked: set[str]) -> list[Box]:
    return [Box(label, label in ticked) for label in labels]


class BlankFormParameters(ReportForm):
    congress = CodeField(BLANKS, by_congress_code, label=gettext_lazy("Congress"))
    kind = forms.ChoiceField(
        label=gettext_lazy("kind"),
        choices=[(kind.value, kind.label) for kind in (ProposalKind.PROPOSAL, ProposalKind.MOTION)],
    )


class BlankForm(PaperFormMixin, Report):
    """D07: empty, as the office hands it out before a session and a delegate prints it at home."""

    key, title = "d07-blank-form", "提案表、提议表（空白）"
    form_class = BlankFormParameters
    formats = ("pdf", "html")

    @property
    def congress(self) -> Congress:
        return self.params["congress"]

    @property
    def organization(self) -> Organization:  # type: ignore[override]
        return self.congress.organization

    @cached_property
    def session(self) -> Session | None:
        """The session it is handed to: the one that takes papers now, else the next."""
        if self.params["kind"] != ProposalKind.PROPOSAL:
            return None
        coming = self.congress.sessions.filter(starts_on__gte=timezone.localdate()).order_by("number")
        return writing.open_session(self.congress) or coming.first()

    @property
    def phrases(self) -> list[str]:
        if self.session:
            meeting = self.session.full_name
        else:
            meeting = self.congress.full_name + ("第　　次会议" if self.params["kind"] == ProposalKind.PROPOSAL else "")
        return [meeting, f"{KIND_WORDS[ProposalKind(self.params['kind'])]}表"]

    def sheet(self) -> Sheet:
        return Sheet(
            self.params["kind"],
            measures=[None] * ROWS["measures"],
            signers=[Signer(number) for number in range(1, ROWS["signers"] + 1)],
        )

    def build(self) -> list[Section]:
        columns = (Column("name", "表名", lambda sheet: f"{sheet.kind_word}表"),)
        return [Section("", [self.sheet()], columns)]

    def context(self) -> dict[str, Any]:
        laid_out = self.laid_out(self.sections[0].records[0], self.session)
        return super().context() | {"title_lines": self.phrases} | laid_out


class FilledFormParameters(ReportForm):
    proposal = NumberField(CONCERNED, label=gettext_lazy("Paper (its number in the list)"))


class FilledForm(PaperFormMixin, PaperSheet):
    """D08: a paper as a form: for the file, for the meeting, or to be signed by hand."""

    key, title, name = "d08-paper-form", "提案提议表", "表"
    template = PaperFormMixin.template
    form_class = FilledFormParameters

    @property
    def heading(self) -> str:
        number = self.paper.number_text
        return f"{''.join(self.phrases)}（{number}）" if number else f"{''.join(self.phrases)} {self.paper.title}"

    @property
    def recorded_as(self) -> str:
        """A draft is its signers' alone: whoever reads the record does not read its subject."""
        return self.heading if self.paper.number_text else f"{''.join(self.phrases)} {self.paper.pk}"

    def sheet(self) -> Sheet:
        paper = self.paper
        outcome = statistics.with_outcome(type(paper).objects.filter(pk=paper.pk)).get().outcome
        signed = signers_of(paper)
        # Who is asked and silent is known to who asks, and to himself.
        asks = shows(self.user, enters, paper)
        others = [row for row in signed if not row.is_lead and (asks or self._is_told(row))]
        top = paper.category and (paper.category.parent or paper.category)
        voted = f"{long_day(paper.delegation_voted_on)}表决通过" if paper.delegation_voted_on else ""
        if paper.delegation_votes_due:
            voted += f"（应到{paper.delegation_votes_due}人，赞成{paper.delegation_votes_for or 0}人）"
        return Sheet(
            paper.kind,
            number=paper.number_text,
            submitted_on=long_day(timezone.localdate(paper.submitted_at)) if paper.submitted_at else "",
            received_at=f"{timezone.localtime(paper.submitted_at):%H:%M}" if paper.submitted_at else "",
            title=paper.title,
            grounds=paper.grounds,
            root_cause=paper.root_cause,
            evidence=paper.evidence,
            prior_attempt=paper.prior_attempt,
            also=[one for one in ALSO if one in paper.also_submitted_to],
            scope=paper.scope,
            party_building=paper.is_party_building,
            category=top.name if top else "",
            delegation=str(paper.delegation or ""),
            voted=voted,
            measures=list(paper.measures.order_by("position")),
            lead=paper.lead,
            signers=[Signer(number, row.mandate, row.state == "signed") for number, row in enumerate(others, 1)],
            outcome=outcome,
            note=paper.decision_note,
            units="、".join(f"{part.unit.name}（{words.ROLES[part.role]}）" for part in self.units),
            leader=str(paper.leader or ""),
            letters="、".join(dict.fromkeys(reply.reply_class for reply in self.replies)),
        )

    def _is_told(self, row: Signature) -> bool:
        return row.state == SignatureState.SIGNED or is_self(self.user, row.mandate.person)

    def build(self) -> list[Section]:
        columns = (Column("paper", "编号", words.numbered), Column("title", "案由", lambda paper: paper.title, 40))
        return [Section("", [self.paper], columns)]

    def context(self) -> dict[str, Any]:
        return super().context() | self.laid_out(self.sheet(), self.paper.session)
