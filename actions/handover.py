"""People change: all that a person has in hand in a unit goes to another, in one operation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from organisations.hands import Hand
from organisations.models import Appointment, Unit, User
from workflow.models import Case, Timer
from workflow.operations import lock, moment_now, record, take_step
from workflow.queries import CaseQuerySet
from workflow.refusals import Invalid, NotNow, NotYours
from workflow.vocabulary import Kind, Step


class HandedOver(NamedTuple):
    """What went over: cases with a part in them, and corrective actions."""

    cases: list[str]
    actions: int


def all_in_hand(person: User) -> CaseQuerySet:
    """Live cases in which a person leads, supports or has a corrective action to do."""
    part = Q(participations__user=person, participations__ended_at=None)
    to_do = Q(
        corrective_actions__owner=person,
        corrective_actions__completed_at=None,
        corrective_actions__dropped_at=None,
    )
    return Case.objects.live().filter(part | to_do).distinct()


def in_hand(person: User, unit: Unit) -> CaseQuerySet:
    """Those of one unit."""
    return all_in_hand(person).filter(unit=unit)


def counts_in_hand(units: Iterable[int]) -> Counter[tuple[int, int]]:
    """How many live cases of these units each person has in hand, by unit and person."""
    live = Case.objects.live().filter(unit__in=units).order_by()
    parts = live.filter(participations__ended_at=None).exclude(participations=None)
    to_do = live.filter(corrective_actions__completed_at=None, corrective_actions__dropped_at=None)
    rows = parts.values_list("unit", "participations__user", "pk").union(
        to_do.exclude(corrective_actions=None).values_list("unit", "corrective_actions__owner", "pk")
    )
    return Counter((unit, person) for unit, person, _case in rows)


@transaction.atomic
def hand_over_all(
    giver: User, *, to: User, unit: Unit, by: User, note: str = "", now: datetime | None = None
) -> HandedOver:
    """Give every live case and corrective action of one person in a unit to another: all, or none.

    Only whoever chairs the unit does. No deadline moves. Raises NotYours, Invalid, NotNow.
    """
    moment = moment_now(now)
    _refuse(giver, to, unit, Hand(by, on=moment.today))
    handed, actions = [], 0
    for case in in_hand(giver, unit).order_by("pk"):
        case = lock(case)
        if case.participations.filter(user=giver, ended_at=None).exists():
            case = take_step(
                case, Step.HAND_OVER, by=by, now=moment.at, from_person=giver, assignee=to, note=note
            )
        for action in case.corrective_actions.filter(owner=giver, completed_at=None, dropped_at=None):
            action.owner = to
            action.save(update_fields=["owner"])
            Timer.objects.filter(case=case, corrective_action_number=action.number).update(owner=to)
            changes = {"owner": [giver.pk, to.pk], "corrective_action": [action.number, action.number]}
            record(case, Kind.ACTION_CHANGED, by=by, at=moment.at, note=note, changes=changes)
            actions += 1
        handed.append(case.number)
    if not handed:
        raise NotNow(_("%(person)s không còn hồ sơ nào đang xử lý.") % {"person": giver})
    return HandedOver(handed, actions)


def _refuse(giver: User, to: User, unit: Unit, hand: Hand) -> None:
    if unit.pk not in hand.units_chaired:
        raise NotYours(_("Chỉ người đứng đầu đơn vị cho bàn giao hồ sơ."))
    if giver == to:
        raise Invalid(errors={"to": [_("Người nhận phải khác người bàn giao.")]})
    if not to.is_active or not Appointment.objects.current(hand.on).filter(unit=unit, user=to).exists():
        sentence = _("%(person)s không giữ chức vụ nào tại %(unit)s.") % {"person": to, "unit": unit}
        raise Invalid(errors={"to": [sentence]})
