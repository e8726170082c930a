"""GET cases/ · cases/{number}/ · its events · POST comments."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from workflow.export import CASES, XLSX, as_table
from workflow.models import Case, Event
from workflow.operations import comment
from workflow.queries import CaseQuerySet

from ..cases import CaseDetailSerializer, CaseSerializer, EventSerializer
from ..exports import As
from ..fields import Strict
from ..filters import ORDERS, CaseFilter, CaseOrder
from ..look import told
from ..requests import PersonRequest, hand_of
from ..rows import CaseRows, place_of
from ..sparse import fields_asked
from ..versions import version_in, version_of
from .base import Listing, View

#: All of a case, and of what it is joined to what rules and readers ask for.
_READ = (
    *(field.name for field in Case._meta.concrete_fields),
    "unit__code", "unit__kind", "unit__name", "unit__dissolved_on", "unit__parent__kind",
    "indicator__code", "indicator__title_vi", "indicator__title_en",
    "assignee__full_name", "assignee__email", "assignee__is_active",
    "policy__verifier", "policy__extension_limit",
)  # fmt: skip


def fetch(request: PersonRequest, number: str) -> Case:
    """A case together with the right to see it; anything else is not there."""
    cases = Case.objects.visible_to(hand_of(request))
    # No more than the rules need: PostgreSQL plans a statement of twelve tables for longer than it runs.
    joined = cases.select_related("unit__parent", "indicator", "assignee", "policy")
    return get_object_or_404(joined.only(*_READ), number=number)


def detail(request: PersonRequest, case: Case) -> Response:
    """The case as this person may act on it, with its version as ETag."""
    known: tuple[str, ...] = CaseDetailSerializer.Meta.fields
    names = fields_asked(request, known)
    body = told(case, hand_of(request), known if names is None else names)
    return Response(body, headers=version_of(case))


class CaseList(Listing):
    """The cases that I see, the newest first unless another order is asked for."""

    serializer_class = CaseSerializer
    filterset_class = CaseFilter
    query = CaseOrder
    queryset = Case.objects.none()

    def get_queryset(self) -> CaseQuerySet:
        self.order = ORDERS[self.asked()["ordering"]]
        self.rows = CaseRows(on=timezone.localdate())
        cases = Case.objects.visible_to(self.request.user)
        # Said as its index says it: SQLite does not see that "not null" is the same.
        return cases.filter(turn_due_on__isnull=False) if "turn_due_on" in self.order[0] else cases

    def read(self, cases: CaseQuerySet) -> list[tuple[Any, ...]]:
        return self.rows.read(cases)

    def place_of(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        return place_of(row, self.order)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        names = fields_asked(request, CaseSerializer.Meta.fields)
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        told = self.rows.told(page)
        if names is not None:
            told = [{name: row[name] for name in names} for row in told]
        return self.get_paginated_response(told)


class _CaseExportQuery(CaseOrder, As):
    pass


class CaseExport(View):
    """The list with its filters as a file: `?as=csv` (the default) or `?as=xlsx`."""

    query = _CaseExportQuery
    filterset_class = CaseFilter
    queryset = Case.objects.none()

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY, (200, XLSX): OpenApiTypes.BINARY})
    def get(self, request: PersonRequest) -> HttpResponseBase:
        asked = self.asked()
        cases = self.narrowed(Case.objects.visible_to(request.user)).for_reading()
        ordered = cases.order_by(*ORDERS[asked["ordering"]])
        return as_table(CASES, ordered, asked["as"], on=timezone.localdate())


class CaseDetail(View):
    is_sparse = True
    serializer_class = CaseDetailSerializer

    @extend_schema(responses=CaseDetailSerializer)
    def get(self, request: PersonRequest, number: str) -> Response:
        return detail(request, fetch(request, number))


class CaseEvents(Listing):
    """The record from its first link on."""

    serializer_class = EventSerializer
    queryset = Event.objects.none()
    order = ("seq",)

    def get_queryset(self) -> QuerySet[Event]:
        case = fetch(self.request, self.kwargs["number"])
        return Event.objects.filter(case=case).select_related("actor")


class _CommentSerializer(Strict):
    note = serializers.CharField(max_length=10000)


class CaseComments(View):
    is_versioned = True

    @extend_schema(request=_CommentSerializer, responses={201: EventSerializer})
    def post(self, request: PersonRequest, number: str) -> Response:
        case = fetch(request, number)
        given = _CommentSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        version = version_in(request)
        event = comment(case, by=request.user, version=version, note=given.validated_data["note"])
        return Response(EventSerializer(event).data, status=201, headers=version_of(case, event.seq))
