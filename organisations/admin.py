"""Reference data of units and people, for superusers; offices are given and ended here for now."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry

from .models import Appointment, Delegation, Succession, Unit, UnitVersion, User


class ForSuperusers(admin.ModelAdmin):
    """Reference data: added and changed by superusers, never deleted."""

    def has_module_permission(self, request):
        return request.user.is_superuser

    def has_delete_permission(self, request, obj=None):
        return False


class ToRead(ForSuperusers):
    """What only the operations write."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(LogEntry)
class LedgerAdmin(ToRead):
    """Who changed people, offices, calendar and policies."""

    list_display = ["action_time", "user", "content_type", "object_repr", "action_flag", "change_message"]
    list_filter = ["content_type", "action_flag"]
    list_select_related = ["user", "content_type"]


@admin.register(Unit)
class UnitAdmin(ForSuperusers):
    list_display = ["code", "kind", "name", "parent", "dissolved_on"]
    list_filter = ["kind"]
    search_fields = ["code", "search_text"]
    list_select_related = ["parent"]
    autocomplete_fields = ["parent"]


@admin.register(UnitVersion)
class UnitVersionAdmin(ForSuperusers):
    list_display = ["unit", "since", "kind", "name", "legal_instrument"]
    list_select_related = ["unit"]
    autocomplete_fields = ["unit", "parent"]


@admin.register(Succession)
class SuccessionAdmin(ForSuperusers):
    list_display = ["predecessor", "successor", "since", "is_partial"]
    list_select_related = ["predecessor", "successor"]
    autocomplete_fields = ["predecessor", "successor"]


@admin.register(User)
class UserAdmin(ForSuperusers):
    """People; a password is set by themselves through "Quên mật khẩu?"."""

    list_display = ["full_name", "email", "language", "is_active"]
    search_fields = ["search_text"]
    fields = ["email", "full_name", "address", "language", "is_active", "is_staff", "is_superuser"]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)


@admin.register(Appointment)
class AppointmentAdmin(ForSuperusers):
    list_display = ["user", "role", "unit", "department", "since", "until"]
    list_filter = ["role"]
    search_fields = ["user__search_text", "unit__search_text"]
    list_select_related = ["user", "unit"]
    autocomplete_fields = ["user", "unit"]


@admin.register(Delegation)
class DelegationAdmin(ForSuperusers):
    list_display = ["giver", "taker", "unit", "since", "until"]
    list_select_related = ["giver", "taker", "unit"]
    autocomplete_fields = ["giver", "taker", "unit"]
