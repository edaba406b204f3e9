"""Training days: whom they invite, who came by the office's list or his own telephone, and what he wrote of it."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from congress.kernel import audit, rules
from congress.kernel.deadlines import TZ
from congress.kernel.workflow import Refused, lock
from congress.policies import VIEW, branches
from congress.querysets import running, within
from delegates.models import Attendance, AttendanceWay, Mandate, Person, TrainingSession
from delegates.models.training import MOST_HOURS, new_code
from delegates.policies import ATTENDANCES, MANDATES, TRAININGS, is_self, may_publish
from delegates.querysets import AttendanceQuerySet, MandateQuerySet


def invited(session: TrainingSession, among: QuerySet | None = None) -> MandateQuerySet:
    """The delegates a session is for: those in office in its organiser's branch, of terms that run on its day."""
    rows = Mandate.objects.all() if among is None else among
    branch = within([session.course.organization.path], "congress__organization")
    return rows.serving().filter(running(session.held_on, "congress__"), branch)


def window(session: TrainingSession) -> tuple[datetime, datetime]:
    """From when till when the code works: the training's time, or its whole day, and the rule's hours around it."""
    around = timedelta(hours=rules.value("sign_in_hours_around", session.course.organization, session.held_on))
    day = datetime.combine(session.held_on, time.min, TZ)
    opens = datetime.combine(session.held_on, session.starts_at, TZ) if session.starts_at else day
    closes = datetime.combine(session.held_on, session.ends_at, TZ) if session.ends_at else day + timedelta(days=1)
    return opens - around, closes + around


def obstacle(session: TrainingSession, now: datetime) -> str:
    """Why nobody can sign in by the code now, or nothing."""
    if not session.sign_in_open:
        return _("Sign-in for this training is closed. Tell the staff at the door: they have a list.")
    opens, closes = window(session)
    if now < opens:
        return _("Sign-in opens on %(when)s.") % {"when": _moment(opens)}
    if now >= closes:
        return _("Sign-in closed on %(when)s. If you were there, tell the liaison office.") % {"when": _moment(closes)}
    return ""


def _moment(at: datetime) -> str:
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"


@transaction.atomic
def sign_in(session: TrainingSession, *, by: Any) -> tuple[Attendance, bool]:
    """The delegate's own attendance, and whether it is new: a second scan finds the first.

    Raises `PermissionDenied` unless the session invites him, `Refused` with the reason outside its time.
    """
    person = Person.objects.select_for_update().filter(user=by).first()  # two clicks at once come one after the other
    if person is None:
        raise PermissionDenied
    there = Attendance.objects.filter(session=session, mandate__person=person).first()
    if there:
        return there, False
    mandate = invited(session).filter(person=person).order_by("congress__organization__path").first()
    if mandate is None:
        raise PermissionDenied
    now = timezone.now()
    if reason := obstacle(session, now):
        raise Refused(reason)
    fresh = Attendance(session=session, mandate=mandate, hours=session.hours, how=AttendanceWay.QR, signed_at=now)
    fresh.save()
    return fresh, True


@transaction.atomic
def mark(session: TrainingSession, mandates: Collection[int], hours: Decimal, *, by: Any) -> int:
    """Write down who came, all of those chosen or none; who stands there already stays as he is. Says how many are new.

    Raises `PermissionDenied` unless `by` keeps the session, `Refused` if somebody chosen is not invited.
    """
    if not TRAININGS.may_change(by, session):
        raise PermissionDenied
    if not 0 < hours <= MOST_HOURS:
        raise Refused(_("Hours are more than 0 and at most 24."))
    _hold(mandates)
    chosen = list(invited(session, MANDATES.visible(by)).filter(pk__in=mandates).order_by("roster_key", "pk"))
    if len(chosen) != len(set(mandates)):
        raise Refused(_("Somebody ticked is not on the list any more. Look at the list again; nobody was signed in."))
    here = set(Attendance.objects.filter(session=session).values_list("mandate__person", flat=True))
    now, fresh = timezone.now(), []
    for mandate in chosen:
        if mandate.person_id not in here:  # who sits in two congresses comes once
            here.add(mandate.person_id)
            fresh.append(
                Attendance(session=session, mandate=mandate, hours=hours, how=AttendanceWay.LIST, signed_at=now)
            )
    Attendance.objects.bulk_create(fresh, batch_size=1000)
    if fresh:
        _record("training_mark", session, by, len(fresh))
    return len(fresh)


@transaction.atomic
def unmark(session: TrainingSession, mandates: Collection[int], *, by: Any) -> int:
    """Take back who was written down by mistake. Whoever wrote a study note came: he is left, and counted as such."""
    session = _kept(session, by)
    persons = MANDATES.visible(by).filter(pk__in=mandates).order_by().values("person")
    wrong = Attendance.objects.filter(session=session, mandate__person__in=persons)
    if noted := wrong.exclude(note="").select_related("mandate__person").first():
        raise Refused(
            _("%(name)s has written a study note on this training. Nothing was taken back.")
            % {"name": noted.mandate.person.name}
        )
    count, _kinds = wrong.delete()
    if count:
        _record("training_unmark", session, by, count)
    return count


def _hold(mandates: Collection[int]) -> None:
    """Lock the persons, as `sign_in` locks its one: whoever ticks or scans one of them at this moment waits."""
    persons = Mandate.objects.filter(pk__in=mandates).order_by().values("person")
    list(Person.objects.select_for_update().filter(pk__in=persons).order_by("pk").values_list("pk"))


def _kept(session: TrainingSession, by: Any) -> TrainingSession:
    """The session, locked, of whoever may change it."""
    locked = lock(session)
    if not TRAININGS.may_change(by, locked):
        raise PermissionDenied
    return locked


def _record(action: str, session: TrainingSession, by: Any, rows: int) -> None:
    audit.record(action, by=by, subject=str(session), organization=session.course.organization, rows=rows)


@transaction.atomic
def renew_code(session: TrainingSession, *, by: Any) -> TrainingSession:
    """A new sign-in code: photographs of the old one lead nowhere."""
    session = _kept(session, by)
    session.code = new_code()
    session.save(update_fields=["code"])
    _record("training_code", session, by, 1)
    return session


@transaction.atomic
def set_open(session: TrainingSession, is_open: bool, *, by: Any) -> None:
    """Open or close the sign-in by code."""
    session = _kept(session, by)
    if session.sign_in_open != is_open:
        session.sign_in_open = is_open
        session.version += 1
        session.save(update_fields=["sign_in_open", "version"])
        _record("training_open" if is_open else "training_close", session, by, 1)


@transaction.atomic
def save_note(attendance: Attendance, *, text: str, offered: bool, by: Any) -> Attendance:
    """The delegate's own words. A changed text is published anew by the office, or not at all."""
    row = lock(attendance)
    if not is_self(by, row.mandate.person):
        raise PermissionDenied
    row.note_published = row.note_published and offered and text == row.note
    row.note, row.note_offered = text, offered and bool(text)
    row.save(update_fields=["note", "note_offered", "note_published"])
    return row


@transaction.atomic
def publish(attendances: AttendanceQuerySet, published: bool, *, by: Any) -> int:
    """Publish notes their writers offer, or take them back; all or none. Says how many changed."""
    rows = list(attendances.for_list().order_by("pk").select_for_update(of=("self",)))
    if not all(may_publish(by, row) for row in rows):
        raise PermissionDenied
    if published and not all(row.note_offered for row in rows):
        raise Refused(_("Some of those chosen have written no note, or do not let it be published."))
    changed = Attendance.objects.filter(pk__in=[row.pk for row in rows]).exclude(note_published=published)
    count = changed.update(note_published=published)
    if count:
        organization = rows[0].session.course.organization
        action = "note_publish" if published else "note_withdraw"
        audit.record(action, by=by, organization=organization, rows=count)
    return count


def untrained(serving: QuerySet, year: int) -> QuerySet:
    """Those of the delegates whose person came to nothing in the year, under whichever mandate."""
    came = Attendance.objects.filter(session__course__year=year, mandate__person=OuterRef("person"))
    return serving.filter(~Exists(came))


def this_year(user: Any) -> dict[str, int]:
    """Person-times and persons of the year in the user's branches, and who in office came to nothing yet."""
    today = timezone.localdate()
    own = branches(user, VIEW)
    came = ATTENDANCES.visible(user).filter(within(own, "mandate__congress__organization")).of_year(today.year)
    serving = MANDATES.visible(user).filter(within(own, "congress__organization")).serving()
    return {**totals(came), "none": untrained(serving, today.year).order_by().values("person").distinct().count()}


def totals(came: QuerySet) -> dict[str, Any]:
    """How many times somebody came (人次), how many persons they are (人数), and their hours together."""
    return came.order_by().aggregate(
        times=Count("pk"), persons=Count("mandate__person", distinct=True), hours=Sum("hours")
    )


def own_attendances(user: Any) -> AttendanceQuerySet:
    """What the delegate himself came to, the latest first."""
    return ATTENDANCES.visible(user).filter(mandate__person__user=user)


def coming(user: Any, today: date) -> QuerySet:
    """The sessions the user is invited to that are not over, the next first."""
    return TRAININGS.visible(user).filter(held_on__gte=today).for_list().order_by("held_on", "starts_at", "pk")


def own_year(user: Any) -> dict[str, Any]:
    """The delegate's own year: how often he came, for how many hours, and the next training he is invited to."""
    today = timezone.localdate()
    return totals(own_attendances(user).of_year(today.year)) | {"year": today.year, "next": coming(user, today).first()}
