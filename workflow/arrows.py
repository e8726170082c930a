"""What an arrow of the machine is, and how one is declared: with its ends, owner, conditions, trace."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from . import rules
from .calendar import WorkingDays
from .vocabulary import Kind, State, Step


@dataclass(frozen=True)
class Moment:
    """When a step is taken: the instant, the local day, and the calendar in force."""

    at: datetime
    today: date
    days: WorkingDays


@dataclass(frozen=True)
class Arrow:
    """One row of the contract: from where to where, who, when, what it asks and leaves."""

    step: Step
    sources: tuple[State, ...]
    target: State | None
    by: tuple[rules.Who, ...]
    when: tuple[rules.When, ...]
    asks: tuple[str, ...]
    leaves: Kind

    @property
    def asked_names(self) -> tuple[str, ...]:
        return tuple(name.rstrip("?") for name in self.asks)

    @property
    def required_names(self) -> tuple[str, ...]:
        return tuple(name for name in self.asks if not name.endswith("?"))


_arrows: list[Arrow] = []


def step(
    sources: State | Sequence[State],
    target: State | None,
    *,
    by: rules.Who | tuple[rules.Who, ...],
    leaves: Kind,
    when: tuple[rules.When, ...] = (),
    asks: tuple[str, ...] = (),
) -> Callable[[Any], Any]:
    """Declare an arrow. `target` None stays; a name in `asks` that ends in "?" may be left out."""

    def declare(body: Any) -> Any:
        arrow = Arrow(
            step=Step(body.__name__),
            sources=(sources,) if isinstance(sources, State) else tuple(sources),
            target=target,
            by=by if isinstance(by, tuple) else (by,),
            when=when,
            asks=asks,
            leaves=leaves,
        )
        _arrows.append(arrow)
        return transition(field="state", source=list(arrow.sources), target=target, custom={"arrow": arrow})(
            body
        )

    return declare


def arrows() -> Iterator[Arrow]:
    """All arrows in the order of the contract."""
    yield from _arrows


def arrow_for(step: Step, state: str) -> Arrow | None:
    """The arrow a step takes from a state, if it has one there."""
    return next((a for a in _arrows if a.step == step and state in a.sources), None)


#: What each thing a step may ask for is called.
ASKED = {
    "from_person": _("Người bàn giao"),
    "assignee": _("Chủ trì (rõ người)"),
    "supporters": _("Phối hợp (rõ trách nhiệm)"),
    "due_on": _("Hạn xử lý (rõ thời gian)"),
    "product": _("Sản phẩm (rõ sản phẩm)"),
    "authority": _("Thẩm quyền (rõ thẩm quyền)"),
    "note": _("Ý kiến, lý do"),
    "check_on": _("Ngày đánh giá hiệu lực"),
    "objective_cause": _("Nguyên nhân khách quan"),
    "unit": _("Đơn vị kế thừa"),
}
