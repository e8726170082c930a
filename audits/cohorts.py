"""Cases by how they were followed through, in words that figures and the lists behind them share."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Case as Choose
from django.db.models import F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import TruncDate

from indicators.models import Period
from workflow.deadlines import LOCAL
from workflow.models import Event
from workflow.queries import CaseQuerySet, has_no_assignee_here
from workflow.vocabulary import Kind, State, Verifier

from .vocabulary import Done, Post, Stage

#: Each stage by the days on which it began and ended.
ENDS = {
    Stage.ASSIGN: ("opened_on", "assigned_on"),
    Stage.COMPLETE: ("assigned_on", "completed_on"),
    Stage.VERIFY: ("completed_on", "verified_on"),
    Stage.CHECK: ("verified_on", "ended_on"),
}
_REPORTED = (State.IN_VERIFICATION, State.MONITORING, State.CLOSED)
#: The states in which a case has a stage behind it; once assigned, only work handed back is not.
_BEYOND = {
    Stage.ASSIGN: tuple(state for state in State if state != State.OPEN),
    Stage.COMPLETE: _REPORTED,
    Stage.VERIFY: (State.MONITORING, State.CLOSED),
    Stage.CHECK: (State.CLOSED,),
}


def opened_from(cases: CaseQuerySet, period: Period) -> CaseQuerySet:
    """Cases opened by ratings of a period or of later ones."""
    return cases.filter(rating__assessment__period__starts_on__gte=period.starts_on)


def opened_until(cases: CaseQuerySet, period: Period) -> CaseQuerySet:
    """Cases opened by ratings of a period or of earlier ones."""
    return cases.filter(rating__assessment__period__ends_on__lte=period.ends_on)


def with_days(cases: CaseQuerySet) -> CaseQuerySet:
    """With the local days on which a case passed from stage to stage: first given to somebody, last
    reported complete, last verified, closed."""
    return cases.annotate(
        opened_on=TruncDate("opened_at", tzinfo=LOCAL),
        assigned_on=_day_of(Kind.ASSIGNED, "seq"),
        completed_on=_day_of(Kind.SUBMITTED, "-seq"),
        verified_on=_day_of(Kind.VERIFIED, "-seq"),
        ended_on=Choose(When(state=State.CLOSED, then=TruncDate("closed_at", tzinfo=LOCAL))),
    )


def _day_of(kind: Kind, order: str) -> Subquery:
    told = Event.objects.filter(case=OuterRef("pk"), kind=kind).order_by(order)
    return Subquery(told.values(day=TruncDate("at", tzinfo=LOCAL))[:1])


def is_done(done: str) -> Q:
    """Of a case with its days: the work was last reported complete, and by its deadline or after it.

    Work that was sent back or reopened since is not complete.
    """
    on_time = Q(due_on=None) | Q(completed_on__lte=F("due_on"))
    complete = Q(state__in=_REPORTED, completed_on__isnull=False)
    return complete & (on_time if done == Done.ON_TIME else Q(completed_on__gt=F("due_on")))


def is_unfinished() -> Q:
    """Of a case with its days: its work has not been reported complete, or was taken up again."""
    return ~Q(state__in=_REPORTED) | Q(completed_on=None)


def has_passed(stage: str) -> Q:
    """Of a case with its days: it went through a stage, and has not been sent back to it since."""
    began, ended = ENDS[Stage(stage)]
    ends = {f"{began}__isnull": False, f"{ended}__gte": F(began)}
    return Q(state__in=_BEYOND[Stage(stage)], **ends)


def is_late(on: date) -> Q:
    """Of a live case, the only ones with a running deadline: it has passed."""
    return Q(turn_due_on__lt=on)


def with_post(cases: CaseQuerySet, *, on: date) -> CaseQuerySet:
    """With whom each live case is on a day: work that nobody of the unit has is with whoever gives it."""
    at_work = Q(state__in=[State.ASSIGNED, State.IN_PROGRESS])
    verified = Q(state__in=[State.IN_VERIFICATION, State.MONITORING])
    post: dict[str, Any] = {
        "post": Choose(
            When(Q(state__in=[State.HANDED_UP, State.WITH_CITY]), then=Value(Post.CITY.value)),
            When(verified & Q(verifier=Verifier.AUDITOR), then=Value(Post.CITY.value)),
            When(at_work & ~has_no_assignee_here(on), then=Value(Post.ASSIGNEE.value)),
            default=Value(Post.CHAIR.value),
        )
    }
    return cases.live().annotate(**post)
