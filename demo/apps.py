"""A believable city to try everything in."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "demo"
