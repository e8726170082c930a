"""Lists: pages that stay right while rows come, go and move; only what was asked for; nothing guessed."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indicators.models import Catalogue, Period
from organisations.models import Succession, Unit, UnitVersion
from workflow.models import Case

#: A list that has something in it, for an auditor; "…" stands for the number of a case.
LISTS = [
    "units/", "indicators/", "periods/", "assessments/", "cases/", "cases/…/events/", "notifications/",
    "dispatches/", "calendar/", "policies/", "webhooks/", "me/delegations/", "cases/…/corrective-actions/",
    "cases/…/evidence/",
]  # fmt: skip


def pages(caller, path, **query):
    """The results of each page, from the first to the last and back again by the links."""
    page = caller.get(path, **query).json()
    forth = [page]
    while page["next"]:
        page = caller.client.get(page["next"]).json()
        forth.append(page)
    back = []
    while page["previous"]:
        page = caller.client.get(page["previous"]).json()
        back.insert(0, page["results"])
    return [one["results"] for one in forth], back


@pytest.mark.parametrize("path", LISTS)
def test_the_pages_of_every_list_are_the_list_there_and_back(city, as_, path) -> None:
    case = city.complete_file(city.in_progress())
    city.rate(red="2.1 2.2 2.3", yellow="2.4")
    auditor, path = as_(city.auditor), path.replace("…", case.number)
    whole = auditor.get(path).json()["results"]
    forth, back = pages(auditor, path, page_size=2)
    assert [row for page in forth for row in page] == whole
    assert back == forth[:-1]
    assert all(len(page) == 2 for page in forth[:-1])


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL chooses by what it has counted")
@pytest.mark.parametrize("asked", [{"state": "open", "overdue": "true"}, {"state": "in_progress"}, {}])
def test_a_ward_looks_among_its_own_cases_and_a_city_walks_down_its_numbers(city, as_, asked) -> None:
    """SQLite, which keeps no statistics, plans the same whether there are ten cases or a million."""
    city.open_case()
    ward, all_of_it = (plan_of(as_(one), asked) for one in (city.staff, city.auditor))
    assert any("case_by_unit" in step and "(unit_id=?" in step for step in ward), ward
    assert not any("TEMP B-TREE" in step for step in all_of_it), all_of_it


def plan_of(caller, asked) -> list[str]:
    """How the database finds the cases of a list."""
    with CaptureQueriesContext(connection) as queries:
        assert caller.get("cases/", **asked).status_code == 200
    statement = next(q["sql"] for q in queries if '"indicators_indicator"."title_vi"' in q["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
        return [step for *_ids, step in cursor.fetchall()]


@pytest.mark.parametrize("order", ["number", "-number", "turn_due_on", "-turn_due_on", "opened_at"])
def test_what_comes_goes_and_moves_shifts_nothing(city, as_, order) -> None:
    city.rate(red="1.1 1.2 1.3 1.4 1.5 1.6")
    everything = [
        case["number"] for case in as_(city.auditor).get("cases/", ordering=order).json()["results"]
    ]
    auditor = as_(city.auditor)
    first = auditor.get("cases/", page_size=2, ordering=order).json()
    gone, *_rest = (case["number"] for case in first["results"])
    city.take(Case.objects.get(number=gone), "cancel", city.auditor, note="Nhầm")
    Case.objects.filter(number=gone).update(turn_due_on=None)
    city.rate(red="2.1")
    seen, page = [case["number"] for case in first["results"]], first
    while page["next"]:
        page = auditor.client.get(page["next"]).json()
        seen += [case["number"] for case in page["results"]]
    assert [number for number in seen if number in everything] == everything
    assert len(seen) == len(set(seen))


def test_a_page_deep_in_the_list_asks_nothing_of_what_lies_before(city, as_) -> None:
    city.rate(red=" ".join(f"1.{n}" for n in range(1, 10)))
    auditor = as_(city.auditor)
    page = auditor.get("cases/", page_size=3, ordering="turn_due_on").json()
    with CaptureQueriesContext(connection) as queries:
        auditor.client.get(page["next"])
    read = next(q["sql"] for q in queries if '"workflow_case"."number"' in q["sql"])
    assert "OFFSET" not in read
    assert '("workflow_case"."turn_due_on", "workflow_case"."id") > (' in read


def test_only_the_fields_asked_for_are_answered_and_worked_out(city, as_) -> None:
    case = city.in_progress()
    staff = as_(city.staff)
    row = staff.get("cases/", fields="state,number").json()["results"][0]
    assert list(row.items()) == [("number", case.number), ("state", "in_progress")]
    with CaptureQueriesContext(connection) as whole:
        staff.get(f"cases/{case.number}/")
    with CaptureQueriesContext(connection) as part:
        answer = staff.get(f"cases/{case.number}/", fields="number,due_on")
    assert set(answer.json()) == {"number", "due_on"}
    assert answer["ETag"] == f'"{case.version}"'
    assert len(part) < len(whole) - 5
    assert list(staff.get("units/11443/", fields="name").json()) == ["name"]
    for path in ("cases/", f"cases/{case.number}/", "units/11443/"):
        refused = staff.get(path, fields="number,secret")
        assert refused.status_code == 400
        assert any("“secret”" in said for said in refused.json()["errors"]["fields"])


@pytest.mark.parametrize("path", [*LISTS, "me/", "cases/…/", "units/11443/", "board/", "follow-through/"])
def test_what_no_address_knows_or_leaves_empty_is_refused_by_name(city, as_, path) -> None:
    path = path.replace("…", city.open_case().number)
    for query in ({"colur": "red"}, {"format": "json"}, {"_": "1"}):
        answer = as_(city.auditor).get(path, **query)
        assert (answer.status_code, set(answer.json()["errors"])) == (400, set(query))
    if path in LISTS:
        for query in ({"page_size": "0"}, {"page_size": "x"}, {"page_size": ""}, {"cursor": ""}):
            answer = as_(city.auditor).get(path, **query)
            assert (answer.status_code, set(answer.json()["errors"])) == (400, set(query))
    answer = as_(city.auditor).post(f"{path}?dry_run=1", {})
    assert answer.status_code in (400, 403, 405)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("overdue", "yes"), ("overdue", "1"), ("recurrence", "t"), ("due_before", "01/10/2026"),
        ("due_before", "2026-10-1"), ("due_before", "2026-02-30"), ("state", "lost"), ("kind", "x"),
        ("period_from", "1999"), ("turn", "you"), ("done", ""), ("search", ""), ("ordering", "finding"),
    ],
)  # fmt: skip
def test_a_filter_takes_nothing_for_what_it_is_not(city, as_, name, wrong) -> None:
    answer = as_(city.staff).get("cases/", **{name: wrong})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])


@pytest.mark.parametrize(
    ("path", "sent", "field"),
    [
        ("comments/", {"note": 5}, "note"),
        ("comments/", {"note": "x", "nte": "y"}, "nte"),
        ("steps/assign/", {"assignee": "staff@haiphong.example", "by": 1}, "by"),
        ("steps/assign/", {"assignee": "staff@haiphong.example", "due_on": "20261020"}, "due_on"),
        ("steps/assign/", {"assignee": "staff@haiphong.example", "supporters": {}}, "supporters"),
        ("corrective-actions/", {"description": 1, "owner": 1, "due_on": "2026-10-20"}, "description"),
    ],
)
def test_a_body_is_taken_for_nothing_but_what_it_is(city, as_, path, sent, field) -> None:
    answer = as_(city.chairperson).post(f"cases/{city.open_case().number}/{path}", sent)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_units_by_the_hundred_are_read_by_pages_of_200(city, as_) -> None:
    units = [
        Unit(code=f"{n:05}", kind="ward", name=f"Phường {n}", parent=city.unit) for n in range(20_000, 20_250)
    ]
    for unit in units:
        unit.save()
    forth, _back = pages(as_(city.stranger), "units/", page_size=1000)
    assert [len(page) for page in forth] == [200, 53]


def test_what_a_city_was_and_is_rated_by_costs_the_same_however_long_the_past(city, as_) -> None:
    admin, costs, told = as_(city.administrator), [], []
    admin.get("me/")
    for count in (1, 3, 50):
        _pass_through_time(city, count)
        cost, many = {}, {}
        for path in ("reorganisations/", "catalogue/", "periods/", "indicators/"):
            with CaptureQueriesContext(connection) as queries:
                answer = admin.get(path, **({} if path == "reorganisations/" else {"page_size": 200})).json()
            cost[path] = len(queries)
            many[path] = answer if path == "reorganisations/" else answer["results"]
        costs.append(cost)
        told.append(many)
    assert costs[0] == costs[1] == costs[2]
    assert max(costs[0].values()) <= 7
    for path, rows in told[0].items():
        more = [len(later[path]) - len(rows) for later in told]
        assert more == ([0, 0, 0] if path == "indicators/" else [0, 3, 53]), path
    newest = told[2]["reorganisations/"][0]
    [line] = newest["successors"]
    assert (line["unit_name"], line["predecessors"][0]["name"]) == ("Phường Mới 49", "Xã Cũ 49, Quận Nhà")
    assert newest["renamed"] == [{"before": "Xã Trước 49, Quận Nhà", "after": "Phường Mới 49"}]


def _pass_through_time(city, count: int) -> None:
    """So many resolutions, editions and periods more, with all that each has to tell."""
    before = Succession.objects.count()
    district = Unit.objects.create(code=f"h{before}", kind="district", name="Quận Nhà", parent=city.unit)
    for n in range(count):
        at = {"kind": "commune", "parent": city.unit}
        day = date(2025, 1, 1) + timedelta(days=before + n)
        old = Unit.objects.create(code=f"o{before + n}", name=f"Cũ {n}", dissolved_on=day, **at)
        new = Unit.objects.create(code=f"n{before + n}", name=f"Mới {n}", **(at | {"kind": "ward"}))
        act = {"legal_instrument": f"Nghị quyết {before + n}"}
        Succession.objects.create(predecessor=old, successor=new, since=day, **act)
        long_ago = {"since": date(2000, 1, 1), "kind": "commune", "parent": district}
        UnitVersion.objects.create(unit=old, name=f"Cũ {n}", **long_ago)
        UnitVersion.objects.create(unit=new, name=f"Trước {n}", **long_ago)
        UnitVersion.objects.create(unit=new, since=day, kind="ward", name=f"Mới {n}", **act)
        Catalogue.objects.create(edition=f"TCVN {before + n}", compared_on=day)
        Period.objects.create(code=f"P{before + n}", starts_on=day, ends_on=day)
