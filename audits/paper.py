"""How an official paper looks (Nghị định 30/2020/NĐ-CP): margins, letters, motto, tables with their heads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

_LETTERS = "Times New Roman"
#: What XML cannot hold; nobody reads it either.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def new_document(title: str, *, at: datetime) -> Docx:
    """An empty A4 paper in the letters and margins of official papers, its pages numbered."""
    document = Document()
    section: Any = document.sections[0]
    section.page_height, section.page_width = Mm(297), Mm(210)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    for name, size in (("Normal", 13), ("Heading 1", 13)):
        _set_letters(document.styles[name], size)
    _describe(document, title, at.astimezone(UTC).replace(tzinfo=None))
    _number_pages(section)
    return document


def _describe(document: Docx, title: str, at: datetime) -> None:
    """Whose it is, of when, and in which language its spelling is checked."""
    said = document.core_properties
    said.title, said.author, said.comments, said.language = title, "Về Xanh", "", "vi-VN"
    said.last_modified_by, said.created, said.modified = "Về Xanh", at, at
    for language in document.styles.element.xpath("w:docDefaults//w:lang"):
        language.set(qn("w:val"), "vi-VN")


def _set_letters(style: Any, size: int) -> None:
    style.font.name, style.font.size = _LETTERS, Pt(size)
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(kind), _LETTERS)
    for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(kind), None)
    style.paragraph_format.space_before = Pt(6 if style.name == "Normal" else 12)
    style.paragraph_format.space_after = Pt(0)


def _number_pages(section: Any) -> None:
    """At the middle of the head, as the decree has it, from the second page on."""
    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


class Paper:
    """What is written, from the top to the end."""

    def __init__(self, document: Docx) -> None:
        self._document = document

    def letterhead(self, above: str, name: str, number: str) -> None:
        """Who issues it on the left; state and motto on the right."""
        left, right = self._columns((70, 90))
        self._centred(left, above, size=12)
        self._centred(left, name, size=12, bold=True, ruled=22)
        self._centred(left, number, size=12)
        self._centred(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12, bold=True)
        self._centred(right, "Độc lập - Tự do - Hạnh phúc", size=13, bold=True, ruled=16)

    def title(self, title: str, subject: str) -> None:
        for text, before in ((title, 24), (subject, 0)):
            paragraph = self._document.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.space_before = Pt(before)
            run = paragraph.add_run(_legible(text))
            run.bold, run.font.size = True, Pt(14)

    def heading(self, text: str) -> None:
        self._document.add_heading(_legible(text), level=1)

    def text(self, text: str) -> None:
        paragraph = self._document.add_paragraph(_legible(text))
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY

    def small(self, text: str) -> None:
        run = self._document.add_paragraph().add_run(_legible(text))
        run.italic, run.font.size = True, Pt(10)

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        """What a thing is called beside what it is."""
        table = self._table((50, 110))
        for name, value in rows:
            self._fill(table, (name, value), (50, 110), bold=(True, False))

    def table(
        self, heads: Sequence[str], widths: Sequence[int], rows: list[list[str]], *, empty: str
    ) -> None:
        """Rows under heads that stand again on every page; or a sentence that there are none."""
        if not rows:
            return self.text(empty)
        table = self._table(widths)
        head = self._fill(table, heads, widths, bold=[True] * len(heads), size=11)
        properties = head._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:tblHeader"))
        for row in rows:
            self._fill(table, row, widths, bold=[False] * len(row), size=11)
        return None

    def _table(self, widths: Sequence[int]) -> Any:
        table: Any = self._document.add_table(rows=0, cols=len(widths), style="Table Grid")
        table.autofit = False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        return table

    def _fill(
        self, table: Any, texts: Sequence[str], widths: Sequence[int], *, bold: Sequence[bool], size: int = 12
    ) -> Any:
        row = table.add_row()
        # A row is read at once; it is not torn over two pages.
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, text, width, is_bold in zip(row.cells, texts, widths, bold, strict=True):
            cell.width = Mm(width)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_before = Pt(2)
            run = paragraph.add_run(_legible(text))
            run.bold, run.font.size = is_bold, Pt(size)
        return row

    def _columns(self, widths: Sequence[int]) -> tuple[Any, ...]:
        table: Any = self._document.add_table(rows=1, cols=len(widths))
        table.autofit = False
        for column, cell, width in zip(table.columns, table.rows[0].cells, widths, strict=True):
            column.width = cell.width = Mm(width)
        return tuple(table.rows[0].cells)

    def _centred(self, cell: Any, text: str, *, size: int, bold: bool = False, ruled: int = 0) -> None:
        """A line in the middle of a column; `ruled` has a rule below it, so many mm in from each side."""
        is_first = not cell.paragraphs[0].runs
        paragraph = cell.paragraphs[0] if is_first else cell.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_before = Pt(0 if not ruled else 1)
        run = paragraph.add_run(_legible(text))
        run.bold, run.font.size = bold, Pt(size)
        if ruled:
            _rule(cell, ruled)


def _rule(cell: Any, indent: int) -> None:
    """A short rule: the upper edge of an empty line that is drawn in from both sides."""
    paragraph = cell.add_paragraph()
    shape = paragraph.paragraph_format
    shape.left_indent = shape.right_indent = Mm(indent)
    shape.space_before, shape.line_spacing = Pt(2), Pt(4)
    edges, edge = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("w:val", "single"), ("w:sz", "4"), ("w:space", "1"), ("w:color", "000000")):
        edge.set(qn(name), value)
    edges.append(edge)
    # The order of these is fixed; Word calls a file damaged that has another.
    paragraph._p.get_or_add_pPr().insert_element_before(edges, "w:spacing", "w:ind", "w:jc", "w:rPr")


def _legible(text: str) -> str:
    return _ILLEGAL.sub("", text)
