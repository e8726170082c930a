"""The units of before 1 July 2025, for a city that starts with those of today."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from organisations.history import load_history, read_succession
from organisations.lineage import dissolved_predecessors
from organisations.loading import FIRST_DAY, BadTable
from organisations.models import Succession, Unit, UnitVersion

pytestmark = pytest.mark.django_db
JUNE, JULY = date(2025, 6, 30), date(2025, 7, 1)


def load(*words: str) -> str:
    out = StringIO()
    call_command("load_units", *words, stdout=out)
    return out.getvalue()


def test_hai_phong_before_the_change_and_loading_again_changes_nothing() -> None:
    assert "Đơn vị trước 01/07/2025: 400 mới." in load("--province", "31", "--history")
    stored = [model.objects.count() for model in (Unit, UnitVersion, Succession)]
    assert Unit.objects.filter(kind="district", dissolved_on=FIRST_DAY).count() == 26
    assert Unit.objects.filter(kind="township").count() > 10
    again = load("--province", "31", "--history")
    assert "0 mới, 0 thay đổi" in again
    assert "01/07/2025: 0 mới." in again
    assert stored == [model.objects.count() for model in (Unit, UnitVersion, Succession)]


def test_two_units_bore_one_code_and_each_has_its_name_of_the_time() -> None:
    load("--province", "31", "--history")
    old, new = Unit.objects.filter(code="11443").order_by("pk").reverse()
    assert (str(old), old.dissolved_on, old.parent.code) == ("Phường Trần Thành Ngọ", FIRST_DAY, "31")
    assert old.name_on(JUNE) == "Phường Trần Thành Ngọ, Quận Kiến An"
    assert (str(new), new.dissolved_on, new.name_on(JULY)) == ("Phường Kiến An", None, "Phường Kiến An")
    township = Unit.objects.get(code="11656")
    assert township.name_on(JUNE) == "Thị trấn Trường Sơn, Huyện An Lão"


def test_a_district_was_succeeded_by_all_who_received_any_of_its_communes() -> None:
    load("--province", "31", "--history")
    kien_an = Unit.objects.get(code="307")
    assert str(kien_an) == kien_an.name_on(JUNE) == "Quận Kiến An"
    heirs = kien_an.successions.values_list("successor__code", "is_partial")
    assert set(heirs) == {("11443", True), ("11446", True)}
    phu_lien = Unit.objects.get(code="11446", dissolved_on=None)
    behind = Unit.objects.filter(pk__in=dissolved_predecessors([phu_lien.pk], on=JULY))
    assert {"307", "313", "11656", "11449", "11446"} <= set(behind.values_list("code", flat=True))
    assert not dissolved_predecessors([phu_lien.pk], on=JUNE)


def test_it_asks_for_the_units_of_today_and_for_a_province_it_knows() -> None:
    with pytest.raises(BadTable, match="load_units"):
        load_history("31", read_succession("31"))
    with pytest.raises(CommandError, match="mã 01"):
        load("--province", "01", "--history")
    with pytest.raises(CommandError, match="--province"):
        load("--all", "--history")
    assert not Succession.objects.exists()


def test_old_units_that_still_stand_are_not_taken_for_the_new_ones() -> None:
    load("--province", "31")
    Unit.objects.filter(code="11443").update(name="Trần Thành Ngọ")
    UnitVersion.objects.filter(unit__code="11443").update(name="Trần Thành Ngọ")
    with pytest.raises(BadTable, match="11443"):
        load_history("31", read_succession("31"))


def test_a_unit_that_went_on_by_itself_keeps_its_row_and_remembers_its_district() -> None:
    load("--province", "31")
    row = {
        "old_code": "11443", "old_kind": "commune", "old_name": "Kiến An Cũ", "old_district_code": "307",
        "old_district": "Quận Kiến An", "new_code": "11443", "new_kind": "ward", "new_name": "Kiến An",
    }  # fmt: skip
    assert load_history("31", [row]) == 1  # the district
    unit = Unit.objects.get(code="11443")
    assert (unit.name_on(JUNE), unit.name_on(JULY)) == ("Xã Kiến An Cũ, Quận Kiến An", "Phường Kiến An")
    assert not unit.inheritances.exclude(predecessor__kind="district").exists()


def test_loading_a_table_again_leaves_alone_what_an_act_has_changed_since() -> None:
    load("--province", "31")
    later = date(2026, 4, 30)
    Unit.objects.filter(code="11443").update(name="Kiến An Mới")
    changed = Unit.objects.get(code="11443")
    changed.versions.create(since=later, kind="ward", name="Kiến An Mới", legal_instrument="NQ 237")
    Unit.objects.filter(code="11446").update(dissolved_on=later)
    assert "0 mới, 0 thay đổi" in load("--province", "31")
    assert Unit.objects.get(code="11443").name == "Kiến An Mới"
    assert Unit.objects.get(code="11446").dissolved_on == later
