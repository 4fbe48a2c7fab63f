"""What the operators of Flink's plans keep, and for how long: one table for `check` and `explain`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowsift.planner.plan import Node

# Calls that remember every value they are given.
_COLLECTING = re.compile(
    r"\b(?:\w+\((?:DISTINCT |distinct\$)|(?:LISTAGG|ARRAY_AGG|COLLECT|PERCENTILE|JSON_\w+"
    r"|(?:MIN|MAX|FIRST_VALUE|LAST_VALUE|LISTAGG)_RETRACT)\()[^()]*\)"
)
_INSIDE = r"(?:[^()]|\([^()]*\))*?"
_JOIN = r"\bJOIN\b(?!\s+(?:LATERAL|UNNEST|TABLE)\b)"
_MATCH = r"\bMATCH_RECOGNIZE\b"


@dataclass(frozen=True)
class Kept:
    """What an operator remembers; it `grows` if nothing bounds it and nothing is dropped."""

    what: str
    how_long: str = "for ever"
    grows: bool = False

    def __str__(self) -> str:
        return f"{self.what}, {self.how_long}"


@dataclass(frozen=True)
class Operator:
    """What an operator keeps, and the cure if that grows.

    `places` find in the SQL where it comes from, the best first; they pass over what is sound. What is `countable` is
    a row for each of some keys, and the header of a file may say that these are few.
    """

    keeps: Callable[[Node], Kept]
    cure: str = ""
    places: tuple[str, ...] = ()
    countable: bool = False


def operator_of(node: Node) -> Operator | None:
    """What there is to say of a node; None of one that keeps nothing."""
    is_semi = node.name == "Join" and node.value("joinType") in ("LeftSemiJoin", "LeftAntiJoin")
    return _OPERATORS.get("SemiJoin" if is_semi else node.name) or _OPERATORS.get(node.name.removeprefix("Python"))


def _until_closed(what: str) -> Callable[[Node], Kept]:
    return lambda node: Kept(what + _for_every(node), "until the window has closed")


def _unless_it_expires(node: Node, what: str, sides: int = 1) -> Kept:
    hints = re.findall(r"[\[=,]\s*(\d+\s?\w*)", node.value("stateTtlHints"))
    lives = [life for life in hints if re.match("0*[1-9]", life)]
    if len(lives) < sides:
        return Kept(what, grows=True)
    return Kept(what, f"for {' or '.join(dict.fromkeys(lives))} after the last change")


def _for_every(node: Node) -> str:
    keys = [key for key in node.keys if key[0] != "$"]
    return f" for every {', '.join(keys)}" if keys else ""


def _collected(node: Node) -> list[str]:
    calls = [re.sub(r"_RETRACT|distinct\$\d+ ", "", call) for call in _COLLECTING.findall(node.value("select"))]
    return [f"every value of {', '.join(calls)}"] if calls else []


def _totals(node: Node) -> Kept:
    growing = [f"a row{_for_every(node)}"] * bool(node.keys) + _collected(node)
    return _unless_it_expires(node, " and ".join(growing)) if growing else Kept("one row")


def _looked_back(node: Node) -> Kept:
    window = node.value("window")
    if span := re.search(r"RANGE BETWEEN (\d+) PRECEDING", window):
        return Kept(f"rows{_for_every(node)}", f"for {_length(int(span[1]))}")
    rows = re.search(r"ROWS BETWEEN (\d+) PRECEDING", window)
    whats = [f"the last {rows[1]} rows"] if rows else _collected(node) or ["a running result"]
    return Kept(" and ".join(whats) + _for_every(node), grows=bool(node.keys or (not rows and _collected(node))))


def _length(milliseconds: int) -> str:
    for unit, length in (("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1_000)):
        if milliseconds % length == 0:
            count = milliseconds // length
            return f"{count} {unit}{'s' * (count != 1)}"
    return f"{milliseconds} ms"


def _first_rows(node: Node) -> Kept:
    if "Retract" in node.value("strategy"):
        return Kept("every row that may come first", grows=True)
    return Kept(f"the first rows{_for_every(node)}", grows=bool(node.keys))


def _matched(node: Node) -> Kept:
    if node.value("within"):
        return Kept("half-matched rows", "until WITHIN has passed")
    return Kept("half-matched rows", grows=True)


_FIRST_IN_WINDOW = Operator(_until_closed("the first rows"))
_SUMS = Operator(_until_closed("sums"))
_TOTALS = Operator(
    _totals,
    "group by window_start and window_end of a window, or give it a time to live (SELECT /*+ STATE_TTL('table' = '1d') "
    "*/), or, if what it groups by is few, say so: -- state:  what bounds it",
    (
        r"\bGROUP\s+BY\b(?![\w\s,.`]*\bwindow_end\b)",
        r"\bSELECT\s+DISTINCT\b",
        r"\bUNION\b(?!\s+ALL\b)|\bINTERSECT\b|\bEXCEPT\b",
        r"\(\s*DISTINCT\b|\b(?:LISTAGG|ARRAY_AGG|COLLECT|PERCENTILE|JSON_\w+AGG|MIN|MAX|FIRST_VALUE|LAST_VALUE)\s*\(",
    ),
    countable=True,
)
_BOTH_SIDES = Operator(
    lambda node: _unless_it_expires(node, "every row of both sides", len(node.inputs)),
    "join on window_start and window_end of windows, or on times that differ by less than an INTERVAL, or give it a "
    "time to live: SELECT /*+ STATE_TTL('left' = '1d', 'right' = '1d') */",
    (rf"{_JOIN}(?!(?:(?!{_JOIN}).)*?\b(?:window_end|INTERVAL)\b)", _JOIN),
)
_FIRST = Operator(
    _first_rows,
    "partition by window_start and window_end of a window",
    (rf"\b(?:ROW_NUMBER|RANK|DENSE_RANK)\s*\(\s*\)\s*OVER\s*\((?!{_INSIDE}\bwindow_end\b)", r"\bORDER\s+BY\b"),
)
_LATEST = Operator(
    lambda node: Kept(f"a row{_for_every(node) or ' for every key'}", grows=True),
    "if the keys are few, say so: -- state:  what bounds them",
    countable=True,
)
# By the names of nodes in Flink's optimized physical plan. Of a Python aggregate the same is true as of Flink's own.
_OPERATORS = {
    **dict.fromkeys(("WindowAggregate", "GlobalWindowAggregate", "GroupWindowAggregate"), _SUMS),
    **dict.fromkeys(("GroupAggregate", "GlobalGroupAggregate", "IncrementalGroupAggregate"), _TOTALS),
    "PythonGroupAggregate": replace(
        _TOTALS,
        cure="a Python aggregate knows no windows: collect by ARRAY_AGG in a window and call a function on that",
    ),
    "OverAggregate": Operator(
        _looked_back,
        "write RANGE BETWEEN INTERVAL '…' MINUTE PRECEDING AND CURRENT ROW, or, if what it partitions by is few, say "
        "so: -- state:  what bounds it",
        (
            rf"\bOVER\s*\((?!{_INSIDE}\b(?:window_end\b|RANGE\s+BETWEEN\s+INTERVAL))",
            rf"\bWINDOW\s+\w+\s+AS\s*\((?!{_INSIDE}\bRANGE\s+BETWEEN\s+INTERVAL)",
        ),
        countable=True,
    ),
    **dict.fromkeys(("WindowRank", "WindowDeduplicate"), _FIRST_IN_WINDOW),
    **dict.fromkeys(("Rank", "SortLimit"), _FIRST),
    "TemporalSort": Operator(lambda node: Kept("rows, to put them in order", "until the watermark has passed")),
    "WindowJoin": Operator(_until_closed("rows of both sides")),
    "IntervalJoin": Operator(lambda node: Kept("rows of both sides", "for as long as their times may match")),
    **dict.fromkeys(("Join", "MultiJoin"), _BOTH_SIDES),
    "SemiJoin": replace(
        _BOTH_SIDES,
        places=(r"\b(?:IN|EXISTS)\s*\(\s*SELECT\b", r"\bINTERSECT\b|\bEXCEPT\b"),
    ),
    "TemporalJoin": replace(_LATEST, places=(_JOIN,)),
    "ChangelogNormalize": _LATEST,
    "Match": Operator(
        _matched,
        "add WITHIN INTERVAL '…' …",
        (rf"{_MATCH}(?!(?:(?!{_MATCH}).)*?\bWITHIN\b)",),
    ),
}
