"""Who is told of what: each kind of event and the people it concerns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

from organisations.hands import chairing_delegations
from organisations.models import Appointment, Delegation, Role, User
from workflow.models import Event, Participation, Timer
from workflow.vocabulary import Kind, Part, Turn, Verifier

People = set[int]


class Company:
    """Who holds which office and which part today, for a batch of events, in five queries."""

    def __init__(self, events: Iterable[Event], *, on: date) -> None:
        cases = {event.case_id: event.case for event in events}
        units = {case.unit_id for case in cases.values()}
        cities = {case.unit.city.pk for case in cases.values()}
        self._held: dict[tuple[str, int], People] = defaultdict(set)
        offices = Appointment.objects.current(on).filter(unit__in=units | cities)
        for role, unit, user in offices.values_list("role", "unit_id", "user_id"):
            self._held[role, unit].add(user)
        for unit, taker in chairing_delegations(on).filter(unit__in=units).values_list("unit_id", "taker_id"):
            self._held[Role.CHAIRPERSON, unit].add(taker)
        self._parts: dict[tuple[int, str], People] = defaultdict(set)
        parts = Participation.objects.filter(case__in=cases, ended_at=None)
        for case, part, user in parts.values_list("case_id", "part", "user_id"):
            self._parts[case, part].add(user)
        timers = Timer.objects.filter(case__in=cases).exclude(owner=None)
        self._owners = {
            (case, number): owner
            for case, number, owner in timers.values_list("case_id", "corrective_action_number", "owner_id")
        }
        self._deputies: dict[int, People] = defaultdict(set)
        for giver, taker in Delegation.objects.current(on).values_list("giver_id", "taker_id"):
            self._deputies[giver].add(taker)

    def chairs(self, event: Event) -> People:
        return self._held[Role.CHAIRPERSON, event.case.unit_id]

    def auditors(self, event: Event) -> People:
        return self._held[Role.AUDITOR, event.case.unit.city.pk]

    def lead(self, event: Event) -> People:
        return self._parts[event.case_id, Part.LEAD]

    def supporters(self, event: Event) -> People:
        return self._parts[event.case_id, Part.SUPPORT]

    def former_lead(self, event: Event) -> People:
        """Whom an assignment took the case from."""
        before = event.changes.get("assignee", [None])[0]
        return {before} if before else set()

    def owner(self, event: Event) -> People:
        """The owner of the corrective action that an event is about."""
        number = event.changes.get("corrective_action", [None, 0])[1]
        owner = self._owners.get((event.case_id, number))
        return {owner} if owner else set()

    def verifiers(self, event: Event) -> People:
        verifier = event.changes.get("verifier", [None, event.case.policy.verifier])[1]
        return self.auditors(event) if verifier == Verifier.AUDITOR else self.chairs(event)

    def whose_turn(self, event: Event) -> People:
        if event.changes.get("corrective_action"):
            return self.owner(event)
        by_turn = {
            Turn.CHAIRPERSON: self.chairs,
            Turn.ASSIGNEE: self.lead,
            Turn.VERIFIER: self.verifiers,
        }
        told = by_turn.get(event.case.turn)
        return told(event) if told else set()

    def with_deputies(self, people: People) -> People:
        return people.union(*(self._deputies[person] for person in people))


Told = Callable[[Company, Event], People]

_DOERS: tuple[Told, ...] = (Company.lead, Company.supporters)

#: Every kind, and who is told of it; an empty row is a decision to tell nobody.
AUDIENCE: dict[Kind, tuple[Told, ...]] = {
    Kind.OPENED: (Company.chairs,),
    Kind.RATED_AGAIN: (Company.chairs, Company.lead),
    Kind.ASSIGNED: (*_DOERS, Company.former_lead),
    Kind.DECLINED: (Company.chairs,),
    Kind.STARTED: (),
    Kind.SUBMITTED: (Company.verifiers,),
    Kind.VERIFIED: _DOERS,
    Kind.SENT_BACK: _DOERS,
    Kind.CONFIRMED: (*_DOERS, Company.chairs),
    Kind.REOPENED: (*_DOERS, Company.chairs),
    Kind.EXTENSION_REQUESTED: (Company.chairs,),
    Kind.EXTENDED: _DOERS,
    Kind.EXTENSION_REFUSED: _DOERS,
    Kind.CANCELLED: (*_DOERS, Company.chairs),
    Kind.TRANSFERRED: (*_DOERS, Company.chairs),
    Kind.COMMENTED: (*_DOERS, Company.chairs),
    Kind.ANALYSIS_RECORDED: (),
    Kind.ACTION_PLANNED: (Company.owner,),
    Kind.ACTION_CHANGED: (Company.owner,),
    Kind.ACTION_COMPLETED: (Company.lead,),
    Kind.ACTION_DROPPED: (Company.owner,),
    Kind.EVIDENCE_ADDED: (),
    Kind.EVIDENCE_WITHDRAWN: (),
    Kind.RESCHEDULED: (Company.whose_turn,),
    Kind.AUDIT_NOTED: (*_DOERS, Company.chairs),
    Kind.DUE_SOON: (Company.whose_turn,),
    Kind.DUE_TODAY: (Company.whose_turn,),
    Kind.OVERDUE: (Company.whose_turn, Company.supporters),
    Kind.ESCALATED: (
        Company.whose_turn,
        Company.supporters,
        Company.chairs,
        Company.auditors,
    ),
}

#: Working days overdue from which the chairperson is told as well.
_CHAIRS_FROM = 3


def people_told(event: Event, company: Company) -> People:
    """Keys of everyone told of an event, deputies included, never the actor themselves."""
    told = set().union(*(whom(company, event) for whom in AUDIENCE[Kind(event.kind)]))
    if event.kind == Kind.OPENED and "recurrence_of" in event.changes:
        told |= company.auditors(event)
    if event.kind == Kind.OVERDUE and event.changes["milestone"][1] >= _CHAIRS_FROM:
        told |= company.chairs(event)
    return company.with_deputies(told) - {event.actor_id}


def active(people: People) -> dict[int, User]:
    """Those of the people who still use the service."""
    return User.objects.filter(is_active=True).in_bulk(people)
