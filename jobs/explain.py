"""What analyses do with the traffic, told from their headers and from Flink's own plan of them."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jobs import plan
from jobs.check import USUAL_SOURCE, Planner
from jobs.library import Library, SqlFile
from jobs.runner import SHORT_LIVED, prepare_java

_TIME = {"min": "minute", "s": "second", "h": "hour", "d": "day"}


@dataclass(frozen=True)
class Description:
    """What a file that writes a sink reads, does, keeps and writes."""

    file: SqlFile
    views: list[SqlFile]
    functions: list[SqlFile]
    steps: list[str]
    columns: list[tuple[str, str]]
    parameters: list[tuple[str, str, str]]


def describe(library: Library, files: list[SqlFile]) -> Iterator[Description]:
    """Plan analyses and describe each; raises UserError for one that has no plan."""
    beneath = library.needed([library.files["views", "flows"]])
    with _planner(library) as planner:
        planner.stand_in_for_flows()
        for file in files:
            text, columns = planner.explain(file)
            steps = dict.fromkeys(filter(None, map(_step, _from_the_ground(plan.parse(text)[0]))))
            above = [other for other in library.needed([file])[:-1] if other not in beneath]
            yield Description(
                file,
                [other for other in above if other.folder == "views"],
                [other for other in above if other.folder == "functions"],
                list(steps),
                columns,
                library.parameters_of(file),
            )


def explain(library: Library, analysis: SqlFile) -> str:
    """The data flow of an analysis in words."""
    [told] = describe(library, [analysis])
    latest = f", the last value of each {', '.join(analysis.key)}" if analysis.key else ""
    return "\n".join(
        [
            f"{analysis.name}: {analysis.title}",
            *_section("reads", ["flows: every good record of the source that came in time"]),
            *_section("by way of", [f"{view.name}: {view.title}" for view in told.views]),
            *_section("does", [f"{number}. {step}" for number, step in enumerate(told.steps, start=1)]),
            *_section("keeps", analysis.header.get("state", [])),
            *_section("calls", [f"{function.name}: {function.title}" for function in told.functions]),
            *_section(f"writes {analysis.name}{latest}", analysis.header.get("grain", [])),
            *_section("with the columns", [f"{name} {column_type}" for name, column_type in told.columns]),
            *_section("obeys", [f"--set {name}={default}: {meaning}" for name, meaning, default in told.parameters]),
            *_section("misses", analysis.header.get("misses", [])),
        ]
    )


def flinks_plan(library: Library, analysis: SqlFile) -> str:
    """Flink's own plan of an analysis, over a file of flows."""
    with _planner(library) as planner:
        return planner.explain(analysis)[0]


@contextmanager
def _planner(library: Library) -> Iterator[Planner]:
    prepare_java(SHORT_LIVED)
    with tempfile.TemporaryDirectory(prefix="flowsift-explain-") as scratch:
        yield Planner(library, USUAL_SOURCE, {}, Path(scratch))


def _section(title: str, lines: list[str]) -> list[str]:
    return [f"  {title}", *(f"    {line}" for line in lines)] if lines else []


def _from_the_ground(root: plan.Node) -> list[plan.Node]:
    """The nodes of a plan, each after its inputs."""
    return [node for below in root.inputs for node in _from_the_ground(below)] + [root]


def _step(node: plan.Node) -> str | None:
    """What a node does, and what it keeps for how long; None for what only passes rows on."""
    keys = [key for key in (node.value("groupBy") or node.value("partitionBy")).split(", ") if key]
    # A column of the planner's own tells grouping sets apart.
    of_each = f" of each {', '.join(key for key in keys if key[0] != '$')}" if keys else ""
    of_each += ", and of some of these alone" if any(key[0] == "$" for key in keys) else ""
    if node.name in ("WindowAggregate", "GlobalWindowAggregate"):
        return f"adds up {_window(node)}{of_each}; keeps sums until the window has closed"
    if node.name == "OverAggregate":
        span = re.search(r"RANGE BETWEEN (\d+) PRECEDING", node.text)
        length = f"the last {_span(int(span[1]))}" if span else "all earlier rows"
        return f"looks back over {length}{of_each}; keeps its rows for as long"
    if node.name in ("GroupAggregate", "GlobalGroupAggregate"):
        lived = re.search(r"STATE_TTL[^}]*=(\w+)", node.text)
        kept = f"for {lived[1]} after the last change" if lived else "for ever"
        return f"brings a running total{of_each} up to date; keeps it {kept}"
    if node.name in ("WindowRank", "Rank"):
        place = re.search(r"rankEnd=(\d+)", node.text)
        return f"keeps the first {place[1] if place else ''} rows{of_each} in a window, until it has closed"
    if node.name == "WindowJoin":
        return "joins rows of the same window; keeps both sides until the window has closed"
    if node.name in ("Join", "IntervalJoin", "TemporalJoin"):
        kept = "for ever" if node.name == "Join" else "for as long as times may match"
        return f"joins rows; keeps both sides {kept}"
    if node.name.startswith("Python"):
        names = re.findall(r"\b([a-z]\w*)\(", node.value("invocation") or node.value("select"))
        return f"calls the Python function {names[0] if names else ''} for each row; keeps nothing"
    if node.name == "Calc" and node.value("where"):
        return "lets pass only what meets a condition"
    return None


def _window(node: plan.Node) -> str:
    text = node.value("window")
    kind = text.partition("(")[0]
    size, slide = (re.search(rf"\b{key}=\[([^\]]+)\]", text) for key in ("(?:max_)?size", "(?:slide|step)"))
    if kind == "TUMBLE":
        return f"fixed windows of {_length(size)}"
    if kind == "HOP":
        return f"windows of {_length(size)} every {_length(slide)}"
    if kind == "CUMULATE":
        return f"windows that grow by {_length(slide)} up to {_length(size)}"
    gap = re.search(r"gap=\[([^\]]+)\]", text)
    return f"sessions that end after {_length(gap)} of silence"


def _length(match: re.Match | None) -> str:
    if match is None:
        return "some time"
    number, _, unit = match[1].partition(" ")
    return f"{number} {_TIME.get(unit, unit)}{'s' * (number != '1')}"


def _span(milliseconds: int) -> str:
    for unit, length in (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000)):
        if milliseconds % length == 0:
            count = milliseconds // length
            return f"{count} {_TIME[unit]}{'s' * (count != 1)}"
    return f"{milliseconds} ms"
