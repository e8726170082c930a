"""The work inside a case: analysis, corrective actions, evidence."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from actions import operations
from actions.models import CauseAnalysis, CorrectiveAction, Evidence
from actions.serving import as_attachment
from workflow.models import Case

from ..fetching import fetch
from ..fields import ModelSerializer, PersonField, PersonSerializer, Strict
from ..problems import MEDIA_TYPE, ProblemSerializer
from ..requests import PersonRequest
from ..versions import version_in, version_of
from .base import Listing, View


def _meant(request: PersonRequest) -> dict[str, Any]:
    """Who acts, and on which version of the case."""
    return {"by": request.user, "version": version_in(request)}


class AnalysisSerializer(ModelSerializer):
    whys = serializers.ListField(
        child=serializers.CharField(max_length=2000), required=False, max_length=operations.MAX_WHYS
    )

    class Meta:
        model = CauseAnalysis
        fields = operations.ANALYSIS_FIELDS


class Analysis(View):
    is_versioned = True

    @extend_schema(responses=AnalysisSerializer)
    def get(self, request: PersonRequest, number: str) -> Response:
        case = fetch(request, number)
        return Response(AnalysisSerializer(getattr(case, "analysis", None) or CauseAnalysis(case=case)).data)

    @extend_schema(request=AnalysisSerializer, responses=AnalysisSerializer)
    def put(self, request: PersonRequest, number: str) -> Response:
        case = fetch(request, number)
        given = AnalysisSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        analysis = operations.record_analysis(case, **_meant(request), **given.validated_data)
        return Response(AnalysisSerializer(analysis).data, headers=version_of(analysis.case))


class CorrectiveActionSerializer(ModelSerializer):
    id = serializers.IntegerField(source="number", read_only=True)
    owner = PersonSerializer(read_only=True)

    class Meta:
        model = CorrectiveAction
        fields = (
            "id", "description", "owner", "due_on", "result", "completed_at", "dropped_at", "drop_reason",
        )  # fmt: skip
        read_only_fields = fields


class _PlanSerializer(Strict):
    description = serializers.CharField(max_length=5000)
    owner = PersonField()
    due_on = serializers.DateField()


class CorrectiveActions(Listing):
    """Those of a case, in the order in which they were planned."""

    is_versioned = True
    serializer_class = CorrectiveActionSerializer
    queryset = CorrectiveAction.objects.none()
    order = ("number",)

    def get_queryset(self) -> QuerySet[CorrectiveAction]:
        return fetch(self.request, self.kwargs["number"]).corrective_actions.select_related("owner")

    @extend_schema(request=_PlanSerializer, responses={201: CorrectiveActionSerializer})
    def post(self, request: PersonRequest, number: str) -> Response:
        case = fetch(request, number)
        given = _PlanSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        action = operations.plan_action(case, **_meant(request), **given.validated_data)
        return Response(CorrectiveActionSerializer(action).data, headers=version_of(action.case), status=201)


def _fetch_action(request: PersonRequest, number: str, action: int) -> Case:
    """The case of a corrective action that is there."""
    case = fetch(request, number)
    get_object_or_404(case.corrective_actions, number=action)
    return case


class OneCorrectiveAction(View):
    is_versioned = True

    @extend_schema(request=_PlanSerializer(partial=True), responses=CorrectiveActionSerializer)
    def patch(self, request: PersonRequest, number: str, action: int) -> Response:
        case = _fetch_action(request, number, action)
        given = _PlanSerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        changed = operations.change_action(case, action, **_meant(request), **given.validated_data)
        return Response(CorrectiveActionSerializer(changed).data, headers=version_of(changed.case))


class _ResultSerializer(Strict):
    result = serializers.CharField(required=False, allow_blank=True, max_length=5000)


class CompleteAction(View):
    is_versioned = True

    @extend_schema(request=_ResultSerializer, responses=CorrectiveActionSerializer)
    def post(self, request: PersonRequest, number: str, action: int) -> Response:
        case = _fetch_action(request, number, action)
        given = _ResultSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        done = operations.complete_action(case, action, **_meant(request), **given.validated_data)
        return Response(CorrectiveActionSerializer(done).data, headers=version_of(done.case))


class _ReasonSerializer(Strict):
    note = serializers.CharField(max_length=5000)


class DropAction(View):
    is_versioned = True

    @extend_schema(request=_ReasonSerializer, responses=CorrectiveActionSerializer)
    def post(self, request: PersonRequest, number: str, action: int) -> Response:
        case = _fetch_action(request, number, action)
        given = _ReasonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        dropped = operations.drop_action(case, action, **_meant(request), **given.validated_data)
        return Response(CorrectiveActionSerializer(dropped).data, headers=version_of(dropped.case))


class EvidenceSerializer(ModelSerializer):
    added_by = PersonSerializer(read_only=True)

    class Meta:
        model = Evidence
        fields = (
            "id", "name", "content_type", "size", "sha256", "description", "added_by", "added_at",
            "withdrawn_at", "withdrawal_reason",
        )  # fmt: skip
        read_only_fields = fields


class _UploadSerializer(Strict):
    file = serializers.FileField(max_length=255, allow_empty_file=True)
    description = serializers.CharField(required=False, allow_blank=True, max_length=300)


class EvidenceList(Listing):
    """That of a case, withdrawn files as well, in the order in which they came."""

    is_versioned = True
    parser_classes = (MultiPartParser,)
    serializer_class = EvidenceSerializer
    queryset = Evidence.objects.none()
    order = ("id",)

    def get_queryset(self) -> QuerySet[Evidence]:
        return fetch(self.request, self.kwargs["number"]).evidence.select_related("added_by")

    @extend_schema(request={"multipart/form-data": _UploadSerializer}, responses={201: EvidenceSerializer})
    def post(self, request: PersonRequest, number: str) -> Response:
        case = fetch(request, number)
        given = _UploadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        description = given.validated_data.get("description", "")
        upload = given.validated_data["file"]
        evidence = operations.add_evidence(case, **_meant(request), upload=upload, description=description)
        return Response(EvidenceSerializer(evidence).data, headers=version_of(evidence.case), status=201)


def _fetch_evidence(request: PersonRequest, number: str, key: int) -> Evidence:
    found: QuerySet[Evidence] = fetch(request, number).evidence.select_related("case", "added_by")
    return get_object_or_404(found, pk=key)


class EvidenceFile(View):
    """The file, or one part of it (Range), or nothing where its ETag is known already (If-None-Match)."""

    @extend_schema(
        parameters=[
            OpenApiParameter("Range", str, OpenApiParameter.HEADER, description="bytes=0-1023"),
            OpenApiParameter("If-Range", str, OpenApiParameter.HEADER, description="an ETag"),
            OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="an ETag"),
        ],
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            (206, "application/octet-stream"): OpenApiTypes.BINARY,
            304: OpenApiResponse(description="known already"),
            (412, MEDIA_TYPE): ProblemSerializer,
            (416, MEDIA_TYPE): ProblemSerializer,
        },
    )
    def get(self, request: PersonRequest, number: str, key: int) -> HttpResponseBase:
        response = as_attachment(_fetch_evidence(request, number, key), request._request)
        if response.status_code not in _REFUSED:
            return response
        self.headers |= {name: response[name] for name in ("Content-Range", "ETag") if name in response}
        raise _NotServed(_REFUSED[response.status_code], code=response.status_code)


#: Why a file is not sent though it is there.
_REFUSED = {
    412: gettext_lazy("Tệp này không phải tệp mà yêu cầu nói đến."),
    416: gettext_lazy("Phần được yêu cầu nằm ngoài tệp."),
}


class _NotServed(APIException):
    def __init__(self, said: Any, *, code: int) -> None:
        self.status_code = code
        super().__init__(said)


class WithdrawEvidence(View):
    is_versioned = True

    @extend_schema(request=_ReasonSerializer, responses=EvidenceSerializer)
    def post(self, request: PersonRequest, number: str, key: int) -> Response:
        evidence = _fetch_evidence(request, number, key)
        given = _ReasonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        withdrawn = operations.withdraw_evidence(evidence, **_meant(request), **given.validated_data)
        return Response(EvidenceSerializer(withdrawn).data, headers=version_of(withdrawn.case))
