"""The API as it describes itself, and the town in which it is tried."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

from tests.conftest import City
from tests.permissions.world import scene, settle

#: Who comes with a token of their own: one for each way of having to do with a case.
ROLES = (
    "chairperson", "delegate", "vice_chair", "staff", "supporter", "owner", "coordinator", "auditor",
    "administrator", "neighbour_chairperson", "stranger",
)  # fmt: skip
#: A case in each of these states of things.
SCENES = ("planned", "in_verification", "open_case", "with_city", "closed", "requested")


@cache
def described() -> dict[str, Any]:
    """The schema as it is served."""
    return json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True)))


def operations() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """By name: method, address and description of every operation."""
    return {
        operation["operationId"]: (method, path, operation)
        for path, methods in described()["paths"].items()
        for method, operation in methods.items()
    }


def operation_at(method: str, path: str) -> str | None:
    """The name of the operation that an address leads to."""
    found = [
        (template.count("{"), name)
        for name, (its_method, template, _said) in operations().items()
        if its_method == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path.split("?")[0])
    ]
    return min(found)[1] if found else None


def inhabit(city: City) -> None:
    settle(city)
    for number, name in enumerate(SCENES, start=1):
        scene(city, name, code=f"1.{number}")
