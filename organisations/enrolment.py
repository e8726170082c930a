"""Many people at once: seen as a whole first, then all of them entered with their offices, or none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from .ledger import ADDITION, enter_all
from .models import Appointment, Unit, User
from .newcomers import THERE, Line, look
from .refusals import Fault, Refused
from .roster import Entry

_BATCH = 500


class Enrolled(NamedTuple):
    """What was done: who is new, and how many offices were given."""

    people: list[User]
    offices: int


@transaction.atomic
def enrol(entries: Sequence[Entry], *, by: User, now: datetime | None = None) -> Enrolled:
    """Enter everybody with their offices, as one set; the same entries again change nothing.

    Raises NotYours, Refused.
    """
    _hold(entries)
    lines = look(entries, by=by, now=now)
    try:
        with transaction.atomic():
            people = _enter(lines, by)
    except IntegrityError:  # somebody else has entered one of them since we looked
        raise Refused(
            [Fault("", _("Vừa có người khác thêm một người trong tệp; hãy xem trước lại."))]
        ) from None
    return Enrolled(list(people.values()), _give(lines, people, by))


def _hold(entries: Iterable[Entry]) -> None:
    """Units before people, as whoever gives one office does."""
    units = Unit.objects.filter(code__in={entry.unit for entry in entries})
    people = User.objects.filter(email__in={entry.email for entry in entries})
    for rows in (units, people):
        list(rows.select_for_update(no_key=True).order_by("pk").values("pk"))


def _enter(lines: Iterable[Line], by: User) -> dict[str, User]:
    new: dict[str, User] = {}
    for line in lines:
        entry = line.entry
        if line.person is None and entry.email not in new:
            person = User(email=entry.email, full_name=entry.full_name, address=entry.address)
            person.set_unusable_password()
            person.fill_search_columns()
            new[entry.email] = person
    people = User.objects.bulk_create(new.values(), batch_size=_BATCH)
    enter_all(people, ADDITION, {person.pk: "" for person in people}, by=by)
    return new


def _give(lines: Iterable[Line], new: dict[str, User], by: User) -> int:
    offices = [
        Appointment(
            user=line.person or new[line.entry.email],
            unit=line.unit,
            role=line.entry.role,
            department=line.entry.department,
            since=line.since,
            until=line.entry.until,
        )
        for line in lines
        if line.unit and line.since and line.effect != THERE
    ]
    offices = Appointment.objects.bulk_create(offices, batch_size=_BATCH)
    said = {o.pk: f"{o.role} {o.unit.code}: {o.since} – {o.until or ''}" for o in offices}
    enter_all(offices, ADDITION, said, by=by)
    return len(offices)
