"""The words of the city's follow-up: verdicts, raters, how work was done, stages, who holds a case."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Verdict(models.TextChoices):
    """What an audit note concludes; a note may also conclude nothing yet."""

    HOLDS = "holds", _("Đạt")
    UNCLEAR = "unclear", _("Cần làm rõ")
    FAILS = "fails", _("Không đạt")


class Rated(models.TextChoices):
    """Whose ratings a figure counts; where either will do, the newer one of a unit and indicator."""

    NEWEST = "newest", _("Mới nhất của hai bên")
    SELF = "self", _("Đơn vị tự đánh giá")
    CITY = "city", _("Thành phố đánh giá")


class Done(models.TextChoices):
    """How the work of a case was reported complete, by the deadline it then had."""

    ON_TIME = "on_time", _("Hoàn thành đúng hạn")
    LATE = "late", _("Hoàn thành trễ hạn")


class Stage(models.TextChoices):
    """The stages whose days are counted, each from the end of the one before."""

    ASSIGN = "assign", _("Phân công")
    COMPLETE = "complete", _("Thực hiện")
    VERIFY = "verify", _("Xác nhận")
    CHECK = "check", _("Đánh giá hiệu lực")


class Post(models.TextChoices):
    """With whom a live case is: a person of the unit, its chair, or the city."""

    ASSIGNEE = "assignee", _("Người chủ trì")
    CHAIR = "chair", _("Chủ tịch đơn vị")
    CITY = "city", _("Cán bộ của thành phố")
