"""Flink's plan of a query as a tree, and what in it an analyst should know before it runs for months."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from jobs.steps import step_of

# These hand on fewer rows than they take: what stands behind them does not see every record.
_CONDENSES = ("WindowAggregate", "WindowRank", "WindowDeduplicate", "Match")
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


@dataclass(frozen=True)
class Concern:
    """Something in a plan that will hurt; `origin` tells two of one message apart."""

    message: str
    places: tuple[str, ...]
    countable: bool = False
    origin: str = ""


def concerns(root: Node) -> list[Concern]:
    """What is unwise in a plan: state that grows for ever, and Python functions that see every record."""
    found = []
    for node in root.all():
        calls = [rf"\b{function}\s*\(" for function in node.python_functions]
        if (step := step_of(node)) and (kept := step.keeps(node)).grows:
            message = f"this keeps {kept.what}, {kept.how_long}; {step.cure}"
            origin = re.sub(r"\d+", "", node.value("where"))  # Flink numbers columns of the same name
            found.append(Concern(message, (*calls, *step.places), step.countable, origin))
        if not all(map(_is_condensed, node.inputs)):
            found += [
                Concern(
                    f"the Python function {function} sees every record, which costs two thirds of the throughput; "
                    "call it on the rows of a window, or write it in SQL",
                    (call,),
                )
                for function, call in zip(node.python_functions, calls)
            ]
    return list(dict.fromkeys(found))


def _is_condensed(node: Node) -> bool:
    """Whether every record passes a window before it comes here."""
    return node.name.endswith(_CONDENSES) or (bool(node.inputs) and all(map(_is_condensed, node.inputs)))
