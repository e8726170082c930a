"""Fields that the forms of a case share: days, texts, yes or no, people of a unit."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organisations.models import Appointment, User


class Form(forms.Form):
    """A form whose fields are looked at and changed by name."""

    fields: dict[str, Any]


def day(**given: Any) -> forms.DateField:
    """A day, picked from a calendar where the browser has one, else typed as dd/mm/yyyy."""
    return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **given)


def text(rows: int = 3, **given: Any) -> forms.CharField:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), **given)


def yes_or_no(**given: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        choices=[("yes", _("Có")), ("no", _("Không"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
        **given,
    )


class PeopleField(forms.ModelMultipleChoiceField):
    """Several people by key; what no key can be is nobody, before the database is asked."""

    def clean(self, value: Any) -> Any:
        for key in value or ():
            if not (key.isdecimal() and len(key) < 19):
                raise self._nobody(key)
        return super().clean(value)

    def _nobody(self, key: str) -> forms.ValidationError:
        said = self.error_messages["invalid_pk_value"]
        return forms.ValidationError(said, code="invalid_pk_value", params={"pk": key})


#: The first entry of a list of people.
CHOOSE = _("Chọn người")


def people_of(unit_id: int, on: date) -> Any:
    """Those who hold an office in a unit on a day, by given name."""
    return people_of_units([unit_id], on)


def people_of_units(units: Iterable[int], on: date) -> Any:
    """Those who hold an office in one of several units on a day."""
    held = Appointment.objects.current(on).filter(unit__in=units).values("user")
    return User.objects.filter(pk__in=held, is_active=True)


def people_to_choose(unit_id: int, on: date) -> list[tuple[int, str]]:
    """The same people as choices, for a page that draws many forms."""
    return [(user.pk, str(user)) for user in people_of(unit_id, on)]
