"""How the city moves, as a page shows it: the trend, the movers, and with whom the late cases are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from audits.late import Holder
from audits.trend import Counted, Mover
from audits.vocabulary import Post
from indicators.models import Colour

from .charts import Series, stacked
from .forms.overview import OverviewFilter, address
from .overview import COUNTED, Figure


def trend_rows(told: list[Counted], filters: OverviewFilter) -> list[tuple[str, list[Figure]]]:
    """Each period with its counts, each leading to the ratings behind it."""
    path = reverse("overview-ratings")
    return [
        (
            one.period.code,
            [
                Figure(
                    str(colour.label),
                    one.colours[colour],
                    address(path, **filters.scope() | {"period": one.period.code, "colour": colour.value}),
                )
                for colour in COUNTED
            ],
        )
        for one in told
    ]


def trend_chart(told: list[Counted]) -> SafeString:
    """What is not green, period by period: green would leave the rest too small to be seen."""
    dresses = {Colour.RED: "chart-red", Colour.YELLOW: "chart-yellow", Colour.NOT_RATED: "chart-grey"}
    return stacked(
        _("Số chỉ số Đỏ, Vàng và chưa đánh giá theo kỳ"),
        [one.period.code for one in told],
        [Series(dress, str(c.label), [one.colours[c] for one in told]) for c, dress in dresses.items()],
    )


def mover_rows(movers: Iterable[Mover], periods: tuple[str, str], filters: OverviewFilter) -> list[Any]:
    """(unit, change, figure before, figure now) of each unit that moved."""
    path = reverse("overview-ratings")

    def figure(mover: Mover, period: str, number: int) -> Figure:
        asked = {"period": period, "unit": mover.unit.pk, "colour": "problem"}
        return Figure(period, number, address(path, **filters.scope() | asked))

    return [(m.unit, m.change, figure(m, periods[0], m.before), figure(m, periods[1], m.now)) for m in movers]


def holder_rows(holders: Iterable[Holder], filters: OverviewFilter) -> list[tuple[Holder, Figure]]:
    """Each holder with the number of late cases and the list of them."""
    path, query = reverse("cases"), {"state": "live", "overdue": "on"}
    return [
        (
            holder,
            Figure(
                "",
                holder.cases,
                address(
                    path,
                    **query,
                    unit_key=holder.unit.pk,
                    held=holder.post.value,
                    assignee=holder.person.pk if holder.person and holder.post == Post.ASSIGNEE else None,
                    group=filters.given.get("group"),
                ),
            ),
        )
        for holder in holders
    ]
