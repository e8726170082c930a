"""The table of follow-through as seen: its columns, on the page and to take away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from workflow.export import Table

from .follow_through import Figures
from .vocabulary import Stage


def _median(stage: Stage) -> Callable[[Figures], Any]:
    return lambda figures: figures.median(stage.value)


#: What each column is called in an address and to a reader, and what it says of a row.
COLUMNS: tuple[tuple[str, Any, Callable[[Figures], Any]], ...] = (
    ("opened", _("Mở"), lambda f: f.opened),
    ("on_time", _("Hoàn thành đúng hạn"), lambda f: f.on_time),
    ("late", _("Hoàn thành trễ hạn"), lambda f: f.late),
    ("open_late", _("Đang quá hạn"), lambda f: f.open_late),
    ("closed", _("Đã đóng"), lambda f: f.closed),
    ("recurring", _("Tái diễn"), lambda f: f.recurring),
    ("assign", _("Số ngày phân công (trung vị)"), _median(Stage.ASSIGN)),
    ("complete", _("Số ngày thực hiện (trung vị)"), _median(Stage.COMPLETE)),
    ("verify", _("Số ngày xác nhận (trung vị)"), _median(Stage.VERIFY)),
    ("check", _("Số ngày đánh giá hiệu lực (trung vị)"), _median(Stage.CHECK)),
)

FOLLOW_THROUGH = Table(
    "theo-doi-khac-phuc",
    _("Theo dõi khắc phục"),
    (
        (_("Mã đơn vị"), lambda row: row.unit.code),
        (_("Đơn vị"), lambda row: str(row.unit)),
        *((name, lambda row, value=value: value(row.figures)) for _key, name, value in COLUMNS),
    ),
)
