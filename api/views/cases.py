"""GET cases/ · cases/{number}/ · its events · POST comments."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
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
from ..fetching import fetch
from ..fields import Strict
from ..filters import ORDERS, USUAL_ORDER, CaseFilter, CaseOrder
from ..links import COLUMNS, links_of
from ..look import told
from ..pagination import Stretch
from ..requests import PersonRequest, hand_of
from ..rows import CaseRows
from ..sparse import fields_asked
from ..stretches import place_of, read, read_all
from ..versions import version_in, version_of
from .base import Listing, View


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
        return Case.objects.visible_to(hand_of(self.request))

    def read(self, cases: CaseQuerySet, stretch: Stretch) -> list[tuple[Any, ...]]:
        return read(cases, stretch) if self.is_narrowed else read_all(hand_of(self.request), stretch)

    def place_of(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        return place_of(row, self.order)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        names = fields_asked(request, CaseSerializer.Meta.fields)
        sent = request.query_params.keys()
        ordering = request.query_params.get("ordering", USUAL_ORDER)
        self.order = ORDERS[ordering if ordering in ORDERS else self.asked()["ordering"]]
        self.is_narrowed = not CaseFilter.base_filters.keys().isdisjoint(sent)
        cases = self.filter_queryset(self.get_queryset()) if self.is_narrowed else self.queryset
        page: Any = self.paginate_queryset(cases)
        rows = CaseRows(on=timezone.localdate()).told(page)
        return self.get_paginated_response(_only(names, rows))


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
        return Event.objects.filter(case=fetch(self.request, self.kwargs["number"]))

    def read(self, events: QuerySet[Event], stretch: Stretch) -> list[tuple[Any, ...]]:
        return list(stretch.of(events).values_list(*COLUMNS))

    def place_of(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        return row[:1]

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        names = fields_asked(request, EventSerializer.Meta.fields)
        page: Any = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(_only(names, links_of(page)))


def _only(names: list[str] | None, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The fields asked for of each, and all where none were named."""
    return told if names is None else [{name: row[name] for name in names} for row in told]


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
