"""What the rows say when a simulation is over, read once and plainly, for those who judge it.

Nothing here asks the rules of the service: who held which office, what happened to a case, what was
told to whom and in which mail are read as they were written.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta

from notifications.models import Dispatch, Message
from organisations.models import Appointment, Delegation, Unit, User
from workflow.deadlines import LOCAL
from workflow.models import CalendarDay, Case, Event

from .rows import Deputy, Happened, Office, Said, Sending, holds


class Facts:
    """The rows of a simulated city."""

    def __init__(self) -> None:
        self.unit_of = dict(Case.objects.values_list("pk", "unit"))
        self.number_of = dict(Case.objects.values_list("pk", "number"))
        self.case_of = {number: case for case, number in self.number_of.items()}
        self.city_of = {unit.pk: unit.parent_id or unit.pk for unit in Unit.objects.all()}
        self.name_of = {unit.pk: str(unit) for unit in Unit.objects.all()}
        self.person_at = dict(User.objects.values_list("email", "pk"))
        self.address_of = {person: email for email, person in self.person_at.items()}
        self._special = dict(CalendarDay.objects.values_list("on", "is_working"))
        self._read_offices()
        self._read_record()
        self._read_register()

    def _read_offices(self) -> None:
        rows = Appointment.objects.values_list("user", "unit", "role", "since", "until")
        self.offices = [Office(*row) for row in rows]
        self.offices_of: dict[int, list[Office]] = defaultdict(list)
        self.offices_in: dict[tuple[int, str], list[Office]] = defaultdict(list)
        for office in self.offices:
            self.offices_of[office.person].append(office)
            self.offices_in[office.unit, office.role].append(office)
        given = Delegation.objects.values_list("giver", "taker", "unit", "since", "until")
        self.deputies_of: dict[int, list[Deputy]] = defaultdict(list)
        for deputy in (Deputy(*row) for row in given):
            self.deputies_of[deputy.giver].append(deputy)

    def _read_record(self) -> None:
        self.events_of: dict[int, list[Happened]] = defaultdict(list)
        self.events: dict[int, Happened] = {}
        rows = Event.objects.order_by("case", "at", "seq").values_list("pk", "case", "kind", "at", "changes")
        for row in rows:
            event = Happened(*row)
            self.events[event.pk] = event
            self.events_of[event.case].append(event)

    def _read_register(self) -> None:
        names = ("recipient", "key", "kind", "unit", "case", "event", "created_at")
        columns = [f"notification__{name}" for name in names]
        rows = Dispatch.objects.order_by("pk").values_list(*columns, "message", "withheld")
        self.said = [Said(*row) for row in rows]
        self.said_in: dict[int, list[Said]] = defaultdict(list)
        for said in self.said:
            if said.message and not said.withheld:
                self.said_in[said.message].append(said)
        messages = Message.objects.values_list(*Sending._fields)
        self.sendings = [Sending(*row) for row in messages]
        self.sending_of = {sending.message_id: sending for sending in self.sendings}

    # --- Asked of a day ----------------------------------------------------------------------

    def is_worked(self, day: date) -> bool:
        """As the city's calendar has it: a special day as it says, any other by its weekday."""
        return self._special.get(day, day.weekday() < 5)

    def is_office_hour(self, at: datetime) -> bool:
        local = at.astimezone(LOCAL)
        return self.is_worked(local.date()) and time(7, 30) <= local.time() < time(17, 30)

    def days_between(self, first: date, last: date) -> list[date]:
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]

    def holders(self, unit: int, role: str, day: date) -> set[int]:
        """Who holds an office of a unit on a day."""
        return {office.person for office in self.offices_in[unit, role] if holds(office, day)}

    def is_in_office(self, person: int, unit: int, day: date) -> bool:
        """Whether a person holds any office in a unit, or over its city, on a day."""
        where = (unit, self.city_of[unit])
        return any(office.unit in where and holds(office, day) for office in self.offices_of[person])
