"""Who may, and when: rules that read like the contract they implement.

A *who* rule answers yes or no for a case and a hand. A *when* rule answers with the sentences of
what stands in the way; `asked` is what the step was given, or None when somebody only looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.models import Colour
from organisations.hands import Hand, chairs_of
from organisations.models import Appointment, Succession, Unit, User

from .completeness import missing_in_the_file
from .vocabulary import CITY_WORK_KINDS, LIVE, Verifier

if TYPE_CHECKING:
    from .models import Case

Who = Callable[["Case", Hand], bool]
When = Callable[["Case", date, Mapping[str, Any] | None], list[str]]


# --- Who ------------------------------------------------------------------------------------


def chairs_the_unit(case: Case, hand: Hand) -> bool:
    """A current chairperson of the case's unit, or a vice-chair with a delegation from them."""
    return case.unit_id in hand.units_chaired


def answers_for_the_case(case: Case, hand: Hand) -> bool:
    """The assignee, while they hold an office in the case's unit."""
    return hand.user is not None and case.assignee_id == hand.user.pk and case.unit_id in hand.own_units


def holds_an_office_here(case: Case, on: date) -> bool:
    """Whether the assignee is still of the case's unit."""
    return bool(holding_an_office([case.assignee], case.unit, on))


def audits_the_city(case: Case, hand: Hand) -> bool:
    """A current auditor of the city that the case's unit belongs to."""
    return hand.audits(case.unit)


def administers_the_city(case: Case, hand: Hand) -> bool:
    """A current administrator of the city that the case's unit belongs to."""
    return hand.administers(case.unit)


def grants_extensions(case: Case, hand: Hand) -> bool:
    """Whoever chairs the unit, as often as the policy lets them, but nobody to themselves; after
    that, or where only the assignee chairs the unit, the city's auditor."""
    if hand.user is None or hand.user.pk == case.assignee_id:
        return False
    if case.extension_count < case.policy.extension_limit:
        if chairs_the_unit(case, hand):
            return True
        if _chairs(case, hand.on) - {case.assignee_id}:
            return False
    return audits_the_city(case, hand)


def only_reads_the_case(case: Case, hand: Hand) -> bool:
    """A successor of the unit reads its cases and leaves them as they are."""
    return (
        case.unit_id in hand.inherited_units
        and case.unit_id not in hand.own_units
        and case.unit.city.pk not in hand.cities
    )


def is_intake(case: Case, hand: Hand) -> bool:
    """A new rating, which acts without a person."""
    return hand.user is None


def verifies_the_case(case: Case, hand: Hand) -> bool:
    """Whoever the policy names, except those who did the work (ISO 9001:2015, 9.2.2 c).

    Where that leaves nobody in the unit, the city's auditor.
    """
    if hand.user is None or hand.user.pk in who_did_the_work(case):
        return False
    if case.policy.verifier == Verifier.CHAIRPERSON and chairs_the_unit(case, hand):
        return True
    return audits_the_city(case, hand) and verifying_role(case, hand.on) == Verifier.AUDITOR


def who_did_the_work(case: Case) -> set[int]:
    """Keys of all who ever led or supported, completed a corrective action or added evidence, or
    reported the case resolved for the city."""
    if case.known:
        return case.known.doers
    took_part = case.participations.order_by().values_list("user_id")
    completed = case.corrective_actions.exclude(completed_by=None).order_by()
    proved = case.evidence.order_by()
    for_the_city = case.events.filter(kind__in=CITY_WORK_KINDS).order_by()
    people = took_part.union(
        completed.values_list("completed_by_id"),
        proved.values_list("added_by_id"),
        for_the_city.values_list("actor_id"),
    )
    return {row[0] for row in people}


def _chairs(case: Case, on: date) -> set[int]:
    """Keys of the people who chair the case's unit on a day."""
    return case.known.chairs if case.known and case.known.on == on else chairs_of(case.unit_id, on)


def verifying_role(case: Case, on: date) -> Verifier:
    """Who verifies this case: as the policy says, or the auditor where the unit has nobody left."""
    if case.policy.verifier == Verifier.AUDITOR:
        return Verifier.AUDITOR
    left = _chairs(case, on) - who_did_the_work(case)
    return Verifier.CHAIRPERSON if left else Verifier.AUDITOR


#: Rights that whoever chairs a unit has by its chair.
OF_THE_CHAIR = (chairs_the_unit, grants_extensions, verifies_the_case)


# --- When -----------------------------------------------------------------------------------


def holding_an_office(people: Iterable[User | None], unit: Unit, on: date) -> set[User]:
    """Those of these people who are active and hold a current office in a unit."""
    wanted = {person.pk: person for person in people if person and person.is_active}
    held = Appointment.objects.current(on).filter(unit=unit, user__in=wanted)
    return {wanted[key] for key in held.values_list("user_id", flat=True)}


def assignee_holds_an_office_here(case: Case, on: date, asked: Mapping[str, Any] | None) -> list[str]:
    """The people a case is given to hold a current office in its unit."""
    if asked is None:
        return []
    people = [asked["assignee"], *(asked.get("supporters") or [])]
    here = holding_an_office(people, case.unit, on)
    return [
        _("%(person)s không giữ chức vụ nào tại %(unit)s.") % {"person": p, "unit": case.unit}
        for p in people
        if p not in here
    ]


def the_giver_has_a_part(case: Case, on: date, asked: Mapping[str, Any] | None) -> list[str]:
    """A part is taken over from somebody who has one, by somebody else."""
    if asked is None:
        has_parts = _somebody_has_a_part(case)
        return [] if has_parts else [_("Hồ sơ này chưa giao cho ai.")]
    giver = asked["from_person"]
    if giver == asked["assignee"]:
        return [_("Người nhận phải khác người bàn giao.")]
    if case.participations.filter(user=giver, ended_at=None).exists():
        return []
    return [_("%(person)s không chủ trì hay phối hợp hồ sơ này.") % {"person": giver}]


def _somebody_has_a_part(case: Case) -> bool:
    if case.known:
        return any(part.ended_at is None for part in case.known.parts)
    return case.participations.filter(ended_at=None).exists()


def the_file_is_complete(case: Case, on: date, asked: Mapping[str, Any] | None) -> list[str]:
    """What ISO 9001:2015, 10.2 wants to see before the work counts as done."""
    return missing_in_the_file(case)


def no_extension_is_pending(case: Case, on: date, asked: Mapping[str, Any] | None) -> list[str]:
    if case.requested_due_on is None:
        return []
    return [_("Đang có một đề nghị gia hạn chờ quyết định.")]


def an_extension_is_pending(case: Case, on: date, asked: Mapping[str, Any] | None) -> list[str]:
    return [] if case.requested_due_on else [_("Không có đề nghị gia hạn nào đang chờ.")]


def the_date_is_later_than_todays(case: Case, on: date, asked: Mapping[str, Any] | None) -> list[str]:
    """An extension moves the deadline to a later day, and to one still to come."""
    if asked is None or case.due_on is None:
        return []
    if asked["due_on"] <= max(case.due_on, on):
        return [
            _("Hạn mới phải sau hạn hiện nay (%(due_on)s) và sau hôm nay.")
            % {"due_on": case.due_on.strftime("%d/%m/%Y")}
        ]
    return []


def only_an_extension_makes_it_later(case: Case, on: date, asked: Mapping[str, Any] | None) -> list[str]:
    """Once a deadline was set, giving the case to somebody else moves it to no later day."""
    if asked is None or case.due_on is None or asked.get("due_on", case.due_on) <= case.due_on:
        return []
    return [
        _("Hồ sơ đã có hạn %(due_on)s; hạn muộn hơn phải qua bước Gia hạn.")
        % {"due_on": case.due_on.strftime("%d/%m/%Y")}
    ]


def a_later_date_is_within_the_limit(case: Case, on: date, asked: Mapping[str, Any] | None) -> list[str]:
    """A later date given when sending back counts as an extension, and is bound by the same limit."""
    if asked is None or case.due_on is None or asked.get("due_on", case.due_on) <= case.due_on:
        return []
    if case.extension_count < case.policy.extension_limit:
        return []
    return [_("Đã hết số lần gia hạn của đơn vị: hãy để trống hạn; cán bộ kiểm tra gia hạn nếu cần.")]


def the_check_is_due_or_the_rating_green(case: Case, on: date, asked: Mapping[str, Any] | None) -> list[str]:
    """Effectiveness is confirmed on the day set for the check, or by a later green rating."""
    if case.latest_rating_id != case.rating_id and case.latest_rating.colour == Colour.GREEN:
        return []
    if case.check_on and case.check_on <= on:
        return []
    return [
        _("Chưa đến ngày đánh giá hiệu lực (%(check_on)s) và chưa có đánh giá Xanh sau đó.")
        % {"check_on": case.check_on.strftime("%d/%m/%Y") if case.check_on else "—"}
    ]


def no_other_case_is_live(case: Case, on: date, asked: Mapping[str, Any] | None) -> list[str]:
    """At most one live case per unit and indicator."""
    others = (
        type(case)
        .objects.filter(unit=case.unit_id, indicator=case.indicator_id, state__in=LIVE)
        .exclude(pk=case.pk)
    )
    return [
        _("Chỉ số này đã có hồ sơ đang xử lý: %(number)s.") % {"number": number}
        for number in others.values_list("number", flat=True)[:1]
    ]


def the_unit_stands(case: Case, on: date, asked: Mapping[str, Any] | None) -> list[str]:
    """Nobody is left to work in a unit that was dissolved; its successors open cases of their own."""
    if not case.unit.is_dissolved(on):
        return []
    return [_("%(unit)s đã giải thể; đơn vị kế thừa mở hồ sơ của mình.") % {"unit": case.unit}]


def the_unit_is_dissolved(case: Case, on: date, asked: Mapping[str, Any] | None) -> list[str]:
    """A case ends without a result only with its unit."""
    return [] if case.unit.is_dissolved(on) else [_("%(unit)s chưa giải thể.") % {"unit": case.unit}]


def the_target_succeeds_the_unit(case: Case, on: date, asked: Mapping[str, Any] | None) -> list[str]:
    """A case is handed over only to a unit that took over from its own, and has no case of it."""
    successions = Succession.objects.filter(predecessor=case.unit_id, since__lte=on)
    if asked is None:
        none = _("%(unit)s chưa có đơn vị kế thừa.") % {"unit": case.unit}
        return [] if successions.exists() else [none]
    target = asked["unit"]
    if not successions.filter(successor=target).exists():
        return [_("%(unit)s không phải đơn vị kế thừa của %(old)s.") % {"unit": target, "old": case.unit}]
    if target.is_dissolved(on):
        return [_("%(unit)s đã giải thể.") % {"unit": target}]
    others = type(case).objects.filter(unit=target, indicator=case.indicator_id, state__in=LIVE)
    return [
        _("%(unit)s đã có hồ sơ đang xử lý cho chỉ số này: %(number)s.") % {"unit": target, "number": number}
        for number in others.values_list("number", flat=True)[:1]
    ]


_TITLES: dict[Who, Any] = {
    chairs_the_unit: gettext_lazy("người đứng đầu đơn vị"),
    answers_for_the_case: gettext_lazy("người chủ trì"),
    audits_the_city: gettext_lazy("cán bộ kiểm tra"),
    administers_the_city: gettext_lazy("quản trị"),
    verifies_the_case: gettext_lazy("người xác nhận"),
    grants_extensions: gettext_lazy(
        "người đứng đầu đơn vị không phải người chủ trì; quá số lần theo quy định thì cán bộ kiểm tra"
    ),
    is_intake: gettext_lazy("hệ thống khi có đánh giá mới"),
}


def title_of(rule: Who) -> str:
    """A who-rule in words, for pages and documents."""
    return str(_TITLES[rule])
