"""What every test stands on: real services, cold caches, no network but this machine's."""

import gc

from tests import services

services.start()  # before Django reads its settings: the embedded PostgreSQL and Redis

import django_otp  # noqa: E402
import hypothesis  # noqa: E402
import pytest  # noqa: E402
import pytest_socket  # noqa: E402
from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.test import Client  # noqa: E402
from guardian.shortcuts import clear_ct_cache  # noqa: E402

# A busy machine is slow, not wrong.
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.load_profile("here")


def pytest_collection_finish():
    """What was imported stays. Without this, making the database is a fifth garbage collection."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(autouse=True)
def cold_caches():
    """Without this, query counts depend on which test ran before. Called, it cools them again within a test."""

    def cool():
        ContentType.objects.clear_cache()
        clear_ct_cache()
        cache.clear()

    cool()
    return cool


@pytest.fixture(autouse=True)
def _stay_on_this_machine():
    """No test reaches beyond the loopback and the services' own sockets."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    yield
    pytest_socket._remove_restrictions()


@pytest.fixture
def sign_in():
    """A browser in which the user is signed in, second factor included where his role asks for it."""

    def sign_in(user) -> Client:
        from congress.services import accounts

        client = Client()
        client.force_login(user, backend="congress.doors.backend.AccountBackend")
        if user.is_staff:
            device = user.totpdevice_set.filter(confirmed=True).first()
            device = device or accounts.start_authenticator(user, confirmed=True)[0]
            session = client.session
            session[django_otp.DEVICE_ID_SESSION_KEY] = device.persistent_id
            session.save()
        return client

    return sign_in
