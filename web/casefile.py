"""What the page of a case shows to one reader: one pass over the file, a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db.models import prefetch_related_objects
from django.forms import Form
from django.utils import timezone
from django.utils.translation import gettext as _

from actions.models import CorrectiveAction
from actions.previews import can_be_shown
from actions.rules import OPEN_FOR_WORK, owns_any_action, owns_the_action, works_on_the_case
from audits.record import Line, folded, lines
from indicators.models import Rating
from notifications.entries import entries_of
from notifications.forecast import forecast
from organisations.hands import Hand
from organisations.lineage import dissolved_predecessors
from workflow.lateness import days_late, stages
from workflow.models import Case
from workflow.offers import Offer, steps_for
from workflow.rules import audits_the_city, holds_an_office_here, only_reads_the_case
from workflow.vocabulary import DATES, Kind, State, Step, Turn

from .checklist import checklist
from .deadlines import Today, today
from .forms.audits import AuditNoteForm
from .forms.fields import CHOOSE, people_to_choose
from .forms.steps import StepForm
from .forms.work import ActionForm, AnalysisForm, EvidenceForm, NoteForm
from .hands import PersonRequest, hand_of
from .machine import machine_of

#: Of what was told of a case so many are shown; the rest is in the register.
TOLD = 20
#: The step that takes a case onward from each state: its form stands open.
ONWARD = {
    State.OPEN: Step.ASSIGN,
    State.ASSIGNED: Step.START,
    State.IN_PROGRESS: Step.SUBMIT,
    State.IN_VERIFICATION: Step.VERIFY,
    State.MONITORING: Step.CONFIRM,
    State.HANDED_UP: Step.ACCEPT,
    State.WITH_CITY: Step.RESOLVE,
}


#: What a page shows of the work inside a case, fetched once for all who ask.
OF_THE_FILE = (
    "corrective_actions__owner",
    "corrective_actions__completed_by",
    "evidence__added_by",
    "evidence__withdrawn_by",
)


class OfferedStep(NamedTuple):
    """A step that is this reader's, with its form where it is possible now."""

    offer: Offer
    form: Form | None
    is_onward: bool
    is_open: bool


class Work(NamedTuple):
    """A corrective action with the forms this reader has for it."""

    action: CorrectiveAction
    change: Form | None
    complete: Form | None
    drop: Form | None


def case_file(request: PersonRequest, case: Case, bound: Mapping[str, Form]) -> dict[str, Any]:
    day, hand = today(), hand_of(request)
    prefetch_related_objects([case], *OF_THE_FILE)
    events = list(case.events.select_related("actor").order_by("seq"))
    is_open = case.state in OPEN_FOR_WORK
    works = is_open and works_on_the_case(case, hand)
    has_left = case.turn == Turn.ASSIGNEE and not holds_an_office_here(case, hand.on)
    steps = _steps(case, hand, bound, is_given_again=has_left or case.turn == Turn.CHAIRPERSON)
    actions = _actions(case, hand, day, works, bound)
    parts = checklist(case, writes=works)
    return {
        "case": case,
        "today": day,
        "date_name": DATES.get(case.turn_date_name, ""),
        "ratings": _both_raters(case),
        "supporters": [part.user for part in case.supporters.select_related("user")],
        "history": _of_the_indicator(case),
        "stages": (told := stages(events, on=day.on, days=day.days)),
        "days_late": {who.label: count for who, count in days_late(told).items() if count},
        "file_parts": parts,
        "parts_there": sum(part.is_there for part in parts),
        "machine": machine_of(case, events),
        "steps": steps,
        "works": works,
        "analysis": getattr(case, "analysis", None),
        "analysis_form": bound.get("analysis") or (AnalysisForm(case) if works else None),
        "actions": actions,
        "has_action": any(work.complete for work in actions),
        "has_left": has_left,
        "is_past_limit": is_open and case.extension_count >= case.policy.extension_limit,
        "action_form": bound.get("action") or (ActionForm(case, on=day.on) if works else None),
        "evidence": _evidence(case, works, bound),
        "evidence_form": bound.get("evidence")
        or (EvidenceForm() if works or (is_open and owns_any_action(case, hand)) else None),
        "record": (said := lines(events)[::-1]),
        "timeline": folded(said),
        "sent_back": _sent_back(case, said),
        "asked_for_time": _asked_for_time(case, said),
        "audit_notes": [line for line in said if line.kind == Kind.AUDIT_NOTED],
        "audit_form": bound.get("audit") or (AuditNoteForm() if audits_the_city(case, hand) else None),
        "rated_unit": _rated_unit(case),
        "comment_form": None
        if only_reads_the_case(case, hand)
        else bound.get("comment") or NoteForm("comment", label=_("Ý kiến")),
        "reminders": forecast(case, days=day.days, on=day.on),
        "told": list(entries_of(case)[:TOLD]),
        "told_shown": TOLD,
        "bound": bound,
    }


#: Steps by which work comes back to whoever did it.
BACK = (Kind.SENT_BACK, Kind.REOPENED)


def _sent_back(case: Case, record: list[Line]) -> Line | None:
    """Why the work came back, until it is reported complete again; the record newest first."""
    if case.state not in OPEN_FOR_WORK:
        return None
    last = next((line for line in record if line.kind in (*BACK, Kind.SUBMITTED)), None)
    return last if last and last.kind in BACK else None


def _asked_for_time(case: Case, record: list[Line]) -> Line | None:
    """The request for more time that waits to be decided."""
    if not case.requested_due_on:
        return None
    return next((line for line in record if line.kind == Kind.EXTENSION_REQUESTED), None)


def _both_raters(case: Case) -> list[Rating]:
    """What each rater says in the newest period, where the two do not agree."""
    ratings = list(Rating.objects.beside(case.latest_rating))
    return ratings if len({rating.colour for rating in ratings}) > 1 else []


def _of_the_indicator(case: Case) -> list[Case]:
    """All cases of the indicator in the unit and those it took over from, oldest first, where there is
    more than this one."""
    units = {case.unit_id} | dissolved_predecessors([case.unit_id], on=timezone.localdate())
    cases = list(Case.objects.filter(unit__in=units, indicator=case.indicator_id).order_by("pk"))
    return cases if len(cases) > 1 else []


def _rated_unit(case: Case) -> str:
    """Whose rating opened the case, where it has gone to another unit since."""
    rated = case.rating.assessment
    return "" if rated.unit_id == case.unit_id else rated.unit.name_on(rated.period.ends_on)


def _steps(case: Case, hand: Hand, bound: Mapping[str, Form], *, is_given_again: bool) -> list[OfferedStep]:
    """The reader's own steps, the one that leads onward first: of work that nobody has, giving it."""
    onward = Step.ASSIGN if is_given_again else ONWARD.get(State(case.state))
    offered = []
    for offer in steps_for(case, hand):
        form = bound.get(f"step-{offer.step}")
        if offer.arrow is None or not (offer.is_mine or form):
            continue
        if form is None and offer.possible:
            form = StepForm(case, offer.arrow, on=hand.on)
        is_onward = offer.step == onward
        asked_for = offer.step == Step.EXTEND and case.requested_due_on is not None
        is_open = is_onward or asked_for or f"step-{offer.step}" in bound
        offered.append(OfferedStep(offer, form, is_onward, is_open))
    return sorted(offered, key=lambda step: not step.is_onward)


#: What somebody decides who looks at the evidence.
DECISIONS = (Step.VERIFY, Step.SEND_BACK, Step.CONFIRM, Step.REOPEN)


def decisions(case: Case, hand: Hand) -> list[OfferedStep]:
    """The steps by which this reader may judge the work, beside what proves it."""
    offered = _steps(case, hand, {}, is_given_again=False)
    return [step for step in offered if step.form and step.offer.step in DECISIONS]


def _actions(case: Case, hand: Hand, day: Today, works: bool, bound: Mapping[str, Form]) -> list[Work]:
    rows = list(case.corrective_actions.all())
    # One list of people for all the forms, not one question to the database for each.
    people = [("", CHOOSE), *people_to_choose(case.unit_id, day.on)] if works and rows else []
    return [_work(case, action, hand, day, works, bound, people) for action in rows]


def _work(
    case: Case,
    action: CorrectiveAction,
    hand: Hand,
    day: Today,
    works: bool,
    bound: Mapping[str, Form],
    people: list[Any],
) -> Work:
    action.case = case
    is_open = case.state in OPEN_FOR_WORK and action.is_outstanding
    mine = is_open and (works or owns_the_action(action, hand))
    number = action.number
    return Work(
        action,
        bound.get(f"action-{number}")
        or (ActionForm(case, on=day.on, action=action, people=people) if is_open and works else None),
        bound.get(f"complete-{number}") or (result_form(number) if mine else None),
        bound.get(f"drop-{number}") or (reason_form(f"drop-{number}") if is_open and works else None),
    )


def _evidence(case: Case, works: bool, bound: Mapping[str, Form]) -> list[tuple[Any, Form | None, bool]]:
    """Each file with the form to withdraw it, and whether it can be shown as a picture."""
    rows = case.evidence.all()
    return [
        (
            row,
            bound.get(f"withdraw-{row.pk}")
            or (reason_form(f"withdraw-{row.pk}") if works and not row.withdrawn_at else None),
            can_be_shown(row),
        )
        for row in rows
    ]


def result_form(number: int, data: Any = None) -> NoteForm:
    return NoteForm(f"complete-{number}", data, name="result", label=_("Kết quả"), asked=False)


def reason_form(key: str, data: Any = None) -> NoteForm:
    return NoteForm(key, data, label=_("Lý do"))
