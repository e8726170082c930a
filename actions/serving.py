"""Evidence goes out as an attachment that no browser will run."""

from django.http import FileResponse, HttpResponse

from .models import Evidence
from .previews import Drawn

#: Should a browser show it after all, it may load, run and submit nothing.
SANDBOX = "sandbox; default-src 'none'"


def as_attachment(evidence: Evidence) -> FileResponse:
    """The file as uploaded, under the name it came with and the type its content has."""
    response = FileResponse(
        evidence.file.open(),
        as_attachment=True,
        filename=evidence.name,
        content_type=evidence.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    return response


def as_picture(drawn: Drawn) -> HttpResponse:
    """A page that we drew ourselves; it never changes, but who may see it does."""
    response = HttpResponse(drawn.jpeg, content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "private, max-age=600"
    return response
