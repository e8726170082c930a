"""What was told together, and what of it is still so: cases of one intake, a chair that stood empty."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q

from indicators.models import Colour
from organisations.models import Unit
from workflow.models import Case, Event, Policy
from workflow.vocabulary import Kind, State

from .letters import RECURRENCE, VACANT, WORSE
from .models import Notification

#: (intake, unit) that a group's key names.
Group = tuple[int, int]


def group_of(notification: Notification) -> Group | None:
    """The intake and unit of what was told together; None for anything else."""
    word, _space, rest = notification.key.partition(" ")
    if notification.case_id or word in ("event", VACANT):
        return None
    intake, _space, unit = rest.partition(" ")
    return int(intake), int(unit)


def cases_of(groups: Iterable[Group]) -> dict[Group, list[Case]]:
    """The live cases that intakes opened or rated again, as they are now; in a constant number of queries."""
    wanted = set(groups)
    if not wanted:
        return {}
    intakes, units = {intake for intake, _ in wanted}, {unit for _, unit in wanted}
    rated = Q(rating__intake__in=intakes) | Q(latest_rating__intake__in=intakes)
    live = Case.objects.live().filter(rated, unit__in=units).select_related("rating", "latest_rating")
    found: dict[Group, list[Case]] = defaultdict(list)
    for case in live.order_by("pk"):
        for intake in {case.rating.intake_id, case.latest_rating.intake_id}:
            found[intake, case.unit_id].append(case)
    return found


def still_so(notification: Notification, cases: Sequence[Case]) -> list[Event]:
    """Of the cases of a group those of which what was told is still so, each as an event of its kind."""
    intake, _unit = group_of(notification) or (0, 0)
    if notification.key.startswith(RECURRENCE):
        so = [case for case in cases if case.recurrence_of_id and case.rating.intake_id == intake]
    elif notification.kind == Kind.OPENED:
        so = [case for case in cases if case.state == State.OPEN and case.rating.intake_id == intake]
    else:
        again = [case for case in cases if case.latest_rating.intake_id == intake != case.rating.intake_id]
        is_worse = notification.key.startswith(WORSE)
        so = [case for case in again if not is_worse or case.latest_rating.colour == Colour.RED]
    return [Event(case=case, kind=notification.kind, changes={}) for case in so]


def fill(cases: Sequence[Case], units: Iterable[int]) -> dict[int, Unit]:
    """Give cases their units and policies, of which there are few, and answer these units and others."""
    found = Unit.objects.select_related("parent").in_bulk({case.unit_id for case in cases} | set(units))
    policies = Policy.objects.in_bulk({case.policy_id for case in cases})
    for case in cases:
        case.unit, case.policy = found[case.unit_id], policies[case.policy_id]
    return found
