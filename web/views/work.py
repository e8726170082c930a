"""The work inside a case: analysis, corrective actions, comments; each handler fetches and calls."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from actions import operations
from web.casefile import reason_form, result_form
from web.forms.work import ActionForm, AnalysisForm, NoteForm
from web.hands import PersonRequest
from workflow import operations as door

from .case import attempt, for_posting, visible


@for_posting
def comment(request: PersonRequest, number: str) -> HttpResponse:
    case = visible(request, number)
    form = NoteForm("comment", request.POST, label=_("Ý kiến"))
    return attempt(
        request, case, "comment", form,
        do=lambda: door.comment(case, by=request.user, note=form.cleaned_data["note"]),
        done=_("Đã ghi ý kiến."), anchor="#record",
    )  # fmt: skip


@for_posting
def record_analysis(request: PersonRequest, number: str) -> HttpResponse:
    case = visible(request, number)
    form = AnalysisForm(case, request.POST)
    if form.is_valid() and not getattr(case, "analysis", None) and not any(form.given().values()):
        form.add_error(None, _("Chưa có gì để ghi: hãy điền ít nhất một ô."))
    return attempt(
        request, case, "analysis", form,
        do=lambda: operations.record_analysis(
            case, by=request.user, version=form.cleaned_data["version"], **form.given()
        ),
        done=_("Đã ghi phân tích nguyên nhân."), anchor="#analysis",
    )  # fmt: skip


@for_posting
def plan_action(request: PersonRequest, number: str) -> HttpResponse:
    case = visible(request, number)
    form = ActionForm(case, request.POST, on=timezone.localdate())
    return attempt(
        request, case, "action", form,
        do=lambda: operations.plan_action(case, by=request.user, **form.cleaned_data),
        done=_("Đã lập hành động khắc phục."), anchor="#actions",
    )  # fmt: skip


@for_posting
def change_action(request: PersonRequest, number: str, action: int) -> HttpResponse:
    case = visible(request, number)
    planned = get_object_or_404(case.corrective_actions, number=action)
    form = ActionForm(case, request.POST, on=timezone.localdate(), action=planned)
    return attempt(
        request, case, f"action-{action}", form,
        do=lambda: operations.change_action(case, action, by=request.user, **form.cleaned_data),
        done=_("Đã sửa hành động khắc phục."), anchor="#actions",
    )  # fmt: skip


@for_posting
def complete_action(request: PersonRequest, number: str, action: int) -> HttpResponse:
    case = visible(request, number)
    get_object_or_404(case.corrective_actions, number=action)
    form = result_form(action, request.POST)
    return attempt(
        request, case, f"complete-{action}", form,
        do=lambda: operations.complete_action(case, action, by=request.user, **form.cleaned_data),
        done=_("Đã ghi hành động khắc phục hoàn thành."), anchor="#actions",
    )  # fmt: skip


@for_posting
def drop_action(request: PersonRequest, number: str, action: int) -> HttpResponse:
    case = visible(request, number)
    get_object_or_404(case.corrective_actions, number=action)
    form = reason_form(f"drop-{action}", request.POST)
    return attempt(
        request, case, f"drop-{action}", form,
        do=lambda: operations.drop_action(case, action, by=request.user, **form.cleaned_data),
        done=_("Đã bỏ hành động khắc phục."), anchor="#actions",
    )  # fmt: skip
