"""Flink's plan of a query as a tree, and what in it an analyst should know before it runs for months."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# These hand on fewer rows than they take: what stands behind them does not see every record.
_CONDENSES = ("WindowAggregate", "WindowRank", "WindowDeduplicate", "Match")
_STEP = re.compile(r"(?P<branch>(?:[ :]{3})*(?:[+:]- )?)(?P<name>[A-Z]\w*)\(")
_TTL_HINT = re.compile(r"STATE_TTL|stateTtlHints")


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


def parse(plan: str) -> list[Node]:
    """The trees of the optimized plan in what Flink's EXPLAIN says, one a sink."""
    text = plan.split("== Optimized Physical Plan ==\n")[1].split("\n== ")[0]
    roots: list[Node] = []
    path: list[Node] = []
    for line in text.splitlines():
        match = _STEP.match(line)
        if match is None or (roots and not match["branch"] and not line.startswith("Sink(")):
            path[-1].text += line  # a literal with a line break in it
            continue
        depth = len(match["branch"]) // 3
        node = Node(match["name"], line[match.end() :].removesuffix(")"))
        (path[depth - 1].inputs if depth else roots).append(node)
        path[depth:] = [node]
    return roots


@dataclass(frozen=True)
class Concern:
    """Something in a plan that will hurt; `pattern` finds the place in the SQL that it comes from."""

    pattern: str
    message: str
    is_state: bool = True


def concerns(root: Node) -> list[Concern]:
    """What is unwise in a plan: Python functions that see every record, and state that grows for ever."""
    found = [concern for node in root.all() if (concern := _unbounded_state(node))]
    found += [
        Concern(
            rf"\b{function}\s*\(",
            f"the Python function {function} sees every record, which costs two thirds of the throughput; "
            "call it on the rows of a window, or write it in SQL",
            is_state=False,
        )
        for node in root.all()
        if node.name.startswith("Python") and not all(map(_is_condensed, node.inputs))
        for function in _functions(node)
    ]
    return list(dict.fromkeys(found))


def _is_condensed(node: Node) -> bool:
    """Whether every record passes a window before it comes here."""
    if any(node.name.endswith(name) for name in _CONDENSES):
        return True
    return bool(node.inputs) and all(map(_is_condensed, node.inputs))


def _functions(node: Node) -> list[str]:
    calls = node.value("invocation") or node.value("select")
    return list(dict.fromkeys(re.findall(r"\b([a-z]\w*)\(", calls)))[:1] or ["of the query"]


def _unbounded_state(node: Node) -> Concern | None:
    if _TTL_HINT.search(node.text):
        return None
    keys = node.value("groupBy")
    if node.name in ("GroupAggregate", "GlobalGroupAggregate", "PythonGroupAggregate") and keys:
        return Concern(
            r"\bGROUP\s+BY\b(?!\s+window_)", f"this keeps a row for every {keys}, for ever; {_CURE_AGGREGATE}"
        )
    if node.name == "OverAggregate" and ("UNBOUNDED PRECEDING" in node.text or "ROWS BETWEEN" in node.text):
        return Concern(
            r"\bOVER\b|\bWINDOW\b", f"this keeps rows for every {node.value('partitionBy')}, for ever; {_CURE_OVER}"
        )
    if node.name == "Join":
        return Concern(r"\bJOIN\b", f"this keeps every row of both sides, for ever; {_CURE_JOIN}")
    if node.name in ("Rank", "Deduplicate", "ChangelogNormalize"):
        return Concern(r"\bROW_NUMBER\b|\bRANK\b", f"this keeps rows for ever ({node.name}); {_CURE_RANK}")
    if node.name == "Match" and "within" not in node.text.lower():
        return Concern(r"\bMATCH_RECOGNIZE\b", "this keeps half-matched rows, for ever; add WITHIN INTERVAL '…' …")
    return None


_CURE_AGGREGATE = (
    "group by window_start and window_end of a window, or give it a time to live (SELECT /*+ STATE_TTL('table' = '1d') "
    "*/), or, if what it groups by is few, say so: -- state:  what bounds it"
)
_CURE_JOIN = (
    "join on window_start and window_end of windows, or on times that differ by less than an INTERVAL, or give it a "
    "time to live: SELECT /*+ STATE_TTL('left' = '1d', 'right' = '1d') */"
)
_CURE_OVER = "write RANGE BETWEEN INTERVAL '…' MINUTE PRECEDING AND CURRENT ROW"
_CURE_RANK = "partition by window_start and window_end of a window"
