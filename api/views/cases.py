"""GET cases/ · cases/{number}/ · its events · POST comments."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from notifications.forecast import forecast
from organisations.hands import Hand
from workflow.calendar import working_days
from workflow.completeness import missing_in_the_file
from workflow.export import CASES, XLSX, as_table
from workflow.lateness import stages
from workflow.models import Case, Event
from workflow.offers import steps_for
from workflow.operations import comment

from ..cases import CaseDetailSerializer, CaseSerializer, EventSerializer
from ..filters import CaseFilter, order_of, refuse_unknown
from ..requests import PersonRequest


def fetch(request: PersonRequest, number: str) -> Case:
    """A case together with the right to see it; anything else is not there."""
    return get_object_or_404(
        Case.objects.visible_to(request.user).for_reading().select_related(
            "rating__assessment__period", "latest_rating__assessment__period", "recurrence_of"
        ),
        number=number,
    )  # fmt: skip


def detail(request: PersonRequest, case: Case) -> Response:
    """The case as this person may act on it, with its version as ETag."""
    hand, days = Hand(request.user), working_days()
    told = stages(case.events.order_by("seq"), on=hand.on, days=days)
    context = {
        "today": hand.on,
        "missing": missing_in_the_file,
        "stages": lambda one: told,
        "steps": lambda one: steps_for(one, hand),
        "reminders": lambda one: forecast(one, days=days, on=hand.on),
    }
    body = CaseDetailSerializer(case, context=context).data
    return Response(body, headers={"ETag": f'"{case.version}"'})


class CaseList(generics.ListAPIView):
    request: PersonRequest
    serializer_class = CaseSerializer
    filterset_class = CaseFilter
    queryset = Case.objects.none()

    def get_queryset(self) -> QuerySet[Case]:
        refuse_unknown(self.request, CaseFilter.base_filters)
        self.order = order_of(self.request)
        cases = Case.objects.visible_to(self.request.user).for_reading().select_related("recurrence_of")
        return cases.exclude(turn_due_on=None) if "turn_due_on" in self.order[0] else cases

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "today": timezone.localdate()}


class CaseExport(APIView):
    """The list with its filters as a file: `?as=csv` (the default) or `?as=xlsx`."""

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY, (200, XLSX): OpenApiTypes.BINARY})
    def get(self, request: PersonRequest) -> HttpResponseBase:
        refuse_unknown(request, {*CaseFilter.base_filters, "as"})
        asked = CaseFilter(
            request.query_params, queryset=Case.objects.visible_to(request.user), request=request
        )
        if not asked.is_valid():
            raise ValidationError(asked.errors)
        on, kind = timezone.localdate(), request.query_params.get("as", "csv")
        return as_table(CASES, asked.qs.for_reading().order_by(*order_of(request)), kind, on=on)


class CaseDetail(APIView):
    @extend_schema(responses=CaseDetailSerializer)
    def get(self, request: PersonRequest, number: str) -> Response:
        return detail(request, fetch(request, number))


class CaseEvents(generics.ListAPIView):
    """The record from its first link on."""

    request: PersonRequest

    serializer_class = EventSerializer
    queryset = Event.objects.none()
    filter_backends = ()
    order = ("seq",)

    def get_queryset(self) -> QuerySet[Event]:
        case = fetch(self.request, self.kwargs["number"])
        return Event.objects.filter(case=case).select_related("actor")


class _CommentSerializer(serializers.Serializer):
    note = serializers.CharField(max_length=10000)


class CaseComments(APIView):
    @extend_schema(request=_CommentSerializer, responses={201: EventSerializer})
    def post(self, request: PersonRequest, number: str) -> Response:
        case = fetch(request, number)
        given = _CommentSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        event = comment(case, by=request.user, note=given.validated_data["note"])
        return Response(EventSerializer(event).data, status=201)
