"""Lists of cases that a person comes back to: kept under a name, replaced by keeping again, let go."""

from __future__ import annotations

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from organisations.models import User
from organisations.offices import hold

from .models import SavedFilter
from .refusals import Invalid, NotNow

#: Who keeps more will not find them again.
MOST = 20
#: What the columns hold; signs beyond ASCII take up to nine of a query.
LONGEST_NAME, LONGEST_QUERY = 60, 1000
#: What the page of cases may be narrowed and ordered by, as its address says it.
NAMES = frozenset(
    {
        "about", "assignee", "colour", "done", "group", "held", "indicator", "mine", "ordering", "overdue",
        "passed", "period", "period_from", "period_to", "recurrence", "search", "state", "unit", "unit_key",
        "unit_kind",
    }
)  # fmt: skip


@transaction.atomic
def keep_filter(*, name: str, query: str, by: User) -> tuple[SavedFilter, bool]:
    """Keep the list that an address leads to, in place of any of that name; answers whether it is new.

    Raises Invalid, NotNow.
    """
    hold(by)
    name = " ".join("".join(sign for sign in name if sign.isprintable()).split())[:LONGEST_NAME]
    given = QueryDict(query)
    said, errors = _canonical(given), {}
    if unknown := sorted(set(given) - NAMES):
        errors["query"] = [_("Không có bộ lọc này: %(names)s.") % {"names": ", ".join(unknown)[:200]}]
    elif len(said) > LONGEST_QUERY:
        errors["query"] = [_("Điều kiện lọc quá dài; hãy bớt lời tìm.")]
    if not name:
        errors["name"] = [_("Hãy đặt tên cho bộ lọc.")]
    if errors:
        raise Invalid(errors=errors)
    if by.saved_filters.exclude(name=name).count() >= MOST:
        raise NotNow(_("Đã lưu %(most)s bộ lọc; hãy xóa bớt.") % {"most": MOST})
    return SavedFilter.objects.update_or_create(owner=by, name=name, defaults={"query": said})


def known_part(query: str) -> str:
    """Of an address only what the list understands."""
    given = QueryDict(query, mutable=True)
    for name in set(given) - NAMES:
        del given[name]
    return _canonical(given)


def _canonical(query: QueryDict) -> str:
    """Without what narrows nothing."""
    said = query.copy()
    for name in [name for name in said if not said[name]]:
        del said[name]
    return said.urlencode()
