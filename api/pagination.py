"""Lists by cursor: the hundredth page costs what the first does."""

from typing import Any

from rest_framework.pagination import CursorPagination


class ByCursor(CursorPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-id"

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> tuple[str, ...]:
        """The order a view has settled on for this request, or the newest first."""
        return getattr(view, "order", ("-id",))
