"""Ratings between preview and confirmation, from a workbook or typed in the page: one way of recording."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from django.contrib.sessions.backends.base import SessionBase
from django.core.files.base import ContentFile

from indicators.operations import Report, Row, record_assessments
from indicators.workbook import read_rows
from organisations.models import User

from . import uploads

#: Where a workbook waits that was refused, to be mended in the page.
REFUSED = "refused workbook"
#: What the record calls the source of ratings that came by no file.
IN_THE_PAGE = "Nhập trên trang"


class Meant(NamedTuple):
    """What ratings are meant for; no unit where the file says it row by row."""

    unit: str
    period: str
    kind: str


def keep_typed(session: SessionBase, rows: Iterable[Row], meant: Meant) -> uploads.Waiting:
    """Keep what was typed as an uploaded file is kept, so that all that follows is the same."""
    content = json.dumps([list(row) for row in rows], ensure_ascii=False).encode()
    return uploads.keep(session, ContentFile(content, name=IN_THE_PAGE), **meant._asdict(), typed="yes")


def is_typed(waiting: uploads.Waiting) -> bool:
    return "typed" in waiting.meant


def meant_by(waiting: uploads.Waiting) -> Meant:
    return Meant(*(waiting.meant[name] for name in Meant._fields))


def rows_of(waiting: uploads.Waiting) -> list[Row]:
    """The ratings that wait; Refused where a file cannot be read."""
    if is_typed(waiting):
        return [Row(*row) for row in json.loads(waiting.content().read())]
    meant = meant_by(waiting)
    return read_rows(waiting.content(), name=waiting.name, unit_code=meant.unit or None, period=meant.period)


def record(waiting: uploads.Waiting, *, by: User, dry_run: bool) -> tuple[list[Row], Report]:
    """Record what waits, or see what that would do."""
    rows, meant = rows_of(waiting), meant_by(waiting)
    report = record_assessments(
        rows,
        period=meant.period,
        kind=meant.kind,
        by=by,
        dry_run=dry_run,
        source_name=waiting.name,
        source_sha256="" if is_typed(waiting) else waiting.sha256,
    )
    return rows, report
