"""What is late and with whom: the people and posts that hold live cases whose deadline has passed."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db.models import Case as Choose
from django.db.models import Count, F, Min, When

from organisations.models import Appointment, Role, Unit, UnitQuerySet, User
from workflow.models import Case

from .cohorts import is_late, with_post
from .vocabulary import Post

#: Holders named; the rest is in the list of late cases.
HOLDERS = 12


class Holder(NamedTuple):
    """Whoever holds late cases of a unit: a person, its chair, or the city for it."""

    unit: Unit
    post: Post
    person: User | None
    cases: int
    oldest: date


def late_with(units: UnitQuerySet, *, on: date, group: str = "", most: int = HOLDERS) -> list[Holder]:
    """Who holds the most late cases, and since when the oldest of them is late; three questions."""
    cases = Case.objects.filter(is_late(on), unit__in=units.order_by().values("pk")).order_by()
    if group:
        cases = cases.filter(indicator__group=group)
    rows = list(
        with_post(cases, on=on)
        .annotate(person=Choose(When(post=Post.ASSIGNEE, then=F("assignee"))))
        .values("unit", "post", "person")
        .annotate(cases=Count("pk"), oldest=Min("turn_due_on"))
        .order_by("-cases", "oldest", "unit", "post", "person")[:most]
    )
    named = Unit.objects.in_bulk([row["unit"] for row in rows])
    chairs = _chairs([row["unit"] for row in rows if row["post"] == Post.CHAIR], on)
    people = User.objects.in_bulk([row["person"] for row in rows if row["person"]] + list(chairs.values()))
    return [
        Holder(
            named[row["unit"]],
            Post(row["post"]),
            people.get(row["person"] or (chairs.get(row["unit"], 0) if row["post"] == Post.CHAIR else 0)),
            row["cases"],
            row["oldest"],
        )
        for row in rows
    ]


def _chairs(units: list[int], on: date) -> dict[int, int]:
    """Who chairs these units on a day; of several the first."""
    held = Appointment.objects.current(on).filter(role=Role.CHAIRPERSON, unit__in=units)
    found = held.filter(user__is_active=True).order_by("-pk").values_list("unit_id", "user_id")
    return dict(found)
