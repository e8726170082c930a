"""Every address of the service, by entrance."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, register_converter
from django.views import defaults

from api.problems import bare

from .converters import CaseNumber, UnitCode

register_converter(CaseNumber, "case_number")
register_converter(UnitCode, "unit_code")

urlpatterns = [
    path("api/v1/", include("api.urls")),
    path("", include("web.urls")),
]


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    return bare(400) if _is_for_machines(request) else defaults.bad_request(request, exception)


def handler500(request: HttpRequest) -> HttpResponse:
    return bare(500) if _is_for_machines(request) else defaults.server_error(request)


def _is_for_machines(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
