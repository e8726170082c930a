"""How the city writes down what it saw in a case: a note on its record, which moves nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from organisations.hands import Hand
from organisations.models import User
from workflow.models import Case, Event
from workflow.operations import lock, pressed_twice, record, refuse_if_stale
from workflow.refusals import Invalid, NotYours
from workflow.rules import audits_the_city
from workflow.vocabulary import Kind

from .vocabulary import Verdict


@transaction.atomic
def note_audit(
    case: Case,
    *,
    by: User,
    note: str,
    verdict: str = "",
    version: int | None = None,
    now: datetime | None = None,
) -> Event:
    """A current auditor of the case's city notes what they saw, in whatever state it is, and concludes
    that it holds, is unclear or fails; the case stays where it stands. Sent twice, it is one note."""
    at, case = now or timezone.now(), lock(case)
    refuse_if_stale(case, version)
    if not audits_the_city(case, Hand(by, on=timezone.localdate(at))):
        raise NotYours(_("Chỉ cán bộ kiểm tra của thành phố mới ghi nhận kiểm tra."))
    errors = {}
    if not note.strip():
        errors["note"] = [_("Không để trống.")]
    if verdict and verdict not in Verdict.values:
        errors["verdict"] = [_("Không có kết luận này.")]
    if errors:
        raise Invalid(errors=errors)
    changes: dict[str, Any] = {"verdict": [None, str(verdict)]} if verdict else {}
    if noted := pressed_twice(case, Kind.AUDIT_NOTED, by=by, at=at, note=note.strip(), changes=changes):
        return noted
    return record(case, Kind.AUDIT_NOTED, by=by, at=at, note=note.strip(), changes=changes)
