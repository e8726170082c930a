"""The change of 1 July 2025 in Kiến An, told by the administrator: every clause of what it must do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from notifications.models import Notification
from notifications.telling import tell
from organisations.hands import Hand
from organisations.history import read_succession
from organisations.loading import DATA, read_table
from organisations.models import Appointment, Delegation, Role, Succession, Unit, UnitVersion
from organisations.plan import PlanRow, choose
from organisations.planfile import read_plan
from organisations.refusals import Refused
from tests import kien_an
from tests.conftest import WEDNESDAY
from tests.kien_an import FIRST_DAY, RESOLUTION
from workflow.checking import Checked
from workflow.models import Case, Event
from workflow.operations import comment, take_step
from workflow.refusals import NotNow, NotYours
from workflow.reorganisation import choices, reorganise
from workflow.vocabulary import LIVE, State, Step

#: Trần Thành Ngọ goes on as Kiến An, Văn Đẩu as Phù Liễn; what is left of Đồng Hòa ends.
MARKED = {("11443", "11443"): "take", ("11446", "11446"): "take", ("11431", "11443"): "finish"}


TOMORROW = WEDNESDAY + timedelta(days=1)


def carry_out(city, rows=None, **options):
    given = {"on": FIRST_DAY, "legal_instrument": RESOLUTION, "by": city.administrator, "now": WEDNESDAY}
    return reorganise(rows or kien_an.plan(MARKED), **(given | options))


def sentences(refusal) -> str:
    return "\n".join(f"{fault.where}: {fault.sentence}" for fault in refusal.value.faults)


def dong_hoa() -> Unit:
    return Unit.objects.get(code="11431")


@pytest.fixture
def june(city_of_june_2025):
    """A case in every live state, one closed, one of another ward with the same indicator."""
    city = city_of_june_2025
    Delegation.objects.create(
        giver=city.chairperson, taker=city.vice_chair, unit=city.kien_an, since=date(2025, 7, 1)
    )
    city.cases = {
        "open": city.open_case("1.1"),
        "assigned": city.assigned(city.open_case("1.2")),
        "in_progress": city.in_progress(city.open_case("1.3"), supporters=[city.supporter]),
        "in_verification": city.in_verification(city.open_case("1.4")),
        "monitoring": city.monitored(city.open_case("1.5")),
        "handed_up": city.take(city.open_case("1.6"), "hand_up", city.chairperson, note="Vượt thẩm quyền"),
        "closed": city.closed(city.open_case("2.1")),
        "ending": city.open_case("1.1", unit=dong_hoa()),
    }
    return city


def successors() -> tuple[Unit, Unit]:
    standing = Unit.objects.filter(dissolved_on=None)
    return standing.get(code="11443"), standing.get(code="11446")


def counts() -> list[int]:
    models = (Unit, UnitVersion, Succession, Event, Case)
    return [model.objects.count() for model in models]


# --- The real change ---------------------------------------------------------------------------


def test_a_dry_run_tells_everything_and_stores_nothing(june) -> None:
    before = counts(), list(Case.objects.order_by("pk").values("state", "unit", "version"))
    report = carry_out(june, dry_run=True)
    assert (len(report.handed), len(report.finished)) == (6, 1)
    assert [str(unit) for unit in report.units.made] == ["Phường Kiến An", "Phường Phù Liễn", "Xã An Lão"]
    assert before == (counts(), list(Case.objects.order_by("pk").values("state", "unit", "version")))
    assert not Unit.objects.exclude(dissolved_on=None).exists()
    assert Appointment.objects.filter(unit=june.kien_an, until=None).exists()


def test_units_end_and_begin_with_their_lineage_and_names(june) -> None:
    carry_out(june)
    old_ward, (kien_an_ward, phu_lien) = Unit.objects.get(pk=june.kien_an.pk), successors()
    assert (old_ward.code, old_ward.dissolved_on, old_ward.parent) == ("11443", FIRST_DAY, june.unit)
    assert (kien_an_ward.code, str(kien_an_ward), kien_an_ward.parent) == (
        "11443",
        "Phường Kiến An",
        june.unit,
    )
    assert old_ward.name_on(FIRST_DAY) == "Phường Trần Thành Ngọ, Quận Kiến An"
    assert kien_an_ward.versions.get().legal_instrument == RESOLUTION
    lines = Succession.objects.filter(since=FIRST_DAY, legal_instrument=RESOLUTION)
    assert lines.count() == len(kien_an.plan())
    parts = set(lines.filter(is_partial=True, successor=phu_lien).values_list("predecessor__name", flat=True))
    assert parts == {
        "Đồng Hoà", "Bắc Sơn", "Nam Sơn", "Trần Thành Ngọ", "Văn Đẩu", "Trường Sơn", "Quận Kiến An",
    }  # fmt: skip
    whole = lines.filter(is_partial=False).values_list("predecessor__name", "successor__code")
    assert set(whole) == {("Ngọc Sơn", "11446"), ("Bắc Hà", "11446")}
    assert Unit.objects.get(code="313").dissolved_on is None  # Huyện An Lão is not in this plan


def test_every_live_case_goes_on_or_ends_with_an_event_of_the_administrator(june) -> None:
    carry_out(june)
    kien_an_ward, _phu_lien = successors()
    for name in ("open", "assigned", "in_progress", "in_verification", "monitoring", "handed_up"):
        case = Case.objects.get(pk=june.cases[name].pk)
        event = case.events.latest("seq")
        assert (case.state, case.unit) == (name, kien_an_ward)
        assert (event.kind, event.actor, event.at) == ("transferred", june.administrator, WEDNESDAY)
        assert event.changes["unit"] == [june.kien_an.pk, kien_an_ward.pk]
        assert event.note == (
            f"{RESOLUTION}, từ 01/07/2025: Phường Kiến An kế thừa Phường Trần Thành Ngọ, Quận Kiến An."
        )
        assert case.turn_due_on == june.cases[name].turn_due_on, "no deadline moves"
    ended = Case.objects.get(pk=june.cases["ending"].pk)
    assert (ended.state, ended.unit, ended.closed_at) == (State.CANCELLED, dong_hoa(), WEDNESDAY)
    assert ended.events.latest("seq").kind == "finished"
    assert not Case.objects.live().exclude(unit__dissolved_on=None).exists()
    assert not list(Checked().breaks())


def test_offices_and_delegations_end_on_the_day_and_later_ones_never_begin(june) -> None:
    later = june.person("later", "Lê Văn Mới", Role.STAFF, since=date(2026, 12, 1))
    [done] = [d for d in carry_out(june).units.dissolved if d.unit == june.kien_an]
    assert (done.offices, done.delegations) == (8, 1)
    assert not Appointment.objects.current(WEDNESDAY.date()).filter(unit=june.kien_an).exists()
    assert not Hand(later, on=date(2027, 1, 1)).offices
    assert Hand(june.administrator, on=WEDNESDAY.date()).cities == {june.unit.pk}
    assert not Hand(june.vice_chair, on=WEDNESDAY.date()).units_chaired


def test_whoever_went_along_keeps_the_work_and_the_rest_waits_for_the_new_chairperson(june) -> None:
    carry_out(june)
    new, _other = successors()
    chair = june.person("new_chair", "Trần Văn Mới", Role.CHAIRPERSON, new)
    case = Case.objects.get(pk=june.cases["in_progress"].pk)
    assert (case.assignee, list(case.supporters)) == (None, [])
    assert case in Case.objects.awaiting(chair, on=WEDNESDAY.date())
    worker = june.person("new_staff", "Phạm Thị Mới", Role.STAFF, new)
    assert take_step(case, Step.ASSIGN, by=chair, now=WEDNESDAY, assignee=worker).assignee == worker


def test_an_assignee_who_already_works_for_the_standing_successor_goes_on(june) -> None:
    Appointment.objects.create(user=june.staff, unit=june.phu_lien, role=Role.STAFF, since=FIRST_DAY)
    carry_out(june, [PlanRow("11443", "11446", "", "")])
    case = Case.objects.get(pk=june.cases["in_progress"].pk)
    assert (case.unit, case.assignee) == (june.phu_lien, june.staff)
    assert not case.supporters.exists()
    assert june.supporter.pk in set(case.participations.values_list("user", flat=True)), "history stays"


def test_of_two_cases_of_one_indicator_the_red_then_the_older_goes_on(june) -> None:
    bac_son = Unit.objects.get(code="11434")
    yellow = june.open_case("3.1", colour="yellow", now=WEDNESDAY - timedelta(days=9))
    red = june.open_case("3.1", unit=bac_son)
    older = june.open_case("3.2", now=WEDNESDAY - timedelta(days=1))
    newer = june.open_case("3.2", unit=bac_son)
    report = carry_out(june, kien_an.plan(MARKED | {("11434", "11443"): "take"}))
    state = dict(Case.objects.values_list("number", "state"))
    assert [state[c.number] for c in (yellow, red, older, newer)] == [
        "cancelled",
        "open",
        "open",
        "cancelled",
    ]
    note = yellow.events.latest("seq").note
    assert note.endswith(f"việc này tiếp tục trong hồ sơ {red.number} của Phường Kiến An.")
    assert {f.number: f.goes_on_in for f in report.finished}[newer.number] == older.number


def test_a_case_the_standing_successor_has_already_goes_on_before_all_others(june) -> None:
    theirs = june.open_case("1.1", unit=june.phu_lien, colour="yellow")
    carry_out(june, [PlanRow("11443", "11446", "", "")])
    assert Case.objects.get(pk=theirs.pk).state == "open"
    assert Case.objects.get(pk=june.cases["open"].pk).state == "cancelled"
    assert Case.objects.get(pk=june.cases["assigned"].pk).unit == june.phu_lien


def test_new_ratings_under_the_code_are_of_the_new_ward(june) -> None:
    carry_out(june)
    kien_an_ward, _phu_lien = successors()
    june.rate(red="2.1", unit=june.kien_an, period="2026-Q4")
    case = Case.objects.latest("pk")
    assert (case.unit, case.recurrence_of) == (kien_an_ward, None)
    assert not june.kien_an.cases.live().exists()


def test_once_is_enough(june) -> None:
    carry_out(june)
    before = counts()
    with pytest.raises(Refused) as refusal:
        carry_out(june)
    assert "Không có đơn vị đang hoạt động mang mã 11431" in sentences(refusal)
    assert "Phường Kiến An mới thành lập ngày này hoặc sau đó" in sentences(refusal)
    assert counts() == before


def test_the_table_of_the_whole_city_is_a_plan_and_makes_the_units_of_today(city_of_june_2025) -> None:
    hai_phong = city_of_june_2025.unit
    for row in read_succession("31"):
        named = {"kind": row["old_kind"], "name": row["old_name"], "parent": hai_phong}
        Unit.objects.get_or_create(code=row["old_code"], defaults=named)
    plan = read_plan((DATA / "succession-hai-phong-2025.csv").read_bytes())
    report = carry_out(city_of_june_2025, plan)
    assert (len(report.units.dissolved), len(report.units.made)) == (374, 113)
    standing = Unit.objects.filter(dissolved_on=None, parent=hai_phong).exclude(kind="district")
    shipped = {
        (r["code"], r["kind"], r["name"]) for r in read_table(DATA / "units.csv") if r["province"] == "31"
    }
    assert shipped - set(standing.values_list("code", "kind", "name")) == {
        ("11948", "special_zone", "Bạch Long Vĩ")  # which had no communes
    }


# --- Who reads what afterwards -------------------------------------------------------------------


@pytest.fixture
def july(june):
    """After the change, with a chairperson in each new unit."""
    carry_out(june)
    kien_an_ward, phu_lien = successors()
    june.person("of_kien_an", "Trần Văn Một", Role.CHAIRPERSON, kien_an_ward)
    june.person("of_phu_lien", "Trần Văn Hai", Role.CHAIRPERSON, phu_lien)
    june.person("of_an_lao", "Trần Văn Ba", Role.CHAIRPERSON, Unit.objects.get(code="11629"))
    return june


def reader(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("who", ["of_kien_an", "of_phu_lien", "auditor"])
def test_successors_and_the_city_read_what_was_closed_under_its_name_of_the_time(july, who) -> None:
    client, case = reader(getattr(july, who)), july.cases["closed"]
    page = client.get(case.get_absolute_url()).content.decode()
    assert "Phường Trần Thành Ngọ, Quận Kiến An" in page
    assert "Phường Trần Thành Ngọ, Quận Kiến An" in client.get("/cases/?state=closed").content.decode()
    evidence = case.evidence.get()
    answer = client.get(f"{case.get_absolute_url()}evidence/{evidence.pk}/file/")
    assert b"".join(answer) == evidence.file.open().read()
    listed = client.get("/api/v1/cases/", {"unit": "11443", "state": "closed"}).json()
    assert [row["unit_name"] for row in listed["results"]] == ["Phường Trần Thành Ngọ, Quận Kiến An"]


@pytest.mark.parametrize("who", ["of_an_lao", "stranger", "chairperson"])
def test_nobody_else_reads_it(july, who) -> None:
    client, case = reader(getattr(july, who)), july.cases["closed"]
    assert client.get(case.get_absolute_url()).status_code == 404
    assert client.get(f"{case.get_absolute_url()}evidence/{case.evidence.get().pk}/file/").status_code == 404
    assert case.number not in client.get("/cases/").content.decode()


def test_successors_leave_it_as_it_is(july) -> None:
    client, case = reader(july.of_kien_an), july.cases["closed"]
    address = case.get_absolute_url()
    assert "/comments/" not in client.get(address).content.decode()
    refused = client.post(f"{address}comments/", {"note": "Xin hỏi"})
    assert (refused.status_code, "chỉ để xem" in refused.content.decode()) == (403, True)
    with pytest.raises(NotYours):
        comment(case, by=july.of_phu_lien, note="Xin hỏi", now=WEDNESDAY)
    for step in Step:
        assert client.post(f"{address}steps/{step}/", {"note": "Mở lại"}).status_code in (400, 403, 409), step
    with pytest.raises(NotNow, match="đã giải thể"):
        take_step(case, Step.REOPEN, by=july.auditor, now=WEDNESDAY, note="Chưa đạt")
    comment(case, by=july.auditor, note="Đã xem", now=WEDNESDAY)
    assert Case.objects.get(pk=case.pk).events.latest("seq").kind == "commented"


def test_a_case_handed_over_tells_where_it_comes_from(july) -> None:
    client, case = reader(july.auditor), july.cases["open"]
    page = client.get(case.get_absolute_url()).content.decode()
    assert "chuyển giao hồ sơ cho Phường Kiến An." in page
    assert "2026-Q3 · Phường Trần Thành Ngọ, Quận Kiến An" in page
    assert reader(july.of_kien_an).get("/cases/?state=open").content.decode().count(case.number) > 0


def test_sight_passes_on_through_a_unit_that_was_itself_dissolved_but_not_through_one_that_stands(
    july,
) -> None:
    new, other = successors()
    rows = [PlanRow("11446", "11447", "ward", "Đa Phúc"), PlanRow("11443", "11447", "", "", keeps=True)]
    carry_out(july, rows, on=date(2026, 10, 7))
    heir = july.person("heir", "Lê Văn Bốn", Role.CHAIRPERSON, Unit.objects.get(code="11447"))
    hand = Hand(heir, on=date(2026, 10, 7))
    assert other.pk in hand.inherited_units
    assert july.kien_an.pk in hand.inherited_units, "through Phù Liễn, which is dissolved"
    assert new.pk not in hand.inherited_units, "Kiến An only gave a part away"


def test_the_chairperson_of_the_successor_is_told_and_nobody_of_the_unit_that_ended(june) -> None:
    tell(now=WEDNESDAY)
    carry_out(june, [PlanRow("11443", "11446", "", "")])
    tell(now=WEDNESDAY)
    told = Notification.objects.filter(kind="transferred")
    assert set(told.values_list("recipient", flat=True)) == {june.neighbour_chairperson.pk}
    assert told.count() == 6
    assert told.values("dispatches__message").distinct().count() == 1, "in one mail"


# --- Other changes ------------------------------------------------------------------------------


def test_a_new_name_and_kind_keep_the_unit_its_people_and_its_cases(city) -> None:
    closed, live = city.closed(city.open_case("2.1")), city.open_case("1.1")
    row = PlanRow("11443", "11443", "commune", "Kiến An Mới")
    # Told on the next day: what was closed the day before keeps the old name.
    tomorrow = WEDNESDAY + timedelta(days=1)
    report = carry_out(city, [row], on=tomorrow.date(), legal_instrument="NQ 30/2026/QH16", now=tomorrow)
    unit = Unit.objects.get(code="11443")
    assert (unit.pk, str(unit), report.units.renamed[0].before) == (
        city.kien_an.pk, "Xã Kiến An Mới", "Phường Kiến An",
    )  # fmt: skip
    assert Case.objects.get(pk=live.pk).unit_name == "Xã Kiến An Mới"
    assert Case.objects.get(pk=closed.pk).unit_name == "Phường Kiến An"
    assert unit.versions.latest("since").legal_instrument == "NQ 30/2026/QH16"
    assert Hand(city.chairperson, on=tomorrow.date()).units_chaired == {unit.pk}
    assert not Succession.objects.exists()
    with pytest.raises(Refused, match="không có gì thay đổi"):
        carry_out(city, [row], on=tomorrow.date(), now=tomorrow)


def test_a_part_given_away_by_a_unit_that_stands(city) -> None:
    case = city.open_case("1.1")
    rows = [PlanRow("11443", "11446", "ward", "Phù Liễn", is_part=True, keeps=True)]
    report = carry_out(city, rows, on=WEDNESDAY.date())
    assert [str(ceded.unit) for ceded in report.units.ceded] == ["Phường Kiến An"]
    assert (Succession.objects.get().is_partial, report.units.dissolved, report.fates) == (True, [], [])
    assert Case.objects.get(pk=case.pk).unit == city.kien_an
    assert city.kien_an.pk not in Hand(city.neighbour_chairperson, on=WEDNESDAY.date()).inherited_units
    with pytest.raises(Refused, match="đã được ghi"):
        carry_out(city, rows, on=WEDNESDAY.date())


def test_by_hand_a_case_goes_only_to_a_successor_that_stands(city) -> None:
    case = city.open_case("1.1")
    new = Unit.objects.create(code="11450", kind="ward", name="Mới", parent=city.unit)
    with pytest.raises(NotNow, match="không phải đơn vị kế thừa"):
        city.take(case, "transfer", city.administrator, unit=city.phu_lien, note="Nhầm")
    today = WEDNESDAY.date()
    carry_out(city, [PlanRow("11443", "11446", "", "", keeps=True)], on=today)
    carry_out(city, [PlanRow("11446", "11450", "", "")], on=today + timedelta(days=1), now=TOMORROW)
    gone = Unit.objects.get(pk=city.phu_lien.pk)
    with pytest.raises(NotNow, match="đã giải thể"):
        city.take(case, "transfer", city.administrator, unit=gone, note="Nhầm", now=TOMORROW)
    assert new.inheritances.count() == 1


def test_one_of_several_successors_is_chosen(june) -> None:
    rows = kien_an.plan()
    open_choices = {c.unit.code: c for c in choices(rows, on=FIRST_DAY)}
    assert {code: (c.live, c.chosen) for code, c in open_choices.items()} == {
        "11443": (6, ""),
        "11431": (1, ""),
    }
    with pytest.raises(Refused) as refusal:
        carry_out(june, rows)
    assert "Phường Trần Thành Ngọ có 6 hồ sơ đang xử lý và nhiều đơn vị kế thừa" in sentences(refusal)
    report = carry_out(june, choose(rows, {"11443": "11446", "11431": "finish"}))
    assert {str(fate.to) for fate in report.handed} == {"Phường Phù Liễn"}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([PlanRow("99999", "11443", "ward", "X")], "Không có đơn vị đang hoạt động mang mã 99999"),
        ([PlanRow("11443", "11446", "ward", "Khác")], "Mã 11446 đang là Phường Phù Liễn"),
        ([PlanRow("11443", "11446", "ward", "Phù Liên")], "Mã 11446 đang là Phường Phù Liễn"),
        ([PlanRow("11443", "11450", "", "")], "cần loại (new_kind) và tên"),
        ([PlanRow("11443", "11450", "ward", "A"), PlanRow("11446", "11450", "ward", "B")], "khác với dòng"),
        ([PlanRow("11443", "11446", "", "")] * 2, "chỉ giữ một dòng"),
        ([PlanRow("11443", "11446", "", "", is_part=True)], "ghi keeps = yes"),
        ([PlanRow("11443", "11446", "", "", keeps=True, cases="take")], "để trống cột cases"),
        ([PlanRow("11443", "11443", "ward", "B", cases="finish")], "để trống cột cases"),
        ([PlanRow("31", "11446", "", "")], "cấp tỉnh"),
        ([PlanRow("11443", "11443", "ward", "Kiến An")], "không có gì thay đổi"),
    ],
)  # fmt: skip
def test_a_plan_with_a_fault_is_refused_and_names_the_line(city, rows, said) -> None:
    before = counts()
    rows = [row._replace(where=f"dòng {number}") for number, row in enumerate(rows, start=2)]
    with pytest.raises(Refused) as refusal:
        carry_out(city, rows, on=WEDNESDAY.date())
    assert said in sentences(refusal)
    assert all(fault.where.startswith("dòng") for fault in refusal.value.faults)
    assert counts() == before


def test_all_faults_are_told_at_once(city) -> None:
    rows = [PlanRow(code, "11446", "ward", "Khác", where=code) for code in ("11443", "11111", "22222")]
    with pytest.raises(Refused) as refusal:
        carry_out(city, rows, on=WEDNESDAY.date())
    assert {fault.where for fault in refusal.value.faults} == {"11443", "11111", "22222"}


def test_only_an_administrator_of_the_city_and_only_once_the_day_has_come(city) -> None:
    rows = [PlanRow("11443", "11446", "", "")]
    other = Unit.objects.create(code="01", kind="city", name="Hà Nội")
    city.person("of_hanoi", "Mai Văn Xa", Role.ADMINISTRATOR, other)
    city.person("former", "Mai Văn Cũ", Role.ADMINISTRATOR, city.unit, until=WEDNESDAY.date())
    for who in ("chairperson", "auditor", "stranger", "of_hanoi", "former"):
        with pytest.raises(NotYours):
            carry_out(city, rows, on=WEDNESDAY.date(), by=getattr(city, who))
    with pytest.raises(Refused, match="chưa đến"):
        carry_out(city, rows, on=WEDNESDAY.date() + timedelta(days=1))
    with pytest.raises(Refused, match="văn bản"):
        carry_out(city, rows, on=WEDNESDAY.date(), legal_instrument=" ")
    assert not Unit.objects.exclude(dissolved_on=None).exists()
    assert set(Case.objects.values_list("state", flat=True)) <= set(LIVE)
