"""Evidence: added, handed out as a file and nothing else, withdrawn."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actions import operations
from actions.serving import as_attachment
from web.casefile import reason_form
from web.forms.work import EvidenceForm
from web.hands import PersonRequest

from .case import attempt, for_posting, visible


@for_posting
def add(request: PersonRequest, number: str) -> HttpResponse:
    case = visible(request, number)
    form = EvidenceForm(request.POST, request.FILES)
    return attempt(
        request, case, "evidence", form,
        do=lambda: operations.add_evidence(
            case,
            by=request.user,
            upload=form.cleaned_data["file"],
            description=form.cleaned_data["description"],
        ),
        done=_("Đã thêm minh chứng."), anchor="#evidence",
    )  # fmt: skip


@for_posting
def withdraw(request: PersonRequest, number: str, key: int) -> HttpResponse:
    case = visible(request, number)
    evidence = get_object_or_404(case.evidence, pk=key)
    form = reason_form(f"withdraw-{key}", request.POST)
    return attempt(
        request, case, f"withdraw-{key}", form,
        do=lambda: operations.withdraw_evidence(evidence, by=request.user, **form.cleaned_data),
        done=_("Đã rút minh chứng."), anchor="#evidence",
    )  # fmt: skip


@login_required
@require_safe
def download(request: PersonRequest, number: str, key: int) -> FileResponse:
    return as_attachment(get_object_or_404(visible(request, number).evidence, pk=key))
