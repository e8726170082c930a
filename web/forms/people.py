"""What the pages of people ask: who, which office, who stands in, who takes over."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from actions.people import Standing, of_unit, standing_as
from organisations.deputies import LONGEST_REASON
from organisations.models import Address, Department, Role, Unit, User
from organisations.people import is_address_of
from workflow.words import saying, words_of

from .fields import CHOOSE, Form, day, people_of, people_of_units, text
from .filters import UNITS_SUGGESTED


class PeopleFilter(Form):
    """What a list of people may be narrowed by."""

    search = forms.CharField(label=_("Tên hoặc thư điện tử"), required=False)
    unit = forms.CharField(label=_("Đơn vị"), required=False)
    status = forms.ChoiceField(
        label=_("Tình trạng"),
        required=False,
        choices=[("", _("Tất cả")), *Standing.choices],
    )
    after = forms.IntegerField(required=False, widget=forms.HiddenInput, max_value=2**63 - 1)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter-%s")
        self.fields["search"].widget.attrs |= {"type": "search", "autocomplete": "off"}
        self.fields["unit"].widget.attrs |= {"list": "units", "autocomplete": "off"}
        self.is_valid()

    def apply(self, people: Any) -> Any:
        given = self.cleaned_data
        people = of_unit(saying(people, given.get("search", "")), given.get("unit", ""))
        return standing_as(people, given["status"]) if given.get("status") else people

    def is_narrowed(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("search", "unit", "status"))

    def address_after(self, person: User | None) -> str:
        query: Any = self.data.copy()  # type: ignore[attr-defined]
        query.pop("after", None)
        if person:
            query["after"] = str(person.pk)
        return "?" + query.urlencode()


class PersonForm(Form):
    """Somebody new."""

    full_name = forms.CharField(label=_("Họ và tên"), max_length=150)
    address = forms.ChoiceField(label=_("Xưng hô"), choices=Address.choices, required=False)
    email = forms.CharField(label=_("Thư điện tử công vụ"), max_length=254)
    language = forms.ChoiceField(
        label=_("Ngôn ngữ"), choices=[("vi", "Tiếng Việt"), ("en", "English")], initial="vi"
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="person-%s")
        self.fields["email"].widget.input_type = "email"
        for name in ("full_name", "email"):
            self.fields[name].is_asked = True


class OfficeForm(Form):
    """An office in one of the units of the cities that somebody administers."""

    unit = forms.CharField(label=_("Đơn vị"), help_text=_("Gõ mã hoặc tên, rồi chọn trong danh sách."))
    role = forms.ChoiceField(label=_("Chức vụ"), choices=Role.choices)
    department = forms.ChoiceField(
        label=_("Bộ phận"), required=False, choices=[("", "—"), *Department.choices]
    )
    since = day(label=_("Từ ngày"))
    until = day(label=_("Thôi từ ngày"), required=False, help_text=_("Để trống nếu chưa biết."))

    def __init__(self, units: Any, data: Any = None, *, on: date) -> None:
        super().__init__(data, auto_id="office-%s", initial={"since": on})
        self.units = units
        self.suggested = list(units[: UNITS_SUGGESTED + 1])
        if len(self.suggested) > UNITS_SUGGESTED:
            self.suggested = []
        self.fields["unit"].widget.attrs |= {"list": "office-units", "autocomplete": "off"}
        for name in ("unit", "role", "since"):
            self.fields[name].is_asked = True

    def clean_unit(self) -> Unit:
        """The unit whose code stands first, or the only one that has all the words."""
        words = words_of(self.cleaned_data["unit"])
        found = self.units.filter(code=words[0]) if words else self.units.none()
        if not found:
            found = saying(self.units.all(), self.cleaned_data["unit"])
        named = list(found[:2])
        if len(named) != 1:
            raise forms.ValidationError(_("Không rõ đơn vị nào; hãy nhập mã đơn vị."))
        return named[0]


class EndForm(Form):
    """The first day without an office."""

    until = day(label=_("Thôi từ ngày"))

    def __init__(self, key: str, data: Any = None, *, on: date) -> None:
        super().__init__(data, auto_id=f"{key}-%s", initial={"until": on})


class DeputyForm(Form):
    """Who stands in for a person, where, and for how long."""

    unit: Any = forms.ModelChoiceField(label=_("Đơn vị"), queryset=None, empty_label=None)
    taker: Any = forms.ModelChoiceField(label=_("Người thay"), queryset=None, empty_label=CHOOSE)
    since = day(label=_("Từ ngày"))
    until = day(label=_("Đến trước ngày"), required=False, help_text=_("Ngày làm việc trở lại."))
    reason = forms.CharField(label=_("Lý do"), required=False, max_length=LONGEST_REASON)

    def __init__(
        self, giver: User, units: list[Unit], data: Any = None, *, on: date, reader: User | None = None
    ) -> None:
        """For a reader to choose from: not themselves."""
        super().__init__(data, auto_id="deputy-%s", initial={"since": on})
        keys = [unit.pk for unit in units]
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=keys)
        if len(units) == 1:
            self.fields["unit"].widget = forms.HiddenInput()
            self.initial["unit"] = keys[0]
        here = people_of_units(keys, on)
        self.fields["taker"].queryset = here.exclude(pk__in=[p.pk for p in (giver, reader) if p])
        for name in ("taker", "since"):
            self.fields[name].is_asked = True


class HandOverForm(Form):
    """To whom everything goes, and why."""

    to: Any = forms.ModelChoiceField(label=_("Người nhận"), queryset=None, empty_label=CHOOSE)
    note = text(label=_("Ý kiến, lý do"), rows=2, required=False)

    def __init__(self, giver: User, unit: Unit, data: Any = None, *, on: date) -> None:
        super().__init__(data, auto_id=f"hand-over-{unit.pk}-%s")
        self.fields["to"].queryset = people_of(unit.pk, on).exclude(pk=giver.pk)
        self.fields["to"].is_asked = True


class TypedForm(Form):
    """A deed that cannot be undone is typed out."""

    typed = forms.CharField(label=_("Gõ lại thư điện tử của người này để xác nhận"), max_length=254)

    def __init__(self, person: User, data: Any = None) -> None:
        super().__init__(data, auto_id="typed-%s")
        self.person = person
        self.fields["typed"].is_asked = True
        self.fields["typed"].widget.attrs["autocomplete"] = "off"

    def clean_typed(self) -> str:
        if not is_address_of(self.person, self.cleaned_data["typed"]):
            raise forms.ValidationError(_("Chưa khớp với thư điện tử của người này."))
        return self.cleaned_data["typed"]
