"""Whose webhooks are whose: who keeps those of a unit, and in whose name one still hears."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Case, CharField, Exists, OuterRef, Q, Subquery, Value, When

from organisations.hands import Hand
from organisations.models import CITY_ROLES, Appointment, Role, Unit, UnitQuerySet
from workflow.models import Event

from .models import MessageState
from .subscriptions import Delivery, Standing, Webhook, WebhookQuerySet

#: A notice says no larger number.
MOST_COUNTED = 99


def keeps_webhooks_of(hand: Hand, unit: Unit) -> bool:
    """Of a unit: whoever chairs it, its coordinator, or the city's administrator; of a city: its
    administrator."""
    return unit.pk in _headed(hand) or hand.administers(unit)


def keeps_webhooks(hand: Hand) -> bool:
    """Whether there is any unit whose webhooks the person keeps."""
    return bool(_headed(hand) or hand.cities_administered)


def units_kept(hand: Hand) -> UnitQuerySet:
    """The standing units and cities whose webhooks the person keeps."""
    cities = hand.cities_administered
    kept = Q(pk__in=_headed(hand)) | Q(pk__in=cities) | Q(parent__in=cities)
    return Unit.objects.standing(hand.on).filter(kept)


def webhooks_kept(hand: Hand) -> WebhookQuerySet:
    """Those the person keeps, whoever made them, with how they stand; somebody else's are not there."""
    sent = Delivery.objects.filter(webhook=OuterRef("pk"), message__state=MessageState.SENT).order_by("-id")
    return (
        Webhook.objects.filter(_kept(hand))
        .select_related("unit__parent", "owner")
        .annotate(standing=_standing(hand.on), last_sent_at=Subquery(sent.values("message__sent_at")[:1]))
    )


def switched_off(hand: Hand) -> int:
    """How many of those the person keeps were switched off because nothing could be sent; counted no
    further than anybody would read."""
    if not keeps_webhooks(hand):
        return 0
    off = Webhook.objects.going().filter(_kept(hand)).exclude(disabled_at=None)
    return off[:MOST_COUNTED].count()


def _kept(hand: Hand) -> Q:
    cities = hand.cities_administered
    return Q(unit__in=_headed(hand)) | Q(unit__in=cities) | Q(unit__parent__in=cities)


def _standing(on: date) -> Case:
    return Case(
        When(ended_at__isnull=False, then=Value(Standing.ENDED)),
        When(disabled_at__isnull=False, then=Value(Standing.OFF)),
        When(hears(on), then=Value(Standing.HEARS)),
        default=Value(Standing.NOBODYS),
        output_field=CharField(),
    )


def _headed(hand: Hand) -> frozenset[int]:
    coordinated = {unit for role, unit in hand.offices if role == Role.COORDINATOR}
    return hand.units_chaired | coordinated


def hears(on: date) -> Q:
    """Of a webhook: its owner is active and holds an office on a day in its unit, or over it.

    Over a city's units speak only the offices of the city: nobody else is told of all of them.
    """
    held = Appointment.objects.current(on).filter(user=OuterRef("owner"))
    here = held.filter(unit=OuterRef("unit"), unit__parent__isnull=False)
    of_the_city = held.filter(
        Q(unit=OuterRef("unit")) | Q(unit=OuterRef("unit__parent")),
        unit__parent=None,
        role__in=CITY_ROLES,
    )
    return Q(Exists(here) | Exists(of_the_city), owner__is_active=True)


def subscribed(events: Sequence[Event]) -> list[tuple[Webhook, Event]]:
    """Which webhook is told of which event, each by its unit or its city; one query for all.

    Also one that does not hear now: what it is to be told waits for it to be switched on again.
    """
    units = {unit.pk for event in events for unit in (event.case.unit, event.case.unit.city)}
    told: dict[int, list[Webhook]] = {}
    for webhook in Webhook.objects.going().filter(unit__in=units).order_by("pk"):
        told.setdefault(webhook.unit_id, []).append(webhook)
    return [
        (webhook, event)
        for event in events
        for unit in dict.fromkeys((event.case.unit.pk, event.case.unit.city.pk))
        for webhook in told.get(unit, ())
        if not webhook.kinds or event.kind in webhook.kinds
    ]
