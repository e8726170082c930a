"""The words in which cases are asked for; they never decide what may be done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery

from organisations.hands import Hand, chairing_delegations
from organisations.models import Appointment, Role, UnitQuerySet, User, with_versions

from .deadlines import LOCAL
from .vocabulary import CITY_WORK_KINDS, LIVE, State, Verifier
from .words import cases_that_say


def did_the_work(person: Any, case: Any) -> Q:
    """As `rules.who_did_the_work` has it, inside a query: of one person, or of one referred to."""
    cases = apps.get_model("workflow", "Case").objects.filter(pk=case).order_by()
    return (
        Q(Exists(cases.filter(participations__user=person)))
        | Q(Exists(cases.filter(corrective_actions__completed_by=person)))
        | Q(Exists(cases.filter(evidence__added_by=person)))
        | Q(Exists(cases.filter(events__kind__in=CITY_WORK_KINDS, events__actor=person)))
    )


def nobody_chairs(on: date, *, apart_from: Callable[[str], Q]) -> Q:
    """Of a case: nobody chairs its unit on a day apart from those meant; asked of the column that
    names them, "user" of an office or "taker" of a delegation."""
    held = Appointment.objects.current(on).filter(role=Role.CHAIRPERSON, user__is_active=True)
    given = chairing_delegations(on).filter(taker__is_active=True)
    chairs = held.filter(~apart_from("user"), unit=OuterRef("unit"))
    delegates = given.filter(~apart_from("taker"), unit=OuterRef("unit"))
    return ~Q(Exists(chairs)) & ~Q(Exists(delegates))


def nobody_is_left(on: date) -> Q:
    """As `rules.verifying_role` has it: whoever chairs the unit of a case on a day did its work."""
    case = OuterRef(OuterRef("pk"))
    return nobody_chairs(on, apart_from=lambda who: did_the_work(OuterRef(who), case))


def has_an_action_to_do(person: int) -> Q:
    """A corrective action of the case is this person's and not done."""
    cases = apps.get_model("workflow", "Case").objects.filter(pk=OuterRef("pk")).order_by()
    to_do = cases.filter(
        corrective_actions__owner=person,
        corrective_actions__completed_at=None,
        corrective_actions__dropped_at=None,
    )
    return Q(Exists(to_do))


def has_no_assignee_here(on: date) -> Q:
    """Nobody was given the case, or whoever was has left its unit: it waits for whoever gives it."""
    held = Appointment.objects.current(on).filter(user__is_active=True)
    return ~Q(Exists(held.filter(user=OuterRef("assignee"), unit=OuterRef("unit"))))


def without_a_chair(units: UnitQuerySet, *, on: date) -> UnitQuerySet:
    """Units whose live cases wait for a chair that nobody holds on a day, with `live_cases`, most first.

    A delegation gives a chair to nobody else: it ends with the office of its giver.
    """
    live = apps.get_model("workflow", "Case").objects.live().filter(unit=OuterRef("pk")).order_by()
    held = Appointment.objects.current(on).filter(role=Role.CHAIRPERSON, user__is_active=True)
    count = live.values("unit").annotate(count=Count("pk")).values("count")
    empty = units.filter(Exists(live), ~Exists(held.filter(unit=OuterRef("pk"))))
    return empty.annotate(live_cases=Subquery(count)).order_by("-live_cases", "sort_key")


class CaseQuerySet(models.QuerySet[Any]):
    def visible_to(self, who: User | Hand) -> CaseQuerySet:
        """Cases of the units whose affairs the person sees today; nothing for a stranger.

        Whoever has their hand already gives that: its offices are not asked for again.
        """
        hand = who if isinstance(who, Hand) else Hand(who)
        return self.filter(hand.sees("unit__"))

    def live(self) -> CaseQuerySet:
        return self.filter(state__in=LIVE)

    def overdue(self, *, on: date) -> CaseQuerySet:
        return self.filter(turn_due_on__lt=on)

    def awaiting(self, user: User, *, on: date | None = None) -> CaseQuerySet:
        """Live cases that wait for this person: it is their turn, a corrective action is theirs to do,
        or an extension theirs to decide."""
        hand = Hand(user, on=on)
        audited = [unit for role, unit in hand.offices if role == Role.AUDITOR]
        chaired, of_the_city = Q(unit__in=hand.units_chaired), Q(unit__parent__in=audited)
        at_work = Q(state__in=[State.ASSIGNED, State.IN_PROGRESS])
        in_verification = Q(state__in=[State.IN_VERIFICATION, State.MONITORING])
        is_the_chairs = Q(policy__verifier=Verifier.CHAIRPERSON)
        did_none = ~did_the_work(user.pk, OuterRef("pk"))
        return self.filter(
            at_work & Q(unit__in=hand.own_units) & (Q(assignee=user) | has_an_action_to_do(user.pk))
            | chaired & (Q(state=State.OPEN) | at_work & has_no_assignee_here(hand.on))
            | chaired & in_verification & is_the_chairs & did_none
            | of_the_city & in_verification & (~is_the_chairs | nobody_is_left(hand.on)) & did_none
            | of_the_city & Q(state__in=[State.HANDED_UP, State.WITH_CITY])
            | at_work & self._asks_for_time(user, hand.on, chaired=chaired, of_the_city=of_the_city)
        )

    def _asks_for_time(self, user: User, on: date, *, chaired: Q, of_the_city: Q) -> Q:
        """As `rules.grants_extensions` has it, where an extension is asked for."""
        within_limit = Q(extension_count__lt=F("policy__extension_limit"))
        nobody_else = nobody_chairs(on, apart_from=lambda who: Q(**{who: OuterRef("assignee")}))
        mine = chaired & within_limit | of_the_city & (~within_limit | nobody_else)
        return Q(requested_due_on__isnull=False) & ~Q(assignee=user) & mine

    def search(self, text: str) -> CaseQuerySet:
        """Cases whose number, unit, indicator, finding or person holds every word, without tones."""
        if not text.strip():
            return self
        found = cases_that_say(text)
        return self.none() if found is None else self.filter(pk__in=found)

    def for_reading(self) -> CaseQuerySet:
        """With everything a row of a list shows."""
        shown = self.select_related("unit__parent", "indicator", "assignee", "policy")
        return shown.prefetch_related(with_versions("unit__"))


def between_days(rows: Any, column: str, *, since: date | None, until: date | None) -> Any:
    """Those from the beginning of one day to the end of another, as the city counts days."""
    if since:
        rows = rows.filter(**{f"{column}__gte": datetime.combine(since, time.min, LOCAL)})
    if until and until < date.max:
        after = datetime.combine(until + timedelta(days=1), time.min, LOCAL)
        rows = rows.filter(**{f"{column}__lt": after})
    return rows
