"""The figures in JSON: what they are asked by, and how they are told."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from audits.vocabulary import Rated
from indicators.models import Group, Period
from organisations.models import UnitKind

from .fields import Strict


class _PeriodField(serializers.SlugRelatedField):
    def __init__(self, **options: Any) -> None:
        super().__init__(slug_field="code", queryset=Period.objects.all(), required=False, **options)


class BoardQuery(Strict):
    period = _PeriodField(help_text="the newest period rated, unless said")
    rated = serializers.ChoiceField(choices=Rated.choices, default=Rated.NEWEST)
    kind = serializers.ChoiceField(choices=UnitKind.choices, required=False)
    group = serializers.ChoiceField(choices=Group.choices, required=False)


class FollowQuery(Strict):
    period_from = _PeriodField(
        help_text="of the four newest periods rated the one that starts first, unless said"
    )
    period_to = _PeriodField(help_text="of the four newest periods rated the one that ends last, unless said")
    kind = serializers.ChoiceField(choices=UnitKind.choices, required=False)


class _CountsSerializer(Strict):
    """How many indicators have each colour, how many have a live case, and how many a late one."""

    colours: Any = serializers.DictField(child=serializers.IntegerField())
    live = serializers.IntegerField()
    late = serializers.IntegerField()


class _CellSerializer(Strict):
    indicator = serializers.CharField()
    colour = serializers.CharField(
        allow_null=True, help_text="null where the unit was not there in the period"
    )
    case = serializers.CharField(allow_null=True, help_text="number of the live case")
    state = serializers.CharField(allow_null=True)
    late = serializers.BooleanField()


class _UnitCountsSerializer(_CountsSerializer):
    unit = serializers.CharField()
    unit_name = serializers.CharField()
    cells = _CellSerializer(many=True)


class _IndicatorCountsSerializer(_CountsSerializer):
    indicator = serializers.CharField()


class _PeriodCountsSerializer(Strict):
    period = serializers.CharField()
    colours: Any = serializers.DictField(child=serializers.IntegerField())


class BoardSerializer(Strict):
    period = serializers.CharField(allow_null=True)
    rated = serializers.ChoiceField(choices=Rated.choices)
    units = _UnitCountsSerializer(many=True)
    indicators = _IndicatorCountsSerializer(many=True)
    periods = _PeriodCountsSerializer(many=True)


class _FiguresSerializer(Strict):
    """Counts of cases by the rating that opened them, and the median calendar days of each stage."""

    opened = serializers.IntegerField()
    on_time = serializers.IntegerField(help_text="last reported complete by the deadline")
    late = serializers.IntegerField(help_text="last reported complete after it")
    open_late = serializers.IntegerField(help_text="live, and the running deadline has passed")
    closed = serializers.IntegerField()
    recurring = serializers.IntegerField()
    median_days: Any = serializers.DictField(source="medians", child=serializers.FloatField(allow_null=True))


class _UnitFiguresSerializer(_FiguresSerializer):
    unit = serializers.CharField()
    unit_name = serializers.CharField()


class _PeriodFiguresSerializer(_FiguresSerializer):
    period = serializers.CharField()
    median_days: Any = None


class FollowThroughSerializer(Strict):
    period_from = serializers.CharField(allow_null=True)
    period_to = serializers.CharField(allow_null=True)
    total = _FiguresSerializer()
    units = _UnitFiguresSerializer(many=True)
    periods = _PeriodFiguresSerializer(many=True)
