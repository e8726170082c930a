"""Ratings typed in the page: the same preview, the same record, and nobody's words lost or overwritten."""

import pytest

from indicators.models import Assessment, Indicator, Rating
from indicators.refusals import Refused
from tests.web.test_assessments import send
from tests.web.test_hostile_input import ODD, is_a_page
from tests.web.workbooks import filled_in
from workflow.models import Case

EDIT = "/assessments/edit/?unit=11443&period=2026-Q4&kind=self"


@pytest.fixture
def coordinator(city, signed_in):
    return signed_in(city.coordinator)


def typed(page, **codes):
    """What a browser sends: the form as drawn, with some of it changed, as typed(page, **{"1.4": …})."""
    data = {}
    for _group, items in page.context["groups"]:
        for item in items:
            form = item.form
            for name in ("colour", "finding", "evidence_note", "seen"):
                data[form.add_prefix(name)] = form[name].value() or ("0" if name == "seen" else "")
    for code, said in codes.items():
        for name, value in zip(("colour", "finding", "evidence_note"), said, strict=False):
            data[f"{code}-{name}"] = value
    return data


def html(answer):
    return answer.content.decode()


def said(code, period="2026-Q4"):
    found = Rating.objects.in_force().filter(indicator__code=code, assessment__period__code=period)
    return found.values_list("colour", "finding", "evidence_note").get()


def test_one_rating_is_changed_in_the_page_through_the_same_preview(city, coordinator):
    city.rate(green="1.4 2.1", period="2026-Q3")
    city.rate(green="1.4 2.1", period="2026-Q4")
    page = coordinator.get(EDIT)
    sent = typed(page, **{"1.4": ("red", "=1+1\r\nSổ chưa có", "Ảnh")})
    preview = coordinator.post(EDIT, sent, follow=True)
    assert preview.redirect_chain == [("/assessments/preview/", 302)]
    (line,) = preview.context["preview"].lines
    assert (line.indicator.code, line.before, line.colour, line.effect) == ("1.4", "green", "red", "opened")
    assert not Case.objects.exists()
    done = coordinator.post("/assessments/confirm/", follow=True)
    assessment = Assessment.objects.get(period__code="2026-Q4")
    assert done.redirect_chain == [(f"/assessments/{assessment.pk}/", 302)]
    assert "1 hồ sơ mới" in html(done)
    assert said("1.4") == ("red", "=1+1\nSổ chưa có", "Ảnh")
    assert Rating.objects.get(finding__contains="Sổ chưa có").intake.source_name == "Nhập trên trang"
    again = coordinator.post(EDIT, typed(coordinator.get(EDIT)), follow=True)
    assert "Không có gì khác với lần ghi trước." in html(again)
    assert (Case.objects.count(), Rating.objects.filter(indicator__code="1.4").count()) == (1, 3)


def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(city, coordinator):
    page = coordinator.get(EDIT)
    sent = typed(page, **{"1.4": ("not_applicable", " "), "2.1": ("purple", ""), "3.1": ("red", "Giữ lại")})
    answer = coordinator.post(EDIT, sent)
    forms = {item.indicator.code: item.form for _group, items in answer.context["groups"] for item in items}
    assert answer.status_code == 400
    assert [i.code for i in answer.context["wrong"]] == ["1.4", "2.1"]
    assert "cần lý do" in str(forms["1.4"]["finding"].errors)
    assert forms["2.1"]["colour"].errors
    assert "Giữ lại" in html(answer)
    assert coordinator.post(EDIT, {}).status_code == 400
    assert not Rating.objects.exists()


def test_what_nobody_touched_is_not_changed_and_blocks_nothing(city, coordinator):
    """What older ways in have left: line ends of a browser, and more words than anybody may write now."""
    city.rate(green="1.4 1.5 1.6", period="2026-Q4")
    kept = Rating.objects.in_force()
    kept.filter(indicator__code="1.4").update(finding="Dòng một\r\nDòng hai")
    kept.filter(indicator__code="1.5").update(finding="a" * 10_001)
    sent = typed(coordinator.get(EDIT), **{"2.1": ("green", "Dòng một\rDòng hai")})
    sent = {name: str(value).replace("\n", "\r\n") for name, value in sent.items()}
    preview = coordinator.post(EDIT, sent, follow=True)
    assert [line.indicator.code for line in preview.context["preview"].lines] == ["2.1"]
    coordinator.post("/assessments/confirm/")
    assert said("2.1") == ("green", "Dòng một\nDòng hai", "")
    # Whoever touches the long one, or makes another as long, is told beside the field.
    longer = {"1.5": ("green", "b" * 10_001), "1.6": ("green", "", "c" * 10_001)}
    answer = coordinator.post(EDIT, typed(coordinator.get(EDIT), **longer))
    assert answer.status_code == 400
    assert [i.code for i in answer.context["wrong"]] == ["1.5", "1.6"]
    assert html(answer).count("Không quá 10000 ký tự.") == 2
    # The same in other line ends, sent by a script, says nothing new.
    report = city.rate(green="1.4", period="2026-Q4", finding="Dòng một\rDòng hai", dry_run=True)
    assert (report.recorded, report.unchanged) == (0, 1)
    with pytest.raises(Refused, match="Không quá 10000 ký tự"):
        city.rate(green="1.4", period="2026-Q4", finding="a" * 10_001)


def test_whoever_was_faster_is_told_of_and_not_overwritten(city, coordinator):
    city.rate(green="1.4 2.1", period="2026-Q4")
    sent = typed(coordinator.get(EDIT), **{"1.4": ("yellow", "Của tôi"), "3.1": ("red", "Cũng của tôi")})
    city.rate(red="1.4", yellow="2.1", period="2026-Q4")
    answer = coordinator.post(EDIT, sent)
    assert answer.status_code == 409
    for words in ("Bùi Gia Huy vừa ghi lúc", "Phát hiện ở 1.4", "Của tôi", "Cũng của tôi"):
        assert words in html(answer)
    assert [i.code for i in answer.context["wrong"]] == ["1.4"]
    # Sent again in the knowledge of it; what was not touched stays as the other left it.
    preview = coordinator.post(EDIT, typed(answer), follow=True)
    assert {line.indicator.code for line in preview.context["preview"].lines} == {"1.4", "3.1"}
    # Between preview and confirmation somebody is faster again: back to the form, with all that was typed.
    city.rate(green="3.1", period="2026-Q4")
    back = coordinator.post("/assessments/confirm/", follow=True)
    assert back.redirect_chain[-1][0].endswith("&typed=")
    assert "Cũng của tôi" in html(back)
    assert said("1.4") == ("red", "Phát hiện ở 1.4", "")
    coordinator.post(EDIT, typed(back), follow=True)
    coordinator.post("/assessments/confirm/")
    assert (said("1.4")[1], said("3.1")[1], said("2.1")[0]) == ("Của tôi", "Cũng của tôi", "yellow")


def test_a_refused_workbook_is_mended_in_the_page(city, coordinator):
    content = filled_in(city.kien_an, "2026-Q4", Đỏ="1.4", Tím="1.5")
    refused = send(coordinator, content)
    page = coordinator.get(refused.context["mend"])
    forms = {item.indicator.code: item for _group, items in page.context["groups"] for item in items}
    assert forms["1.4"].form["colour"].value() == "red"
    assert forms["1.5"].form["finding"].value() == "Phát hiện ở chỉ số 1.5"
    assert "Không hiểu mức đánh giá “Tím”" in html(page)
    assert coordinator.post(EDIT, typed(page)).status_code == 400  # the colour nobody could read is asked for
    coordinator.post(EDIT, typed(page, **{"1.5": ("yellow",)}))
    coordinator.post("/assessments/confirm/")
    assert (said("1.4")[0], said("1.5")) == ("red", ("yellow", "Phát hiện ở chỉ số 1.5", ""))


def test_what_no_browser_sends_is_refused_on_the_page(city, coordinator):
    city.rate(green="1.4", period="2026-Q4")
    sent = typed(coordinator.get(EDIT))
    for name in ("colour", "finding", "seen"):
        for odd in ODD:
            answer = coordinator.post(EDIT, sent | {f"1.4-{name}": odd})
            assert is_a_page(answer, 400, 409) or (name, answer.status_code) == ("finding", 302), (name, odd)
    assert said("1.4") == ("green", "Phát hiện ở 1.4", "")
    for odd in ODD:
        assert is_a_page(coordinator.get("/assessments/edit/", {"unit": "11443", "period": odd}), 404)


@pytest.mark.parametrize(
    ("person", "asked", "status"),
    [
        ("coordinator", {}, 200),
        ("coordinator", {"unit": "11446"}, 404),
        ("coordinator", {"kind": "city"}, 404),
        ("coordinator", {"period": "2026-Q9"}, 404),
        ("auditor", {"kind": "city"}, 200),
        ("auditor", {"kind": "self"}, 404),
        ("administrator", {}, 200),
        ("staff", {}, 403),
        ("stranger", {}, 403),
    ],
)
def test_who_may_type_what(city, signed_in, person, asked, status):
    reader = signed_in(getattr(city, person))
    address = "/assessments/edit/"
    query = {"unit": "11443", "period": "2026-Q4", "kind": "self"} | asked
    assert reader.get(address, query).status_code == status
    if status != 200:
        sent = {f"{i.code}-colour": "red" for i in Indicator.objects.all()}
        assert (
            reader.post(f"{address}?" + "&".join(f"{n}={v}" for n, v in query.items()), sent).status_code
            == status
        )


# --- The assessment on a page -------------------------------------------------------------------


def test_an_assessment_stands_beside_the_last_period_the_other_rater_and_its_cases(city, signed_in):
    city.rate(red="1.4", green="2.1", yellow="3.1", period="2026-Q3")
    city.rate(yellow="1.4", red="2.1", green="4.1", period="2026-Q4")
    city.rate(red="1.4", green="4.1", period="2026-Q4", kind="city")
    mine = Assessment.objects.get(period__code="2026-Q4", kind="self")
    page = signed_in(city.staff).get(f"/assessments/{mine.pk}/")
    rows = {row.indicator.code: row for _group, group in page.context["groups"] for row in group}
    assert len(rows) == 39
    case = Case.objects.get(indicator__code="1.4")
    assert (rows["1.4"].change, rows["1.4"].other, rows["1.4"].differs) == ("better", "red", True)
    assert (rows["2.1"].change, rows["2.1"].other) == ("worse", "")
    assert (rows["4.1"].change, rows["4.1"].differs, rows["3.1"].colour) == ("", False, "not_rated")
    text = html(page)
    for words in ("1 tốt lên, 1 xấu đi, 0 như trước", "1 chỉ số khác mức", case.number, "Bùi Gia Huy"):
        assert words in text
    assert "Sửa trên trang" not in text
    assert "Sửa trên trang" in html(signed_in(city.coordinator).get(f"/assessments/{mine.pk}/"))
    book = signed_in(city.staff).get(f"/assessments/{mine.pk}/workbook/")
    assert book["Content-Disposition"].endswith('"danh-gia-11443-2026-Q4.xlsx"')
    for rest in ("", "workbook/"):
        assert signed_in(city.neighbour_staff).get(f"/assessments/{mine.pk}/{rest}").status_code == 404


def test_the_list_has_what_the_reader_may_see_and_narrows(city, signed_in):
    city.rate(red="1.4", green="2.1", period="2026-Q3")
    city.rate(yellow="1.4", period="2026-Q4", unit=city.phu_lien)
    city.rate(red="1.4", period="2026-Q4", kind="city")

    def listed(person, query=""):
        rows = signed_in(person).get(f"/assessments/{query}").context["assessments"]
        return [(row.unit_name, row.assessment.period.code, dict(row.colours)) for row in rows]

    here = ("Phường Kiến An", "2026-Q3", {"red": 1, "green": 1})
    assert listed(city.staff) == [("Phường Kiến An", "2026-Q4", {"red": 1}), here]
    assert listed(city.neighbour_staff) == [("Phường Phù Liễn", "2026-Q4", {"yellow": 1})]
    assert len(listed(city.auditor)) == 3
    assert listed(city.auditor, "?unit=kien+an&period=2026-q3&kind=self") == [here]
    assert listed(city.auditor, "?unit=xyz") == []
    assert "Không có phiếu nào khớp." in html(signed_in(city.auditor).get("/assessments/?unit=xyz"))
    assert signed_in(city.stranger).get("/assessments/").status_code == 403
