"""The world that most tests of the doors walk through."""

import copy

import pytest
from django.db import transaction

from tests.doors.world import make_world


@pytest.fixture(scope="module")
def standing(request, django_db_setup, django_db_blocker):
    """Made once for a module, since making it takes longer than most tests. It goes when the module is done.

    What a test does to the rows is taken back as always: its own transaction is a savepoint in this one. So each
    test of the module must have the world, or it would meet it by chance, and none may need a transaction that ends.
    """
    for test in request.session.items:
        if test.module is request.module:
            marker = test.get_closest_marker("django_db")
            assert "world" in test.fixturenames, f"{test.name} does not ask for the world"
            assert not (marker and marker.kwargs.get("transaction")), f"{test.name} belongs into test_committed.py"
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(standing, db):
    """The module's world, in objects of the test's own."""
    return copy.deepcopy(standing)
