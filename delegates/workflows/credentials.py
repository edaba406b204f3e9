"""The life of a credentials check (reference.md §2.4, ELECTED → ACTIVE or VOID): submitted and approved as a batch."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import audit, duetimes
from congress.kernel.workflow import SYSTEM, Actor, Move, Workflow
from congress.kernel.workflow import Transition as T
from congress.policies import MANAGE, holds
from delegates.forms import DropForm, StepForm
from delegates.forms.decisions import CREDENTIALS_COMMITTEE
from delegates.kernel.committees import committee_of, decider
from delegates.models import (
    CredentialsItem,
    CredentialsReview,
    ElectionKind,
    Mandate,
    MandateStatus,
    VacancyCause,
    VacancyState,
    Verdict,
)
from delegates.models import ReviewState as S
from delegates.policies import REVIEWS
from delegates.workflows.elections import VACANCY
from delegates.workflows.mandates import MANDATE
from delegates.workflows.openings import STEP, open_vacancy, seek

VERBS: Final = {Verdict.PASS: "admit", Verdict.PROCEDURE: "void_procedure", Verdict.UNFIT: "void_unfit"}


def checks_it(actor: Actor, review: CredentialsReview) -> bool:
    """The office that keeps the register keeps the committee's report."""
    return bool(actor) and holds(actor, MANAGE, review.congress.organization)


def replies(actor: Actor, review: CredentialsReview) -> bool:
    """The committee that approves the report."""
    return REVIEWS.may_reply(actor, review)


def somebody_checked(review: CredentialsReview) -> str:
    """An empty report is none."""
    return "" if review.items.exists() else _("Nobody stands in this check yet.")


def all_still_wait(review: CredentialsReview) -> str:
    """Nobody is approved twice, by two reports."""
    moved_on = review.items.exclude(mandate__status=MandateStatus.ELECTED)
    names = "、".join(moved_on.values_list("mandate__person__name", flat=True)[:5])
    return _("%(names)s no longer wait for the check: take them off this report.") % {"names": names} if names else ""


def keep_reply(review: CredentialsReview, move: Move) -> None:
    """The reply of the committee."""
    review.decided_on, review.basis = move.data["done_on"], move.data["basis"]
    review.scan = move.data.get("scan")


def settle(review: CredentialsReview, move: Move) -> None:
    """Each mandate becomes active or void; what it means for its seat follows."""
    organization = review.congress.organization
    said = {
        "decided_on": review.decided_on,
        "basis": review.basis,
        "proposer": CREDENTIALS_COMMITTEE,
        "decider": committee_of(decider(organization, "election_reply_level")),
        "recorded_by": move.by,
    }
    items = review.items.select_related("mandate__election", "mandate__electing_unit")
    for item in items.order_by("mandate__roster_key", "pk"):
        mandate = MANDATE.take(item.mandate, VERBS[Verdict(item.verdict)], by=SYSTEM, note=item.note, **said)
        if item.verdict == Verdict.PASS:
            _fill_seat(mandate, review)
        else:
            _seat_stays_empty(mandate, review)


def _fill_seat(mandate: Mandate, review: CredentialsReview) -> None:
    election = mandate.election
    if election and election.kind == ElectionKind.BY_ELECTION:
        vacancy = election.vacancies.filter(state=VacancyState.OPEN).order_by("opened_on", "pk").first()
        if vacancy:
            VACANCY.take(vacancy, "fill", by=SYSTEM, mandate=mandate, filled_on=review.decided_on)
    _all_checked(mandate)


def _seat_stays_empty(mandate: Mandate, review: CredentialsReview) -> None:
    election, day = mandate.election, review.decided_on
    if election and election.kind == ElectionKind.BY_ELECTION:
        vacancy = election.vacancies.filter(state=VacancyState.OPEN).order_by("-opened_on", "-pk").first()
        if vacancy:
            seek(vacancy, day)
            vacancy.save(update_fields=["election"])
    else:
        open_vacancy(mandate.electing_unit, cause=VacancyCause.VOID, on=day, left_by=mandate)
    _all_checked(mandate)


def _all_checked(mandate: Mandate) -> None:
    waiting = Mandate.objects.filter(election=mandate.election_id, status=MandateStatus.ELECTED)
    if mandate.election_id and not waiting.exists():
        duetimes.close(STEP, mandate.election_id)


def record_it(review: CredentialsReview, move: Move) -> None:
    """Who submitted, approved or sent back."""
    audit.record(
        f"credentials_{move.verb}",
        by=move.by,
        subject=f"{review._meta.label} {review.pk}",
        organization=review.congress.organization,
        rows=CredentialsItem.objects.filter(review=review).count(),
    )


# fmt: off
CREDENTIALS = Workflow(CredentialsReview, [
    # verb       from           to           who        when                               then
    T("submit",  [S.DRAFT],     S.SUBMITTED, checks_it, [somebody_checked, all_still_wait], [record_it], label=gettext_lazy("Submit the report")),
    T("return",  [S.SUBMITTED], S.DRAFT,     replies,   [],                                [record_it], needs=DropForm, label=gettext_lazy("Send the report back")),
    T("approve", [S.SUBMITTED], S.APPROVED,  replies,   [all_still_wait],                  [keep_reply, settle, record_it], needs=StepForm, label=gettext_lazy("The committee has approved the report")),
])
# fmt: on
