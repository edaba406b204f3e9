"""Seats and who may fill them: the quota of a unit, its vacancies, and the end of a term."""

from datetime import date, timedelta
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.kernel import audit, duetimes
from congress.kernel.workflow import SYSTEM, Refused, lock
from congress.models import Congress, Session, User
from congress.policies import SESSIONS
from congress.querysets import running
from delegates.models import (
    RUNNING,
    ElectingUnit,
    Election,
    ElectionKind,
    Mandate,
    MandateChange,
    RemovalMotion,
    Vacancy,
    VacancyCause,
    VacancyState,
)
from delegates.models import MandateStatus as S
from delegates.policies import CHANGES, VACANCIES
from delegates.workflows import ELECTION, MANDATE, REMOVAL, VACANCY
from delegates.workflows.mandates import ALIVE, FILING
from delegates.workflows.openings import open_vacancy

TOLD_WITHIN_DAYS: Final = 60
OPEN_MOTIONS: Final = ("moved", "heard", "counted")
HOLDING: Final = (S.ACTIVE, S.SUSPENDED, S.RESIGN_PENDING)
"""Whoever holds a seat: nobody else can be elected to it. A suspended delegate keeps his."""


def holding(prefix: str = "") -> Q:
    """Mandates that take a seat. Who was elected takes it before the check of credentials, but by a by-election only
    with it: until then the vacancy stays open and seen."""
    elected = Q(**{f"{prefix}status": S.ELECTED}) & ~Q(**{f"{prefix}election__kind": ElectionKind.BY_ELECTION})
    return Q(**{f"{prefix}status__in": HOLDING}) | elected


def held(unit: ElectingUnit) -> int:
    """How many of the unit's seats somebody holds."""
    return Mandate.objects.filter(holding(), electing_unit=unit).count()


@transaction.atomic
def fit_vacancies(unit: ElectingUnit, *, on: date, by: Any = None) -> None:
    """Make the open vacancies of a unit what its quota says: seats nobody holds, once its delegates were elected.

    Before the first election there are no vacancies, only seats to elect for. Nothing happens without a quota.
    Raises `Refused` if `by` closes a vacancy with it that another committee decides about.
    """
    unit = lock(unit)
    under_way = Election.objects.filter(electing_unit=unit, kind=ElectionKind.GENERAL, state__in=RUNNING)
    if unit.seat_quota is None or not unit.mandates.exclude(status=S.CANDIDATE).exists() or under_way.exists():
        return
    vacant = Vacancy.objects.filter(electing_unit=unit, state=VacancyState.OPEN)
    missing = unit.seat_quota - held(unit) - vacant.count()
    if by is not None and held(unit) > unit.seat_quota:
        raise Refused(
            _("%(unit)s has %(held)s delegates: its quota cannot be %(quota)s.")
            % {"unit": unit, "held": held(unit), "quota": unit.seat_quota}
        )
    for _seat in range(missing):
        open_vacancy(unit, cause=VacancyCause.QUOTA, on=on)
    free = vacant.exclude(election__candidates__status=S.ELECTED)  # a winner waits for the others
    for vacancy in free.order_by("-opened_on", "-pk")[: max(-missing, 0)]:
        if by is not None and not VACANCIES.may_reply(by, vacancy):
            raise Refused(_("%(unit)s has a vacancy that only the committee above can give up.") % {"unit": unit})
        VACANCY.take(vacancy, "lapse", by=SYSTEM, note=_("The quota was lowered."))


def fit_all() -> int:
    """Every night: make the vacancies of each unit of a running term what its quota says; say how many were not.

    A quota may be older than vacancies are here, and a roster moves delegates between units.
    """
    taken = Count("mandates", filter=holding("mandates__"), distinct=True)
    vacant = Count("vacancies", filter=Q(vacancies__state=VacancyState.OPEN), distinct=True)
    today = timezone.localdate()
    units = ElectingUnit.objects.filter(running(today, "congress__"), seat_quota__isnull=False)
    unfit = units.annotate(taken=taken, vacant=vacant).exclude(seat_quota=F("taken") + F("vacant"))
    for unit in unfit:
        fit_vacancies(unit, on=today)
    return len(unfit)


def refuse_over(congress: Congress) -> None:
    """Raise `Refused` if the units of a congress have more seats together than it has."""
    given = ElectingUnit.objects.filter(congress=congress).aggregate(given=Sum("seat_quota"))["given"] or 0
    if congress.seats is not None and given > congress.seats:
        raise Refused(
            _("%(given)s seats are given, the congress has %(seats)s.") % {"given": given, "seats": congress.seats}
        )


def refuse_full(unit: ElectingUnit, seats: int = 1) -> None:
    """Raise `Refused` if the unit has no such number of seats left for a general election or a registration."""
    unit = lock(unit)
    if Vacancy.objects.filter(electing_unit=unit, state=VacancyState.OPEN).exists():
        raise Refused(_("%(unit)s has a vacancy: it is filled by its by-election.") % {"unit": unit})
    if Congress.objects.over(timezone.localdate()).filter(pk=unit.congress_id).exists():
        raise Refused(_("The term is over."))
    taken = held(unit) + elected_for(unit)
    if unit.seat_quota is not None and taken + seats > unit.seat_quota:
        raise Refused(
            _("%(unit)s has %(quota)s seats, and %(held)s are held or being elected for already.")
            % {"unit": unit, "quota": unit.seat_quota, "held": taken}
        )


def elected_for(unit: ElectingUnit) -> int:
    """Seats a general election that is running will fill."""
    under_way = Election.objects.filter(electing_unit=unit, kind=ElectionKind.GENERAL, state__in=RUNNING)
    return under_way.aggregate(seats=Sum("seats"))["seats"] or 0


@transaction.atomic
def record_filing(change: MandateChange, *, filed_on: date, number: str, by: Any) -> MandateChange:
    """The decision was filed with the committee above (备案): when, and under which number."""
    change = lock(change)
    if not CHANGES.may_change(by, change):
        raise PermissionDenied
    if not CHANGES.may_file(by, change):
        raise Refused(_("This decision needs no filing, or it is filed already."))
    if not change.decided_on <= filed_on <= timezone.localdate():
        raise Refused(_("The filing lies between the decision and today."))
    change.filed_on, change.filing_number, change.filed_by = filed_on, number, by
    change.save(update_fields=["filed_on", "filing_number", "filed_by"])
    duetimes.close(FILING, change.pk)
    organization = change.mandate.congress.organization
    audit.record("filing", by=by, subject=f"MandateChange {change.pk}", organization=organization, number=number)
    return change


def to_confirm(session: Session) -> Q:
    """Vacancies of the session's congress that were filled before it opened."""
    return Q(electing_unit__congress=session.congress_id, state=VacancyState.FILLED, filled_on__lte=session.starts_on)


def to_report(session: Session) -> Q:
    """Decisions the session must hear of: delegates whose functions were restored (R10 art. 5)."""
    waiting = Q(report_due=True, reported_at=None, decided_on__lte=session.starts_on)
    return waiting & Q(mandate__congress=session.congress_id)


@transaction.atomic
def report_to(session: Session, *, by: Any) -> tuple[int, int]:
    """What had to be brought before a session: vacancies confirmed, decisions reported. Says how many of each.

    Raises `Refused` if the session has no day yet, `PermissionDenied` unless `by` manages it.
    """
    if session.starts_on is None or session.starts_on > timezone.localdate():
        raise Refused(_("The session has not opened yet."))
    if not SESSIONS.may_change(by, session):
        raise PermissionDenied
    filled = VACANCIES.visible(by).filter(to_confirm(session))
    confirmed = [VACANCY.take(vacancy, "confirm", by=by, session=session) for vacancy in filled]
    reported = CHANGES.visible(by).filter(to_report(session)).update(reported_at=session)
    organization = session.congress.organization
    audit.record("session_report", by=by, subject=str(session), organization=organization, rows=reported)
    return len(confirmed), reported


def end_terms(today: date | None = None) -> int:
    """Let every mandate of a term that is over expire; say how many. Stopped halfway, it goes on at the next call.

    Whoever's term ended months before this is noticed is not told any more. A row that moves meanwhile waits a night.
    """
    today = today or timezone.localdate()
    over = Congress.objects.over(today)
    for vacancy in Vacancy.objects.filter(electing_unit__congress__in=over, state=VacancyState.OPEN):
        VACANCY.take(vacancy, "lapse", by=SYSTEM, note=_("The term is over."))
    for election in Election.objects.filter(electing_unit__congress__in=over, state__in=RUNNING):
        ELECTION.take(election, "lapse", by=SYSTEM, note=_("The term is over."))
    for motion in RemovalMotion.objects.filter(mandate__congress__in=over, state__in=OPEN_MOTIONS):
        REMOVAL.take(motion, "lapse", by=SYSTEM)
    count, recent = 0, today - timedelta(days=TOLD_WITHIN_DAYS)
    mandates = Mandate.objects.filter(congress__in=over, status__in=ALIVE).order_by("pk").select_related("congress")
    for mandate in mandates.iterator(500):
        ended = mandate.congress.ends_on
        try:
            MANDATE.take(mandate, "expire", by=SYSTEM, quietly=bool(ended and ended < recent))
            count += 1
        except Refused:
            continue
    return count


def contacts_of(election_ids: list[int]) -> dict[int, list[User]]:
    """The contact person of each election's unit, who is reminded beside the office."""
    rows = Election.objects.filter(pk__in=election_ids).exclude(electing_unit__contact=None)
    return {row.pk: [row.electing_unit.contact] for row in rows.select_related("electing_unit__contact")}
