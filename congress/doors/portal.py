"""The portal's door: class-based views that ask the policy and take transitions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from django.views.generic import View

from congress.kernel.policy import Policy
from congress.kernel.workflow import Refused, UnknownVerb, Workflow
from congress.models import Role
from congress.policies import NOTICES, has_role

M = TypeVar("M", bound=models.Model)


def page_furniture(request: HttpRequest) -> dict[str, Any]:
    """What every page's frame needs: text size, and the number of unread messages when it is drawn."""
    return {"text_size": "large" if request.COOKIES.get("size") == "large" else "normal", "unread": _Unread(request)}


class _Unread:
    """Counts only if the template asks: the admin and the API never do."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def __int__(self) -> int:
        return self.count

    @cached_property
    def count(self) -> int:
        """Asked of the database once, however often the frame shows it."""
        user = getattr(self.request, "user", None)
        return NOTICES.visible(user).filter(read_at=None).count() if user and user.is_authenticated else 0

    def __str__(self) -> str:
        count = int(self)
        return "99+" if count > 99 else str(count or "")


@dataclass(frozen=True)
class Owed:
    """One thing a delegate should do: what, where, and by when with its light."""

    text: str
    url: str
    left: str = ""
    light: str = ""


@dataclass(frozen=True)
class Card:
    """What a floor shows on the delegate's first page: a template with its context, and what he owes there."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    owed: Sequence[Owed] = ()


def cards(user: Any) -> list[Card]:
    """The cards of all floors, as settings.PORTAL_CARDS names them: each a function of the account."""
    return [import_string(name)(user) for name in settings.PORTAL_CARDS]


class PolicyMixin(Generic[M]):
    """Show only what the policy shows. What may not be seen does not exist: 404, not 403."""

    policy: Policy[M]
    request: HttpRequest

    def get_queryset(self) -> models.QuerySet[M]:
        return self.policy.visible(self.request.user)


class RoleMixin:
    """Pages of one kind of user; for everybody else they do not exist."""

    roles: tuple[Role, ...] = ()
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not has_role(request.user, *self.roles):
            raise Http404
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class TransitionView(PolicyMixin[M], View):
    """One view for every transition of a workflow."""

    workflow: Workflow[M]
    template_name = "congress/transition.html"

    def get(self, request: HttpRequest, pk: int, verb: str) -> HttpResponseBase:
        return self._page(self._object(pk), verb, self._form(self._object(pk), verb))

    def post(self, request: HttpRequest, pk: int, verb: str) -> HttpResponseBase:
        obj = self._object(pk)
        form = self._form(obj, verb, request.POST)
        if not form.is_valid():
            return self._page(obj, verb, form)
        try:
            obj = self.workflow.take(obj, verb, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect(obj.get_absolute_url())  # type: ignore[attr-defined]

    def _object(self, pk: int) -> M:
        return get_object_or_404(self.get_queryset(), pk=pk)

    def _form(self, obj: M, verb: str, data: Any = None) -> Any:
        try:
            row = self.workflow.row(verb)
        except UnknownVerb:
            raise Http404 from None
        if not row.who(self.request.user, obj):
            raise PermissionDenied
        return self.workflow.form(obj, verb, by=self.request.user, data=data)

    def _page(self, obj: M, verb: str, form: Any) -> HttpResponseBase:
        row = self.workflow.row(verb)
        return TemplateResponse(self.request, self.template_name, {"object": obj, "row": row, "form": form})
