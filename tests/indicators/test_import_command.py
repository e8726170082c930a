"""manage.py import_assessments and its neighbours, as an operator meets them."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from indicators.models import Period, Rating
from tests.indicators.test_workbook import xlsx
from workflow.models import Case


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.fixture
def workbook(tmp_path) -> str:
    path = tmp_path / "kien-an.xlsx"
    path.write_bytes(xlsx(["1.4", "", "Đỏ", "Trễ", ""], ["1.5", "", "Xanh", "", ""]).getvalue())
    return str(path)


BY_COORDINATOR = ("--period", "2026-Q4", "--unit", "11443", "--by", "coordinator@haiphong.example")


def test_a_dry_run_tells_and_stores_nothing_not_even_the_period(city, workbook) -> None:
    said = run("import_assessments", workbook, *BY_COORDINATOR, "--dry-run")
    assert "2 đánh giá của 1 đơn vị: 1 đỏ, 0 vàng, 1 xanh, 0 khác." in said
    assert "1 hồ sơ mới" in said
    assert not Period.objects.exists()
    assert not Case.objects.exists()


def test_a_file_opens_its_cases_once(city, workbook) -> None:
    assert "1 hồ sơ mới" in run("import_assessments", workbook, *BY_COORDINATOR)
    assert "Không có gì mới" in run("import_assessments", workbook, *BY_COORDINATOR)
    assert Case.objects.count() == 1
    period = Period.objects.get()
    assert (str(period.starts_on), str(period.ends_on)) == ("2026-10-01", "2026-12-31")


def test_a_bad_file_stores_nothing_of_it(city, tmp_path) -> None:
    path = tmp_path / "sai.xlsx"
    path.write_bytes(xlsx(["1.4", "", "Đỏ", "", ""], ["1.5", "", "Tím", "", ""]).getvalue())
    with pytest.raises(CommandError, match="Không nhập gì: 1 chỗ cần sửa"):
        run("import_assessments", str(path), *BY_COORDINATOR)
    assert not Rating.objects.exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"--by": "nobody@haiphong.example"}, "Không có người dùng"),
        ({"--by": "neighbour.chairperson@haiphong.example"}, "không có quyền"),
        ({"--by": "staff@haiphong.example"}, "không có quyền"),
        ({"--unit": "99999"}, "chỗ cần sửa"),
        ({"--period": "mùa thu"}, "chỗ cần sửa"),
    ],
)
def test_what_the_operator_did_wrong_is_one_line(city, workbook, change, says) -> None:
    options = dict(zip(BY_COORDINATOR[::2], BY_COORDINATOR[1::2], strict=True)) | change
    with pytest.raises(CommandError, match=says):
        run("import_assessments", workbook, *[word for pair in options.items() for word in pair])


def test_a_missing_file_is_named(city) -> None:
    with pytest.raises(CommandError, match=r"Không đọc được .*khong-co\.xlsx"):
        run("import_assessments", "khong-co.xlsx", *BY_COORDINATOR)


def test_an_auditor_rates_for_the_city(city, workbook) -> None:
    words = (*BY_COORDINATOR[:-1], "auditor@haiphong.example")
    run("import_assessments", workbook, *words)
    assert set(Rating.objects.values_list("assessment__kind", flat=True)) == {"city"}


def test_the_form_is_written_where_it_is_asked(city, tmp_path) -> None:
    path = tmp_path / "phieu.xlsx"
    run("assessment_form", "--unit", "11443", "--period", "2026-Q4", "-o", str(path))
    assert path.read_bytes().startswith(b"PK")
    with pytest.raises(CommandError, match="99999"):
        run("assessment_form", "--unit", "99999", "--period", "2026-Q4", "-o", str(path))
    with pytest.raises(CommandError, match="Không ghi được"):
        run("assessment_form", "--unit", "11443", "--period", "2026-Q4", "-o", str(tmp_path))


def test_an_edition_of_the_catalogue_changes_titles_and_never_codes(city, tmp_path) -> None:
    from django.conf import settings

    from indicators.models import Indicator

    shipped = settings.BASE_DIR / "indicators/data/catalogue-2026.csv"
    text = shipped.read_text(encoding="utf-8").replace("Phát triển du lịch", "Du lịch bền vững")
    (tmp_path / "catalogue-2027.csv").write_text(text, encoding="utf-8")
    said = run("load_catalogue", str(tmp_path / "catalogue-2027.csv"))
    assert "39 chỉ số" in said
    assert "chưa đối chiếu với TCVN" in said
    tourism = Indicator.objects.get(code="2.5")
    assert (tourism.title_vi, tourism.catalogue.edition) == ("Du lịch bền vững", "catalogue-2027")
    assert tourism.wordings.count() == 2
    (tmp_path / "short.csv").write_text("\n".join(text.splitlines()[:-1]), encoding="utf-8")
    with pytest.raises(CommandError, match=r"4\.8"):
        run("load_catalogue", str(tmp_path / "short.csv"))
