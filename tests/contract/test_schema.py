"""The description of the API: checked in, complete, and true of its own examples."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from jsonschema import Draft202012Validator

from .world import described, operations

JSON = "application/json"
NAMES = sorted(operations())


def test_the_description_is_the_one_that_is_kept_and_made_without_a_warning() -> None:
    out, err = StringIO(), StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out, stderr=err)
    kept = (settings.BASE_DIR / "docs" / "openapi.yaml").read_text(encoding="utf-8")
    assert out.getvalue() == kept, "run script/schema"
    assert err.getvalue() == ""


@pytest.mark.parametrize("name", NAMES)
def test_an_operation_says_what_it_is_and_shows_it(name: str) -> None:
    _method, _path, operation = operations()[name]
    assert operation["summary"], "give it a title in api/titles.py"
    done = [said for code, said in operation["responses"].items() if code.startswith("2")]
    contents = [said["content"][JSON] for said in done if JSON in said.get("content", {})]
    if contents:
        shown = [content for content in contents if "example" in content]
        assert shown, "run script/schema"
        for content in shown:
            assert_true_of(content["schema"], content["example"])
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        if kind == JSON:
            assert_true_of(content["schema"], content["example"])
        else:
            assert set(content["example"]) <= set(properties(content["schema"]))


def assert_true_of(schema: dict[str, Any], example: Any) -> None:
    whole = {**schema, "components": described()["components"]}
    faults = [fault.message for fault in Draft202012Validator(whole).iter_errors(example)]
    assert not faults


def properties(schema: dict[str, Any]) -> dict[str, Any]:
    return described()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]["properties"]


def test_every_refusal_is_described_with_its_words() -> None:
    for name, said in described()["components"]["responses"].items():
        content = said["content"]["application/problem+json"]
        assert_true_of(content["schema"], content["example"])
        assert content["example"]["title"] == said["description"], name
    for name, (_method, _path, operation) in operations().items():
        refused = {code for code in operation["responses"] if code.startswith("4")}
        assert {"400", "406", "429"} <= refused, name
        assert ("401" in refused) == bool(operation["security"] != [{}]), name


def test_every_word_of_a_list_of_words_has_its_label() -> None:
    words = {
        name: schema
        for name, schema in described()["components"]["schemas"].items()
        if "enum" in schema and name not in ("BlankEnum", "NullEnum")
    }
    assert len(words) > 15
    for name, schema in words.items():
        for word in schema["enum"]:
            assert f"* `{word}` - " in schema["description"], name
