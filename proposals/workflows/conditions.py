"""Why a paper cannot take a step now, each as a sentence; nothing if it can."""

from datetime import date
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from congress.kernel import rules, wording
from congress.kernel.workflow import lasting
from congress.models import DueTime
from delegates.querysets import SERVING
from proposals import deadlines
from proposals.kernel import quality
from proposals.models import (
    Assignment,
    AssignmentRole,
    Measure,
    Proposal,
    ProposalKind,
    Reply,
    Satisfaction,
    Signature,
    SignatureState,
    UndertakingState,
)
from proposals.models import AssignmentState as A
from proposals.models import ProposalState as S
from proposals.policies import GONE

FULL: Final = (ProposalKind.PROPOSAL, ProposalKind.MOTION)
"""Kinds that are screened and assigned, and have to say why and what."""


def complete(proposal: Proposal) -> str:
    """Everything the quality gate insists on, all at once."""
    most = rules.value("proposal_text_most", proposal.congress.organization, timezone.localdate())
    return " ".join(remark.text for remark in quality.missing(read(proposal), most=most))


def read(proposal: Proposal) -> quality.Text:
    """The paper as the quality gate reads it."""
    rows = Measure.objects.filter(proposal=proposal) if proposal.pk else []
    return quality.Text(
        kind_word=proposal.kind_word,
        title=proposal.title,
        category=str(proposal.category_id or ""),
        scope=proposal.scope,
        grounds=proposal.grounds,
        root_cause=proposal.root_cause,
        evidence=proposal.evidence,
        measures=[quality.Step(one.action, one.actor, one.by_when) for one in rows],
        is_full=proposal.kind in FULL,
    )


def lead_in_office(proposal: Proposal) -> str:
    """Whoever left office hands nothing in any more."""
    return "" if proposal.lead.status in SERVING else _("Only a delegate in office hands in papers.")


def is_leaderless(proposal: Proposal) -> bool:
    """Whether its lead proposer's mandate has ended: nobody goes on with it but another signer."""
    return proposal.lead.status in GONE


def led_still(proposal: Proposal) -> str:
    """What others have signed is not thrown away by who has left."""
    if not is_leaderless(proposal):
        return ""
    return _("Its lead proposer has left office: one of those who signed can take the paper over.")


def form_scanned(proposal: Proposal) -> str:
    """What the office hands in for a delegate stands on a form with his name, and its scan proves it."""
    if proposal.entered_by_id and not proposal.scan_id:
        return _("It was entered from a paper form: its scan is missing.")
    return ""


def in_time(proposal: Proposal) -> str:
    """A proposal is for the session, until its cut-off; later it is a motion (F074). A returned one has its own day."""
    if proposal.kind != ProposalKind.PROPOSAL:
        return ""
    if proposal.number is not None and (proposal.resubmit_by is None or proposal.resubmit_by >= timezone.localdate()):
        return ""
    if proposal.session is None:
        return _("A proposal is handed in to a session. Between sessions hand it in as a motion (提议).")
    closes = proposal.session.filing_closes_at
    if closes is not None and timezone.now() >= closes:
        return _("The session took proposals until %(time)s. Hand it in as a motion (提议) instead.") % {
            "time": f"{timezone.localtime(closes):%Y-%m-%d %H:%M}"
        }
    return ""


def signed_enough(proposal: Proposal) -> str:
    """A proposal needs so many delegates, or a delegation's vote (F070, F071)."""
    if proposal.kind != ProposalKind.PROPOSAL:
        return ""
    if proposal.delegation_id:
        return _delegation_voted(proposal)
    least = rules.value("proposal_min_signers", proposal.congress.organization, timezone.localdate())
    count = valid_signatures(proposal).count()
    if count >= least:
        return ""
    return _("%(count)s have signed, the lead proposer among them; %(least)s are needed: %(missing)s more.") % {
        "count": count, "least": least, "missing": least - count,
    }  # fmt: skip


def _delegation_voted(proposal: Proposal) -> str:
    if proposal.delegation_voted_on is None or proposal.delegation_votes_for is None:
        return _("Enter when the delegation voted, and how.")
    if not proposal.delegation_votes_due:
        return _("Enter how many members the delegation has: more than half of them must have voted for it.")
    if proposal.delegation_votes_for > proposal.delegation_votes_due:
        return _("More votes than members.")
    if proposal.delegation_votes_for * 2 <= proposal.delegation_votes_due:
        return _("More than half of the delegation must have voted for it.")
    if proposal.delegation.head_id != proposal.lead_id:
        return _("A delegation's motion is handed in by its head.")
    return ""


def valid_signatures(proposal: Proposal) -> Any:
    """Signatures that belong to the text as it is now."""
    signed = Signature.objects.filter(proposal=proposal, state=SignatureState.SIGNED, mandate__status__in=SERVING)
    return signed.filter(text_digest=proposal.text_digest) if proposal.text_digest else signed


def read_by_enough(proposal: Proposal) -> str:
    """Two readers, then the decision."""
    least = rules.value("screening_readers", proposal.congress.organization, timezone.localdate())
    if "_readers" not in proposal.__dict__:  # asked for each of the outcomes
        proposal.__dict__["_readers"] = proposal.opinions.filter(round=proposal.submissions).count()
    count = proposal.__dict__["_readers"]
    if count >= least:
        return ""
    return _("%(count)s of %(least)s readers have written their opinion.") % {"count": count, "least": least}


@lasting
def is_proposal(proposal: Proposal) -> str:
    """Only a proposal of a session becomes a motion."""
    return "" if proposal.kind == ProposalKind.PROPOSAL else _("It is no proposal (提案).")


@lasting
def is_motion(proposal: Proposal) -> str:
    """Only a motion is taken as advice."""
    return "" if proposal.kind == ProposalKind.MOTION else _("It is no motion (提议).")


@lasting
def is_advice(proposal: Proposal) -> str:
    """The office answers advice itself; a paper of a congress is answered by a unit."""
    if proposal.kind == ProposalKind.ADVICE or proposal.state == S.TO_ADVICE:
        return ""
    return _("Only advice is answered by the office itself.")


@lasting
def is_idea(proposal: Proposal) -> str:
    """Golden ideas are taken up, not assigned."""
    return "" if proposal.kind == ProposalKind.GOLDEN_IDEA else _("It is no golden idea (金点子).")


@lasting
def is_paper(proposal: Proposal) -> str:
    """Advice and ideas are not screened."""
    return "" if proposal.kind in FULL else _("Advice and golden ideas are not screened.")


@lasting
def adoption_asked(proposal: Proposal) -> str:
    """Whether proposals go before the congress here at all."""
    if proposal.kind == ProposalKind.PROPOSAL and _needs_adoption(proposal):
        return ""
    return _("Here papers are assigned without a vote of the congress (rule “proposal_adoption”).")


def adopted_if_asked(proposal: Proposal) -> str:
    """Where the congress votes on proposals, none is assigned before."""
    waits = proposal.state == S.FILED and proposal.kind == ProposalKind.PROPOSAL and _needs_adoption(proposal)
    return _("The congress votes on it first.") if waits else ""


def _needs_adoption(proposal: Proposal) -> bool:
    return rules.value("proposal_adoption", proposal.congress.organization, timezone.localdate())


def not_adopted_yet(proposal: Proposal) -> str:
    """Only before the vote (R1 art. 8)."""
    adopted = proposal.votes_for is not None and proposal.kind == ProposalKind.PROPOSAL
    return _("The congress has voted on it: it cannot be taken back any more.") if adopted else ""


def unit_answered(proposal: Proposal) -> str:
    """Only a unit can be told to handle something again."""
    if "_unit_answered" not in proposal.__dict__:  # asked for every button of a page, as the verdict is
        proposal.__dict__["_unit_answered"] = proposal.assignments.filter(state=A.REPLIED).exists()
    if proposal.__dict__["_unit_answered"]:
        return ""
    return _("The office answered it itself: answer it once more instead.")


def office_answered(proposal: Proposal) -> str:
    return "" if unit_answered(proposal) else _("A unit answered it: have it handled again.")


def withdrawal_asked(proposal: Proposal) -> str:
    """Only its proposers take a paper back."""
    return "" if proposal.withdrawal_reason else _("Its lead proposer has not asked for it.")


def no_withdrawal_asked(proposal: Proposal) -> str:
    """A wish to take it back is decided on before it goes further: afterwards it would be too late."""
    return _("Its withdrawal is asked for: decide on that first.") if proposal.withdrawal_reason else ""


def completion_over(proposal: Proposal) -> str:
    """Whoever was asked to complete a paper has his time."""
    if proposal.resubmit_by and proposal.resubmit_by >= timezone.localdate():
        return _("It may be completed until %(day)s.") % {"day": f"{proposal.resubmit_by:%Y-%m-%d}"}
    return ""


def units_planned(proposal: Proposal) -> str:
    """One lead unit, or units that each answer their part."""
    planned = proposal.assignments.filter(state=A.PLANNED)
    closed = list(planned.exclude(unit__closed_on=None).values_list("unit__name", flat=True))
    if closed:
        return _("Closed since it was planned: %(names)s.") % {"names": "、".join(closed)}
    return fitting(list(planned.values_list("role", flat=True)))


def fitting(roles: list[str]) -> str:
    """Whether units with these roles can handle one paper together."""
    leads, separate = roles.count(AssignmentRole.LEAD), roles.count(AssignmentRole.SEPARATE)
    if not leads and not separate:
        return _("Choose the lead unit, or the units that answer separately.")
    if leads > 1:
        return _("A paper has one lead unit.")
    if leads and separate:
        return _("Either one lead unit with assisting units, or separate units: not both.")
    if separate and AssignmentRole.ASSIST in roles:
        return _("Assisting units belong to a lead unit.")
    return ""


def all_answered(proposal: Proposal) -> str:
    """Every unit that owes a reply has given it."""
    owed = proposal.assignments.filter(role__in=[AssignmentRole.LEAD, AssignmentRole.SEPARATE])
    waiting = owed.exclude(state__in=[A.REPLIED, A.RETURNED, A.CANCELLED]).count()
    return _("%(count)s units have not replied yet.") % {"count": waiting} if waiting else ""


def verdict(proposal: Proposal) -> str:
    """What those who decide think of this handling: a `Satisfaction`, or nothing while they are silent.

    The lead proposer decides, or the majority of those who answered (rule `feedback_decides`); where the lead has left
    office and says nothing, the others do. The worse of attitude and result counts.
    """
    if "_verdict" not in proposal.__dict__:  # asked for every button of a page; under the lock the row is a fresh one
        proposal.__dict__["_verdict"] = _verdict(proposal)
    return proposal.__dict__["_verdict"]


def _verdict(proposal: Proposal) -> str:
    rows = list(proposal.feedbacks.filter(round=proposal.round).values_list("mandate", "attitude", "result"))
    decides = rules.value("feedback_decides", proposal.congress.organization, timezone.localdate())
    said_by_lead = any(row[0] == proposal.lead_id for row in rows)
    if decides == "lead" and (said_by_lead or not is_leaderless(proposal)):
        rows = [row for row in rows if row[0] == proposal.lead_id]
    elif not _most_answered(proposal, len(rows)):
        return ""
    unhappy = sum(Satisfaction.DISSATISFIED in row[1:] for row in rows)
    if not rows:
        return ""
    if unhappy * 2 > len(rows) or (len(rows) == 1 and unhappy):
        return Satisfaction.DISSATISFIED
    wholly = all(row[1:] == (Satisfaction.SATISFIED, Satisfaction.SATISFIED) for row in rows)
    return Satisfaction.SATISFIED if wholly else Satisfaction.FAIRLY


def _most_answered(proposal: Proposal, count: int) -> bool:
    """Where the majority decides, the first answer is not it: more than half have spoken, or their time is over."""
    papers = [proposal.pk, *proposal.merged.values_list("pk", flat=True)]
    signers = Signature.objects.filter(proposal__in=papers, state=SignatureState.SIGNED).values("mandate").distinct()
    signers = signers.exclude(mandate__status__in=GONE)  # who has left may answer, and need not
    if count * 2 > signers.count():
        return True
    return asked_until(proposal) < timezone.localdate()


def asked_until(proposal: Proposal) -> date:
    """The day the proposers were told: by when they should say what they think. No rule changed since moves it."""
    told = DueTime.objects.filter(kind="proposal_feedback", subject_id=proposal.pk).order_by("-pk").first()
    if told is not None:
        return told.due_on
    since = timezone.localdate(proposal.answered_at) if proposal.answered_at else timezone.localdate()
    return deadlines.feedback_due(proposal.congress.organization, since).due_on


def still_asked(proposal: Proposal) -> bool:
    """Whether a proposer can say what he thinks of this handling.

    The lead proposer's word closes a paper, yet every signer is asked (F082): each has the days he was told.
    """
    if proposal.state in (S.CLOSED, S.TRACKING) and proposal.answered_at:
        return asked_until(proposal) >= timezone.localdate()
    return proposal.state == S.FEEDBACK


def they_are_content(proposal: Proposal) -> str:
    """Silence is not consent."""
    said = verdict(proposal)
    if not said:
        return _("Whoever decides has not answered yet; silence is not consent.")
    return _("They are not satisfied.") if said == Satisfaction.DISSATISFIED else ""


def they_are_not(proposal: Proposal) -> str:
    return "" if verdict(proposal) == Satisfaction.DISSATISFIED else _("Nobody who decides is dissatisfied.")


def first_time(proposal: Proposal) -> str:
    """A paper goes back once."""
    return "" if proposal.round == 1 else _("It was handled again already: a leader gives the final word.")


def second_time(proposal: Proposal) -> str:
    return "" if proposal.round > 1 else _("It goes back to the unit first.")


def nothing_promised(proposal: Proposal) -> str:
    """A promise of a class B reply is followed up until it is kept."""
    open_ones = _promises(proposal)
    return _("%(count)s promises are still open.") % {"count": open_ones} if open_ones else ""


def something_promised(proposal: Proposal) -> str:
    return "" if _promises(proposal) else _("Nothing was promised.")


def _promises(proposal: Proposal) -> int:
    if "_promises" not in proposal.__dict__:
        open_ones = proposal.undertakings.filter(state__in=[UndertakingState.OPEN, UndertakingState.REPORTED])
        proposal.__dict__["_promises"] = open_ones.count()
    return proposal.__dict__["_promises"]


def silent_too_long(proposal: Proposal) -> str:
    """Whoever says nothing in time is counted as having said nothing, never as content."""
    if "_silence" not in proposal.__dict__:
        proposal.__dict__["_silence"] = _silence(proposal)
    return proposal.__dict__["_silence"]


def _silence(proposal: Proposal) -> str:
    if verdict(proposal):
        return _("There is an answer.")
    due = asked_until(proposal)
    return _("They may answer until %(day)s.") % {"day": f"{due:%Y-%m-%d}"} if due >= timezone.localdate() else ""


def reply_whole(assignment: Assignment) -> str:
    """After the review nobody writes in it any more: a gap or a sign without type would keep it from going out."""
    reply = Reply.objects.filter(assignment=assignment, round=assignment.round).first()
    if reply is None:
        return _("There is no reply yet.")
    if gaps := wording.missing_in(reply.text):
        return _("Still to be filled in: %(gaps)s.") % {"gaps": "、".join(gaps)}
    return wording.unprintable(reply.text)
