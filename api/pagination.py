"""Lists by cursor: the hundredth page costs what the first does."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination


class ByCursor(CursorPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-id"

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> tuple[str, ...]:
        """The order a view has settled on for this request, or the newest first."""
        return getattr(view, "order", ("-id",))

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        first = self.get_ordering(request, queryset, view)[0].lstrip("-")
        self.ordered_by = queryset.model._meta.get_field(first)
        return super().paginate_queryset(queryset, request, view)

    def decode_cursor(self, request: Any) -> Any:
        """A cursor is the client's to send back, so it may hold anything: 404 unless it names a place."""
        cursor = super().decode_cursor(request)
        if cursor and cursor.position is not None:
            try:
                self.ordered_by.clean(cursor.position, None)
            except ValidationError:
                raise NotFound(self.invalid_cursor_message) from None
            if "\0" in str(cursor.position):
                raise NotFound(self.invalid_cursor_message)
        return cursor
