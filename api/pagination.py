"""Lists by the key of their last row: the hundredth page costs what the first does, and what is added
or taken away meanwhile shifts nothing."""

from __future__ import annotations

import base64
import json
import re
from operator import attrgetter
from typing import Any, NamedTuple

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import BooleanField, Expression, Field, Func, Model, QuerySet, Value
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from .parsers import IMPOSSIBLE

CURSOR, PAGE_SIZE = "cursor", "page_size"
USUAL, MOST = 50, 200
NEWEST_FIRST = ("-id",)
_COUNT = re.compile("0*[1-9][0-9]*")


class Place(NamedTuple):
    """Where a page begins: beyond these values of the order's columns, onwards or backwards."""

    values: tuple[Any, ...]
    is_backwards: bool


class Stretch(NamedTuple):
    """So many rows of a list in its order, from its beginning or beyond the values of a place."""

    order: tuple[str, ...]
    values: tuple[Any, ...] | None
    is_backwards: bool
    size: int

    def of(self, queryset: Any) -> Any:
        """These rows of a set; of a stretch backwards, the nearest first."""
        descends = self.order[0].startswith("-") != self.is_backwards
        names = [name.lstrip("-") for name in self.order]
        rows = queryset.order_by(*(("-" if descends else "") + name for name in names))
        if self.values is not None:
            given = [value if isinstance(value, Expression) else Value(value) for value in self.values]
            rows = rows.filter(_Beyond(*names, *given, sign="<" if descends else ">"))
        return rows[: self.size]


class ByKeyset(BasePagination):
    """Pages in the order that a view has settled on for this request: columns that are never null, all
    in one direction, the last of them unique."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        self.order: tuple[str, ...] = getattr(view, "order", NEWEST_FIRST)
        self.place = self._place(queryset.model)
        size, is_backwards = self._size(), bool(self.place and self.place.is_backwards)
        stretch = Stretch(self.order, self.place and self.place.values, is_backwards, size + 1)
        rows = getattr(view, "read", _read)(queryset, stretch)
        are_more, rows = len(rows) > size, rows[:size]
        if is_backwards:
            rows.reverse()
        self._find_neighbours(rows, are_more, getattr(view, "place_of", self._place_of))
        return rows

    def _place_of(self, row: Any) -> tuple[Any, ...]:
        return tuple(attrgetter(name.lstrip("-").replace("__", "."))(row) for name in self.order)

    def _find_neighbours(self, rows: list[Any], are_more: bool, place_of: Any) -> None:
        back = bool(self.place and self.place.is_backwards)
        has_next = bool(rows) and (are_more or back)
        has_previous = bool(rows) and (are_more if back else self.place is not None)
        self.next = self._link(Place(place_of(rows[-1]), False)) if has_next else None
        self.previous = self._link(Place(place_of(rows[0]), True)) if has_previous else None

    def _size(self) -> int:
        sent = self.request.query_params.get(PAGE_SIZE)
        if sent is None:
            return USUAL
        if not _COUNT.fullmatch(sent):
            said = _("Cần một số nguyên từ 1 đến %(most)s.")
            raise exceptions.ValidationError({PAGE_SIZE: [said % {"most": MOST}]})
        return min(int(sent.lstrip("0")[:4]), MOST)

    # --- The cursor: what the client sends back, so it may hold anything ------------------------

    def _link(self, place: Place) -> str:
        said = json.dumps([self.order[0], place.is_backwards, *place.values], cls=DjangoJSONEncoder)
        cursor = base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")
        return replace_query_param(self.request.build_absolute_uri(), CURSOR, cursor)

    def _place(self, model: type[Model]) -> Place | None:
        sent = self.request.query_params.get(CURSOR)
        if sent is None:
            return None
        try:
            raw = base64.urlsafe_b64decode(sent + "=" * (-len(sent) % 4))
            order, is_backwards, *values = json.loads(raw)
            fields = [_field(model, name) for name in self.order]
            if order != self.order[0] or not isinstance(is_backwards, bool) or len(values) != len(fields):
                raise ValueError
            kept = tuple(field.clean(value, None) for field, value in zip(fields, values, strict=True))
            if any(IMPOSSIBLE.search(str(value)) for value in kept):
                raise ValueError
        except (ValueError, TypeError, OverflowError, RecursionError, ValidationError):
            raise exceptions.NotFound(
                _("Con trỏ (cursor) này không chỉ trang nào của danh sách này.")
            ) from None
        return Place(kept, is_backwards)

    # --- The answer -----------------------------------------------------------------------------

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next, "previous": self.previous, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        cursor = {
            "name": CURSOR,
            "in": "query",
            "required": False,
            "description": "Như trong `next` hay `previous` của trang trước.",
            "schema": {"type": "string", "minLength": 1},
        }
        size = {
            "name": PAGE_SIZE,
            "in": "query",
            "required": False,
            "description": f"Số dòng mỗi trang; nhiều nhất {MOST}.",
            "schema": {"type": "integer", "minimum": 1, "default": USUAL},
        }
        return [cursor, size]


class _Beyond(Func):
    """That the columns of a row come after, or before, the values of a place, taken together: so both
    databases go to the place in an index, where "beyond, or equal and beyond" reads all rows before it."""

    output_field = BooleanField()

    def __init__(self, *both: Any, sign: str) -> None:
        super().__init__(*both)
        self.sign = sign

    def as_sql(self, compiler: Any, connection: Any, *_usual: Any, **_more: Any) -> Any:
        told = [compiler.compile(each) for each in self.get_source_expressions()]
        half = len(told) // 2
        columns, values = (", ".join(sql for sql, _params in part) for part in (told[:half], told[half:]))
        return f"({columns}) {self.sign} ({values})", [param for _sql, params in told for param in params]


def _read(queryset: QuerySet[Any], stretch: Stretch) -> list[Any]:
    return list(stretch.of(queryset))


def _field(model: Any, name: str) -> Field[Any, Any]:
    """The column at the end of a path, or of the key of what lies there."""
    *path, last = name.lstrip("-").split("__")
    for step in path:
        model = model._meta.get_field(step).related_model
    try:
        return model._meta.get_field(last)
    except FieldDoesNotExist:
        return model._meta.pk
