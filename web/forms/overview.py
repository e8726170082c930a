"""What the figures of a city may be narrowed by; what cannot be understood narrows nothing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from audits.follow_through import NEWEST, bounds
from audits.ratings import PROBLEM, is_of
from audits.vocabulary import Rated
from indicators.models import Colour, Group, Indicator, Period
from organisations.models import UnitKind, UnitQuerySet

from .fields import Form
from .figures import MAX_KEY

ALL = [("", _("Tất cả"))]
KINDS = [(kind.value, kind.label) for kind in (UnitKind.WARD, UnitKind.COMMUNE, UnitKind.SPECIAL_ZONE)]
#: How large the cells of the heat map are drawn.
SIZES = {"compact": _("Gọn"), "normal": _("Vừa"), "wide": _("Rộng")}


def address(path: str, **query: Any) -> str:
    """An address with those parts of its query that say something."""
    said = {name: value for name, value in query.items() if value not in (None, "", False)}
    return f"{path}?{urlencode(said)}" if said else path


class FiguresForm(Form):
    """A form in the address whose period is one of those rated; the first of them where none is chosen."""

    kind = forms.ChoiceField(label=_("Loại đơn vị"), required=False, choices=[*ALL, *KINDS])

    def __init__(self, data: Any, *, periods: list[Period]) -> None:
        super().__init__(data, auto_id="filter-%s")
        self.periods = {period.code: period for period in periods}
        for name, field in self.fields.items():
            if name.startswith("period"):
                field.choices = [(code, code) for code in self.periods]
        self.is_valid()
        self.given: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value}

    def units(self, units: UnitQuerySet) -> UnitQuerySet:
        return units.filter(kind=self.given["kind"]) if "kind" in self.given else units


class OverviewFilter(FiguresForm):
    period = forms.ChoiceField(label=_("Kỳ đánh giá"), required=False)
    rated = forms.ChoiceField(label=_("Theo đánh giá của"), required=False, choices=Rated.choices)
    group = forms.ChoiceField(label=_("Nhóm chỉ số"), required=False, choices=[*ALL, *Group.choices])
    colour = forms.ChoiceField(
        label=_("Mức đánh giá"),
        required=False,
        choices=[*ALL, (PROBLEM, _("Đỏ hoặc Vàng")), *Colour.choices],
    )
    late = forms.BooleanField(label=_("Chỉ chỗ quá hạn"), required=False)
    size = forms.ChoiceField(required=False, choices=SIZES.items(), widget=forms.HiddenInput)
    field_order = ("period", "rated", "kind", "group", "colour", "late")

    @property
    def chosen_period(self) -> Period:
        return self.periods.get(self.given.get("period", "")) or next(iter(self.periods.values()))

    @property
    def whose(self) -> str:
        return self.given.get("rated", Rated.NEWEST)

    @property
    def zoom(self) -> str:
        return self.given.get("size", "compact")

    def scope(self) -> dict[str, Any]:
        """What the ratings counted are, as the query of the list behind them."""
        given = {name: self.given.get(name) for name in ("rated", "kind", "group")}
        return {"period": self.chosen_period.code, **given}

    def at_size(self, size: str) -> str:
        return address("", **self.given | {"size": size})

    def has(self, colour: str) -> bool:
        """Whether a cell of this colour is asked for."""
        return is_of(colour, self.given.get("colour", ""))


class RatingsFilter(OverviewFilter):
    """The list of ratings behind a figure: of a unit or an indicator too, page by page."""

    late: Any = None
    size: Any = None
    unit = forms.IntegerField(required=False, min_value=1, max_value=MAX_KEY, widget=forms.HiddenInput)
    indicator: Any = forms.ModelChoiceField(
        queryset=Indicator.objects.all(), to_field_name="code", required=False, widget=forms.HiddenInput
    )
    after = forms.IntegerField(required=False, min_value=1, max_value=MAX_KEY, widget=forms.HiddenInput)

    def at_unit(self, key: int | None) -> str:
        """The address of the page after a unit, or without one of the first."""
        given = self.given | {"after": key}
        if "indicator" in given:
            given["indicator"] = given["indicator"].code
        return address("", **given) or "?"

    def indicators(self) -> list[Indicator]:
        if "indicator" in self.given:
            return [self.given["indicator"]]
        found = Indicator.objects.all()
        return list(found.filter(group=self.given["group"]) if "group" in self.given else found)

    def units(self, units: UnitQuerySet) -> UnitQuerySet:
        found = super().units(units)
        return found.filter(pk=self.given["unit"]) if "unit" in self.given else found


class FollowFilter(FiguresForm):
    period_from = forms.ChoiceField(label=_("Từ kỳ"), required=False)
    period_to = forms.ChoiceField(label=_("Đến kỳ"), required=False)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("period_from", "period_to", "kind")

    def __init__(self, data: Any, *, periods: list[Period]) -> None:
        names = ("period_from", "period_to")
        newest = bounds(periods[:NEWEST]) if periods else ()
        self.shown = dict(zip(names, newest, strict=False))
        super().__init__({name: p.code for name, p in self.shown.items()} | data.dict(), periods=periods)

    def between(self) -> tuple[Period, Period]:
        """The period that starts first and the one that ends last; without a choice of the newest four."""
        return bounds(
            self.periods.get(self.given.get(name, "")) or otherwise for name, otherwise in self.shown.items()
        )

    def within(self) -> list[Period]:
        """The periods in between, newest first, as far back as a chart goes."""
        first, last = self.between()
        found = self.periods.values()
        return [p for p in found if p.starts_on >= first.starts_on and p.ends_on <= last.ends_on][:8]

    def scope(self) -> dict[str, Any]:
        first, last = self.between()
        return {"period_from": first.code, "period_to": last.code}

    def sorted_by(self, key: str) -> str:
        """The address of the same table sorted by a column: the largest first, or turned round."""
        turned = "" if self.given.get("sort") == f"-{key}" else "-"
        return address("", **self.given | {"sort": f"{turned}{key}"})
