"""The addresses people see."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
]
