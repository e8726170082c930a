"""Being told: what each person is told in the product, and the messages that carry it out."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisations.hands import Hand
from organisations.models import Unit
from workflow.models import Case, Event
from workflow.vocabulary import Kind

from .channels import MAIL


class Told(models.Model):
    """Marks an event as read from the record and told; the record itself is never touched.

    `position` is where it stands in the order of telling: whoever has seen one has seen all below it.
    """

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="told")
    at = models.DateTimeField()
    position = models.BigIntegerField(unique=True)


class OutboxPosition(models.Model):
    """How far telling has come; one row, held by whoever reads.

    Up to the event `passed` all have been told for good; `last` is the position given out last.
    """

    passed = models.BigIntegerField(default=0)
    last = models.BigIntegerField(default=0)


class MessageState(models.TextChoices):
    PENDING = "pending", _("Chờ gửi")
    CLAIMED = "claimed", _("Đang gửi")
    RELEASED = "released", _("Đang chờ trả lời")
    SENT = "sent", _("Đã gửi")
    IN_DOUBT = "in_doubt", _("Chưa rõ đã đến hay chưa")
    FAILED = "failed", _("Không gửi được")
    SUPPRESSED = "suppressed", _("Không cần gửi nữa")


class Message(models.Model):
    """What goes to one person by one channel: steps at once, the rest as one digest a day.

    `token` fences the sender that claimed it until `lease_until`; a message released to the other
    side and not answered for is in doubt and never sent again by itself. `message_id` stays the same
    however often it is tried, so that a repeat is recognised.
    """

    channel = models.CharField(max_length=20, default=MAIL)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="messages"
    )
    #: The local day of a digest; null for a message that is sent at once.
    digest_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.PENDING)
    message_id = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: The first refusal since it last went well: by this age it is given up.
    failing_since = models.DateTimeField(null=True, blank=True)
    #: The point of no return; where nobody knows better, the moment it went.
    released_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    #: When a person said what became of it, or that it is to be left.
    settled_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("thư")
        verbose_name_plural = _("thư")
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "channel", "digest_on"],
                condition=Q(digest_on__isnull=False),
                name="one_digest_a_person_channel_and_day",
            )
        ]
        indexes = [
            models.Index(
                fields=["channel", "next_at", "id"],
                condition=Q(state="pending"),
                name="message_waiting",
            ),
            models.Index(
                fields=["lease_until"],
                condition=Q(state__in=["claimed", "released"]),
                name="message_leased",
            ),
            models.Index(
                fields=["state", "id"],
                condition=Q(state__in=["in_doubt", "failed"]),
                name="message_troubled",
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
            models.Index(fields=["unit", "-id"], name="notification_by_unit"),
            models.Index(fields=["key"], condition=Q(case=None), name="notification_of_several"),
        ]


class Withheld(models.TextChoices):
    """Why something a person was told in the product did not go out by a channel as well."""

    PREFERENCE = "preference", _("Người nhận chọn không nhận")
    NO_ADDRESS = "no_address", _("Người nhận không có địa chỉ")
    LEFT = "left", _("Không còn thuộc việc của người nhận")
    MOVED_ON = "moved_on", _("Hồ sơ đã sang bước khác")
    OVERTAKEN = "overtaken", _("Đã có nhắc việc mới hơn")
    NO_CHANNEL = "no_channel", _("Kênh không còn")


class Dispatch(models.Model):
    """A notification's way out by one channel: in which message, or why it was withheld."""

    notification = models.ForeignKey(Notification, models.PROTECT, related_name="dispatches", db_index=False)
    channel = models.CharField(max_length=20)
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="dispatches")
    withheld = models.CharField(max_length=10, choices=Withheld, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notification", "channel"], name="one_way_out_a_channel"),
            models.CheckConstraint(
                condition=Q(message__isnull=False) | ~Q(withheld=""), name="sent_or_withheld"
            ),
        ]
        indexes = [models.Index(fields=["notification"], condition=~Q(withheld=""), name="dispatch_withheld")]


class Pace(models.TextChoices):
    """How soon a channel speaks to a person."""

    IMMEDIATE = "immediate", _("Gửi ngay")
    DIGEST = "digest", _("Gộp mỗi ngày một thư")
    OFF = "off", _("Không gửi")


class Preference(models.Model):
    """How one person wants to be told by one channel; in the product everybody is told of everything.

    `steps` is what people do, `reminders` what the clock says: never sent one by one.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferences")
    channel = models.CharField(max_length=20)
    steps = models.CharField(max_length=9, choices=Pace, default=Pace.IMMEDIATE)
    reminders = models.CharField(max_length=9, choices=Pace, default=Pace.DIGEST)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "channel"], name="one_preference_a_channel"),
            models.CheckConstraint(
                condition=~Q(reminders=Pace.IMMEDIATE), name="reminders_are_never_sent_one_by_one"
            ),
        ]


from .subscriptions import CalendarKey, Delivery, Webhook  # noqa: E402, F401


class Invitation(models.Model):
    """A letter that asks somebody new to set a first password: asked for, tried until it is gone.

    `next_at` is when it is tried next, null once nothing is left to try. The link in it is made as
    it goes and is kept nowhere. A letter may go twice after a crash; the second does no harm.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="invitations")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    #: What the other side answered, as a number: its words may name the person.
    last_error = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("thư mời")
        verbose_name_plural = _("thư mời")
        indexes = [
            models.Index(fields=["next_at"], name="invitation_to_send", condition=Q(next_at__isnull=False))
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(next_at__isnull=False), name="one_invitation_waits"
            )
        ]
