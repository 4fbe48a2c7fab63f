"""Flink's plan of a query as a tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_LINE = re.compile(r"(?P<branch>(?:[ :]{3})*(?:[+:]- )?)(?P<name>[A-Z]\w*)(?:\(|$)")


@dataclass
class Node:
    """One step of a plan; `text` is all that Flink says of it."""

    name: str
    text: str
    inputs: list[Node] = field(default_factory=list)

    def all(self) -> Iterator[Node]:
        """This node and all below it."""
        yield self
        for node in self.inputs:
            yield from node.all()

    def value(self, key: str) -> str:
        """What stands in the brackets of key=[…]; empty if there is none."""
        found = re.search(rf"\b{key}=\[", self.text)
        if found is None:
            return ""
        depth, end = 1, found.end()
        while depth and end < len(self.text):
            depth += {"[": 1, "]": -1}.get(self.text[end], 0)
            end += 1
        return self.text[found.end() : end - 1]

    @property
    def keys(self) -> list[str]:
        """The columns by which it keeps its rows apart; one that begins with $ is the planner's own."""
        found = (self.value(key) for key in ("groupBy", "partitionBy", "partitionKeys", "finalAggGrouping", "key"))
        return [key for key in next(filter(None, found), "").split(", ") if key]

    @property
    def python_functions(self) -> list[str]:
        """The Python functions that it calls; Flink's own are in upper case."""
        calls = re.sub(r"'[^']*'", "", self.value("invocation") or self.value("select"))
        found = re.findall(r"\b([a-z]\w*)\(", calls) if self.name.startswith("Python") else []
        return list(dict.fromkeys(found))


def parse(plan: str) -> list[Node]:
    """The trees of the optimized plan in what Flink's EXPLAIN says, one a sink."""
    logical, text = plan.split("== Optimized Physical Plan ==\n")
    roots: list[Node] = []
    path: list[Node] = []
    for line in text.split("\n== ")[0].splitlines():
        match = _LINE.match(line)
        if match is None or (roots and not match["branch"] and not line.startswith("Sink(")):
            path[-1].text += line  # a literal with a line break in it
            continue
        depth = len(match["branch"]) // 3
        node = Node(match["name"], line[match.end() :].removesuffix(")"))
        (path[depth - 1].inputs if depth else roots).append(node)
        path[depth:] = [node]
    _add_within(roots, [Node("LogicalMatch", line) for line in logical.splitlines() if "LogicalMatch(" in line])
    return roots


def _add_within(roots: list[Node], matches: list[Node]) -> None:
    """Tell each Match its WITHIN, of which the optimized plan is silent."""
    unlimited = {match.value("pattern") for match in matches if not match.value("interval")}
    for node in (node for root in roots for node in root.all() if node.name == "Match"):
        node.text += "" if node.value("pattern") in unlimited else ", within=[true]"
