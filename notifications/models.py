"""Being told: what each person is told in the product, and the mail that carries it out."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisations.hands import Hand
from organisations.models import Unit
from workflow.models import Case, Event
from workflow.vocabulary import Kind


class Told(models.Model):
    """Marks an event as read from the record and told; the record itself is never touched."""

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="told")
    at = models.DateTimeField()


class OutboxPosition(models.Model):
    """The event up to which all have been told for good; one row, held by whoever reads."""

    passed = models.BigIntegerField(default=0)


class MessageState(models.TextChoices):
    PENDING = "pending", _("Chờ gửi")
    CLAIMED = "claimed", _("Đang gửi")
    RELEASED = "released", _("Đang chờ máy chủ thư trả lời")
    SENT = "sent", _("Đã gửi")
    IN_DOUBT = "in_doubt", _("Chưa rõ đã đến hay chưa")
    FAILED = "failed", _("Không gửi được")
    SUPPRESSED = "suppressed", _("Không cần gửi nữa")


class Message(models.Model):
    """A mail to one person: steps at once, the clock's reminders as one digest a day.

    `token` fences the sender that claimed it until `lease_until`; a message released to the mail
    server and not answered for is in doubt and never sent again by itself.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="messages")
    #: The local day of a digest; null for a mail that is sent at once.
    digest_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.PENDING)
    message_id = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("thư")
        verbose_name_plural = _("thư")
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "digest_on"],
                condition=Q(digest_on__isnull=False),
                name="one_digest_a_person_and_day",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"],
                condition=Q(state="pending"),
                name="message_pending",
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(state__in=["claimed", "released"]),
                name="message_leased",
            ),
        ]


class NotificationQuerySet(models.QuerySet["Notification"]):
    def to(self, hand: Hand) -> "NotificationQuerySet":
        """What a person was told of units whose affairs they still see; the rest is kept, and not shown."""
        units = hand.visible_units().values("pk")
        seen = Q(case__unit__in=units) | Q(case=None, unit__in=units)
        return self.filter(seen, recipient=hand.user)


class Notification(models.Model):
    """One thing a person is told in the product, once: by its key.

    Cases opened together are told together: `count` of them, with the unit instead of the case.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notifications")
    kind = models.CharField(max_length=20, choices=Kind)
    key = models.CharField(max_length=60)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="notifications")
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="notifications")
    count = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    message = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="notifications")

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("thông báo")
        verbose_name_plural = _("thông báo")
        constraints = [
            models.UniqueConstraint(fields=["recipient", "key"], name="told_once"),
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notification_by_recipient"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notification_unread"),
        ]
