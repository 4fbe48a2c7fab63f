"""YAML with positions: what a case file says and where, and how rows in it are replaced without touching the rest."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from flowsift.catalog.lint import nearest
from flowsift.errors import Problem, Problems

_WIDTH = 120
_TAG = "tag:yaml.org,2002:"


class Document:
    """A YAML file as a tree of nodes; whatever is wrong with it is raised with its line and column.

    A time stays the text that it is, and so does a number where `text` is asked for.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def text(self) -> str:
        try:
            text = self.path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise Problems([Problem(self.path, 1, 1, "this file is not text in UTF-8; save it as such")]) from None
        return text if text.endswith("\n") else text + "\n"

    @cached_property
    def root(self) -> Node:
        """The node of the whole file. Raises Problems where the file is not YAML or empty."""
        try:
            node = _compose(self.text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            message = f"this is not YAML: {error.problem}; quote a text that holds a sign of YAML"
            raise Problems([Problem(self.path, mark.line + 1, mark.column + 1, message)]) from None
        if node is None:
            raise Problems([Problem(self.path, 1, 1, "this file is empty; a case has given: and expected:")])
        return node

    def wrong(self, node: Node, message: str) -> Problems:
        """An error at a node, to be raised."""
        return Problems([Problem(self.path, node.start_mark.line + 1, node.start_mark.column + 1, message)])

    def mapping(self, node: Node, known: Collection[str] | None = None, *, of: str = "a case") -> dict[str, Node]:
        """The nodes of a mapping by key. Raises Problems for a key that is there twice, or is none of the known."""
        if not isinstance(node, MappingNode):
            raise self.wrong(node, f"expected keys and values of {of}")
        found: dict[str, Node] = {}
        for key, value in node.value:
            name = key.value
            if not isinstance(key, ScalarNode):
                raise self.wrong(key, "expected a name before the colon")
            if name in found:
                raise self.wrong(key, f"{name} is there twice; leave one out")
            if known is not None and name not in known:
                cure = nearest(name, known) or f"; there are: {', '.join(known)}"
                raise self.wrong(key, f"{of} has no {name}{cure}")
            found[name] = value
        return found

    def items(self, node: Node, of: str) -> list[Node]:
        """The nodes of a list."""
        if not isinstance(node, SequenceNode):
            raise self.wrong(node, f"expected a list of {of}: begin each with a dash")
        return node.value

    def text_of(self, node: Node, of: str) -> str:
        """A scalar as it is written."""
        if not isinstance(node, ScalarNode):
            raise self.wrong(node, f"expected {of}")
        return node.value

    def plain(self, node: Node) -> Any:
        """What a node stands for, in Python's own types; a time is text."""
        if isinstance(node, MappingNode):
            return {name: self.plain(value) for name, value in self.mapping(node).items()}
        if isinstance(node, SequenceNode):
            return [self.plain(item) for item in node.value]
        kind = str(node.tag).removeprefix(_TAG)
        if kind == "null":
            return None
        if kind == "bool":
            return node.value.lower() == "true"
        try:
            if kind == "int":
                return int(node.value.replace("_", ""))
            if kind == "float":
                return float(node.value.replace("_", ""))
        except ValueError:
            raise self.wrong(node, f"{node.value} is no number in decimal; quote it if it is text") from None
        return node.value


def _compose(text: str) -> Node | None:
    return YAML(typ="safe", pure=True).compose(text)


def replaced(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    """The text with these edits: (start, end, instead), which do not overlap."""
    for start, end, instead in sorted(edits, reverse=True):
        text = text[:start] + instead + text[end:]
    return text


def end_of(node: Node) -> int:
    """Where the last sign of a node ends; YAML counts the blank lines and comments behind a block to it."""
    children = node.value if isinstance(node, (MappingNode, SequenceNode)) and not node.flow_style else []
    last = children[-1] if children else node
    last = last[1] if isinstance(last, tuple) else last
    return last.end_mark.index if last is node else end_of(last)


def row_text(row: dict, indent: int) -> str:
    """A row as a mapping in braces, wrapped; `indent` is the column of its first brace."""
    lines = [""]
    for part in _parts([f"{_scalar(key)}: {_value(value)}" for key, value in row.items()]):
        room = _WIDTH - indent - 1
        if lines[-1] and len(lines[-1]) + 1 + len(part) > room:
            lines.append(part)
        else:
            lines[-1] = f"{lines[-1]} {part}".strip()
    return "{" + f"\n{' ' * (indent + 1)}".join(lines) + "}"


def _parts(entries: list[str]) -> list[str]:
    return [entry + "," for entry in entries[:-1]] + entries[-1:]


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return _scalar(value)


def _scalar(value: object) -> str:
    """A text without quotes where it reads as the same text without them; all else as in JSON."""
    if not isinstance(value, str):
        return json.dumps(value)
    try:
        document = _compose(f"[{value}]")
        [node] = document.value if document else []
    except (MarkedYAMLError, ValueError):
        return json.dumps(value, ensure_ascii=False)
    is_same = isinstance(node, ScalarNode) and node.value == value and node.style is None
    is_text = str(node.tag).removeprefix(_TAG) in ("str", "timestamp")
    return value if is_same and is_text else json.dumps(value, ensure_ascii=False)
