"""GET and POST cases/{number}/audit-notes/ · GET audit-notes/: what the city noted in cases."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from audits.notes import concluding, notes, verdict_of
from audits.operations import note_audit
from audits.vocabulary import Verdict
from workflow.models import Case, Event
from workflow.queries import between_days

from ..cases import EventSerializer
from ..fetching import fetch
from ..fields import ModelSerializer, PersonSerializer, Strict
from ..filters import Day
from ..requests import PersonRequest
from ..versions import version_in, version_of
from .base import Listing


class _AuditNoteSerializer(Strict):
    note = serializers.CharField(max_length=10000)
    verdict = serializers.ChoiceField(choices=Verdict.choices, required=False, allow_blank=True)


class AuditNoteSerializer(ModelSerializer):
    """A note with its place in the record of its case."""

    case: Any = serializers.CharField(source="case.number")
    unit = serializers.CharField(source="case.unit.code")
    indicator = serializers.CharField(source="case.indicator.code")
    actor = PersonSerializer()
    verdict = serializers.SerializerMethodField()

    class Meta:
        model = Event
        fields: Any = ("case", "unit", "indicator", "seq", "actor", "at", "verdict", "note")

    @extend_schema_field(
        serializers.ChoiceField(
            choices=Verdict.choices, allow_null=True, help_text="null: concludes nothing yet"
        )
    )
    def get_verdict(self, event: Event) -> str | None:
        return verdict_of(event)


class AuditNotes(Listing):
    """What the city noted in a case, the newest first."""

    serializer_class = AuditNoteSerializer
    queryset = Event.objects.none()
    is_versioned = True

    def get_queryset(self) -> QuerySet[Event]:
        return notes(Case.objects.filter(pk=fetch(self.request, self.kwargs["number"]).pk))

    @extend_schema(request=_AuditNoteSerializer, responses={201: EventSerializer})
    def post(self, request: PersonRequest, number: str) -> Response:
        case = fetch(request, number)
        given = _AuditNoteSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        version = version_in(request)
        event = note_audit(case, by=request.user, version=version, **given.validated_data)
        return Response(EventSerializer(event).data, status=201, headers=version_of(case, event.seq))


class NotesFilter(django_filters.FilterSet):
    case = django_filters.CharFilter(field_name="case__number", help_text="the whole number of a case")
    verdict = django_filters.ChoiceFilter(choices=Verdict.choices, method="concludes")
    since = Day(method="noted_since")
    until = Day(method="noted_until")

    class Meta:
        model = Event
        fields: list[str] = []

    def concludes(self, events: Any, name: str, value: str) -> Any:
        return concluding(events, value)

    def noted_since(self, events: Any, name: str, value: date) -> Any:
        return between_days(events, "at", since=value, until=None)

    def noted_until(self, events: Any, name: str, value: date) -> Any:
        return between_days(events, "at", since=None, until=value)


class AllAuditNotes(Listing):
    """What the city noted in the cases that I see, the newest first."""

    serializer_class = AuditNoteSerializer
    filterset_class = NotesFilter
    queryset = Event.objects.none()

    def get_queryset(self) -> QuerySet[Event]:
        return notes(Case.objects.visible_to(self.request.user))
