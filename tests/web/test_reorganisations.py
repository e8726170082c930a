"""The administrator reorganises units through the pages: a plan in, a preview, a choice, a confirmation."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organisations.models import Appointment, Delegation, Succession, Unit
from organisations.planfile import read_plan
from organisations.refusals import Refused
from tests import kien_an
from tests.conftest import WEDNESDAY
from workflow.models import Case

PLACES = ["", "plan/", "upload/", "preview/", "confirm/"]


@pytest.fixture
def june(city_of_june_2025, time_machine):
    time_machine.move_to(WEDNESDAY, tick=False)
    city_of_june_2025.cases = [city_of_june_2025.open_case("1.1"), city_of_june_2025.assigned()]
    return city_of_june_2025


@pytest.fixture
def administrator(june, signed_in):
    return signed_in(june.administrator)


def send(reader, content, *, on="2025-07-01", instrument=kien_an.RESOLUTION, name="phuong-an.csv"):
    given = {"file": SimpleUploadedFile(name, content), "on": on, "legal_instrument": instrument}
    return reader.post("/reorganisations/upload/", given, follow=True)


def test_the_page_explains_and_says_what_to_do_first(administrator):
    page = administrator.get("/reorganisations/").content.decode()
    assert "Tải mẫu CSV" in page
    assert "Chưa có lần sắp xếp nào." in page
    assert page.count("<label") >= page.count('<input type="date"') + page.count('<input type="file"')
    assert 'href="/reorganisations/"' in administrator.get("/").content.decode()


def test_the_template_has_the_units_of_today_and_read_as_it_is_changes_nothing(administrator):
    content = administrator.get("/reorganisations/plan/").content
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert {"307", "11443", "11656"} <= {row["old_code"] for row in rows}
    assert content.startswith(b"\xef\xbb\xbf")
    with pytest.raises(Refused, match="Không có dòng nào"):
        read_plan(content)


def test_a_plan_is_shown_then_a_taker_chosen_then_carried_out(june, administrator):
    page = send(administrator, kien_an.plan_file()).content.decode()
    assert "Phường Trần Thành Ngọ (11443): 2 hồ sơ đang xử lý" in page
    assert "Thực hiện sắp xếp" not in page
    page = administrator.get("/reorganisations/preview/?takes_11443=11446").content.decode()
    assert "3 đơn vị thành lập, 9 giải thể, 0 đổi tên hay đổi loại." in page
    assert "Phường Trần Thành Ngọ, Quận Kiến An" in page
    assert page.count("chuyển giao Phường Phù Liễn") == 2
    assert "không hoàn lại được" in page
    assert "7 chức vụ, 0 ủy quyền kết thúc" in page
    assert not Unit.objects.exclude(dissolved_on=None).exists()
    page = confirm(administrator, takes_11443="11446")
    text = page.content.decode()
    assert "2 hồ sơ chuyển giao đơn vị kế thừa, 0 hồ sơ kết thúc." in text
    assert f"01/07/2025 · {kien_an.RESOLUTION}" in text
    assert "Phường Trần Thành Ngọ, Quận Kiến An" in text
    phu_lien = Unit.objects.get(code="11446", dissolved_on=None)
    assert set(Case.objects.live().values_list("unit", flat=True)) == {phu_lien.pk}
    assert {event.actor for case in june.cases for event in case.events.filter(kind="transferred")} == {
        june.administrator
    }
    again = administrator.post("/reorganisations/confirm/", {"takes_11443": "11446"}, follow=True)
    assert "Phương án chờ xác nhận không còn nữa" in again.content.decode()


def confirm(administrator, **chosen):
    """Carry out what a preview with this choice has shown."""
    shown = administrator.get("/reorganisations/preview/", chosen).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', shown)[1]
    return administrator.post("/reorganisations/confirm/", chosen | {"seen": seen}, follow=True)


def test_what_has_changed_since_the_preview_is_shown_again(june, administrator):
    send(administrator, kien_an.plan_file())
    shown = administrator.get("/reorganisations/preview/", {"takes_11443": "11446"}).content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', shown)[1]
    june.take(june.cases[0], "cancel", june.auditor, note="Đánh giá nhầm")
    chosen = {"takes_11443": "11446", "seen": seen}
    answer = administrator.post("/reorganisations/confirm/", chosen)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Từ lúc xem trước đã có thay đổi" in page
    assert "1 hồ sơ chuyển giao đơn vị kế thừa" in page
    assert not Succession.objects.exists()
    done = confirm(administrator, takes_11443="11446").content.decode()
    assert "Chưa ai giữ chức vụ ở" in done


def test_what_is_marked_in_the_file_needs_no_choice(administrator):
    marked = {("11443", "11443"): "take"}
    page = send(administrator, kien_an.plan_file(marked).decode().encode("utf-8-sig")).content.decode()
    assert "Thực hiện sắp xếp" in page
    assert page.count("chuyển giao Phường Kiến An") == 2
    page = administrator.get("/reorganisations/preview/?takes_11443=finish").content.decode()
    assert page.count("kết thúc theo đơn vị") == 2


def test_confirming_without_a_choice_or_with_a_foreign_one_does_nothing(administrator):
    send(administrator, kien_an.plan_file())
    for chosen in ({}, {"takes_11443": "11629"}):
        page = administrator.post("/reorganisations/confirm/", chosen, follow=True).content.decode()
        assert "Trước hết hãy chọn đơn vị nhận hồ sơ" in page
    assert not Succession.objects.exists()


def test_faults_are_named_by_line_and_nothing_waits(administrator):
    wrong = {"old_code": "99999", "new_code": "1144", "new_kind": "village", "new_name": "X", "part": "maybe"}
    page = send(administrator, kien_an.plan_file(None, wrong))
    text, last = page.content.decode(), len(kien_an.plan()) + 2
    assert page.status_code == 400
    assert text.count(f"<strong>dòng {last}</strong>") == 3
    page = send(
        administrator, kien_an.plan_file(None, wrong | {"new_code": "11447", "new_kind": "ward", "part": ""})
    )
    assert "Không có đơn vị đang hoạt động mang mã 99999." in page.content.decode()
    page = administrator.get("/reorganisations/preview/", follow=True)
    assert "Phương án chờ xác nhận không còn nữa" in page.content.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Thiếu cột old_code."),
        (b"\xff\xfe\x00", "không phải UTF-8"),
        (b"a\0b", "không phải CSV"),
        (b"old_code,new_code,new_kind,new_name,case\n", "Không có cột nào tên “case”."),
        ("old_code;new_code;new_kind;new_name\n11443;4;Phường;B\n".encode(), "“4” ở cột new_code phải có 5"),
        (b'old_code,new_code,new_kind,new_name\n"' + b"x" * 200_000, "không phải CSV"),
        (b"old_code,new_code,new_kind,new_name\n1,2,ward," + b"x" * 101, "quá dài"),
    ],
)  # fmt: skip
def test_what_is_no_plan_is_refused_with_a_sentence(administrator, content, said):
    page = send(administrator, content)
    assert page.status_code == 400
    assert said in page.content.decode()


def test_the_day_has_come_and_the_resolution_is_named(administrator):
    tomorrow = (WEDNESDAY + timedelta(days=1)).date().isoformat()
    page = send(administrator, kien_an.plan_file(), on=tomorrow)
    assert (page.status_code, "chưa đến" in page.content.decode()) == (400, True)
    assert send(administrator, kien_an.plan_file(), instrument="").status_code == 400


@pytest.mark.parametrize("who", ["chairperson", "auditor", "coordinator", "stranger"])
def test_it_is_the_administrators_alone(june, signed_in, who):
    reader = signed_in(getattr(june, who))
    for place in PLACES:
        assert reader.get(f"/reorganisations/{place}").status_code == 403, place
    assert send(reader, kien_an.plan_file()).status_code == 403
    assert "/reorganisations/" not in reader.get("/").content.decode()


def test_an_administrator_of_another_city_is_told_that_it_is_not_theirs(june, signed_in):
    hanoi = Unit.objects.create(code="01", kind="city", name="Hà Nội")
    june.person("of_hanoi", "Mai Văn Xa", "administrator", hanoi)
    page = send(signed_in(june.of_hanoi), kien_an.plan_file())
    assert page.status_code == 403
    assert "Chỉ quản trị của thành phố" in page.content.decode()


def test_the_pages_ask_a_fixed_number_of_questions(june, administrator):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert administrator.get("/reorganisations/").status_code == 200
        return len(queries)

    send(administrator, kien_an.plan_file())
    counts = [asked()]
    confirm(administrator, takes_11443="11446")
    counts.append(asked())
    rename = {"old_code": "11446", "new_code": "11446", "new_kind": "ward", "new_name": "Phù Liễn Mới"}
    send(administrator, kien_an.written([rename]), on="2026-10-07", instrument="NQ 2")
    page = confirm(administrator).content.decode()
    assert "trước là Phường Phù Liễn" in page
    counts.append(asked())
    assert max(counts) - min(counts) <= 1, counts
    assert max(counts) <= 12, counts


# --- The command ----------------------------------------------------------------------------------


def run(path, *more, by="administrator@haiphong.example"):
    out, err = io.StringIO(), io.StringIO()
    words = [str(path), "--on", "2025-07-01", "--instrument", kien_an.RESOLUTION, "--by", by, *more]
    try:
        call_command("reorganise", *words, stdout=out, stderr=err)
    except CommandError as fault:
        return fault.returncode, f"{err.getvalue()}{fault}"
    return 0, out.getvalue()


def test_the_command_shows_and_does_the_same(june, tmp_path):
    path = tmp_path / "plan.csv"
    path.write_bytes(kien_an.plan_file({("11443", "11443"): "take"}))
    Delegation.objects.create(
        giver=june.chairperson, taker=june.vice_chair, unit=june.kien_an, since=kien_an.FIRST_DAY
    )
    code, said = run(path, "--dry-run")
    assert (code, "chưa lưu gì" in said) == (0, True)
    assert not Succession.objects.exists()
    code, said = run(path)
    assert code == 0
    assert "Thành lập: Phường Kiến An (11443)" in said
    assert (
        "Giải thể: Phường Trần Thành Ngọ, Quận Kiến An → Phường Kiến An, Phường Phù Liễn; "
        "7 chức vụ, 1 ủy quyền kết thúc"
    ) in said
    assert "2 hồ sơ chuyển giao đơn vị kế thừa, 0 hồ sơ kết thúc." in said
    assert not Appointment.objects.filter(unit=june.kien_an, until=None).exists()


def test_the_command_names_each_fault_and_stores_nothing(june, tmp_path):
    path = tmp_path / "plan.csv"
    path.write_bytes(kien_an.plan_file())
    code, said = run(path)
    assert (code, "dòng 5: Phường Trần Thành Ngọ có 2 hồ sơ" in said) == (1, True)
    assert "Chỉ quản trị" in run(path, by="staff@haiphong.example")[1]
    assert run(path, by="nobody@haiphong.example")[0] == 1
    assert "Không đọc được" in run(tmp_path / "none.csv")[1]
    assert "2025-07-01" in run(path, "--on", "1/7/2025")[1]
    assert not Succession.objects.exists()
