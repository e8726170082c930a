"""The case: lifecycle, operations, record."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowConfig(AppConfig):
    name = "workflow"
    verbose_name = _("Hồ sơ khắc phục")

    def ready(self) -> None:
        from . import receivers  # noqa: F401  (connects what the heart hears)
