"""The staff's forms: what they refuse, what they tell, and what they leave open."""

import pytest
from django.urls import reverse

from tests.doors.test_admin import form_on, page_of, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(world, sign_in):
    return sign_in(world.users["township"])


@pytest.mark.parametrize(("field", "value", "sentence"), [
    ("elected_on", "0001-01-01", "年份应在"), ("elected_on", "2090-01-01", "晚于今天"),
    ("front_line", "farmer", "一线"), ("education", "胡扯", "学历"), ("name", "王文（女，回族）", "只填姓名"),
    ("joined_party_month", "1961.01", "出生年月"), ("joined_work_month", "1950.01", "出生年月"),
])  # fmt: skip
def test_days_that_make_no_sense_are_refused_in_words(world, clerk, field, value, sentence):
    mandate = world.ours.mandate
    answer = clerk.post(page_of(mandate), form_on(clerk.get(page_of(mandate))) | {field: value})
    assert answer.status_code == 200
    assert sentence in " ".join(answer.context["adminform"].form.errors[field])


def test_a_year_is_loaded_only_with_its_days(world, sign_in):
    office = sign_in(world.users["office"])
    page = reverse("admin:congress_calendaryear_add")
    assert "尚未录入2031年" in office.post(page, {"year": 2031, "source": "x"}).content.decode()
    assert office.post(reverse("admin:congress_calendarday_add"), {"day": "9999-01-01", "note": "x"}).status_code == 200
    assert office.post(reverse("admin:congress_calendarday_add"), {"day": "2031-01-01", "note": "x"}).status_code == 302
    assert office.post(page, {"year": 2031, "source": "x"}).status_code == 302


def test_a_name_whose_strokes_nobody_knows_is_told(world, clerk):
    mandate = world.ours.mandate
    told = clerk.post(page_of(mandate), form_on(clerk.get(page_of(mandate))) | {"name": "王\u9ff0"}, follow=True)
    assert "笔画" in told.content.decode()
    quiet = clerk.post(
        page_of(mandate), form_on(clerk.get(page_of(mandate))) | {"name": "王\u9ff0", "manual_rank": 1}, follow=True
    )
    assert "笔画" not in quiet.content.decode()


def test_the_past_of_both_is_fetched_into_the_form_and_stands_on_a_page_of_its_own(world, clerk):
    mandate = world.ours.mandate
    clerk.post(page_of(mandate), form_on(clerk.get(page_of(mandate))) | {"post": "改过的职务", "votes_for": "7"})
    past = reverse("admin:delegates_mandate_history", args=[mandate.pk])
    assert past in clerk.get(page_of(mandate)).content.decode()
    part = clerk.get(past, headers={"HX-Request": "true"}).content.decode()
    whole = clerk.get(past).content.decode()
    for page in (part, whole):
        assert "改过的职务" in page
        assert "得票数" in page
    assert "<html" in whole
    assert "<html" not in part
    assert clerk.get(reverse("admin:delegates_mandate_history", args=[world.theirs.mandate.pk])).status_code == 404


def test_a_rules_page_is_called_by_the_rules_name(world, sign_in):
    page = sign_in(world.users["office"]).get(reverse("admin:congress_rule_change", args=[world.ours.rule.pk]))
    assert "答复时限（月）：2" in words(page)
    assert "reply_months" not in words(page)


def test_a_new_form_has_chosen_nothing_for_its_editor(clerk):
    page = clerk.get(reverse("admin:delegates_mandate_add"))
    form = page.context["adminform"].form
    for name in ("gender", "method", "main_category", "electing_unit"):
        assert next(iter(form.fields[name].widget.choices))[0] == "", name


def test_a_conflict_is_told_in_the_words_of_the_form(world, sign_in):
    mandate = world.ours.mandate
    first, second = sign_in(world.users["township"]), sign_in(world.users["office"])
    mine, theirs = form_on(first.get(page_of(mandate))), form_on(second.get(page_of(mandate)))
    first.post(page_of(mandate), mine | {"migrant": "on", "birth_month": "1962.02", "gender": "female"})
    told = " ".join(second.post(page_of(mandate), theirs | {"post": "乙"}).context["adminform"].form.non_field_errors())
    for said in ("“是”", "“1962.02”", "“女”"):
        assert said in told
    assert "<" not in told


@pytest.mark.parametrize("year", [0, 99999])
def test_a_year_that_is_none_is_refused(world, sign_in, year):
    page = sign_in(world.users["office"]).post(
        reverse("admin:congress_calendaryear_add"), {"year": year, "source": "x"}
    )
    assert page.status_code == 200
    assert page.context["adminform"].form.errors["year"]


def test_closing_a_form_leads_back_to_the_list_as_it_was(clerk, world):
    page = clerk.get(page_of(world.ours.mandate), {"_changelist_filters": "q=王&status=active"}).content.decode()
    assert "/admin/delegates/mandate/?q=" in page
