"""POST cases/{number}/steps/{step}/ and the same step on several cases."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from workflow.models import Case
from workflow.operations import BRINGS_INTO_A_UNIT, hold_units, take_step
from workflow.refusals import Refusal
from workflow.vocabulary import State, Step

from ..asking import asked_by, asked_of_several
from ..cases import CaseDetailSerializer
from ..fetching import fetch
from ..fields import Strict
from ..problems import ProblemSerializer, answer
from ..requests import PersonRequest
from ..versions import version_in
from .base import View
from .cases import detail


class CaseStep(View):
    is_versioned = True
    #: Each step has an address of its own.
    step = Step.START

    def post(self, request: PersonRequest, number: str) -> Response:
        case = fetch(request, number)
        asked, version = _read(asked_by(self.step), request.data), version_in(request)
        take_step(case, self.step, by=request.user, version=version, **asked)
        # A step may take the case out of sight, as a transfer to another city's unit would.
        return detail(request, fetch(request, number))


def _read(kind: type[serializers.Serializer], data: Any) -> dict[str, Any]:
    given = kind(data=data, partial=True)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


class ResultSerializer(Strict):
    """What became of one of several cases: where it stands, or why nothing happened to it."""

    case = serializers.CharField()
    status = serializers.IntegerField(help_text="như khi gọi riêng cho hồ sơ này")
    state = serializers.ChoiceField(choices=State.choices, required=False)
    version = serializers.IntegerField(required=False)
    problem = ProblemSerializer(required=False)


class ResultsSerializer(Strict):
    results = ResultSerializer(many=True)


class SeveralSteps(View):
    """The same step on several cases, each for itself: one result per case, in the order sent."""

    step = Step.START

    def post(self, request: PersonRequest) -> Response:
        asked = _read(asked_of_several(self.step), request.data)
        numbers = asked.pop("cases", None)
        if not numbers:
            raise serializers.ValidationError({"cases": [_("Cần nêu ít nhất một hồ sơ.")]})
        cases = {case.number: case for case in self._in_one_order(request, numbers)}
        taken = {number: self._take(request, case, asked) for number, case in cases.items()}
        missing = {n: _refused(n, Http404()) for n in numbers if n not in taken}
        return Response({"results": [(taken | missing)[number] for number in numbers]})

    def _in_one_order(self, request: PersonRequest, numbers: list[str]) -> list[Case]:
        """Those that the person sees, in the order in which everybody holds several: two requests that
        are each one transaction then never wait for each other."""
        cases = Case.objects.visible_to(request.user).filter(number__in=numbers).order_by("unit", "pk")
        if self.step in BRINGS_INTO_A_UNIT and transaction.get_connection().in_atomic_block:
            hold_units(case.unit_id for case in cases)
        return list(cases)

    def _take(self, request: PersonRequest, case: Case, asked: dict[str, Any]) -> dict[str, Any]:
        try:
            case = take_step(case, self.step, by=request.user, **asked)
        except Refusal as refusal:
            return _refused(case.number, refusal)
        return {"case": case.number, "status": 200, "state": case.state, "version": case.version}


def _refused(number: str, why: Exception) -> dict[str, Any]:
    problem = answer(why, {})
    assert problem is not None
    return {"case": number, "status": problem.status_code, "problem": problem.data}


def _documented(view: type[View], step: Step, request: Any, response: Any) -> type[View]:
    """A view of one step, so that its schema can say exactly what this step asks for."""
    named: type[View] = type(f"{view.__name__}{step.name}", (view,), {"step": step})
    extended = extend_schema(request=request, responses=response, description=str(step.label))
    return extended(named)


ONE = {step: _documented(CaseStep, step, asked_by(step), CaseDetailSerializer) for step in Step}
SEVERAL = {step: _documented(SeveralSteps, step, asked_of_several(step), ResultsSerializer) for step in Step}
