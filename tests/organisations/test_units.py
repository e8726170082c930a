"""Units: known by code, found by any spelling, never mixed up."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from organisations.models import Unit, UnitVersion
from organisations.vietnamese import fold, name_sort_key, sort_key, spelling


def load(*words: str) -> str:
    out = StringIO()
    call_command("load_units", *words, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_hai_phong_has_its_114_units_and_loading_again_changes_nothing() -> None:
    load("--province", "31")
    kinds = [Unit.objects.filter(kind=kind).count() for kind in ("ward", "commune", "special_zone", "city")]
    assert kinds == [45, 67, 2, 1]
    assert "0 mới, 0 thay đổi" in load("--province", "31")
    assert UnitVersion.objects.count() == 115


@pytest.mark.django_db
def test_the_whole_country_has_3321_units_under_34_provinces_and_cities() -> None:
    load("--all")
    assert Unit.objects.exclude(parent=None).count() == 3321
    assert Unit.objects.filter(parent=None).count() == 34


@pytest.mark.django_db
def test_cam_giang_and_cam_giang_are_two_units_that_one_search_finds() -> None:
    load("--province", "31")
    named = Unit.objects.filter(code__in=["10888", "10903"]).order_by("code")
    assert [str(unit) for unit in named] == ["Xã Cẩm Giang", "Xã Cẩm Giàng"]
    found = Unit.objects.filter(search_text__contains=fold("cam giang"))
    assert set(named) == set(found)
    assert len({unit.sort_key for unit in named}) == 2


@pytest.mark.django_db
def test_a_renamed_unit_keeps_its_code_and_its_old_name(tmp_path) -> None:
    load("--province", "31")
    table = tmp_path / "units.csv"
    table.write_text("province,code,kind,name\n31,11443,ward,Kiến An Mới\n", encoding="utf-8")
    assert "1 thay đổi" in load("--file", str(table))
    unit = Unit.objects.get(code="11443")
    assert unit.name == "Kiến An Mới"
    assert unit.versions.get(since=date(2025, 7, 1)).name == "Kiến An"
    assert Unit.objects.get(search_text__contains="kien an moi") == unit


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("province,code,kind,name\n31,11443,village,X\n", "dòng 2: không có loại đơn vị “village”"),
        ("province,code\n31,11443\n", "thiếu cột kind, name"),
    ],
)
def test_a_bad_table_is_refused_with_its_line(tmp_path, content: str, says: str) -> None:
    table = tmp_path / "units.csv"
    table.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=says):
        load("--file", str(table))
    assert not Unit.objects.exists()


def test_a_search_does_not_care_where_the_tone_stands() -> None:
    assert fold("Thuỷ Nguyên") == fold("Thủy Nguyên") == fold("THUY NGUYEN") == "thuy nguyen"
    assert fold("Đỗ Ngọc Ánh") == "do ngoc anh"


def test_a_comparison_does_not_care_where_the_tone_stands_but_which_it_is() -> None:
    assert spelling("Thuỷ Nguyên") == spelling("THỦY  NGUYÊN") == spelling("Thu\u0309y Nguye\u0302n")
    assert spelling("Cẩm Giang") != spelling("Cẩm Giàng")
    assert spelling("Đông Hải") != spelling("Dông Hải")


def test_vietnamese_order_puts_hats_after_bare_letters_and_tones_last() -> None:
    words = ["Ân", "An", "Ăn", "Đa", "Da", "Án", "Ơn", "On", "Ôn"]
    assert sorted(words, key=sort_key) == ["An", "Án", "Ăn", "Ân", "Da", "Đa", "On", "Ôn", "Ơn"]


def test_people_are_listed_by_given_name() -> None:
    people = ["Nguyễn Văn Bình", "Trần Thị An", "Lê Đức An"]
    assert sorted(people, key=name_sort_key) == ["Lê Đức An", "Trần Thị An", "Nguyễn Văn Bình"]
