"""The API: the contract's fields and no other, one shape of refusal, every unsafe call done once."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle

from congress.api import ReportViewSet
from congress.models import AuditEvent, IdempotencyKey, PrintedReport, User
from congress.services import accounts
from tests import factories

JSON = "application/json"
RESOURCES = ["organizations", "congresses", "sessions", "reports", "delegates", "groups", "elections", "vacancies",
             "mandate-changes", "credentials-reviews", "removal-motions", "due-times", "trainings",
             "attendances"]  # fmt: skip
DELEGATE_FIELDS = [
    "id", "name", "gender", "ethnicity", "birth_month", "joined_party_month", "education", "post", "category",
    "front_line", "electing_unit", "delegation", "group", "method", "status", "congress", "organization",
    "phone_masked",
]  # fmt: skip


def ask(client, body, **headers):
    return client.post("/api/v1/reports/", body, content_type=JSON, headers=headers)


def wanted(world, file_format="xlsx"):
    return {"key": "p01-roster", "format": file_format, "params": {"organization": world.ours.organization.code}}


def token_client(user, **facts):
    return Client(headers={"Authorization": f"Token {AuthToken.objects.create(user=user, **facts)[1]}"})


def problem(response, status, code):
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    document = response.json()
    assert (document["status"], document["code"], document["type"]) == (status, code, "about:blank")
    assert document["title"]
    return document


# What an answer holds


def test_a_delegate_has_exactly_the_fields_of_the_contract(world, sign_in):
    mandate = world.ours.mandate
    answer = sign_in(world.users["township"]).get(f"/api/v1/delegates/{mandate.pk}/")
    assert list(answer.json()) == DELEGATE_FIELDS
    assert answer.json() == {
        "id": mandate.pk, "name": "王文", "gender": "male", "ethnicity": "汉族", "birth_month": "1962-03",
        "joined_party_month": "1998-07", "education": "大专", "post": "村党支部书记", "category": "leading_cadre",
        "front_line": "", "electing_unit": "村党支部", "delegation": "第一代表团", "group": "村代表小组",
        "method": "re_election", "status": "active", "congress": f"{world.ours.organization.code}-15",
        "organization": world.ours.organization.code, "phone_masked": "138****0001",
    }  # fmt: skip


def test_the_other_resources_have_their_fields(world, sign_in):
    client = sign_in(world.users["township"])
    fields = {
        "organizations": ["id", "code", "name", "kind", "parent", "closed_on"],
        "congresses": ["id", "code", "organization", "number", "full_name", "short_name", "starts_on", "ends_on",
                       "seats"],
        "sessions": ["id", "congress", "number", "kind", "full_name", "short_name", "starts_on", "ends_on",
                     "filing_closes_at", "place"],
        "groups": ["id", "name", "number", "congress"],
        "reports": ["id", "key", "title", "format", "params", "organization", "state", "progress", "problem", "rows",
                    "sha256", "asked_at", "finished_at"],
    }  # fmt: skip
    for name, expected in fields.items():
        rows = client.get(f"/api/v1/{name}/").json()["results"]
        assert len(rows) == 1, name
        assert list(rows[0]) == expected
    kinds = client.get("/api/v1/reports/kinds/").json()
    assert {"key": "p01-roster", "title": kinds[0]["title"]} in kinds


@pytest.mark.parametrize("role", ["office", "township", "delegate", "organisation_department"])
def test_no_answer_holds_an_id_number_or_a_whole_phone(world, sign_in, role):
    client = sign_in(world.users[role])
    pages = [f"/api/v1/{name}/?fields=*&expand=person&page_size=200" for name in RESOURCES]
    pages += [f"/api/v1/delegates/{world.ours.mandate.pk}/", "/api/v1/delegates/?search=51070119620307001X"]
    pages += ["/api/v1/delegates/?search=13800000001", "/api/v1/schema/"]
    for page in pages:
        text = client.get(page).content.decode()
        for secret in ("51070119620307001X", "19620307001X", "13800000001", "sealed", "A256GCM"):
            assert secret not in text.replace(f"search={secret}", ""), page


def test_a_delegate_sees_himself_and_a_unit_nobody(world, sign_in):
    assert sign_in(world.users["delegate"]).get("/api/v1/delegates/").json()["count"] == 1
    assert sign_in(world.users["unit"]).get("/api/v1/delegates/").json()["count"] == 0
    assert sign_in(world.users["sysadmin"]).get("/api/v1/delegates/").json()["count"] == 0


# Lists


def test_lists_come_in_pages_of_at_most_two_hundred(world, sign_in):
    congress = world.ours.mandate.congress
    for number in range(205):
        factories.make_body(type(world.ours.group), congress, f"第{number}小组", number=number + 10)
    client = sign_in(world.users["township"])
    first = client.get("/api/v1/groups/").json()
    assert list(first) == ["count", "next", "previous", "results"]
    assert (first["count"], first["previous"], len(first["results"])) == (206, None, 25)
    second = client.get(first["next"]).json()
    assert second["previous"].endswith("/api/v1/groups/")
    assert not {row["id"] for row in first["results"]} & {row["id"] for row in second["results"]}
    assert len(client.get("/api/v1/groups/?page_size=1000").json()["results"]) == 200
    problem(client.get("/api/v1/groups/?page=99"), 404, "not_found")


@pytest.mark.parametrize("query", ["王", "王文", "wangwen", "ww", "WW", "wang", "13800000001", "51070119620307001X"])
def test_search_finds_a_name_a_part_of_it_pinyin_initials_and_whole_numbers(world, sign_in, query):
    client = sign_in(world.users["township"])
    factories.make_mandate(world.ours.mandate.congress, "赵六")
    found = client.get("/api/v1/delegates/", {"search": query}).json()
    assert [row["name"] for row in found["results"]] == ["王文"]


@pytest.mark.parametrize("query", ["李", "wa ng x", "%", "_", "1380000", "'; DROP", "\x00"])
def test_search_does_not_find_what_does_not_match(world, sign_in, query):
    answer = sign_in(world.users["township"]).get("/api/v1/delegates/", {"search": query})
    assert answer.status_code == 200
    assert answer.json()["count"] == (1 if query == "\x00" else 0)  # nothing asked for is everything


def test_declared_filters_narrow_the_list(world, sign_in):
    client = sign_in(world.users["office"])
    code = world.ours.organization.code
    for query, count in [
        ({"organization": code}, 1), ({"organization": "no-such"}, 0), ({"congress": f"{code}-15"}, 1),
        ({"congress": f"{code}-16"}, 0), ({"congress": "15"}, 0), ({"congress": "x-²"}, 0),
        ({"gender": "male"}, 2), ({"gender": "female"}, 0), ({"category": "leading_cadre"}, 2),
        ({"status": "active"}, 2), ({"status": "active", "front_line": "worker"}, 0),
    ]:  # fmt: skip
        assert client.get("/api/v1/delegates/", query).json()["count"] == count, query
    problem(client.get("/api/v1/delegates/?gender=x"), 400, "invalid")


@pytest.mark.parametrize("query", [
    "_connector=OR", "_negated=1", "person__user__password__startswith=a", "congress__organization__path=/",
    "ordering=password", "ordering=person__user__password", "ordering=-person__id_number_index",
    "person__phone_index=x", "search_terms=x", "id=0", "pk__in=", "user=1",
])  # fmt: skip
def test_what_is_not_declared_never_reaches_the_database(world, sign_in, query):
    client = sign_in(world.users["office"])
    for name in RESOURCES:
        plain, asked = client.get(f"/api/v1/{name}/"), client.get(f"/api/v1/{name}/?{query}")
        assert asked.status_code == 200, name
        assert asked.json()["results"] == plain.json()["results"], name


def test_ordering_follows_declared_columns(world, sign_in):
    client = sign_in(world.users["office"])
    codes = [row["code"] for row in client.get("/api/v1/organizations/?ordering=-code").json()["results"]]
    assert codes == sorted(codes, reverse=True)
    assert len(codes) == 5  # the district, two townships and a unit of each


# Refusals


def test_every_refusal_is_a_problem_document(world, sign_in, client):
    township = sign_in(world.users["township"])
    problem(client.get("/api/v1/delegates/"), 401, "not_authenticated")
    problem(township.get("/api/v1/delegates/987654/"), 404, "not_found")
    problem(township.get("/api/v1/delegates/99999999999999999999/"), 404, "not_found")
    problem(township.get("/api/v1/delegates/abc/"), 404, "not_found")
    problem(township.get("/api/v1/no-such-thing/"), 404, "not_found")
    problem(township.post("/api/v1/delegates/"), 405, "method_not_allowed")
    problem(township.delete(f"/api/v1/delegates/{world.ours.mandate.pk}/"), 405, "method_not_allowed")
    problem(township.get("/api/v1/delegates/", headers={"Accept": "text/html"}), 406, "not_acceptable")
    problem(township.post("/api/v1/reports/", {"key": "p01-roster"}), 415, "unsupported_media_type")
    problem(township.post("/api/v1/reports/", "{", content_type=JSON), 400, "parse_error")
    problem(ask(township, []), 400, "invalid")
    assert problem(ask(township, {"key": "p99"}), 400, "invalid")["errors"].keys() == {"key"}
    refused = problem(ask(township, {"key": "p01-roster", "params": {"congress": "0-1"}}), 400, "invalid")
    assert refused["errors"]["params"]
    for wrong in ({"format": "exe"}, {"params": {"congress": "x" * 101}}, {"params": "text"}, {"params": None}):
        problem(ask(township, wanted(world) | wrong), 400, "invalid")


def test_a_session_needs_the_token_of_the_page_for_unsafe_calls(world):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.users["delegate"], backend="congress.doors.backend.AccountBackend")
    problem(ask(strict, wanted(world)), 403, "permission_denied")
    problem(strict.post("/api/v1/tokens/", content_type=JSON), 403, "permission_denied")
    assert not AuthToken.objects.exists()
    strict.get("/account/password/")  # a page that brings the cookie
    cookie = strict.cookies["csrftoken"].value
    assert strict.post("/api/v1/tokens/", content_type=JSON, headers={"X-CSRFToken": cookie}).status_code == 201


def test_staff_with_a_password_only_and_a_first_password_get_nothing(world, client):
    client.force_login(world.users["township"], backend="congress.doors.backend.AccountBackend")
    for name in RESOURCES:
        problem(client.get(f"/api/v1/{name}/"), 401, "second_factor")
    problem(client.post("/api/v1/tokens/", content_type=JSON), 401, "second_factor")
    delegate = world.users["delegate"]
    User.objects.filter(pk=delegate.pk).update(must_change_password=True)
    client.force_login(delegate, backend="congress.doors.backend.AccountBackend")
    problem(client.get("/api/v1/delegates/"), 403, "permission_denied")
    problem(client.post("/api/v1/tokens/", content_type=JSON), 403, "permission_denied")


@pytest.mark.parametrize("throttle", [UserRateThrottle, AnonRateThrottle])
def test_too_many_calls_are_told_to_wait(world, sign_in, client, monkeypatch, throttle):
    monkeypatch.setattr(throttle, "THROTTLE_RATES", {"user": "3/min", "anon": "3/min"})
    cache.clear()
    caller = sign_in(world.users["township"]) if throttle is UserRateThrottle else client
    answers = [caller.get("/api/v1/schema/") for _call in range(4)]
    assert [answer.status_code for answer in answers[:3]] == [200, 200, 200]
    problem(answers[3], 429, "throttled")
    assert 0 < int(answers[3].headers["Retry-After"]) <= 60


# Done once


def test_the_same_key_and_body_get_the_same_answer_and_one_print(world, sign_in):
    client = sign_in(world.users["township"])
    first, again = (ask(client, wanted(world), **{"Idempotency-Key": "k-1"}) for _time in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert PrintedReport.objects.filter(format="xlsx").count() == 1
    ask(client, wanted(world), **{"Idempotency-Key": "k-2"})
    assert PrintedReport.objects.filter(format="xlsx").count() == 2


def test_a_key_is_its_users_own_and_fits_one_request_only(world, sign_in):
    client = sign_in(world.users["township"])
    ask(client, wanted(world), **{"Idempotency-Key": "k"})
    problem(ask(client, wanted(world, "pdf"), **{"Idempotency-Key": "k"}), 422, "idempotency_key_reused")
    assert ask(sign_in(world.users["office"]), wanted(world, "pdf"), **{"Idempotency-Key": "k"}).status_code == 202
    problem(ask(client, wanted(world), **{"Idempotency-Key": "k" * 101}), 400, "invalid")


def test_a_refusal_is_repeated_and_stays_a_problem_document(world, sign_in):
    client = sign_in(world.users["township"])
    for _time in range(2):
        problem(ask(client, {"key": "p99"}, **{"Idempotency-Key": "bad"}), 400, "invalid")


def test_a_request_still_at_work_is_said_to_be_so(world, sign_in):
    client = sign_in(world.users["township"])
    ask(client, wanted(world), **{"Idempotency-Key": "k"})
    IdempotencyKey.objects.update(status=0, answer=None)
    problem(ask(client, wanted(world), **{"Idempotency-Key": "k"}), 409, "in_progress")


def test_after_a_fault_of_ours_the_same_key_may_try_again(world, sign_in, monkeypatch):
    client = sign_in(world.users["township"])
    client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr(ReportViewSet, "get_serializer", lambda *args, **kwargs: 1 / 0)
        problem(ask(client, wanted(world), **{"Idempotency-Key": "k"}), 500, "error")
    assert ask(client, wanted(world), **{"Idempotency-Key": "k"}).status_code == 202


# Tokens


def test_a_token_is_made_by_a_full_session_stored_hashed_and_works(world, sign_in):
    client = sign_in(world.users["township"])
    answer = client.post("/api/v1/tokens/", content_type=JSON, headers={"Idempotency-Key": "t"})
    assert answer.status_code == 201
    token = answer.json()["token"]
    stored = str(list(AuthToken.objects.values())) + str(list(IdempotencyKey.objects.values()))
    assert token not in stored + str(list(AuditEvent.objects.values()))
    bearer = Client(headers={"Authorization": f"Token {token}"})
    assert bearer.get("/api/v1/delegates/").json()["count"] == 1  # the second factor was given when it was made
    problem(bearer.post("/api/v1/tokens/", content_type=JSON), 401, "not_authenticated")  # a token makes no token
    problem(client.post("/api/v1/tokens/", content_type=JSON, headers={"Idempotency-Key": "t"}), 409, "already_served")
    assert AuthToken.objects.count() == 1
    assert AuditEvent.objects.filter(action="token_issue").count() == 1


def test_revoked_expired_and_invented_tokens_open_nothing(world, sign_in, time_machine):
    user = world.users["township"]
    bearer = token_client(user)
    assert sign_in(user).post("/api/v1/tokens/revoke/", content_type=JSON).status_code == 204
    problem(bearer.get("/api/v1/delegates/"), 401, "authentication_failed")
    later = token_client(user)
    time_machine.move_to(timezone.now() + timedelta(hours=10, seconds=1))
    problem(later.get("/api/v1/delegates/"), 401, "authentication_failed")
    for wrong in ("x", "Ã©" * 20, "a b", "a" * 5000, "\x01"):
        answer = Client(headers={"Authorization": f"Token {wrong}"}).get("/api/v1/delegates/")
        problem(answer, 401, "authentication_failed")


def test_the_tokens_of_a_closed_account_are_dead_and_stay_dead(world):
    user, keeper = world.users["township"], world.users["sysadmin"]
    bearer = token_client(user)
    assert bearer.get("/api/v1/delegates/").status_code == 200
    accounts.set_active(user, False, by=keeper)
    problem(bearer.get("/api/v1/delegates/"), 401, "authentication_failed")
    accounts.set_active(user, True, by=keeper)
    problem(bearer.get("/api/v1/delegates/"), 401, "authentication_failed")


@pytest.mark.parametrize("verb", ["reset_password", "reset_authenticator"])
def test_a_reset_ends_the_tokens_too(world, verb):
    user = world.users["township"]
    bearer = token_client(user)
    getattr(accounts, verb)(user, by=world.users["sysadmin"])
    problem(bearer.get("/api/v1/delegates/"), 401, "authentication_failed")


def test_a_new_password_ends_the_tokens_too(world):
    bearer = token_client(world.users["delegate"])
    accounts.change_password(world.users["delegate"], "another-long-word-77")
    problem(bearer.get("/api/v1/delegates/"), 401, "authentication_failed")
