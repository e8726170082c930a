"""Clients of the API, by the person who holds the token."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from organisations.models import User
from tests.tokens import token_of


@pytest.fixture
def as_() -> Callable[[User], Any]:
    """as_(city.staff).get("cases/"): a person calls an address below /api/v1/."""

    class Caller:
        def __init__(self, user: User) -> None:
            self.client = APIClient()
            self.client.credentials(HTTP_AUTHORIZATION=f"Bearer {token_of(user)}")

        def __getattr__(self, method: str) -> Any:
            def call(path: str, body: Any = None, **options: Any) -> Any:
                options.setdefault("format", "json")
                return getattr(self.client, method)(f"/api/v1/{path}", body, **options)

            return call

        def get(self, path: str, **query: Any) -> Any:
            return self.client.get(f"/api/v1/{path}", query)

    return Caller


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A person at the pages, beside the API."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
