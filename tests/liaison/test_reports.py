"""P06 to P09: their rows, their sums, and what they do not tell."""

import pytest

from congress.kernel.reports import ReportRefused, report_class
from congress.models import Role
from delegates.models import CommitteeMember
from liaison.models import CommitteeLink
from tests.factories import make_congress, make_contact, make_district, make_mandate, make_township, make_user

pytestmark = pytest.mark.django_db
DAY = "2026-06-01"


@pytest.fixture
def district():
    """Two townships; in the first a member looks after a group and one delegate, who has contacts."""
    district = make_district()
    congress = make_congress(make_township(district, "青江镇"))
    first = make_mandate(congress, "王勇", group="一组")
    make_mandate(congress, "李明", group="二组")
    make_mandate(make_congress(make_township(district, "石桥镇")), "赵云", group="三组")
    member = CommitteeMember.objects.create(congress=congress, name="曾文胜", post="副书记", duties="党建")
    CommitteeLink.objects.create(member=member, group=first.group, since=DAY)
    CommitteeLink.objects.create(member=member, mandate=first, since=DAY)
    for name in ("张三", "李四", "王五"):
        make_contact(first, name, kind="party_member", targets=["veteran"], phone="13800000003")
    make_contact(first, "赵六", other="独居")
    return district


def tables(key, district, user=None):
    report = report_class(key)(user, {"organization": district.code})
    return [section.table for section in report.sections], report


def test_the_groups_say_who_looks_after_them(district):
    found, report = tables("p06-groups", district)
    assert [[row[1], row[5], row[6]] for table in found for row in table] == [
        ["一组", 1, "曾文胜"], ["二组", 1, "未安排"], ["三组", 1, "未安排"],
    ]  # fmt: skip
    assert [section.totals[5] for section in report.sections] == [2, 1]
    assert "1个小组尚未安排" in report.sections[0].notes[0]


def test_the_members_stand_with_their_groups_delegates_and_flags(district):
    found, report = tables("p07-committee-links", district)
    assert found == [[[1, "曾文胜", "副书记", "党建", "一组", 1, "王勇", 1, "代表少2"]]]
    assert report.sections[0].totals[5:8] == [1, "", 1]


def test_the_delegates_stand_with_their_people_and_without_numbers(district):
    found, report = tables("p08-contacts", district)
    rows = {row[1].replace("　", ""): row for table in found for row in table}
    assert rows["王勇"][3:] == ["张三、李四、王五", 3, "赵六", 1, "老党员3、独居1", "群众少2"]
    assert rows["李明"][8] == "党员少3、群众少3"
    assert [section.totals[4] for section in report.sections] == [3, 0]
    assert "3800000003" not in report.html()


def test_the_coverage_counts_both_ways_and_lists_who_is_missed(district):
    found, report = tables("p09-coverage", district)
    assert [[str(cell) for cell in row[1:10]] for row in found[0]] == [
        ["青江镇", "2", "2", "1", "1", "1", "1", "50.0", "1"], ["石桥镇", "1", "1", "0", "0", "0", "0", "0.0", "1"],
    ]  # fmt: skip
    assert [row[2].replace("　", "") for row in found[1]] == ["李明", "赵云"]
    assert report.sections[0].totals[10:] == [3, "1.00", 2, 1, "0.33", 3]


def test_a_township_prints_its_own_and_a_reader_no_names_of_contacts(district):
    reader = make_user(Role.ORGANISATION_DEPARTMENT, district)
    with pytest.raises(ReportRefused):
        tables("p08-contacts", district, reader)
    found, _report = tables("p09-coverage", district, reader)
    assert found[0][0][10] == 3, "how many is no secret"
    town = make_user(Role.TOWNSHIP, make_township(district, "龙溪镇"))
    with pytest.raises(ReportRefused):
        tables("p09-coverage", district, town)


@pytest.mark.parametrize("key", ["p06-groups", "p07-committee-links", "p08-contacts", "p09-coverage"])
def test_each_is_made_in_the_same_queries_for_any_number(district, key, django_assert_max_num_queries):
    for number in range(9):
        make_contact(make_mandate(make_congress(make_township(district, f"第{number}镇")), "钱多"))
    with django_assert_max_num_queries(12):
        assert tables(key, district)[0]
