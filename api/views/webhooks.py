"""GET and POST webhooks/ · GET and DELETE webhooks/{id}/ · their secret, ping, switch and deliveries."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from notifications import deliveries, hooks
from notifications.keepers import webhooks_kept
from notifications.models import Delivery, Webhook
from organisations.hands import Hand

from ..requests import PersonRequest
from ..webhooks import (
    DeliverySerializer,
    NewWebhookSerializer,
    WebhookSerializer,
    WebhookWithSecretSerializer,
)
from .base import Listing, View


def _fetch(request: PersonRequest, key: int) -> Webhook:
    return get_object_or_404(webhooks_kept(Hand(request.user)), pk=key)


def _with_secret(request: PersonRequest, webhook: Webhook, *, status: int) -> Response:
    body = WebhookWithSecretSerializer(_fetch(request, webhook.pk)).data
    return Response(body, status=status, headers={"Cache-Control": "private, no-store"})


class Webhooks(Listing):
    """Those I keep that have not ended; a new one is answered with its secret."""

    serializer_class = WebhookSerializer
    queryset = Webhook.objects.none()

    def get_queryset(self) -> QuerySet[Webhook]:
        return webhooks_kept(Hand(self.request.user)).going()

    @extend_schema(request=NewWebhookSerializer, responses={201: WebhookWithSecretSerializer})
    def post(self, request: PersonRequest) -> Response:
        given = NewWebhookSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        sent = given.validated_data
        made = hooks.make_webhook(sent["url"], unit=sent["unit"], kinds=sent["kinds"], by=request.user)
        return _with_secret(request, made, status=201)


class OneWebhook(View):
    @extend_schema(responses=WebhookSerializer)
    def get(self, request: PersonRequest, key: int) -> Response:
        return Response(WebhookSerializer(_fetch(request, key)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: PersonRequest, key: int) -> Response:
        """End it, for good; what it was told stays to be read."""
        hooks.end_webhook(_fetch(request, key), by=request.user)
        return Response(status=204)


class WebhookSecret(View):
    """A new secret; the former signs as well for a day."""

    @extend_schema(request=None, responses=WebhookWithSecretSerializer)
    def post(self, request: PersonRequest, key: int) -> Response:
        return _with_secret(request, hooks.rotate_secret(_fetch(request, key), by=request.user), status=200)


class EnableWebhook(View):
    """Switch it on again, in my name."""

    @extend_schema(request=None, responses=WebhookSerializer)
    def post(self, request: PersonRequest, key: int) -> Response:
        hooks.enable_webhook(_fetch(request, key), by=request.user)
        return Response(WebhookSerializer(_fetch(request, key)).data)


class PingWebhook(View):
    """Try the line: something of type "ping" goes to it at once."""

    @extend_schema(request=None, responses={201: DeliverySerializer})
    def post(self, request: PersonRequest, key: int) -> Response:
        sent = deliveries.ping(_fetch(request, key), by=request.user)
        return Response(DeliverySerializer(sent).data, status=201)


class Deliveries(Listing):
    """What it was told, the newest first."""

    serializer_class = DeliverySerializer
    queryset = Delivery.objects.none()

    def get_queryset(self) -> QuerySet[Delivery]:
        told = _fetch(self.request, self.kwargs["key"]).deliveries
        return told.select_related("message", "event__case")


class ResendDelivery(View):
    """Try once more what was given up."""

    @extend_schema(request=None, responses=DeliverySerializer)
    def post(self, request: PersonRequest, key: int, delivery: int) -> Response:
        told = _fetch(request, key).deliveries.select_related("message", "event__case", "webhook")
        again = deliveries.resend(get_object_or_404(told, pk=delivery), by=request.user)
        return Response(DeliverySerializer(again).data)
