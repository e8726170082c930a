"""The administration pages: reference data for superusers, cases to look at only."""

import pytest

from organisations.models import User
from workflow.models import CalendarDay, Policy


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
