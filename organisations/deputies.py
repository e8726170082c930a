"""Deputies: one office-holder stands in for another from one day to another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from .hands import Hand
from .ledger import ADDITION, CHANGE, enter
from .models import Appointment, Delegation, Role, Unit, User
from .offices import hold, hold_unit, overlaps, wrong_days
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

    Given by the person themselves, whoever chairs the unit, or the city's administrator; by nobody
    to themselves. Raises NotYours, Invalid.
    """
    on = timezone.localdate(now)
    unit = hold_unit(unit)
    _refuse_meddlers(giver, taker, unit, by, on)
    if taker == by and giver != by:
        raise NotYours(_("Không ai tự cử mình thay người khác; hãy nhờ người có quyền khác."))
    giver, taker = hold(giver, taker)
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
    rows = Delegation.objects.select_for_update(no_key=True, of=("self",))
    delegation = rows.select_related("giver", "taker", "unit__parent").get(pk=delegation.pk)
    _refuse_meddlers(delegation.giver, delegation.taker, delegation.unit, by, on)
    ends = max(on, delegation.since)
    if delegation.until and delegation.until <= ends:
        raise NotNow(_("Việc thay này đã kết thúc."))
    enter(delegation, CHANGE, f"until: {delegation.until or ''} → {ends}", by=by)
    delegation.until = ends
    delegation.save(update_fields=["until"])
    return delegation


def _refuse_meddlers(giver: User, taker: User, unit: Unit, by: User, on: date) -> None:
    heads = heads_of([unit], on)
    if may_choose(Hand(by, on=on), giver.pk, taker.pk, unit, heads):
        return
    if (giver.pk, unit.pk) in heads:
        raise NotYours(_("Quyền đứng đầu đơn vị chỉ do chính người ấy hoặc một quản trị khác giao và thôi."))
    raise NotYours(_("Chỉ người đi vắng, người đứng đầu đơn vị hoặc quản trị chọn người thay."))


def deputies_of(person: User, on: date) -> QuerySet[Delegation]:
    """Who stands in for a person or for whom they do, now or later."""
    not_over = Q(until=None) | Q(until__gt=on)
    theirs = Delegation.objects.filter(not_over, Q(giver=person) | Q(taker=person))
    return theirs.select_related("giver", "taker", "unit__parent").order_by("since", "pk")


def heads_of(units: Iterable[Unit], on: date) -> set[tuple[int, int]]:
    """(person, unit) of everybody who holds the office of chairperson there, now or later."""
    held = Appointment.objects.filter(Q(until=None) | Q(until__gt=on), role=Role.CHAIRPERSON, unit__in=units)
    return set(held.values_list("user_id", "unit_id"))


def may_choose(hand: Hand, giver: int, taker: int | None, unit: Unit, heads: set[tuple[int, int]]) -> bool:
    """Whether it is for this hand to say who stands in for a person in a unit, and when no longer.

    The power of the chair is passed on by the chairperson or the city's administrator alone:
    whoever has it on loan neither prolongs it nor gives it away, and nobody takes it for themselves.
    """
    assert hand.user is not None
    if giver == hand.user.pk:
        return True
    if (giver, unit.pk) in heads:
        return hand.administers(unit) and taker != hand.user.pk
    return unit.pk in hand.units_chaired or hand.administers(unit)
