"""Charts stand inside the page under its policy, and say nothing but what they were given."""

from xml.etree import ElementTree

from web.charts import Series, stacked

SVG = "{http://www.w3.org/2000/svg}"


def test_a_chart_is_drawn_without_style_script_or_names_of_its_own():
    layers = [Series("chart-red", "Đỏ & <b>", [1, 0]), Series("chart-yellow", "Vàng", [2, 3])]
    drawn = stacked('Số "chỉ số" <theo kỳ>', ["2026-Q3", "2026-Q4"], layers)
    root = ElementTree.fromstring(drawn)
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'Số "chỉ số" <theo kỳ>'
    assert not {element.tag.removeprefix(SVG) for element in root.iter()} & {
        "style",
        "script",
        "desc",
        "title",
    }
    assert not [element for element in root.iter() if element.get("id") or element.get("style")]
    said = [element.text for element in root.iter(f"{SVG}text") if element.text]
    assert {"2026-Q3", "2026-Q4", "Đỏ & <b>", "Vàng"} < set(said)
    assert [text for text in said if text.isdigit()][-3:] == ["1", "2", "3"]
    heights = [text for text in said if text.isdigit()][:-3]
    assert heights == ["0", "1", "2", "3"], "nobody has half an indicator"


def test_a_chart_of_nothing_is_still_a_chart():
    assert "2026-Q4" in stacked("Chưa có gì", ["2026-Q4"], [Series("chart-red", "Đỏ", [0])])
