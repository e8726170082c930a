"""Charts as SVG inside the page: drawn by pygal, dressed by our own stylesheet, without a script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from xml.etree import ElementTree

import pygal
from django.utils.safestring import SafeString, mark_safe
from pygal.style import Style

#: Elements that the page's policy forbids or that would be read out beside the table below the chart.
_NOT_OURS = ("style", "script", "desc", "title", "defs")
#: Of the highest bar: a layer below this has no room for its number, which stands in the table.
THIN = 0.06
_SVG = "{http://www.w3.org/2000/svg}"
#: Sizes by which pygal leaves room; the stylesheet sets the same.
_SIZES = Style(
    label_font_size=13, major_label_font_size=13, legend_font_size=13, value_font_size=12, font_family="sans"
)


class Series(NamedTuple):
    """One layer of a chart: how it is dressed, what it is called, and its numbers."""

    dress: str
    name: str
    values: Sequence[int]


def stacked(title: str, labels: Iterable[str], series: Sequence[Series]) -> SafeString:
    """Bars of several layers, one bar a label, each layer with its number in it."""
    chart = pygal.StackedBar(
        css=[], js=[], style=_SIZES, width=460, height=320, margin=4, margin_top=12, margin_bottom=12,
        spacing=6, legend_at_bottom=True, legend_at_bottom_columns=3 if len(series) == 3 else 2,
        legend_box_size=13, print_values=True, print_zeroes=False, show_y_guides=True,
        disable_xml_declaration=True,
    )  # fmt: skip
    chart.x_labels = list(labels)
    heights = [sum(layers) for layers in zip(*(one.values for one in series), strict=True)]
    chart.y_labels = _marks(max(heights, default=0))
    thin = max(heights, default=0) * THIN
    for one in series:
        chart.add(
            one.name, list(one.values), formatter=lambda value: str(value) if (value or 0) > thin else ""
        )
    drawn = ElementTree.fromstring(chart.render(is_unicode=True))  # noqa: S314 - drawn a line above
    _undress(drawn, series)
    drawn.attrib = {
        "viewBox": drawn.attrib["viewBox"], "class": "chart-drawing", "role": "img", "aria-label": title
    }  # fmt: skip
    ElementTree.register_namespace("", _SVG[1:-1])
    return mark_safe(ElementTree.tostring(drawn, encoding="unicode"))  # noqa: S308 - pygal's own, escaped


def _marks(highest: int) -> list[int]:
    """Whole numbers to read heights by, about four of them, from nothing to above the highest."""
    step = 10 ** (len(str(max(highest, 1))) - 1)
    steps = (max(step // 5, 1), max(step // 2, 1), step, step * 2, step * 5)
    step = next(one for one in steps if highest <= one * 5)
    return list(range(0, highest + step, step))


def _undress(drawn: ElementTree.Element, series: Sequence[Series]) -> None:
    """Take out what the page brings itself, and name the layers by their dress."""
    dresses = {f"color-{n}": one.dress for n, one in enumerate(series)}
    for parent in list(drawn.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or child.tag.removeprefix(_SVG) in _NOT_OURS:
                parent.remove(child)
        for name in ("style", "id"):
            parent.attrib.pop(name, None)
        for word in parent.get("class", "").split():
            if word in dresses:
                parent.set("class", f"{parent.get('class')} {dresses[word]}")
