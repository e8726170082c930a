"""Policy and calendar for superusers; cases and their record to look at, never to touch."""

from django.contrib import admin

from organisations.admin import ForSuperusers

from .models import CalendarDay, Case, Event, Policy


class ToRead(ForSuperusers):
    """What only the operations write."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Policy)
class PolicyAdmin(ForSuperusers):
    """A policy in use is never changed: a new one is added, valid from a later day."""

    list_display = ["colour", "valid_from", "assign_within_working_days", "complete_within_days", "verifier"]

    def has_change_permission(self, request, obj=None):
        return (obj is None or not obj.cases.exists()) and request.user.is_superuser


@admin.register(CalendarDay)
class CalendarDayAdmin(ForSuperusers):
    list_display = ["on", "name", "is_working", "is_certain", "source"]
    list_filter = ["is_working", "is_certain"]


@admin.register(Case)
class CaseAdmin(ToRead):
    list_display = ["number", "indicator", "unit", "state", "assignee", "turn_due_on"]
    list_filter = ["state", "colour"]
    search_fields = ["number"]
    list_select_related = ["indicator", "unit", "assignee"]


@admin.register(Event)
class EventAdmin(ToRead):
    list_display = ["case", "seq", "kind", "actor", "at"]
    list_filter = ["kind"]
    search_fields = ["case__number"]
    list_select_related = ["case__indicator", "case__unit", "actor"]
    ordering = ["-id"]
