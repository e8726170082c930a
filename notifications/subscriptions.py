"""What listens beyond the people's own pages and mail: a personal calendar feed, webhooks of units."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisations.models import Unit
from workflow.models import Event

#: Characters of an address, and of the reason for which a webhook was switched off.
LONGEST_URL, LONGEST_REASON = 500, 200


class CalendarKey(models.Model):
    """The right to read one person's deadlines as a calendar: whoever has the key has the right.

    Only a hash of it is kept; a new key ends the old one at once.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_key")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)


class Standing(models.TextChoices):
    """Whether a webhook is told of what happens now, and if not, why."""

    HEARS = "hears", _("Đang nhận")
    OFF = "off", _("Đã tắt")
    NOBODYS = "nobodys", _("Người đứng tên không còn chức vụ")
    ENDED = "ended", _("Đã kết thúc")


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def going(self) -> "WebhookQuerySet":
        """Not ended, whether it hears now or was switched off."""
        return self.filter(ended_at=None)

    def live(self) -> "WebhookQuerySet":
        return self.going().filter(disabled_at=None)


class Webhook(models.Model):
    """An address that is told of every event of a unit, or of all units of a city, in its owner's name.

    Its secret is kept nowhere: it is derived from the service's own key with `salt` and
    `generation`. Until `previous_until` the generation before signs as well.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="webhooks")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="webhooks", db_index=False)
    url = models.CharField(_("địa chỉ nhận"), max_length=LONGEST_URL)
    #: Kinds of events it hears; empty for all.
    kinds = models.JSONField(default=list, blank=True)
    salt = models.UUIDField(default=uuid.uuid4, editable=False)
    generation = models.PositiveIntegerField(default=1)
    previous_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_because = models.CharField(max_length=LONGEST_REASON, blank=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("webhook")
        verbose_name_plural = _("webhook")
        indexes = [models.Index(fields=["unit"], condition=Q(ended_at=None), name="webhook_live_by_unit")]

    def __str__(self) -> str:
        return f"webhook {self.pk}"

    @property
    def is_live(self) -> bool:
        """Whether it is told of what happens now."""
        return self.ended_at is None and self.disabled_at is None


class Delivery(models.Model):
    """One event told to one webhook, or a ping where there is none; how it went stands on its message."""

    webhook = models.ForeignKey(Webhook, models.PROTECT, related_name="deliveries", db_index=False)
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="+", db_index=False)
    message = models.OneToOneField("notifications.Message", models.PROTECT, related_name="delivery")

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["webhook", "event"], name="told_a_webhook_once")]
        indexes = [models.Index(fields=["webhook", "-id"], name="delivery_by_webhook")]
