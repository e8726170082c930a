"""Rating periods by their codes: quarters, half-years, months and years."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Period
from .refusals import Fault, Refused

#: Years a period may lie in: the first, and how many ahead of today's.
FIRST_YEAR, FARTHEST_YEARS = 2000, 5


def period_for(code: str) -> Period:
    """The period of a code such as 2026-Q4, 2026-H1, 2026-11 or 2026, made where it is not yet."""
    period = period_named(code)
    if period.pk:
        return period
    # Two units may be the first of a period at once: the second takes what the first has made.
    days = {"starts_on": period.starts_on, "ends_on": period.ends_on}
    return Period.objects.get_or_create(code=code, defaults=days)[0]


def period_named(code: str) -> Period:
    """The period of a code, not stored where it is not yet; Refused where no period is called so."""
    known = Period.objects.filter(code=code).first()
    if known:
        return known
    match = re.fullmatch(r"([0-9]{4})(?:-(?:Q([1-4])|H([12])|(0[1-9]|1[0-2])))?", code)
    if not match or not is_ratable_year(int(match[1])):
        raise Refused([Fault("period", _("Không có kỳ đánh giá “%(code)s”.") % {"code": code})])
    year, quarter, half, month = (int(part) if part else 0 for part in match.groups())
    months = 3 if quarter else 6 if half else 1 if month else 12
    first = quarter * 3 - 2 if quarter else half * 6 - 5 if half else month or 1
    after = first + months
    ends_on = date(year + (after > 12), (after - 1) % 12 + 1, 1) - timedelta(days=1)
    return Period(code=code, starts_on=date(year, first, 1), ends_on=ends_on)


def is_ratable_year(year: int) -> bool:
    """A period of a year far ahead is a slip, and would turn every rating till then into history."""
    return FIRST_YEAR <= year <= timezone.localdate().year + FARTHEST_YEARS
