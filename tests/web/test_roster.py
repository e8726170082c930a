"""People from a file: seen line by line, all or none, and the same file again changes nothing."""

import io
from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from notifications.models import Invitation
from organisations.enrolment import enrol
from organisations.models import Appointment, Role, Unit, User
from organisations.newcomers import look
from organisations.roster import MAX_PEOPLE, read_people
from tests.conftest import WEDNESDAY

HEADER = "Họ và tên,Xưng hô,Thư điện tử,Mã đơn vị,Chức vụ,Bộ phận,Từ ngày,Thôi từ ngày"
TWO = f"""{HEADER}
Vũ Thị Mới,Bà,moi@haiphong.example,11443,công chức,vp,01/09/2026,
Phạm Quốc Tuấn,Ông,STAFF@haiphong.example,11446,Đầu mối ISO,,2026-10-01,
Lý Văn Lạ,,stranger@haiphong.example,,,,,
"""


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(WEDNESDAY, tick=False)


@pytest.fixture
def admin(city, signed_in):
    return signed_in(city.administrator)


def html(answer):
    return answer.content.decode()


def send(reader, content, name="nguoi.csv"):
    content = content if isinstance(content, bytes) else content.encode()
    return reader.post("/people/import/", {"file": SimpleUploadedFile(name, content)}, follow=True)


def test_a_file_is_seen_line_by_line_and_entered_once(city, admin):
    page = send(admin, TWO)
    shown = page.context["preview"].shown
    assert [(s.line.entry.full_name, s.line.effect) for s in shown] == [
        ("Vũ Thị Mới", "added"), ("Phạm Quốc Tuấn", "given"), ("Lý Văn Lạ", "there"),
    ]  # fmt: skip
    assert "1 người mới, 2 chức vụ được giao." in " ".join(html(page).split())
    only = admin.get("/people/import/preview/?effect=given").context["preview"].shown
    assert [s.line.entry.email for s in only] == ["staff@haiphong.example"]
    assert not User.objects.filter(email="moi@haiphong.example").exists()
    done = admin.post("/people/import/confirm/", {"invite": "on"}, follow=True)
    assert "Đã thêm 1 người. Đã giao 2 chức vụ. Sẽ gửi 1 thư mời." in html(done)
    new = User.objects.get(email="moi@haiphong.example")
    office = new.appointments.get()
    assert (new.formal_name, new.has_usable_password()) == ("Bà Vũ Thị Mới", False)
    assert (office.unit, office.role, office.department) == (city.kien_an, Role.STAFF, "VP")
    assert office.since == date(2026, 9, 1)
    assert city.staff.appointments.get(unit=city.phu_lien).role == Role.COORDINATOR
    assert Invitation.objects.get().person == new
    assert LogEntry.objects.filter(user=city.administrator, object_repr="Vũ Thị Mới").count() == 1
    assert "Vũ Thị Mới" in html(admin.get("/people/?search=vu+moi"))
    assert "không còn nữa" in html(admin.post("/people/import/confirm/", follow=True))
    again = send(admin, TWO)
    assert {s.line.effect for s in again.context["preview"].shown} == {"there"}
    assert "Không có gì mới" in html(admin.post("/people/import/confirm/", {"invite": "on"}, follow=True))
    assert (Appointment.objects.filter(user=new).count(), Invitation.objects.count()) == (1, 1)


@pytest.mark.parametrize("encode", [
    lambda text: text.encode("utf-8-sig"),
    lambda text: text.replace(",", ";").encode("utf-8-sig"),
    lambda text: text.replace(",", "\t").encode("utf-16"),
    lambda text: __import__("unicodedata").normalize("NFD", text).replace("\n", "\r\n").encode(),
])  # fmt: skip
def test_files_as_excel_and_others_leave_them(city, admin, encode):
    page = send(admin, encode(TWO))
    assert [s.line.effect for s in page.context["preview"].shown] == ["added", "given", "there"]
    assert page.context["preview"].shown[0].line.entry.full_name == "Vũ Thị Mới"


def test_the_workbook_to_fill_in_comes_back_filled_in(city, admin):
    book = load_workbook(io.BytesIO(admin.get("/people/import/template/").content))
    assert ",".join(cell.value for cell in book.active[1]) == HEADER
    assert HEADER in admin.get("/people/import/template/?as=csv").content.decode("utf-8-sig")
    row = ["=1+1 Văn Tám", "Ông", "tam@haiphong.example", 11443, "Phó Chủ tịch", "", date(2026, 9, 1), None]
    for column, value in enumerate(row, start=1):
        cell = book.active.cell(row=2, column=column, value=value)
        if column == 1:
            cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    (shown,) = send(admin, out.getvalue(), "nguoi.xlsx").context["preview"].shown
    assert shown.line.entry.full_name == "=1+1 Văn Tám"
    assert (shown.line.entry.role, shown.line.since) == ("vice_chair", date(2026, 9, 1))


def test_what_is_wrong_is_told_by_cell_and_nothing_is_entered(city, admin):
    hanoi = Unit.objects.create(code="01", kind="city", name="Hà Nội")
    city.person("far", "Mai Văn Xa", Role.ADMINISTRATOR, hanoi)
    lines = [
        ("Vũ Thị Mới,Bà,moi@haiphong.example,11443,Công chức,,01/09/2026,", {}),
        ("Vũ Văn Cũ,Cụ,moi haiphong,99999,Trưởng thôn,XX,31/02/2026,", {
            "B3": "xưng hô", "C3": "không phải địa chỉ", "E3": "Không có chức vụ", "F3": "bộ phận",
            "G3": "ngày",
        }),
        (",,a@haiphong.example,,,,,", {"A4": "Nhập họ và tên"}),
        ("Vũ Văn Ba,,b@haiphong.example,11443,,,,", {"E5": "để trống cả hai"}),
    ]  # fmt: skip
    page = send(admin, "\n".join([HEADER, *(line for line, _said in lines)]))
    found = {place.where: place for place in page.context["places"]}
    wanted = {where: said for _line, said in lines for where, said in said.items()}
    assert page.status_code == 400
    assert set(found) == set(wanted)
    for where, said in wanted.items():
        assert said in found[where].sentence, where
    assert (found["B3"].column, found["B3"].stands) == ("Xưng hô", "Cụ")
    assert [number for number, _cells in page.context["excerpt"].rows] == [3, 4, 5]
    # What only the city can tell is told as well, all at once.
    more = {
        "Vũ Thị Mới,,moi@haiphong.example,99999,Công chức,,,": ("D2", "99999"),
        "Vũ Thị Khác,,moi@haiphong.example,11443,Công chức,,,": ("A3", "mang tên khác"),
        "Trần A,,tran.a@haiphong.example,11443,Quản trị,,,": ("E4", "không có chức vụ này"),
        "Trần B,,tran.b@haiphong.example,11443,Công chức,,01/01/2020,01/01/2019": ("H5", "Ngày thôi"),
        "Mai Văn Gần,,far@haiphong.example,11443,Công chức,,,": ("C6", "ở nơi khác"),
        "Bùi Gia Huy,,administrator@haiphong.example,11443,Chủ tịch,,,": ("C7", "tự giao chức vụ"),
        "Trần C,,tran.c@haiphong.example,11443,Công chức,,,": None,
        "Trần C,,tran.c@haiphong.example,11443,Công chức,,05/09/2026,": ("C9", "Trùng với dòng 8"),
        "Phạm Quốc Toàn,,staff@haiphong.example,11446,Chủ tịch,,,": (
            "A10",
            "của Phạm Quốc Tuấn, không phải Phạm Quốc Toàn; hãy sửa thư điện tử hoặc họ và tên",
        ),
        "DO  THU HA,,supporter@haiphong.example,11446,Công chức,,,": None,
    }
    page = send(admin, "\n".join([HEADER, *more]))
    found = {place.where: place.sentence for place in page.context["places"]}
    assert set(found) == {said[0] for said in more.values() if said}
    for said in filter(None, more.values()):
        assert said[1] in found[said[0]]
    assert "Mai Văn Xa" not in "".join(found.values()), "of people of elsewhere not even the name"
    assert not User.objects.filter(email__startswith="moi").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (TWO.encode("cp1258", errors="replace"), "không phải UTF-8"),
        (b"a,b\n1,2\n", "Không tìm thấy hàng tiêu đề"),
        (HEADER.encode(), "Không có người nào"),
        (b"", "Không tìm thấy hàng tiêu đề"),
        (b"Ho va ten,Email\n\0,x@y.vn\n", "CSV"),
        (f"{HEADER}\n".encode() + b"A,,a@b.vn,,,,,\n" * (MAX_PEOPLE + 1), "Tệp có hơn"),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(city, admin, content, said):
    page = send(admin, content)
    assert (page.status_code, said in html(page)) == (400, True)


def test_it_is_for_administrators(city, signed_in):
    for person in (city.chairperson, city.auditor, city.stranger):
        reader = signed_in(person)
        assert send(reader, TWO).status_code == 403
        for rest in ("", "template/", "preview/"):
            assert reader.get(f"/people/import/{rest}").status_code == 403
        assert reader.post("/people/import/confirm/").status_code == 403


def test_five_thousand_people_come_in_as_one_set(city, django_assert_max_num_queries):
    table = [HEADER.split(",")] + [
        [f"Nguyễn Văn {n}", "Ông", f"nguoi{n}@haiphong.example", "11443", "Công chức", "", "01/09/2026", ""]
        for n in range(5000)
    ]
    entries = read_people(table)
    # SQLite takes a thousand values at a time, so the rows go in in some forty pieces a table.
    with django_assert_max_num_queries(200):
        done = enrol(entries, by=city.administrator)
    assert (len(done.people), done.offices) == (5000, 5000)
    with django_assert_max_num_queries(8):
        assert {line.effect for line in look(entries, by=city.administrator)} == {"there"}
