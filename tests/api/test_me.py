"""What the API tells a person of themselves, and the schema that tells of everything."""

from io import StringIO

from django.core.management import call_command


def test_a_person_reads_and_sets_their_language(city, as_) -> None:
    staff = as_(city.staff)
    me = staff.get("me/").json()
    assert (me["full_name"], me["offices"][0]["role"]) == ("Phạm Quốc Tuấn", "staff")
    assert staff.put("me/", {"language": "en"}).json()["language"] == "en"
    assert staff.put("me/", {"language": "fr"}).status_code == 400
    city.staff.refresh_from_db()
    assert (city.staff.language, city.staff.full_name) == ("en", "Phạm Quốc Tuấn")


def test_a_deactivated_persons_token_opens_nothing(city, as_) -> None:
    staff = as_(city.staff)
    city.staff.is_active = False
    city.staff.save()
    assert staff.get("me/").status_code == 401


def test_the_schema_is_made_without_a_warning() -> None:
    err = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO(), stderr=err)


def test_pages_to_read_the_schema_load_nothing_from_elsewhere(city, client) -> None:
    client.force_login(city.staff)
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert "https://" not in page.content.decode()
    assert client.get("/api/v1/schema/").status_code == 200


# --- My calendar ------------------------------------------------------------------------------


def test_the_address_of_my_calendar_is_told_once_made_anew_and_taken_back(city, as_, client) -> None:
    staff = as_(city.staff)
    made = staff.post("me/calendar-key/")
    assert (made.status_code, made["Cache-Control"]) == (201, "private, no-store")
    first = made.json()["url"]
    assert first.startswith("http://localhost:8000/api/v1/me/calendar.ics?key=")
    second = staff.post("me/calendar-key/").json()["url"]
    read = {url: client.get(url.removeprefix("http://localhost:8000")).status_code for url in (first, second)}
    assert read == {first: 404, second: 200}
    assert staff.delete("me/calendar-key/").status_code == 204
    assert staff.delete("me/calendar-key/").status_code == 204
    assert client.get(second.removeprefix("http://localhost:8000")).status_code == 404
    assert client.post("/api/v1/me/calendar-key/").status_code == 401
    assert client.post(first.removeprefix("http://localhost:8000")).status_code == 405
