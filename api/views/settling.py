"""POST dispatches/messages/settle/: what became of several messages, each for itself."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from notifications.entries import messages_seen_by
from notifications.models import Message, MessageState
from notifications.settling import MOST_AT_ONCE, Settlement, settle
from organisations.hands import Hand
from organisations.refusals import Refusal

from ..fields import Strict
from ..problems import ProblemSerializer, answer
from ..requests import PersonRequest
from .base import View
from .me import MAX_KEY


class _SeveralMessagesSerializer(Strict):
    messages = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MAX_KEY), min_length=1, max_length=MOST_AT_ONCE
    )
    settlement = serializers.ChoiceField(choices=Settlement.choices)


class SettledSerializer(Strict):
    """What became of one message: its state now, or why nothing happened to it."""

    message = serializers.IntegerField()
    status = serializers.IntegerField(help_text="as if it were settled by itself")
    state = serializers.ChoiceField(choices=MessageState.choices, required=False)
    problem = ProblemSerializer(required=False)


class SettledResultsSerializer(Strict):
    results = SettledSerializer(many=True)


class SettleMessages(View):
    """One result for each message, in the order sent; one that is refused holds back no other."""

    @extend_schema(
        request=_SeveralMessagesSerializer,
        responses=SettledResultsSerializer,
    )
    def post(self, request: PersonRequest) -> Response:
        given = _SeveralMessagesSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        keys, settlement = given.validated_data["messages"], given.validated_data["settlement"]
        # In the order in which everybody holds several.
        seen = list(messages_seen_by(Hand(request.user)).filter(pk__in=keys).order_by("pk"))
        results = {message.pk: _settled(message, settlement, request) for message in seen}
        missing = {key: _refused(key, Http404()) for key in keys if key not in results}
        return Response({"results": [(results | missing)[key] for key in keys]})


def _settled(message: Message, settlement: str, request: PersonRequest) -> dict[str, Any]:
    try:
        settled = settle(message, settlement, by=request.user)
    except Refusal as refusal:
        return _refused(message.pk, refusal)
    return {"message": settled.pk, "status": 200, "state": settled.state}


def _refused(key: int, why: Exception) -> dict[str, Any]:
    problem = answer(why, {})
    assert problem is not None
    return {"message": key, "status": problem.status_code, "problem": problem.data}
