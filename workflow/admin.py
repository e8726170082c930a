"""Policy, calendar, cases and their record to look at, for only operations write them; the clock to set."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from organisations.admin import ForSuperusers, ToRead

from .models import CalendarDay, Case, Event, Policy, Round


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


ROUNDS = {
    "workflow.tasks.ring_due": _("Nhắc những hạn đã đến"),
    "notifications.tasks.tell": _("Báo những việc chưa ai được báo"),
    "notifications.tasks.deliver": _("Gửi thư đang chờ"),
    "notifications.tasks.deliver_webhooks": _("Gửi webhook đang chờ"),
}


@admin.register(Round)
class RoundAdmin(ForSuperusers):
    """How often the clock goes its rounds; a clock that runs follows within seconds."""

    list_display = ["said", "every_seconds", "is_on", "asked_at", "ran_at"]
    fields = ["said", "name", "task", "every_seconds", "is_on", "asked_at", "ran_at"]
    readonly_fields = ["said", "name", "task", "asked_at", "ran_at"]

    @admin.display(description=_("vòng"))
    def said(self, obj):
        return ROUNDS.get(obj.task, obj.name)

    def has_add_permission(self, request):
        return False

    def save_model(self, request, obj, form, change):
        # Only what was set here: the clock has gone on writing its instants meanwhile.
        obj.save(update_fields=["every_seconds", "is_on"])
