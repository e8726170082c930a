"""Evidence goes out as an attachment that no browser will run."""

from django.http import FileResponse

from .models import Evidence

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
