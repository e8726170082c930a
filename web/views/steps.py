"""Taking a step: fetch the case, call the door."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from web.forms.steps import StepForm, VersionForm
from web.hands import PersonRequest
from workflow.arrows import arrow_for
from workflow.operations import take_step
from workflow.vocabulary import Step

from .case import attempt, for_posting, visible


@for_posting
def take(request: PersonRequest, number: str, step: str) -> HttpResponse:
    if step not in Step.values:
        raise Http404
    case, step = visible(request, number), Step(step)
    arrow = arrow_for(step, case.state)
    on = timezone.localdate()
    form = StepForm(case, arrow, on=on, data=request.POST) if arrow else VersionForm(request.POST)
    return attempt(
        request,
        case,
        f"step-{step}",
        form,
        do=lambda: take_step(
            case, step, by=request.user, version=form.cleaned_data["version"], **form.asked()
        ),
        done=_("Đã ghi: %(step)s.") % {"step": step.label},
    )
