"""The yearly assessment of units: points by hand, ranks, who is proposed, and rules that do not fit together."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from congress.kernel import rules
from congress.kernel.reports import ReportRefused, report_class
from congress.kernel.workflow import Refused
from congress.models import Rule
from proposals.models import Assignment, DelegateContact
from proposals.services import handling
from proposals.services.assessment import assess
from tests.proposals.world import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _autumn():
    with time_machine.travel("2026-09-04T09:00:00+08:00", tick=False):
        yield


@pytest.fixture
def world():
    return make_world()


def set_rule(key, value):
    Rule.objects.create(key=key, level="township", valid_from=date(2026, 1, 1), value=value, source="试")


def answered(world, unit, desk, letter, result="satisfied", *, contact=False):
    """A paper the unit answered, with the lead proposer's opinion of it."""
    row = world.assigned([(unit, "lead", "")], title="关于硬化通组道路的提议").assignments.get()
    row = world.begin(row, desk)
    if contact:
        DelegateContact.objects.create(
            assignment=row, mandate=world.lead, way="visit", on=timezone.localdate(), text="上门听取意见。"
        )
    world.desk, kept = desk, world.desk
    proposal = world.answered(row, reply_class=letter)
    world.desk = kept
    text = "没有说明时限。" if result == "dissatisfied" else ""
    handling.give_feedback(proposal, world.lead, attitude="satisfied", result=result, text=text, by=world.user)
    return row


def make_late(row):
    day = timezone.localdate() - timedelta(days=3)
    Assignment.objects.filter(pk=row.pk).update(due_on=day, original_due_on=day)


def test_points_are_those_counted_by_hand(world):
    town = world.congress.organization
    answered(world, world.unit, world.desk, "A", contact=True)
    answered(world, world.unit, world.desk, "C", "dissatisfied")
    make_late(world.working())
    answered(world, world.other, world.other_desk, "A", contact=True)
    (best, second), held = assess(None, town, 2026)
    assert (held.points, held.values, held.excellent) == (
        {"on_time": 30, "class": 25, "satisfaction": 30, "contact": 15}, (100, 80, 40, 20), 20,
    )  # fmt: skip
    assert (best.tally.name, best.rank, best.total) == ("区财政局", 1, 100.0)
    # Two of three in time, an A and a C, one of two content, one of two spoken with.
    assert second.points == {
        "on_time": pytest.approx(30 * 2 / 3), "class": pytest.approx(25 * 1.4 / 2), "satisfaction": 15, "contact": 7.5,
    }  # fmt: skip
    assert (second.tally.name, second.rank, second.total) == ("区住房和城乡建设局", 2, 60.0)


def test_a_denied_contact_does_not_count(world):
    answered(world, world.unit, world.desk, "A", contact=True)
    DelegateContact.objects.update(denied_at=timezone.now())
    ((line,), _held) = assess(None, world.congress.organization, 2026)
    assert line.points["contact"] == 0


def test_what_cannot_be_judged_is_left_out_and_the_rest_scaled(world):
    world.answered()
    ((line,), _held) = assess(None, world.congress.organization, 2026)
    assert "satisfaction" not in line.points
    assert line.total == round(100 * (30 + 25) / 70, 1)


def test_who_only_assists_is_not_ranked(world):
    world.working([(world.unit, "lead", ""), (world.other, "assist", "")])
    lines, _held = assess(None, world.congress.organization, 2026)
    assert {line.tally.name: line.rank for line in lines} == {"区住房和城乡建设局": None, "区财政局": None}


def test_about_a_fifth_is_proposed_and_equals_together(world):
    town = world.congress.organization
    answered(world, world.unit, world.desk, "A")
    answered(world, world.other, world.other_desk, "C")
    set_rule("assess_excellent_percent", "50")
    first, second = assess(None, town, 2026)[0]
    assert (first.is_proposed, second.is_proposed) == (True, False)
    Rule.objects.update(value="20")
    assert not any(line.is_proposed for line in assess(None, town, 2026)[0]), "a fifth of two is none"


def test_points_that_do_not_make_a_hundred_are_refused_with_the_sum(world):
    town = world.congress.organization
    set_rule("assess_contact", "20")
    with pytest.raises(Refused, match="105"):
        assess(None, town, 2026)
    with pytest.raises(ReportRefused, match="105"):
        report_class("d05-unit-assessment")(None, {"organization": town.code}).render("html")


@pytest.mark.parametrize("wrong", ["100,80,40", "80,100,40,20", "100,80,40,-1", "A"])
def test_the_worth_of_the_classes_is_four_falling_numbers(wrong):
    assert rules.DECLARED["assess_class_values"].read("100，80,40,20") == (100, 80, 40, 20)
    with pytest.raises(ValueError):  # noqa: PT011 -- the reader's own, turned into a sentence by `check`
        rules.DECLARED["assess_class_values"].read(wrong)


def test_the_printed_table_has_the_counts_beside_the_points(world):
    answered(world, world.unit, world.desk, "A", contact=True)
    report = report_class("d05-unit-assessment")(world.office, {"year": "2026"})
    (section,) = report.sections
    titles = [column.title for column in section.columns]
    (cells,) = section.table
    line = dict(zip(titles, map(str, cells), strict=True))
    assert (line["名次"], line["承办单位"], line["承办"], line["按期"], line["A"], line["收回"], line["总分"]) == (
        "1", "区住房和城乡建设局", "1", "1", "1", "1", "100.0",
    )  # fmt: skip
    assert line["按期\n30分"] == "30.0"
    assert report.heading == "石桥镇2026年度提案提议承办单位考评表"
    assert report_class("d05-unit-assessment")(None, {"year": "2025"}).count == 0
