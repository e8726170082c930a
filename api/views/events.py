"""GET events/?after=: what has happened since, in order and without gaps."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from notifications.changes import changes_after
from notifications.payload import said
from workflow.vocabulary import Kind, State

from ..cases import EventSerializer
from ..fields import MAX_KEY, InstantField, Strict
from ..links import COLUMNS, links_of
from ..requests import PersonRequest, hand_of
from .base import View


class ChangesQuery(Strict):
    after = serializers.IntegerField(
        required=False, default=0, min_value=0, max_value=MAX_KEY, help_text="vị trí đã đọc đến; 0: từ đầu"
    )
    limit = serializers.IntegerField(
        required=False, default=100, min_value=1, max_value=500, help_text="số việc nhiều nhất mỗi lần"
    )


class ChangeDataSerializer(Strict):
    """As a webhook is told it."""

    case = serializers.CharField()
    unit = serializers.CharField()
    indicator = serializers.CharField()
    seq = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    state = serializers.ChoiceField(choices=State.choices)
    link = serializers.URLField()


class ChangeSerializer(Strict):
    """One thing that happened: what webhooks are told of it, and its link of the record."""

    position = serializers.IntegerField()
    type = serializers.CharField()
    timestamp = InstantField()
    data: Any = ChangeDataSerializer()
    event = EventSerializer()


class ChangesSerializer(Strict):
    """`next` is the address to ask next time, at once where there is `more`."""

    next = serializers.URLField()
    more = serializers.BooleanField()
    results = ChangeSerializer(many=True)


class Changes(View):
    """What happened in the cases that I see, in the order in which it was told: nothing is told out of
    it, twice, or never. What is done now is there some seconds later."""

    query = ChangesQuery

    @extend_schema(responses=ChangesSerializer)
    def get(self, request: PersonRequest) -> Response:
        asked = self.asked()
        hand = hand_of(request)
        found = changes_after(asked["after"], hand=hand, most=asked["limit"], columns=COLUMNS)
        links = links_of(change.columns for change in found.events)
        told = [
            {"position": change.position, **said(change.fact), "event": link}
            for change, link in zip(found.events, links, strict=True)
        ]
        here = replace_query_param(request.build_absolute_uri(), "after", found.after)
        return Response({"next": here, "more": found.are_more, "results": told})
