"""Notifications: who is told, what, and how."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Thông báo")

    def ready(self) -> None:
        from . import receivers  # noqa: F401  (connects what notifications hear)
