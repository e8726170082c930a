"""GET and POST me/filters/ · DELETE me/filters/{id}/: the lists of cases I come back to."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from workflow.models import SavedFilter
from workflow.saved import LONGEST_NAME, LONGEST_QUERY, keep_filter

from ..fields import ModelSerializer, Strict
from ..requests import PersonRequest
from .base import Listing, View


class SavedFilterSerializer(ModelSerializer):
    class Meta:
        model = SavedFilter
        fields = ("id", "name", "query")


class _FilterSerializer(Strict):
    name = serializers.CharField(max_length=LONGEST_NAME)
    query = serializers.CharField(
        allow_blank=True,
        max_length=LONGEST_QUERY,
        help_text="of the page of cases, as its address has it: state=live&overdue=on",
    )


class SavedFilters(Listing):
    serializer_class = SavedFilterSerializer
    queryset = SavedFilter.objects.none()
    order = ("name", "id")

    def get_queryset(self) -> QuerySet[SavedFilter]:
        return SavedFilter.objects.filter(owner=self.request.user)

    @extend_schema(
        request=_FilterSerializer, responses={201: SavedFilterSerializer, 200: SavedFilterSerializer}
    )
    def post(self, request: PersonRequest) -> Response:
        """Keep one, in place of any of that name: 201 for a new name, 200 for one that was there."""
        given = _FilterSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        saved, is_new = keep_filter(by=request.user, **given.validated_data)
        return Response(SavedFilterSerializer(saved).data, status=201 if is_new else 200)


class OneSavedFilter(View):
    @extend_schema(responses={204: None})
    def delete(self, request: PersonRequest, key: int) -> Response:
        get_object_or_404(SavedFilter, pk=key, owner=request.user).delete()
        return Response(status=204)
