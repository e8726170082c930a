"""Who stands around a batch of cases on a day: offices, parts, deputies; read once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property

from actions.models import CorrectiveAction, Evidence
from organisations.models import Role, Unit
from organisations.posts import People, Posts, grouped
from workflow.models import Event, Participation, Timer
from workflow.vocabulary import CITY_WORK_KINDS, Part, Turn, Verifier


class Company:
    """People by office and by part; a constant number of queries whatever the number of events."""

    def __init__(self, events: Iterable[Event], *, on: date, units: Iterable[Unit] = ()) -> None:
        """`units` are asked about beside those of the events' cases."""
        self._cases = {event.case_id: event.case for event in events}
        around = [*units, *(case.unit for case in self._cases.values())]
        self.posts = Posts({unit.pk for each in around for unit in (each, each.city)}, on=on)

    # --- By office ----------------------------------------------------------------------------

    def chairs(self, event: Event) -> People:
        """The chairperson of the case's unit, and a vice-chair who acts for them."""
        return self.posts.chairs(event.case.unit_id)

    def has_a_chair(self, unit: Unit) -> bool:
        """Whether anybody chairs a unit today."""
        return bool(self.posts.chairs(unit.pk))

    def auditors(self, event: Event) -> People:
        return self.posts.holders[Role.AUDITOR, event.case.unit.city.pk]

    def administrators(self, event: Event) -> People:
        return self.posts.holders[Role.ADMINISTRATOR, event.case.unit.city.pk]

    def verifiers(self, event: Event) -> People:
        """Whom the policy names, without those who did the work; else the auditors."""
        worked = self._did_the_work[event.case_id]
        chairs = self.chairs(event) - worked
        if chairs and event.case.policy.verifier == Verifier.CHAIRPERSON:
            return chairs
        return self.auditors(event) - worked

    def granters(self, event: Event) -> People:
        """Those who may grant an extension, as `workflow.rules.grants_extensions` has it."""
        chairs = self.chairs(event) - {event.case.assignee_id}
        is_within = event.case.extension_count < event.case.policy.extension_limit
        return chairs if chairs and is_within else self.auditors(event) - {event.case.assignee_id}

    def present(self, event: Event, *whom: Callable[[Company, Event], People]) -> People:
        """Those of the people meant who see the case today: in office in its unit or its city."""
        meant = set().union(*(them(self, event) for them in whom))
        return meant & self._in_office(event)

    def with_deputies(self, event: Event, people: People) -> People:
        """The people and those who are told in their place while they are away; where a deputy is away
        as well, theirs too."""
        units = (event.case.unit_id, event.case.unit.city.pk)
        told, asked = set(people), set(people)
        while asked:
            deputies = (self.posts.deputies[person, unit] for person in asked for unit in units)
            asked = (set().union(*deputies) & self._in_office(event)) - told
            told |= asked
        return told

    def _in_office(self, event: Event) -> People:
        return self.insiders(event.case.unit)

    def insiders(self, unit: Unit) -> People:
        """Everybody in office today in a unit or over its city."""
        return self.posts.insiders[unit.pk] | self.posts.insiders[unit.city.pk]

    # --- By part ------------------------------------------------------------------------------

    def lead(self, event: Event) -> People:
        return self._parts[event.case_id, Part.LEAD]

    def supporters(self, event: Event) -> People:
        return self._parts[event.case_id, Part.SUPPORT]

    def former_doers(self, event: Event) -> People:
        """Those from whom a step took the case."""
        lead = event.changes.get("assignee", [None])[0]
        supporters = event.changes.get("supporters", [[]])[0]
        return {lead, *supporters} - {None}

    def owner(self, event: Event) -> People:
        """The owner of the corrective action that an event is about."""
        number = event.changes.get("corrective_action", [None, 0])[1]
        owner = self._owners.get((event.case_id, number))
        return {owner} if owner else set()

    def moved_owners(self, event: Event) -> People:
        """The owners of the corrective actions whose days a change of the calendar moved."""
        moved = event.changes.get("corrective_actions", [{}, {}])[1]
        owners = [self._owners.get((event.case_id, int(number))) for number in moved]
        return {owner for owner in owners if owner}

    def former_owner(self, event: Event) -> People:
        return {event.changes.get("owner", [None])[0]} - {None}

    def whose_turn(self, event: Event) -> People:
        post = self.post_of_turn(event)
        return post(self, event) if post else set()

    @staticmethod
    def post_of_turn(event: Event) -> Callable[[Company, Event], People] | None:
        """The post that the case waits for; None where it waits for nobody."""
        by_turn = {
            Turn.CHAIRPERSON: Company.chairs,
            Turn.ASSIGNEE: Company.lead,
            Turn.VERIFIER: Company.verifiers,
            Turn.CITY: Company.auditors,
        }
        return by_turn.get(event.case.turn)

    # --- Read when first asked ----------------------------------------------------------------

    @cached_property
    def _parts(self) -> dict[tuple[int, str], People]:
        now = Participation.objects.filter(case__in=self._cases, ended_at=None)
        return grouped(((case, part), user) for case, part, user in now.values_list("case", "part", "user"))

    @cached_property
    def _owners(self) -> dict[tuple[int, int], int | None]:
        timers = Timer.objects.filter(case__in=self._cases).exclude(owner=None)
        owners = timers.values_list("case", "corrective_action_number", "owner")
        return {(case, number): owner for case, number, owner in owners}

    @cached_property
    def _did_the_work(self) -> dict[int, People]:
        """As `workflow.rules.who_did_the_work` has it, for many cases."""
        parts = Participation.objects.filter(case__in=self._cases).order_by()
        done = CorrectiveAction.objects.filter(case__in=self._cases).exclude(completed_by=None).order_by()
        proofs = Evidence.objects.filter(case__in=self._cases).order_by()
        for_the_city = Event.objects.filter(case__in=self._cases, kind__in=CITY_WORK_KINDS).order_by()
        return grouped(
            parts.values_list("case", "user").union(
                done.values_list("case", "completed_by"),
                proofs.values_list("case", "added_by"),
                for_the_city.values_list("case", "actor"),
            )
        )
