"""GET and POST reorganisations/ · GET reorganisations/plan/: units become other units."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from organisations.hands import Hand
from organisations.lineage import past_reorganisations
from organisations.planfile import read_plan, write_template
from organisations.reach import refuse_all_but_administrators
from organisations.refusals import Refused
from workflow.reorganisation import reorganise

from ..fields import DryRun, Strict
from ..reorganisations import PastSerializer, ReorganisationSerializer
from ..requests import PersonRequest
from .assessments import is_dry_run
from .base import View


def _cities(request: PersonRequest) -> frozenset[int]:
    """The cities that the caller administers; without any, none of this is theirs."""
    hand = Hand(request.user)
    refuse_all_but_administrators(hand)
    return hand.cities_administered


class _ReorganisationSerializer(Strict):
    file = serializers.FileField(
        help_text="CSV as of reorganisations/plan/; who takes the live cases of a unit with several "
        "successors is said in its column cases: take or finish"
    )
    on = serializers.DateField(help_text="today or a day that has passed")
    legal_instrument = serializers.CharField(max_length=200)
    dry_run = serializers.BooleanField(required=False, default=False)

    def validate_file(self, file: Any) -> Any:
        if file.size > settings.WORKBOOK_MAX_BYTES:
            limit = settings.WORKBOOK_MAX_BYTES // 1024 // 1024
            raise serializers.ValidationError(_("Tệp lớn hơn %(limit)s MB.") % {"limit": limit})
        return file


class Reorganisations(View):
    """For whoever administers a city: what was done to its units, and a plan carried out at once."""

    parser_classes = (MultiPartParser,)
    query = {"post": DryRun}
    may_be_refused = True

    @extend_schema(responses=PastSerializer(many=True))
    def get(self, request: PersonRequest) -> Response:
        return Response(PastSerializer(past_reorganisations(_cities(request)), many=True).data)

    @extend_schema(
        request={"multipart/form-data": _ReorganisationSerializer},
        responses={200: ReorganisationSerializer, 201: ReorganisationSerializer},
    )
    def post(self, request: PersonRequest) -> Response:
        """All of a plan or nothing; a dry run (200) says what it would do to every unit and case."""
        _cities(request)
        given = _ReorganisationSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        sent, dry_run = dict(given.validated_data), is_dry_run(self)
        sent |= {"dry_run": dry_run}
        try:
            report = reorganise(read_plan(sent.pop("file").read()), by=request.user, **sent)
        except Refused as refused:
            # What is said of no line is said of the file.
            raise Refused([fault._replace(where=fault.where or "file") for fault in refused.faults]) from None
        body = ReorganisationSerializer(report, context={"dry_run": dry_run}).data
        return Response(body, status=200 if dry_run else 201)


class PlanTemplate(View):
    """The plan to fill in, with the units of the city as they stand today."""

    may_be_refused = True

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def get(self, request: PersonRequest) -> HttpResponse:
        content = write_template(_cities(request), on=timezone.localdate())
        response = HttpResponse(content, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="phuong-an-sap-xep.csv"'
        return response
