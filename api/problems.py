"""Every refusal as a problem document (RFC 9457), with sentences in the reader's language."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, serializers, status
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import set_rollback

from indicators.refusals import NotAllowed, Refused
from workflow.refusals import Invalid, NotNow, NotYours, Refusal, Stale

from .overtaken import meanwhile

MEDIA_TYPE = "application/problem+json"

_STATUS = {
    Invalid: status.HTTP_400_BAD_REQUEST,
    NotYours: status.HTTP_403_FORBIDDEN,
    NotNow: status.HTTP_409_CONFLICT,
    Stale: status.HTTP_412_PRECONDITION_FAILED,
}


class Problem(NamedTuple):
    """A kind of refusal: its name for programs, its title for people, and what to say where nobody
    says more."""

    name: str
    title: Any
    detail: Any


class ProblemSerializer(serializers.Serializer):
    """A refusal (RFC 9457): `type` for programs, the rest for people, in the language asked for."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors: Any = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="câu giải thích theo trường, tên như đã gửi: ratings[3].colour",
    )


#: Every kind of refusal there is, by the status it is answered with.
PROBLEMS = {
    400: Problem(
        "invalid", gettext_lazy("Dữ liệu chưa đúng"), gettext_lazy("Không đọc được nội dung gửi lên.")
    ),
    401: Problem(
        "sign-in",
        gettext_lazy("Cần đăng nhập"),
        gettext_lazy("Hãy gửi mã truy cập trong tiêu đề Authorization: Bearer …"),
    ),
    403: Problem(
        "not-yours",
        gettext_lazy("Không thuộc quyền của bạn"),
        gettext_lazy("Bạn không có quyền làm việc này."),
    ),
    404: Problem(
        "not-found",
        gettext_lazy("Không tìm thấy"),
        gettext_lazy("Không có gì ở địa chỉ này, hoặc bạn không được xem."),
    ),
    405: Problem(
        "method",
        gettext_lazy("Không dùng được phương thức này"),
        gettext_lazy("Địa chỉ này không nhận phương thức này."),
    ),
    406: Problem(
        "not-acceptable",
        gettext_lazy("Không có dạng được yêu cầu"),
        gettext_lazy("Hãy sửa tiêu đề Accept; API trả lời bằng application/json."),
    ),
    409: Problem(
        "not-now",
        gettext_lazy("Chưa làm được lúc này"),
        gettext_lazy("Việc này chưa làm được trong tình trạng hiện nay."),
    ),
    412: Problem(
        "stale",
        gettext_lazy("Đã thay đổi từ lúc xem"),
        gettext_lazy("Hồ sơ đã thay đổi từ lúc bạn xem; hãy xem lại rồi thử lại."),
    ),
    413: Problem(
        "too-large",
        gettext_lazy("Nội dung quá lớn"),
        gettext_lazy("Nội dung gửi lên lớn hơn mức cho phép."),
    ),
    415: Problem(
        "media-type",
        gettext_lazy("Không nhận dạng nội dung này"),
        gettext_lazy("Hãy sửa tiêu đề Content-Type; địa chỉ này không nhận dạng đã gửi."),
    ),
    416: Problem(
        "range", gettext_lazy("Không có phần được yêu cầu"), gettext_lazy("Tệp ngắn hơn phần được yêu cầu.")
    ),
    422: Problem(
        "key-used",
        gettext_lazy("Khóa đã dùng cho yêu cầu khác"),
        gettext_lazy("Idempotency-Key này đã đi cùng một nội dung khác trong 24 giờ qua; hãy dùng khóa mới."),
    ),
    429: Problem(
        "too-many",
        gettext_lazy("Quá nhiều yêu cầu"),
        gettext_lazy("Hãy thử lại sau số giây ghi ở tiêu đề Retry-After."),
    ),
    500: Problem(
        "fault",
        gettext_lazy("Không thực hiện được"),
        gettext_lazy("Lỗi của hệ thống; việc vừa rồi chưa được ghi."),
    ),
}
#: Of these DRF's own words name its classes; ours say all there is to say.
_PLAIN = {405, 406, 415, 429}


def answer(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: None only for what nobody foresaw."""
    if request := context.get("request"):
        # A problem is JSON also where the view answers with a page or with YAML.
        request.accepted_renderer = JSONRenderer()
        request.accepted_media_type = JSONRenderer.media_type
    if isinstance(exc, Refusal):
        code = next(code for kind, code in _STATUS.items() if isinstance(exc, kind))
        more = meanwhile(exc) if isinstance(exc, Stale) else {}
        return _problem(code, " ".join(exc.sentences), errors=exc.errors, **more)
    if isinstance(exc, Refused):
        errors: dict[str, list[str]] = {}
        for fault in exc.faults:
            errors.setdefault(fault.where, []).append(fault.sentence)
        return _problem(400, _("Không ghi gì: có chỗ cần sửa."), errors=errors)
    if isinstance(exc, NotAllowed):
        return _problem(403, str(exc))
    if isinstance(exc, RequestDataTooBig):
        return _problem(413)
    if isinstance(exc, SuspiciousOperation):
        return _problem(400)
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
    is_plain = exc.status_code in _PLAIN or exc.detail == type(exc).default_detail
    # Of JSON and of forms that cannot be read the library says in English where it stopped.
    is_plain |= getattr(exc.detail, "code", "") == exceptions.ParseError.default_code
    return _problem(exc.status_code, "" if is_plain else str(exc.detail), headers=headers)


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
    return JsonResponse(_document(code), status=code, content_type=MEDIA_TYPE)


def _document(code: int, detail: str = "") -> dict[str, Any]:
    problem = PROBLEMS[code]
    return {
        "type": f"urn:ve-xanh:problem:{problem.name}",
        "title": str(problem.title),
        "status": code,
        "detail": detail or str(problem.detail),
    }


def _problem(
    code: int,
    detail: str = "",
    *,
    errors: dict[str, list[str]] | None = None,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> Response:
    set_rollback()
    body = _document(code, detail) | more
    if errors:
        body["errors"] = {name: [str(s) for s in said] for name, said in errors.items()}
    return Response(body, status=code, headers=headers, content_type=MEDIA_TYPE)
