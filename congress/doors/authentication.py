"""Who the API lets in: a session with everything a page asks for, or a token."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
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


class Token(TokenAuthentication):
    """A token of a script. What is no text at all is no token either."""

    def authenticate_credentials(self, token: bytes) -> tuple[Any, Any]:
        if not token.isalnum():  # knox would stumble over bytes that are not UTF-8
            raise AuthenticationFailed(_("Invalid token."))
        return super().authenticate_credentials(token)


class SessionScheme(OpenApiAuthenticationExtension):
    """How the API's document describes the session."""

    target_class, name = StaffSession, "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class TokenScheme(OpenApiAuthenticationExtension):
    """How the API's document describes the token."""

    target_class, name = Token, "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token <the token>`, as POST /api/v1/tokens/ gave it",
        }


class SignedIn(BasePermission):
    """An active account that has changed its first password. What it may see is the policy's affair."""

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        return bool(user and user.is_authenticated and user.is_active and not user.must_change_password)
