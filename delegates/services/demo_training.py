"""The demonstration's trainings: a year's sign-in lists through the real import, their plan, and two days to come."""

from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from congress.models import Organization
from congress.services import imports
from delegates.models import Attendance, Course, CourseKind, TrainingPlan, TrainingSession
from delegates.services.training_import import TrainingImport

YEAR = 2026
GOALS = (
    "围绕党的路线方针政策、党代表履职能力、调研与提案写作、实用种养技术四个方面，全年集中培训二十次以上，"
    "使每名代表每年至少参加一次培训、培训时间不少于八学时。"
)
NOTES = (
    "通过学习，对党代表的职责有了更清楚的认识。回去后多到群众家里走一走、听一听，把大家关心的饮水、道路问题整理成提案。",
    "写提案要先调研、讲数据、提办法。下一步准备就村里小型水利设施管护做一次调查，会前征求党员意见。",
    "听了种养技术课，很受启发。打算联系合作社试种两亩，成功了再带动周边农户。",
)
KINDS = {"实用种养技术": CourseKind.TOUR, "调研与提案写作": CourseKind.LECTURE}


def seed_training(district: Organization, workbook: Path) -> None:
    """Make what is missing; run again, it changes nothing."""
    TrainingPlan.objects.get_or_create(
        organization=district, year=YEAR, defaults={"title": f"{YEAR}年度党代表培训计划", "goals": GOALS}
    )
    if not Attendance.objects.exists():
        imports.run_from_console(TrainingImport(district), district, workbook, dry_run=False)
        for title, kind in KINDS.items():
            Course.objects.filter(organization=district, year=YEAR, title=title).update(kind=kind)
        TrainingSession.objects.filter(course__organization=district, place="").update(place="区委党校报告厅")
        _write_notes(district)
    _make_days_to_come(district)


def _write_notes(district: Organization) -> None:
    """A published study note on each of three courses."""
    for title, note in zip(("党代表履职能力", "调研与提案写作", "实用种养技术"), NOTES, strict=True):
        came = Attendance.objects.filter(session__course__organization=district, session__course__title=title)
        written = came.order_by("session__held_on", "mandate__roster_key").values("pk")[:1]
        Attendance.objects.filter(pk__in=written).update(note=note, note_offered=True, note_published=True)


@transaction.atomic
def _make_days_to_come(district: Organization) -> None:
    """One today, whose sign-in is open, and one next week, in their own year's plan if there is one."""
    today = timezone.localdate()
    if Course.objects.filter(organization=district, title="学习贯彻党代会精神").exists():
        return
    for day in (today, today + timedelta(days=7)):
        plan = TrainingPlan.objects.filter(organization=district, year=day.year).first()
        course, _fresh = Course.objects.get_or_create(
            organization=district,
            year=day.year,
            title="学习贯彻党代会精神",
            defaults={"plan": plan, "kind": CourseKind.REPORT, "topic": "专题报告与分组讨论。"},
        )
        ahead = {"starts_at": time(9), "ends_at": time(11, 30)} if day > today else {}
        TrainingSession.objects.create(
            course=course, held_on=day, hours=Decimal(4), place="区委党校报告厅", teacher="区委党校　陈明远", **ahead
        )
