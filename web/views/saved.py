"""Lists that a person comes back to: kept under a name, let go."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from web.guards import by_posting
from web.hands import PersonRequest
from workflow.refusals import Refusal
from workflow.saved import LONGEST_QUERY, keep_filter, known_part


@login_required
@by_posting("cases")
def keep(request: PersonRequest) -> HttpResponse:
    query = known_part(request.POST.get("query", ""))
    try:
        saved, _is_new = keep_filter(name=request.POST.get("name", ""), query=query, by=request.user)
    except Refusal as refusal:
        for sentence in refusal.sentences:
            messages.error(request, sentence)
    else:
        messages.success(request, _("Đã lưu bộ lọc “%(name)s”.") % {"name": saved.name})
    return redirect(f"/cases/?{query}" if len(query) <= LONGEST_QUERY else "cases")


@login_required
@by_posting("cases")
def let_go(request: PersonRequest, key: int) -> HttpResponse:
    saved = get_object_or_404(request.user.saved_filters, pk=key)
    saved.delete()
    messages.success(request, _("Đã xóa bộ lọc “%(name)s”.") % {"name": saved.name})
    return redirect("cases")
