"""Signed-in browsers for the measurements: prints who, with which cookie and which rows, as one JSON object."""

# ruff: noqa: E402 -- Django first
import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import QuerySet
from django_otp import DEVICE_ID_SESSION_KEY

from congress.models import Role, User
from congress.services import accounts
from delegates.policies import MANDATES


def cookie(user: User) -> str:
    """A session as signing in makes it, second factor included."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["started"] = session["seen"] = int(time.time())
    if user.is_staff:
        device = user.totpdevice_set.first() or accounts.start_authenticator(user, confirmed=True)[0]
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def signed_in(users: QuerySet[User]) -> list[dict[str, Any]]:
    """A cookie for each, and the middle one of the first rows he sees."""
    found = []
    for user in users:
        rows = list(MANDATES.visible(user).for_list().values_list("pk", flat=True)[:40])
        found.append({"cookie": cookie(user), "row": rows[len(rows) // 2] if rows else None})
    return found


def main() -> None:
    kinds = {"offices": Role.OFFICE, "townships": Role.TOWNSHIP, "delegates": Role.DELEGATE, "units": Role.UNIT}
    scaled = User.objects.filter(username__startswith="scale-").order_by("pk")
    print(json.dumps({kind: signed_in(scaled.filter(groups__name=role)) for kind, role in kinds.items()}))


if __name__ == "__main__":
    main()
