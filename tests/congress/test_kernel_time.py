"""Deadlines, the calendar, rules and numerals: the vectors of the reference, and properties."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from congress.kernel import rules
from congress.kernel.deadlines import (
    TZ,
    WorkCalendar,
    add_months,
    after_days,
    after_months,
    after_working_days,
    end_of,
)
from congress.models import CalendarDay, CalendarYear, Rule
from congress.numerals import from_chinese, to_chinese
from tests import factories

PLAIN = WorkCalendar({}, frozenset(range(2000, 2100)))
NATIONAL_DAY = WorkCalendar(
    {date(2026, 10, day): (False, "国庆节") for day in range(1, 8)} | {date(2026, 10, 10): (True, "国庆节调休上班")},
    frozenset({2026}),
)


@pytest.mark.parametrize(
    ("start", "months", "due"),
    [
        (date(2026, 11, 30), 3, date(2027, 3, 1)),  # 28 February is a Sunday: vector (g)
        (date(2026, 1, 31), 1, date(2026, 3, 2)),  # 28 February 2026 is a Saturday
        (date(2027, 11, 29), 3, date(2028, 2, 29)),  # leap year
        (date(2026, 10, 8), 2, date(2026, 12, 8)),
    ],
)
def test_months_end_on_the_same_day_or_the_months_last_and_never_on_a_rest_day(start, months, due):
    assert after_months(start, months, PLAIN).due_on == due


def test_a_deadline_is_met_all_through_its_last_day():
    assert after_days(date(2026, 3, 2), 1, PLAIN).due_at == datetime(2026, 3, 4, tzinfo=TZ)


def test_working_days_skip_the_holiday_and_count_the_worked_saturday():
    found = after_working_days(date(2026, 9, 30), 3, NATIONAL_DAY)
    assert found.due_on == date(2026, 10, 10)  # 8th, 9th, and the Saturday that is worked
    assert [step for step in found.steps if "国庆节调休上班" in step]
    assert found.steps[0].startswith("2026年9月30日")
    assert found.warnings == ()


def test_a_year_without_notice_is_counted_by_weekends_and_says_so():
    found = after_working_days(date(2026, 12, 31), 1, NATIONAL_DAY)
    assert found.due_on == date(2027, 1, 1)
    assert [warning for warning in found.warnings if "2027" in warning]


@given(st.dates(date(2024, 1, 1), date(2026, 6, 30)), st.integers(1, 60))
def test_a_deadline_never_falls_on_a_rest_day_nor_before_its_count(start, count):
    found = after_days(start, count, NATIONAL_DAY)
    assert NATIONAL_DAY.is_workday(found.due_on)
    assert (found.due_on - start).days >= count


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 36))
def test_adding_months_keeps_the_day_or_takes_the_last_one(start, count):
    later = add_months(start, count)
    assert (later.year * 12 + later.month) - (start.year * 12 + start.month) == count
    assert later.day == start.day or later == add_months(start.replace(day=1), count + 1) - (
        date(2, 1, 2) - date(2, 1, 1)
    )


def test_the_day_ends_at_midnight_of_shanghai():
    assert end_of(date(1988, 5, 1)).utcoffset().total_seconds() == 8 * 3600 + 3600  # daylight saving of those years


@pytest.mark.django_db
def test_the_calendar_of_2024_to_2026_is_there():
    assert set(CalendarYear.objects.values_list("year", flat=True)) == {2024, 2025, 2026}
    calendar = WorkCalendar.load()
    assert not calendar.is_workday(date(2026, 10, 1))
    assert calendar.is_workday(date(2026, 10, 10))  # a Saturday
    assert calendar.note(date(2026, 2, 17)) == "春节"
    assert CalendarDay.objects.filter(is_workday=True).count() > 10


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "一"),
        (4, "四"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (21, "二十一"),
        (103, "一百零三"),
        (110, "一百一十"),
    ],
)
def test_numerals_are_written_as_documents_write_them(number, words):
    assert to_chinese(number) == words


@given(st.integers(1, 999))
def test_numerals_are_read_as_they_are_written(number):
    assert from_chinese(to_chinese(number)) == number


@pytest.mark.parametrize("nonsense", ["", "零", "百", "十百", "一一", "abc", "甲"])
def test_nonsense_is_no_numeral(nonsense):
    with pytest.raises(ValueError):  # noqa: PT011 -- the message is the word itself
        from_chinese(nonsense)


@pytest.mark.django_db
def test_congress_and_session_names_follow_the_vectors():
    town = factories.make_township(name="青江镇")
    fourth = factories.make_congress(town, 4)
    third = fourth.sessions.create(number=3)
    assert third.full_name == "中国共产党青江镇第四届代表大会第三次会议"
    assert third.short_name == "四届三次"
    twelfth = factories.make_congress(town, 12)
    assert twelfth.sessions.create(number=2).full_name.endswith("第十二届代表大会第二次会议")
    assert factories.make_congress(town, 21).sessions.create(number=1).short_name == "二十一届一次"
    plain = factories.make_congress(town, 14, naming="plain")
    assert plain.full_name == "中国共产党青江镇第十四次代表大会"
    assert fourth.code == f"{town.code}-4"


@pytest.mark.django_db
def test_the_nearest_rule_in_force_on_the_day_decides():
    district = factories.make_district()
    town = factories.make_township(district)
    assert rules.value("proposal_min_signers", district, date(2026, 6, 1)) == 10
    assert rules.value("proposal_min_signers", town, date(2026, 6, 1)) == 5  # the level's default
    for valid_from, where, value in [
        (date(2026, 1, 1), {"level": "township"}, "6"),
        (date(2026, 3, 1), {"organization": district}, "7"),
        (date(2026, 5, 1), {"organization": town}, "8"),
        (date(2027, 1, 1), {"organization": town}, "9"),
    ]:
        Rule.objects.create(key="proposal_min_signers", valid_from=valid_from, value=value, source="文件", **where)
    on = {date(2025, 12, 31): 5, date(2026, 2, 1): 6, date(2026, 4, 1): 7, date(2026, 6, 1): 8, date(2027, 2, 1): 9}
    assert {day: rules.value("proposal_min_signers", town, day) for day in on} == on


def test_a_value_that_does_not_fit_its_rule_is_refused_with_a_sentence():
    with pytest.raises(rules.ValidationError, match="3"):
        rules.check("reply_months", "三个月")
    with pytest.raises(rules.ValidationError):
        rules.check("no_such_rule", "3")
    rules.check("remind_days_before", "15，7，1")
