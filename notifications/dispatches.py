"""The register of what was told: to whom, when, by which way, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Prefetch, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from organisations.hands import Hand
from workflow import deadlines
from workflow.models import Case
from workflow.vocabulary import CLOCK_KINDS, Kind

from .letters import RECURRENCE, WORSE
from .models import Dispatch, MessageState, Notification, NotificationQuerySet


class Outcome(TextChoices):
    """What became of a notification on its way out."""

    WAITING = "waiting", _("Chờ gửi")
    SENT = "sent", _("Đã gửi")
    WITHHELD = "withheld", _("Không gửi")
    IN_DOUBT = "in_doubt", _("Chưa rõ đã đến hay chưa")
    FAILED = "failed", _("Không gửi được")


_OUTCOMES = {
    MessageState.PENDING: Outcome.WAITING,
    MessageState.CLAIMED: Outcome.WAITING,
    MessageState.RELEASED: Outcome.WAITING,
    MessageState.SENT: Outcome.SENT,
    MessageState.SUPPRESSED: Outcome.WITHHELD,
    MessageState.IN_DOUBT: Outcome.IN_DOUBT,
    MessageState.FAILED: Outcome.FAILED,
}


def outcome_of(dispatch: Dispatch) -> Outcome:
    """What became of it by now."""
    if dispatch.withheld or dispatch.message is None:
        return Outcome.WITHHELD
    return _OUTCOMES[MessageState(dispatch.message.state)]


def entries(hand: Hand) -> NotificationQuerySet:
    """What was told in the units whose affairs the hand sees."""
    return _for_reading(Notification.objects.filter(unit__in=hand.visible_units().values("pk")))


def entries_of(case: Case) -> NotificationQuerySet:
    """What was told of a case, also where it was told together with others."""
    intakes = {case.rating.intake_id, case.latest_rating.intake_id}
    words = (Kind.OPENED, Kind.RATED_AGAIN, WORSE, RECURRENCE)
    together = [f"{word} {intake} {case.unit_id}" for word in words for intake in intakes]
    return _for_reading(Notification.objects.filter(Q(case=case) | Q(case=None, key__in=together)))


def _for_reading(told: NotificationQuerySet) -> NotificationQuerySet:
    ways = Dispatch.objects.select_related("message").order_by("channel")
    shown = told.select_related("recipient", "unit", "case", "event")
    return shown.prefetch_related(Prefetch("dispatches", ways))


def with_outcome(told: NotificationQuerySet, outcome: str) -> NotificationQuerySet:
    """Those of which one way out ended so."""
    states = [state for state, stands_for in _OUTCOMES.items() if stands_for == outcome]
    ended = Q(message__state__in=states, withheld="")
    if outcome == Outcome.WITHHELD:
        ended |= ~Q(withheld="")
    return told.filter(Exists(Dispatch.objects.filter(ended, notification=OuterRef("pk"))))


def missed_before(notification: Notification) -> Iterator[int]:
    """Milestones, in working days from the deadline, that passed unsaid before the one that was said:
    the clock stood still, and only the newest rings."""
    if notification.kind not in CLOCK_KINDS or notification.event is None:
        return
    last, rung = notification.event.changes["milestone"]
    milestone = deadlines.next_after(last)
    while milestone < rung:
        yield milestone
        milestone = deadlines.next_after(milestone)
