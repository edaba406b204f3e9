"""The lives of an election and of a vacancy (reference.md §2.1, §2.5): ① recommend ② reply ③ vote ④ reply."""

from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from congress.kernel import audit, duetimes
from congress.kernel.workflow import SYSTEM, Actor, Move, Workflow, by_time, lock
from congress.kernel.workflow import Transition as T
from congress.policies import MANAGE, holds
from delegates.forms import ConfirmForm, DropForm, NoticeForm, StepForm, WaiveForm
from delegates.kernel.ballots import STAGES, SURPLUS_AT, WITH_SPEECHES
from delegates.models import (
    RUNNING,
    Ballot,
    BallotResult,
    BallotStage,
    Election,
    ElectionKind,
    ElectionStep,
    Mandate,
    MandateStatus,
    Vacancy,
    VacancyCause,
)
from delegates.models import ElectionState as S
from delegates.models import VacancyState as V
from delegates.policies import ELECTIONS, VACANCIES
from delegates.workflows.mandates import MANDATE
from delegates.workflows.openings import STEP, open_vacancy, owe_step, seek
from delegates.workflows.tallies import (
    candidates_of,
    last_ballot,
    needed_at,
    outcome_of,
    put_up,
    rounds_of,
    standing,
)

RUNS: Final = [S.PLANNED, S.RECOMMENDED, S.APPROVED]


def runs_it(actor: Actor, election: Election) -> bool:
    """The office that keeps the unit's register runs its elections."""
    return bool(actor) and holds(actor, MANAGE, election.electing_unit.congress.organization)


def replies(actor: Actor, election: Election) -> bool:
    """The committee that replies on candidates and results, through the office that records it."""
    return ELECTIONS.may_reply(actor, election)


# Guards.


def enough_candidates(election: Election) -> str:
    """More candidates than seats, by the share the rule asks for."""
    stage = SURPLUS_AT.get(election.method, BallotStage.ELECTION)
    needed, have = needed_at(election, stage), len(standing(election))
    if have >= needed:
        return ""
    return _("%(seats)s seats need at least %(needed)s candidates; there are %(have)s.") % {
        "seats": election.seats,
        "needed": needed,
        "have": have,
    }


def notice_over(election: Election) -> str:
    """Nobody is voted on before the public notice has run out."""
    if election.notice_until is None:
        return _("Post the public notice before the vote first.")
    if election.notice_until >= timezone.localdate():
        day = election.notice_until
        return _("The public notice runs until %(day)s.") % {"day": f"{day.year}年{day.month}月{day.day}日"}
    return ""


def objections_concluded(election: Election) -> str:
    """Every objection has been looked into."""
    waiting = sum(one.concluded_on is None for one in election.objections.all())
    return _("%(count)s objections are not concluded yet.") % {"count": waiting} if waiting else ""


def nobody_refuted(election: Election) -> str:
    """A candidate against whom an objection was upheld does not stand."""
    against = {one.mandate_id for one in election.objections.all() if one.upheld}
    if None in against:
        return _("An objection against the procedure was upheld: send the candidates back and begin again.")
    names = "、".join(row.person.name for pk, row in standing(election).items() if pk in against)
    return (
        _("An objection was upheld against %(names)s: take the name off the list.") % {"names": names} if names else ""
    )


def ballots_held(election: Election) -> str:
    """Each ballot of the method is counted, valid, after the notice, and on everybody who stands."""
    labels = dict(BallotStage.choices)
    for stage in STAGES.get(election.method, ()):
        ballot = last_ballot(election, stage)
        if ballot is None:
            return _("The figures of the %(ballot)s are missing.") % {"ballot": labels[stage]}
        if ballot.is_void:
            return _("The %(ballot)s is void, more was collected than issued: vote again.") % {"ballot": labels[stage]}
        full = rounds_of(election)[1] if stage == BallotStage.ELECTION else ballot
        if full is None or len(full.results.all()) < needed_at(election, stage):
            return _("The %(ballot)s must offer %(needed)s candidates at least.") % {
                "ballot": labels[stage],
                "needed": needed_at(election, stage),
            }
        if stage == BallotStage.ELECTION and (reason := _on_those_who_stand(election, ballot, full)):
            return reason
    return ""


def _on_those_who_stand(election: Election, ballot: Ballot, full: Ballot) -> str:
    names = {row.pk: row.person.name for row in put_up(election)}
    on_it, stand = {one.mandate_id for one in full.results.all()}, set(standing(election))
    if stand - on_it:
        return _("The votes of some candidates are missing in the %(ballot)s.") % {"ballot": ballot.get_stage_display()}
    if gone := "、".join(name for pk, name in names.items() if pk in on_it - stand):
        return _("%(names)s stood in the ballot and does not stand any more: vote again.") % {"names": gone}
    if election.notice_until and ballot.held_on <= election.notice_until:
        return _("The ballot was held before the public notice was over: vote again.")
    again = max(
        (one for one in election.steps.all() if one.verb == "repeat_vote"), key=lambda one: one.pk, default=None
    )
    if again and ballot.held_on < again.done_on:
        return _("The result was sent back on %(day)s: vote again.") % {"day": f"{again.done_on:%Y-%m-%d}"}
    return ""


def speeches_given(election: Election) -> str:
    """Where the method asks for it, everybody who stands has spoken in public."""
    if election.method not in WITH_SPEECHES:
        return ""
    silent = [row.person.name for row in standing(election).values() if row.speech is None]
    names = "、".join(silent[:5])
    return _("The public speeches of %(names)s are not recorded.") % {"names": names} if names else ""


def clear_result(election: Election) -> str:
    """A tie for the last seat is voted on again."""
    result = outcome_of(election)
    if result and result.tied:
        tied = [row.person.name for pk, row in standing(election).items() if pk in result.tied]
        return _("%(names)s tie for the last seat: vote on them again and enter another round.") % {
            "names": "、".join(tied)
        }
    return ""


def no_vacancy_left(election: Election) -> str:
    """A by-election lasts as long as a seat waits for it."""
    if any(one.state == V.OPEN for one in election.vacancies.all()):
        return _("It fills a vacancy. Decide first that the vacancy is not to be filled.")
    return ""


# Effects.


def keep_step(election: Election, move: Move) -> None:
    """The step's date and document."""
    data = move.data
    ElectionStep.objects.create(
        election=election,
        verb=move.verb,
        done_on=data.get("done_on") or data.get("notice_from") or timezone.localdate(move.at),
        basis=data.get("basis", ""),
        note=data.get("note", "") or move.note,
        scan=data.get("scan"),
        by=move.by,
    )
    audit.record(
        f"election_{move.verb}",
        by=move.by,
        subject=f"{election._meta.label} {election.pk}",
        organization=election.electing_unit.congress.organization,
    )


def owe_next(election: Election, move: Move) -> None:
    """The next step is owed from the day of this one."""
    owe_step(election, move.data.get("done_on") or timezone.localdate(move.at))


def keep_notice(election: Election, move: Move) -> None:
    """From when to when the notice is posted, and where."""
    for name in ("notice_from", "notice_until", "notice_place"):
        setattr(election, name, move.data[name])


def notice_again(election: Election, move: Move) -> None:
    """Other candidates are posted anew."""
    election.notice_from = election.notice_until = None


def declare(election: Election, move: Move) -> None:
    """Winners are elected, the others are not; a seat without a winner stays empty and is seen."""
    result = outcome_of(election)
    assert result is not None, "guarded by ballots_held"
    ballot = last_ballot(election, BallotStage.ELECTION)
    day, said = ballot.held_on, {"basis": move.data["basis"], "recorded_by": move.by}
    rounds = BallotResult.objects.filter(ballot__election=election, ballot__stage=BallotStage.ELECTION)
    votes = dict(rounds.order_by("ballot__round").values_list("mandate_id", "votes_for"))  # the last round on each
    for mandate in candidates_of(election):
        if mandate.pk in result.elected:
            figures = {"votes_for": votes[mandate.pk], "votes_due": ballot.due}
            MANDATE.take(mandate, "elect", by=SYSTEM, decided_on=day, **said, **figures)
        else:
            MANDATE.take(mandate, "lose", by=SYSTEM, decided_on=day, **said)
    leave_empty(election, max(result.empty, _lacking(election)), move)
    if not result.elected:
        duetimes.close(STEP, election.pk)


def _lacking(election: Election) -> int:
    """Seats of the quota nobody was elected for, where the quota is more than a general election's seats."""
    unit = election.electing_unit
    if election.kind != ElectionKind.GENERAL or unit.seat_quota is None:
        return 0
    others = Election.objects.filter(electing_unit=unit, kind=ElectionKind.GENERAL, state__in=RUNNING)
    if others.exclude(pk=election.pk).exists():
        return 0
    held = Mandate.objects.filter(electing_unit=unit, status__in=SEATED).count()
    vacant = unit.vacancies.exclude(state__in=[V.FILLED, V.CONFIRMED]).count()
    return unit.seat_quota - held - vacant


SEATED: Final = (MandateStatus.ACTIVE, MandateStatus.SUSPENDED, MandateStatus.RESIGN_PENDING, MandateStatus.ELECTED)


def leave_empty(election: Election, seats: int, move: Move) -> None:
    """Seats the election did not fill: vacancies of a general election, another round for a by-election."""
    day = move.data.get("done_on") or timezone.localdate(move.at)
    if election.kind == ElectionKind.GENERAL:
        for _seat in range(seats):
            open_vacancy(election.electing_unit, cause=VacancyCause.NOT_FILLED, on=day)
        return
    for vacancy in election.vacancies.filter(state=V.OPEN).order_by("-opened_on", "-pk")[:seats]:
        seek(vacancy, day)
        vacancy.save(update_fields=["election"])


def send_home(election: Election, move: Move) -> None:
    """Whoever stood does not stand any more."""
    duetimes.close(STEP, election.pk)
    for mandate in candidates_of(election):
        MANDATE.take(mandate, "drop", by=SYSTEM, recorded_by=move.by, note=move.note)


# fmt: off
ELECTION = Workflow(Election, [
    # verb                  from            to              who       when                                 then
    T("recommend",          [S.PLANNED],     S.RECOMMENDED, runs_it,  [enough_candidates],                 [keep_step, owe_next], needs=StepForm, label=gettext_lazy("① The unit has recommended its candidates")),
    T("return_candidates",  [S.RECOMMENDED, S.APPROVED], S.PLANNED, replies, [],                       [keep_step, owe_next, notice_again], needs=DropForm, label=gettext_lazy("Send the candidates back")),
    T("approve_candidates", [S.RECOMMENDED], S.APPROVED,    replies,  [enough_candidates],                 [keep_step, owe_next, notice_again], needs=StepForm, label=gettext_lazy("② The committee has approved the candidates")),
    T("announce",           [S.APPROVED],    S.APPROVED,    runs_it,  [],                                  [keep_step, keep_notice], needs=NoticeForm, label=gettext_lazy("Public notice before the vote")),
    T("vote",               [S.APPROVED],    S.VOTED,       runs_it,  [notice_over, objections_concluded, nobody_refuted, speeches_given, ballots_held, clear_result], [keep_step, owe_next], needs=StepForm, label=gettext_lazy("③ The unit has voted")),
    T("repeat_vote",        [S.VOTED],       S.APPROVED,    replies,  [],                                  [keep_step, owe_next], needs=DropForm, label=gettext_lazy("Result not approved: vote again")),
    T("approve_result",     [S.VOTED],       S.COMPLETED,   replies,  [ballots_held, clear_result],        [keep_step, owe_next, declare], needs=StepForm, label=gettext_lazy("④ The committee has approved the result")),
    T("cancel",             RUNS,            S.CANCELLED,   runs_it,  [no_vacancy_left],                   [keep_step, send_home], needs=DropForm, label=gettext_lazy("Give the election up")),
    T("lapse",              [*RUNS, S.VOTED], S.CANCELLED,  by_time,  [],                                  [keep_step, send_home], label=gettext_lazy("Not needed any more")),
], parent="electing_unit")
# fmt: on


def manages_it(actor: Actor, vacancy: Vacancy) -> bool:
    """The office of the register the seat belongs to."""
    return bool(actor) and VACANCIES.may_change(actor, vacancy)


def decides_on_it(actor: Actor, vacancy: Vacancy) -> bool:
    """The committee that would reply on the by-election may decide to do without it."""
    return VACANCIES.may_reply(actor, vacancy)


def no_winner_waits(vacancy: Vacancy) -> str:
    """Whoever was elected to the seat is checked first."""
    election = vacancy.election
    if election and Mandate.objects.filter(election=election, status=MandateStatus.ELECTED).exists():
        return _("Somebody was elected to this seat and waits for the check of credentials.")
    return ""


def seat_exists(vacancy: Vacancy) -> str:
    """Within the quota, and within the term."""
    unit = vacancy.electing_unit
    if unit.seat_quota is None:
        return ""
    held = Mandate.objects.filter(electing_unit=unit, status__in=SEATED).count()
    if held + unit.vacancies.filter(state=V.OPEN).count() >= unit.seat_quota:
        return _("All seats of the unit are held or vacant already.")
    return ""


def keep_filler(vacancy: Vacancy, move: Move) -> None:
    """Who fills it, since when."""
    vacancy.filled_by, vacancy.filled_on = move.data["mandate"], move.data["filled_on"]


def keep_session(vacancy: Vacancy, move: Move) -> None:
    """The session that confirmed it (代表的增补确认)."""
    vacancy.confirmed_at = move.data["session"]


def keep_basis(vacancy: Vacancy, move: Move) -> None:
    """On whose word the seat stays empty."""
    day = move.data.get("done_on")
    dated = f"{move.data['basis']}（{day.year}年{day.month}月{day.day}日）" if day else move.note
    vacancy.closed_basis = dated[:100]


def leave_election(vacancy: Vacancy, move: Move) -> None:
    """Its by-election has one seat less, or none and ends."""
    if vacancy.election is None:
        return
    election = lock(vacancy.election)
    if election.state not in (*RUNS, S.VOTED):
        return
    if election.vacancies.filter(state=V.OPEN).exclude(pk=vacancy.pk).exists():
        election.seats -= 1
        election.save(update_fields=["seats"])
    else:
        ELECTION.take(election, "lapse", by=SYSTEM, note=_("The vacancy is not to be filled."))


def look_again(vacancy: Vacancy, move: Move) -> None:
    """The seat is to be filled after all."""
    vacancy.closed_basis = ""
    seek(vacancy, timezone.localdate(move.at))


def record_vacancy(vacancy: Vacancy, move: Move) -> None:
    """Decisions on a seat are part of the audit."""
    organization = vacancy.electing_unit.congress.organization
    audit.record(f"vacancy_{move.verb}", by=move.by, subject=f"Vacancy {vacancy.pk}", organization=organization)


# fmt: off
VACANCY = Workflow(Vacancy, [
    # verb       from         to           who            when  then
    T("fill",    [V.OPEN],    V.FILLED,    by_time,       [],   [keep_filler, record_vacancy], label=gettext_lazy("filled")),
    T("confirm", [V.FILLED],  V.CONFIRMED, manages_it,    [],   [keep_session, record_vacancy], needs=ConfirmForm, label=gettext_lazy("Confirmed by the session")),
    T("waive",   [V.OPEN],    V.WAIVED,    decides_on_it, [no_winner_waits],  [keep_basis, leave_election, record_vacancy], needs=WaiveForm, label=gettext_lazy("Not to be filled")),
    T("reopen",  [V.WAIVED],  V.OPEN,      decides_on_it, [seat_exists],  [look_again, record_vacancy], label=gettext_lazy("To be filled after all")),
    T("lapse",   [V.OPEN],    V.WAIVED,    by_time,       [],   [keep_basis, leave_election], label=gettext_lazy("Term over")),
], parent="electing_unit")
# fmt: on
