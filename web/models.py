"""What people keep of the pages for themselves: the lists they come back to."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedFilter(models.Model):
    """A list of cases somebody comes back to, under a name of their own."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters")
    name = models.CharField(_("tên"), max_length=60)
    #: The query of the list's address, in canonical order, without the page.
    query = models.CharField(max_length=1000)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("bộ lọc đã lưu")
        verbose_name_plural = _("bộ lọc đã lưu")
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_saved_filter_a_name")]

    def __str__(self) -> str:
        return self.name
