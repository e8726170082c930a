"""What a person has been told, and what they have read of it."""

from notifications.models import Notification
from notifications.telling import tell


def test_fifteen_new_cases_are_one_line(city, signed_in):
    city.rate(red="1.1 1.2 1.3 1.4 1.5", yellow="2.1 2.2")
    tell()
    page = signed_in(city.chairperson).get("/notifications/").content.decode()
    assert "7 hồ sơ tại Phường Kiến An" in page
    assert '<span class="count">1<' in page


def test_reading_marks_what_was_seen_and_nothing_newer(city, signed_in):
    case = city.assigned()
    tell()
    reader = signed_in(city.staff)
    assert case.number in reader.get("/notifications/").content.decode()
    seen = Notification.objects.filter(recipient=city.staff).first()
    city.take(case, "assign", city.chairperson, assignee=city.staff, note="Thêm việc")
    tell()
    assert reader.post("/notifications/read/", {"up_to": seen.pk}).status_code == 302
    assert Notification.objects.filter(recipient=city.staff, read_at=None).count() == 1
    assert "1<" in reader.get("/notifications/").content.decode()


def test_nobody_reads_what_others_are_told(city, signed_in):
    case = city.assigned()
    tell()
    other = signed_in(city.other_staff)
    assert case.number not in other.get("/notifications/").content.decode()
    other.post("/notifications/read/", {"up_to": 9999})
    assert Notification.objects.filter(recipient=city.staff, read_at=None).exists()
    assert "Chưa có thông báo nào." in other.get("/notifications/").content.decode()
