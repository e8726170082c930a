"""What every view of the API is: of a signed-in person, counted, and strict about what it is asked."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, partial
from typing import Any

from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import generics, serializers
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from .. import pagination, sparse
from ..limits import PerAddress
from ..once import KEY, once
from ..requests import PersonRequest


class Counted(APIView):
    """Counted by its address before anybody is asked who they are."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        address = PerAddress()
        if not address.allow_request(request, self):
            raise Throttled(address.wait())
        super().initial(request, *args, **kwargs)


class View(Counted):
    """`query` is what the address may be asked with, as a serializer: when it is read, or by the
    method. Anything else in the address is refused by name."""

    request: PersonRequest
    query: type[serializers.Serializer] | dict[str, type[serializers.Serializer]] | None = None
    filterset_class: Any = None
    #: Whether an answer may be asked for with some of its fields only.
    is_sparse = False
    #: Whether what is done is done to a version of a case, which If-Match may name.
    is_versioned = False
    #: Whether reading may be refused with 403, or find nothing where no key is in the address.
    may_be_refused = may_be_missing = False
    #: Names that may stand in the address with nothing after them.
    may_be_empty: tuple[str, ...] = ()
    filter_backend = DjangoFilterBackend

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        method = (request.method or "").lower()
        handler = getattr(self, method, None)
        if handler and method in self.http_method_names:
            refuse_unknown(request, self.names_known(method), self.may_be_empty)
            if method == "post" and request.headers.get(KEY) is not None:
                setattr(self, method, partial(once, self, handler))

    def narrowed(self, queryset: Any) -> Any:
        """What the filters of the address leave of a set."""
        asked = self.filterset_class(self.request.query_params, queryset=queryset, request=self.request)
        if not asked.is_valid():
            raise ValidationError(asked.errors)
        return asked.qs

    def asks_who_comes(self) -> bool:
        """Whether nobody is answered without having signed in."""
        return AllowAny not in self.permission_classes

    def query_of(self, method: str) -> type[serializers.Serializer] | None:
        if isinstance(self.query, dict):
            return self.query.get(method)
        return self.query if method == "get" else None

    def names_known(self, method: str) -> set[str]:
        method = "get" if method == "head" else method
        query = self.query_of(method)
        names = set(_fields_of(query)) if query else set()
        if method == "get":
            names |= set(self.filterset_class.base_filters) if self.filterset_class else set()
            names |= {sparse.PARAMETER} if self.is_sparse else set()
        return names

    def asked(self) -> dict[str, Any]:
        """What the address says, understood."""
        query = self.query_of((self.request.method or "").lower().replace("head", "get"))
        if query is None:
            return {}
        sent = self.request.query_params.copy()
        for name in set(sent) - _fields_of(query):
            del sent[name]
        given = query(data=sent)
        given.is_valid(raise_exception=True)
        return given.validated_data


class Listing(View, generics.ListAPIView[Any]):
    """A list by pages; narrowed by nothing unless it says by what."""

    filter_backends: Any = (DjangoFilterBackend,)
    #: The columns it is ordered by, as `pagination.ByKeyset` asks for them.
    order: tuple[str, ...] = pagination.NEWEST_FIRST
    is_sparse = True

    def names_known(self, method: str) -> set[str]:
        paging = {pagination.CURSOR, pagination.PAGE_SIZE} if method in ("get", "head") else set()
        return super().names_known(method) | paging

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        return sparse.sparse(super().get_serializer(*args, **kwargs), self.request)


class Detail(View, generics.RetrieveAPIView[Any]):
    """One thing that is looked up among those the person sees."""

    is_sparse = True

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        return sparse.sparse(super().get_serializer(*args, **kwargs), self.request)


@cache
def _fields_of(query: type[serializers.Serializer]) -> frozenset[str]:
    return frozenset(query().fields)


def refuse_unknown(request: Request, known: Iterable[str], may_be_empty: Iterable[str] = ()) -> None:
    """400 for a name that nobody knows here, or that is there without anything after it."""
    sent = request.query_params
    errors = {name: [_("Không có tham số này.")] for name in sorted(set(sent) - set(known))}
    empty = {name for name in sent if not sent[name]} - set(may_be_empty)
    errors |= {name: [_("Tham số này để trống.")] for name in sorted(empty & set(known))}
    if errors:
        raise ValidationError(errors)
