"""A POST that may be sent again: what its Idempotency-Key was answered is said again, and done once.

The key, what was done and the answer are written in one transaction: whoever comes with the same key
meanwhile waits for it, and after a crash none of the three is there.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from . import versions
from .models import Answer
from .requests import PersonRequest

if TYPE_CHECKING:
    from .views.base import View

KEY = "Idempotency-Key"
LONGEST_KEY = 255
_PRINTABLE = re.compile(f"[!-~]{{1,{LONGEST_KEY}}}")
#: How long an answer is kept.
KEPT_FOR = timedelta(hours=24)
#: Headers that are part of the answer.
_HEADERS = ("ETag", "Cache-Control")


class KeyUsed(APIException):
    """The key came with another request before."""

    status_code = 422
    default_detail = ""


def once(view: View, handler: Callable[..., Any], request: PersonRequest, *args: Any, **kwargs: Any) -> Any:
    """The answer to a request with a key: of its handler, or the one given before."""
    key, digest = _key_of(request), _digest_of(request)
    with transaction.atomic():
        answer, is_new = _claim(request, key, digest)
        if not is_new:
            return _said_again(answer, digest)
        response = _done(view, handler, request, *args, **kwargs)
        _keep(answer, response)
    return response


def forget(*, now: Any = None) -> int:
    """Let go of answers that nobody can ask for any more; answers how many."""
    return Answer.objects.filter(at__lt=(now or timezone.now()) - KEPT_FOR).delete()[0]


def _key_of(request: PersonRequest) -> str:
    key = request.headers[KEY]
    if not _PRINTABLE.fullmatch(key):
        said = _("Cần từ 1 đến %(most)s ký tự ASCII in được, không có khoảng trắng.")
        raise ValidationError({KEY: [said % {"most": LONGEST_KEY}]})
    return hashlib.sha256(key.encode()).hexdigest()


def _digest_of(request: PersonRequest) -> str:
    """What was asked, and of which version; whatever the order of fields, or the boundary of parts."""
    data: Any = request.data
    if hasattr(data, "lists"):
        data = {name: [_plain(value) for value in values] for name, values in data.lists()}
    meant = request.headers.get(versions.HEADER)
    said = json.dumps([request.get_full_path(), meant, data], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    sum_of_parts = hashlib.sha256()
    for part in value.chunks():
        sum_of_parts.update(part)
    value.seek(0)
    return [value.name, sum_of_parts.hexdigest()]


def _claim(request: PersonRequest, key: str, digest: str) -> tuple[Answer, bool]:
    """The answer of this person's key; new for the first who comes, for whom all others wait here."""
    theirs, now = Answer.objects.filter(person=request.user, key=key), timezone.now()
    theirs.filter(at__lt=now - KEPT_FOR).delete()
    return theirs.get_or_create(
        person=request.user, key=key, defaults={"request": digest, "at": now, "status": 0}
    )


def _done(view: View, handler: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """The handler's answer; nothing that was refused leaves anything behind."""
    try:
        with transaction.atomic():
            response = handler(*args, **kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)
    except Exception as exc:
        return view.handle_exception(exc)
    return response


def _keep(answer: Answer, response: Response) -> None:
    said = b"" if response.data is None else JSONRenderer().render(response.data)
    answer.status = response.status_code
    answer.headers = {name: response[name] for name in _HEADERS if name in response}
    answer.headers["Content-Language"] = get_language()
    if response.content_type:
        answer.headers["Content-Type"] = response.content_type
    answer.body = _cipher().encrypt(said)
    answer.save()


def _said_again(answer: Answer, digest: str) -> HttpResponseBase:
    if answer.request != digest:
        raise KeyUsed
    try:
        body = _cipher().decrypt(bytes(answer.body))
    except InvalidToken:  # kept under a secret key that the service had before
        said = _(
            "Việc của khóa này đã làm, nhưng câu trả lời không đọc lại được; hãy xem lại rồi dùng khóa mới."
        )
        raise KeyUsed(said) from None
    headers = {"Content-Type": "application/json"} | answer.headers | {"Idempotency-Replayed": "true"}
    response = HttpResponse(body, status=answer.status, headers=headers)
    if not body:
        del response["Content-Type"]
    return response


def _cipher() -> Fernet:
    """An answer may hold a secret that is told only once: no one who reads the table reads it."""
    key = salted_hmac("api.once", "answers", secret=settings.SECRET_KEY, algorithm="sha256").digest()
    return Fernet(urlsafe_b64encode(key))
