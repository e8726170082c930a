"""Editions of the catalogue as the administrator keeps them: shown before they hold, and written down."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from organisations.hands import Hand
from organisations.ledger import ADDITION, CHANGE, enter
from organisations.models import Department, User
from organisations.refusals import Invalid, NotYours

from .catalogue import BadCatalogue, load_catalogue
from .models import Catalogue, Indicator

LONGEST_NAME = 40
#: The 39 indicators take ten kilobytes.
MAX_BYTES = 200_000


class Reworded(NamedTuple):
    """An indicator with what an edition would call it, and whether that is another name."""

    indicator: Indicator
    title_vi: str
    title_en: str
    department: str
    is_changed: bool


def compare(rows: list[dict[str, Any]]) -> list[Reworded]:
    """What an edition would change, in the order of the standard; raises BadCatalogue."""
    known = {indicator.code: indicator for indicator in Indicator.objects.all()}
    codes = [str(row["code"]) for row in rows]
    if sorted(codes) != sorted(known):
        odd = ", ".join(sorted(set(codes) ^ set(known))) or _("trùng mã")
        said = _("Danh mục phải có đúng %(count)s mã của tiêu chuẩn: %(odd)s.")
        raise BadCatalogue(said % {"count": len(known), "odd": odd})
    found = [_compared(known[code], row) for code, row in zip(codes, rows, strict=True)]
    return sorted(found, key=lambda reworded: reworded.indicator.position)


def _compared(indicator: Indicator, row: dict[str, Any]) -> Reworded:
    new = (str(row["title_vi"]), str(row["title_en"]), str(row.get("lead_department") or ""))
    old = (indicator.title_vi, indicator.title_en, indicator.lead_department)
    department = str(Department(new[2]).label) if new[2] else ""
    return Reworded(indicator, new[0], new[1], department, new != old)


class Edition(NamedTuple):
    """An edition that was put in force, or would be: what it rewords, and whether it was there."""

    catalogue: Catalogue
    reworded: list[Reworded]
    is_replacement: bool


@transaction.atomic
def bring_in(rows: list[dict[str, Any]], *, edition: str, by: User, dry_run: bool, **more: Any) -> Edition:
    """Put an edition in force and say what that changes; a dry run does it and takes it back.

    Raises NotYours, Invalid, BadCatalogue.
    """
    _refuse_strangers(by)
    there, reworded = set(Catalogue.objects.values_list("edition", flat=True)), compare(rows)
    catalogue = put_in_force(rows, edition=edition, by=by, **more)
    if dry_run:
        transaction.set_rollback(True)
    return Edition(catalogue, reworded, catalogue.edition in there)


def in_force() -> Catalogue | None:
    """The edition whose wording holds."""
    return Catalogue.objects.filter(indicators__isnull=False).distinct().first()


@transaction.atomic
def put_in_force(
    rows: list[dict[str, Any]], *, edition: str, source: str, compared_on: date | None, by: User
) -> Catalogue:
    """An edition holds from now on for every page and workbook. Raises NotYours, Invalid, BadCatalogue."""
    _refuse_strangers(by)
    edition = " ".join(edition.split())
    if not 0 < len(edition) <= LONGEST_NAME or not edition.isprintable():
        raise Invalid(errors={"edition": [_("Nhập tên phiên bản, không quá 40 ký tự.")]})
    if compared_on:
        _refuse_days_to_come(compared_on)
    day = compared_on.isoformat() if compared_on else None
    catalogue = load_catalogue(rows, edition=edition, source=source[:200], compared_on=day)
    enter(catalogue, ADDITION, f"in force; compared_on: {day or ''}", by=by)
    return catalogue


@transaction.atomic
def mark_compared(catalogue: Catalogue, *, on: date, by: User) -> Catalogue:
    """Its titles were compared with the text of TCVN on a day. Raises NotYours, Invalid."""
    _refuse_strangers(by)
    _refuse_days_to_come(on)
    held = Catalogue.objects.select_for_update(no_key=True).get(pk=catalogue.pk)
    if held.compared_on != on:
        enter(held, CHANGE, f"compared_on: {held.compared_on or ''} → {on}", by=by)
        held.compared_on = on
        held.save(update_fields=["compared_on"])
    return held


def _refuse_strangers(by: User) -> None:
    if not Hand(by).cities_administered:
        raise NotYours(_("Chỉ quản trị của thành phố đổi danh mục chỉ số."))


def _refuse_days_to_come(on: date) -> None:
    if on > timezone.localdate() or on.year < 2000:
        raise Invalid(errors={"compared_on": [_("Ngày đối chiếu không được ở tương lai.")]})
