"""How the file of a case grows: each operation locks the case, asks who and when, and records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from organisations.hands import Hand
from organisations.models import Appointment, User
from workflow.arrows import Moment
from workflow.models import Case, Timer
from workflow.operations import (
    PRESSED_TWICE,
    lock,
    moment_now,
    pressed_twice,
    record,
    refuse_if_stale,
    refuse_unlikely_days,
)
from workflow.refusals import Invalid, NotNow, NotYours
from workflow.timers import set_timer
from workflow.vocabulary import Kind

from . import files
from .models import FOLDER, CauseAnalysis, CauseCategory, CorrectiveAction, Evidence
from .rules import OPEN_FOR_WORK, owns_any_action, owns_the_action, works_on_the_case

ANALYSIS_FIELDS = (
    "correction",
    "whys",
    "root_cause",
    "cause_category",
    "similar_cases",
    "similar_cases_found",
    "effectiveness_criterion",
    "no_action_reason",
)

MAX_WHYS = 7


def _open_for(
    case: Case, by: User, version: int | None, now: datetime | None, *may: Callable[[Hand], bool]
) -> tuple[Case, Moment]:
    """The locked case, if it is still at the version the person looked at, work may go on in it and
    they are one of those who do it."""
    moment = moment_now(now)
    case = lock(case)
    refuse_if_stale(case, version)
    if case.state not in OPEN_FOR_WORK:
        raise NotNow(
            _("Hồ sơ đang ở trạng thái %(state)s, không bổ sung được.") % {"state": case.get_state_display()}
        )
    hand = Hand(by, on=moment.today)
    if not (works_on_the_case(case, hand) or any(rule(hand) for rule in may)):
        raise NotYours(_("Chỉ người chủ trì, phối hợp của hồ sơ này mới làm được việc này."))
    return case, moment


def _required(**texts: str | None) -> None:
    """Invalid with a sentence for each of these that is empty."""
    if errors := {n: [_("Không để trống.")] for n, text in texts.items() if not (text or "").strip()}:
        raise Invalid(errors=errors)


@transaction.atomic
def record_analysis(
    case: Case,
    *,
    by: User,
    version: int | None = None,
    now: datetime | None = None,
    **given: Any,
) -> CauseAnalysis:
    """Write down the fields given; the others stay. The record keeps what they said before."""
    case, moment = _open_for(case, by, version, now)
    _check_analysis(given)
    analysis = CauseAnalysis.objects.filter(case=case).first() or CauseAnalysis()
    analysis.case = case
    changes = {
        name: [getattr(analysis, name), value]
        for name, value in given.items()
        if getattr(analysis, name) != value
    }
    if not changes:
        return analysis
    for name, (_before, after) in changes.items():
        setattr(analysis, name, after)
    analysis.save()
    record(case, Kind.ANALYSIS_RECORDED, by=by, at=moment.at, changes=changes)
    return analysis


def _check_analysis(given: Mapping[str, Any]) -> None:
    errors = {n: [_("Không có trường này.")] for n in given if n not in ANALYSIS_FIELDS}
    if given.get("cause_category") not in (None, "", *CauseCategory.values):
        errors["cause_category"] = [_("Không có nhóm nguyên nhân này.")]
    whys = given.get("whys", [])
    if not isinstance(whys, list) or not all(isinstance(why, str) for why in whys):
        errors["whys"] = [_("Cần một danh sách câu trả lời.")]
    elif len(whys) > MAX_WHYS:
        errors["whys"] = [_("Nhiều nhất %(count)s câu.") % {"count": MAX_WHYS}]
    if errors:
        raise Invalid(errors=errors)


@transaction.atomic
def plan_action(
    case: Case,
    *,
    by: User,
    description: str,
    owner: User,
    due_on: date,
    version: int | None = None,
    now: datetime | None = None,
) -> CorrectiveAction:
    """Add a corrective action with its owner and date; its own timer starts. Sent twice, it is one."""
    case, moment = _open_for(case, by, version, now)
    _required(description=description)
    due_on = _checked_plan(case, moment, owner, due_on)
    changes: dict[str, Any] = {
        "description": [None, description.strip()],
        "owner": [None, owner.pk],
        "due_on": [None, due_on.isoformat()],
    }
    if planned := pressed_twice(case, Kind.ACTION_PLANNED, by=by, at=moment.at, changes=changes):
        return case.corrective_actions.get(number=planned.changes["corrective_action"][1])
    last = case.corrective_actions.aggregate(last=Max("number"))["last"] or 0
    action = CorrectiveAction.objects.create(
        case=case, number=last + 1, description=description.strip(), owner=owner, due_on=due_on
    )
    set_timer(case, moment, due_on=due_on, number=action.number, owner=owner)
    changes = {"corrective_action": [None, action.number]} | changes
    record(case, Kind.ACTION_PLANNED, by=by, at=moment.at, changes=changes)
    return action


def _checked_plan(case: Case, moment: Moment, owner: User, due_on: date) -> date:
    held = Appointment.objects.current(moment.today).filter(unit=case.unit_id, user=owner)
    if not owner.is_active or not held.exists():
        sentence = _("%(person)s không giữ chức vụ nào tại %(unit)s.")
        raise Invalid(errors={"owner": [sentence % {"person": owner, "unit": case.unit}]})
    refuse_unlikely_days(moment, {"due_on": due_on})
    return moment.days.on_or_after(due_on)


def _outstanding(case: Case, number: int) -> CorrectiveAction:
    action = case.corrective_actions.get(number=number)
    if not action.is_outstanding:
        raise NotNow(_("Hành động khắc phục này đã kết thúc."))
    return action


def _owns(case: Case, number: int) -> Callable[[Hand], bool]:
    def rule(hand: Hand) -> bool:
        action = case.corrective_actions.select_related("case").filter(number=number).first()
        return action is not None and owns_the_action(action, hand)

    return rule


@transaction.atomic
def change_action(
    case: Case,
    number: int,
    *,
    by: User,
    description: str | None = None,
    owner: User | None = None,
    due_on: date | None = None,
    version: int | None = None,
    now: datetime | None = None,
) -> CorrectiveAction:
    """Change what was planned; a moved date moves its timer."""
    case, moment = _open_for(case, by, version, now)
    action = _outstanding(case, number)
    if description is not None:
        _required(description=description)
    new_owner = owner or action.owner
    new_due_on = due_on or action.due_on
    if owner or (due_on and due_on != action.due_on):
        new_due_on = _checked_plan(case, moment, new_owner, new_due_on)
    new = {
        "description": description or action.description,
        "owner": new_owner,
        "due_on": new_due_on,
    }
    changes = {
        name: [_plain(getattr(action, name)), _plain(value)]
        for name, value in new.items()
        if getattr(action, name) != value
    }
    if not changes:
        return action
    for name, value in new.items():
        setattr(action, name, value)
    action.save()
    if "due_on" in changes or "owner" in changes:
        set_timer(case, moment, due_on=new_due_on, number=number, owner=new_owner)
    changes["corrective_action"] = [number, number]
    record(case, Kind.ACTION_CHANGED, by=by, at=moment.at, changes=changes)
    return action


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, User) else str(value)


@transaction.atomic
def complete_action(
    case: Case,
    number: int,
    *,
    by: User,
    result: str = "",
    version: int | None = None,
    now: datetime | None = None,
) -> CorrectiveAction:
    """The owner, or whoever works on the case, says that it is done and with what result."""
    case, moment = _open_for(case, by, version, now, _owns(case, number))
    action = _outstanding(case, number)
    action.completed_at, action.completed_by, action.result = moment.at, by, result.strip()
    action.save()
    return _ended(case, action, Kind.ACTION_COMPLETED, by=by, moment=moment, note=action.result)


@transaction.atomic
def drop_action(
    case: Case,
    number: int,
    *,
    by: User,
    note: str,
    version: int | None = None,
    now: datetime | None = None,
) -> CorrectiveAction:
    """An action that is not needed after all stays on record with the reason."""
    case, moment = _open_for(case, by, version, now)
    action = _outstanding(case, number)
    _required(note=note)
    action.dropped_at, action.drop_reason = moment.at, note.strip()
    action.save()
    return _ended(case, action, Kind.ACTION_DROPPED, by=by, moment=moment, note=action.drop_reason)


def _ended(
    case: Case, action: CorrectiveAction, kind: Kind, *, by: User, moment: Moment, note: str
) -> CorrectiveAction:
    Timer.objects.filter(case=case, corrective_action_number=action.number).update(next_at=None)
    changes = {"corrective_action": [action.number, action.number]}
    record(case, kind, by=by, at=moment.at, note=note, changes=changes)
    return action


@transaction.atomic
def add_evidence(
    case: Case,
    *,
    by: User,
    upload: UploadedFile,
    description: str = "",
    version: int | None = None,
    now: datetime | None = None,
) -> Evidence:
    """Keep a file as uploaded, under a random name, with its SHA-256 on record; sent twice, it is kept
    once."""
    case, moment = _open_for(case, by, version, now, lambda hand: owns_any_action(case, hand))
    checked = files.check(upload)
    same = case.evidence.filter(added_by=by, sha256=checked.sha256, withdrawn_at=None)
    if sent := same.filter(name=(upload.name or "")[-255:], added_at__gt=moment.at - PRESSED_TWICE).first():
        return sent
    evidence = Evidence(
        case=case,
        file=upload,
        name=(upload.name or "minh-chung")[-255:],
        content_type=checked.content_type,
        size=upload.size or 0,
        sha256=checked.sha256,
        description=description.strip()[:300],
        added_by=by,
        added_at=moment.at,
    )
    try:
        _put_on_record(evidence, by=by)
    except BaseException:
        # A transaction takes back rows, not files.
        if (evidence.file.name or "").startswith(FOLDER):
            evidence.file.delete(save=False)
        raise
    return evidence


def _put_on_record(evidence: Evidence, *, by: User) -> None:
    evidence.save()
    changes = {
        "evidence": [None, evidence.pk],
        "name": [None, evidence.name],
        "sha256": [None, evidence.sha256],
        "size": [None, evidence.size],
    }
    note, at = evidence.description, evidence.added_at
    record(evidence.case, Kind.EVIDENCE_ADDED, by=by, at=at, note=note, changes=changes)


@transaction.atomic
def withdraw_evidence(
    evidence: Evidence, *, by: User, note: str, version: int | None = None, now: datetime | None = None
) -> Evidence:
    """Take a file out of the proof of a case; the row stays with who, when and why."""
    case, moment = _open_for(evidence.case, by, version, now)
    evidence = case.evidence.get(pk=evidence.pk)
    if evidence.withdrawn_at:
        raise NotNow(_("Minh chứng này đã được rút."))
    _required(note=note)
    evidence.withdrawn_at, evidence.withdrawn_by = moment.at, by
    evidence.withdrawal_reason = note.strip()
    evidence.save()
    changes = {"evidence": [evidence.pk, None], "sha256": [evidence.sha256, evidence.sha256]}
    record(case, Kind.EVIDENCE_WITHDRAWN, by=by, at=moment.at, note=note.strip(), changes=changes)
    return evidence
