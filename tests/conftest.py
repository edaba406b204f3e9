"""What every test stands on: real services, cold caches, no network but this machine's."""

from tests import services

services.start()  # before Django reads its settings: the embedded PostgreSQL and Redis

import hypothesis  # noqa: E402
import pytest  # noqa: E402
from django.contrib.contenttypes.models import ContentType  # noqa: E402
from guardian.shortcuts import clear_ct_cache  # noqa: E402

# A busy machine is slow, not wrong.
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.load_profile("here")


@pytest.fixture(autouse=True)
def _cold_caches():
    """Without this, query counts depend on which test ran before."""
    ContentType.objects.clear_cache()
    clear_ct_cache()


@pytest.fixture(autouse=True)
def _stay_on_this_machine(socket_disabled_but_local):
    """No test reaches beyond the loopback and the services' own sockets."""


@pytest.fixture
def socket_disabled_but_local():
    import pytest_socket

    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    yield
    pytest_socket._remove_restrictions()
