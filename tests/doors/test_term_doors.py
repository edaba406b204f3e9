"""A term led from the office's pages: decisions, elections, credentials, filings, sessions, quotas."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from congress.models import Attachment, Congress, JournalEntry, Session
from delegates.models import (
    Ballot,
    CredentialsReview,
    ElectingUnit,
    Election,
    Mandate,
    MandateChange,
    Objection,
    Vacancy,
)
from delegates.workflows import MANDATE
from tests.doors.test_admin import form_on, new_delegate, words

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def clerk(world, sign_in):
    return sign_in(world.users["township"])


def at(model, what, *args):
    return reverse(f"admin:delegates_{model}_{what}", args=args)


def decision(reason, **facts):
    return {
        "decided_on": TODAY(), "reason": reason, "basis": "石委〔2026〕12号", "proposer": "代表资格审查委员会",
        "decider": "中共石桥镇委员会",
    } | facts  # fmt: skip


def step(days_ago=0):
    return {"done_on": TODAY() - timedelta(days=days_ago), "basis": "石委〔2026〕20号"}


def take(client, row, verb, data=None):
    return client.post(at(row._meta.model_name, "take", row.pk, verb), {} if data is None else data)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


# A decision on a delegate


def test_a_suspension_is_explained_confirmed_and_not_done_twice(world, clerk):
    mandate = world.ours.mandate
    page = clerk.get(at("mandate", "change", mandate.pk))
    form = at("mandate", "take", mandate.pk, "suspend")
    assert form in page.content.decode()
    asked = clerk.get(form)
    follows = asked.context["consequences"]
    assert follows
    for sentence in follows:
        assert sentence in words(asked)
    assert fresh(mandate).status == "active", "asking changes nothing"
    refused = clerk.post(form, decision("criminal", basis="", note="检察机关通报的情况"))
    assert refused.status_code == 200
    assert refused.context["form"].errors["basis"]
    assert "检察机关通报的情况" in refused.content.decode()
    assert clerk.post(form, decision("criminal")).status_code == 302
    assert fresh(mandate).status == "suspended"
    page = words(clerk.get(at("mandate", "change", mandate.pk)))
    assert "石委〔2026〕12号" in page
    again = clerk.post(form, decision("criminal", note="又点了一次"))
    assert again.status_code == 200
    assert again.context["form"].non_field_errors()
    assert "又点了一次" in again.content.decode()
    assert MandateChange.objects.filter(verb="suspend").count() == 1


@pytest.mark.parametrize(("name", "content"), [
    ("通报.pdf", b"MZ\x90 not a paper"), ("通报.exe", PDF), ("通报.png", PDF), ("通报.pdf", b"<html></html>"),
])  # fmt: skip
def test_a_scan_that_is_none_is_refused_and_nothing_is_written(world, clerk, name, content):
    mandate, kept = world.ours.mandate, Attachment.objects.count()
    scan = SimpleUploadedFile(name, content, content_type="application/pdf")
    answer = take(clerk, mandate, "suspend", decision("criminal", scan=scan, note="检察机关通报的情况"))
    assert answer.status_code == 200
    (sentence,) = answer.context["form"].non_field_errors()
    assert name in sentence
    assert "检察机关通报的情况" in answer.content.decode()
    assert fresh(mandate).status == "active"
    assert (Attachment.objects.count(), JournalEntry.objects.count()) == (kept, 0)
    assert not MandateChange.objects.filter(verb="suspend").exists()


def test_a_scan_is_kept_with_the_decision_and_read_by_the_branch_only(world, clerk, sign_in):
    scan = SimpleUploadedFile("通报.pdf", PDF, content_type="application/pdf")
    assert take(clerk, world.ours.mandate, "suspend", decision("criminal", scan=scan)).status_code == 302
    change = MandateChange.objects.get(verb="suspend")
    assert change.scan.organization == world.ours.organization
    assert (
        reverse("attachment", args=[change.scan_id])
        in clerk.get(at("mandatechange", "change", change.pk)).content.decode()
    )
    assert sign_in(world.users["delegate"]).get(reverse("attachment", args=[change.scan_id])).status_code == 404


def test_a_letter_of_resignation_is_not_shown_to_readers(world, clerk, sign_in):
    letter = "因身体原因，无法继续履行代表职务。"
    MANDATE.take(world.ours.mandate, "resign", by=world.users["delegate"], letter=letter)
    page = at("mandatechange", "change", MandateChange.objects.get(verb="resign").pk)
    assert letter in clerk.get(page).content.decode()
    reader = sign_in(world.users["organisation_department"]).get(page)
    assert reader.status_code == 200
    assert letter not in reader.content.decode()


def test_a_filing_is_recorded_once(world, clerk):
    MANDATE.take(world.ours.mandate, "terminate", by=world.users["township"], **decision("probation"))
    change = MandateChange.objects.get(verb="terminate")
    form = at("mandatechange", "file", change.pk)
    assert form in clerk.get(at("mandatechange", "change", change.pk)).content.decode()
    early = clerk.post(form, {"filed_on": TODAY() - timedelta(days=1), "number": "明组备〔2026〕3号"})
    assert early.context["form"].errors
    assert "明组备〔2026〕3号" in early.content.decode()
    assert clerk.post(form, {"filed_on": TODAY(), "number": "明组备〔2026〕3号"}).status_code == 302
    assert fresh(change).filing_number == "明组备〔2026〕3号"
    assert form not in clerk.get(at("mandatechange", "change", change.pk)).content.decode()
    again = clerk.post(form, {"filed_on": TODAY(), "number": "明组备〔2026〕4号"})
    assert again.context["form"].non_field_errors()
    assert fresh(change).filing_number == "明组备〔2026〕3号"


# An election, from the plan to the session


def planned(world, clerk):
    """A by-election, opened by a seat that falls empty."""
    day = TODAY() - timedelta(days=40)
    MANDATE.take(world.ours.mandate, "terminate", by=world.users["township"], **decision("death", decided_on=day))
    return Vacancy.objects.get(left_by=world.ours.mandate).election


def add_candidate(world, clerk, election, **facts):
    page = f"{at('mandate', 'add')}?election={election.pk}"
    form = form_on(clerk.get(page))
    data = form | {"gender": "female", "ethnicity": "回族", "birth_month": "1980.05", "post": "小学教师",
                   "education": "本科", "main_category": "front_line"}  # fmt: skip
    return clerk.post(page, data | facts)


def test_a_by_election_is_led_from_the_pages(world, clerk):
    election = planned(world, clerk)
    page = at("election", "change", election.pk)
    assert f"{at('mandate', 'add')}?election={election.pk}" in clerk.get(page).content.decode()
    early = take(clerk, election, "recommend", step(30))
    assert early.context["form"].non_field_errors(), "one candidate at least, and one more than seats"
    assert "石委〔2026〕20号" in early.content.decode()
    for name in ("赵小兰", "钱小明"):
        answer = add_candidate(world, clerk, election, name=name)
        assert (answer.status_code, answer.url) == (302, page), words(answer)
    first, second = Mandate.objects.filter(election=election).order_by("pk")
    assert (first.status, first.electing_unit, first.method) == ("candidate", world.ours.unit, "by_election")
    for verb, data in [
        ("recommend", step(30)), ("approve_candidates", step(25)),
        ("announce", {"notice_from": TODAY() - timedelta(days=20), "notice_until": TODAY() - timedelta(days=9),
                      "notice_place": "党务公开栏"}),
    ]:  # fmt: skip
        assert take(clerk, election, verb, data).status_code == 302, verb
    assert add_candidate(world, clerk, election, name="孙小红").status_code in {200, 302}
    assert Mandate.objects.filter(election=election).count() == 2, "the list is closed"
    enter_ballot(clerk, election, first, second)
    for verb in ("vote", "approve_result"):
        assert take(clerk, election, verb, step(3)).status_code == 302, verb
    assert (fresh(first).status, fresh(second).status) == ("elected", "not_elected")
    shown = words(clerk.get(page))
    assert "80" in shown
    assert "党务公开栏" in shown
    checked(world, clerk, first)
    reported(world, clerk, first)


def enter_ballot(clerk, election, first, second):
    form = at("election", "ballot", election.pk, "election")
    assert form in clerk.get(at("election", "change", election.pk)).content.decode()
    figures = {"held_on": TODAY() - timedelta(days=5), "due": 100, "present": 90, "issued": 90, "collected": 90,
               "invalid": 0, f"for_{first.pk}": 80, f"against_{first.pk}": 0, f"abstained_{first.pk}": 0,
               f"for_{second.pk}": 5, f"against_{second.pk}": 0, f"abstained_{second.pk}": 0}  # fmt: skip
    for wrong in ({"present": 101}, {f"for_{first.pk}": 91}, {f"for_{second.pk}": 30}):
        refused = clerk.post(form, figures | wrong)
        assert refused.status_code == 200
        assert refused.context["form"].errors
        assert f'value="{next(iter(wrong.values()))}"' in refused.content.decode()
    assert not Ballot.objects.filter(election=election).exists()
    assert clerk.post(form, figures).status_code == 302
    assert clerk.get(at("election", "ballot", election.pk, "trust")).status_code == 404, "not of this method"


def checked(world, clerk, elected):
    """Gathered, judged, submitted and approved."""
    add = at("credentialsreview", "add")
    data = form_on(clerk.get(add)) | {"congress": elected.congress_id, "checked_on": TODAY(), "members": "李四、王五"}
    assert clerk.post(add, data).status_code == 302
    review = CredentialsReview.objects.get(members="李四、王五", items__mandate=elected)
    item = review.items.get()
    judge = at("credentialsreview", "judge", review.pk)
    points = {f"i{item.pk}-{name}": "on" for name in ("procedure_sound", "full_member", "notice_clear")}
    said = clerk.post(judge, points | {f"i{item.pk}-verdict": "pass", f"i{item.pk}-note": ""}, follow=True)
    assert "赵小兰" in str([str(message) for message in said.context["messages"]]), "who passes passes every point"
    assert fresh(item).votes_enough
    points[f"i{item.pk}-votes_enough"] = "on"
    clerk.post(judge, points | {f"i{item.pk}-verdict": "pass", f"i{item.pk}-note": "材料齐全"})
    assert fresh(item).note == "材料齐全"
    assert take(clerk, review, "submit").status_code == 302
    late = clerk.post(judge, points | {f"i{item.pk}-verdict": "unfit", f"i{item.pk}-note": "x"}, follow=True)
    assert [message.level_tag for message in late.context["messages"]][-1] == "error"
    assert fresh(item).verdict == "pass"
    assert take(clerk, review, "approve", step()).status_code == 302
    assert fresh(elected).status == "active"
    reviews = CredentialsReview.objects.filter(congress=elected.congress).count()
    said = clerk.post(add, data, follow=True)
    assert list(said.context["messages"]), "nobody waits"
    assert CredentialsReview.objects.filter(congress=elected.congress).count() == reviews


def reported(world, clerk, elected):
    """Shown first, then confirmed by the session."""
    session, page = world.ours.session, at("vacancy", "report")
    unknown = clerk.get(f"{page}?session={session.pk}")
    assert unknown.context["form"].errors, "a session without a day has heard nothing"
    Session.objects.filter(pk=session.pk).update(starts_on=TODAY())
    shown = words(clerk.get(f"{page}?session={session.pk}"))
    assert "赵小兰" in shown
    vacancy = Vacancy.objects.get(filled_by=elected)
    assert vacancy.state == "filled"
    assert clerk.post(page, {"session": session.pk}).status_code == 302
    assert (fresh(vacancy).state, fresh(vacancy).confirmed_at) == ("confirmed", session)
    assert clerk.post(page, {"session": session.pk}).status_code == 302  # nothing is left to confirm
    assert JournalEntry.objects.filter(verb="confirm").count() == 1


def test_a_candidate_stands_for_the_unit_of_his_election(world, clerk):
    election = planned(world, clerk)
    other = world.ours.term.election.electing_unit
    refused = add_candidate(world, clerk, election, name="赵小兰", electing_unit=other.pk)
    assert refused.status_code == 200
    assert refused.context["adminform"].form.errors["electing_unit"]
    assert not Mandate.objects.filter(election=election).exists()


def test_an_objection_is_about_a_candidate_of_its_election(world, clerk):
    election, own = planned(world, clerk), world.ours.term
    add = f"{at('objection', 'add')}?election={election.pk}"
    data = form_on(clerk.get(add)) | {"received_on": TODAY(), "content": "有人反映", "mandate": own.candidates[0].pk}
    assert data["election"] == str(election.pk)
    refused = clerk.post(add, data)
    assert refused.context["adminform"].form.errors["mandate"]
    assert clerk.post(add, data | {"election": own.election.pk}).status_code == 302
    assert Objection.objects.filter(content="有人反映", election=own.election).count() == 2


# Seats


def test_quotas_are_suggested_by_members_and_decided_with_a_document(world, clerk):
    congress, unit = world.ours.mandate.congress, world.ours.unit
    page = reverse("admin:delegates_quotas", args=[congress.pk])
    asked = clerk.get(f"{page}?suggest=1")
    assert asked.context["problem"], "without seats and members nothing is suggested"
    Congress.objects.filter(pk=congress.pk).update(seats=5)
    ElectingUnit.objects.filter(congress=congress).update(party_members=20)
    ElectingUnit.objects.filter(pk=unit.pk).update(party_members=80)
    assert clerk.get(f"{page}?suggest=1").context["suggested"][unit.pk] == 3
    assert fresh(unit).seat_quota is None, "a suggestion saves nothing"
    other = world.ours.term.election.electing_unit
    quotas = {f"unit_{unit.pk}": 4, f"unit_{other.pk}": 1, "basis": "石党联〔2026〕1号"}
    for wrong in ({f"unit_{unit.pk}": 5}, {"basis": ""}):
        refused = clerk.post(page, quotas | wrong)
        assert refused.context["form"].errors
        assert 'value="1"' in refused.content.decode()
    assert fresh(unit).seat_quota is None
    assert clerk.post(page, quotas).status_code == 302
    assert (fresh(unit).seat_quota, fresh(unit).quota_basis) == (4, "石党联〔2026〕1号")
    assert Vacancy.objects.filter(electing_unit=unit, state="open").count() == 3
    assert clerk.get(f"{page}?suggest=1").content.decode().count("石党联") == 0


# Readers, and the neighbour


def test_a_reader_is_offered_nothing_and_does_nothing(world, sign_in):
    term, mandate = world.ours.term, world.ours.mandate
    addresses = [
        *(at("mandate", "take", mandate.pk, verb) for verb in ("suspend", "cease", "terminate", "resign", "persuade")),
        *(at("election", "take", term.election.pk, verb) for verb in ("announce", "vote", "cancel")),
        at("election", "ballot", term.election.pk, "election"), at("election", "speech", term.election.pk),
        at("election", "drop", term.election.pk, term.candidates[0].pk),
        at("vacancy", "take", term.vacancy.pk, "waive"), at("vacancy", "report"),
        at("credentialsreview", "take", term.review.pk, "submit"), at("mandatechange", "file", term.change.pk),
        reverse("admin:delegates_quotas", args=[mandate.congress_id]),
        *(at(model, "add") for model in ("election", "credentialsreview", "mandate")),
    ]  # fmt: skip
    pages = [at("mandate", "change", mandate.pk), at("election", "change", term.election.pk),
             at("vacancy", "change", term.vacancy.pk), at("credentialsreview", "change", term.review.pk),
             at("mandatechange", "change", term.change.pk), at("commitment", "change", term.commitment.pk),
             at("vacancy", "changelist"), at("electingunit", "changelist"), at("election", "changelist"),
             at("credentialsreview", "changelist")]  # fmt: skip
    for role in ("organisation_department", "workroom"):
        client = sign_in(world.users[role])
        for page in pages:
            answer = client.get(page)
            assert answer.status_code == 200, page
            text = answer.content.decode()
            assert not [address for address in addresses if f'"{address}' in text], (role, page)
            assert not re.search(r"/take/|/judge/|/drop/|/file/|add/\?election", text), (role, page)
        for address in addresses:
            assert client.get(address).status_code == 403, (role, address)
            assert client.post(address, {}).status_code == 403, (role, address)
        assert client.post(at("credentialsreview", "judge", term.review.pk), {}).status_code == 403
    assert not JournalEntry.objects.exists()


def test_a_township_cannot_name_the_neighbours_rows_in_a_form(world, clerk):
    ours, theirs = world.ours, world.theirs
    Session.objects.filter(pk=theirs.session.pk).update(starts_on=TODAY())
    filled = {"state": "filled", "filled_by": ours.mandate, "filled_on": TODAY()}
    Vacancy.objects.filter(pk=ours.term.vacancy.pk).update(**filled)
    rows = (Election, Mandate, Objection, CredentialsReview)
    before = [model.objects.count() for model in rows]
    tries = [
        (at("objection", "add"), {"election": theirs.term.election.pk, "received_on": TODAY(), "content": "x"}),
        (at("objection", "add"), {"election": ours.term.election.pk, "mandate": theirs.term.candidates[0].pk,
                                  "received_on": TODAY(), "content": "x"}),
        (at("election", "add"), {"electing_unit": theirs.unit.pk, "method": "competitive", "seats": 1,
                                 "opened_on": TODAY()}),
        (at("credentialsreview", "add"), {"congress": theirs.mandate.congress_id, "checked_on": TODAY(),
                                          "members": "x"}),
        (at("removalmotion", "add"), {"mandate": theirs.mandate.pk, "mover": "committee", "moved_on": TODAY(),
                                      "grounds": "x"}),
        (at("vacancy", "report"), {"session": theirs.session.pk}),
        (at("vacancy", "take", ours.term.vacancy.pk, "confirm"), {"session": theirs.session.pk}),
        (at("election", "speech", ours.term.election.pk), {"mandate": theirs.term.candidates[0].pk,
                                                           "given_on": TODAY(), "place": "x", "listeners": 1}),
    ]  # fmt: skip
    for address, data in tries:
        assert clerk.post(address, data).status_code == 200, address  # the form again: no such choice
    named = f"{at('mandate', 'add')}?election={theirs.term.election.pk}"
    assert clerk.get(named).status_code == clerk.get(f"{at('mandate', 'add')}?election=987654").status_code == 404
    assert clerk.get(at("election", "drop", ours.term.election.pk, theirs.term.candidates[0].pk)).status_code == 404
    assert clerk.post(named, new_delegate(world, clerk)).status_code == 404
    assert [model.objects.count() for model in rows] == before
    assert fresh(ours.term.vacancy).state == "filled"
