"""Who: units of local government, users, and the offices they hold for a time."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .vietnamese import fold, name_sort_key, sort_key


class UnitKind(models.TextChoices):
    PROVINCE = "province", _("Tỉnh")
    CITY = "city", _("Thành phố")
    WARD = "ward", _("Phường")
    COMMUNE = "commune", _("Xã")
    SPECIAL_ZONE = "special_zone", _("Đặc khu")
    DISTRICT = "district", _("Quận, huyện (trước 01/07/2025)")
    TOWNSHIP = "township", _("Thị trấn (trước 01/07/2025)")


#: Kinds whose label says more than the word before the name; a district's name holds its own word.
_WORDS = {UnitKind.DISTRICT: "", UnitKind.TOWNSHIP: _("Thị trấn")}


def titled(kind: str, name: str) -> str:
    """Kind and name as people say them: "Phường Kiến An", "Thị trấn Trường Sơn", "Quận Kiến An"."""
    word = _WORDS.get(UnitKind(kind), UnitKind(kind).label) if kind else ""
    return f"{word} {name}".strip()


class UnitQuerySet(models.QuerySet["Unit"]):
    def standing(self, on: date) -> "UnitQuerySet":
        """Units that are there on a day: of these, and only of these, a code names one."""
        return self.filter(Q(dissolved_on=None) | Q(dissolved_on__gt=on))


class Unit(models.Model):
    """A unit of local government, known by its official code; its name can change, its code not.

    Kind, name and parent are those in force today; `UnitVersion` keeps every earlier one. A unit
    that was dissolved keeps its row, while its code may have been given on to another.
    """

    code = models.CharField(_("mã đơn vị"), max_length=5)
    kind = models.CharField(_("loại"), max_length=20, choices=UnitKind)
    name = models.CharField(_("tên"), max_length=100)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    dissolved_on = models.DateField(_("ngày giải thể"), null=True, blank=True)
    search_text = models.CharField(max_length=150, editable=False, db_index=True)
    sort_key = models.CharField(max_length=400, editable=False, db_index=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "code"]
        verbose_name = _("đơn vị")
        verbose_name_plural = _("đơn vị")
        constraints = [
            # A code is given on: the ward that took over from ten others bears the code of one of them.
            models.UniqueConstraint(
                fields=["code"], condition=Q(dissolved_on=None), name="one_standing_unit_a_code"
            )
        ]

    def __str__(self) -> str:
        return titled(self.kind, self.name)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fill_search_columns()
        super().save(*args, **kwargs)

    def fill_search_columns(self) -> None:
        # Signs that fold into several, as "ﬃ" does, could make it longer than the column.
        self.search_text = fold(f"{self.code} {self}")[:150]
        self.sort_key = sort_key(self.name)[:400]

    @property
    def city(self) -> "Unit":
        """The province or city this unit belongs to; a province is its own."""
        return self.parent or self

    def is_dissolved(self, on: date) -> bool:
        """Whether the unit is no more on a day; `dissolved_on` is the first day without it."""
        return self.dissolved_on is not None and self.dissolved_on <= on

    def name_on(self, on: date) -> str:
        """What the unit was called on a day, with its district where it had one."""
        return named_on(self.versions.all(), on) or str(self)


class UnitVersion(models.Model):
    """What a unit was called, and what it was, from a day on, by which legal instrument."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="versions")
    since = models.DateField(_("từ ngày"))
    kind = models.CharField(max_length=20, choices=UnitKind)
    name = models.CharField(max_length=100)
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    legal_instrument = models.CharField(_("văn bản"), max_length=200, blank=True)

    class Meta:
        ordering = ["unit", "since"]
        constraints = [models.UniqueConstraint(fields=["unit", "since"], name="one_unit_version_a_day")]

    def __str__(self) -> str:
        return titled(self.kind, self.name)

    @property
    def full_name(self) -> str:
        """The name with the district the unit lay in: "Phường Trần Thành Ngọ, Quận Kiến An"."""
        is_in_a_district = self.parent is not None and self.parent.kind == UnitKind.DISTRICT
        return f"{self}, {self.parent}" if is_in_a_district else str(self)


def named_on(versions: "Iterable[UnitVersion]", on: date) -> str:
    """What a unit of these versions was called on a day: before the first that is known of, the oldest
    name; empty where none is known."""
    versions = sorted(versions, key=lambda version: version.since)
    said = [version for version in versions if version.since <= on] or versions[:1]
    return said[-1].full_name if said else ""


def with_versions(path: str = "") -> "models.Prefetch[Any]":
    """What `name_on` reads, fetched for all units below a path in one statement."""
    return models.Prefetch(f"{path}versions", UnitVersion.objects.select_related("parent"))


class Succession(models.Model):
    """Which unit took over from which, wholly or in part, on which day."""

    predecessor = models.ForeignKey(Unit, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Unit, models.PROTECT, related_name="inheritances")
    since = models.DateField()
    is_partial = models.BooleanField(default=False)
    legal_instrument = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor", "since"], name="one_succession_a_pair"
            )
        ]


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class Address(models.TextChoices):
    """How a person is addressed in letters and in the record."""

    MR = "mr", _("Ông")
    MRS = "mrs", _("Bà")
    NONE = "", "—"


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """A person who signs in with an office e-mail; what they may do comes from appointments."""

    email = models.EmailField(_("thư điện tử"), unique=True)
    full_name = models.CharField(_("họ và tên"), max_length=150)
    address = models.CharField(_("xưng hô"), max_length=3, choices=Address, default=Address.NONE, blank=True)
    language = models.CharField(
        _("ngôn ngữ"), max_length=2, choices=[("vi", "Tiếng Việt"), ("en", "English")], default="vi"
    )
    is_active = models.BooleanField(_("đang dùng"), default=True)
    is_staff = models.BooleanField(_("vào trang quản trị"), default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    search_text = models.CharField(max_length=450, editable=False, db_index=True)
    sort_key = models.CharField(max_length=600, editable=False)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        ordering = ["sort_key", "id"]
        verbose_name = _("người dùng")
        verbose_name_plural = _("người dùng")

    def __str__(self) -> str:
        return self.full_name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.strip().lower()
        self.fill_search_columns()
        super().save(*args, **kwargs)

    def fill_search_columns(self) -> None:
        self.search_text = fold(f"{self.full_name} {self.email}")[:450]
        self.sort_key = name_sort_key(self.full_name)[:600]

    @property
    def formal_name(self) -> str:
        """The name as the record says it: "Bà Trần Thị Hạnh"."""
        return f"{self.get_address_display()} {self}" if self.address else str(self)


class Role(models.TextChoices):
    CHAIRPERSON = "chairperson", _("Chủ tịch UBND")
    VICE_CHAIR = "vice_chair", _("Phó Chủ tịch UBND")
    STAFF = "staff", _("Công chức")
    COORDINATOR = "coordinator", _("Đầu mối ISO")
    AUDITOR = "auditor", _("Cán bộ kiểm tra")
    ADMINISTRATOR = "administrator", _("Quản trị")


#: Offices held at the city, over all of its units; all others are held in one commune-level unit.
CITY_ROLES = (Role.AUDITOR, Role.ADMINISTRATOR)


class Department(models.TextChoices):
    """Offices of a commune-level People's Committee that lead an indicator."""

    VP = "VP", _("Văn phòng HĐND và UBND")
    KT = "KT", _("Phòng Kinh tế (Kinh tế, Hạ tầng và Đô thị)")
    VHXH = "VHXH", _("Phòng Văn hóa – Xã hội")
    CA = "CA", _("Công an")
    QS = "QS", _("Ban Chỉ huy Quân sự")


class CurrentQuerySet(models.QuerySet[Any]):
    """Rows that hold from `since` up to, but not including, `until`."""

    def current(self, on: date | models.Expression) -> Any:
        return self.filter(Q(until=None) | Q(until__gt=on), since__lte=on)


class Appointment(models.Model):
    """An office a person holds in a unit from `since`; `until` is the first day without it."""

    user = models.ForeignKey(User, models.PROTECT, related_name="appointments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="appointments")
    role = models.CharField(_("chức vụ"), max_length=20, choices=Role)
    department = models.CharField(_("bộ phận"), max_length=10, choices=Department, blank=True)
    since = models.DateField(_("từ ngày"))
    until = models.DateField(_("thôi từ ngày"), null=True, blank=True)

    objects = CurrentQuerySet.as_manager()

    class Meta:
        verbose_name = _("chức vụ")
        verbose_name_plural = _("chức vụ")
        indexes = [
            models.Index(fields=["user", "role", "unit"], name="appointment_by_user"),
            models.Index(fields=["unit", "role", "user"], name="appointment_by_unit"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("since")),
                name="appointment_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.unit}"


class Delegation(models.Model):
    """One office-holder lets another act and be told in their place; `until` as in appointments.

    From a chairperson to a vice-chair it passes on the right to chair the unit; from anyone it
    names the deputy who is told during leave.
    """

    giver = models.ForeignKey(User, models.PROTECT, related_name="delegations_given")
    taker = models.ForeignKey(User, models.PROTECT, related_name="delegations_taken")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="delegations")
    since = models.DateField(_("từ ngày"))
    until = models.DateField(_("thôi từ ngày"), null=True, blank=True)
    reason = models.CharField(_("lý do"), max_length=200, blank=True)

    objects = CurrentQuerySet.as_manager()

    class Meta:
        verbose_name = _("ủy quyền")
        verbose_name_plural = _("ủy quyền")
        constraints = [
            models.CheckConstraint(condition=~Q(giver=models.F("taker")), name="delegation_to_other"),
        ]


# Django looks for models here.
from .access import AccessToken  # noqa: E402, F401
