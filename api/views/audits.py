"""POST cases/{number}/audit-notes/: what the city noted in a case."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from audits.operations import note_audit
from audits.vocabulary import Verdict

from ..cases import EventSerializer
from ..fields import Strict
from ..requests import PersonRequest
from ..versions import version_in, version_of
from .base import View
from .cases import fetch


class _AuditNoteSerializer(Strict):
    note = serializers.CharField(max_length=10000)
    verdict = serializers.ChoiceField(choices=Verdict.choices, required=False, allow_blank=True)


class AuditNotes(View):
    @extend_schema(request=_AuditNoteSerializer, responses={201: EventSerializer})
    def post(self, request: PersonRequest, number: str) -> Response:
        case = fetch(request, number)
        given = _AuditNoteSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        version = version_in(request)
        event = note_audit(case, by=request.user, version=version, **given.validated_data)
        return Response(EventSerializer(event).data, status=201, headers=version_of(case, event.seq))
