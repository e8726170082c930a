"""POST cases/{number}/steps/{step}/ and the same step on several cases."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from workflow.operations import take_step
from workflow.refusals import Refusal
from workflow.vocabulary import Step

from ..cases import AskedSerializer, CaseDetailSerializer
from ..fields import is_key
from ..problems import answer
from ..requests import PersonRequest
from .cases import detail, fetch

#: Cases that one request may move.
MAX_CASES = 200


def declared(step: str) -> Step:
    if step not in Step.values:
        raise Http404
    return Step(step)


def asked_in(data: Any) -> dict[str, Any]:
    given = AskedSerializer(data=data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def version_in(request: PersonRequest) -> int | None:
    """The version that If-Match names; `*` is any."""
    tag = request.headers.get("If-Match", "*").removeprefix("W/").strip('" ')
    if tag == "*":
        return None
    if not is_key(tag):
        raise ValidationError({"If-Match": [_("Không hiểu phiên bản này.")]})
    return int(tag)


class CaseStep(APIView):
    @extend_schema(request=AskedSerializer, responses=CaseDetailSerializer)
    def post(self, request: PersonRequest, number: str, step: str) -> Response:
        case = fetch(request, number)
        asked, version = asked_in(request.data), version_in(request)
        take_step(case, declared(step), by=request.user, version=version, **asked)
        # A step may take the case out of sight, as a transfer to another city's unit would.
        return detail(request, fetch(request, number))


class _SeveralSerializer(serializers.Serializer):
    cases = serializers.ListField(child=serializers.CharField(), min_length=1, max_length=MAX_CASES)


class SeveralSteps(APIView):
    """The same step on several cases, each for itself: one result per case."""

    @extend_schema(
        operation_id="cases_steps_several",
        request=_SeveralSerializer,
        responses={200: serializers.ListSerializer(child=serializers.DictField())},
    )
    def post(self, request: PersonRequest, step: str) -> Response:
        wanted = declared(step)
        several = _SeveralSerializer(data=request.data)
        several.is_valid(raise_exception=True)
        sent: Any = request.data
        asked = asked_in({name: value for name, value in sent.items() if name != "cases"})
        numbers = several.validated_data["cases"]
        return Response({"results": [self._take(request, n, wanted, asked) for n in numbers]})

    def _take(self, request: PersonRequest, number: str, step: Step, asked: dict[str, Any]) -> dict[str, Any]:
        try:
            case = take_step(fetch(request, number), step, by=request.user, **asked)
        except (Refusal, Http404) as refusal:
            problem = answer(refusal, {})
            assert problem is not None
            return {"case": number, "status": problem.status_code, "problem": problem.data}
        return {"case": number, "status": 200, "state": case.state}
