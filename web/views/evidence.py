"""Evidence: added, looked at as pictures made anew, handed out as a file and nothing else, withdrawn."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from actions import operations, previews
from actions.files import check
from actions.serving import as_attachment, as_picture
from web.attempts import STATUSES
from web.casefile import decisions, reason_form
from web.forms.work import EvidenceForm
from web.hands import PersonRequest, hand_of
from workflow.models import Case
from workflow.refusals import Invalid, Refusal

from .case import attempt, for_posting, visible

ADDED = gettext_lazy("Đã thêm minh chứng.")


@for_posting
def add(request: PersonRequest, number: str) -> HttpResponse:
    """One file or several: all of them, or none and the reason. A script that sends them one by one, to
    show how far each has come, is answered in plain words."""
    case = visible(request, number)
    form = EvidenceForm(request.POST, request.FILES)
    if request.headers.get("X-Requested-With") == "upload":
        return _answered(request, case, form)
    return attempt(
        request, case, "evidence", form,
        do=lambda: _add(request, case, form),
        done=str(ADDED), anchor="#evidence",
    )  # fmt: skip


@transaction.atomic
def _add(request: PersonRequest, case: Case, form: EvidenceForm) -> None:
    uploads = form.cleaned_data["file"]
    if len(uploads) > 1:
        _refuse_any(uploads)
    for upload in uploads:
        operations.add_evidence(
            case, by=request.user, upload=upload, description=form.cleaned_data["description"]
        )


def _refuse_any(uploads: list[UploadedFile]) -> None:
    """Before the first is kept: what a transaction takes back are rows, not files."""
    errors = []
    for upload in uploads:
        try:
            check(upload)
        except Invalid as refusal:
            errors += [f"{upload.name}: {said}" for each in refusal.errors.values() for said in each]
    if errors:
        raise Invalid(errors={"file": errors})


def _answered(request: PersonRequest, case: Case, form: EvidenceForm) -> HttpResponse:
    if not form.is_valid():
        said = [str(sentence) for each in form.errors.values() for sentence in each]
        return HttpResponse(" ".join(said), status=400, content_type="text/plain; charset=utf-8")
    try:
        _add(request, case, form)
    except Refusal as refusal:
        said = [sentence for each in refusal.errors.values() for sentence in each] or refusal.sentences
        return HttpResponse(
            " ".join(said), status=STATUSES[type(refusal)], content_type="text/plain; charset=utf-8"
        )
    if request.POST.get("is_last"):
        messages.success(request, ADDED)
    return HttpResponse(status=201)


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
def look(request: PersonRequest, number: str, key: int) -> HttpResponse:
    """One piece of evidence, page by page, beside what it is to prove."""
    case = visible(request, number)
    files = list(case.evidence.filter(withdrawn_at=None).select_related("added_by"))
    evidence = get_object_or_404(case.evidence.select_related("added_by", "withdrawn_by"), pk=key)
    asked = request.GET.get("page", "1")
    page = int(asked) if asked.isdecimal() and len(asked) < 4 else 1
    drawn = previews.drawn(evidence, page)
    keys = [file.pk for file in files]
    at = keys.index(key) if key in keys else -1
    context = {
        "case": case,
        "decisions": decisions(case, hand_of(request)),
        "evidence": evidence,
        "analysis": getattr(case, "analysis", None),
        "page": page,
        "drawn": drawn,
        "shown": min(drawn.pages, previews.MOST_PAGES) if drawn else 0,
        "before": files[at - 1] if at > 0 else None,
        "after": files[at + 1] if 0 <= at < len(files) - 1 else None,
        "place": at + 1,
        "count": len(files),
    }
    return render(request, "web/evidence.html", context)


@login_required
@require_safe
def picture(request: PersonRequest, number: str, key: int, page: int) -> HttpResponse:
    """A page as a picture; in place of a first page that cannot be drawn, a picture that says so."""
    evidence = get_object_or_404(visible(request, number).evidence, pk=key)
    drawn = previews.drawn(evidence, page, small="small" in request.GET)
    if drawn is None and page > 1:
        raise Http404
    if drawn is None:
        return redirect(static("web/no-preview.svg"))
    return as_picture(drawn)


@login_required
@require_safe
def download(request: PersonRequest, number: str, key: int) -> HttpResponseBase:
    return as_attachment(get_object_or_404(visible(request, number).evidence, pk=key), request)
