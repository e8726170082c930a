"""POST assessments/ and assessments/import/: ratings in, cases out. GET what has been rated."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from indicators.models import Assessment, Colour, Rater, Rating
from indicators.operations import LONGEST, Report, Row, record_assessments
from indicators.workbook import read_rows
from organisations.hands import Hand
from organisations.models import with_versions

from ..fields import DryRun, ModelSerializer, Strict
from ..requests import PersonRequest
from .base import Detail, Listing, View

#: Ratings of one request: a city's 114 units with all their indicators, and room.
MOST_RATINGS = 10_000
#: How an effect is called in the answer.
_LISTS = {
    "opened": "opened",
    "rated_again": "rated_again",
    "recurrences": "recurrence",
    "confirmed": "confirmed",
    "reopened": "reopened",
    "cancelled": "cancelled",
}


class Effect(models.TextChoices):
    """What a rating did to the cases of its indicator."""

    OPENED = "opened", _("Mở hồ sơ")
    RATED_AGAIN = "rated_again", _("Hồ sơ có đánh giá mới")
    RECURRENCE = "recurrence", _("Mở hồ sơ tái diễn")
    CONFIRMED = "confirmed", _("Xác nhận hiệu lực, đóng hồ sơ")
    REOPENED = "reopened", _("Mở lại hồ sơ")
    CANCELLED = "cancelled", _("Hủy hồ sơ")


class OutcomeSerializer(Strict):
    """What became of one rating; `effect` and `case` where it acted on a case."""

    unit = serializers.CharField()
    indicator = serializers.CharField()
    colour = serializers.ChoiceField(choices=Colour.choices)
    is_new = serializers.BooleanField(help_text="false: đã ghi đúng như vậy từ trước")
    effect = serializers.ChoiceField(choices=Effect.choices, allow_null=True)
    case = serializers.CharField(allow_null=True)


class ReportSerializer(Strict):
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


class ReportByRatingSerializer(ReportSerializer):
    """The same, and what became of each rating, in the order sent."""

    results = OutcomeSerializer(many=True)


def told(report: Report, *, dry_run: bool, rows: list[Row] | None = None) -> Response:
    """201 where something was recorded, 200 where nothing was new or nothing was to be stored."""
    body: dict[str, Any] = {
        "dry_run": dry_run,
        "recorded": report.recorded,
        "unchanged": report.unchanged,
        "colours": {colour: report.colours[colour] for colour in Colour.values},
    } | {name: report.cases(effect) for name, effect in _LISTS.items()}
    if rows is not None:
        body["results"] = _by_rating(report, rows)
    is_new = not (dry_run or report.has_changed_nothing)
    return Response(body, status=201 if is_new else 200)


def _by_rating(report: Report, rows: list[Row]) -> list[dict[str, Any]]:
    """One line for each rating as sent."""
    done = report.by_codes()
    return [
        {
            "unit": row.unit,
            "indicator": row.indicator,
            "colour": row.colour,
            "is_new": (row.unit, row.indicator) in report.changed,
            "effect": done[row.unit, row.indicator].effect if (row.unit, row.indicator) in done else None,
            "case": done[row.unit, row.indicator].case if (row.unit, row.indicator) in done else None,
        }
        for row in rows
    ]


def is_dry_run(view: View) -> bool:
    """Said in the address, or where files are sent, beside the file."""
    sent: Any = view.request.data
    said = sent.get("dry_run") if isinstance(sent, Mapping) else None
    return bool(view.asked().get("dry_run", str(said).lower() == "true"))


class _RatingSerializer(Strict):
    unit = serializers.CharField(
        max_length=5, required=False, help_text="mã đơn vị, khi khác đơn vị của cả lượt gửi"
    )
    indicator = serializers.CharField(max_length=5)
    colour = serializers.ChoiceField(choices=Colour.choices)
    finding = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST)
    evidence_note = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST)


class _AssessmentSerializer(Strict):
    """Ratings of one unit; or of many, each rating naming its own."""

    unit = serializers.CharField(max_length=5, required=False, help_text="mã đơn vị của mọi đánh giá")
    period = serializers.CharField(max_length=10)
    kind = serializers.ChoiceField(choices=Rater.choices, default=Rater.SELF)
    ratings = serializers.ListField(child=_RatingSerializer(), min_length=1, max_length=MOST_RATINGS)
    dry_run = serializers.BooleanField(required=False)

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        needed = [] if "unit" in sent else [n for n, r in enumerate(sent["ratings"]) if "unit" not in r]
        if needed:
            said = [_("Cần nêu mã đơn vị.")]
            raise serializers.ValidationError(
                {"unit": said}
                if len(needed) == len(sent["ratings"])
                else {f"ratings[{number}].unit": said for number in needed}
            )
        return sent


def _rows(sent: dict[str, Any]) -> list[Row]:
    return [
        Row(r.get("unit") or sent["unit"], r["indicator"], r["colour"], r.get("finding", "").strip(),
            r.get("evidence_note", "").strip(), f"ratings[{number}]")
        for number, r in enumerate(sent["ratings"])
    ]  # fmt: skip


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


class Assessments(Listing):
    serializer_class = AssessmentSerializer
    queryset = Assessment.objects.none()
    query = {"post": DryRun}

    def get_queryset(self) -> QuerySet[Assessment]:
        return visible_assessments(self.request)

    @extend_schema(
        request=_AssessmentSerializer,
        responses={201: ReportByRatingSerializer, 200: ReportByRatingSerializer},
    )
    def post(self, request: PersonRequest) -> Response:
        given = _AssessmentSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        sent = given.validated_data
        rows, dry_run = _rows(sent), is_dry_run(self)
        report = record_assessments(
            rows, period=sent["period"], kind=sent["kind"], by=request.user, dry_run=dry_run
        )
        return told(report, dry_run=dry_run, rows=rows)


class AssessmentDetail(Detail):
    serializer_class = AssessmentDetailSerializer
    queryset = Assessment.objects.none()

    def get_queryset(self) -> QuerySet[Assessment]:
        return visible_assessments(self.request)


class _ImportSerializer(Strict):
    file = serializers.FileField()
    period = serializers.CharField(max_length=10)
    unit = serializers.CharField(max_length=5, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=Rater.choices, default=Rater.SELF)
    dry_run = serializers.BooleanField(required=False)


class AssessmentImport(View):
    query = {"post": DryRun}
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
        dry_run = is_dry_run(self)
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
