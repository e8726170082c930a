"""Units, people and offices for superusers: to read, but for people and a city's administrators."""

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Appointment, Delegation, Role, Succession, Unit, UnitKind, UnitVersion, User
from .offices import hold, hold_unit, wrong_office


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
class UnitAdmin(ToRead):
    list_display = ["code", "kind", "name", "parent", "dissolved_on"]
    list_filter = ["kind"]
    search_fields = ["code", "search_text"]
    list_select_related = ["parent"]


@admin.register(UnitVersion)
class UnitVersionAdmin(ToRead):
    list_display = ["unit", "since", "kind", "name", "legal_instrument"]
    list_select_related = ["unit"]


@admin.register(Succession)
class SuccessionAdmin(ToRead):
    list_display = ["predecessor", "successor", "since", "is_partial"]
    list_select_related = ["predecessor", "successor"]


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


class AdministratorForm(forms.ModelForm):
    """An administrator for a city that has none yet to give the office; never oneself."""

    by: User

    class Meta:
        model = Appointment
        fields = ["user", "role", "unit", "since"]

    def clean(self):
        given = super().clean()
        person, role, unit, since = (given.get(name) for name in self.Meta.fields)
        if not (person and role and unit and since):
            return given
        unit, (person,) = hold_unit(unit), hold(person)
        if person == self.by:
            self.add_error("user", _("Không ai tự giao chức vụ cho mình; hãy nhờ một quản trị khác."))
        errors = wrong_office(person, role, unit, since=since, until=None, on=timezone.localdate())
        for name, said in errors.items():
            self.add_error(name, said)
        return given


@admin.register(Appointment)
class AppointmentAdmin(ToRead):
    """Offices are given by a city's administrator; only these are named here."""

    form = AdministratorForm
    list_display = ["user", "role", "unit", "department", "since", "until"]
    list_filter = ["role"]
    search_fields = ["user__search_text", "unit__search_text"]
    list_select_related = ["user", "unit"]
    autocomplete_fields = ["user"]

    def has_add_permission(self, request):
        return request.user.is_superuser

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.by = request.user
        return form

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "role":
            kwargs["choices"] = [(Role.ADMINISTRATOR, Role.ADMINISTRATOR.label)]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "unit":
            kwargs["queryset"] = Unit.objects.filter(
                kind__in=(UnitKind.PROVINCE, UnitKind.CITY), parent=None, dissolved_on=None
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Delegation)
class DelegationAdmin(ToRead):
    list_display = ["giver", "taker", "unit", "since", "until"]
    list_select_related = ["giver", "taker", "unit"]
