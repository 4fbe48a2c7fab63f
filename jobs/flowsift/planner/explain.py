"""What analyses read, keep and write, from their headers and from Flink's own plan of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flowsift.catalog.file import SqlFile
from flowsift.catalog.library import Library
from flowsift.engine.contract import FLOWS, USUAL_SOURCE
from flowsift.engine.flink.jvm import SHORT_LIVED, prepare_java
from flowsift.planner import plan
from flowsift.planner.check import Planner
from flowsift.planner.operators import operator_of
from flowsift.scratch import scratch_folder


@dataclass(frozen=True)
class Description:
    """What a file that writes a sink reads, keeps in state and for how long, and writes."""

    file: SqlFile
    views: list[SqlFile]
    functions: list[SqlFile]
    keeps: list[str]
    # (name, type, meaning), the last empty where the name says it.
    columns: list[tuple[str, str, str]]
    parameters: list[tuple[str, str, str]]


def describe(library: Library, files: list[SqlFile]) -> Iterator[Description]:
    """Plan analyses and describe each; raises UserError for one that has no plan."""
    below_flows = library.needed([library.objects[FLOWS]])
    with _planner(library) as planner:
        planner.stand_in_for_flows()
        for file in files:
            text, columns = planner.explain(file)
            keeps = [f"what {other.learner} has learned" for other in library.needed([file]) if other.learner]
            keeps += [kept for each in (*planner.learned_from(file), text) for kept in _kept(plan.parse(each)[0])]
            meanings = dict(file.explained("columns"))
            above = [other for other in library.needed([file])[:-1] if other not in below_flows]
            yield Description(
                file,
                [other for other in above if other.role == "view"],
                [other for other in above if other.role == "function"],
                list(dict.fromkeys(keeps)),
                [(name, column_type, meanings.get(name, "")) for name, column_type in columns],
                library.parameters_behind(file),
            )


def explain(library: Library, analysis: SqlFile) -> str:
    """What an analysis reads, keeps and writes, as text for people."""
    [found] = describe(library, [analysis])
    latest = f", the last value of each {', '.join(analysis.key)}" if analysis.key else ""
    return "\n".join(
        [
            f"{analysis.name}: {analysis.title}",
            *_section("reads", ["flows: every good record of the source that came in time"]),
            *_section("by way of", [f"{view.name}: {view.title}" for view in found.views]),
            *_section("keeps", [*found.keeps, *analysis.header.get("state", [])]),
            *_section("calls", [f"{function.name}: {function.title}" for function in found.functions]),
            *_section(f"writes {analysis.name}{latest}", analysis.header.get("grain", [])),
            *_section("with the columns", [_column(*each) for each in found.columns]),
            *_section("obeys", [f"--set {name}={default}: {meaning}" for name, meaning, default in found.parameters]),
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


def _kept(node: plan.Node) -> list[str]:
    """What the operators of a plan keep, each after what it reads from."""
    kept = [line for before in node.inputs for line in _kept(before)]
    operator = operator_of(node)
    return [*kept, str(operator.keeps(node))] if operator else kept
