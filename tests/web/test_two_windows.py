"""Two windows of one person: what is confirmed is what the page showed."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from organisations.models import User
from tests.web.workbooks import XLSX, filled_in
from workflow.models import Case

pytestmark = pytest.mark.django_db


def shown(client, address: str) -> dict[str, str]:
    """What the form of a preview sends."""
    return {"waiting": re.search(r'name="waiting" value="(\w+)"', client.get(address).content.decode())[1]}


def test_an_assessment_is_confirmed_for_what_was_shown(city, signed_in):
    client = signed_in(city.administrator)
    previews = []
    for unit, code in ((city.kien_an, "1.4"), (city.phu_lien, "2.1")):
        book = SimpleUploadedFile("phieu.xlsx", filled_in(unit, "2026-Q4", Đỏ=code), XLSX)
        given = {"unit": unit.code, "period": "2026-Q4", "kind": "self", "file": book}
        assert client.post("/assessments/upload/", given).status_code == 302
        previews.append(shown(client, "/assessments/preview/"))
    answer = client.post("/assessments/confirm/", previews[0])
    assert answer["Location"] == "/assessments/preview/"
    assert "Ở cửa sổ khác vừa nạp" in client.get("/assessments/preview/").content.decode()
    assert not Case.objects.exists()
    client.post("/assessments/confirm/", previews[1])
    assert Case.objects.get().unit == city.phu_lien


def test_people_are_entered_from_the_list_that_was_shown(city, signed_in):
    client = signed_in(city.administrator)
    previews = []
    for name, address in (("Vũ Thị Một", "mot@haiphong.example"), ("Vũ Thị Hai", "hai@haiphong.example")):
        rows = (
            f"Họ và tên,Thư điện tử,Mã đơn vị,Chức vụ,Từ ngày\n{name},{address},11443,Công chức,01/10/2026\n"
        )
        answer = client.post("/people/import/", {"file": SimpleUploadedFile("nguoi.csv", rows.encode())})
        assert answer.status_code == 302, answer.content.decode()
        previews.append(shown(client, "/people/import/preview/"))
    client.post("/people/import/confirm/", previews[0])
    assert not User.objects.filter(full_name__startswith="Vũ Thị").exists()
    client.post("/people/import/confirm/", previews[1])
    assert User.objects.get(full_name__startswith="Vũ Thị").full_name == "Vũ Thị Hai"
