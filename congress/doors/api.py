"""The API's door: the same policy, the same workflow, the same words of refusal."""

import hashlib
import json
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import IntegrityError, models, transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import override
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.filters import SearchFilter
from rest_framework.pagination import PageNumberPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from congress.doors.paging import PatientPaginator
from congress.kernel.policy import Policy
from congress.kernel.workflow import Refused, UnknownVerb, Workflow
from congress.models import IdempotencyKey

PROBLEM_JSON = "application/problem+json"
M = TypeVar("M", bound=models.Model)
V = TypeVar("V")
LARGEST_KEY = 2**63 - 1


class Pages(PageNumberPagination):
    django_paginator_class = PatientPaginator
    page_size, max_page_size, page_size_query_param = 25, 200, "page_size"


class Conflict(APIException):
    status_code, default_code = status.HTTP_409_CONFLICT, "conflict"


class PolicyMixin(Generic[M]):
    """Rows come from the policy; what may not be seen does not exist."""

    policy: Policy[M]
    request: Any

    def get_queryset(self) -> models.QuerySet[M]:
        if getattr(self, "swagger_fake_view", False):  # the schema generator asks for the model only
            return self.policy.model._default_manager.none()
        return self.policy.visible(self.request.user)


class AskedFilters(django_filters.rest_framework.DjangoFilterBackend):
    """Builds the filters' form only for who uses one: it is a tenth of a page."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        asked = set(request.query_params) & set(view.filterset_class.base_filters)
        return super().filter_queryset(request, queryset, view) if asked else queryset


class WordSearch(SearchFilter):
    """`search=` as the model's own `matching` understands it."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        words = request.query_params.get("search", "").replace("\x00", "").strip()[:40]
        return queryset.matching(words) if words else queryset


class TransitionMixin(PolicyMixin[M]):
    """Takes the table's transitions: `@takes` makes an action of the viewset for each verb, which calls `take`."""

    workflow: Workflow[M]

    def take(self, request: Request, verb: str, said: type[serializers.Serializer] | None) -> Response:
        """Take `verb` on the object of the URL; 403 if not yours, 409 with the reason if not now, 400 if not said."""
        obj = self.get_object()  # type: ignore[attr-defined]
        self.workflow.judge(obj, verb, by=request.user)
        self.workflow.take(obj, verb, by=request.user, **self.facts(request, verb, obj, said))
        return Response(self.get_serializer(self.get_object()).data)  # type: ignore[attr-defined]

    def facts(self, request: Request, verb: str, obj: M, said: type[serializers.Serializer] | None) -> dict[str, Any]:
        """What the table's form makes of what the caller said."""
        heard = self.hear(request, verb, obj, said) if said else {}
        form = self.workflow.form(obj, verb, by=request.user, data=heard)
        if not form.is_valid():
            raise ValidationError({FORM_ERRORS.get(name, name): list(words) for name, words in form.errors.items()})
        return form.cleaned_data

    def hear(self, request: Request, verb: str, obj: M, said: type[serializers.Serializer]) -> dict[str, Any]:
        """What the caller said, each value of the kind the form asks for."""
        heard = said(data=request.data)
        heard.is_valid(raise_exception=True)
        return heard.validated_data


FORM_ERRORS = {"__all__": "non_field_errors"}


def takes(workflow: Workflow[Any], *verbs: str) -> Callable[[type[V]], type[V]]:
    """Give a viewset with `TransitionMixin` a POST action for each verb; the verb with hyphens is the URL's word.

    The body is what the table's form asks, but files: a scan is added on the decision's page.
    """

    def give(viewset: type[V]) -> type[V]:
        viewset.workflow = workflow  # type: ignore[attr-defined]
        for verb in verbs:
            name = f"take_{verb}"
            setattr(viewset, name, _action(workflow, verb, name))
        return viewset

    return give


def _action(workflow: Workflow[Any], verb: str, name: str) -> Any:
    row = workflow.row(verb)
    said = _asked_by(row.needs, f"{workflow.model.__name__}{verb.title().replace('_', '')}") if row.needs else None

    def act(self: Any, request: Request, pk: str | None = None) -> Response:
        return self.take(request, verb, said)

    act.__name__ = name
    with override("en"):
        act.__doc__ = f"{row.label}: from {', '.join(row.source)} to {row.target}."
    act = extend_schema(request=said)(act)
    return action(detail=True, methods=["post"], url_path=verb.replace("_", "-"), filter_backends=[])(act)


def _asked_by(form: type[forms.Form], name: str) -> type[serializers.Serializer]:
    """A serializer that asks what the form asks, so that the API's document can say it and JSON can answer it."""
    fields = {key: _field(field) for key, field in form().fields.items() if not isinstance(field, forms.FileField)}
    return type(f"{name}Serializer", (serializers.Serializer,), fields)


def _field(field: forms.Field) -> serializers.Field:
    match field:
        case forms.ModelChoiceField():
            return serializers.IntegerField(min_value=1, max_value=LARGEST_KEY, required=field.required)
        case forms.ChoiceField():
            return serializers.ChoiceField([choice for choice in field.choices if choice[0]], required=field.required)
        case forms.DateField():
            return serializers.DateField(required=field.required)
        case forms.IntegerField():
            limits = {"min_value": field.min_value, "max_value": field.max_value}
            return serializers.IntegerField(required=field.required, **limits)
    limits = {"min_length": field.min_length, "max_length": field.max_length}
    return serializers.CharField(required=field.required, allow_blank=not field.required, **limits)


class IdempotentMixin:
    """An unsafe call with an `Idempotency-Key` is done once: the same key and body get the same answer.

    With `keeps_answers` off the answer holds a secret and is not stored: asked again, the caller hears that
    the first request was served.
    """

    keeps_answers = True

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.idempotency = None
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except Exception:
            if self.idempotency is not None:  # our fault: the same key may try again
                self.idempotency.delete()
            raise

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        key = request.headers.get("Idempotency-Key", "")
        if not key or request.method in {"GET", "HEAD", "OPTIONS"}:
            return
        if len(key) > 100:
            raise ValidationError({"Idempotency-Key": [_("At most 100 characters.")]})
        if not key.isprintable():  # no database column takes a NUL
            raise ValidationError({"Idempotency-Key": [_("Printable characters only.")]})
        body = f"{request.method} {request.path}\n{json.dumps(request.data, sort_keys=True, default=str)}"
        self.idempotency = self._claim(request.user, key, hashlib.sha256(body.encode()).hexdigest())

    def _claim(self, user: Any, key: str, body_hash: str) -> IdempotencyKey:
        try:
            with transaction.atomic():
                return IdempotencyKey.objects.create(user=user, key=key, body_hash=body_hash)
        except IntegrityError:
            first = IdempotencyKey.objects.get(user=user, key=key)
        if first.body_hash != body_hash:
            raise APIException422(_("This Idempotency-Key was used for a different request."))
        if not first.status:
            raise Conflict(_("The first request with this Idempotency-Key is still at work."), code="in_progress")
        if not self.keeps_answers:
            raise Conflict(_("This request was served; its answer is shown once only."), code="already_served")
        raise AlreadyServed(first)

    def finalize_response(self, request: Any, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        if self.idempotency is not None:
            answer = json.loads(json.dumps(response.data, default=str)) if self.keeps_answers else None
            IdempotencyKey.objects.filter(pk=self.idempotency.pk).update(status=response.status_code, answer=answer)
        return response


class APIException422(APIException):
    status_code, default_code = status.HTTP_422_UNPROCESSABLE_ENTITY, "idempotency_key_reused"


class AlreadyServed(Exception):
    """Carries the answer the first request got."""

    def __init__(self, first: IdempotencyKey) -> None:
        super().__init__(first.key)
        self.first = first


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Every error as an RFC 9457 problem document with a stable `code`."""
    match exc:
        case AlreadyServed():
            kind = PROBLEM_JSON if exc.first.status >= 400 else None
            return Response(exc.first.answer, status=exc.first.status, content_type=kind)
        case Refused():
            exc = Conflict(str(exc), code="refused")
        case UnknownVerb():
            exc = Http404()
        case DjangoValidationError():
            exc = ValidationError(exc.messages)
    response = drf_exception_handler(exc, context)
    if response is None:
        return None
    response.data = _problem(exc, response)
    response.content_type = PROBLEM_JSON
    request = context["request"]  # refusals are JSON even where the answer is not
    request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
    return response


def _problem(exc: Exception, response: Response) -> dict[str, Any]:
    codes = {Http404: "not_found", PermissionDenied: "permission_denied"}
    code = codes.get(type(exc)) or getattr(exc, "default_code", "error")
    document: dict[str, Any] = {"type": "about:blank", "title": _title(response), "status": response.status_code}
    if isinstance(exc, ValidationError):
        text = json.dumps(response.data, ensure_ascii=False).encode(errors="replace")  # half a letter may be quoted
        return document | {"code": "invalid", "errors": json.loads(text)}
    if isinstance(exc, APIException) and not isinstance(exc.get_codes(), dict | list):
        code = exc.get_codes()
    detail = response.data.get("detail", "") if isinstance(response.data, dict) else ""
    return document | {"code": code, "detail": str(detail)}


def _title(response: Response) -> str:
    return str(response.status_text) or str(response.status_code)
