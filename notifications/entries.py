"""The register of what was told, and what it may be narrowed by: for pages, API and files alike."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from indicators.models import Rating
from organisations.hands import Hand
from organisations.models import Unit
from workflow.models import Case, Event
from workflow.queries import between_days
from workflow.vocabulary import Kind
from workflow.words import words_of

from .dispatches import OUTCOMES, Outcome
from .letters import RECURRENCE, WORSE
from .models import Dispatch, Message, MessageState, Notification, NotificationQuerySet
from .settling import SETTLED

#: States that one index on messages knows together.
_INDEXED: tuple[set[MessageState], ...] = (
    {MessageState.PENDING},
    {MessageState.CLAIMED, MessageState.RELEASED},
    {MessageState.IN_DOUBT, MessageState.FAILED},
)


def entries(hand: Hand) -> NotificationQuerySet:
    """What was told in the units whose affairs the hand sees."""
    return _for_reading(Notification.objects.filter(unit__in=hand.visible_units().values("pk")))


def messages_seen_by(hand: Hand) -> QuerySet[Message]:
    """The messages that speak of something in the register that the hand reads."""
    told = entries(hand).order_by().values("pk")
    return Message.objects.filter(dispatches__notification__in=told).distinct()


def entries_of(case: Case) -> NotificationQuerySet:
    """What was told of a case, also where it was told together with others."""
    return _for_reading(Notification.objects.filter(_of_cases([case])))


def _for_reading(told: NotificationQuerySet) -> NotificationQuerySet:
    ways = Dispatch.objects.select_related("message").order_by("channel")
    shown = told.select_related("recipient", "unit", "case", "event")
    return shown.prefetch_related(Prefetch("dispatches", ways))


def _of_cases(cases: Iterable[Case]) -> Q:
    """About these cases, alone or together with others of their unit and intake."""
    keys = [case.pk for case in cases]
    # Every rating that moved a case, with the unit it had then: it may have been handed over since.
    moved = Event.objects.filter(case__in=keys, kind__in=(Kind.OPENED, Kind.RATED_AGAIN))
    ratings = [changes["rating"][1] for changes in moved.values_list("changes", flat=True)]
    heard = Rating.objects.filter(pk__in=ratings).values_list("intake", "assessment__unit").distinct()
    words = (Kind.OPENED, Kind.RATED_AGAIN, WORSE, RECURRENCE)
    together = [f"{word} {intake} {unit}" for intake, unit in heard for word in words]
    return Q(case__in=keys) | Q(case=None, key__in=together)


def about_case(told: NotificationQuerySet, number: str, *, hand: Hand) -> NotificationQuerySet:
    """Those about the case of a number, if the hand sees it."""
    return told.filter(_of_cases(_numbered([number], hand)))


def searched(told: NotificationQuerySet, text: str, *, hand: Hand) -> NotificationQuerySet:
    """Those that name every word: their reader, or the case. The whole number of a case that the hand
    sees finds all that was said of it."""
    words = words_of(text)
    numbered = {case.number: case for case in _numbered(words, hand)}
    for word in words:
        names_it = Q(recipient__search_text__contains=word) | Q(case__number__contains=word)
        told = told.filter(_of_cases([numbered[word]]) if word in numbered else names_it)
    return told


def _numbered(numbers: list[str], hand: Hand) -> list[Case]:
    """The cases of these numbers that the hand sees."""
    if not numbers:
        return []
    return list(Case.objects.filter(number__in=numbers, unit__in=hand.visible_units().values("pk")))


def of_units(told: NotificationQuerySet, text: str) -> NotificationQuerySet:
    """Those of units with every word in their code or name."""
    for word in words_of(text):
        told = told.filter(unit__search_text__contains=word)
    return told


def told_between(told: NotificationQuerySet, since: date | None, until: date | None) -> NotificationQuerySet:
    """Those told from one day to another."""
    found: NotificationQuerySet = between_days(told, "created_at", since=since, until=until)
    return found


def with_outcome(told: NotificationQuerySet, outcome: str) -> NotificationQuerySet:
    """Those of which one way out ended so."""
    if outcome == Outcome.SENT:  # nearly all of them: the newest are found at once
        sent = Dispatch.objects.filter(message__state=MessageState.SENT, withheld="")
        return told.filter(Exists(sent.filter(notification=OuterRef("pk"))))
    ways = Dispatch.objects.filter(_ended(outcome)).order_by()
    # Made distinct, it is gathered once from the few that ended so, whatever the planner takes to be
    # likely; as a condition of each row it is asked of the whole register where none did.
    return told.filter(pk__in=ways.values("notification").distinct())


def troubled(cities: Collection[int]) -> QuerySet[Message]:
    """Messages about units of these cities that wait for a person to say what became of them."""
    units = Unit.objects.filter(Q(pk__in=cities) | Q(parent__in=cities))
    stuck = Dispatch.objects.filter(message__state__in=SETTLED, message__settled_at=None, withheld="")
    of_theirs = stuck.filter(notification__unit__in=units.order_by().values("pk"))
    return Message.objects.filter(pk__in=of_theirs.order_by().values("message").distinct())


def _ended(outcome: str) -> Q:
    """That a way out ended so, in the words of the indexes: a message is dropped only when all it
    would say was withheld."""
    if outcome == Outcome.WITHHELD:
        return ~Q(withheld="")
    if outcome == Outcome.GIVEN_UP:
        return Q(withheld="", message__state__in=SETTLED, message__settled_at__isnull=False)
    states = {state for state, comes_to in OUTCOMES.items() if comes_to == outcome}
    known = [sorted(states & together) for together in _INDEXED if states & together]
    ended = Q(withheld="") & reduce(or_, (Q(message__state__in=some) for some in known))
    return ended & Q(message__settled_at=None) if states <= set(SETTLED) else ended
