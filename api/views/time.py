"""GET and POST calendar/ and policies/: the rules of time, changed with a dry run before it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from indicators.models import NEEDS_WORK_CHOICES
from notifications.rehearsal import rehearse
from organisations.hands import Hand
from workflow.models import CalendarDay, Policy
from workflow.moves import Move
from workflow.policies import BOUNDS, TERMS, set_policy
from workflow.policies import Report as PolicyReport
from workflow.rescheduling import MAX_DAYS, Day, Report, change_calendar
from workflow.timekeepers import refuse_other_hands
from workflow.vocabulary import Verifier

from ..fields import DryRun, ModelSerializer, Strict
from ..requests import PersonRequest
from .assessments import is_dry_run
from .base import Listing
from .rehearsal import RehearsalSerializer


def refuse_others(request: PersonRequest) -> None:
    refuse_other_hands(Hand(request.user), _("Chỉ quản trị của thành phố làm được việc này."))


# --- The calendar ---------------------------------------------------------------------------


class CalendarDaySerializer(ModelSerializer):
    class Meta:
        model = CalendarDay
        fields = ("on", "is_working", "name", "source", "is_certain")


class _DaySerializer(Strict):
    """A day; without `is_working` (or with null) its exception is taken back."""

    on = serializers.DateField()
    is_working = serializers.BooleanField(required=False, allow_null=True, default=None)
    name = serializers.CharField(required=False, allow_blank=True, default="")
    source: Any = serializers.CharField(required=False, allow_blank=True, default="")
    is_certain = serializers.BooleanField(required=False, default=True)


class _CalendarSerializer(Strict):
    days = serializers.ListField(child=_DaySerializer(), min_length=1, max_length=MAX_DAYS)


class MoveSerializer(Strict):
    case = serializers.CharField(source="case.number")
    unit = serializers.CharField(source="case.unit.code")
    date: Any = serializers.CharField(source="name", help_text="the name of the date that moves")
    corrective_action = serializers.SerializerMethodField()
    before = serializers.DateField()
    after = serializers.DateField()

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_corrective_action(self, move: Move) -> int | None:
        return move.action.number if move.action else None


class CalendarReportSerializer(Strict):
    """What a change did, or would do."""

    dry_run = serializers.BooleanField()
    days = serializers.IntegerField(help_text="days that are new or different")
    cases = serializers.IntegerField(help_text="cases of which a date moves")
    moves = MoveSerializer(many=True)
    rehearsal = RehearsalSerializer(allow_null=True, help_text="of a dry run: what the clock would then say")


class Calendar(Listing):
    """The days that are not what their weekday says."""

    serializer_class = CalendarDaySerializer
    order = ("on",)
    query = {"post": DryRun}

    def get_queryset(self) -> QuerySet[CalendarDay]:
        return CalendarDay.objects.all()

    @extend_schema(
        request=_CalendarSerializer, responses={200: CalendarReportSerializer, 201: CalendarReportSerializer}
    )
    def post(self, request: PersonRequest) -> Response:
        refuse_others(request)
        given = _CalendarSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        days, dry_run = [Day(**day) for day in given.validated_data["days"]], is_dry_run(self)
        look = partial(rehearse, Hand(request.user))
        report = change_calendar(days, by=request.user, dry_run=dry_run, look=look)
        return _told(report, dry_run=dry_run)


def _told(report: Report, *, dry_run: bool) -> Response:
    body = {
        "dry_run": dry_run,
        "days": len(report.days),
        "cases": len(report.cases),
        "moves": MoveSerializer(report.moves, many=True).data,
        "rehearsal": RehearsalSerializer(report.seen).data if report.seen else None,
    }
    return Response(body, status=200 if dry_run or report.has_changed_nothing else 201)


# --- The deadlines --------------------------------------------------------------------------


class PolicySerializer(ModelSerializer):
    class Meta:
        model = Policy
        fields: Any = ("colour", "valid_from", *TERMS)


class _TermsSerializer(Strict):
    """New terms of a colour; what is not named stays as it is."""

    colour = serializers.ChoiceField(choices=NEEDS_WORK_CHOICES)
    valid_from = serializers.DateField()
    verifier = serializers.ChoiceField(choices=Verifier.choices, required=False)

    def get_fields(self) -> Any:
        numbers = {
            name: serializers.IntegerField(min_value=least, max_value=most, required=False)
            for name, (least, most) in BOUNDS.items()
        }
        return super().get_fields() | numbers


class PolicyReportSerializer(Strict):
    dry_run = serializers.BooleanField()
    policy = PolicySerializer()
    is_replacement = serializers.BooleanField(help_text="of a version that had not begun")
    keep_theirs = serializers.IntegerField(help_text="live cases that keep the policy they opened under")
    cases = serializers.IntegerField(help_text="cases of which a date moves: none")
    rehearsal = RehearsalSerializer(allow_null=True, help_text="of a dry run: what the clock would then say")


class Policies(Listing):
    """Every version of the deadlines, by colour and date."""

    serializer_class = PolicySerializer
    order = ("-valid_from", "-id")
    query = {"post": DryRun}

    def get_queryset(self) -> QuerySet[Policy]:
        return Policy.objects.all()

    @extend_schema(
        request=_TermsSerializer, responses={200: PolicyReportSerializer, 201: PolicyReportSerializer}
    )
    def post(self, request: PersonRequest) -> Response:
        refuse_others(request)
        given = _TermsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        dry_run = is_dry_run(self)
        look = partial(rehearse, Hand(request.user))
        report = set_policy(by=request.user, dry_run=dry_run, look=look, **given.validated_data)
        return _set(report, dry_run=dry_run)


def _set(report: PolicyReport, *, dry_run: bool) -> Response:
    body = {
        "dry_run": dry_run,
        "policy": PolicySerializer(report.policy).data,
        "is_replacement": report.is_replacement,
        "keep_theirs": report.keep_theirs,
        "cases": 0,
        "rehearsal": RehearsalSerializer(report.seen).data if report.seen else None,
    }
    return Response(body, status=200 if dry_run else 201)
