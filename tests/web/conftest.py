"""Readers of pages: each signed in with a browser that runs no script."""

from collections.abc import Callable

import pytest
from django.test import Client

from organisations.models import User


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def time_machine_to(time_machine) -> Callable[[str], None]:
    """Read the page on another day."""
    return lambda instant: time_machine.move_to(instant, tick=False)
