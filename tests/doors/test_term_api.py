"""A term through the API: what is read, the verbs people take, and whom each answers."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from congress.kernel.workflow import by_time
from congress.models import DueTime, IdempotencyKey, JournalEntry, Session
from delegates.api import (
    CredentialsReviewViewSet,
    DelegateViewSet,
    ElectionViewSet,
    RemovalMotionViewSet,
    VacancyViewSet,
)
from delegates.models import Election, Mandate, MandateChange, RemovalMotion, Vacancy
from delegates.services import credentials, elections
from delegates.workflows import MANDATE
from tests import factories
from tests.doors.test_api import JSON, problem

RESOURCES = {
    "delegates": DelegateViewSet,
    "elections": ElectionViewSet,
    "vacancies": VacancyViewSet,
    "credentials-reviews": CredentialsReviewViewSet,
    "removal-motions": RemovalMotionViewSet,
}
TODAY = timezone.localdate
LETTER = "因工作调动，无法继续履职，请予批准。"


@pytest.fixture
def clerk(world, sign_in):
    return sign_in(world.users["township"])


def say(client, path, body=None, **headers):
    return client.post(f"/api/v1/{path}/", {} if body is None else body, content_type=JSON, headers=headers)


def decision(reason, **facts):
    return {
        "decided_on": str(TODAY()), "reason": reason, "basis": "石委〔2026〕12号", "proposer": "村党支部",
        "decider": "中共石桥镇委员会",
    } | facts  # fmt: skip


def step(days_ago=0):
    return {"done_on": str(TODAY() - timedelta(days=days_ago)), "basis": "石委〔2026〕20号"}


def rows_of(world):
    """One row of each resource, of our township."""
    term = world.ours.term
    return {
        "delegates": world.ours.mandate.pk, "elections": term.election.pk, "vacancies": term.vacancy.pk,
        "credentials-reviews": term.review.pk, "removal-motions": term.motion.pk,
    }  # fmt: skip


# What an answer holds


def test_the_resources_of_a_term_have_their_fields(world, clerk):
    term, code = world.ours.term, world.ours.organization.code
    fields = {
        "elections": ["id", "organization", "congress", "electing_unit", "kind", "method", "seats", "state",
                      "opened_on", "due_on", "notice_from", "notice_until", "notice_place", "note", "candidates",
                      "ballots", "steps"],
        "vacancies": ["id", "organization", "congress", "electing_unit", "cause", "opened_on", "state", "left_by",
                      "left_by_name", "election", "step", "due_on", "filled_by", "filled_by_name", "filled_on",
                      "confirmed_at", "closed_basis"],
        "mandate-changes": ["id", "delegate", "name", "organization", "congress", "verb", "source", "target",
                            "reason", "decided_on", "basis", "proposer", "decider", "note", "filing_due_on",
                            "filed_on", "filing_number", "report_due", "reported_at"],
        "credentials-reviews": ["id", "organization", "congress", "checked_on", "members", "opinion", "state",
                                "decided_on", "basis", "items"],
        "removal-motions": ["id", "delegate", "name", "organization", "congress", "mover", "supporters", "electors",
                            "grounds", "moved_on", "state", "heard_on", "statement", "voted_on", "due", "present",
                            "issued", "collected", "invalid", "votes_for", "votes_against"],
        "due-times": ["id", "kind", "subject", "organization", "title", "starts_on", "due_on", "due_at", "why",
                      "reminders", "closed_at"],
    }  # fmt: skip
    for name, expected in fields.items():
        (row,) = clerk.get(f"/api/v1/{name}/").json()["results"]
        assert list(row) == expected, name
        assert row["organization"] == code
        assert clerk.get(f"/api/v1/{name}/{row['id']}/").json() == row
    (election,) = clerk.get("/api/v1/elections/").json()["results"]
    first = term.candidates[0]
    assert {"id": first.pk, "name": "赵选", "status": "candidate"} in election["candidates"]
    (ballot,) = election["ballots"]
    assert ballot["void"] is False
    assert {"candidate": first.pk, "votes_for": 40, "votes_against": 0, "abstentions": 0} in ballot["results"]
    assert election["steps"] == [
        {"verb": "recommend", "done_on": "2026-06-01", "basis": "支部〔2026〕2号", "note": "推荐"}
    ]
    (vacancy,) = clerk.get("/api/v1/vacancies/").json()["results"]
    assert (election["due_on"], vacancy["due_on"], vacancy["step"]) == ("2027-01-01", "2027-01-01", "approved")
    (review,) = clerk.get("/api/v1/credentials-reviews/").json()["results"]
    assert review["items"][0]["name"] == "赵选"
    (due,) = clerk.get("/api/v1/due-times/").json()["results"]
    assert (due["why"], due["subject"]) == (["事由"], term.election.pk)


@pytest.mark.parametrize(("role", "seen"), [
    ("office", {"elections": 2, "vacancies": 2, "mandate-changes": 2, "credentials-reviews": 2, "removal-motions": 2,
                "due-times": 2}),
    ("organisation_department", {"elections": 2, "vacancies": 2, "mandate-changes": 2, "credentials-reviews": 2,
                                 "removal-motions": 0, "due-times": 2}),
    ("delegate", {"elections": 0, "vacancies": 0, "mandate-changes": 1, "credentials-reviews": 0,
                  "removal-motions": 0, "due-times": 0}),
    ("unit", dict.fromkeys(["elections", "vacancies", "mandate-changes", "removal-motions", "due-times"], 0)),
    ("auditor", dict.fromkeys(["elections", "vacancies", "mandate-changes", "removal-motions", "due-times"], 0)),
])  # fmt: skip
def test_each_role_reads_its_own(world, sign_in, role, seen):
    client = sign_in(world.users[role])
    assert {name: client.get(f"/api/v1/{name}/").json()["count"] for name in seen} == seen


def test_who_only_stands_is_no_delegate_unless_asked_for(world, clerk):
    assert [row["name"] for row in clerk.get("/api/v1/delegates/").json()["results"]] == ["王文"]
    assert clerk.get("/api/v1/delegates/?status=candidate").json()["count"] == 2
    assert clerk.get(f"/api/v1/delegates/{world.ours.term.candidates[0].pk}/").json()["status"] == "candidate"


@pytest.mark.parametrize(("query", "count"), [
    ("elections/?state=approved", 2), ("elections/?state=planned", 0), ("vacancies/?cause=quota&state=open", 2),
    ("vacancies/?organization=none", 0), ("mandate-changes/?reason=idle", 2), ("mandate-changes/?delegate=1999999", 0),
    ("credentials-reviews/?state=draft", 2), ("removal-motions/?state=withdrawn", 2), ("due-times/?open=true", 2),
    ("due-times/?open=false", 0), ("due-times/?kind=filing", 0), ("due-times/?due_before=2026-12-31", 0),
])  # fmt: skip
def test_declared_filters_narrow_a_term(world, sign_in, query, count):
    assert sign_in(world.users["office"]).get(f"/api/v1/{query}").json()["count"] == count


def test_a_letter_of_resignation_is_read_by_its_writer_and_the_office_that_keeps_it(world, sign_in):
    mandate = world.ours.mandate
    MANDATE.take(mandate, "resign", by=world.users["delegate"], letter=LETTER)
    for role, read in [("township", LETTER), ("office", LETTER), ("delegate", LETTER), ("workroom", ""),
                       ("organisation_department", "")]:  # fmt: skip
        answer = sign_in(world.users[role]).get("/api/v1/mandate-changes/?reason=resignation")
        assert [row["note"] for row in answer.json()["results"]] == [read], role


# Verbs


def test_every_verb_people_take_has_an_address_and_the_clocks_have_none(world, sign_in):
    client, rows = sign_in(world.users["office"]), rows_of(world)
    for name, viewset in RESOURCES.items():
        for row in viewset.workflow.transitions:
            answer = say(client, f"{name}/{rows[name]}/{row.verb.replace('_', '-')}")
            if row.who is by_time:
                problem(answer, 404, "not_found")
            else:
                assert answer.status_code in {400, 409, 200}, (name, row.verb)
            if "_" in row.verb:
                problem(say(client, f"{name}/{rows[name]}/{row.verb}"), 404, "not_found")


@pytest.mark.parametrize("role", ["organisation_department", "workroom"])
def test_a_reader_takes_no_verb(world, sign_in, role):
    client, rows = sign_in(world.users[role]), rows_of(world)
    for name, viewset in RESOURCES.items():
        for row in viewset.workflow.transitions:
            if row.who is not by_time:
                status, code = (404, "not_found") if name == "removal-motions" else (403, "permission_denied")
                problem(say(client, f"{name}/{rows[name]}/{row.verb.replace('_', '-')}"), status, code)
    assert not JournalEntry.objects.exists()


def test_a_neighbours_row_takes_no_verb_and_looks_like_none(world, clerk):
    theirs = world.theirs
    rows = {"delegates": theirs.mandate, "elections": theirs.term.election, "vacancies": theirs.term.vacancy,
            "credentials-reviews": theirs.term.review, "removal-motions": theirs.term.motion}  # fmt: skip
    for name, viewset in RESOURCES.items():
        for row in viewset.workflow.transitions:
            word = row.verb.replace("_", "-")
            foreign = say(clerk, f"{name}/{rows[name].pk}/{word}", decision("criminal"))
            assert foreign.status_code == 404
            assert foreign.content == say(clerk, f"{name}/987654/{word}").content
    assert clerk.get(f"/api/v1/delegates/{theirs.mandate.pk}/consequences/?verb=suspend").status_code == 404
    assert not JournalEntry.objects.exists()


def test_a_decision_is_recorded_once_and_the_second_caller_hears_why_not(world, clerk):
    path = f"delegates/{world.ours.mandate.pk}/suspend"
    answer = say(clerk, path, decision("criminal", note="检察机关通报"))
    assert (answer.status_code, answer.json()["status"]) == (200, "suspended")
    change = MandateChange.objects.get(verb="suspend")
    assert (change.by, change.note, change.decider) == (world.users["township"], "检察机关通报", "中共石桥镇委员会")
    assert problem(say(clerk, path, decision("criminal")), 409, "refused")["detail"]
    assert MandateChange.objects.filter(verb="suspend").count() == 1
    restored = say(clerk, f"delegates/{world.ours.mandate.pk}/restore", decision("cause_gone"))
    assert restored.json()["status"] == "active"


def test_the_same_key_records_one_decision(world, clerk):
    path, key = f"delegates/{world.ours.mandate.pk}/suspend", {"Idempotency-Key": "s-1"}
    first, again = (say(clerk, path, decision("criminal"), **key) for _time in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert MandateChange.objects.filter(verb="suspend").count() == 1
    problem(say(clerk, path, decision("discipline_case"), **key), 422, "idempotency_key_reused")
    refused = {"Idempotency-Key": "s-2"}
    for _time in range(2):
        problem(say(clerk, path, decision("criminal"), **refused), 409, "refused")
    assert IdempotencyKey.objects.count() == 2


def test_what_is_missing_or_does_not_fit_is_named(world, clerk):
    path = f"delegates/{world.ours.mandate.pk}/suspend"
    errors = problem(say(clerk, path, {"reason": "death"}), 400, "invalid")["errors"]
    assert set(errors) == {"decided_on", "reason", "basis", "proposer", "decider"}
    for day in (TODAY() + timedelta(days=1), "0001-01-01", "2026-02-30"):
        errors = problem(say(clerk, path, decision("criminal", decided_on=str(day))), 400, "invalid")["errors"]
        assert list(errors) == ["decided_on"]
        assert isinstance(errors["decided_on"][0], str)
    problem(say(clerk, path, []), 400, "invalid")
    assert not JournalEntry.objects.exists()


ODD = [None, 5, -1, True, [], {}, "", "x" * 5000, "0001-01-01", "9999-12-31", "\x00", 2**70, "\ud800", "１"]


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_nothing_that_is_said_breaks_a_verb(world, sign_in, odd):
    """On rows that can take it: a made-up number in the address tries nothing."""
    client, rows = sign_in(world.users["office"]), rows_of(world)
    for name, viewset in RESOURCES.items():
        model, pk = viewset.workflow.model, rows[name]
        for row in viewset.workflow.transitions:
            if row.who is by_time or row.needs is None:
                continue
            for field in row.needs().fields:
                with transaction.atomic():
                    model.objects.filter(pk=pk).update(**facts_at(world, model, viewset.workflow.field, row.source[0]))
                    body = decision("criminal") | {field: odd}
                    answer = say(client, f"{name}/{pk}/{row.verb.replace('_', '-')}", body)
                    transaction.set_rollback(True)
                assert answer.status_code in {200, 400, 409}, (name, row.verb, field)


def facts_at(world, model, column, state):
    """The state, and what the database asks of a row that has it."""
    if model is Vacancy and state == "filled":
        return {column: state, "filled_by": world.ours.mandate, "filled_on": TODAY()}
    if model is RemovalMotion and state == "counted":
        return {column: state, "due": 100, "votes_for": 60}
    return {column: state}


# Led to the end


def elect(world, clerk):
    """From the vacancy to the elected candidate."""
    unit = factories.make_body(type(world.ours.unit), world.ours.mandate.congress, "三村党支部")
    user = world.users["township"]
    election = elections.plan(
        unit, method="competitive", seats=1, opened_on=TODAY() - timedelta(days=40), by=user
    )  # fmt: skip
    pair = [
        factories.make_mandate(unit.congress, name, electing_unit=unit, election=election, status="candidate")
        for name in ("丁一", "丁二")
    ]
    path = f"elections/{election.pk}"
    assert say(clerk, f"{path}/recommend", step(30)).json()["state"] == "recommended"
    assert say(clerk, f"{path}/return-candidates", {"note": "人选不合适"}).json()["state"] == "planned"
    Election.objects.filter(pk=election.pk).update(state="planned")
    election.steps.all().delete()
    say(clerk, f"{path}/recommend", step(30))
    assert say(clerk, f"{path}/approve-candidates", step(25)).json()["state"] == "approved"
    start, end = TODAY() - timedelta(days=20), TODAY() - timedelta(days=8)
    notice = {"notice_from": str(start), "notice_until": str(end), "notice_place": "村务公开栏"}
    assert say(clerk, f"{path}/announce", notice).json()["notice_place"] == "村务公开栏"
    assert problem(say(clerk, f"{path}/vote", step(3)), 409, "refused")["detail"]
    figures = {"due": 100, "present": 90, "issued": 90, "collected": 90, "invalid": 0}
    elections.count_ballot(
        election, stage="election", held_on=TODAY() - timedelta(days=5), figures=figures,
        votes={pair[0].pk: (80, 0, 0), pair[1].pk: (5, 0, 0)}, by=user,
    )  # fmt: skip
    assert say(clerk, f"{path}/vote", step(3)).json()["state"] == "voted"
    assert say(clerk, f"{path}/approve-result", step(1)).json()["state"] == "completed"
    return pair[0]


def test_an_election_is_led_to_the_delegate_in_office(world, clerk):
    elected = elect(world, clerk)
    world.ours.term.review.items.all().delete()
    review = credentials.gather(elected.congress, checked_on=TODAY(), members="李四", by=world.users["township"])
    path = f"credentials-reviews/{review.pk}"
    assert say(clerk, f"{path}/submit").json()["state"] == "submitted"
    assert say(clerk, f"{path}/return", {"note": "请补充意见"}).json()["state"] == "draft"
    say(clerk, f"{path}/submit")
    assert say(clerk, f"{path}/approve", step()).json()["state"] == "approved"
    assert clerk.get(f"/api/v1/delegates/{elected.pk}/").json()["status"] == "active"
    empty = problem(say(clerk, f"credentials-reviews/{world.ours.term.review.pk}/submit"), 409, "refused")
    assert empty["detail"]


def test_a_vacancy_is_waived_reopened_and_confirmed(world, clerk):
    vacancy = world.ours.term.vacancy
    path = f"vacancies/{vacancy.pk}"
    problem(say(clerk, f"{path}/confirm", {"session": world.ours.session.pk}), 409, "refused")
    assert say(clerk, f"{path}/waive", step()).json()["state"] == "waived"
    assert say(clerk, f"{path}/reopen").json()["step"] == "planned"
    Vacancy.objects.filter(pk=vacancy.pk).update(state="filled", filled_by=world.ours.mandate, filled_on=TODAY())
    for session in (world.ours.session, world.theirs.session):
        Session.objects.filter(pk=session.pk).update(starts_on=TODAY())
    foreign = say(clerk, f"{path}/confirm", {"session": world.theirs.session.pk})
    absent = say(clerk, f"{path}/confirm", {"session": 987654})
    assert foreign.status_code == 400
    assert foreign.content == absent.content
    confirmed = say(clerk, f"{path}/confirm", {"session": world.ours.session.pk}).json()
    assert (confirmed["state"], confirmed["confirmed_at"]) == ("confirmed", world.ours.session.pk)


VOTE = {"due": 100, "present": 90, "issued": 90, "collected": 90, "invalid": 0, "votes_for": 51, "votes_against": 9}


def test_a_motion_to_remove_is_heard_voted_and_approved(world, clerk):
    mandate = world.ours.mandate
    motion = RemovalMotion.objects.create(mandate=mandate, mover="committee", moved_on=TODAY(), grounds="失职")
    path = f"removal-motions/{motion.pk}"
    assert say(clerk, f"{path}/hear", {"heard_on": str(TODAY()), "statement": "无异议"}).json()["state"] == "heard"
    problem(say(clerk, f"{path}/count", VOTE | {"voted_on": str(TODAY()), "due": 10**9}), 400, "invalid")
    assert say(clerk, f"{path}/count", VOTE | {"voted_on": str(TODAY())}).json()["state"] == "counted"
    problem(say(clerk, f"{path}/close"), 409, "refused")
    assert say(clerk, f"{path}/approve", decision("removal")).json()["state"] == "approved"
    assert clerk.get(f"/api/v1/delegates/{mandate.pk}/").json()["status"] == "terminated"


# The delegate himself


def test_a_delegate_resigns_and_takes_it_back(world, sign_in):
    own, pk = sign_in(world.users["delegate"]), world.ours.mandate.pk
    problem(say(own, f"delegates/{pk}/resign", {"letter": "短"}), 400, "invalid")
    answer = say(own, f"delegates/{pk}/resign", {"letter": LETTER, "decided_on": "2026-06-02"})
    assert (answer.status_code, answer.json()["status"]) == (200, "resign_pending")
    assert MandateChange.objects.get(verb="resign").decided_on == TODAY()  # the day he pressed it, whatever he says
    assert DueTime.objects.filter(kind="resignation", closed_at=None).count() == 1
    problem(say(own, f"delegates/{pk}/accept-resignation", decision("resignation")), 403, "permission_denied")
    assert say(own, f"delegates/{pk}/withdraw-resignation").json()["status"] == "active"
    assert not DueTime.objects.filter(kind="resignation", closed_at=None).exists()
    problem(say(own, f"delegates/{world.theirs.mandate.pk}/resign", {"letter": LETTER}), 404, "not_found")
    problem(say(own, f"delegates/{pk}/suspend", decision("criminal")), 403, "permission_denied")


def test_the_office_records_a_letter_with_the_day_it_came(world, clerk):
    day = str(TODAY() - timedelta(days=2))
    say(clerk, f"delegates/{world.ours.mandate.pk}/resign", {"letter": LETTER, "decided_on": day})
    assert str(MandateChange.objects.get(verb="resign").decided_on) == day
    declined = say(clerk, f"delegates/{world.ours.mandate.pk}/decline-resignation", decision("declined"))
    assert declined.json()["status"] == "active"


def test_what_follows_is_told_before(world, sign_in, clerk):
    page = f"/api/v1/delegates/{world.ours.mandate.pk}/consequences/"
    answer = clerk.get(f"{page}?verb=terminate").json()
    assert (answer["verb"], answer["possible"], answer["obstacle"]) == ("terminate", True, "")
    assert any("应到" in sentence for sentence in answer["consequences"])
    late = clerk.get(f"{page}?verb=withdraw-resignation").json()
    assert (late["possible"], late["consequences"]) == (False, [])
    assert late["obstacle"]
    problem(clerk.get(f"{page}?verb=expire"), 400, "invalid")
    problem(clerk.get(page), 400, "invalid")
    reader = sign_in(world.users["organisation_department"])
    problem(reader.get(f"{page}?verb=terminate"), 403, "permission_denied")
    assert Mandate.objects.get(pk=world.ours.mandate.pk).status == "active"
