"""Evidence by API looks like evidence on the page."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from actions.operations import add_evidence
from tests.conftest import A_PDF
from tests.web.test_previews import a_document


def test_a_page_of_evidence_is_the_picture_of_the_page(city, as_, signed_in) -> None:
    case = city.in_progress()

    def added(name: str, content: bytes) -> str:
        evidence = add_evidence(case, by=city.staff, upload=SimpleUploadedFile(name, content))
        return f"cases/{case.number}/evidence/{evidence.pk}/page/"

    good, damaged = added("so.pdf", a_document(2)), added("hong.pdf", A_PDF)
    staff = as_(city.staff)
    told, shown = staff.get(f"{good}2/"), signed_in(city.staff).get(f"/{good}2/")
    assert (told.status_code, told["Content-Type"], told["X-Page-Count"]) == (200, "image/jpeg", "2")
    assert told.content == shown.content
    assert "sandbox" in told["Content-Security-Policy"]
    small = staff.get(f"{good}1/", small="true")
    assert small.content == signed_in(city.staff).get(f"/{good}1/?small").content
    assert staff.get(f"{good}3/").status_code == 404
    assert staff.get(f"{damaged}1/").status_code == 404
    assert list(staff.get(f"{good}1/", small="x").json()["errors"]) == ["small"]
    assert as_(city.neighbour_staff).get(f"{good}1/").status_code == 404
