"""YAML as a table is written in it: lists, names and words; nothing that makes objects or grows."""

from __future__ import annotations

from typing import Any

import yaml

#: A list of indicators, each of them names with words, one of which may be a list.
_DEEPEST = 3
_NOTHING = {"~", "null", "Null", "NULL"}


class _Plain(yaml.BaseLoader):
    """Every word is a string, so that 1.10 is not 1.1 and no day is impossible; a file that refers to
    itself, names types or nests deeper than a table is refused before anything is built of it."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or event.anchor or event.tag:
            raise _refused("không dùng &, * hay !", event)
        if self.depth == _DEEPEST and not isinstance(event, yaml.ScalarEvent):
            raise _refused("lồng quá sâu", event)
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1

    def construct_scalar(self, node: Any) -> Any:
        value = super().construct_scalar(node)
        return "" if node.style is None and value in _NOTHING else value


def _refused(problem: str, event: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)


def read(text: str) -> Any:
    """What a text says in strings, lists and dictionaries. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=_Plain)  # noqa: S506 - it makes nothing but strings


def what_is_wrong(fault: Exception) -> str:
    """A fault of such a text with its line, where it has one."""
    if isinstance(fault, yaml.MarkedYAMLError) and fault.problem_mark:
        return f"dòng {fault.problem_mark.line + 1}: {fault.problem}"
    return str(fault)
