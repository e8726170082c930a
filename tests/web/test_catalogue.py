"""The catalogue: for everybody to read, for the administrator to bring up to date with a preview."""

import csv
import io

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile

from indicators.models import Catalogue, Indicator

COLUMNS = ("code", "group", "title_vi", "title_en", "lead_department", "sdgs")


def edition(delimiter=",", **titles):
    """The catalogue in force as a file, with other titles for some codes."""
    out = io.StringIO()
    out.write("\ufeff")
    table = csv.writer(out, delimiter=delimiter)
    table.writerow(COLUMNS)
    for i in Indicator.objects.all():
        title = titles.get(f"i{i.code.replace('.', '_')}", i.title_vi)
        table.writerow(
            [i.code, i.group, title, i.title_en, i.lead_department, ";".join(str(goal) for goal in i.sdgs)]
        )
    return out.getvalue().encode()


def send(reader, content, name="tcvn.csv", **more):
    given = {"file": SimpleUploadedFile(name, content), "edition": "TCVN 2027", "compared_on": ""} | more
    return reader.post("/catalogue/upload/", given, follow=True)


def html(answer):
    return answer.content.decode()


def test_everybody_reads_it_and_only_an_administrator_changes_it(city, signed_in):
    for person in (city.staff, city.auditor, city.stranger):
        page = signed_in(person).get("/catalogue/")
        assert sum(len(indicators) for _group, indicators in page.context["groups"]) == 39
        assert "chưa đối chiếu với TCVN" in html(page)
        assert "Nạp phiên bản mới" not in html(page)
        assert send(signed_in(person), edition()).status_code == 403
        assert (
            signed_in(person).post("/catalogue/compared/", {"compared_on": "2026-01-01"}).status_code == 403
        )
    assert Catalogue.objects.get().compared_on is None


def test_an_edition_is_seen_before_it_holds(city, signed_in):
    admin = signed_in(city.administrator)
    page = send(admin, edition(";", i1_4="Tiếng nói của dân"), compared_on="2026-10-01")
    assert [(r.indicator.code, r.title_vi) for r in page.context["changed"]] == [("1.4", "Tiếng nói của dân")]
    assert page.context["unchanged"] == 38
    assert not Indicator.objects.filter(title_vi="Tiếng nói của dân").exists()
    done = admin.post("/catalogue/confirm/", follow=True)
    assert "Danh mục TCVN 2027 đã có hiệu lực." in html(done)
    new = Catalogue.objects.get(edition="TCVN 2027")
    assert Indicator.objects.get(code="1.4").title_vi == "Tiếng nói của dân"
    assert (Indicator.objects.filter(catalogue=new).count(), str(new.compared_on)) == (39, "2026-10-01")
    assert LogEntry.objects.filter(user=city.administrator, object_repr="TCVN 2027").exists()
    again = admin.post("/catalogue/confirm/", follow=True)
    assert "không còn nữa" in html(again)
    for name, replaces in (("TCVN \t 2027", True), ("TCVN 2028", False)):
        assert send(admin, edition(), edition=name).context["replaces"] is replaces, name


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lambda: b"\xff\xfe\x00", "UTF-8"),
        (lambda: edition().replace(b"4.8,", b"4.9,"), "4.8, 4.9"),
        (lambda: edition(i1_4="x" * 201), "không quá 200 ký tự"),
        (lambda: b"", "cần một danh sách"),
    ],
)
def test_what_is_no_catalogue_is_refused_beside_the_file(city, signed_in, content, said):
    page = send(signed_in(city.administrator), content())
    assert (page.status_code, said in str(page.context["form"].errors["file"])) == (400, True)
    assert Catalogue.objects.count() == 1


def test_the_day_of_comparison_takes_the_note_off_every_page(city, signed_in):
    admin = signed_in(city.administrator)
    wrong = admin.post("/catalogue/compared/", {"compared_on": "2099-01-01"})
    assert (wrong.status_code, "không được ở tương lai" in html(wrong)) == (400, True)
    admin.post("/catalogue/compared/", {"compared_on": "2026-09-01"})
    assert str(Catalogue.objects.get().compared_on) == "2026-09-01"
    assert "chưa đối chiếu" not in html(signed_in(city.staff).get("/assessments/"))


def in_yaml(**changed):
    """The catalogue in force as YAML, as people write it: codes bare, goals as a list."""
    rows = []
    for i in Indicator.objects.all():
        row = {
            "code": i.code, "group": i.group, "title_vi": f'"{i.title_vi}"', "title_en": f'"{i.title_en}"',
            "lead_department": i.lead_department or "null", "sdgs": i.sdgs, "title_status": "~",
        }  # fmt: skip
        row |= changed if i.code == "1.4" else {}
        rows.append("- " + "\n  ".join(f"{name}: {value}" for name, value in row.items()))
    return "\n".join(rows).encode()


def test_a_catalogue_in_yaml_is_words_and_nothing_that_yaml_could_make_of_them(city, signed_in):
    admin = signed_in(city.administrator)
    page = send(admin, in_yaml(title_vi="2026-12-31"), "tcvn.yaml")
    assert [(r.indicator.code, r.title_vi) for r in page.context["changed"]] == [("1.4", "2026-12-31")]
    ten = "[" + ",".join(["*a"] * 10) + "]"
    bomb = "- a: &a [x,x]\n" + "".join(f"  b{n}: &b{n} {ten}\n" for n in range(9))
    for content, said in (
        (b"[" * 50_000, "dòng 1: lồng quá sâu"),
        (b"- " * 50_000, "lồng quá sâu"),
        (b"- ? " * 50_000, "lồng quá sâu"),
        (bomb.encode(), "dòng 1: không dùng &amp;, * hay !"),
        (b"- <<: *a\n", "không dùng"),
        (in_yaml(code="!!int abc"), "không dùng"),
        (in_yaml(code="!!timestamp abc"), "không dùng"),
        (in_yaml(code="!!python/object/apply:os.system [ls]"), "không dùng"),
        (in_yaml(code="2001-99-99"), "1.4, 2001-99-99"),
        (in_yaml(code="{a: b}"), "chỉ số thứ 4: code"),
        (in_yaml(title_vi="[a, b]"), "là chữ, không phải danh sách"),
        (in_yaml(title_status="x" * 21), "title_status phải đọc được"),
        (in_yaml(title_status='"\\0"'), "title_status phải đọc được"),
        (in_yaml(sdgs="{a: b}"), "phát triển bền vững"),
        (b"- {code: [", "không đọc được (dòng 1: "),
        (b"- {[a]: b}\n", "không đọc được (dòng 1: "),
        (b"- a\x00b\n", "không đọc được"),
        (b"code: 1.1\n", "cần một danh sách"),
        (b"--- [a]\n--- [b]\n", "không đọc được"),
    ):
        answer = send(admin, content, "tcvn.yaml")
        assert (answer.status_code, said in str(answer.context["form"].errors["file"])) == (400, True), said
    assert Catalogue.objects.count() == 1
