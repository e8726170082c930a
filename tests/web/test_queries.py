"""Pages ask the database a fixed number of questions, with 1, 3 and 50 rows."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actions.operations import add_evidence, plan_action
from indicators.models import Assessment, Indicator
from notifications.models import Notification
from organisations.models import Unit
from organisations.plan import choose
from tests import kien_an
from tests.conftest import A_PDF
from workflow.models import Case
from workflow.operations import comment
from workflow.reorganisation import reorganise


def asked(client, address):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def cases(city, count):
    """Red cases in both wards, assigned so that every row has all it may show."""
    codes = list(Indicator.objects.values_list("code", flat=True))
    mine, theirs = codes[: min(count, 39)], codes[: max(count - 39, 0)]
    city.rate(red=" ".join(mine))
    if theirs:
        city.rate(red=" ".join(theirs), unit=city.phu_lien)


@pytest.mark.parametrize(
    ("person", "address"),
    [
        ("chairperson", "/"),
        ("auditor", "/"),
        ("auditor", "/cases/"),
        ("auditor", "/cases/?search=kien+an&state=open&colour=red&overdue=on"),
        ("chairperson", "/cases/?mine=on"),
    ],
)
def test_lists_of_cases(city, signed_in, person, address):
    reader = signed_in(getattr(city, person))
    counts = []
    for count in (1, 3, 50):
        cases(city, count)
        counts.append(asked(reader, address))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 16


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/overview/?colour=problem", 23),
        ("/overview/ratings/?colour=problem", 15),
        ("/follow-through/?sort=-late", 21),
        ("/follow-through/export/?as=csv", 14),
        ("/cases/?period_from=2026-Q3&passed=assign&held=chair&overdue=on", 13),
    ],
)
def test_figures_of_the_city(city, signed_in, address, most):
    """With 1, 3 and 50 cases, and with as many more units."""
    reader = signed_in(city.auditor)
    counts = []
    for count in (1, 3, 50):
        cases(city, count)
        for unit in (city.kien_an, city.phu_lien):
            city.rate(green="1.1", period="2026-Q2", unit=unit)
        for n in range(count):
            code = f"9{count:02}{n:02}"
            Unit.objects.create(code=code, kind="ward", name=f"Mới {code}", parent=city.unit)
        counts.append(asked(reader, address))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= most


def test_the_file_of_a_case(city, signed_in):
    case = city.in_progress()
    reader = signed_in(city.staff)
    counts = []
    for count in (1, 3, 50):
        for n in range(count):
            plan_action(
                case, by=city.staff, description=f"Việc {n}", owner=city.staff, due_on=timezone.localdate()
            )
            add_evidence(case, by=city.staff, upload=SimpleUploadedFile(f"{n}.pdf", A_PDF))
            comment(case, by=city.supporter, note=f"Ý kiến {n}")
        counts.append(asked(reader, case.get_absolute_url()))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 35


def test_the_board_and_giving_out(city, signed_in):
    chair = signed_in(city.chairperson)
    boards, forms = [], []
    for count in (1, 3, 39):
        cases(city, count)
        numbers = Case.objects.filter(unit=city.kien_an).values_list("number", flat=True)
        boards.append(asked(chair, "/board/"))
        forms.append(asked(chair, "/cases/assign/?case=" + "&case=".join(numbers)))
    assert len(set(boards)) == len(set(forms)) == 1, (boards, forms)
    assert (boards[0] <= 14, forms[0] <= 18) == (True, True), (boards, forms)


def test_a_piece_of_evidence(city, signed_in):
    case = city.in_progress()
    reader, counts = signed_in(city.staff), []
    for count in (1, 3, 50):
        for n in range(count):
            add_evidence(case, by=city.staff, upload=SimpleUploadedFile(f"{count}-{n}.pdf", A_PDF))
        counts.append(asked(reader, f"{case.get_absolute_url()}evidence/{case.evidence.last().pk}/"))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 24


def test_notifications(city, signed_in):
    case = city.open_case()
    reader = signed_in(city.chairperson)
    counts = []
    for count in (1, 3, 50):
        start = Notification.objects.count()
        Notification.objects.bulk_create(
            Notification(
                recipient=city.chairperson, kind="commented", key=f"event {start + n}", unit=case.unit,
                case=case, event=case.events.first(), created_at=timezone.now(),
            )
            for n in range(count)
        )  # fmt: skip
        counts.append(asked(reader, "/notifications/"))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 9


def test_what_successors_read(city_of_june_2025, signed_in):
    """The names of the time and the units taken over cost the same with 1, 3 and 30 cases."""
    city = city_of_june_2025
    codes = list(Indicator.objects.values_list("code", flat=True))
    units = [Unit.objects.get(code=code) for code in ("11443", "11431", "11434")]
    for unit in units:
        city.rate(red=" ".join(codes[:10]), unit=unit)
    numbers = list(Case.objects.order_by("pk").values_list("pk", flat=True))
    reorganise(
        choose(kien_an.plan(), {unit.code: "finish" for unit in units}),
        on=kien_an.FIRST_DAY, legal_instrument="NQ 1", by=city.administrator, now=timezone.now(),
    )  # fmt: skip
    new = Unit.objects.get(code="11446", dissolved_on=None)
    readers = [signed_in(city.person("heir", "Trần Văn Một", "chairperson", new)), signed_in(city.auditor)]
    address = Case.objects.get(pk=numbers[0]).get_absolute_url()
    for reader in readers:
        counts = [asked(reader, f"/cases/?search={word}") for word in ("2026-000001", "1.1", "2026")]
        assert len(set(counts)) == 1, counts
        assert counts[0] <= 16
        assert asked(reader, address) <= 34


def test_assessments_and_units(city, signed_in):
    """The list of assessments, one of them, its form, and units with their people."""
    codes = list(Indicator.objects.values_list("code", flat=True))
    reader, chair = signed_in(city.auditor), signed_in(city.chairperson)
    edit = "/assessments/edit/?unit=11443&period=2026-Q4&kind=self"
    addresses = [
        (reader, "/assessments/"), (reader, "/units/"), (chair, "/units/11443/"), (chair, edit),
    ]  # fmt: skip
    counts = []
    for count in (1, 3, 39):
        for number in range(count):
            code = f"{20000 + 100 * count + number}"
            unit = Unit.objects.create(code=code, kind="ward", name=f"Mới {code}", parent=city.unit)
            city.rate(green="1.1", unit=unit)
            city.person(f"chair{code}", "Trần Văn Một", "chairperson", unit)
            city.person(f"staff{code}", "Trần Văn Hai", "staff")
        for period in ("2026-Q3", "2026-Q4"):
            city.rate(red=" ".join(codes[:count]), period=period)
            city.rate(green=" ".join(codes[:count]), period=period, kind="city")
        mine = Assessment.objects.get(unit=city.kien_an, period__code="2026-Q4", kind="self")
        one = [*addresses, (chair, f"/assessments/{mine.pk}/")]
        counts.append([asked(who, address) for who, address in one])
    assert counts[0] == counts[1] == counts[2]
    assert max(counts[0]) <= 20


def test_previews(city, signed_in):
    """A workbook and a list of people are seen with the same questions, however long they are."""
    coordinator, admin = signed_in(city.coordinator), signed_in(city.administrator)
    codes = list(Indicator.objects.values_list("code", flat=True))
    seen = []
    for count in (1, 3, 39):
        people = "\n".join(
            f"Trần Văn {n},a{n}@haiphong.example,11443,Công chức,01/09/2026" for n in range(count)
        )
        rows = f"Họ và tên,Thư điện tử,Mã đơn vị,Chức vụ,Từ ngày\n{people}".encode()
        ratings = "Mã chỉ số,Mức đánh giá\n" + "\n".join(f"{code},Đỏ" for code in codes[:count])
        given = {"file": SimpleUploadedFile("a.csv", ratings.encode()), "unit": "11443", "period": "2026-Q4"}
        coordinator.post("/assessments/upload/", given | {"kind": "self"})
        admin.post("/people/import/", {"file": SimpleUploadedFile("a.csv", rows)})
        first = asked(coordinator, "/assessments/preview/")
        seen.append((first, asked(admin, "/people/import/preview/")))
    assert seen[0] == seen[1] == seen[2]
    assert max(seen[0]) <= 50
