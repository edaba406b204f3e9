"""The office at its desk: a bad roster, a good one, and a neighbour who tries an address."""

import pytest

from congress.models import Congress, Role
from delegates.models import Mandate
from tests import factories
from tests.doors.world import MARK, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROSTER, BAD = "tests/data/roster.xlsx", "tests/data/roster_bad.xlsx"


def test_staff_import_a_bad_roster_and_then_a_good_one(visitor, worker, staff):
    district = factories.make_district()
    factories.make_congress(factories.make_township(district, "青江镇"))
    clerk = visitor()
    clerk.sign_in(*staff(factories.make_user(Role.OFFICE, district), "orange-bicycle-7-window"))

    clerk.go("/admin/congress/importrun/add/")
    clerk.page.set_input_files("#id_file", BAD)
    clerk.page.click(".lo-btn")
    clerk.sees("有错误，请修改工作簿后重新上传")
    clerk.page.click(".lo-tabs a:last-child")
    clerk.sees("1975.13")
    assert clerk.page.locator("tr .lo-tag.rejected").count() >= 13
    with clerk.page.expect_download() as download:
        clerk.page.get_by_text("下载错误清单").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    assert not Mandate.objects.exists()

    clerk.go("/admin/congress/importrun/add/")
    clerk.page.set_input_files("#id_file", ROSTER)
    clerk.page.check("#id_create_missing")
    clerk.page.click(".lo-btn")
    clerk.sees("已检查，待您确认")
    assert not Mandate.objects.exists()  # shown, not yet written
    clerk.page.get_by_role("button", name="写入名册").click()
    clerk.sees("已完成")
    assert Mandate.objects.count() == 956
    assert Congress.objects.count() == 12

    clerk.go("/admin/delegates/mandate/?q=wf")
    clerk.sees("王")


def test_a_township_that_tries_its_neighbours_address_finds_nothing(visitor, staff):
    world = make_world()
    nosy = visitor()
    nosy.sign_in(*staff(world.users["township"], "orange-bicycle-7-window"))
    nosy.go(f"/admin/delegates/mandate/{world.ours.mandate.pk}/change/")
    nosy.sees("王文")
    response = nosy.go(f"/admin/delegates/mandate/{world.theirs.mandate.pk}/change/")
    assert response.status == 404
    nosy.sees("没有这个页面")
    assert MARK not in nosy.page.content()
    nosy.go("/admin/delegates/mandate/")
    assert MARK not in nosy.page.content()
