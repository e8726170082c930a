"""GET assessments/form/ · assessments/{id}/workbook/ · people/template/: files to fill in."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from indicators.models import Rater
from indicators.periods import period_named
from indicators.rules import may_record
from indicators.workbook.serving import XLSX, as_attachment
from organisations import rosterbook
from organisations.hands import Hand
from organisations.reach import refuse_all_but_administrators
from organisations.refusals import NotYours

from ..exports import As
from ..fields import Strict, UnitField
from ..requests import PersonRequest
from .assessments import visible_assessments
from .base import View

_WORKBOOK = {(200, XLSX): OpenApiTypes.BINARY}


class FormQuery(Strict):
    unit = UnitField()
    period = serializers.CharField(max_length=10, help_text="2026-Q4, 2026-H1, 2026-11, 2026")
    kind = serializers.ChoiceField(choices=Rater.choices, default=Rater.SELF)


class AssessmentForm(View):
    """The workbook of a unit and period to fill in, with what was said so far, for whoever may record it."""

    query = FormQuery
    may_be_refused = may_be_missing = True

    @extend_schema(responses=_WORKBOOK)
    def get(self, request: PersonRequest) -> HttpResponse:
        asked, hand = self.asked(), Hand(request.user)
        if not hand.visible_units().filter(pk=asked["unit"].pk).exists():
            raise Http404
        if not may_record(hand, asked["unit"], asked["kind"]):
            raise NotYours(_("Bạn không ghi đánh giá này."))
        return as_attachment(asked["unit"], period_named(asked["period"]).code, asked["kind"])


class AssessmentWorkbook(View):
    """The workbook of an assessment as it stands."""

    @extend_schema(responses=_WORKBOOK)
    def get(self, request: PersonRequest, pk: int) -> HttpResponse:
        found = get_object_or_404(visible_assessments(request), pk=pk)
        return as_attachment(found.unit, found.period.code, found.kind)


class PeopleTemplate(View):
    """The list of people to fill in, for people/import/: `?as=csv` (the default) or `?as=xlsx`."""

    query = As
    may_be_refused = True

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY, **_WORKBOOK})
    def get(self, request: PersonRequest) -> HttpResponse:
        refuse_all_but_administrators(Hand(request.user))
        return rosterbook.as_attachment(self.asked()["as"])
