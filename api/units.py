"""A unit in JSON, with what it was called before and the units before and after it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from organisations.lineage import Kin, kin_of
from organisations.models import Appointment, Department, Role, Unit, UnitKind, UnitVersion

from .fields import ModelSerializer, PersonSerializer, Strict, UnitSerializer
from .people import DeputySerializer


class UnitNameSerializer(ModelSerializer):
    """What a unit was called, and what it was, from a day on."""

    kind = serializers.ChoiceField(choices=UnitKind.choices)
    full_name = serializers.CharField(help_text="with the district it then lay in")

    class Meta:
        model = UnitVersion
        fields = ("since", "kind", "name", "full_name", "legal_instrument")


class KinSerializer(Strict):
    """A unit that stands before or after another."""

    code = serializers.CharField(source="unit.code")
    name = serializers.CharField(help_text="of a predecessor: as it was called on the day")
    dissolved_on = serializers.DateField(source="unit.dissolved_on", allow_null=True)
    since = serializers.DateField(source="line.since")
    is_partial = serializers.BooleanField(source="line.is_partial", help_text="only a part of it went over")
    legal_instrument = serializers.CharField(source="line.legal_instrument", allow_blank=True)


class UnitFileSerializer(UnitSerializer):
    """A unit with its past."""

    names = serializers.SerializerMethodField(help_text="the oldest first")
    predecessors = serializers.SerializerMethodField()
    successors = serializers.SerializerMethodField()

    class Meta(UnitSerializer.Meta):
        fields: Any = (*UnitSerializer.Meta.fields, "names", "predecessors", "successors")

    def _kin(self, unit: Unit, *, is_before: bool) -> Any:
        if not hasattr(unit, "kin"):
            unit.kin = kin_of(unit)  # type: ignore[attr-defined]
        kin: list[Kin] = unit.kin  # type: ignore[attr-defined]
        return KinSerializer([one for one in kin if one.is_before == is_before], many=True).data

    @extend_schema_field(UnitNameSerializer(many=True))
    def get_names(self, unit: Unit) -> Any:
        return UnitNameSerializer(unit.versions.select_related("parent").order_by("since"), many=True).data

    @extend_schema_field(KinSerializer(many=True))
    def get_predecessors(self, unit: Unit) -> Any:
        return self._kin(unit, is_before=True)

    @extend_schema_field(KinSerializer(many=True))
    def get_successors(self, unit: Unit) -> Any:
        return self._kin(unit, is_before=False)


class HolderSerializer(ModelSerializer):
    """Somebody who holds an office in the unit today."""

    person = PersonSerializer(source="user")
    role = serializers.ChoiceField(choices=Role.choices)
    role_label = serializers.CharField(source="get_role_display")
    department = serializers.ChoiceField(choices=Department.choices, allow_blank=True)
    until = serializers.DateField(allow_null=True, help_text="the first day without it")

    class Meta:
        model = Appointment
        fields: Any = ("id", "person", "role", "role_label", "department", "since", "until")


class UnitPeopleSerializer(Strict):
    offices = HolderSerializer(many=True)
    deputies = DeputySerializer(many=True)
