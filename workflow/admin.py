"""Policy, calendar, cases and their record: to look at, for only the operations write them."""

from django.contrib import admin

from organisations.admin import ToRead

from .models import CalendarDay, Case, Event, Policy


@admin.register(Policy)
class PolicyAdmin(ToRead):
    list_display = ["colour", "valid_from", "assign_within_working_days", "complete_within_days", "verifier"]


@admin.register(CalendarDay)
class CalendarDayAdmin(ToRead):
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
