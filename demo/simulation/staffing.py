"""How the people of a city change in a year: they leave and come, go on leave, choose how to be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from notifications.channels import MAIL
from notifications.models import Pace
from notifications.preferences import choose
from organisations.deputies import delegate
from organisations.models import Appointment, Role, Unit, User
from organisations.offices import appoint, end_office
from organisations.people import add_person, deactivate
from organisations.refusals import Refusal
from workflow.deadlines import LOCAL

from ..people import DOMAIN

Deed = Callable[[datetime], object]

#: What people choose for steps and for reminders; nobody chooses most often.
_WISHES = (
    (Pace.DIGEST, Pace.DIGEST),
    (Pace.DIGEST, Pace.DIGEST),
    (Pace.OFF, Pace.DIGEST),
    (Pace.IMMEDIATE, Pace.OFF),
    (Pace.OFF, Pace.OFF),
)


class Staffing:
    """The administrator who keeps the offices of a city, and what is decided about them."""

    def __init__(self, city: Unit, units: list[Unit], pick: Random) -> None:
        self.city, self.units, self.pick = city, units, pick
        self.administrator = User.objects.get(email=f"quantri@{DOMAIN}")
        self._came = 0

    def changes(self, first: date, last: date) -> Iterator[tuple[datetime, Deed]]:
        """All that is decided between two days, each before the first round of its day: an office
        counts by whole days."""
        for day, deed in self._plans(first, (last - first).days):
            # Not quite all at once, so that their order is that of their instants.
            at = datetime.combine(day, time(0, 10), LOCAL) + timedelta(seconds=self.pick.randrange(3000))
            yield at, deed

    def _plans(self, first: date, length: int) -> Iterator[tuple[date, Deed]]:
        def some_day(*, after: int = 5) -> date:
            return first + timedelta(days=self.pick.randrange(after, max(length, after + 1)))

        for number, unit in enumerate(self.units):
            # The first unit's chair goes early, so that even the smallest city has a vacancy.
            if number == 0 or self.pick.random() < 0.5:
                day = first + timedelta(days=9) if number == 0 else some_day()
                yield from self._succession(unit, Role.CHAIRPERSON, day, self.pick.randint(10, 60))
            for _ in range(2):
                yield from self._succession(unit, Role.STAFF, some_day(), self.pick.randint(0, 30))
            for _ in range(max(3, length // 40)):
                yield some_day(), self._leave_of_somebody(unit)
            for _ in range(2):
                yield first + timedelta(days=self.pick.choice((0, 0, length // 2))), self._choice_in(unit)
        yield from self._succession(self.city, Role.AUDITOR, first + timedelta(days=length // 3), 12)
        for _ in range(max(2, length // 60)):
            yield some_day(), self._leave_of_somebody(self.city)

    def _succession(self, unit: Unit, role: Role, day: date, vacant_days: int) -> Iterator[tuple[date, Deed]]:
        yield day, lambda now: self.leaves(unit, role, now)
        yield day + timedelta(days=vacant_days), lambda now: self.comes(unit, role, now)

    def _leave_of_somebody(self, unit: Unit) -> Deed:
        return lambda now: self.goes_on_leave(unit, now)

    def _choice_in(self, unit: Unit) -> Deed:
        return lambda now: self.chooses(unit, now)

    # --- Deeds ------------------------------------------------------------------------------

    def leaves(self, unit: Unit, role: Role, now: datetime) -> None:
        """Somebody's office ends, today or in a few days; some leave the service altogether."""
        held = self._held(unit, now).filter(role=role)
        if not held:
            return
        office = held[len(held) - 1]
        if role != Role.AUDITOR and self.pick.random() < 0.4:
            deactivate(office.user, by=self.administrator, now=now)
        else:
            until = now.astimezone(LOCAL).date() + timedelta(days=self.pick.randint(0, 4))
            end_office(office, until=until, by=self.administrator, now=now)

    def comes(self, unit: Unit, role: Role, now: datetime) -> None:
        """Somebody new takes the office over, in a department where there is one."""
        self._came += 1
        person = add_person(
            email=f"moi{self._came}@{DOMAIN}", full_name=f"Nguyễn Văn Mới {self._came}", by=self.administrator
        )
        before = Appointment.objects.filter(unit=unit, role=role).exclude(until=None).order_by("-until")
        department = next((office.department for office in before), "")
        since = now.astimezone(LOCAL).date()
        appoint(
            person, role=role, unit=unit, department=department, since=since, by=self.administrator, now=now
        )

    def goes_on_leave(self, unit: Unit, now: datetime) -> None:
        """Somebody is away for a week or two, and a colleague stands in; a vice-chair for the chair."""
        held = list(self._held(unit, now))
        giver = self.pick.choice(held)
        wanted = Role.VICE_CHAIR if giver.role == Role.CHAIRPERSON else giver.role
        others = [office for office in held if office.role == wanted and office.user != giver.user]
        if not others:
            return
        since = now.astimezone(LOCAL).date()
        until = since + timedelta(days=self.pick.randint(4, 14))
        try:
            delegate(
                giver.user, taker=others[0].user, unit=unit, since=since, until=until, by=giver.user, now=now
            )
        except Refusal:
            # Somebody stands in for them already.
            return

    def chooses(self, unit: Unit, now: datetime) -> None:
        """Somebody says how they want to be told by mail."""
        person = self.pick.choice(list(self._held(unit, now))).user
        steps, reminders = self.pick.choice(_WISHES)
        choose(person, channel=MAIL, steps=steps, reminders=reminders)

    def _held(self, unit: Unit, now: datetime) -> Any:
        today = now.astimezone(LOCAL).date()
        return Appointment.objects.current(today).filter(unit=unit).select_related("user").order_by("pk")
