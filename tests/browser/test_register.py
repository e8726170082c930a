"""The register on a phone: short lines, with every label still there to be heard."""

import pytest

from notifications.telling import tell
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LABELS = "row => [...row.cells].map(cell => getComputedStyle(cell, '::before').content)"
TOPS = "row => [...row.cells].slice(0, 2).map(cell => cell.getClientRects()[0].top)"


def test_when_and_who_stand_on_one_line(city, reader):
    city.administrator.set_password(PASSWORD)
    city.administrator.save()
    city.assigned()
    tell()
    phone = reader(390).sign_in(city.administrator, PASSWORD)
    phone.open("/dispatches/")
    row = phone.page.locator(".told tbody tr").first
    assert row.evaluate(LABELS) == [
        f'"{label}: "' for label in ("Báo lúc", "Người được báo", "Nội dung", "Gửi ra ngoài")
    ]
    when, who = row.evaluate(TOPS)
    assert when == who
    assert row.evaluate("row => row.offsetHeight") < 160
