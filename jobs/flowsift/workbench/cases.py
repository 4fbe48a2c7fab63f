"""Case folders: <analysis>/<what happens>/ with input.jsonl, <sink>.jsonl as expected, parameters.json where needed.

The input of another source than flows is named after it: input.zeek_conn.jsonl. An expected row names the columns that
matter; an empty file expects no rows. A sink without a file is not computed, but for the analysis itself.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flowsift.catalog.library import SQL_ROOT, Library
from flowsift.engine.endpoints import FileInput, FileOutput
from flowsift.engine.flink.jvm import SHORT_LIVED, prepare_java
from flowsift.engine.job import Run
from flowsift.engine.results import rows
from flowsift.engine.submit import run, shared_cluster
from flowsift.errors import UserError, shown
from flowsift.scratch import scratch_folder
from flowsift.workbench.differences import Difference, differences, readable

CASES_ROOT = SQL_ROOT.parent / "tests" / "cases"
_FEW_ROWS_SETTINGS = {
    "parallelism.default": "1",
    # A file is complete with the checkpoint that follows its last row.
    "execution.checkpointing.interval": "200 ms",
    # Methods short enough to be compiled when they are hot take long to make, and pay off over many rows only.
    "table.generated-code.max-length": "40000",
}
# Where the input stood on the machine that ran the case.
_PLACE = "record_source"


@dataclass(frozen=True)
class Case:
    """A folder with recorded records and the rows that an analysis makes of them."""

    folder: Path

    @property
    def analysis(self) -> str:
        return self.folder.parent.name

    @property
    def name(self) -> str:
        return f"{self.analysis}/{self.folder.name}"

    @property
    def input(self) -> Path:
        """The one file of records."""
        files = sorted(self.folder.glob("input.*"))
        if len(files) != 1:
            raise UserError(f"{shown(self.folder)}: expected one file input.jsonl, there are {len(files)} of input.*")
        return files[0]

    @property
    def source(self) -> str:
        """The format of the records: input.SOURCE.jsonl, or flows."""
        _, *source, _ = self.input.name.split(".")
        return ".".join(source) or "flows"

    @property
    def parameters(self) -> dict[str, str]:
        path = self.folder / "parameters.json"
        if not path.exists():
            return {}
        return {name: str(value) for name, value in _object(path.read_text(encoding="utf-8"), path, 1).items()}

    def expected(self) -> dict[str, list[dict]]:
        """The expected rows of each sink that has a file."""
        return {
            path.stem: [
                _object(line, path, number)
                for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
                if line.strip()
            ]
            for path in sorted(self.folder.glob("*.jsonl"))
            if not path.name.startswith("input.")
        }

    def found(self, library: Library, accounting: list[str], run: Callable[..., None] = run) -> dict[str, list[dict]]:
        """Run the analysis over the input; returns its rows and those of these sinks of the accounting."""
        if unknown := [sink for sink in accounting if sink not in library.all("accounting")]:
            raise UserError(
                f"{shown(self.folder)}: {unknown[0]}.jsonl is no sink of this case; "
                f"there are: {', '.join([self.analysis, *library.all('accounting')])}"
            )
        with scratch_folder() as scratch:
            output = FileOutput(scratch)
            records = FileInput(self.input.name, [self.input.resolve()])
            request = Run(self.source, records, output, [self.analysis], self.parameters, tuple(accounting))
            run(request, _FEW_ROWS_SETTINGS, library=library)
            return {sink: rows(output.folder / sink) for sink in (self.analysis, *accounting)}

    def write(self, sink: str, found: list[dict]) -> Path:
        """Make these rows the expected ones, in a fixed order, with the columns that the file named before, or all."""
        path = self.folder / f"{sink}.jsonl"
        named = dict.fromkeys(column for row in self.expected().get(sink, []) for column in row)
        # A column that is gone or has a new name: what matters now is for the analyst to say.
        partly = named and all(named.keys() <= row.keys() for row in found)
        kept = [
            {column: row[column] for column in (named if partly else row) if partly or column != _PLACE}
            for row in sorted(found, key=_place_in_order)
        ]
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept), encoding="utf-8")
        return path


def all_cases(root: Path = CASES_ROOT) -> list[Case]:
    """Every case folder of a tree."""
    return [Case(path) for path in sorted(root.glob("*/*")) if path.is_dir()]


def find(library: Library, names: list[str], root: Path = CASES_ROOT) -> list[Case]:
    """The cases of these analyses, or these cases (ANALYSIS/CASE); all where none is named."""
    cases = all_cases(root)
    library.analyses([name.partition("/")[0] for name in names] or [case.analysis for case in cases])
    for name in names:
        analysis = name.partition("/")[0]
        if not any(name in (case.analysis, case.name) for case in cases):
            there = ", ".join(case.folder.name for case in cases if case.analysis == analysis)
            raise UserError(
                f"no case {name}; those of {analysis} are: {there}"
                if there
                else f"{analysis} has no cases; a case is a folder {shown(root / analysis)}/<what happens>"
            )
    return [case for case in cases if not names or case.analysis in names or case.name in names]


def compare(
    case: Case, library: Library, run: Callable[..., None] = run
) -> tuple[dict[str, list[dict]], dict[str, list[Difference]]]:
    """Run a case; returns the rows of its sinks, and what differs in those that are not as expected."""
    expected = {case.analysis: [], **case.expected()}
    found = case.found(library, [sink for sink in expected if sink != case.analysis], run)
    differing = {sink: differences(expected[sink], found[sink]) for sink in found}
    return found, {sink: difference for sink, difference in differing.items() if difference}


def lacking(analysis: str, cases: list[Case]) -> Iterator[str]:
    """What the cases of an analysis do not show, a line each."""
    cases = [case for case in cases if case.analysis == analysis]
    fires = {case.folder.name: bool(case.expected().get(analysis)) for case in cases}
    if not any(fires.values()):
        yield f"{analysis} has no case that fires: one whose {analysis}.jsonl has rows"
    if not any(name.startswith("stays_") and not fires[name] for name in fires):
        yield f"{analysis} has no case that stays quiet: one named stays_…, whose {analysis}.jsonl is empty"
    if not any("late_and_broken" in name for name in fires):
        yield f"{analysis} has no case with late and broken records: one named leaves_out_late_and_broken_records"


def run_cases(library: Library, names: list[str], *, accept: bool = False, root: Path = CASES_ROOT) -> bool:
    """Run cases and print a line for each, and what differs; with `accept`, the rows found become the expected ones.

    Returns whether every case is as expected, or was made so.
    """
    cases = find(library, names, root)
    prepare_java(SHORT_LIVED)
    begin, failed = time.monotonic(), 0
    with shared_cluster() as run_there:
        for case in cases:
            since = time.monotonic()
            mark, lines = _verdict(case, library, run_there, accept)
            failed += mark == "FAILED"
            print(f"{mark:8}  {case.name}  {time.monotonic() - since:.1f} s", *lines, sep="\n", flush=True)
    print(f"{len(cases)} case{'s' * (len(cases) != 1)}, {failed} failed ({time.monotonic() - begin:.1f} s)")
    for analysis in dict.fromkeys(case.analysis for case in cases if not failed):
        for line in lacking(analysis, all_cases(root)):
            print(f"note: {line}")
    return not failed


def _verdict(case: Case, library: Library, run: Callable[..., None], accept: bool) -> tuple[str, list[str]]:
    """(ok, accepted or FAILED, lines that say why)."""
    try:
        if not accept and case.analysis not in case.expected():
            raise UserError(f"it lacks {case.analysis}.jsonl, empty where no row is expected; --accept writes it")
        found, differing = compare(case, library, run)
    except UserError as error:
        return "FAILED", [f"  {line}" for line in str(error).splitlines()]
    lines = [line for sink, difference in differing.items() for line in readable(sink, difference)]
    if not accept:
        return "FAILED" if differing else "ok", lines
    changed = sorted(differing.keys() | {case.analysis} - case.expected().keys())
    lines += [f"  wrote {shown(case.write(sink, found[sink]))}" for sink in changed]
    lines += [f"  note: {sink} has no rows any more" for sink in changed if not found[sink]]
    return "accepted" if differing else "ok", lines


def _object(text: str, path: Path, line: int) -> dict:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise UserError(f"{shown(path)}:{line}: expected a JSON object")
    return value


def _place_in_order(row: dict) -> list[tuple]:
    return [(0, value, "") if isinstance(value, (int, float)) else (1, 0, json.dumps(value)) for value in row.values()]
