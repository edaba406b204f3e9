"""The bulletin on overdue papers: it names the units by their delay, each has it at its desk, each part its step."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from congress.kernel.workflow import Refused
from congress.models import Attachment, Letterhead, Notice, OfficialDocument, Role
from congress.policies import ATTACHMENTS
from congress.services import attachments
from proposals.models import Assignment, SupervisionStep
from proposals.services import bulletins, overview
from tests import factories
from tests.proposals.world import make_world

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def world():
    world = make_world()
    Letterhead.objects.create(organization=world.congress.organization, phone="0816-5551015")
    return world


@pytest.fixture
def clerk(world, sign_in):
    return sign_in(world.office)


def page(name, *args):
    return reverse(f"admin:proposals_{name}", args=args)


def late(world, days, unit=None, title="关于完善场镇排污管网的提议"):
    part = world.assigned([(unit or world.unit, "lead", "")], title=title).assignments.get()
    Assignment.objects.filter(pk=part.pk).update(due_on=TODAY() - timedelta(days=days))
    return Assignment.objects.get(pk=part.pk)


def said(**more):
    asked = "请主要负责人亲自过问，逐件明确完成时限。"
    return {"answer_by": str(TODAY() + timedelta(days=7)), "asked": asked} | more


def test_the_ticked_units_are_named_by_their_delay_and_each_part_gets_its_step(world, clerk):
    short, long = late(world, 3), late(world, 40, world.other, "关于硬化通组道路的提议")
    spared = late(world, 9, title="关于修缮灌溉渠系的提议")
    assert page("bulletin") in clerk.get(page("late")).content.decode()
    asked = clerk.get(page("bulletin") + f"?part={short.pk}&part={long.pk}").content.decode()
    assert "硬化通组道路" in asked
    assert "修缮灌溉渠系" not in asked
    form = said(part=[short.pk, long.pk])
    shown = clerk.post(page("bulletin"), form | {"preview": "1"}).content.decode()
    assert "逾期40天" in shown
    assert not OfficialDocument.objects.filter(kind="supervision-bulletin").exists(), "a preview is not kept"
    for _click in range(2):
        assert clerk.post(page("bulletin"), form).status_code == 302
    document = OfficialDocument.objects.get(kind="supervision-bulletin")
    assert (document.state, document.recipient) == ("issued", f"{world.other.name}，{world.unit.name}")
    assert document.body.index("逾期40天") < document.body.index("逾期3天")
    assert "有2个承办单位的2件超过办理期限" in document.body
    assert "修缮灌溉渠系" not in document.body
    steps = SupervisionStep.objects.filter(kind="bulletin")
    assert set(steps.values_list("assignment", "document")) == {(short.pk, document.pk), (long.pk, document.pk)}
    assert not steps.filter(assignment=spared).exists()


def test_each_named_unit_is_told_and_has_the_bulletin_at_its_desk(world, clerk, sign_in):
    named, spared = late(world, 3), late(world, 40, world.other, "关于硬化通组道路的提议")
    clerk.post(page("bulletin"), said(part=[named.pk]))
    document = OfficialDocument.objects.get(kind="supervision-bulletin")
    assert Notice.objects.filter(recipient=world.desk, body__contains=document.number_text).count() == 1
    assert document.title in sign_in(world.desk).get(reverse("unit_assignment", args=[named.pk])).content.decode()
    assert document.title not in sign_in(world.other_desk).get(
        reverse("unit_assignment", args=[spared.pk])
    ).content.decode()  # fmt: skip
    document.archive = attachments.keep(
        b"%PDF-1.4", name="通报.pdf", kind=Attachment.Kind.PDF, organization=document.organization, by=world.office
    )
    document.save(update_fields=["archive"])
    assert ATTACHMENTS.visible(world.desk).filter(pk=document.archive_id).exists()
    assert not ATTACHMENTS.visible(world.other_desk).filter(pk=document.archive_id).exists()


def test_nothing_ticked_a_day_past_and_what_was_settled_meanwhile_are_told(world, clerk):
    part = late(world, 3)
    assert clerk.get(page("bulletin")).url == page("late")
    answer = clerk.post(page("bulletin"), said(part=[part.pk], answer_by=str(TODAY())))
    assert answer.status_code == 200
    assert answer.context["form"].errors["answer_by"]
    assert "逐件明确完成时限" in answer.content.decode(), "what was typed stays"
    rows = overview.late(world.office, TODAY())
    Assignment.objects.filter(pk=part.pk).update(due_on=TODAY() + timedelta(days=30))
    facts = {"answer_by": TODAY() + timedelta(days=7), "asked": "请抓紧办理，逐件明确完成时限。"}
    with pytest.raises(Refused, match="已不再逾期"):
        bulletins.issue(rows, by=world.office, **facts)
    with pytest.raises(PermissionDenied):
        bulletins.issue(rows, by=world.desk, **facts)
    assert not OfficialDocument.objects.filter(kind="supervision-bulletin").exists()


def test_a_unit_is_named_once_a_day_and_a_gap_in_the_letterhead_is_told(world, clerk):
    first, second = late(world, 3), late(world, 4, world.other, "关于硬化通组道路的提议")
    clerk.post(page("bulletin"), said(part=[first.pk]))
    told = clerk.post(page("bulletin"), said(part=[first.pk, second.pk]))
    assert "今天已经通报过" in told.content.decode()
    Letterhead.objects.update(phone="")
    told = clerk.post(page("bulletin"), said(part=[second.pk])).content.decode()
    assert "联系电话" in told
    assert SupervisionStep.objects.filter(kind="bulletin").count() == 1


def test_the_neighbours_office_can_name_nobody_here(world, sign_in):
    part = late(world, 3)
    neighbour = sign_in(factories.make_user(Role.TOWNSHIP, factories.make_township(name="凤台镇")))
    assert neighbour.post(page("bulletin"), said(part=[part.pk])).url == page("late")
    reader = sign_in(factories.make_user(Role.ORGANISATION_DEPARTMENT, world.congress.organization))
    assert page("bulletin") + '"' in reader.get(page("late")).content.decode()  # the form is there, without its button
    assert 'name="part"' not in reader.get(page("late")).content.decode()
    assert reader.post(page("bulletin"), said(part=[part.pk])).status_code == 403
    assert not SupervisionStep.objects.exists()
