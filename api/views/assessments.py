"""POST assessments/ and assessments/import/: ratings in, cases out. GET what has been rated."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from indicators.models import Assessment, Colour, Rater, Rating
from indicators.operations import LONGEST, Report, Row, record_assessments
from indicators.workbook import read_rows
from organisations.hands import Hand
from organisations.models import with_versions

from ..fields import ModelSerializer
from ..requests import PersonRequest

#: How an effect is called in the answer.
_LISTS = {
    "opened": "opened",
    "rated_again": "rated_again",
    "recurrences": "recurrence",
    "confirmed": "confirmed",
    "reopened": "reopened",
    "cancelled": "cancelled",
}


class ReportSerializer(serializers.Serializer):
    """What recording did, or would do: numbers of cases by effect."""

    dry_run = serializers.BooleanField()
    recorded = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    colours = serializers.DictField(child=serializers.IntegerField())
    opened = serializers.ListField(child=serializers.CharField())
    rated_again = serializers.ListField(child=serializers.CharField())
    recurrences = serializers.ListField(child=serializers.CharField())
    confirmed = serializers.ListField(child=serializers.CharField())
    reopened = serializers.ListField(child=serializers.CharField())
    cancelled = serializers.ListField(child=serializers.CharField())


def told(report: Report, *, dry_run: bool) -> Response:
    """201 where something was recorded, 200 where nothing was new or nothing was to be stored."""
    body = {
        "dry_run": dry_run,
        "recorded": report.recorded,
        "unchanged": report.unchanged,
        "colours": {colour: report.colours[colour] for colour in Colour.values},
    } | {name: report.cases(effect) for name, effect in _LISTS.items()}
    is_new = not (dry_run or report.has_changed_nothing)
    return Response(body, status=201 if is_new else 200)


def is_dry_run(request: PersonRequest) -> bool:
    body: Any = request.data
    asked = request.query_params.get("dry_run", body.get("dry_run", "false"))
    return str(asked).lower() in ("true", "1", "yes", "on")


class _RatingSerializer(serializers.Serializer):
    indicator = serializers.CharField(max_length=5)
    colour = serializers.ChoiceField(choices=Colour.choices)
    finding = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST)
    evidence_note = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST)


class _AssessmentSerializer(serializers.Serializer):
    unit = serializers.CharField(max_length=5)
    period = serializers.CharField(max_length=10)
    kind = serializers.ChoiceField(choices=Rater.choices, default=Rater.SELF)
    ratings = serializers.ListField(child=_RatingSerializer(), min_length=1, max_length=500)


class RatingSerializer(ModelSerializer):
    indicator = serializers.CharField(source="indicator.code")

    class Meta:
        model = Rating
        fields = ("indicator", "colour", "finding", "evidence_note")


class AssessmentSerializer(ModelSerializer):
    unit = serializers.CharField(source="unit.code")
    unit_name = serializers.SerializerMethodField()
    period = serializers.CharField(source="period.code")

    class Meta:
        model = Assessment
        fields: Any = ("id", "unit", "unit_name", "period", "kind")

    def get_unit_name(self, assessment: Assessment) -> str:
        """The unit as it was called in the period."""
        return assessment.unit.name_on(assessment.period.ends_on)


class AssessmentDetailSerializer(AssessmentSerializer):
    ratings = serializers.SerializerMethodField()

    class Meta(AssessmentSerializer.Meta):
        fields: Any = (*AssessmentSerializer.Meta.fields, "ratings")

    @extend_schema_field(RatingSerializer(many=True))
    def get_ratings(self, assessment: Assessment) -> Any:
        in_force = assessment.ratings.filter(superseded_at=None).select_related("indicator")
        return RatingSerializer(in_force.order_by("indicator__position"), many=True).data


def visible_assessments(request: PersonRequest) -> QuerySet[Assessment]:
    units = Hand(request.user).visible_units()
    found = Assessment.objects.filter(unit__in=units.values("pk")).select_related("unit", "period")
    return found.prefetch_related(with_versions("unit__"))


class Assessments(generics.ListAPIView):
    request: PersonRequest
    serializer_class = AssessmentSerializer
    queryset = Assessment.objects.none()
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Assessment]:
        return visible_assessments(self.request)

    @extend_schema(request=_AssessmentSerializer, responses={201: ReportSerializer, 200: ReportSerializer})
    def post(self, request: PersonRequest) -> Response:
        given = _AssessmentSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        sent = given.validated_data
        rows = [
            Row(sent["unit"], r["indicator"], r["colour"], r.get("finding", "").strip(),
                r.get("evidence_note", "").strip(), f"ratings[{number}]")
            for number, r in enumerate(sent["ratings"])
        ]  # fmt: skip
        dry_run = is_dry_run(request)
        report = record_assessments(
            rows, period=sent["period"], kind=sent["kind"], by=request.user, dry_run=dry_run
        )
        return told(report, dry_run=dry_run)


class AssessmentDetail(generics.RetrieveAPIView):
    request: PersonRequest
    serializer_class = AssessmentDetailSerializer
    queryset = Assessment.objects.none()

    def get_queryset(self) -> QuerySet[Assessment]:
        return visible_assessments(self.request)


class _ImportSerializer(serializers.Serializer):
    file = serializers.FileField()
    period = serializers.CharField(max_length=10)
    unit = serializers.CharField(max_length=5, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=Rater.choices, default=Rater.SELF)
    dry_run = serializers.BooleanField(required=False)


class AssessmentImport(APIView):
    parser_classes = (MultiPartParser,)

    @extend_schema(
        request={"multipart/form-data": _ImportSerializer},
        responses={201: ReportSerializer, 200: ReportSerializer},
    )
    def post(self, request: PersonRequest) -> Response:
        given = _ImportSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        sent = given.validated_data
        file = sent["file"]
        rows = read_rows(file, name=file.name, unit_code=sent.get("unit") or None, period=sent["period"])
        file.seek(0)
        dry_run = is_dry_run(request)
        report = record_assessments(
            rows,
            period=sent["period"],
            kind=sent["kind"],
            by=request.user,
            dry_run=dry_run,
            source_name=file.name[:255],
            source_sha256=hashlib.sha256(file.read()).hexdigest(),
        )
        return told(report, dry_run=dry_run)
