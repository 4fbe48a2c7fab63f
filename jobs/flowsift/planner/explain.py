"""What analyses do with the traffic, told from their headers and from Flink's own plan of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flowsift.catalog.file import SqlFile
from flowsift.catalog.library import Library
from flowsift.engine.contract import FLOWS, USUAL_SOURCE
from flowsift.engine.flink.jvm import SHORT_LIVED, prepare_java
from flowsift.planner import plan
from flowsift.planner.check import Planner
from flowsift.planner.operators import step_of
from flowsift.scratch import scratch_folder

_TIME = {"min": "minute", "s": "second", "h": "hour", "d": "day"}


@dataclass(frozen=True)
class Description:
    """What a file that writes a sink reads, does, keeps and writes."""

    file: SqlFile
    views: list[SqlFile]
    functions: list[SqlFile]
    steps: list[str]
    # (name, type, meaning), the last empty where the name says it.
    columns: list[tuple[str, str, str]]
    parameters: list[tuple[str, str, str]]


def describe(library: Library, files: list[SqlFile]) -> Iterator[Description]:
    """Plan analyses and describe each; raises UserError for one that has no plan."""
    beneath = library.needed([library.objects[FLOWS]])
    with _planner(library) as planner:
        planner.stand_in_for_flows()
        for file in files:
            text, columns = planner.explain(file)
            steps = dict.fromkeys(step for each in planner.learned_from(file) for step in _steps(each))
            steps |= dict.fromkeys(
                f"hands each row to {other.learner}, in order; keeps what that has learned"
                for other in library.needed([file])
                if other.learner
            )
            steps |= dict.fromkeys(_steps(text))
            meanings = dict(file.explained("columns"))
            above = [other for other in library.needed([file])[:-1] if other not in beneath]
            yield Description(
                file,
                [other for other in above if other.role == "view"],
                [other for other in above if other.role == "function"],
                list(steps),
                [(name, column_type, meanings.get(name, "")) for name, column_type in columns],
                library.parameters_behind(file),
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
            *_section("with the columns", [_column(*each) for each in told.columns]),
            *_section("obeys", [f"--set {name}={default}: {meaning}" for name, meaning, default in told.parameters]),
            *_section("misses", analysis.header.get("misses", [])),
        ]
    )


def _column(name: str, column_type: str, meaning: str) -> str:
    return f"{name} {column_type}" + (f": {meaning}" if meaning else "")


def flinks_plan(library: Library, analysis: SqlFile) -> str:
    """Flink's own plan of an analysis, over a file of flows."""
    with _planner(library) as planner:
        return planner.explain(analysis)[0]


@contextmanager
def _planner(library: Library) -> Iterator[Planner]:
    prepare_java(SHORT_LIVED)
    with scratch_folder() as scratch:
        yield Planner(library, USUAL_SOURCE, {}, scratch)


def _section(title: str, lines: list[str]) -> list[str]:
    return [f"  {title}", *(f"    {line}" for line in lines)] if lines else []


def _steps(text: str) -> list[str]:
    return list(filter(None, map(_step, _from_the_ground(plan.parse(text)[0]))))


def _from_the_ground(root: plan.Node) -> list[plan.Node]:
    """The nodes of a plan, each after its inputs."""
    return [node for below in root.inputs for node in _from_the_ground(below)] + [root]


def _step(node: plan.Node) -> str | None:
    """What a node does, and what it keeps for how long; None for what only passes rows on."""
    functions = ", ".join(node.python_functions)
    step = step_of(node)
    if step is not None:
        kept = step.keeps(node)
        by = f" by the Python function {functions}" if functions else ""
        return f"{step.does.format(**_gaps(node))}{by}; keeps {kept.what} {kept.how_long}"
    if functions:
        return f"calls the Python function {functions} for each row; keeps nothing"
    if node.name == "Calc" and node.value("where"):
        return "lets pass only what meets a condition"
    return None


def _gaps(node: plan.Node) -> dict[str, str]:
    """What a step's words leave open."""
    # A column of the planner's own tells grouping sets apart.
    keys = [key for key in node.keys if key[0] != "$"]
    of_each = f" of each {', '.join(keys)}" if keys else ""
    of_each += ", and of some of these alone" if keys != node.keys else ""
    place = re.search(r"(?:rankEnd=|fetch=\[)(\d+)", node.text)
    rows = f"{place[1]} rows" if place and place[1] != "1" else "row"
    span = re.search(r"(RANGE|ROWS) BETWEEN (\d+) PRECEDING", node.text)
    length = span and (_span(int(span[2])) if span[1] == "RANGE" else f"{span[2]} rows")
    return {
        "window": _window(node),
        "of_each": of_each,
        "rows": rows,
        "span": f"the last {length}" if length else "all earlier rows",
    }


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
    return "windows" if gap is None else f"sessions that end after {_length(gap)} of silence"


def _length(match: re.Match) -> str:
    number, _, unit = match[1].partition(" ")
    return f"{number} {_TIME.get(unit, unit)}{'s' * (number != '1')}"


def _span(milliseconds: int) -> str:
    for unit, length in (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000)):
        if milliseconds % length == 0:
            count = milliseconds // length
            return f"{count} {_TIME[unit]}{'s' * (count != 1)}"
    return f"{milliseconds} ms"
