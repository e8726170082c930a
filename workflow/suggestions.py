"""Whom to give a case to: who had its indicator before, or whose office leads it; a proposal, no rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Count
from django.utils.translation import gettext as _

from organisations.lineage import dissolved_predecessors
from organisations.models import Appointment, User

from .models import Case


class Candidate(NamedTuple):
    """Somebody of the unit, with how many live cases they have already."""

    person: User
    departments: frozenset[str]
    live_cases: int


class Suggestion(NamedTuple):
    """A person for a case, and why this one."""

    person: int
    why: str


def candidates(unit: int, *, on: date) -> list[Candidate]:
    """Everybody who holds an office in a unit on a day, by given name."""
    held = Appointment.objects.current(on).filter(unit=unit, user__is_active=True)
    offices: dict[int, tuple[User, set[str]]] = {}
    for office in held.select_related("user"):
        offices.setdefault(office.user_id, (office.user, set()))[1].add(office.department)
    live = Case.objects.live().filter(assignee__in=offices).order_by().values("assignee")
    counts = dict(live.annotate(count=Count("pk")).values_list("assignee", "count"))
    found = [
        Candidate(person, frozenset(departments), counts.get(key, 0))
        for key, (person, departments) in offices.items()
    ]
    return sorted(found, key=lambda candidate: candidate.person.sort_key)


def suggestions(cases: Sequence[Case], people: Sequence[Candidate], *, on: date) -> dict[int, Suggestion]:
    """By key of the case, of cases of one unit; a case for which nobody stands out is left out.

    Those proposed for one case count as busier for the next, so that not all falls to one person.
    """
    if not cases:
        return {}
    before = _led_before(cases, on=on)
    load = {candidate.person.pk: candidate.live_cases for candidate in people}
    found: dict[int, Suggestion] = {}
    for case in cases:
        suggestion = _had_it(case, before, load) or _leads_it(case, people, load)
        if suggestion:
            found[case.pk] = suggestion
            load[suggestion.person] += 1
    return found


def _had_it(case: Case, before: dict[int, tuple[int, str]], load: dict[int, int]) -> Suggestion | None:
    person, number = before.get(case.indicator_id, (0, ""))
    if person not in load:
        return None
    return Suggestion(person, _("đã chủ trì hồ sơ %(number)s của chỉ số này") % {"number": number})


def _leads_it(case: Case, people: Sequence[Candidate], load: dict[int, int]) -> Suggestion | None:
    """Of the office that leads the indicator whoever has least to do."""
    lead = case.indicator.lead_department
    there = [candidate.person for candidate in people if lead and lead in candidate.departments]
    if not there:
        return None
    person = min(there, key=lambda each: load[each.pk])
    office = case.indicator.get_lead_department_display()
    return Suggestion(person.pk, _("thuộc bộ phận chủ trì chỉ số: %(office)s") % {"office": office})


def _led_before(cases: Sequence[Case], *, on: date) -> dict[int, tuple[int, str]]:
    """Of each indicator who led its newest case in the unit, or in those it took over from."""
    unit = cases[0].unit_id
    earlier = Case.objects.filter(
        unit__in={unit} | dissolved_predecessors([unit], on=on),
        indicator__in={case.indicator_id for case in cases},
        assignee__isnull=False,
    ).exclude(pk__in=[case.pk for case in cases])
    rows = earlier.order_by("id").values_list("indicator", "assignee", "number")
    return {indicator: (assignee, number) for indicator, assignee, number in rows}
