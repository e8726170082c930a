"""POST people/import/: people and their offices from a CSV or Excel file, all of them or none."""

from __future__ import annotations

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from indicators.workbook.tables import table_of
from notifications.invitations import invite
from organisations.enrolment import enrol
from organisations.newcomers import look, tally
from organisations.roster import read_people
from organisations.rosterfile import MAX_BYTES

from ..fields import Strict
from ..requests import PersonRequest
from .base import View


class _RosterSerializer(Strict):
    file = serializers.FileField(help_text="CSV, or Excel by its name, with the headings of the template")
    dry_run = serializers.BooleanField(required=False, default=False)
    invite = serializers.BooleanField(required=False, default=False, help_text="write to those who are new")

    def validate_file(self, file: object) -> object:
        if getattr(file, "size", 0) > MAX_BYTES:
            raise serializers.ValidationError(f"> {MAX_BYTES} bytes")
        return file


class EnrolledSerializer(Strict):
    """How many rows add somebody, give an office to somebody who is there, or change nothing."""

    dry_run = serializers.BooleanField()
    added = serializers.IntegerField()
    given = serializers.IntegerField()
    there = serializers.IntegerField()
    invited = serializers.IntegerField()


class PeopleImport(View):
    """201 where something was entered, 200 where nothing was new or nothing was to be stored."""

    parser_classes = (MultiPartParser,)

    @extend_schema(
        request={"multipart/form-data": _RosterSerializer},
        responses={201: EnrolledSerializer, 200: EnrolledSerializer},
    )
    def post(self, request: PersonRequest) -> Response:
        given = _RosterSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        sent = given.validated_data
        entries = read_people(table_of(sent["file"].read(), sent["file"].name))
        with transaction.atomic():
            counts = tally(look(entries, by=request.user))
            invited, is_new = 0, False
            if not sent["dry_run"]:
                done = enrol(entries, by=request.user)
                invited = invite(done.people, by=request.user) if sent["invite"] else 0
                is_new = bool(done.people or done.offices)
        body = {name: counts[name] for name in ("added", "given", "there")}
        body |= {"dry_run": sent["dry_run"], "invited": invited}
        return Response(EnrolledSerializer(body).data, status=201 if is_new else 200)
