"""Reference data of the catalogue and the periods, for superusers."""

from django.contrib import admin

from organisations.admin import ForSuperusers

from .models import Catalogue, Indicator, Period


@admin.register(Catalogue)
class CatalogueAdmin(ForSuperusers):
    list_display = ["edition", "source", "loaded_at", "compared_on"]


@admin.register(Indicator)
class IndicatorAdmin(ForSuperusers):
    """The 39 codes are the standard's: only who leads an indicator is decided here."""

    list_display = ["code", "title_vi", "lead_department", "catalogue"]
    list_filter = ["group"]
    list_select_related = ["catalogue"]
    readonly_fields = ["code", "group", "position", "title_vi", "title_en", "sdgs", "catalogue"]

    def has_add_permission(self, request):
        return False


@admin.register(Period)
class PeriodAdmin(ForSuperusers):
    list_display = ["code", "starts_on", "ends_on"]
