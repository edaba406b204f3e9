"""The API's own document: what every call may answer besides success."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from congress.doors.api import PROBLEM_JSON

SAFE = {"GET", "HEAD", "OPTIONS"}


class ProblemSerializer(serializers.Serializer):
    """An RFC 9457 problem document. `code` is stable; `detail` is for people; `errors` names the fields."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField(required=False)
    errors = serializers.JSONField(required=False)


class Schema(AutoSchema):
    """drf-spectacular's description with our refusals, and the key that makes an unsafe call safe to repeat."""

    def get_override_parameters(self) -> list[Any]:
        if self.method in SAFE:
            return []
        return [
            OpenApiParameter(
                "Idempotency-Key",
                str,
                OpenApiParameter.HEADER,
                description="At most 100 characters. The same key and body are done once.",
            )
        ]

    def _get_response_bodies(self, *args: Any, **kwargs: Any) -> Any:
        problem = self.resolve_serializer(ProblemSerializer, "response").ref
        refusal = {"content": {PROBLEM_JSON: {"schema": problem}}}
        words = self._refusals()
        return super()._get_response_bodies(*args, **kwargs) | {
            status: refusal | {"description": word} for status, word in words.items()
        }

    def _refusals(self) -> dict[str, str]:
        words = {
            "400": "A field or parameter is not valid",
            "401": "Not signed in, or the one-time code is missing",
            "403": "Not yours to do",
            "404": "Does not exist, or is not yours to see",
            "406": "Only JSON is spoken here",
            "429": "Too many calls; Retry-After says how long to wait",
        }
        if self.method not in SAFE:
            words |= {
                "409": "Not possible now; `detail` says why",
                "415": "The body must be application/json",
                "422": "The Idempotency-Key was used for a different request",
            }
        return words
