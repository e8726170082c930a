"""Offices are given and ended, each by one operation of the city's administrator."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from .hands import Hand
from .ledger import ADDITION, CHANGE, enter
from .models import CITY_ROLES, Appointment, Department, Role, Unit, User
from .refusals import Invalid, NotNow, NotYours

#: Years an office or a leave may lie ahead of today; further off it is a slip.
FARTHEST_YEARS = 5
#: Nobody who works today took office before this.
FIRST_DAY = date(1980, 1, 1)


@transaction.atomic
def appoint(
    person: User,
    *,
    role: str,
    unit: Unit,
    department: str = "",
    since: date,
    until: date | None = None,
    by: User,
    now: datetime | None = None,
) -> Appointment:
    """Give a person an office in a unit; `until` is the first day without it.

    Nobody gives one to themselves. Raises NotYours, Invalid.
    """
    on = timezone.localdate(now)
    unit = hold_unit(unit)
    _refuse_strangers(unit, by, on)
    if person == by:
        raise NotYours(_("Không ai tự giao chức vụ cho mình; hãy nhờ một quản trị khác."))
    (person,) = hold(person)
    errors = wrong_office(person, role, unit, since=since, until=until, on=on)
    if department not in ("", *Department.values):
        errors["department"] = [_("Chọn một bộ phận, hoặc để trống.")]
    if errors:
        raise Invalid(errors=errors)
    appointment = Appointment.objects.create(
        user=person, unit=unit, role=role, department=department, since=since, until=until
    )
    enter(appointment, ADDITION, f"{role} {unit.code}: {since} – {until or ''}", by=by)
    return appointment


def wrong_office(
    person: User, role: str, unit: Unit, *, since: date, until: date | None, on: date
) -> dict[str, list[str]]:
    """Why a person who is held, with the unit, cannot have an office in it, by field."""
    errors = wrong_terms(role, unit, since=since, until=until, on=on)
    if not person.is_active:
        errors["role"] = [_("%(person)s đã ngừng sử dụng hệ thống.") % {"person": person}]
    held = Appointment.objects.filter(overlaps(since, until), user=person, unit=unit, role=role)
    if not errors and held.exists():
        errors["role"] = [_("%(person)s đã giữ chức vụ này trong thời gian đó.") % {"person": person}]
    return errors


def wrong_terms(role: str, unit: Unit, *, since: date, until: date | None, on: date) -> dict[str, list[str]]:
    """Why nobody can have an office in a unit at a time, by field."""
    errors = wrong_days(since, until, on=on, first=FIRST_DAY)
    if role not in Role.values or (role in CITY_ROLES) != (unit.parent_id is None):
        errors["role"] = [_("%(unit)s không có chức vụ này.") % {"unit": unit}]
    if unit.is_dissolved(max(since, on)):
        errors["unit"] = [_("%(unit)s đã giải thể.") % {"unit": unit}]
    return errors


@transaction.atomic
def end_office(
    appointment: Appointment, *, until: date, by: User, now: datetime | None = None
) -> Appointment:
    """End an office; the city keeps at least one administrator. Raises NotYours, NotNow, Invalid."""
    on = timezone.localdate(now)
    _refuse_strangers(appointment.unit, by, on)
    # All who administer the city are held, so that the last two cannot leave at once.
    together = Q(pk=appointment.pk) | Q(role=Role.ADMINISTRATOR, unit=appointment.unit_id)
    held = Appointment.objects.select_for_update(no_key=True).filter(together).order_by("pk")
    appointment = {row.pk: row for row in held}[appointment.pk]
    if appointment.until and appointment.until <= on:
        raise NotNow(_("Chức vụ này đã thôi từ %(on)s.") % {"on": f"{appointment.until:%d/%m/%Y}"})
    errors = wrong_days(until, None, on=on, first=appointment.since)
    if errors:
        raise Invalid(errors={"until": errors["since"]})
    if appointment.role == Role.ADMINISTRATOR:
        keep_an_administrator(appointment.unit_id, without=appointment.user_id, on=until)
    enter(appointment, CHANGE, f"until: {appointment.until or ''} → {until}", by=by)
    appointment.until = until
    appointment.save(update_fields=["until"])
    return appointment


def keep_an_administrator(city_id: int, *, without: int, on: date) -> None:
    """Refuse where nobody else administers a city from a day on, or only until the next.

    For whoever holds the offices of all who administer it. Raises NotNow.
    """
    offices = Appointment.objects.current(on).filter(role=Role.ADMINISTRATOR, unit=city_id)
    stays = Q(until=None) | Q(until__gt=on + timedelta(days=1))
    if not offices.filter(stays, user__is_active=True).exclude(user=without).exists():
        raise NotNow(_("Thành phố phải còn ít nhất một quản trị; hãy giao chức vụ này cho người khác trước."))


def _refuse_strangers(unit: Unit, by: User, on: date) -> None:
    if not Hand(by, on=on).administers(unit):
        raise NotYours(_("Chỉ quản trị của thành phố giao và thôi chức vụ."))


def hold_unit(unit: Unit) -> Unit:
    """The unit, locked, as it is once no reorganisation holds it; to be taken before people."""
    units = Unit.objects.select_for_update(no_key=True, of=("self",)).select_related("parent")
    return units.get(pk=unit.pk)


def hold(*people: User) -> list[User]:
    """The people, locked, as they are by then: what one person gets or loses comes one after another."""
    keys = [person.pk for person in people]
    locked = User.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    held = {person.pk: person for person in locked}
    return [held[key] for key in keys]


def wrong_days(since: date, until: date | None, *, on: date, first: date) -> dict[str, list[str]]:
    """What is wrong with a time that begins on or after a first day, by field."""
    errors = {}
    if since < first:
        errors["since"] = [_("Ngày không được trước %(first)s.") % {"first": f"{first:%d/%m/%Y}"}]
    for name, day in (("since", since), ("until", until)):
        if day and day.year > on.year + FARTHEST_YEARS:
            errors[name] = [_("Hãy xem lại năm.")]
    if until and until <= since:
        errors["until"] = [_("Ngày thôi phải sau ngày bắt đầu.")]
    return errors


def overlaps(since: date, until: date | None) -> Q:
    """Rows that hold on any of these days; one that ended as it began held on none."""
    begun = Q(since__lt=until) if until else Q()
    return begun & (Q(until=None) | Q(until__gt=since) & ~Q(until=F("since")))
