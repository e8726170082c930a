"""The auditor reads pages too."""

from tests.web.conftest import signed_in

__all__ = ["signed_in"]
