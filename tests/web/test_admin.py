"""The administration pages: reference data for superusers, cases to look at only."""

import pytest
from django.db.models.signals import pre_save

from organisations.models import Appointment, Role, Unit, User
from workflow.models import CalendarDay, Policy, Round
from workflow.rounds import has_asked


@pytest.fixture
def root(city, client):
    client.force_login(User.objects.create_superuser("root@haiphong.example", full_name="Gốc"))
    return client


def test_only_superusers_enter(city, signed_in):
    for person in (city.administrator, city.chairperson):
        assert signed_in(person).get("/admin/").status_code == 302


def test_every_list_and_form_of_reference_data_opens(root, city):
    case = city.in_verification()
    from django.contrib import admin

    for model in admin.site._registry:
        if model._meta.app_label in ("organisations", "indicators", "workflow"):
            address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
            assert root.get(address).status_code == 200, address
            first = model._default_manager.first()
            if first:
                assert root.get(f"{address}{first.pk}/change/").status_code == 200, address
    assert case.events.exists()


def test_cases_and_their_record_are_never_written_here(root, city):
    case = city.open_case()
    for address in (f"workflow/case/{case.pk}", f"workflow/event/{case.events.first().pk}"):
        page = root.get(f"/admin/{address}/change/").content.decode()
        assert 'name="_save"' not in page
        assert root.post(f"/admin/{address}/change/", {"state": "closed"}).status_code == 403
        assert root.post(f"/admin/{address}/delete/", {"post": "yes"}).status_code == 403
    assert root.get("/admin/workflow/case/add/").status_code == 403


def test_calendar_and_policies_are_changed_by_their_operations_only(root, city):
    for name, model in (("calendarday", CalendarDay), ("policy", Policy)):
        address = f"/admin/workflow/{name}/"
        assert root.get(f"{address}add/").status_code == 403
        assert root.post(f"{address}{model.objects.first().pk}/change/", {}).status_code == 403
        assert root.post(f"{address}{model.objects.first().pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_clock_is_set_here_within_bounds_and_nothing_else_of_it(root):
    ring = Round.objects.get(task="workflow.tasks.ring_due")
    address = f"/admin/workflow/round/{ring.pk}/change/"
    for wrong in ("4", "3601", "-60", "x", ""):
        assert "errorlist" in root.post(address, {"every_seconds": wrong, "is_on": "on"}).content.decode(), (
            wrong
        )
    given = {"every_seconds": "300", "name": "x", "task": "os.system", "asked_at_0": "2020-01-01"}
    assert root.post(address, given).status_code == 302
    now = Round.objects.get(pk=ring.pk)
    assert (now.every_seconds, now.is_on) == (300, False)
    assert (now.name, now.task, now.asked_at) == (ring.name, ring.task, None)
    assert root.get("/admin/workflow/round/add/").status_code == 403
    assert root.post(f"/admin/workflow/round/{ring.pk}/delete/", {"post": "yes"}).status_code == 403


def test_setting_the_clock_does_not_set_back_what_it_wrote_meanwhile(root):
    ring = Round.objects.get(task="workflow.tasks.ring_due")

    def goes_round(**_kwargs):
        has_asked(ring.name)

    pre_save.connect(goes_round, sender=Round)
    try:
        answer = root.post(f"/admin/workflow/round/{ring.pk}/change/", {"every_seconds": "300"})
    finally:
        pre_save.disconnect(goes_round, sender=Round)
    assert answer.status_code == 302
    now = Round.objects.get(pk=ring.pk)
    assert now.every_seconds == 300
    assert now.asked_at is not None


READ_ONLY = ("unit", "unitversion", "succession", "delegation")


@pytest.fixture
def doer(city, client):
    """Somebody who works in a unit and keeps the server as well."""
    User.objects.filter(pk=city.staff.pk).update(is_staff=True, is_superuser=True)
    client.force_login(User.objects.get(pk=city.staff.pk))
    return client


def office(city, **given):
    defaults = {
        "user": city.stranger.pk,
        "role": "administrator",
        "unit": city.unit.pk,
        "since": "2026-10-07",
    }
    return defaults | given


@pytest.mark.parametrize("name", READ_ONLY)
def test_units_and_delegations_are_changed_by_their_operations_only(doer, city, name):
    address = f"/admin/organisations/{name}/"
    assert doer.get(address).status_code == 200
    assert doer.get(f"{address}add/").status_code == 403
    if name == "unit":
        gone = {"code": "11443", "kind": "ward", "name": "Kiến An", "dissolved_on": "2026-10-01"}
        assert doer.post(f"{address}{city.kien_an.pk}/change/", gone).status_code == 403
        assert Unit.objects.get(pk=city.kien_an.pk).dissolved_on is None


@pytest.mark.parametrize(
    "given",
    [
        {"role": "auditor"},
        {"role": "chairperson"},
        {"unit": "kien_an"},
        {"unit": "kien_an", "role": "chairperson"},
        {"user": "staff"},
        {"user": "administrator"},  # who is one already
        {"user": "gone"},
        {"since": "1926-10-07"},
    ],
)
def test_no_other_office_is_given_here_and_none_to_oneself(doer, city, given):
    city.person("gone", "Đinh Thị Đã Đi", None)
    User.objects.filter(pk=city.gone.pk).update(is_active=False)
    asked = {
        name: value if name in ("role", "since") else getattr(city, value).pk for name, value in given.items()
    }
    before = list(Appointment.objects.order_by("pk").values())
    assert doer.post("/admin/organisations/appointment/add/", office(city, **asked)).status_code == 200
    assert list(Appointment.objects.order_by("pk").values()) == before


def test_the_first_administrator_of_a_city_is_named_here_and_their_office_is_not_changed(root, city):
    assert root.post("/admin/organisations/appointment/add/", office(city)).status_code == 302
    given = city.stranger.appointments.get()
    assert (given.role, given.unit) == (Role.ADMINISTRATOR, city.unit)
    address = f"/admin/organisations/appointment/{given.pk}"
    assert root.get(f"{address}/change/").status_code == 200
    assert root.post(f"{address}/change/", office(city, since="2020-01-01")).status_code == 403
    assert root.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
