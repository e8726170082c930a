"""The case, its record and what its dates follow: policy, calendar, timers."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin

from indicators.models import NEEDS_WORK_CHOICES, Indicator, Rating
from organisations.models import Unit

from .known import Known
from .lateness import holder
from .lifecycle import Lifecycle
from .queries import CaseQuerySet
from .vocabulary import LIVE, TURNS, WORKED_ON, Holder, Kind, Part, State, Turn, Verifier, turn_of


class Policy(models.Model):
    """How long each stage of a case of one colour may take; a case keeps the one it opened under."""

    colour = models.CharField(_("mức đánh giá"), max_length=6, choices=NEEDS_WORK_CHOICES)
    valid_from = models.DateField(_("áp dụng từ ngày"))
    assign_within_working_days = models.PositiveSmallIntegerField(_("phân công trong (ngày làm việc)"))
    complete_within_days = models.PositiveSmallIntegerField(_("hoàn thành trong (ngày)"))
    verify_within_working_days = models.PositiveSmallIntegerField(_("xác nhận trong (ngày làm việc)"))
    check_after_days = models.PositiveSmallIntegerField(_("đánh giá hiệu lực sau (ngày)"))
    answer_within_working_days = models.PositiveSmallIntegerField(
        _("thành phố trả lời kiến nghị trong (ngày làm việc)"), default=5
    )
    extension_limit = models.PositiveSmallIntegerField(
        _("số lần gia hạn của đơn vị; sau đó chỉ cán bộ kiểm tra gia hạn"), default=2
    )
    verifier = models.CharField(
        _("người xác nhận"), max_length=11, choices=Verifier, default=Verifier.CHAIRPERSON
    )

    class Meta:
        ordering = ["colour", "-valid_from"]
        verbose_name = _("quy định thời hạn")
        verbose_name_plural = _("quy định thời hạn")
        constraints = [
            models.UniqueConstraint(fields=["colour", "valid_from"], name="one_policy_a_colour_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.get_colour_display()}, {self.valid_from:%d/%m/%Y}"


class CalendarDay(models.Model):
    """A day that is not what its weekday says: a rest day, or a Saturday that is worked."""

    on = models.DateField(_("ngày"), unique=True)
    is_working = models.BooleanField(_("là ngày làm việc"))
    name = models.CharField(_("tên"), max_length=120)
    source = models.CharField(_("căn cứ"), max_length=200, blank=True)
    is_certain = models.BooleanField(_("đã có văn bản chính thức"), default=True)

    class Meta:
        ordering = ["on"]
        verbose_name = _("ngày đặc biệt")
        verbose_name_plural = _("lịch làm việc")

    def __str__(self) -> str:
        return f"{self.on:%d/%m/%Y} {self.name}"


class CaseNumber(models.Model):
    """The last running number given to a case of a year; locked while numbers are given."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)


class Case(ConcurrentTransitionMixin, Lifecycle, models.Model):
    """A corrective-action case: one unit brings one red or yellow indicator back to green."""

    number = models.CharField(_("số hồ sơ"), max_length=12, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="cases", db_index=False)
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="cases")
    colour = models.CharField(_("mức khi mở"), max_length=6, choices=NEEDS_WORK_CHOICES)
    rating = models.ForeignKey(Rating, models.PROTECT, related_name="cases_opened")
    latest_rating = models.ForeignKey(Rating, models.PROTECT, related_name="+", db_index=False)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="cases", db_index=False)
    recurrence_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="recurrences"
    )
    recurrence_count = models.PositiveSmallIntegerField(default=0)

    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="cases_led"
    )
    product = models.TextField(_("sản phẩm"), blank=True)
    authority = models.TextField(_("thẩm quyền"), blank=True)

    opened_at = models.DateTimeField(_("mở lúc"))
    assign_by = models.DateField(_("hạn phân công"))
    due_on = models.DateField(_("hạn xử lý"), null=True, blank=True)
    original_due_on = models.DateField(_("hạn xử lý ban đầu"), null=True, blank=True)
    verify_by = models.DateField(_("hạn xác nhận"), null=True, blank=True)
    check_on = models.DateField(_("ngày đánh giá hiệu lực"), null=True, blank=True)
    answer_by = models.DateField(_("hạn thành phố trả lời"), null=True, blank=True)
    #: The day from which the city has the case and the unit's clock stands still.
    accepted_on = models.DateField(_("ngày thành phố nhận"), null=True, blank=True)
    city_due_on = models.DateField(_("hạn thành phố xử lý"), null=True, blank=True)
    closed_at = models.DateTimeField(_("đóng lúc"), null=True, blank=True)
    #: The local day on which the case came into its state: deadlines in working days count from it.
    turn_began_on = models.DateField(null=True, blank=True)
    #: The date the running timer runs to; null when nobody's turn.
    turn_due_on = models.DateField(_("thời hạn"), null=True, blank=True)

    #: Who verifies, settled when the work is submitted; the policy's choice may leave nobody.
    verifier = models.CharField(_("người xác nhận"), max_length=11, choices=Verifier, blank=True)
    requested_due_on = models.DateField(_("hạn đề nghị"), null=True, blank=True)
    extension_count = models.PositiveSmallIntegerField(default=0)
    reopening_count = models.PositiveSmallIntegerField(default=0)

    #: Raised by every event, so that a reader can say which state of things they decided on.
    version = models.PositiveIntegerField(default=0)
    head_hash = models.CharField(max_length=64, editable=False)

    objects = CaseQuerySet.as_manager()
    #: What is known of it while it is looked at; nothing while a step is taken.
    known: Known | None = None

    class Meta:
        ordering = ["-id"]
        verbose_name = _("hồ sơ khắc phục")
        verbose_name_plural = _("hồ sơ khắc phục")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "indicator"],
                condition=Q(state__in=LIVE),
                name="one_live_case_a_unit_and_indicator",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="case_state_is_known"),
        ]
        indexes = [
            models.Index(fields=["unit", "indicator", "id"], name="case_by_unit"),
            models.Index(
                fields=["turn_due_on", "id"],
                condition=Q(turn_due_on__isnull=False),
                name="case_by_turn_due",
            ),
            models.Index(fields=["state", "id"], name="case_by_state"),
            # SQLite has no statistics, for with them it gathers whole cities: without this it would look
            # for a ward's open cases among all that are open.
            models.Index(fields=["unit", "state", "id"], name="case_by_unit_and_state"),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.indicator.code} · {self.unit}"

    def get_absolute_url(self) -> str:
        return reverse("case", args=[self.number])

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_worked_on(self) -> bool:
        """Whether the unit is to work on it now, or to say who does."""
        return self.state in WORKED_ON

    @property
    def unit_name(self) -> str:
        """The unit as it is called now; of a case that is over, as it was called when it ended."""
        if self.is_live or self.closed_at is None:
            return str(self.unit)
        return self.unit.name_on(timezone.localdate(self.closed_at))

    @property
    def turn(self) -> Turn:
        return turn_of(self.state, is_given=bool(self.assignee_id))

    @property
    def held_by(self) -> Holder:
        """Who has the case now, and so whose it is to keep the running deadline."""
        return holder(self.state, self.verifier)

    @property
    def turn_date_name(self) -> str:
        """The field that holds the date of the running timer; empty when nobody's turn."""
        return TURNS[self.state][1]

    def is_overdue(self, on: date) -> bool:
        return self.turn_due_on is not None and self.turn_due_on < on

    @property
    def supporters(self) -> models.QuerySet[Any]:
        """The people who support the assignee at present, in the order in which they were asked to."""
        return self.participations.filter(part=Part.SUPPORT, ended_at=None).order_by("pk")


class Participation(models.Model):
    """A person's part in a case, from when to when; whoever had one never verifies the case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="participations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="participations")
    part = models.CharField(max_length=7, choices=Part)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user"], condition=Q(ended_at=None), name="one_part_at_a_time"
            )
        ]


class EventQuerySet(models.QuerySet["Event"]):
    """Events are only ever added."""

    def update(self, **kwargs: Any) -> int:
        raise TypeError("An event is never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("An event is never deleted.")


class Event(models.Model):
    """Something that happened to a case: written once, chained to the one before by its hash.

    `actor` is null only for the clock and for intake, and is shown as "Hệ thống". `once` names what
    may be written only once, such as one milestone of one deadline.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="events")
    at = models.DateTimeField()
    note = models.TextField(blank=True)
    changes = models.JSONField(default=dict)
    once = models.CharField(max_length=60, null=True, unique=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["case", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="one_event_a_place"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="event_kind_is_known"),
        ]
        indexes = [
            # They are few among the events, and read across all cases.
            models.Index(fields=["-id"], name="event_audit_noted", condition=Q(kind=Kind.AUDIT_NOTED))
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("An event is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("An event is never deleted.")


class Timer(models.Model):
    """A running deadline: of the case itself, or of one corrective action of it by number.

    `next_at` is the instant at which the next milestone rings; `revision` counts how often the
    deadline moved, so that a milestone rings once for each deadline it belongs to.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="timers", db_index=False)
    corrective_action_number = models.PositiveSmallIntegerField(default=0)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    due_on = models.DateField()
    revision = models.PositiveIntegerField(default=1)
    last_milestone = models.SmallIntegerField(null=True)
    next_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "corrective_action_number"], name="one_timer_a_deadline")
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], condition=Q(next_at__isnull=False), name="timer_by_next")
        ]


SHORTEST_ROUND_SECONDS, LONGEST_ROUND_SECONDS = 5, 3600


class Round(models.Model):
    """What the clock does by itself, and how often: kept here, so that it can be set while it runs.

    `name` is the sentence under which the timetable knows it. `asked_at` is when the clock last asked
    for it, `ran_at` when a worker last finished it: each is written by the database's own clock.
    """

    name = models.CharField(_("việc"), max_length=100, unique=True)
    task = models.CharField(_("tác vụ"), max_length=100)
    every_seconds = models.PositiveSmallIntegerField(
        _("cách nhau (giây)"),
        validators=[MinValueValidator(SHORTEST_ROUND_SECONDS), MaxValueValidator(LONGEST_ROUND_SECONDS)],
    )
    is_on = models.BooleanField(_("đang bật"), default=True)
    asked_at = models.DateTimeField(_("gọi gần nhất lúc"), null=True, editable=False)
    ran_at = models.DateTimeField(_("xong gần nhất lúc"), null=True, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("vòng của đồng hồ")
        verbose_name_plural = _("vòng của đồng hồ")
        constraints = [
            # A clock that asks without a pause leaves no worker time for anything else.
            models.CheckConstraint(
                condition=Q(
                    every_seconds__gte=SHORTEST_ROUND_SECONDS, every_seconds__lte=LONGEST_ROUND_SECONDS
                ),
                name="round_is_neither_rush_nor_rest",
            )
        ]

    def __str__(self) -> str:
        return self.name


class SavedFilter(models.Model):
    """A list of cases somebody comes back to, under a name of their own."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters")
    name = models.CharField(_("tên"), max_length=60)
    #: The query of the list's address, in canonical order, without the page.
    query = models.CharField(max_length=1000)

    class Meta:
        ordering = ["name", "id"]
        # The pages kept these alone before the API kept them too.
        db_table = "web_savedfilter"
        verbose_name = _("bộ lọc đã lưu")
        verbose_name_plural = _("bộ lọc đã lưu")
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_saved_filter_a_name")]

    def __str__(self) -> str:
        return self.name
