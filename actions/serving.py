"""Evidence goes out as an attachment that no browser will run: whole, in part, or not again where the
asker has it already."""

from __future__ import annotations

from typing import IO, Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

from .models import Evidence
from .names import attachment
from .previews import Drawn
from .ranges import NotThere, Span, span_of

#: Should a browser show it after all, it may load, run and submit nothing.
SANDBOX = "sandbox; default-src 'none'"


def as_attachment(evidence: Evidence, request: HttpRequest) -> HttpResponseBase:
    """The file as uploaded, under the name it came with and the type its content has.

    A part of it where one is asked for (206, 416), nothing where it is known already (304) or is not
    what the asker takes it for (412).
    """
    known = get_conditional_response(request, _tag(evidence), _since(evidence), HttpResponse())
    if known is not None and known.status_code != 200:
        return _described(known, evidence)
    try:
        span = _asked(evidence, request)
    except NotThere:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{evidence.size}"
        return _described(refused, evidence)
    return _described(_answer(evidence, span, request), evidence)


def _tag(evidence: Evidence) -> str:
    return f'"{evidence.sha256}"'


def _since(evidence: Evidence) -> int:
    """A file never changes once it is there."""
    return int(evidence.added_at.timestamp())


def _asked(evidence: Evidence, request: HttpRequest) -> Span | None:
    """The part to send. Only GET has parts, and only of the very file the asker began with."""
    header = request.headers.get("Range", "")
    began = request.headers.get("If-Range", "").strip()
    is_the_same = began in ("", _tag(evidence), http_date(_since(evidence)))
    return span_of(header, evidence.size) if request.method == "GET" and is_the_same else None


def _answer(evidence: Evidence, span: Span | None, request: HttpRequest) -> HttpResponseBase:
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse()
        response["Content-Length"] = str(evidence.size)
    elif span is None:
        response = FileResponse(evidence.file.open())
    else:
        response = FileResponse(_Part(evidence.file.open(), span), status=206)
        response["Content-Length"] = str(span.length)
        response["Content-Range"] = f"bytes {span.first}-{span.last}/{evidence.size}"
    response["Content-Type"] = evidence.content_type
    response["Content-Disposition"] = attachment(evidence.name)
    return response


def _described(response: HttpResponseBase, evidence: Evidence) -> HttpResponseBase:
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = _tag(evidence)
    response["Last-Modified"] = http_date(_since(evidence))
    # Whoever may see the case today may not tomorrow: kept by the asker only, and asked for again.
    response["Cache-Control"] = "private, no-cache"
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


class _Part:
    """A file that begins later and ends earlier; read piece by piece as the whole would be."""

    def __init__(self, file: IO[bytes] | Any, span: Span) -> None:
        self._file, self._left = file, span.length
        file.seek(span.first)

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        piece: bytes = self._file.read(wanted)
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._file.close()
