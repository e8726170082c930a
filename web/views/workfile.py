"""The work file of a case, to keep and to check elsewhere."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse
from django.views.decorators.http import require_GET

from audits.workfile import as_download
from web.hands import PersonRequest

from .case import visible


@login_required
@require_GET
def download(request: PersonRequest, number: str) -> FileResponse:
    return as_download(visible(request, number))
