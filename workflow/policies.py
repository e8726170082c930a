"""Versions of the deadlines policy, by date: a new one is for new cases, the old one stays as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indicators.models import NEEDS_WORK
from organisations.hands import Hand
from organisations.ledger import ADDITION, CHANGE, enter
from organisations.models import User

from .arrows import Moment
from .calendar import hold_the_rules
from .deadlines import FARTHEST_YEARS, LOCAL
from .models import Case, Policy
from .operations import moment_now
from .refusals import Invalid, NotNow
from .timekeepers import refuse_other_hands
from .vocabulary import Verifier

#: The least and the most that each term may be; less leaves no time, more is a slip.
BOUNDS = {
    "assign_within_working_days": (1, 30),
    "complete_within_days": (1, 365),
    "verify_within_working_days": (1, 30),
    "check_after_days": (1, 365),
    "answer_within_working_days": (1, 60),
    "extension_limit": (0, 10),
}
TERMS = (*BOUNDS, "verifier")


@dataclass
class Report:
    """What a new version did, or in a dry run would do: nothing to cases that are open."""

    policy: Policy
    before: Policy | None
    is_replacement: bool
    keep_theirs: int
    #: What `look` saw of the world as the change would leave it.
    seen: Any = None


def set_policy(
    colour: str,
    *,
    valid_from: date,
    by: User,
    dry_run: bool = False,
    look: Callable[[], Any] | None = None,
    now: datetime | None = None,
    **terms: Any,
) -> Report:
    """Give a colour new terms from a day on; terms not named stay as they are by then.

    A version in force or used by a case is never changed; one still to come is replaced. `look`
    looks round before a dry run is taken back.
    Raises NotYours, Invalid, NotNow.
    """
    with transaction.atomic():
        hold_the_rules(to_change_them=True)
        moment = moment_now(now)
        _refuse(colour, valid_from, by, terms, moment)
        report = _set(colour, valid_from, by, terms)
        if dry_run:
            report.seen = look() if look else None
            transaction.set_rollback(True)
    return report


def _refuse(colour: str, valid_from: date, by: User, terms: dict[str, Any], moment: Moment) -> None:
    hand = Hand(by, on=moment.today)
    refuse_other_hands(hand, _("Chỉ quản trị của thành phố sửa quy định thời hạn."))
    errors = {name: [_("Quy định không có mục này.")] for name in terms.keys() - set(TERMS)}
    if colour not in NEEDS_WORK:
        errors["colour"] = [_("Quy định chỉ đặt cho mức Đỏ hoặc Vàng.")]
    for name, (least, most) in BOUNDS.items():
        value = terms.get(name, least)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            said = _("Nhập một số từ %(least)s đến %(most)s.") % {"least": least, "most": most}
            errors[name] = [said]
    if terms.get("verifier", Verifier.CHAIRPERSON) not in Verifier.values:
        errors["verifier"] = [_("Chọn chủ tịch đơn vị hoặc cán bộ kiểm tra.")]
    if said := _why_not_from(valid_from, colour, moment):
        errors["valid_from"] = [said]
    if errors:
        raise Invalid(errors=errors)


def _why_not_from(valid_from: date, colour: str, moment: Moment) -> str:
    """Why a version cannot begin on a day; empty where it can."""
    if valid_from < moment.today:
        return _("Quy định mới áp dụng từ hôm nay hoặc một ngày sau đó.")
    if valid_from.year > moment.today.year + FARTHEST_YEARS:
        return _("Hãy xem lại năm.")
    if valid_from > moment.today:
        return ""
    begun = datetime.combine(moment.today, time.min, LOCAL)
    if Case.objects.filter(colour=colour, opened_at__gte=begun).exists():
        return _("Hôm nay đã có hồ sơ mở theo quy định cũ; hãy áp dụng từ ngày mai.")
    if Policy.objects.filter(colour=colour, valid_from=valid_from).exists():
        return _("Quy định áp dụng từ hôm nay đã có hiệu lực; hãy áp dụng từ ngày mai.")
    return ""


def _set(colour: str, valid_from: date, by: User, terms: dict[str, Any]) -> Report:
    versions = Policy.objects.filter(colour=colour)
    before = versions.filter(valid_from__lt=valid_from).order_by("valid_from").last()
    waiting = versions.filter(valid_from=valid_from).first()
    kept = waiting or before or Policy()
    new = {name: getattr(kept, name) for name in TERMS} | terms
    if missing := [name for name, value in new.items() if value is None]:
        raise Invalid(errors={name: [_("Không để trống.")] for name in missing})
    if all(getattr(kept, name) == value for name, value in new.items()):
        raise NotNow(_("Quy định đã như vậy; không có gì để đổi."))
    changes = {
        name: f"{getattr(kept, name)} → {new[name]}" for name in TERMS if getattr(kept, name) != new[name]
    }
    policy = waiting or Policy(colour=colour, valid_from=valid_from)
    for name, value in new.items():
        setattr(policy, name, value)
    policy.save()
    enter(policy, CHANGE if waiting else ADDITION, json.dumps(changes, ensure_ascii=False), by=by)
    return Report(
        policy=policy,
        before=before,
        is_replacement=waiting is not None,
        keep_theirs=Case.objects.live().filter(colour=colour).count(),
    )
