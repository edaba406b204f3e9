"""The account behind a session."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from congress.models import User
from congress.services import accounts


class AccountBackend(ModelBackend):
    """Passwords as Django keeps them. Asked anew with every request, so that a right taken away is gone at once."""

    def get_user(self, user_id: Any) -> User | None:
        user = accounts.with_rights(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
