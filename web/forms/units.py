"""What the list of units may be narrowed by."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from organisations.models import Unit, UnitKind
from workflow.words import saying

from .fields import Form

DISSOLVED = "dissolved"


class UnitFilter(Form):
    search = forms.CharField(label=_("Tên hoặc mã"), required=False)
    kind = forms.ChoiceField(label=_("Loại"), required=False)
    status = forms.ChoiceField(
        label=_("Tình trạng"),
        required=False,
        choices=[("", _("Đang hoạt động")), (DISSOLVED, _("Đã giải thể"))],
    )
    after = forms.IntegerField(required=False, widget=forms.HiddenInput, max_value=2**63 - 1)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter-%s")
        self.fields["search"].widget.attrs |= {"type": "search", "autocomplete": "off"}
        self.fields["kind"].choices = [("", _("Tất cả")), *UnitKind.choices]
        self.is_valid()

    def apply(self, units: QuerySet[Unit], *, on: date) -> QuerySet[Unit]:
        given = self.cleaned_data
        is_gone = Q(dissolved_on__lte=on)
        units = units.filter(is_gone if given.get("status") == DISSOLVED else ~is_gone)
        units = saying(units, given.get("search", ""))
        return units.filter(kind=given["kind"]) if given.get("kind") else units

    def is_narrowed(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("search", "kind", "status"))

    def this_page(self, units: QuerySet[Unit]) -> QuerySet[Unit]:
        key = self.cleaned_data.get("after")
        last = Unit.objects.filter(pk=key).values_list("sort_key", "code", "pk").first() if key else None
        if last is None:
            return units
        name, code, pk = last
        same = Q(sort_key=name)
        return units.filter(Q(sort_key__gt=name) | same & (Q(code__gt=code) | Q(code=code, pk__gt=pk)))

    def address_after(self, unit: Unit | None) -> str:
        query: Any = self.data.copy()  # type: ignore[attr-defined]
        query.pop("after", None)
        if unit:
            query["after"] = str(unit.pk)
        return "?" + query.urlencode()
