"""The table as a document: docs/permissions.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .table import ROLES, SECTIONS, Row

DOCUMENT = Path(__file__).parents[2] / "docs" / "permissions.md"

HEAD = """# Ai được làm gì

Bảng này in ra từ `tests/permissions/table.py` bằng `script/permissions`; phép thử đi qua từng ô, bằng API
và bằng trang, trên cả hai cơ sở dữ liệu, và giữ cho trang này đúng với bảng. / Printed from the one table
that the tests walk, cell by cell, through API and pages.

✓ được làm · **403** thấy hồ sơ nhưng bước này không phải của mình · **404** không thấy, với họ hồ sơ không
tồn tại · **409** lúc này chưa làm được, kèm câu nói rõ vì sao · **401** cần đăng nhập (trang thì đưa đến chỗ
đăng nhập) · — tùy đơn vị hay thành phố của người ấy.

Thứ tự khi từ chối: không thấy (404), trạng thái (409), quyền (403), dữ liệu (400), điều kiện (409). Chức vụ
tính theo ngày: thôi chức thì mất quyền ngay hôm đó. “Người xác nhận” là người đứng đầu đơn vị hoặc, khi đơn
vị không còn ai chưa từng tham gia, cán bộ kiểm tra; ai đã chủ trì, phối hợp, hoàn thành một hành động hay
thêm minh chứng thì không bao giờ xác nhận, dù giữ mấy chức vụ.
"""


def draw() -> str:
    return HEAD + "\n" + "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "| Cột | Là ai |"
    yield "|---|---|"
    for number, title in enumerate(ROLES.values(), start=1):
        yield f"| {number} | {title} |"
    yield ""
    for section, rows in SECTIONS.items():
        yield f"## {section}"
        yield ""
        yield "| Việc | Lối vào | " + " | ".join(str(n) for n in range(1, len(ROLES) + 1)) + " |"
        yield "|---|---|" + "---|" * len(ROLES)
        yield from (_line(row) for row in rows)
        yield ""


def _line(row: Row) -> str:
    doors = ", ".join(word for word, way in (("API", row.api), ("trang", row.page)) if way)
    return f"| {row.title} | {doors} | " + " | ".join(str(row.expected(role)) for role in ROLES) + " |"


if __name__ == "__main__":
    DOCUMENT.write_text(draw(), encoding="utf-8")
