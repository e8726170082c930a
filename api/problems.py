"""Every refusal as a problem document (RFC 9457), with sentences in the reader's language."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import set_rollback

from indicators.refusals import NotAllowed, Refused
from workflow.refusals import Invalid, NotNow, NotYours, Refusal, Stale

_STATUS = {
    Invalid: status.HTTP_400_BAD_REQUEST,
    NotYours: status.HTTP_403_FORBIDDEN,
    NotNow: status.HTTP_409_CONFLICT,
    Stale: status.HTTP_412_PRECONDITION_FAILED,
}


def _title(code: int) -> str:
    return {
        400: _("Dữ liệu chưa đúng"),
        401: _("Cần đăng nhập"),
        403: _("Không thuộc quyền của bạn"),
        404: _("Không tìm thấy"),
        405: _("Không dùng được phương thức này"),
        409: _("Chưa làm được lúc này"),
        412: _("Hồ sơ đã thay đổi"),
        413: _("Nội dung quá lớn"),
        415: _("Không nhận dạng nội dung này"),
        429: _("Quá nhiều yêu cầu"),
    }.get(code, _("Không thực hiện được"))


def answer(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: None only for what nobody foresaw."""
    if request := context.get("request"):
        # A problem is JSON also where the view answers with a page or with YAML.
        request.accepted_renderer = JSONRenderer()
        request.accepted_media_type = JSONRenderer.media_type
    if isinstance(exc, Refusal):
        code = next(code for kind, code in _STATUS.items() if isinstance(exc, kind))
        return _problem(code, " ".join(exc.sentences), errors=exc.errors)
    if isinstance(exc, Refused):
        errors: dict[str, list[str]] = {}
        for fault in exc.faults:
            errors.setdefault(fault.where, []).append(fault.sentence)
        return _problem(400, _("Không ghi gì: có chỗ cần sửa."), errors=errors)
    if isinstance(exc, NotAllowed):
        return _problem(403, str(exc))
    if isinstance(exc, RequestDataTooBig):
        return _problem(413, _("Nội dung gửi lên lớn hơn mức cho phép."))
    if isinstance(exc, SuspiciousOperation):
        return _problem(400, _too_strange())
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    return _framework_problem(exc) if isinstance(exc, exceptions.APIException) else None


def _framework_problem(exc: exceptions.APIException) -> Response:
    headers = {}
    if auth_header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if isinstance(exc, exceptions.ValidationError):
        errors = _flat(exc.detail)
        return _problem(400, " ".join(s for said in errors.values() for s in said), errors=errors)
    return _problem(exc.status_code, str(exc.detail), headers=headers)


def _flat(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """Nested errors under the names they were sent by: ratings[3].colour."""
    if isinstance(detail, dict):
        parts = [_flat(v, _below(prefix, k)) for k, v in detail.items()]
    elif isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        parts = [_flat(item, f"{prefix}[{n}]") for n, item in enumerate(detail) if item]
    else:
        said = detail if isinstance(detail, list) else [detail]
        return {prefix or "non_field_errors": [str(s) for s in said]}
    return {key: said for part in parts for key, said in part.items()}


def _below(prefix: str, key: Any) -> str:
    if isinstance(key, int):
        return f"{prefix}[{key}]"
    return f"{prefix}.{key}" if prefix else str(key)


def bare(code: int) -> JsonResponse:
    """What is answered where no view could: a request nobody could read, or a fault of ours."""
    detail = _too_strange() if code == 400 else _("Lỗi của hệ thống; việc vừa rồi chưa được ghi.")
    body = {"type": "about:blank", "title": _title(code), "status": code, "detail": detail}
    return JsonResponse(body, status=code, content_type="application/problem+json")


def _too_strange() -> str:
    return _("Không đọc được nội dung gửi lên.")


def _problem(
    code: int,
    detail: str,
    *,
    errors: dict[str, list[str]] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    set_rollback()
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": _title(code),
        "status": code,
        "detail": detail,
    }
    if errors:
        body["errors"] = {name: [str(s) for s in said] for name, said in errors.items()}
    return Response(body, status=code, headers=headers, content_type="application/problem+json")
