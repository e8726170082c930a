"""What was measured: the catalogue of 39 indicators, periods, assessments and their ratings."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from organisations.models import Department, Unit


class Catalogue(models.Model):
    """An edition of the wording of the 39 indicators.

    `compared_on` is the day its titles were compared with the TCVN text; until then every page
    that shows them says so.
    """

    edition = models.CharField(_("phiên bản"), max_length=40, unique=True)
    source = models.CharField(_("nguồn"), max_length=200, blank=True)
    loaded_at = models.DateTimeField(auto_now_add=True)
    compared_on = models.DateField(_("ngày đối chiếu với TCVN"), null=True, blank=True)

    class Meta:
        ordering = ["-loaded_at", "-id"]

    def __str__(self) -> str:
        return self.edition


class Group(models.IntegerChoices):
    """The four groups of Annex A of TCVN ISO 18091:2020."""

    INSTITUTIONS = 1, _("Phát triển thể chế để quản lý tốt")
    ECONOMY = 2, _("Phát triển kinh tế bền vững")
    SOCIETY = 3, _("Phát triển xã hội toàn diện")
    ENVIRONMENT = 4, _("Phát triển môi trường bền vững")


class Indicator(models.Model):
    """One of the 39 indicators: the code is the standard's and locked, the wording an edition's."""

    code = models.CharField(_("mã chỉ số"), max_length=5, unique=True)
    group = models.PositiveSmallIntegerField(_("nhóm"), choices=Group)
    position = models.PositiveSmallIntegerField(unique=True)
    title_vi = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    lead_department = models.CharField(_("bộ phận chủ trì"), max_length=10, choices=Department, blank=True)
    sdgs = models.JSONField(default=list)
    catalogue = models.ForeignKey(Catalogue, models.PROTECT, related_name="indicators")
    search_text = models.CharField(max_length=450, editable=False)

    class Meta:
        ordering = ["position"]
        verbose_name = _("chỉ số")
        verbose_name_plural = _("chỉ số")

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def title(self) -> str:
        return self.title_en if get_language() == "en" else self.title_vi


class Wording(models.Model):
    """What an edition of the catalogue called an indicator."""

    catalogue = models.ForeignKey(Catalogue, models.PROTECT, related_name="wordings")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="wordings")
    title_vi = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    title_status = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["catalogue", "indicator"], name="one_wording_an_edition")
        ]


class Period(models.Model):
    """A rating period: a quarter, a half-year or a year; both days belong to it."""

    code = models.CharField(_("mã kỳ"), max_length=10, unique=True)
    starts_on = models.DateField(_("từ ngày"))
    ends_on = models.DateField(_("đến hết ngày"))

    class Meta:
        ordering = ["-starts_on", "-ends_on"]
        verbose_name = _("kỳ đánh giá")
        verbose_name_plural = _("kỳ đánh giá")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="period_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return self.code

    def has_begun(self, on: date) -> bool:
        return self.starts_on <= on


class Colour(models.TextChoices):
    RED = "red", _("Đỏ")
    YELLOW = "yellow", _("Vàng")
    GREEN = "green", _("Xanh")
    NOT_RATED = "not_rated", _("Chưa đánh giá")
    NOT_APPLICABLE = "not_applicable", _("Không áp dụng")


#: The colours that ask for a case.
NEEDS_WORK = (Colour.RED, Colour.YELLOW)
NEEDS_WORK_CHOICES = [(colour.value, colour.label) for colour in NEEDS_WORK]


class Rater(models.TextChoices):
    """Whose rating it is; neither overwrites the other."""

    SELF = "self", _("Đơn vị tự đánh giá")
    CITY = "city", _("Thành phố đánh giá")


class Intake(models.Model):
    """One delivery of ratings, by a file, a page or the API, recorded in one transaction."""

    period = models.ForeignKey(Period, models.PROTECT, related_name="intakes")
    kind = models.CharField(max_length=4, choices=Rater)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    source_name = models.CharField(max_length=255, blank=True)
    source_sha256 = models.CharField(max_length=64, blank=True)


class Assessment(models.Model):
    """What one rater said of one unit in one period."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assessments")
    period = models.ForeignKey(Period, models.PROTECT, related_name="assessments")
    kind = models.CharField(max_length=4, choices=Rater)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "period", "kind"], name="one_assessment_a_unit_period_and_rater"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.period} · {self.get_kind_display()}"


class RatingQuerySet(models.QuerySet["Rating"]):
    def in_force(self) -> "RatingQuerySet":
        return self.filter(superseded_at=None)

    def beside(self, rating: "Rating") -> "RatingQuerySet":
        """What each rater says of the same unit and indicator in the same period."""
        assessment = rating.assessment
        said = self.in_force().filter(
            indicator=rating.indicator_id,
            assessment__unit=assessment.unit_id,
            assessment__period=assessment.period_id,
        )
        return said.select_related("assessment__period").order_by("assessment__kind")


class Rating(models.Model):
    """The colour of an indicator in an assessment; a correction supersedes it and keeps it."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="ratings")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="ratings")
    intake = models.ForeignKey(Intake, models.PROTECT, related_name="ratings")
    colour = models.CharField(_("mức đánh giá"), max_length=14, choices=Colour)
    finding = models.TextField(_("phát hiện"), blank=True)
    evidence_note = models.TextField(_("minh chứng"), blank=True)
    superseded_at = models.DateTimeField(null=True, editable=False)

    objects = RatingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "indicator"],
                condition=Q(superseded_at=None),
                name="one_rating_in_force",
            ),
            models.CheckConstraint(condition=Q(colour__in=Colour.values), name="rating_colour_is_known"),
        ]
