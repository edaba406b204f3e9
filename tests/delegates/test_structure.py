"""The structure: a printed county's shares, guidance at its boundary, each township its own, terms side by side."""

import io
from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from openpyxl import load_workbook

from congress.kernel import rules
from congress.kernel.reports import ReportRefused
from congress.models import Role, Rule, User
from delegates.models import (
    ElectingUnit,
    FrontLine,
    Gender,
    MainCategory,
    Mandate,
    MandateStatus,
    Person,
)
from delegates.reports import Structure
from delegates.services import composition_lists, structure
from delegates.services.demo_terms import seed_structure
from delegates.services.figures import figures
from delegates.services.persons import roster_key
from tests.factories import make_body, make_congress, make_district, make_mandate, make_person, make_township, make_user

pytestmark = pytest.mark.django_db
ROSTER = Path(__file__).parent.parent / "data" / "roster.xlsx"


@pytest.fixture(autouse=True)
def _sunday():
    with time_machine.travel("2026-11-22T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def congress():
    return make_congress(make_township(make_district(), "青江镇"), starts_on=date(2026, 5, 10))


def guide(organization, on=date(2026, 1, 1), **percents):
    for name, value in percents.items():
        Rule.objects.create(
            key=f"target_{name}_percent",
            organization=organization,
            valid_from=on,
            value=value,
            source="明委发〔2026〕3号",
        )


def verdict(line, name):
    return next(one for one in line.verdicts if one.ratio.name == name)


def composed(user=None):
    return structure.compose(user, structure.in_office(user))


# 定安县第十四次党代会, 220 delegates (reference.md §2.2): what was printed.
PRINTED = {
    "cadres": (126, "57.3"), "front": (90, "40.9"), "workers": (11, "5.0"), "farmers": (44, "20.0"),
    "professionals": (45, "20.5"), "models": (45, "20.5"), "military": (4, "1.8"), "women": (66, "30.0"),
    "under_45": (152, "69.1"),
}  # fmt: skip


def expand(*pairs):
    return [value for value, times in pairs for _number in range(times)]


def test_the_shares_of_a_real_county_are_as_it_printed_them(congress):
    categories = expand(
        (MainCategory.LEADING_CADRE, 126), (MainCategory.FRONT_LINE, 90), (MainCategory.MILITARY_POLICE, 4)
    )
    kinds = [
        *(FrontLine.WORKER,) * 11,
        *(FrontLine.FARMER,) * 44,
        *(FrontLine.PROFESSIONAL,) * 45,
        *(FrontLine.MODEL,) * 45,
    ]
    kinds = ["", *kinds, *("",) * 74][:220]
    genders = expand((Gender.FEMALE, 66), (Gender.MALE, 154))
    births = expand((date(1980, 12, 1), 152), (date(1980, 11, 1), 68))  # 45 full years, and 46
    first = make_person(congress.organization)
    persons = [
        Person(
            organization=first.organization, name="某", gender=gender, ethnicity="汉族", birth_month=birth, post="某"
        )
        for gender, birth in zip(genders, births, strict=True)
    ]
    Person.objects.bulk_create(persons)
    unit = make_body(ElectingUnit, congress, "某村党支部")
    seats = [
        Mandate(
            person=person,
            congress=congress,
            electing_unit=unit,
            main_category=category,
            front_line=kind,
            method="competitive",
        )
        for person, category, kind in zip(persons, categories, kinds, strict=True)
    ]
    for seat in seats:
        seat.roster_key = roster_key(seat)
    Mandate.objects.bulk_create(seats)
    (line,) = composed().lines
    assert line["total"] == 220
    assert {name: (line[name], str(line.share(name))) for name in PRINTED} == PRINTED
    assert line["cadres"] + line["front"] + line["military"] == line["total"]
    text = Structure(None, {"congress": congress.code}).html()
    for number, share in PRINTED.values():
        assert f">{number}<" in text or share == "69.1"
    assert "57.3" in text


@pytest.mark.parametrize(("women", "asked", "missing"), [
    (3, "30", 0), (2, "30", 1), (3, "30.1", 1), (0, "100", 10), (0, "0", 0), (10, "100", 0), (3, "28.5", 0),
])  # fmt: skip
def test_a_share_is_short_by_as_many_delegates_as_the_guidance_lacks(congress, women, asked, missing):
    for number in range(10):
        make_mandate(congress, "王一", gender=Gender.FEMALE if number < women else Gender.MALE)
    guide(congress.organization, women=asked)
    (line,) = composed().lines
    assert verdict(line, "women").missing == missing
    assert (verdict(line, "women").asked is None) == (asked == "0")


@pytest.mark.parametrize(("cadres", "asked", "over"), [(6, "60", 0), (7, "60", 1), (6, "59.9", 1), (10, "100", 0)])
def test_a_ceiling_is_passed_by_as_many_delegates_as_stand_above_it(congress, cadres, asked, over):
    for number in range(10):
        category = MainCategory.LEADING_CADRE if number < cadres else MainCategory.FRONT_LINE
        make_mandate(congress, "王一", main_category=category)
    guide(congress.organization, cadres=asked)
    (line,) = composed().lines
    assert verdict(line, "cadres").missing == over


def test_nobody_in_office_is_no_shortage(congress):
    guide(congress.organization, women="30")
    (line,) = composed().lines
    assert verdict(line, "women").missing == 0
    assert line.share("women") == ""


def test_the_nearest_guidance_in_force_on_the_day_decides(congress):
    district = congress.organization.parent
    other = make_congress(make_township(district, "石桥镇"))
    make_mandate(congress, "王一")
    make_mandate(other, "王二")
    guide(district, women="30")
    guide(congress.organization, women="35")
    guide(congress.organization, on=date(2027, 1, 1), women="50")
    Rule.objects.create(
        key="target_women_percent", level="township", valid_from=date(2026, 1, 1), value="10", source="x"
    )
    found = composed()
    assert [verdict(line, "women").asked for line in found.lines] == [35, 30]
    assert verdict(found.total, "women").asked == 30
    assert verdict(found.total, "women").source == "明委发〔2026〕3号"
    for line in found.lines:  # one query for all of them says what the reader for one says
        held = {one.ratio.rule: one.asked for one in line.verdicts}
        assert held == {key: rules.value(key, line.congress.organization, date(2026, 11, 22)) for key in held}


@pytest.mark.parametrize("text", ["-1", "101", "30%", "三十", "30.55", "1e1", "NaN", ""])
def test_a_share_is_a_number_from_0_to_100(text):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError) as refused:
        rules.check("target_women_percent", text)
    assert "100" in refused.value.messages[0]


def test_a_township_counts_its_own_and_no_other(congress):
    other = make_congress(make_township(name="石桥镇"))
    make_mandate(congress, "王一", also_npc_deputy=True, migrant=True, group="一组")
    make_mandate(other, "王二", also_npc_deputy=True, migrant=True, group="二组")
    user = make_user(Role.TOWNSHIP, congress.organization)
    found = composed(user)
    assert [line.name for line in found.lines] == ["青江镇"]
    assert found.total["total"] == found.total["npc"] == 1
    both = [congress, other]  # even asked for the neighbour's, it gets nobody of them
    assert [line["total"] for line in structure.compose(user, both).lines] == [1, 0]
    for some in composition_lists.named(user, both, 9).values():
        assert [one.person.name for one in some] == ["王一"]
    assert [group.name for group in composition_lists.thin_groups(user, structure.compose(user, both))] == ["一组"]
    assert not composed(make_user(Role.DELEGATE)).lines
    assert not composed(make_user(Role.SYSADMIN)).lines


def test_the_number_of_queries_is_the_same_for_any_number_of_townships(django_assert_num_queries):
    district = make_district()
    user = make_user(Role.OFFICE, district)
    for name in ("青江镇", "石桥镇", "凤台镇"):
        town = make_township(district, name)
        for number in (14, 15):
            years = (date(2021, 5, 1), date(2026, 5, 1)) if number == 14 else (date(2026, 5, 1), date(2031, 5, 1))
            make_mandate(make_congress(town, number, starts_on=years[0], ends_on=years[1]), "王一", group="一组")
        asker = User.objects.get(pk=user.pk)
        with django_assert_num_queries(9):
            found = composed(asker)
            composition_lists.thin_groups(asker, found)


def test_terms_of_one_organisation_stand_side_by_side(congress):
    before = make_congress(congress.organization, 14, starts_on=date(2021, 5, 12), ends_on=date(2026, 5, 10))
    stayed = make_mandate(congress, "王芳", gender=Gender.FEMALE, birth_month=date(1975, 7, 1))
    make_mandate(congress, "王一", main_category=MainCategory.FRONT_LINE, birth_month=date(1990, 1, 1))
    make_mandate(before, stayed.person, status=MandateStatus.EXPIRED)
    for name in ("李二", "李三", "李四"):
        make_mandate(before, name, status=MandateStatus.EXPIRED, birth_month=date(1960, 1, 1))
    make_mandate(before, "李五", status=MandateStatus.VOID)  # never sat
    found = composed()
    (trend,) = found.trends
    assert [term.name for term in trend.terms] == ["第十四届", "第十五届"]
    assert [term["total"] for term in trend.terms] == [4, 2]
    assert [str(term.share("women")) for term in trend.terms] == ["25.0", "50.0"]
    assert [term["young_then"] for term in trend.terms] == [1, 1]  # she was 45 when that term opened, and is 51
    assert [str(term.share("cadres")) for term in trend.terms] == ["100.0", "50.0"]
    assert found.total["total"] == 2
    assert found.total["again"] == 1
    assert figures(None)["delegates"] == 2
    both = structure.together([trend, trend], "上届", "本届")
    assert [(term.name, term["total"]) for term in both.terms] == [("上届", 8), ("本届", 4)]


def test_bands_of_age_education_and_years_in_the_party_add_up(congress):
    facts = [("大专", "大学"), ("高中", "研究生"), ("初中", ""), ("大学", "大专"), ("大专", "")]
    joined = [date(2015, 12, 1), date(2015, 11, 1), date(1995, 12, 1), date(1995, 11, 1), None]
    for (education, later), month in zip(facts, joined, strict=True):
        make_mandate(congress, "王一", education=education, in_service_education=later, joined_party_month=month)
    total = composed().total
    assert [total[band] for band in structure.BANDS["education"]] == [1, 2, 1, 1]
    assert [total[band] for band in structure.BANDS["party"]] == [1, 1, 1, 1, 1]
    for bands in structure.BANDS.values():
        assert sum(total[band] for band in bands) == total["total"] == 5


def test_a_group_is_warned_of_when_more_than_half_of_those_in_office_work_away(congress):
    for number in range(4):
        make_mandate(congress, "王一", migrant=number < 2, group="一组")
        make_mandate(congress, "王二", migrant=number < 3, group="二组")
    make_mandate(congress, "王三", migrant=True, group="一组", status=MandateStatus.TERMINATED)
    (thin,) = composition_lists.thin_groups(None, composed())
    assert (thin.name, thin.serving, thin.away, thin.home) == ("二组", 4, 3, 1)
    rule = Rule.objects.create(key="group_migrant_warn_percent", valid_from=date(2026, 1, 1), value="0", source="x")
    assert not composition_lists.thin_groups(None, composed())
    Rule.objects.filter(pk=rule.pk).update(value="40")
    assert len(composition_lists.thin_groups(None, composed())) == 2


def test_a_cut_off_before_1949_is_refused_with_a_sentence(congress):
    make_mandate(congress, "王一")
    with pytest.raises(ReportRefused, match="1949"):
        Structure(None, {"cutoff": "1948-12"})
    assert Structure(None, {"cutoff": "1949-10"}).html()


def test_the_printed_table_holds_guidance_and_terms_in_every_format(congress):
    before = make_congress(congress.organization, 14, starts_on=date(2021, 5, 12), ends_on=date(2026, 5, 10))
    make_mandate(before, "李二", status=MandateStatus.EXPIRED)
    make_mandate(congress, "王芳", gender=Gender.FEMALE, delegation="第一代表团", migrant=True)
    make_mandate(congress, "王一", delegation="第二代表团", also_npc_deputy=True)
    guide(congress.organization, women="80")
    report = Structure(None, {"congress": congress.code})
    main, guidance, terms = report.sections
    assert [record.name for record in main.records] == ["第一代表团", "第二代表团"]
    sums = [column.value(report.composed.total) for column in main.columns]
    assert main.totals[5:] == sums[5:]
    women = next(row for row in guidance.table if row[0] == "女")
    assert women[1:5] == ["不低于80%", 1, structure.Share(50), "还差1名"]
    assert women[-1] == "明委发〔2026〕3号"
    assert [row[:2] for row in terms.table] == [["第十四届", 1], ["第十五届", 2]]
    html = report.html()
    assert html.count("历届比较") >= 2
    book = load_workbook(io.BytesIO(report.render("xlsx")))
    assert [sheet.title for sheet in book.worksheets][1:] == ["与指导比例对照", "历届比较"]
    assert "还差1名" in [cell.value for row in book.worksheets[1].iter_rows() for cell in row]
    past = Structure(None, {"congress": before.code})  # a term that is over is counted as it ended
    assert past.sections[0].totals[3] == 1


def test_the_townships_that_miss_the_guidance_are_named_by_how_many(congress):
    other = make_congress(make_township(name="石桥镇"))
    make_mandate(congress, "王芳", gender=Gender.FEMALE)
    make_mandate(other, "王一")
    guide(congress.organization.parent, women="40")
    guidance = Structure(None).sections[1]
    women = next(row for row in guidance.table if row[0] == "女")
    assert women[4:6] == ["达到", "石桥镇还差1名"]


@pytest.fixture
def district():
    district = make_district()
    call_command("import_roster", ROSTER, organization=district.code, create=True, stdout=io.StringIO())
    return district


def test_the_demonstration_has_guidance_and_a_term_before_that_change_no_figure(district):
    def counts():
        return Rule.objects.count(), Mandate.objects.count(), Person.objects.count()

    figures_before = figures(None)
    seed_structure(district)
    made = counts()
    seed_structure(district)
    assert counts() == made
    assert figures(None) == figures_before
    found = composed()
    assert [trend.name for trend in found.trends] == ["青江镇", "石桥镇"]
    assert all(trend.terms[-1]["again"] > 20 for trend in found.trends)
    assert {one.missing > 0 for one in found.total.verdicts} == {True, False}
    assert found.total["overlap"] > 50
    assert composition_lists.thin_groups(None, found)
    rows = Structure(None).sections[0]
    assert rows.totals[3] == 956
