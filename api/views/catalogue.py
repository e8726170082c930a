"""GET and POST catalogue/ · POST catalogue/compared/: editions of the wording of the 39 indicators."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from indicators.catalogue import BadCatalogue, parse_catalogue
from indicators.editions import LONGEST_NAME, MAX_BYTES, Edition, bring_in, in_force, mark_compared
from indicators.models import Catalogue, Indicator
from organisations.hands import Hand
from organisations.reach import refuse_all_but_administrators

from ..fields import DryRun, ModelSerializer, Strict
from ..requests import PersonRequest
from .assessments import is_dry_run
from .base import Listing, View


class EditionSerializer(ModelSerializer):
    in_force = serializers.BooleanField(help_text="whether its wording is what everything shows today")
    compared_on = serializers.DateField(
        allow_null=True, help_text="the day its titles were compared with the text of TCVN"
    )

    class Meta:
        model = Catalogue
        fields = ("edition", "source", "loaded_at", "compared_on", "in_force")


class _EditionSerializer(Strict):
    file = serializers.FileField(help_text="CSV, or YAML by its name: code, group, title_vi, title_en, …")
    edition = serializers.CharField(max_length=LONGEST_NAME)
    compared_on = serializers.DateField(required=False, default=None)
    dry_run = serializers.BooleanField(required=False, default=False)

    def validate_file(self, file: Any) -> Any:
        if file.size > MAX_BYTES:
            raise serializers.ValidationError(_("Tệp quá lớn để là danh mục 39 chỉ số."))
        return file


class RewordedSerializer(Strict):
    """An indicator that is called otherwise, as it was and as the edition has it."""

    indicator = serializers.CharField(source="indicator.code")
    former_title_vi = serializers.CharField(source="indicator.title_vi")
    former_title_en = serializers.CharField(source="indicator.title_en")
    former_department = serializers.CharField(source="indicator.get_lead_department_display")
    title_vi = serializers.CharField()
    title_en = serializers.CharField()
    department = serializers.CharField()


class EditionReportSerializer(Strict):
    dry_run = serializers.SerializerMethodField()
    edition = serializers.CharField(source="catalogue.edition")
    is_replacement = serializers.BooleanField(help_text="of an edition of the same name")
    reworded = serializers.SerializerMethodField()
    unchanged = serializers.SerializerMethodField(help_text="how many indicators are called as before")

    @extend_schema_field(RewordedSerializer(many=True))
    def get_reworded(self, edition: Edition) -> Any:
        return RewordedSerializer([r for r in edition.reworded if r.is_changed], many=True).data

    def get_unchanged(self, edition: Edition) -> int:
        return sum(not reworded.is_changed for reworded in edition.reworded)

    def get_dry_run(self, edition: Edition) -> bool:
        return self.context["dry_run"]


class Editions(Listing):
    """Every edition that was ever put in force, the newest first; their titles are in indicators/."""

    serializer_class = EditionSerializer
    queryset = Catalogue.objects.none()
    parser_classes = (MultiPartParser,)
    query = {"post": DryRun}

    def get_queryset(self) -> QuerySet[Catalogue]:
        used = Indicator.objects.filter(catalogue=OuterRef("pk"))
        return Catalogue.objects.annotate(in_force=Exists(used))

    @extend_schema(
        request={"multipart/form-data": _EditionSerializer},
        responses={200: EditionReportSerializer, 201: EditionReportSerializer},
    )
    def post(self, request: PersonRequest) -> Response:
        """Put an edition in force, as a city's administrator; a dry run (200) says what it would reword."""
        refuse_all_but_administrators(Hand(request.user))
        given = _EditionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        sent, dry_run = dict(given.validated_data), is_dry_run(self)
        sent |= {"dry_run": dry_run}
        file = sent.pop("file")
        try:
            rows = parse_catalogue(file.read(), file.name)
            edition = bring_in(rows, source=file.name, by=request.user, **sent)
        except BadCatalogue as fault:
            raise ValidationError({"file": [str(fault)]}) from None
        body = EditionReportSerializer(edition, context={"dry_run": dry_run}).data
        return Response(body, status=200 if dry_run else 201)


class _ComparedSerializer(Strict):
    compared_on = serializers.DateField()


class Compared(View):
    """The titles in force agree with the text of the standard, as of a day."""

    @extend_schema(request=_ComparedSerializer, responses=EditionSerializer)
    def post(self, request: PersonRequest) -> Response:
        refuse_all_but_administrators(Hand(request.user))
        given = _ComparedSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        held: Any = in_force()
        if held is None:
            raise Http404
        marked: Any = mark_compared(held, on=given.validated_data["compared_on"], by=request.user)
        marked.in_force = True
        return Response(EditionSerializer(marked).data)
