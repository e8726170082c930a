"""GET board/ · GET follow-through/ and its export: the figures of the units whose affairs a person sees."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from audits.export import FOLLOW_THROUGH
from audits.follow_through import NEWEST, Figures, bounds, by_period, by_unit, in_all
from audits.heat import Row, heat_map, indicators_of
from audits.ratings import rated_periods
from audits.rules import reads_figures
from audits.trend import trend
from indicators.models import Indicator, Period
from organisations.hands import Hand
from organisations.models import UnitQuerySet
from organisations.refusals import NotYours
from workflow.export import XLSX, as_table

from ..exports import As
from ..figures import BoardQuery, BoardSerializer, FollowQuery, FollowThroughSerializer
from ..requests import PersonRequest
from .base import View

#: Periods that may be asked for, and those that a trend goes back.
PERIODS, CHARTED = 24, 8


def _units_of(request: PersonRequest, kind: str | None) -> UnitQuerySet:
    hand = Hand(request.user)
    if not reads_figures(hand):
        raise NotYours()
    units = hand.visible_units()
    return units.filter(kind=kind) if kind else units


class Board(View):
    """The heat map in numbers: by unit, by indicator, by period."""

    query = BoardQuery
    may_be_refused = True

    @extend_schema(responses=BoardSerializer)
    def get(self, request: PersonRequest) -> Response:
        asked = self.asked()
        units, columns = _units_of(request, asked.get("kind")), indicators_of(asked.get("group"))
        periods, rated, on = rated_periods(units, most=PERIODS), asked["rated"], localdate()
        period = asked.get("period") or next(iter(periods), None)
        rows = heat_map(units, columns, period=period, rated=rated, on=on) if period else []
        told = trend(units, periods[:CHARTED], rated=rated, indicators=columns, on=on)
        board = {
            "period": period and period.code,
            "rated": rated,
            "units": [_unit(row, columns) for row in rows],
            "indicators": [_indicator(rows, n, column) for n, column in enumerate(columns)],
            "periods": [{"period": one.period.code, "colours": one.colours} for one in told],
        }
        return Response(BoardSerializer(board).data)


def _unit(row: Row, columns: list[Indicator]) -> dict[str, Any]:
    cells = [
        {
            "indicator": column.code,
            "colour": cell.colour or None,
            "case": cell.case or None,
            "state": cell.state or None,
            "late": cell.is_late,
        }
        for cell, column in zip(row.cells, columns, strict=True)
    ]
    counts = {"colours": row.colours, "live": row.live, "late": row.late}
    return {"unit": row.unit.code, "unit_name": str(row.unit), "cells": cells, **counts}


def _indicator(rows: list[Row], number: int, column: Indicator) -> dict[str, Any]:
    cells = [row.cells[number] for row in rows]
    return {
        "indicator": column.code,
        "colours": Counter(cell.colour for cell in cells if cell.colour),
        "live": sum(bool(cell.case) for cell in cells),
        "late": sum(cell.is_late for cell in cells),
    }


class FollowThrough(View):
    """What became of the cases opened by the ratings of some periods."""

    query = FollowQuery
    may_be_refused = True

    @extend_schema(responses=FollowThroughSerializer)
    def get(self, request: PersonRequest) -> Response:
        asked = self.asked()
        units, on = _units_of(request, asked.get("kind")), localdate()
        periods = rated_periods(units, most=PERIODS)
        if not periods:
            nothing: dict[str, Any] = {"total": Figures(), "units": [], "periods": []}
            none = dict.fromkeys(["period_from", "period_to"])
            return Response(FollowThroughSerializer(none | nothing).data)
        first, last = _between(asked, periods)
        within = [p for p in periods if p.starts_on >= first.starts_on and p.ends_on <= last.ends_on]
        found = {
            "period_from": first.code,
            "period_to": last.code,
            "total": in_all(units, first, last, on=on),
            "units": [
                {"unit": row.unit.code, "unit_name": str(row.unit), **row.figures._asdict()}
                for row in by_unit(units, first, last, on=on)
            ],
            "periods": [
                {"period": period.code, **figures._asdict()}
                for period, figures in by_period(units, within, on=on)
            ],
        }
        return Response(FollowThroughSerializer(found).data)


def _between(asked: dict[str, Any], periods: list[Period]) -> tuple[Period, Period]:
    """The first and last period asked for, or of the newest."""
    first, last = bounds(periods[:NEWEST])
    first, last = asked.get("period_from") or first, asked.get("period_to") or last
    if first.starts_on > last.ends_on:
        raise ValidationError({"period_to": [_("Kỳ cuối không được trước kỳ đầu.")]})
    return bounds([first, last])


class _FollowExportQuery(FollowQuery, As):
    pass


class FollowThroughExport(View):
    """The table by unit as a file: `?as=csv` (the default) or `?as=xlsx`."""

    query = _FollowExportQuery
    may_be_refused = True

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY, (200, XLSX): OpenApiTypes.BINARY})
    def get(self, request: PersonRequest) -> HttpResponseBase:
        asked, on = self.asked(), localdate()
        units = _units_of(request, asked.get("kind"))
        periods = rated_periods(units, most=PERIODS)
        rows = by_unit(units, *_between(asked, periods), on=on) if periods else []
        return as_table(FOLLOW_THROUGH, rows, asked["as"], on=on)
