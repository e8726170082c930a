"""Lists that a person comes back to: kept under a name, replaced by keeping again, let go."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from web.forms.filters import CaseFilter
from web.guards import by_posting
from web.hands import PersonRequest
from web.models import SavedFilter

#: Who keeps more will not find them again.
MOST = 20
#: What the column holds; signs beyond ASCII take up to nine of it.
LONGEST = 1000


@login_required
@by_posting("cases")
def keep(request: PersonRequest) -> HttpResponse:
    query = _known(request.POST.get("query", ""))
    name = "".join(sign for sign in request.POST.get("name", "") if sign.isprintable())
    name = " ".join(name.split())[:60]
    if len(query) > LONGEST:
        messages.error(request, _("Điều kiện lọc quá dài; hãy bớt lời tìm."))
        return redirect("cases")
    if not name:
        messages.error(request, _("Hãy đặt tên cho bộ lọc."))
    elif not _has_room(request, name):
        messages.error(request, _("Đã lưu %(most)s bộ lọc; hãy xóa bớt.") % {"most": MOST})
    else:
        SavedFilter.objects.update_or_create(owner=request.user, name=name, defaults={"query": query})
        messages.success(request, _("Đã lưu bộ lọc “%(name)s”.") % {"name": name})
    return redirect(f"/cases/?{query}")


def _has_room(request: PersonRequest, name: str) -> bool:
    others = SavedFilter.objects.filter(owner=request.user).exclude(name=name)
    return others.count() < MOST


def _known(query: str) -> str:
    """Of a query only what the list understands, so that nothing else is kept or led to."""
    given = QueryDict(query, mutable=True)
    for name in set(given) - (set(CaseFilter.base_fields) - {"after"}):
        del given[name]
    for name in [name for name in given if not given[name]]:
        del given[name]
    return given.urlencode()


@login_required
@by_posting("cases")
def let_go(request: PersonRequest, key: int) -> HttpResponse:
    saved = get_object_or_404(SavedFilter, pk=key, owner=request.user)
    saved.delete()
    messages.success(request, _("Đã xóa bộ lọc “%(name)s”.") % {"name": saved.name})
    return redirect("cases")
