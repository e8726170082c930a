"""The city at a glance: each number on the page is the number in the list it opens."""

import re
from io import BytesIO

import pytest
from django.utils.html import escape
from openpyxl import load_workbook

from organisations.models import Role, Unit
from tests import kien_an
from tests.audits.city import followed_through
from tests.conftest import WEDNESDAY
from workflow.reorganisation import reorganise


@pytest.fixture
def world(city, time_machine):
    followed_through(city)
    city.rate(green="1.1 1.2", period="2026-Q2")
    time_machine.move_to("2026-12-10T03:00:00Z", tick=False)
    return city


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def figures_in(html):
    """(address, number) of every link that is a number."""
    html = re.sub(r'<span class="hidden">.*?</span>', "", html)
    links = re.findall(r'<a href="([^"]+)">(?:<span class="figure-number">)?(\d+)(?: hồ sơ)?</?[as]', html)
    return {(href.replace("&amp;", "&"), int(number)) for href, number in links}


def test_every_number_opens_as_many(world, signed_in):
    auditor = signed_in(world.auditor)
    found = figures_in(page(auditor, "/overview/")) | figures_in(
        page(auditor, "/overview/?period=2026-Q3&rated=self&group=1&kind=ward")
    )
    assert len(found) > 50
    for address, number in found:
        listed = page(auditor, address)
        if address.startswith("/cases/"):
            said = re.search(r'role="status">(\d+) hồ sơ', listed)
        else:
            said = re.search(r'role="status">(\d+) chỉ số', listed)
            assert number > 100 or listed.count('<span class="ratings-what">') == number, address
        assert said, address
        assert int(said[1]) == number, address


def test_a_cell_opens_its_case_or_its_rating(world, signed_in):
    auditor = signed_in(world.auditor)
    html = page(auditor, "/overview/?period=2026-Q3")
    row = html[html.index(f"unit={world.kien_an.pk}") :]
    row = row[: row.index("</tr>")]
    cell = re.search(
        r'class="c-red c-live"><a href="(/cases/[^"]+)" aria-label="Đỏ, Đang thực hiện, quá hạn">Đ!<', row
    )
    assert "1.3" in page(auditor, cell[1])
    green = re.search(r'class="c-green"><a href="([^"]+)" aria-label="Xanh">X<', row)
    rating = page(auditor, green[1].replace("&amp;", "&"))
    assert "4.8" in rating
    assert "1 chỉ số" in rating
    wide = page(auditor, "/overview/?period=2026-Q3&size=wide&late=on&colour=yellow&rated=self")
    assert 'aria-label="Vàng, Mới mở, quá hạn">Vàng!<' in wide
    assert "c-red" not in wide
    # What the finding said, and nothing of a unit of which nothing was asked.
    said = page(
        auditor, f"/overview/ratings/?period=2026-Q3&colour=red&unit={world.kien_an.pk}&indicator=2.2"
    )
    assert "Phát hiện ở 2.2" in said
    assert "Phù Liễn" not in said
    assert "Không có đánh giá nào khớp." in page(
        auditor, "/overview/ratings/?period=2026-Q3&colour=not_applicable"
    )


def test_nothing_yet_and_nonsense_are_pages_too(city, signed_in):
    auditor, chairperson = signed_in(city.auditor), signed_in(city.chairperson)
    for address in ("/overview/", "/overview/ratings/", "/follow-through/"):
        assert "Chưa có đánh giá nào." in page(auditor, address)
    assert auditor.get("/follow-through/export/?as=csv").status_code == 200
    city.rate(red="1.4")
    nonsense = (
        "?period=x&rated=y&group=9&colour=z&size=q&kind=city&unit=99999999999&after=-1&sort=--x&period_to=%00"
    )
    for address in ("/overview/", "/overview/ratings/", "/follow-through/", "/cases/"):
        page(auditor, address + nonsense)
    assert auditor.get("/follow-through/export/?as=exe").status_code == 302
    assert "1.4" in page(auditor, f"/cases/{nonsense}&unit_key=99999999999999999999&held=moon&assignee=0")
    assert chairperson.get("/overview/").status_code == 403
    # A key in the address names nobody and nothing that the reader does not see.
    behind = f"/cases/?assignee={city.neighbour_staff.pk}&unit_key={city.phu_lien.pk}"
    assert "Phan Thị Lan" in page(auditor, behind)
    for name in ("Phan Thị Lan", "Phù Liễn"):
        assert name not in page(chairperson, behind)
    assert "Toàn thành phố" not in page(chairperson, "/")


def test_follow_through_sorts_and_goes_away_as_seen(world, signed_in):
    auditor = signed_in(world.auditor)
    html = page(auditor, "/follow-through/?period_from=2026-Q3&sort=-opened")
    assert html.index("Phường Kiến An</th>") < html.index("Phường Phù Liễn</th>")
    assert 'aria-sort="descending"><a href="?kind=' not in html
    for address, number in figures_in(html):
        if "passed" not in address:
            assert f'role="status">{number} hồ sơ' in page(auditor, address), address
    turned = auditor.get("/follow-through/export/?period_from=2026-Q3&sort=opened&as=xlsx")
    sheet = load_workbook(BytesIO(turned.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:4] == ("Mã đơn vị", "Đơn vị", "Mở", "Hoàn thành đúng hạn")
    assert [row[1:8] for row in rows[1:]] == [
        ("Phường Phù Liễn", 1, 0, 0, 1, 0, 0),
        ("Phường Kiến An", 6, 1, 1, 5, 0, 0),
    ]
    assert rows[2][8:] == (0, 35, 7, None)
    own = page(signed_in(world.chairperson), "/follow-through/")
    assert "<h3>Phường Kiến An</h3>" in own
    assert "Phù Liễn" not in own
    assert escape("mở theo đánh giá kỳ 2026-Q3") in page(auditor, "/cases/?period_from=2026-Q3&done=late")


def test_periods_of_different_length_hold_what_lies_between_them(city, signed_in):
    for period in ("2026-Q1", "2026-Q2"):
        city.rate(green="1.1", period=period)
    city.rate(red="1.2", period="2026", kind="city")
    city.rate(red="1.3", period="2026-Q3")
    auditor = signed_in(city.auditor)
    for chosen in ("period_from=2026-Q2&period_to=2026", "period_from=2026&period_to=2026-Q2", ""):
        html = page(auditor, f"/follow-through/?{chosen}")
        assert '<tfoot><tr><th scope="row">Tất cả</th><td><a href="/cases/?' in html
        found = {(href, n) for href, n in figures_in(html) if "passed" not in href}
        assert max(number for _href, number in found) == 2, chosen
        for address, number in found:
            assert f'role="status">{number} hồ sơ' in page(auditor, address), address
        of_the_year = next(number for href, number in found if href == "/cases/?period=2026")
        assert of_the_year == 1, "of a year what the year was rated opened, not what its quarters did"
    assert escape("mở theo đánh giá kỳ 2026") in page(auditor, "/cases/?period=2026")


def test_what_a_dissolved_unit_was_rated_leads_to_the_case_that_its_successor_has(
    city_of_june_2025, signed_in
):
    city = city_of_june_2025
    case = city.open_case("1.4", period="2025-Q2")
    plan = kien_an.plan({("11443", "11443"): "take"})
    reorganise(
        plan, on=kien_an.FIRST_DAY, legal_instrument=kien_an.RESOLUTION, by=city.administrator, now=WEDNESDAY
    )
    standing = Unit.objects.filter(dissolved_on=None)
    heir = city.person("heir", "Trần Văn Một", Role.CHAIRPERSON, standing.get(code="11443"))
    other = city.person("other", "Trần Văn Hai", Role.CHAIRPERSON, standing.get(code="11446"))
    html = page(signed_in(city.auditor), "/overview/?period=2025-Q2")
    cell = re.search(r'class="c-red"><a href="([^"]+)" aria-label="Đỏ">', html)[1].replace("&amp;", "&")
    assessment = f"/assessments/{case.rating.assessment_id}/"
    # Phù Liễn took over a part, so its chair reads what the old ward was rated, but has not its case.
    for reader, number in ((city.auditor, 1), (heir, 1), (other, 0)):
        listed = page(signed_in(reader), cell)
        assert f'role="status">{number} hồ sơ' in listed, reader
        assert '<span class="mark">Phường Trần Thành Ngọ</span>' in listed
        assert (case.number in listed) == (case.number in page(signed_in(reader), assessment)) == bool(number)
    assert "Trần Thành Ngọ" not in page(signed_in(city.stranger), cell)
