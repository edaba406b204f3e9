"""Who the API lets in: a session with everything a page asks for, or a token."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class StaffSession(SessionAuthentication):
    """A browser session. Staff need their one-time code here as on every page."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        found = super().authenticate(request)
        if found and found[0].is_staff and not found[0].is_verified():
            raise AuthenticationFailed(_("Enter your one-time code first."), code="second_factor")
        return found

    def authenticate_header(self, request: Request) -> str:
        return "Session"  # so that a stranger gets 401 and not 403


class SignedIn(BasePermission):
    """An active account that has changed its first password. What it may see is the policy's affair."""

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        return bool(user and user.is_authenticated and user.is_active and not user.must_change_password)
