"""A reorganisation in JSON: those of the past, and what one did or would do."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from indicators.models import Colour
from organisations.lineage import Past
from organisations.models import Unit
from workflow.reorganisation import Report

from .fields import Strict, UnitSerializer


class _PredecessorSerializer(Strict):
    name = serializers.CharField(help_text="as it was called on the day")
    is_partial = serializers.BooleanField(help_text="only a part of it went over")


class _SuccessorSerializer(Strict):
    unit = serializers.CharField()
    unit_name = serializers.CharField()
    predecessors = _PredecessorSerializer(many=True)


class _RenamingSerializer(Strict):
    before = serializers.CharField()
    after = serializers.CharField()


class PastSerializer(Strict):
    """All that one resolution did on one day."""

    on = serializers.DateField()
    legal_instrument = serializers.CharField(allow_blank=True)
    successors = serializers.SerializerMethodField()
    renamed = serializers.SerializerMethodField()

    @extend_schema_field(_SuccessorSerializer(many=True))
    def get_successors(self, past: Past) -> list[dict[str, Any]]:
        return [
            {
                "unit": unit.code,
                "unit_name": str(unit),
                "predecessors": [{"name": name, "is_partial": is_partial} for name, is_partial in before],
            }
            for unit, before in past.lines
        ]

    @extend_schema_field(_RenamingSerializer(many=True))
    def get_renamed(self, past: Past) -> list[dict[str, str]]:
        return [{"before": before, "after": after} for before, after in past.renamed]


class _DissolvedSerializer(Strict):
    unit = serializers.CharField(source="unit.code")
    unit_name = serializers.CharField(source="name")
    successors: Any = serializers.SerializerMethodField(help_text="codes")
    offices = serializers.IntegerField(help_text="that end with it")
    delegations = serializers.IntegerField(help_text="that end with it")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_successors(self, dissolved: Any) -> list[str]:
        return [unit.code for unit in dissolved.successors]


class _RenamedSerializer(Strict):
    unit = serializers.CharField(source="unit.code")
    before = serializers.CharField()
    after = serializers.CharField(source="unit.__str__")


class _CededSerializer(Strict):
    """A unit that stands and gave a part away."""

    unit = serializers.CharField(source="unit.code")
    receivers: Any = serializers.SerializerMethodField(help_text="codes")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_receivers(self, ceded: Any) -> list[str]:
        return [unit.code for unit in ceded.receivers]


class _FateSerializer(Strict):
    """What becomes of a live case: it goes to a unit, or ends and perhaps goes on in another case."""

    case = serializers.CharField(source="number")
    indicator = serializers.CharField(source="indicator.code")
    colour = serializers.ChoiceField(choices=Colour.choices)
    unit_name = serializers.CharField(source="from_name")
    to = serializers.SerializerMethodField(help_text="code of the successor; null where the case ends")
    goes_on_in = serializers.CharField(allow_blank=True, help_text="number of a case of the successor")

    def get_to(self, fate: Any) -> str | None:
        return fate.to.code if fate.to else None


class ReorganisationSerializer(Strict):
    """What a plan did, or in a dry run would do."""

    dry_run = serializers.SerializerMethodField()
    on = serializers.DateField()
    legal_instrument = serializers.CharField()
    made = serializers.SerializerMethodField()
    dissolved = _DissolvedSerializer(source="units.dissolved", many=True)
    renamed = _RenamedSerializer(source="units.renamed", many=True)
    ceded = _CededSerializer(source="units.ceded", many=True)
    cases: Any = _FateSerializer(source="fates", many=True)

    def get_dry_run(self, report: Report) -> bool:
        return self.context["dry_run"]

    @extend_schema_field(UnitSerializer(many=True))
    def get_made(self, report: Report) -> Any:
        made: list[Unit] = report.units.made
        return UnitSerializer(made, many=True).data
