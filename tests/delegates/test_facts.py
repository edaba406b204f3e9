"""Every fact of a roster, in the spellings offices use, and what is said of those that cannot be read."""

from contextlib import suppress
from datetime import date, datetime

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from delegates.kernel import facts
from delegates.kernel.facts import Unreadable
from delegates.models import ETHNICITIES, Gender

TODAY = date(2026, 11, 22)
GOOD_ID = "510789198408213223"  # a woman born in August 1984
births = st.dates(date(1930, 1, 1), date(2006, 1, 1))


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def id_of(birth, order):
    first = f"510700{birth:%Y%m%d}{order:03d}"
    return first + facts.checksum(first)


@pytest.mark.parametrize(
    "written",
    [
        "1975.03",
        "1975年3月",
        "1975-3",
        "1975/03",
        "197503",
        " 1975．03 ",
        "１９７５年０３月",
        "1975年3月12日",
        "1975-03-12",
        "19750312",
        197503,
        1975.03,
        27454,
        datetime(1975, 3, 1),  # noqa: DTZ001 -- a cell knows no time zone
        datetime(1975, 3, 31),  # noqa: DTZ001
    ],
)
def test_a_month_is_read_in_every_spelling(written):
    assert facts.month(written, TODAY) == date(1975, 3, 1)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("1975.13", "is not a month"),
        ("1975.00", "is not a month"),
        ("1975.2.30", "is not a month"),
        ("75.03", "is not a month"),
        ("1975", "is not a month"),
        (1975, "is not a month"),
        ("三月", "is not a month"),
        (True, "is not a month"),
        ("2031.05", "in the future"),
        ("2026.12", "in the future"),
        ("1875.03", "too long ago"),
        (1975.1, "January or October"),
    ],
)
def test_an_impossible_month_is_refused_by_its_reason(written, sentence):
    with pytest.raises(Unreadable, match=sentence) as refusal:
        facts.month(written, TODAY)
    assert refusal.value.advice


@given(births)
def test_every_month_reads_back_from_its_five_spellings(day):
    first = day.replace(day=1)
    spellings = (f"{day:%Y.%m}", f"{day.year}年{day.month}月", f"{day.year}-{day.month}", f"{day:%Y/%m}", f"{day:%Y%m}")
    assert {facts.month(spelling, TODAY) for spelling in spellings} == {first}
    assert facts.month(datetime.combine(day, datetime.min.time()), TODAY) == first
    assert facts.month((day - date(1899, 12, 30)).days, TODAY) == first
    assert facts.month(facts.printed(first), TODAY) == first


def test_an_ethnic_group_is_read_with_and_without_its_last_character():
    for name in ETHNICITIES:
        assert facts.ethnicity(name) == facts.ethnicity(f" {name}族") == f"{name}族"
    with pytest.raises(Unreadable, match="火星族"):
        facts.ethnicity("火星族")


def test_an_id_number_agrees_with_month_and_gender():
    assert facts.id_number(GOOD_ID, date(1984, 8, 1), Gender.FEMALE) == GOOD_ID
    assert facts.id_number("'5107 9819 7303 0941 6x", date(1973, 3, 1), None) == "51079819730309416X"


@pytest.mark.parametrize(
    ("number", "born", "gender", "sentence"),
    [
        ("510789198408213221", None, None, "last digit does not fit"),
        (GOOD_ID, date(1901, 1, 1), None, "born in 1984.08, the row says 1901.01"),
        (GOOD_ID, None, Gender.MALE, "other gender"),
        ("510789840821322", None, None, "has 15 characters"),
        ("51078919840821322Y", None, None, "17 digits and a last digit or X"),
        (510789198408213248, None, None, "stored as a figure"),
        ("510700197502300014", None, None, "does not"),
    ],
)
def test_a_wrong_id_number_is_refused_without_being_named(number, born, gender, sentence):
    with pytest.raises(Unreadable, match=sentence) as refusal:
        facts.id_number(number, born, gender)
    assert str(number) not in refusal.value.problem + refusal.value.advice


@given(births, st.integers(0, 999))
def test_a_well_made_id_number_is_read_and_one_changed_digit_is_not(birth, order):
    number = id_of(birth, order)
    gender = Gender.MALE if order % 2 else Gender.FEMALE
    assert facts.id_number(number.lower(), birth.replace(day=1), gender) == number
    place = order % 17
    digit = str((int(number[place]) + 1) % 10)
    if place or digit != "0":
        with pytest.raises(Unreadable):
            facts.id_number(number[:place] + digit + number[place + 1 :], None, None)


@pytest.mark.parametrize(
    "written",
    [13812341234, "13812341234", "138 1234 1234", "138-1234-1234", "+86 13812341234", "１３８１２３４１２３４"],
)
def test_a_phone_number_is_read_however_it_is_spaced(written):
    assert facts.phone(written) == "13812341234"


@pytest.mark.parametrize("written", ["12345", "23812341234", "1381234123", "13812341234/13912341234", "0816-2345678"])
def test_a_wrong_phone_number_is_refused_without_being_named(written):
    with pytest.raises(Unreadable, match="11 digits") as refusal:
        facts.phone(written)
    assert written not in refusal.value.problem


@pytest.mark.parametrize(
    ("read", "written", "printed"),
    [
        (facts.gender, " 女", "女"),
        (facts.category, "各级领导干部", "领导干部"),
        (facts.category, "生产和工作 一线", "生产和工作一线"),
        (facts.front_line, "专技人员", "专业技术人员"),
        (facts.method, "精简名额", "精减名额"),
        (facts.method, "两推一选", "公推直选"),
        (facts.education, "大学本科", "大学"),
        (facts.education, "省委党校研究生", "省委党校研究生"),
    ],
)
def test_words_are_read_with_their_synonyms_and_printed_as_the_roster_has_them(read, written, printed):
    assert facts.printed(read(written)) == printed


@pytest.mark.parametrize(
    ("read", "written"),
    [
        (facts.gender, "未知"),
        (facts.category, "外星代表"),
        (facts.front_line, "其他"),
        (facts.method, "举拳头"),
        (facts.education, "很高"),
    ],
)
def test_an_unknown_word_is_refused_with_the_words_that_are_known(read, written):
    with pytest.raises(Unreadable, match=written) as refusal:
        read(written)
    assert refusal.value.advice.startswith("Type one of: ")


@pytest.mark.parametrize(
    "written", ["王", "王伟（大）", "李4", "=1+1", "张三\u202e李四", "张\x00三", 123, "王" * 41, ""]
)
def test_what_is_not_a_name_is_refused(written):
    with pytest.raises(Unreadable):
        facts.name(written)


def test_text_keeps_its_words_on_one_line_and_refuses_what_cannot_be_seen():
    assert facts.text("青江镇\n党委 委员 ", 20) == "青江镇 党委 委员"
    assert facts.text(12, 20) == "12"
    with pytest.raises(Unreadable, match=r"U\+202E"):
        facts.text("青江\u202e镇", 20)
    with pytest.raises(Unreadable, match="21 characters; at most 20"):
        facts.text("长" * 21, 20)


@given(st.text(max_size=40))
def test_no_reader_breaks_on_any_text(written):
    readers = (
        facts.gender,
        facts.ethnicity,
        facts.category,
        facts.front_line,
        facts.method,
        facts.education,
        facts.phone,
        facts.name,
        lambda value: facts.month(value, TODAY),
        lambda value: facts.id_number(value, None, None),
        lambda value: facts.text(value, 20),
    )
    for read in readers:
        with suppress(Unreadable):
            read(written)


def test_personal_numbers_are_masked_and_short_ones_are_not_numbers():
    assert facts.masked(GOOD_ID) == "5107**********3223"
    assert facts.masked("13812341234") == "138****1234"
    assert facts.masked("12345") == "12345"
