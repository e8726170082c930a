"""Trying what a form asks for: done, or refused beside the fields it is about."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.utils.translation import gettext as _

from workflow.refusals import Invalid, NotNow, NotYours, Refusal, Stale

from .drafts import arrived
from .hands import PersonRequest

STATUSES = {Invalid: 400, NotYours: 403, NotNow: 409, Stale: 409}


def tried(request: PersonRequest, form: Form, *, do: Callable[[], Any], done: str) -> int | None:
    """Do it and say so; or answer the status of why not, with the form as typed and the reasons in it."""
    if not form.is_valid():
        messages.error(request, _("Chưa ghi được: hãy xem lại chỗ được đánh dấu."))
        return 400
    try:
        do()
    except Refusal as refusal:
        return answer(request, form, refusal)
    messages.success(request, done, extra_tags=arrived(request))
    return None


def answer(request: PersonRequest, form: Form, refusal: Refusal) -> int:
    """Put a refusal beside the fields it is about, or on top; answers the status it stands for."""
    for name, said in refusal.errors.items():
        form.add_error(name if name in form.fields else None, list(said))
    if refusal.errors:
        messages.error(request, _("Chưa ghi được: hãy xem lại chỗ được đánh dấu."))
    else:
        for sentence in refusal.sentences:
            messages.error(request, sentence)
    return STATUSES[type(refusal)]
