"""What an intake did, or would do, in the sentences a coordinator reads."""

from django.utils.translation import gettext as _

from .models import Colour
from .operations import Report


def summary(report: Report, *, dry_run: bool) -> list[str]:
    """Two or three lines: what was rated, what it opens, and whether it has been stored."""
    colours = report.colours
    lines = [
        _(
            "%(all)s đánh giá của %(units)s đơn vị: "
            "%(red)s đỏ, %(yellow)s vàng, %(green)s xanh, %(rest)s khác."
        )
        % {
            "all": sum(colours.values()),
            "units": report.units,
            "red": colours[Colour.RED],
            "yellow": colours[Colour.YELLOW],
            "green": colours[Colour.GREEN],
            "rest": colours[Colour.NOT_RATED] + colours[Colour.NOT_APPLICABLE],
        }
    ]
    if report.has_changed_nothing:
        return [*lines, _("Không có gì mới so với lần ghi trước.")]
    lines.append(
        _(
            "%(opened)s hồ sơ mới, %(recurrences)s tái diễn, %(rated_again)s đã có hồ sơ, "
            "%(confirmed)s đóng, %(reopened)s mở lại, %(cancelled)s hủy."
        )
        % {
            "opened": len(report.cases("opened")),
            "recurrences": len(report.cases("recurrence")),
            "rated_again": len(report.cases("rated_again")),
            "confirmed": len(report.cases("confirmed")),
            "reopened": len(report.cases("reopened")),
            "cancelled": len(report.cases("cancelled")),
        }
    )
    if dry_run:
        lines.append(_("Xem trước: chưa lưu gì."))
    return lines
