"""A case is found by what people would call it, however they type, and by what it is called now."""

import pytest

from workflow.models import Case

pytestmark = pytest.mark.django_db


def found(text):
    return sorted(Case.objects.search(text).values_list("indicator__code", flat=True))


@pytest.fixture
def cases(city):
    first = city.assigned(
        city.open_case("1.1", finding="Chưa có Quy trình Đón tiếp.Tồn đọng 12,5 % tại TP.HCM...Thiếu biển")
    )
    second = city.open_case("1.10", colour="yellow", finding="Thiếu kinh phí")
    third = city.open_case("2.1", unit=city.phu_lien)
    return first, second, third


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("quy trinh don tiep", ["1.1"]),
        ("QUY TRÌNH ĐÓN", ["1.1"]),
        ("quy tri\u0300nh đo\u0301n", ["1.1"]),
        ("kinh phí kiến an", ["1.10"]),
        ("thie phi", ["1.10"]),
        ("tuấn phạm", ["1.1"]),
        ("1.1", ["1.1"]),
        ("1.10", ["1.10"]),
        ("000001", ["1.1"]),
        ("2026-000002", ["1.10"]),
        ("3", ["2.1"]),
        ("11446", ["2.1"]),
        ("12,5 %", ["1.1"]),
        ("tồn hcm thiếu", ["1.1"]),
        ("don tiep.ton", ["1.1"]),
        ("inh phi", []),
        ("%", []),
        ("' OR 1=1 --", []),
        ('") OR (words:*', []),
        ("  ", ["1.1", "1.10", "2.1"]),
        ("a" * 5000, []),
    ],
)
def test_words_find_what_they_name(cases, text, codes):
    assert found(text) == codes


def test_whoever_changes_a_name_changes_what_is_found(city, cases):
    first = cases[0]
    assert found("do thu") == []
    city.take(first, "assign", city.chairperson, assignee=city.supporter)
    assert (found("pham tuan"), found("do thu")) == ([], ["1.1"])
    city.supporter.full_name = "Đỗ Thu Hằng"
    city.supporter.save()
    assert found("do hang") == ["1.1"]
    city.phu_lien.name = "Phù Liễn Mới"
    city.phu_lien.save()
    assert found("lien moi") == ["2.1"]


def test_what_was_found_later_is_found_as_well(city, cases):
    city.rate(red="2.1", unit=city.phu_lien, period="2027-Q1", finding="Vẫn còn rác tồn đọng")
    assert found("rac") == ["2.1"]
    assert "2.1" not in found("khong ai noi the")
