"""GET units/ · units/{code}/ · its former bearers and its people."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import F, Q, QuerySet, TextChoices
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from organisations.hands import Hand
from organisations.models import Unit, UnitKind
from organisations.reach import deputies_in, offices_in, units_read_by
from workflow.words import saying

from ..fields import UnitSerializer
from ..requests import PersonRequest
from ..units import UnitFileSerializer, UnitPeopleSerializer
from .base import Detail, Listing, View


class Stands(TextChoices):
    """Whether a unit is there today."""

    STANDING = "standing", _("Đang hoạt động")
    DISSOLVED = "dissolved", _("Đã giải thể")


class UnitsFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(method="says", help_text="words of a code or name")
    kind = django_filters.ChoiceFilter(choices=UnitKind.choices)
    parent = django_filters.CharFilter(field_name="parent__code", help_text="code of the city or province")
    standing = django_filters.ChoiceFilter(choices=Stands.choices, method="stands")

    class Meta:
        model = Unit
        fields: list[str] = []

    def says(self, units: Any, name: str, value: str) -> Any:
        return saying(units, value)

    def stands(self, units: Any, name: str, value: str) -> Any:
        is_gone = Q(dissolved_on__lte=timezone.localdate())
        return units.filter(is_gone if value == Stands.DISSOLVED else ~is_gone)


class UnitList(Listing):
    """Units are public knowledge: every signed-in person may look one up, dissolved ones as well."""

    serializer_class = UnitSerializer
    filterset_class = UnitsFilter
    queryset = Unit.objects.select_related("parent")
    order = ("code", "id")


def bearers(units: QuerySet[Unit], code: str) -> QuerySet[Unit]:
    """The units that bear or bore a code: that of today first, then the last."""
    return units.filter(code=code).order_by(F("dissolved_on").desc(nulls_first=True), "-id")


class UnitDetail(Detail):
    """The unit that bears a code today, or the last that bore it, with its names and its kin."""

    serializer_class = UnitFileSerializer
    queryset = Unit.objects.select_related("parent")

    def get_object(self) -> Unit:
        unit = bearers(self.get_queryset(), self.kwargs["code"]).first()
        if unit is None:
            raise Http404
        return unit


class FormerUnits(View):
    """The units that bore a code and are no more, the last of them first."""

    @extend_schema(responses=UnitFileSerializer(many=True))
    def get(self, request: PersonRequest, code: str) -> Response:
        found = list(bearers(Unit.objects.select_related("parent"), code))
        if not found:
            raise Http404
        gone = [unit for unit in found if unit.is_dissolved(timezone.localdate())]
        return Response(UnitFileSerializer(gone, many=True).data)


class UnitPeople(View):
    """Who holds which office in a unit whose affairs I see, and who stands in for whom."""

    @extend_schema(responses=UnitPeopleSerializer)
    def get(self, request: PersonRequest, code: str) -> Response:
        hand = Hand(request.user)
        unit = bearers(units_read_by(hand), code).first()
        if unit is None:
            raise Http404
        people = {
            "offices": offices_in(unit, hand.on),
            "deputies": deputies_in(unit, hand.on).select_related("giver", "taker", "unit"),
        }
        return Response(UnitPeopleSerializer(people).data)
