"""What the city says of a case it has looked into."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Verdict(models.TextChoices):
    """What an audit note concludes; a note may also conclude nothing yet."""

    HOLDS = "holds", _("Đạt")
    UNCLEAR = "unclear", _("Cần làm rõ")
    FAILS = "fails", _("Không đạt")
