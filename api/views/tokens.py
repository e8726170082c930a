"""GET me/tokens/ · DELETE me/tokens/{id}/ · POST people/{id}/tokens/end/.

None is made here: a token would prolong itself, and a stolen one would outlive its being revoked.
"""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from organisations.access import AccessToken, AccessTokenQuerySet
from organisations.hands import Hand
from organisations.people import people_of_the_cities
from organisations.tokens import end_tokens, revoke, tokens_of

from ..fields import InstantField, ModelSerializer
from ..requests import PersonRequest
from .base import Listing, View


class TokenSerializer(ModelSerializer):
    key = serializers.CharField(source="__str__", help_text="how the token begins; it opens nothing")
    scope_label = serializers.CharField(source="get_scope_display")
    created_at = InstantField(source="created")
    expires_at = InstantField(source="expiry", allow_null=True)
    is_expired = serializers.BooleanField()

    class Meta:
        model = AccessToken
        fields = (
            "id", "name", "key", "scope", "scope_label", "created_at", "expires_at", "is_expired",
            "last_used_at",
        )  # fmt: skip
        read_only_fields = fields


class MyTokens(Listing):
    """My tokens, those included that expired in the last 30 days; they are made on the page of my account."""

    serializer_class = TokenSerializer
    queryset = AccessToken.objects.none()

    def get_queryset(self) -> AccessTokenQuerySet:
        return tokens_of(self.request.user)


class OneToken(View):
    """Revoked: it opens nothing any more, also where it is the one that asks."""

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: PersonRequest, token: int) -> Response:
        revoke(get_object_or_404(tokens_of(request.user), pk=token), by=request.user)
        return Response(status=204)


class EndedSerializer(serializers.Serializer):
    ended = serializers.IntegerField(help_text="how many tokens opened something until now")


class EndTokens(View):
    """All tokens of a person whom the caller looks after as administrator."""

    @extend_schema(request=None, responses=EndedSerializer)
    def post(self, request: PersonRequest, person: int) -> Response:
        theirs = people_of_the_cities(Hand(request.user))
        ended = end_tokens(get_object_or_404(theirs, pk=person), by=request.user)
        return Response(EndedSerializer({"ended": ended}).data)
