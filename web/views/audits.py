"""What the city notes in a case; the handler fetches and calls."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from audits.operations import note_audit
from web.forms.audits import AuditNoteForm
from web.hands import PersonRequest

from .case import attempt, for_posting, visible


@for_posting
def note(request: PersonRequest, number: str) -> HttpResponse:
    case = visible(request, number)
    form = AuditNoteForm(request.POST)
    return attempt(
        request, case, "audit", form,
        do=lambda: note_audit(case, by=request.user, **form.cleaned_data),
        done=_("Đã ghi nhận kiểm tra."), anchor="#audit",
    )  # fmt: skip
