"""The API against its own document: whatever is sent, it answers as it says it does."""

import json
import re

import hypothesis
import pytest
import schemathesis
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, Phase
from knox.models import AuthToken
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as openapi

from congress.models import PrintedReport
from congress.wsgi import application
from tests.doors.test_api import DELEGATE_FIELDS, RESOURCES
from tests.doors.world import MARK, make_world

pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLES = 8  # of each kind, for each call
BUDGET = hypothesis.settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = [
    not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
    openapi.unsupported_method,
    openapi.allow_header_conformance,
]


@pytest.fixture(autouse=True)
def _one_connection(transactional_db, monkeypatch):
    """As in production, a connection outlives its request: with a new one for each, every call takes twice as long."""
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", None)


@pytest.mark.parametrize("kind", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "unfitting"])
@pytest.mark.parametrize("role", ["township", "delegate"])
def test_whatever_is_sent_the_api_answers_as_its_document_says(role, kind):
    world = make_world()
    token = AuthToken.objects.create(user=world.users[role])[1]
    headers = {"Authorization": f"Token {token}"}
    document = schemathesis.openapi.from_wsgi("/api/v1/schema/", application, headers={"Accept": "application/json"})
    sent = [0]
    for result in document.get_all_operations():
        operation = result.ok()
        if not (operation.path_parameters or operation.query or operation.body) and kind.is_negative:
            continue  # nothing to get wrong

        @BUDGET
        @hypothesis.given(case=operation.as_strategy(generation_mode=kind))
        def answers_as_described(case):
            response = case.call(headers=headers)
            case.validate_response(response, checks=CHECKS, headers=headers)
            assert MARK not in response.text
            sent[0] += 1

        answers_as_described()
    assert sent[0] > EXAMPLES * 4
    assert not PrintedReport.objects.exclude(organization__in=[world.ours.organization, world.theirs.organization])


def test_no_call_of_the_document_answers_a_stranger():
    document = schemathesis.openapi.from_wsgi("/api/v1/schema/", application, headers={"Accept": "application/json"})
    operations = [result.ok() for result in document.get_all_operations()]
    for operation in operations:
        path = operation.path.replace("{id}", "1")
        answer = Client().generic(operation.method.upper(), path, "{}", content_type="application/json")
        open_to_all = operation.path == "/api/v1/schema/"
        assert answer.status_code == (200 if open_to_all else 401), operation.label
    assert len(operations) > 15


def test_the_document_describes_every_call_and_its_refusals(sign_in):
    answer = sign_in(make_world().users["township"]).get("/api/v1/schema/?format=json")
    document = json.loads(answer.content)
    assert document["openapi"].startswith("3.")
    assert {path.split("/")[3] for path in document["paths"]} >= {*RESOURCES, "tokens"}
    assert set(document["components"]["securitySchemes"]) == {"session", "token"}
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            assert {"400", "401", "403", "404", "429"} <= set(call["responses"]), (method, path)
    assert list(document["components"]["schemas"]["Delegate"]["properties"]) == DELEGATE_FIELDS


def test_the_document_is_open_and_its_page_asks_nobody_outside(client):
    """A script's author reads it before he has an account. It describes; it holds nothing."""
    assert client.get("/api/v1/schema/").status_code == 200
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert "unsafe-eval" in page.headers["Content-Security-Policy"]  # the page's own policy, not the portal's
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.content.decode())
