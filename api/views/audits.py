"""POST cases/{number}/audit-notes/: what the city noted in a case."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.operations import note_audit
from audits.vocabulary import Verdict

from ..cases import EventSerializer
from ..requests import PersonRequest
from .cases import fetch


class _AuditNoteSerializer(serializers.Serializer):
    note = serializers.CharField(max_length=10000)
    verdict = serializers.ChoiceField(choices=Verdict.choices, required=False, allow_blank=True)


class AuditNotes(APIView):
    @extend_schema(request=_AuditNoteSerializer, responses={201: EventSerializer})
    def post(self, request: PersonRequest, number: str) -> Response:
        case = fetch(request, number)
        given = _AuditNoteSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        event = note_audit(case, by=request.user, **given.validated_data)
        return Response(EventSerializer(event).data, status=201)
