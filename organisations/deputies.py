"""Deputies: one office-holder stands in for another from one day to another."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .hands import Hand
from .ledger import ADDITION, CHANGE, enter
from .models import Appointment, Delegation, Unit, User
from .offices import hold, overlaps, wrong_days
from .refusals import Invalid, NotNow, NotYours

#: Characters of a reason.
LONGEST_REASON = 200


@transaction.atomic
def delegate(
    giver: User,
    *,
    taker: User,
    unit: Unit,
    since: date,
    until: date | None,
    reason: str = "",
    by: User,
    now: datetime | None = None,
) -> Delegation:
    """Let another stand in for a person in a unit; `until` is the first day without it.

    Given by the person themselves, whoever chairs the unit, or the city's administrator.
    Raises NotYours, Invalid.
    """
    on = timezone.localdate(now)
    _refuse_meddlers(giver, unit, by, on)
    hold(giver)
    reason = reason.strip()
    errors = wrong_days(since, until, on=on, first=on)
    errors |= _who_holds_no_office({"giver": giver, "taker": taker}, unit, max(since, on))
    if giver == taker:
        errors["taker"] = [_("Người thay phải là người khác.")]
    if len(reason) > LONGEST_REASON:
        errors["reason"] = [_("Không quá %(count)s ký tự.") % {"count": LONGEST_REASON}]
    if not errors and Delegation.objects.filter(overlaps(since, until), giver=giver, unit=unit).exists():
        errors["since"] = [_("%(person)s đã có người thay trong thời gian này.") % {"person": giver}]
    if errors:
        raise Invalid(errors=errors)
    delegation = Delegation.objects.create(
        giver=giver, taker=taker, unit=unit, since=since, until=until, reason=reason
    )
    said = f"{giver.pk} → {taker.pk} {unit.code}: {since} – {until or ''}"
    enter(delegation, ADDITION, said, by=by)
    return delegation


def _who_holds_no_office(people: dict[str, User], unit: Unit, on: date) -> dict[str, list[str]]:
    held = Appointment.objects.current(on).filter(unit=unit, user__in=people.values(), user__is_active=True)
    here = set(held.values_list("user_id", flat=True))
    said = _("%(person)s không giữ chức vụ nào tại %(unit)s vào ngày bắt đầu.")
    return {
        name: [said % {"person": person, "unit": unit}]
        for name, person in people.items()
        if person.pk not in here
    }


@transaction.atomic
def end_delegation(delegation: Delegation, *, by: User, now: datetime | None = None) -> Delegation:
    """End it today; one that has not begun never does. Raises NotYours, NotNow."""
    on = timezone.localdate(now)
    _refuse_meddlers(delegation.giver, delegation.unit, by, on)
    delegation = Delegation.objects.select_for_update(no_key=True).get(pk=delegation.pk)
    ends = max(on, delegation.since)
    if delegation.until and delegation.until <= ends:
        raise NotNow(_("Việc thay này đã kết thúc."))
    enter(delegation, CHANGE, f"until: {delegation.until or ''} → {ends}", by=by)
    delegation.until = ends
    delegation.save(update_fields=["until"])
    return delegation


def _refuse_meddlers(giver: User, unit: Unit, by: User, on: date) -> None:
    hand = Hand(by, on=on)
    if giver != by and unit.pk not in hand.units_chaired and not hand.administers(unit):
        raise NotYours(_("Chỉ người đi vắng, người đứng đầu đơn vị hoặc quản trị chọn người thay."))
