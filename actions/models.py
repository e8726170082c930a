"""The work inside a case: analysis of cause, corrective actions, evidence (ISO 9001:2015, 10.2)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflow.models import Case


class CauseCategory(models.TextChoices):
    PEOPLE = "people", _("Con người")
    PROCESS = "process", _("Quy trình")
    RESOURCES = "resources", _("Nguồn lực, kinh phí")
    TECHNOLOGY = "technology", _("Công nghệ, dữ liệu")
    COORDINATION = "coordination", _("Phối hợp liên ngành")
    ENVIRONMENT = "environment", _("Môi trường, pháp lý")


class CauseAnalysis(models.Model):
    """What was done at once, why the problem arose, where else it may, how its end will be seen."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="analysis")
    correction = models.TextField(_("xử lý ngay"), blank=True)
    whys = models.JSONField(_("vì sao?"), default=list, blank=True)
    root_cause = models.TextField(_("nguyên nhân gốc"), blank=True)
    cause_category = models.CharField(_("nhóm nguyên nhân"), max_length=20, choices=CauseCategory, blank=True)
    similar_cases = models.TextField(_("trường hợp tương tự: đã rà soát ở đâu"), blank=True)
    similar_cases_found = models.BooleanField(_("có trường hợp tương tự"), null=True, blank=True)
    effectiveness_criterion = models.TextField(_("tiêu chí đánh giá hiệu lực"), blank=True)
    no_action_reason = models.TextField(_("lý do không cần hành động khắc phục"), blank=True)


class CorrectiveAction(models.Model):
    """One piece of work with an owner and a date, numbered inside its case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="corrective_actions")
    number = models.PositiveSmallIntegerField()
    description = models.TextField(_("nội dung"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="corrective_actions",
        verbose_name=_("người thực hiện"),
    )
    due_on = models.DateField(_("hạn"))
    result = models.TextField(_("kết quả"), blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    dropped_at = models.DateTimeField(null=True, blank=True)
    drop_reason = models.TextField(_("lý do bỏ"), blank=True)

    class Meta:
        ordering = ["case", "number"]
        verbose_name = _("hành động khắc phục")
        verbose_name_plural = _("hành động khắc phục")
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="one_corrective_action_a_number"),
            models.CheckConstraint(
                condition=Q(completed_at=None) | Q(dropped_at=None),
                name="corrective_action_ends_one_way",
            ),
        ]

    @property
    def is_outstanding(self) -> bool:
        return self.completed_at is None and self.dropped_at is None


#: Where files are kept below the folder of all uploads.
FOLDER = "evidence/"


def evidence_path(evidence: "Evidence", filename: str) -> str:
    """A random name outside the web root: nothing of what the sender called the file."""
    return f"{FOLDER}{uuid.uuid4().hex}"


class Evidence(models.Model):
    """A file that proves what was done, kept as uploaded; withdrawing it keeps it on record."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence")
    file = models.FileField(upload_to=evidence_path, max_length=120)
    name = models.CharField(_("tên tệp"), max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    description = models.CharField(_("chứng minh điều gì"), max_length=300, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawal_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["case", "id"]
        verbose_name = _("minh chứng")
        verbose_name_plural = _("minh chứng")
