"""Training days: whom they invite, who is signed in, once each, and whose words a study note is."""

import threading
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation

from congress.kernel.deadlines import TZ
from congress.kernel.reports import ReportRefused, registry
from congress.kernel.workflow import Refused
from congress.models import AuditEvent, Congress, Role, Rule
from delegates.models import Attendance, Course, Mandate, TrainingPlan, TrainingSession
from delegates.policies import ATTENDANCES, TRAININGS
from delegates.services import training
from tests.factories import (
    make_attendance,
    make_congress,
    make_district,
    make_mandate,
    make_session,
    make_township,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 1)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


class Place:
    """A district, two townships with two delegates each, one who left, and a training of each organisation."""

    def __init__(self):
        self.district = make_district()
        self.ours, self.theirs = (make_congress(make_township(self.district, name)) for name in ("青江镇", "石桥镇"))
        self.wang, self.li = make_mandate(self.ours, "王文", group="一组"), make_mandate(self.ours, "李四")
        self.zhao, self.sun = make_mandate(self.theirs, "赵六"), make_mandate(self.theirs, "孙七")
        left = make_mandate(self.ours, "周八")
        Mandate.objects.filter(pk=left.pk).update(status="terminated")
        self.office = make_user(Role.OFFICE, self.district)
        self.clerk = make_user(Role.TOWNSHIP, self.ours.organization)
        self.neighbour = make_user(Role.TOWNSHIP, self.theirs.organization)
        self.delegate = make_user(Role.DELEGATE)
        self.wang.person.user = self.delegate
        self.wang.person.save()
        self.session = make_session(self.district, DAY)
        self.own = make_session(self.ours.organization, DAY, "镇培训")
        self.foreign = make_session(self.theirs.organization, DAY, "邻镇培训")


@pytest.fixture
def place():
    return Place()


def at(hour, minute=0, day=DAY):
    return datetime.combine(day, time(hour, minute), TZ)


def names(rows):
    return {row.person.name for row in rows}


# Who is invited, who sees


def test_a_session_invites_those_in_office_of_its_organisers_branch(place):
    assert names(training.invited(place.session)) == {"王文", "李四", "赵六", "孙七"}
    assert names(training.invited(place.own)) == {"王文", "李四"}
    make_congress(place.theirs.organization, place.theirs.number + 1, starts_on=DAY)
    assert names(training.invited(place.session)) == {"王文", "李四", "赵六", "孙七"}  # nobody said that theirs is over
    Congress.objects.filter(pk=place.theirs.pk).update(ends_on=DAY)
    assert names(training.invited(place.session)) == {"王文", "李四"}


def test_a_session_is_seen_by_its_branch_and_by_whom_it_invites(place):
    seen = {
        user.username: set(TRAININGS.visible(user).values_list("course__title", flat=True))
        for user in (place.office, place.clerk, place.neighbour, place.delegate)
    }
    district, ours, theirs = "党代表履职能力", "镇培训", "邻镇培训"
    assert seen[place.office.username] == {district, ours, theirs}
    assert seen[place.clerk.username] == seen[place.delegate.username] == {district, ours}
    assert seen[place.neighbour.username] == {district, theirs}
    assert not TRAININGS.may_change(place.clerk, place.session)
    assert TRAININGS.may_change(place.clerk, place.own)


def test_a_township_sees_its_delegates_at_the_districts_training_and_nobody_elses(place):
    for mandate in (place.wang, place.zhao):
        make_attendance(place.session, mandate)
    assert {row.mandate for row in ATTENDANCES.visible(place.clerk)} == {place.wang}
    assert {row.mandate for row in ATTENDANCES.visible(place.neighbour)} == {place.zhao}
    assert ATTENDANCES.visible(place.office).count() == 2
    assert {row.mandate for row in ATTENDANCES.visible(place.delegate)} == {place.wang}


def test_a_delegate_out_of_office_still_sees_what_he_came_to(place):
    make_attendance(place.session, place.wang)
    Mandate.objects.filter(pk=place.wang.pk).update(status="terminated")
    assert set(TRAININGS.visible(place.delegate)) == {place.session}
    assert ATTENDANCES.visible(place.delegate).count() == 1


# The roll


def test_the_office_ticks_several_at_once_and_a_second_click_does_nothing(place):
    ticked = [place.wang.pk, place.zhao.pk]
    assert training.mark(place.session, ticked, Decimal(4), by=place.office) == 2
    assert training.mark(place.session, ticked, Decimal(8), by=place.office) == 0
    assert set(Attendance.objects.values_list("hours", "how")) == {(Decimal(4), "list")}
    assert AuditEvent.objects.get(action="training_mark").detail["rows"] == 2


def test_all_of_a_tick_is_written_or_nothing(place):
    gone = Mandate.objects.get(person__name="周八")
    with pytest.raises(Refused):
        training.mark(place.session, [place.wang.pk, gone.pk], Decimal(4), by=place.office)
    with pytest.raises(Refused):
        training.mark(place.own, [place.wang.pk, place.zhao.pk], Decimal(4), by=place.clerk)
    for hours in (0, 25):
        with pytest.raises(Refused):
            training.mark(place.session, [place.wang.pk], Decimal(hours), by=place.office)
    with pytest.raises(PermissionDenied):
        training.mark(place.session, [place.wang.pk], Decimal(4), by=place.clerk)
    assert not Attendance.objects.exists()


def test_who_sits_in_two_congresses_comes_once(place):
    both = make_mandate(make_congress(place.district, 8), place.wang.person)
    assert training.mark(place.session, [both.pk, place.wang.pk], Decimal(4), by=place.office) == 1
    assert training.unmark(place.session, [place.wang.pk], by=place.office) == 1


def test_a_wrong_tick_is_taken_back_but_nobodys_note_is_lost(place):
    training.mark(place.session, [place.wang.pk, place.li.pk], Decimal(4), by=place.office)
    training.save_note(Attendance.objects.get(mandate=place.wang), text="心得", offered=False, by=place.delegate)
    with pytest.raises(Refused, match="王文"):
        training.unmark(place.session, [place.wang.pk, place.li.pk], by=place.office)
    assert training.unmark(place.session, [place.li.pk], by=place.office) == 1
    assert training.unmark(place.session, [place.li.pk], by=place.office) == 0
    with pytest.raises(PermissionDenied):
        training.unmark(place.session, [place.wang.pk], by=place.clerk)
    assert Attendance.objects.get().mandate == place.wang


# The code at the door


def test_a_delegate_signs_in_once_and_the_second_scan_finds_the_first(place, time_machine):
    time_machine.move_to(at(9), tick=False)
    came, fresh = training.sign_in(place.session, by=place.delegate)
    assert (fresh, came.how, came.hours, came.mandate) == (True, "qr", Decimal(4), place.wang)
    time_machine.move_to(at(11), tick=False)
    again, fresh = training.sign_in(place.session, by=place.delegate)
    assert (fresh, again.pk, again.signed_at) == (False, came.pk, at(9))


@pytest.mark.parametrize(("hours", "now", "works"), [
    ((None, None), at(22, day=DAY - timedelta(days=1)), True),
    ((None, None), at(21, 59, DAY - timedelta(days=1)), False),
    ((None, None), at(1, 59, DAY + timedelta(days=1)), True),
    ((None, None), at(2, 0, DAY + timedelta(days=1)), False),
    ((time(9), time(11)), at(7), True), ((time(9), time(11)), at(6, 59), False),
    ((time(9), time(11)), at(12, 59), True), ((time(9), time(11)), at(13), False),
    ((time(9), None), at(6), False), ((time(9), None), at(23), True),
])  # fmt: skip
def test_the_code_works_on_the_day_and_the_rules_hours_around_it(place, time_machine, hours, now, works):
    place.session.starts_at, place.session.ends_at = hours
    place.session.save()
    time_machine.move_to(now, tick=False)
    if works:
        assert training.sign_in(place.session, by=place.delegate)[1]
        return
    with pytest.raises(Refused, match=r"2026年"):
        training.sign_in(place.session, by=place.delegate)
    assert not Attendance.objects.exists()


def test_the_hours_around_are_the_branchs_rule_and_closed_is_closed(place, time_machine):
    Rule.objects.create(
        key="sign_in_hours_around", organization=place.district, valid_from=date(2026, 1, 1), value="5", source="x"
    )
    time_machine.move_to(at(20, day=DAY - timedelta(days=1)), tick=False)
    training.set_open(place.session, False, by=place.office)
    with pytest.raises(Refused, match="closed"):
        training.sign_in(TrainingSession.objects.get(pk=place.session.pk), by=place.delegate)
    training.set_open(place.session, True, by=place.office)
    assert training.sign_in(TrainingSession.objects.get(pk=place.session.pk), by=place.delegate)[1]


def test_nobody_signs_in_whom_the_session_does_not_invite(place, time_machine):
    time_machine.move_to(at(9), tick=False)
    for session, user in ((place.foreign, place.delegate), (place.session, place.office)):
        with pytest.raises(PermissionDenied):
            training.sign_in(session, by=user)
    Mandate.objects.filter(pk=place.wang.pk).update(status="suspended")
    with pytest.raises(PermissionDenied):
        training.sign_in(place.session, by=place.delegate)


def test_a_code_is_a_secret_and_can_be_renewed(place):
    before = place.session.code
    assert len(before) >= 20
    with pytest.raises(PermissionDenied):
        training.renew_code(place.session, by=place.clerk)
    assert training.renew_code(place.session, by=place.office).code not in {before, place.own.code}


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_and_the_offices_tick_make_one_attendance(time_machine):
    place = Place()
    time_machine.move_to(at(9), tick=False)
    found, gate = [], threading.Barrier(5)

    def work(task):
        try:
            gate.wait(5)
            found.append(task())
        except Exception as problem:  # noqa: BLE001 -- told by the assertion below
            found.append(problem)
        finally:
            connection.close()

    tasks = [lambda: training.sign_in(place.session, by=place.delegate)[1]] * 3
    tasks += [lambda: training.mark(place.session, [place.wang.pk, place.li.pk], Decimal(4), by=place.office)] * 2
    threads = [threading.Thread(target=work, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not [problem for problem in found if isinstance(problem, Exception)]
    assert (len(found), sum(found), Attendance.objects.count()) == (5, 2, 2)


# Study notes


def test_a_note_is_its_writers_and_is_published_with_his_leave_only(place):
    came = make_attendance(place.session, place.wang)
    with pytest.raises(PermissionDenied):
        training.save_note(came, text="改", offered=True, by=place.office)
    training.save_note(came, text="我的心得", offered=False, by=place.delegate)
    rows = Attendance.objects.filter(pk=came.pk)
    with pytest.raises(Refused):
        training.publish(rows, True, by=place.office)
    training.save_note(came, text="我的心得", offered=True, by=place.delegate)
    with pytest.raises(PermissionDenied):
        training.publish(rows, True, by=place.neighbour)
    reader = make_user(Role.DELEGATE)
    place.zhao.person.user = reader
    place.zhao.person.save()
    assert not ATTENDANCES.published(reader).exists()
    assert training.publish(rows, True, by=place.office) == 1
    assert training.publish(rows, True, by=place.office) == 0
    assert ATTENDANCES.published(reader).get() == came
    assert not ATTENDANCES.visible(reader).exists()  # the words, not the hours and the mark
    training.save_note(came, text="我的心得，再改", offered=True, by=place.delegate)
    assert not ATTENDANCES.published(reader).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(note_published=True, note_offered=False)


# The rows themselves


@pytest.mark.parametrize("hours", [0, -1, 25])
def test_hours_lie_between_nothing_and_a_day(place, hours):
    for make in (
        lambda: make_session(place.district, date(2026, 9, 2), hours=Decimal(hours)),
        lambda: make_attendance(place.session, place.wang, hours=Decimal(hours)),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make()


def test_a_course_stands_in_its_own_plan_and_a_day_in_its_courses_year(place):
    plan = TrainingPlan.objects.create(organization=place.district, year=2027, title="计划")
    course = Course(organization=place.district, year=2026, title="x", plan=plan)
    with pytest.raises(ValidationError, match="another"):
        course.full_clean()
    with pytest.raises(ValidationError, match="2026"):
        TrainingSession(course=place.session.course, held_on=date(2027, 1, 1), hours=4).full_clean()


def test_the_year_counts_times_persons_and_those_without(place):
    today = timezone.localdate()
    first, second = make_session(place.district, today, "甲"), make_session(place.district, today, "乙")
    make_attendance(first, place.wang)
    make_attendance(second, place.wang)
    make_attendance(first, place.zhao)
    make_attendance(make_session(place.district, date(2020, 1, 1), "旧"), place.li)
    counted = training.this_year(place.office)
    assert (counted["times"], counted["persons"], counted["none"]) == (3, 2, 2)
    counted = training.this_year(place.clerk)
    assert (counted["times"], counted["persons"], counted["none"]) == (2, 1, 1)
    assert training.this_year(place.delegate)["times"] == 0
    own = training.own_year(place.delegate)
    assert (own["times"], own["hours"], own["next"].course.title in "甲乙") == (2, 8, True)


# Paper


def test_the_sign_in_sheet_names_everybody_invited_a_sheet_a_township(place):
    make_attendance(place.session, place.wang, signed_at=at(8, 52))
    report = registry()["t01-sign-in"](place.office, {"session": str(place.session.pk)})
    assert [section.heading for section in report.sections] == [
        "青江镇（2名）", "石桥镇（2名）　党代表履职能力　2026年9月1日",
    ]  # fmt: skip
    rows = {row[1]: row for section in report.sections for row in section.table}
    assert set(rows) == {"王　文", "李　四", "赵　六", "孙　七"}
    assert rows["王　文"][3:] == ["一组", "", "08:52"]
    assert report.organization == place.district
    assert "党代表履职能力" in report.html()
    ours = registry()["t01-sign-in"](place.clerk, {"session": str(place.session.pk)})
    assert [section.heading for section in ours.sections] == ["青江镇（2名）"]
    assert ours.organization == place.ours.organization
    one = {"session": str(place.session.pk), "organization": place.theirs.organization.code}
    assert len(registry()["t01-sign-in"](place.office, one).sections) == 1
    for wrong in (place.foreign.pk, 987654, "x"):
        with pytest.raises(ReportRefused):
            registry()["t01-sign-in"](place.clerk, {"session": str(wrong)})


def test_the_ledger_adds_up_and_names_who_has_had_none(place):
    make_attendance(place.session, place.wang)
    make_attendance(place.session, place.zhao, hours=Decimal("2.5"))
    make_attendance(place.own, place.wang)
    report = registry()["t02-training"](place.office, {"organization": place.district.code, "year": "2026"})
    held, towns, none = report.sections
    assert [row[2:] for row in held.table] == [
        ["党代表履职能力", "培训班", "明川区", "", 4, 2, 6.5],
        ["镇培训", "培训班", "青江镇", "", 4, 1, 4],
    ]
    assert held.totals[2:] == ["2次", "", "", "", "", 3, 10.5]
    assert held.notes == ["本年度共开展培训2次，参训3人次、2人，累计10.5学时。"]
    assert [row[1:] for row in towns.table] == [["青江镇", 2, 1, 1, 50.0, 2, 8], ["石桥镇", 2, 1, 1, 50.0, 1, 2.5]]
    assert towns.totals[2:] == [4, 2, 2, 50.0, 3, 10.5]
    assert {row[2] for row in none.table} == {"李　四", "孙　七"}
    ours = registry()["t02-training"](place.clerk, {"year": "2026"})
    assert "石桥镇" not in ours.html()
    assert ours.sections[0].totals[7] == 2
    empty = registry()["t02-training"](place.office, {"organization": place.district.code, "year": "2025"})
    assert (empty.sections[0].records, len(empty.sections[2].records)) == ([], 4)
