"""Seats night by night, and the two numbers that may not be given twice: seats of a congress, certificates."""

import io
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from congress.kernel.workbooks import read_workbook
from congress.models import Congress, Role, Session
from congress.services import nightly
from delegates.models import ElectingUnit, Mandate, Vacancy, VacancyState
from delegates.services.roster import RosterImport
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def congress():
    return factories.make_congress(factories.make_township(name="石桥镇"), starts_on=date(2026, 5, 10))


@pytest.fixture
def units(congress):
    return [factories.make_body(ElectingUnit, congress, name) for name in ("安塘村党支部", "白鹤村党支部")]


def vacant():
    return dict(Vacancy.objects.filter(state=VacancyState.OPEN).values_list("electing_unit__name", "cause"))


def test_a_night_opens_the_vacancies_of_quotas_that_came_before_them(congress, units):
    for unit in units:
        factories.make_mandate(congress, "王文" if unit is units[0] else "李四", electing_unit=unit)
    ElectingUnit.objects.update(seat_quota=2)
    ElectingUnit.objects.filter(pk=units[1].pk).update(seat_quota=1)
    nightly.run()
    assert vacant() == {"安塘村党支部": "quota"}
    nightly.run()
    assert vacant() == {"安塘村党支部": "quota"}, "a second night does nothing twice"


def test_a_delegate_a_roster_moves_leaves_a_vacancy_and_fills_one(congress, units):
    moved = factories.make_mandate(congress, "王文", electing_unit=units[0])
    factories.make_mandate(congress, "赵六", electing_unit=units[0])
    factories.make_mandate(congress, "李四", electing_unit=units[1])
    ElectingUnit.objects.update(seat_quota=2)
    nightly.run()
    assert vacant() == {"白鹤村党支部": "quota"}
    Mandate.objects.filter(pk=moved.pk).update(electing_unit=units[1])  # as a roster's row does
    nightly.run()
    assert vacant() == {"安塘村党支部": "quota"}


def test_a_term_that_is_over_gets_no_vacancies(congress, units):
    factories.make_mandate(congress, "王文", electing_unit=units[0], status="expired")
    ElectingUnit.objects.filter(pk=units[0].pk).update(seat_quota=2)
    successor = factories.make_congress(congress.organization, 16)
    Session.objects.create(congress=successor, number=1, kind="electing", starts_on=timezone.localdate())
    nightly.run()
    assert not vacant()


def test_a_congress_has_no_fewer_seats_than_its_units(congress, units, sign_in):
    ElectingUnit.objects.update(seat_quota=2)
    clerk = sign_in(factories.make_user(Role.TOWNSHIP, congress.organization))
    page = reverse("admin:congress_congress_change", args=[congress.pk])

    def save(seats):
        data = {"naming": "standing", "starts_on": "2026-05-10", "ends_on": "", "turnover_basis": "", "seats": seats}
        version = Congress.objects.get(pk=congress.pk).version
        return clerk.post(page, data | {"version": version, "seen_version": version}, follow=True).content.decode()

    assert "已分配4个名额" in save(3)
    assert Congress.objects.get(pk=congress.pk).seats is None
    assert "已分配" not in save(4)
    assert Congress.objects.get(pk=congress.pk).seats == 4


def test_a_certificate_number_is_one_delegates(congress):
    factories.make_mandate(congress, "王文", certificate_number="石桥15-001")
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_mandate(congress, "李四", certificate_number="石桥15-001")
    factories.make_mandate(factories.make_congress(congress.organization, 16), "李四", certificate_number="石桥15-001")
    factories.make_mandate(congress, "赵六")
    factories.make_mandate(congress, "孙七")


def test_a_roster_does_not_give_a_certificate_number_twice(congress):
    factories.make_body(ElectingUnit, congress, "安塘村党支部")
    factories.make_mandate(congress, "王文", certificate_number="石桥15-001")
    header = [
        "姓名", "性别", "民族", "出生年月", "代表类别", "选举单位", "产生方式", "代表证号", "工作单位及职务",
    ]  # fmt: skip
    book = Workbook()
    book.active.title = "石桥镇"
    book.active.append(["石桥镇第十五届党代表大会代表花名册"])
    book.active.append(header)
    for name, number in [("李四", "石桥15-001"), ("赵六", "石桥15-002"), ("孙七", "石桥15-002"), ("周八", "")]:
        book.active.append([name, "男", "汉", "1974.08", "领导干部", "安塘村党支部", "重新选举", number, "村民"])
    out = io.BytesIO()
    book.save(out)
    planned = RosterImport(congress.organization, create_missing=False).plan(read_workbook(out.getvalue()))
    refused = [(row.number, cell.column, cell.after) for row in planned.rows for cell in row.cells if cell.problem]
    assert refused == [(3, "代表证号", "石桥15-001"), (5, "代表证号", "石桥15-002")]
