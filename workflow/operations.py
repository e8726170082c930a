"""The door: how anything happens to a case. Lock, compare, can, may, move, save, record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from indicators.bulk import copy_rows
from organisations.hands import Hand
from organisations.models import Unit, User

from . import deadlines, rules
from .arrows import ASKED, Arrow, Moment, arrow_for
from .calendar import hold_the_rules, working_days
from .models import Case, Event, Participation
from .refusals import Invalid, NotNow, NotYours, Stale
from .signals import events_recorded
from .timers import give_days_back, keep_action_timers, keep_timer
from .trail import Head, seal
from .vocabulary import Kind, Part, Step

#: Fields of a case whose change is told in the record, and the name they have there.
TRACKED = {
    "state": "state",
    "unit_id": "unit",
    "assignee_id": "assignee",
    "product": "product",
    "authority": "authority",
    "assign_by": "assign_by",
    "due_on": "due_on",
    "original_due_on": "original_due_on",
    "verify_by": "verify_by",
    "check_on": "check_on",
    "answer_by": "answer_by",
    "accepted_on": "accepted_on",
    "city_due_on": "city_due_on",
    "requested_due_on": "requested_due_on",
    "extension_count": "extension_count",
}


#: The columns of the record, in the order in which events are written as a set.
EVENT_COLUMNS = (
    "case_id",
    "seq",
    "kind",
    "actor_id",
    "at",
    "note",
    "changes",
    "once",
    "previous_hash",
    "hash",
)

#: The same words by the same person within this time are one press too many, and are written once.
PRESSED_TWICE = timedelta(seconds=30)

#: Steps by which a unit has one more live case.
BRINGS_INTO_A_UNIT = (Step.REOPEN, Step.TRANSFER)


def moment_now(now: datetime | None = None) -> Moment:
    """The present instant with its local day and the calendar in force, which a transaction keeps."""
    at = now or timezone.now()
    hold_the_rules()
    return Moment(at=at, today=at.astimezone(deadlines.LOCAL).date(), days=working_days())


def hold_units(keys: Iterable[int]) -> None:
    """Wait for the turn of these units with intake and reorganisation, so that none of them gets two
    live cases of one indicator; before anything else of a case is held."""
    units = Unit.objects.select_for_update(no_key=True).filter(pk__in=set(keys))
    list(units.order_by("pk").values("pk"))


def lock(case: Case) -> Case:
    """The case as it is now, held until the transaction ends; locked before anything else of it."""
    # Locked first and read after: PostgreSQL would join what it waited for with rows of before,
    # and a case rated or reassigned meanwhile would come back without them, or not at all.
    Case.objects.select_for_update(no_key=True).values("pk").get(pk=case.pk)
    related = ("policy", "unit__parent", "indicator", "latest_rating", "assignee")
    return Case.objects.select_related(*related).get(pk=case.pk)


@transaction.atomic
def take_step(
    case: Case,
    step: Step,
    *,
    by: User | None,
    version: int | None = None,
    now: datetime | None = None,
    **asked: Any,
) -> Case:
    """Take one step in a case, or refuse it with the reason; answers the case as it became.

    `version` is the state of things the person looked at. Raises Stale, NotNow, NotYours, Invalid.
    """
    if step in BRINGS_INTO_A_UNIT:
        hold_units({case.unit_id, getattr(asked.get("unit"), "pk", case.unit_id)})
    moment = moment_now(now)
    case = lock(case)
    refuse_if_stale(case, version)
    arrow = can(case, step)
    hand = Hand(by, on=moment.today)
    may(case, arrow, hand)
    asked = complete(arrow, asked)
    refuse_unlikely_days(moment, {n: asked[n] for n in ("due_on", "check_on") if n in asked})
    if unmet := [said for when in arrow.when for said in when(case, moment.today, asked)]:
        raise NotNow(*unmet)
    changes = keep_verifier(case, arrow, hand) | name_the_chair(case, arrow, hand)
    before, was_worked_on = (case.turn_date_name, case.turn_due_on), case.is_worked_on
    changes |= move(case, arrow, moment, asked)
    keep_parts(case, moment, changes)
    keep_timer(case, moment, before=before)
    give_days_back(case, moment, changes)
    keep_action_timers(case, moment, was_worked_on=was_worked_on)
    record(case, arrow.leaves, by=by, at=moment.at, note=asked.get("note", ""), changes=changes)
    return case


def refuse_if_stale(case: Case, version: int | None) -> None:
    if version is not None and version != case.version:
        raise Stale(
            _("Hồ sơ đã thay đổi từ lúc bạn mở trang: %(state)s. Hãy xem lại rồi thử lại.")
            % {"state": case.get_state_display()},
            case=case,
            seen=version,
        )


def can(case: Case, step: Step) -> Arrow:
    """The arrow a step takes from where the case stands; NotNow where it has none."""
    arrow = arrow_for(step, case.state)
    if arrow is None:
        raise NotNow(
            _("Không thể %(step)s khi hồ sơ ở trạng thái %(state)s.")
            % {"step": step.label.lower(), "state": case.get_state_display()}
        )
    return arrow


def may(case: Case, arrow: Arrow, hand: Hand) -> None:
    """NotYours unless one of the arrow's owners is this hand."""
    if not any(rule(case, hand) for rule in arrow.by):
        raise NotYours(_("Bước “%(step)s” không thuộc quyền của bạn.") % {"step": arrow.step.label})


def complete(arrow: Arrow, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the step was given, without what was left empty; Invalid where it must not be."""
    given = {name: value for name, value in asked.items() if value not in (None, "", [])}
    unknown = set(given) - set(arrow.asked_names)
    missing = [name for name in arrow.required_names if name not in given]
    errors = {name: [_("Cần nhập: %(name)s.") % {"name": ASKED[name]}] for name in missing}
    errors |= {name: [_("Bước này không dùng trường này.")] for name in unknown}
    if errors:
        raise Invalid(errors=errors)
    return given


def move(case: Case, arrow: Arrow, moment: Moment, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Run the machine in memory; answers what changed as {field: [before, after]}."""
    before = {name: getattr(case, name) for name in TRACKED}
    for_body = {name: value for name, value in asked.items() if name != "note"}
    extra = getattr(case, arrow.step)(moment, **for_body)
    if case.state != before["state"]:
        case.turn_began_on = moment.today
    case.turn_due_on = getattr(case, case.turn_date_name) if case.turn_date_name else None
    changes = {
        said: [_plain(before[name]), _plain(getattr(case, name))]
        for name, said in TRACKED.items()
        if before[name] != getattr(case, name)
    }
    return changes | (extra or {})


def refuse_unlikely_days(moment: Moment, chosen: Mapping[str, date]) -> None:
    """Invalid for a day a person chose that is over, or so far off that it must be a slip."""
    last = moment.today.replace(year=moment.today.year + deadlines.FARTHEST_YEARS, day=1)
    errors = {}
    for name, day in chosen.items():
        if day < moment.today:
            errors[name] = [_("Ngày phải từ hôm nay trở đi.")]
        elif day > last:
            said = _("Ngày không được sau %(last)s; hãy xem lại năm.")
            errors[name] = [said % {"last": last.strftime("%d/%m/%Y")}]
    if errors:
        raise Invalid(errors=errors)


def keep_verifier(case: Case, arrow: Arrow, hand: Hand) -> dict[str, Any]:
    """Where people have come or gone since the work was submitted, who verifies is settled again,
    on record, by the step of the one who does."""
    if rules.verifies_the_case not in arrow.by or not rules.verifies_the_case(case, hand):
        return {}
    role = rules.verifying_role(case, hand.on)
    if role == case.verifier:
        return {}
    settled, case.verifier = case.verifier, role
    return {"verifier": [settled, role.value]}


def name_the_chair(case: Case, arrow: Arrow, hand: Hand) -> dict[str, Any]:
    """A step taken by delegation says in whose place, for those who read it years later."""
    used = {rule for rule in arrow.by if rule in rules.OF_THE_CHAIR and rule(case, hand)}
    giver = hand.chairs_for(case.unit_id) if used else None
    return {"in_place_of": [None, giver]} if giver else {}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def keep_parts(case: Case, moment: Moment, changes: dict[str, Any]) -> None:
    """Write who leads and who supports from now on, where a step said so."""
    if not hasattr(case, "new_supporters"):
        return
    held = {(p.user_id, p.part): p for p in case.participations.filter(ended_at=None)}
    wanted = {(person.pk, Part.SUPPORT.value) for person in case.new_supporters}
    if case.assignee_id:
        wanted.add((case.assignee_id, Part.LEAD.value))
    ended = [part.pk for key, part in held.items() if key not in wanted]
    if ended:
        Participation.objects.filter(pk__in=ended).update(ended_at=moment.at)
    begun = sorted(wanted - held.keys())
    Participation.objects.bulk_create(
        [Participation(case=case, user_id=u, part=p, began_at=moment.at) for u, p in begun]
    )
    supporters = [sorted(u for u, part in s if part == Part.SUPPORT) for s in (held, wanted)]
    if supporters[0] != supporters[1]:
        changes["supporters"] = supporters


def seal_event(
    case: Case,
    kind: Kind,
    *,
    by: User | None,
    at: datetime,
    note: str = "",
    changes: dict[str, Any] | None = None,
    once: str | None = None,
) -> Event:
    """The next event of a locked case, in memory: the case's chain grows by it."""
    actor = by.pk if by else None
    row = seal_row(case, kind, actor=actor, at=at, note=note, changes=changes or {}, once=once)
    event = Event(**dict(zip(EVENT_COLUMNS, row, strict=True)))
    event.case, event.actor = case, by
    return event


def seal_row(
    case: Case | Head,
    kind: Kind,
    *,
    at: datetime,
    changes: dict[str, Any],
    once: str | None,
    actor: int | None = None,
    note: str = "",
) -> tuple[Any, ...]:
    """The next event of a locked case, in the columns of the record: the case's chain grows by it."""
    case.version += 1
    at, previous = at.astimezone(UTC), case.head_hash
    case.head_hash = seal(
        case=case.number,
        seq=case.version,
        kind=kind,
        actor=actor,
        at=at,
        note=note,
        changes=changes,
        once=once,
        previous=previous,
    )
    return case.pk, case.version, str(kind), actor, at, note, changes, once, previous, case.head_hash


def write_events(events: Sequence[Event]) -> None:
    """Write sealed events of locked cases as one set; the cases' new heads are the caller's."""
    write_rows([[getattr(event, name) for name in EVENT_COLUMNS] for event in events])


def write_rows(rows: Sequence[Sequence[Any]]) -> None:
    """Write sealed events, given in the columns of the record, as one set."""
    copy_rows(Event, [name.removesuffix("_id") for name in EVENT_COLUMNS], rows)


def record(
    case: Case,
    kind: Kind,
    *,
    by: User | None,
    at: datetime,
    note: str = "",
    changes: dict[str, Any] | None = None,
) -> Event:
    """Save a locked case and write down what happened to it; listeners are nudged after commit."""
    event = seal_event(case, kind, by=by, at=at, note=note, changes=changes)
    case.save()
    event.save(force_insert=True)
    nudge_after_commit()
    return event


def nudge_after_commit() -> None:
    """Tell listeners, once a transaction, that there is something new to read."""
    waiting = transaction.get_connection().run_on_commit
    if not any(entry[1] is _nudge for entry in waiting):
        transaction.on_commit(_nudge)


def _nudge() -> None:
    # Robust: no listener can undo what has happened.
    events_recorded.send_robust(sender=Event)


@transaction.atomic
def comment(
    case: Case, *, by: User, note: str, version: int | None = None, now: datetime | None = None
) -> Event:
    """Anyone who sees a case may say something in it, at any time, but not as a successor of its unit."""
    if not note.strip():
        raise Invalid(errors={"note": [_("Cần nhập: %(name)s.") % {"name": _("ý kiến")}]})
    at, case = now or timezone.now(), lock(case)
    refuse_if_stale(case, version)
    if rules.only_reads_the_case(case, Hand(by, on=timezone.localdate(at))):
        raise NotYours(_("Hồ sơ của đơn vị tiền thân chỉ để xem."))
    if said := pressed_twice(case, Kind.COMMENTED, by=by, at=at, note=note.strip()):
        return said
    return record(case, Kind.COMMENTED, by=by, at=at, note=note.strip())


def pressed_twice(
    case: Case,
    kind: Kind,
    *,
    by: User,
    at: datetime,
    note: str = "",
    changes: Mapping[str, Any] | None = None,
) -> Event | None:
    """The newest event of a locked case, where the same person has just left it with the same content."""
    newest = case.events.order_by("-seq").first()
    if newest is None or (newest.kind, newest.actor_id, newest.note) != (kind, by.pk, note):
        return None
    is_same = all(newest.changes.get(name) == pair for name, pair in (changes or {}).items())
    return newest if is_same and timedelta(0) <= at - newest.at < PRESSED_TWICE else None
