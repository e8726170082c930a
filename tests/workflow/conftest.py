"""Readers and callers, where a rule of the heart must show in pages and API as well."""

from tests.api.conftest import as_
from tests.web.conftest import signed_in

__all__ = ["as_", "signed_in"]
