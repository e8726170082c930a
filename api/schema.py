"""How the API describes itself: what every view has in common is said here, once."""

from __future__ import annotations

import inspect
import json
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from . import once, sparse, versions
from .problems import PROBLEMS
from .titles import title_of

_VERBS = {"GET": "get", "POST": "post", "PUT": "put", "PATCH": "patch", "DELETE": "delete"}
_UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


class Schema(AutoSchema):
    """An operation with everything that may be asked with it and every answer it may give."""

    view: Any

    def get_operation_id(self) -> str:
        """get_case, list_cases, post_case_steps_assign: the address, read aloud."""
        words = self.path.removeprefix("/api/v1/").strip("/").split("/")
        named = [
            _one_of(word) if words[n + 1 : n + 2] and words[n + 1].startswith("{") else word
            for n, word in enumerate(words)
            if not word.startswith("{")
        ]
        verb = "list" if self.method == "GET" and self._is_list_view() else _VERBS[self.method]
        return "_".join([verb, *named]).replace("-", "_").replace(".", "_")

    def get_summary(self) -> str:
        return title_of(self.get_operation_id())

    def get_description(self) -> str:  # type: ignore[override]
        """What the view, or its method, says of itself; not what it inherits."""
        said = [getattr(self.view, self.method.lower(), None), type(self.view)]
        return next((_own_words(one) for one in said if _own_words(one)), "")

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        return super().get_serializer_name(serializer, direction).lstrip("_")

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        schema = super()._map_basic_serializer(serializer, direction)
        kind = type(serializer) if isinstance(serializer, serializers.BaseSerializer) else serializer
        if not _own_words(kind):
            schema.pop("description", None)
        return schema

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_override_parameters(self) -> list[Any]:
        query = self.view.query_of(self.method.lower())
        asked: list[Any] = [*super().get_override_parameters(), *([query] if query else [])]
        if self.method == "GET" and self.view.is_sparse:
            asked.append(_fields(self.view.serializer_class))
        asked.append(_header("Accept-Language", _LANGUAGE, _("Ngôn ngữ của câu trả lời: vi hoặc en.")))
        if self.method == "POST":
            asked.append(_header(once.KEY, _KEY, _("Gửi lại cùng khóa trong 24 giờ thì chỉ làm một lần.")))
        if self._is_versioned():
            asked.append(_header(versions.HEADER, _TAG, _("Chỉ làm khi hồ sơ còn ở phiên bản này.")))
            asked.append(_ETAG)
        return asked

    def _is_versioned(self) -> bool:
        return self.method in _UNSAFE and self.view.is_versioned

    def get_filter_backends(self) -> list[Any]:
        """Also of what is no list, where it says by what it is narrowed: a file of one."""
        if self.method == "GET" and self.view.filterset_class:
            return [self.view.filter_backend]
        return []

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        done = super()._get_response_bodies(direction)
        return done | {str(code): _refusal(code) for code in self._refusals() if str(code) not in done}

    def _refusals(self) -> list[int]:
        """Every way in which this operation may be refused."""
        codes = {400, 406, 429}
        if self.view.asks_who_comes():
            codes |= {401}
        if self.method in _UNSAFE or self.view.may_be_refused:
            codes |= {403}
        if "{" in self.path or self._is_list_view() or self.view.may_be_missing:
            codes |= {404}
        if self.method in _UNSAFE:
            codes |= {409}
        if self.method in _UNSAFE - {"DELETE"}:
            codes |= {413, 415}
        if self._is_versioned():
            codes |= {412}
        if self.method == "POST":
            codes |= {422}
        return sorted(codes)

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        schema = super()._map_serializer_field(field, direction, bypass_extensions)
        is_text = type(field) is serializers.CharField and direction == "request"
        if is_text and not field.allow_blank and "$ref" not in schema:
            # Spaces at both ends are not part of what is said.
            schema.setdefault("pattern", r"\S")
        return schema


_JSON = "application/json"
_LANGUAGE = {"type": "string", "default": "vi"}
_KEY = {"type": "string", "minLength": 1, "maxLength": once.LONGEST_KEY, "pattern": "^[!-~]+$"}
_TAG = {"type": "string", "pattern": '^(\\*|"[0-9]{1,9}")$'}
_ETAG = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=[200, 201], description="Phiên bản của hồ sơ sau việc này."
)


def _own_words(thing: Any) -> str:
    """The docstring of a class or a function, without those of its ancestors."""
    said = vars(thing).get("__doc__") if isinstance(thing, type) else getattr(thing, "__doc__", None)
    return inspect.cleandoc(said) if said else ""


def _one_of(word: str) -> str:
    """One of several: case of cases, delivery of deliveries."""
    if word == "people":
        return "person"
    return word.removesuffix("ies") + "y" if word.endswith("ies") else word.removesuffix("s")


def _header(name: str, schema: dict[str, Any], description: str) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.HEADER, description=description)


def _fields(serializer: type[serializers.Serializer]) -> OpenApiParameter:
    """Only some of the fields of the answer, by name, with commas between."""
    names = {"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(serializer().fields)}}
    return OpenApiParameter(
        sparse.PARAMETER,
        names,
        explode=False,
        style="form",
        description=_("Chỉ trả lời các trường này, cách nhau bằng dấu phẩy."),
    )


def _refusal(code: int) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{_named(code)}"}


def _named(code: int) -> str:
    return "".join(word.title() for word in PROBLEMS[code].name.split("-"))


# --- After all operations are described --------------------------------------------------------


def say_refusals(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """Every kind of refusal, described once."""
    schemas = result["components"]["schemas"]
    kinds = {f"urn:ve-xanh:problem:{problem.name}": problem.title for problem in PROBLEMS.values()}
    schemas["ProblemTypeEnum"] = {
        "type": "string",
        "enum": list(kinds),
        "description": "\n".join(f"* `{kind}` - {title}" for kind, title in kinds.items()),
    }
    schemas["Problem"] = _PROBLEM
    schemas["StaleProblem"] = _stale()
    result["components"]["responses"] = {_named(code): _said(code) for code in PROBLEMS if code != 500}
    return result


def _said(code: int) -> dict[str, Any]:
    problem = PROBLEMS[code]
    example: dict[str, Any] = {
        "type": f"urn:ve-xanh:problem:{problem.name}",
        "title": str(problem.title),
        "status": code,
        "detail": str(problem.detail),
    }
    example |= _MORE.get(code, {})
    ref = {"$ref": f"#/components/schemas/{'StaleProblem' if code == 412 else 'Problem'}"}
    said: dict[str, Any] = {
        "description": str(problem.title),
        "content": {"application/problem+json": {"schema": ref, "example": example}},
    }
    if code == 429:
        whole = {"type": "integer", "minimum": 1}
        said["headers"] = {"Retry-After": {"schema": whole, "description": "giây", "required": True}}
    if code == 401:
        said["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}, "required": True}}
    return said


_MORE: dict[int, dict[str, Any]] = {
    400: {"detail": "Không có người này.", "errors": {"assignee": ["Không có người này."]}},
    412: {"version": 8, "changed": []},
}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "Một lời từ chối (RFC 9457): `type` cho chương trình, còn lại cho người đọc.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"$ref": "#/components/schemas/ProblemTypeEnum"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "object",
            "description": "Câu giải thích theo trường, gọi tên như đã gửi: `ratings[3].colour`.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        },
    },
}


def _stale() -> dict[str, Any]:
    """What happened since the version that was meant is told with the refusal."""
    events = {"type": "array", "items": {"$ref": "#/components/schemas/Event"}}
    return _PROBLEM | {
        "description": "Hồ sơ đã thay đổi: phiên bản hiện nay, và những gì đã diễn ra từ phiên bản đã nêu.",
        "required": [*_PROBLEM["required"], "version", "changed"],
        "properties": _PROBLEM["properties"] | {"version": {"type": "integer"}, "changed": events},
    }


def say_examples(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """With every operation what was sent once, and answered."""
    for operation in _operations(result):
        example = _examples().get(operation["operationId"], {})
        for content in operation.get("requestBody", {}).get("content", {}).values():
            if "request" in example:
                content["example"] = example["request"]
        for code, said in operation["responses"].items():
            if code.startswith("2") and "response" in example and _JSON in said.get("content", {}):
                said["content"][_JSON]["example"] = example["response"]
    return result


@cache
def _examples() -> dict[str, Any]:
    return json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))


def say_parts(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """An answer that may be asked for with some of its fields is the whole, or a part of it."""
    schemas = result["components"]["schemas"]
    for operation in _operations(result):
        if not any(asked["name"] == sparse.PARAMETER for asked in operation["parameters"]):
            continue
        answer = operation["responses"]["200"]["content"][_JSON]
        whole = answer["schema"]["$ref"].rsplit("/", 1)[1]
        rows = schemas[whole]["properties"].get("results")
        holder, key = (rows, "items") if rows else (answer, "schema")
        if "$ref" in holder[key]:
            name = holder[key]["$ref"].rsplit("/", 1)[1]
            part = {word: said for word, said in schemas[name].items() if word != "required"}
            schemas[f"{name}Part"] = part | {"description": f"Các trường được hỏi (fields) của {name}."}
            holder[key] = {"anyOf": [holder[key], {"$ref": f"#/components/schemas/{name}Part"}]}
    return result


def refuse_more(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """What is sent holds no field that is not described; what stands in an address is never empty."""
    for name, schema in result["components"]["schemas"].items():
        if name.endswith("Request") and schema.get("type") == "object":
            schema["additionalProperties"] = False
    for operation in _operations(result):
        for asked in operation["parameters"]:
            schema = asked["schema"]
            if asked["in"] == "query" and schema.get("type") == "string" and "enum" not in schema:
                schema.setdefault("minLength", 1)
    return result


def forget_columns(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """How large a number a column holds is the matter of a database; what is answered has no bounds."""
    for name, schema in result["components"]["schemas"].items():
        for said in [] if name.endswith("Request") else schema.get("properties", {}).values():
            for word in ("maximum", "minimum"):
                said.pop(word, None)
            if said.get("format") == "int64":
                said.pop("format")
    return result


def _operations(result: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for methods in result["paths"].values() for operation in methods.values()]
