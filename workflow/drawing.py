"""The machine in words and as a picture, drawn from the code so that it cannot lie."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import override

from .arrows import Arrow, arrows
from .rules import title_of
from .vocabulary import DATES, TURNS, State


def draw() -> str:
    """The text of docs/states.md."""
    with override("vi"):
        return "\n".join([*_head(), *_states(), *_steps(), *_picture()]) + "\n"


def _head() -> Iterator[str]:
    yield "# Trạng thái và bước đi của một hồ sơ"
    yield ""
    yield "Vẽ từ `workflow/lifecycle.py` bằng `manage.py draw_lifecycle`; một phép thử giữ cho trang này"
    yield "đúng với mã. / Drawn from the code; a test keeps it true."
    yield ""


def _states() -> Iterator[str]:
    yield "## Trạng thái"
    yield ""
    yield "| Trạng thái | Tiếng Việt | Đến lượt | Thời hạn đang chạy |"
    yield "|---|---|---|---|"
    for state in State:
        turn, name = TURNS[state]
        date = f"{DATES[name]} (`{name}`)" if name else "—"
        yield f"| `{state.value}` | {state.label} | {turn.label} | {date} |"
    yield ""


def _steps() -> Iterator[str]:
    yield "## Bước"
    yield ""
    yield "| Bước | Tiếng Việt | Từ → đến | Ai | Chỉ khi | Hỏi | Để lại |"
    yield "|---|---|---|---|---|---|---|"
    for arrow in arrows():
        sources = ", ".join(f"`{s.value}`" for s in arrow.sources)
        target = f"`{arrow.target.value}`" if arrow.target else "giữ nguyên"
        who = ", ".join(title_of(rule) for rule in arrow.by)
        when = ", ".join(f"`{rule.__name__}`" for rule in arrow.when) or "—"
        asks = ", ".join(f"`{name}`" for name in arrow.asks) or "—"
        yield (
            f"| `{arrow.step.value}` | {arrow.step.label} | {sources} → {target} | {who} | {when} "
            f"| {asks} | `{arrow.leaves.value}` |"
        )
    yield ""
    yield "Dấu `?` sau tên: có thể bỏ trống. / A name with `?` may be left out."
    yield ""


def _picture() -> Iterator[str]:
    yield "## Hình vẽ"
    yield ""
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield f"    [*] --> {State.OPEN.value}"
    for arrow in arrows():
        yield from _lines(arrow)
    for state in (State.CLOSED, State.CANCELLED):
        yield f"    {state.value} --> [*]"
    yield "```"


def _lines(arrow: Arrow) -> Iterator[str]:
    if arrow.target:
        for source in arrow.sources:
            yield f"    {source.value} --> {arrow.target.value}: {arrow.step.value}"
