"""What everything refers to: indicators, periods."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from indicators.models import Indicator, Period
from indicators.periods import is_ratable_year
from organisations.hands import Hand

from ..fields import ModelSerializer
from ..requests import PersonRequest
from .base import Listing


class IndicatorSerializer(ModelSerializer):
    group_label = serializers.CharField(source="get_group_display", read_only=True)
    edition = serializers.CharField(source="catalogue.edition", read_only=True)
    compared_with_tcvn_on = serializers.DateField(
        source="catalogue.compared_on", read_only=True, allow_null=True
    )

    class Meta:
        model = Indicator
        fields = (
            "code", "group", "group_label", "title_vi", "title_en", "lead_department", "sdgs", "edition",
            "compared_with_tcvn_on",
        )  # fmt: skip


class IndicatorList(Listing):
    serializer_class = IndicatorSerializer
    queryset = Indicator.objects.select_related("catalogue")
    order = ("position", "id")


class PeriodSerializer(ModelSerializer):
    class Meta:
        model = Period
        fields = ("code", "starts_on", "ends_on")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["ends_on"] < attrs["starts_on"]:
            raise serializers.ValidationError({"ends_on": [_("Ngày cuối phải sau ngày đầu.")]})
        far = [name for name in ("starts_on", "ends_on") if not is_ratable_year(attrs[name].year)]
        if far:
            raise serializers.ValidationError({name: [_("Hãy xem lại năm.")] for name in far})
        return attrs


class PeriodList(Listing):
    serializer_class = PeriodSerializer
    order = ("-starts_on", "-id")

    def get_queryset(self) -> QuerySet[Period]:
        return Period.objects.all()

    @extend_schema(request=PeriodSerializer, responses={201: PeriodSerializer})
    def post(self, request: PersonRequest) -> Response:
        """Periods are the city's: whoever serves a city may make one."""
        given = PeriodSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        if not Hand(request.user).cities:
            raise PermissionDenied(_("Chỉ người của thành phố lập kỳ đánh giá."))
        given.save()
        return Response(given.data, status=201)
