"""A case: one YAML file tests/cases/<analysis>/<what_happens>.yaml, the flows given and the rows that are expected.

    # A client calls home every 30 seconds: even gaps and even sizes are a beacon.
    source: flows                                  # optional: the format of the records
    parameters: {BEACON_MINUTES: 10}               # optional
    defaults: {protocol: tcp, dst_port: 443, packets_out: 4, duration: 500 ms}
    given:
      - {at: 2025-01-06T08:00:01Z, every: 30 s, times: 20, src_addr: 10.0.0.7, octets_out: [310, 320, 330]}
      - {at: 2025-01-06T08:00:05Z, arrives: 2025-01-06T08:09:00Z, each: {dst_port: 1..50}}
      - raw: '{"flow_start": 1, "flow'
    expected:
      beacons:
        - {entity: 10.0.0.7, flow_count: 20, score: 0.95}
      ledger: []

`given` is a list of entries. A record has the fields that its source names, or takes them from `defaults`; null leaves
a field out. `at` is when it ended, in UTC unless it says otherwise, and sets the field that the source's header names
as `time`. `duration`, of sources with a flow_start, is how long before that it started, 0 if it is absent. Durations
are written 500 ms, 30 s, 5 min, 2 h, 1 d.
- `every` and `times` repeat a record; several gaps are taken in turn, and without `every` all come at the same time.
- A list is taken in turn, one value each time, and begins again at its end: octets_out: [310, 320]. So is a range of
  numbers, alone or at the end of a text: dst_port: 1..50, src_addr: 10.0.0.1..20.
- Fields under `each` are combined instead: each time there is one record for every combination of their values.
- `raw` is a line as it is.
Lines are in the order in which they arrive: at `at`, or at `arrives`, which makes a record late; a raw line arrives
with what is written before it, unless it has an `arrives`; what arrives at the same time is in the order written.
`given: {recording: FILE}` stands for the lines of a file beside the case, as `flowsift case` writes it.

`expected` has the rows of the analysis and, where wanted, of the sinks of the accounting. They are compared without
order, in the columns that a row names, and floats with a tolerance. [] expects no rows.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ruamel.yaml.nodes import MappingNode, Node

from flowsift.catalog.library import Library
from flowsift.engine.endpoints import FileInput, FileOutput
from flowsift.engine.flink.jvm import SHORT_LIVED, prepare_java
from flowsift.engine.job import Run
from flowsift.engine.results import rows
from flowsift.engine.submit import run, shared_cluster
from flowsift.errors import UserError, shown
from flowsift.scratch import scratch_folder
from flowsift.workbench.case_records import Records
from flowsift.workbench.case_yaml import Document, end_of, is_in_brackets, replaced, row_text
from flowsift.workbench.differences import Difference, differences, readable

# In a project.
CASES_FOLDER = Path("tests", "cases")
_FEW_ROWS_SETTINGS = {
    "parallelism.default": "1",
    # A file is complete with the checkpoint that follows its last row.
    "execution.checkpointing.interval": "200 ms",
    # Methods short enough to be compiled when they are hot take long to make, and pay off over many rows only.
    "table.generated-code.max-length": "40000",
}
# Where the input was on the machine that ran the case.
_POSITION = "record_source"
_KEYS = ("source", "parameters", "defaults", "given", "expected")


@dataclass(frozen=True)
class Case:
    """A file with records and the rows that an analysis makes of them. Raises Problems when what is wrong is read."""

    path: Path

    @property
    def analysis(self) -> str:
        return self.path.parent.name

    @property
    def name(self) -> str:
        return f"{self.analysis}/{self.path.stem}"

    @cached_property
    def _document(self) -> Document:
        return Document(self.path)

    @cached_property
    def _parts(self) -> dict[str, Node]:
        return self._document.mapping(self._document.root, _KEYS)

    @property
    def source(self) -> str:
        """The format of the records."""
        return self._document.text_of(self._parts["source"], "a name") if "source" in self._parts else "flows"

    @property
    def parameters(self) -> dict[str, str]:
        if "parameters" not in self._parts:
            return {}
        values = self._document.mapping(self._parts["parameters"])
        return {name: self._document.text_of(node, "a value") for name, node in values.items()}

    def expected(self) -> dict[str, list[dict]]:
        """The expected rows of each sink that is named."""
        return {sink: [self._row(node) for node in found] for sink, found in self._rows().items()}

    def _row(self, node: Node) -> dict:
        return {name: self._document.plain(value) for name, value in self._document.mapping(node, of="a row").items()}

    def _sinks(self) -> dict[str, Node]:
        expected = self._parts.get("expected")
        return {} if expected is None else self._document.mapping(expected)

    def _rows(self) -> dict[str, list[Node]]:
        """The nodes of the rows of each sink."""
        return {sink: self._document.items(node, "rows, or []") for sink, node in self._sinks().items()}

    def input(self, library: Library, folder: Path) -> Path:
        """The file of records: the recording, or what is given, written into a folder."""
        source = library.source(self.source)
        given = self._parts.get("given")
        if given is None:
            raise self._document.wrong(self._document.root, "a case says what is given; add given: and its records")
        if isinstance(given, MappingNode):
            node = self._document.mapping(given, ("recording",), of="given").get("recording", given)
            path = self.path.with_name(self._document.text_of(node, "the name of a file"))
            if not path.is_file():
                raise self._document.wrong(node, f"there is no file {shown(path)}")
            return path.resolve()
        records = Records(self._document, source)
        if "defaults" in self._parts:
            records.set_defaults(self._parts["defaults"])
        path = folder / f"{self.path.stem}.jsonl"
        lines = records.lines(self._document.items(given, "records"))
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        return path

    def found(self, library: Library, accounting: list[str], run: Callable[..., None] = run) -> dict[str, list[dict]]:
        """Run the analysis over the input; returns its rows and those of these sinks of the accounting."""
        if unknown := [sink for sink in accounting if sink not in library.all("accounting")]:
            raise self._document.wrong(
                self._sinks().get(unknown[0], self._document.root),
                f"{unknown[0]} is no sink of this case; "
                f"there are: {', '.join([self.analysis, *library.all('accounting')])}",
            )
        with scratch_folder() as scratch:
            output = FileOutput(scratch / "output")
            path = self.input(library, scratch)
            records = FileInput(path.name, [path])
            request = Run(self.source, records, output, [self.analysis], self.parameters, tuple(accounting))
            run(request, _FEW_ROWS_SETTINGS, library=library)
            return {sink: rows(output.folder / sink) for sink in (self.analysis, *accounting)}

    def write(self, sink: str, found: list[dict]) -> Case:
        """Make these rows the expected ones of a sink; returns the case as it then is.

        A row that is as expected stays as it is written. One that differs keeps its line and its columns; a new one has
        the columns that the others name, or all.
        """
        text, rows = self._document.text, self._rows().get(sink, [])
        changed = differences(expected := [self._row(node) for node in rows], found)
        named = dict.fromkeys(column for row in expected for column in row)
        edits, gone = [], 0
        for node, row in zip(rows, expected):
            difference = next((other for other in changed if other.expected is row), None)
            if difference is None:
                continue
            if difference.found is None:
                start = text.rfind("\n", 0, node.start_mark.index) + 1
                edits.append((start, _line_end(text, end_of(node)), ""))
                gone += 1
            else:
                kept = _columns(difference.found, list(row))
                edits.append((node.start_mark.index, end_of(node), row_text(kept, node.start_mark.column)))
        from_scratch = gone == len(rows) or is_in_brackets(self._sinks()[sink])
        unexpected = [row.found for row in changed if row.expected is None and row.found is not None]
        new = sorted(found if from_scratch else unexpected, key=_position_in_order)
        kept = [_columns(row, list(named)) for row in new]
        if from_scratch:
            edits = [self._all_rows(sink, kept)]
        elif kept:
            column, end = self._sinks()[sink].start_mark.column, _line_end(text, end_of(rows[-1]))
            edits.append((end, end, _listed(kept, column)))
        self.path.write_text(replaced(text, edits), encoding="utf-8")
        return Case(self.path)

    def _all_rows(self, sink: str, kept: list[dict]) -> tuple[int, int, str]:
        """What to put where, so that these are the only rows of a sink."""
        text, sinks = self._document.text, self._sinks()
        listed = f"\n{_listed(kept, 4)}".rstrip("\n") if kept else " []"
        if sink in sinks:
            node = sinks[sink]
            start = text.rfind(":", 0, node.start_mark.index) + 1
            return start, end_of(node), listed
        if sinks:
            end = _line_end(text, end_of(list(sinks.values())[-1]))
            return end, end, f"  {sink}:{listed}\n"
        if "expected" in self._parts:
            node = self._parts["expected"]
            return text.rfind(":", 0, node.start_mark.index) + 1, end_of(node), f"\n  {sink}:{listed}"
        return len(text), len(text), f"{'' if text.endswith(chr(10)) else chr(10)}expected:\n  {sink}:{listed}\n"


def _line_end(text: str, offset: int) -> int:
    """Where the line after this one begins."""
    end = text.find("\n", offset)
    return len(text) if end < 0 else end + 1


def _listed(kept: list[dict], column: int) -> str:
    return "".join(f"{' ' * column}- {row_text(row, column + 2)}\n" for row in kept)


def _columns(row: dict, named: list[str]) -> dict:
    """A row in these columns, if it has them all: of one that is gone or has a new name the analyst decides."""
    if named and all(name in row for name in named):
        return {name: row[name] for name in named}
    return {name: value for name, value in row.items() if name != _POSITION}


def all_cases(root: Path) -> list[Case]:
    """Every case of a tree."""
    return [Case(path) for path in sorted(root.glob("*/*.yaml"))]


def find(library: Library, names: list[str], root: Path) -> list[Case]:
    """The cases of these analyses, or these cases (ANALYSIS/CASE); all where none is named."""
    cases = all_cases(root)
    library.analyses([name.partition("/")[0] for name in names] or [case.analysis for case in cases])
    for name in names:
        analysis = name.partition("/")[0]
        if not any(name in (case.analysis, case.name) for case in cases):
            there = ", ".join(case.path.stem for case in cases if case.analysis == analysis)
            raise UserError(
                f"no case {name}; those of {analysis} are: {there}"
                if there
                else f"{analysis} has no cases; a case is a file {shown(root / analysis)}/<what_happens>.yaml"
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
    fires = {case.path.stem: bool(case.expected().get(analysis)) for case in cases}
    if not any(fires.values()):
        yield f"{analysis} has no case that fires: one with rows under expected"
    if not any(name.startswith("stays_") and not fires[name] for name in fires):
        yield f"{analysis} has no case that stays quiet: one named stays_…, with {analysis}: [] under expected"


def run_cases(library: Library, names: list[str], root: Path, *, accept: bool = False) -> bool:
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
            raise UserError(f"it lacks {case.analysis} under expected, [] where no row is expected; --accept writes it")
        found, differing = compare(case, library, run)
    except UserError as error:
        return "FAILED", [f"  {line}" for line in str(error).splitlines()]
    lines = [line for sink, difference in differing.items() for line in readable(sink, difference)]
    if not accept:
        return "FAILED" if differing else "ok", lines
    changed = sorted(differing.keys() | {case.analysis} - case.expected().keys())
    for sink in changed:
        case = case.write(sink, found[sink])
    lines += [f"  wrote {shown(case.path)}: {', '.join(changed)}"] if changed else []
    lines += [f"  note: {sink} has no rows any more" for sink in changed if not found[sink]]
    return "accepted" if differing else "ok", lines


def _position_in_order(row: dict) -> list[tuple]:
    return [(0, value, "") if isinstance(value, (int, float)) else (1, 0, json.dumps(value)) for value in row.values()]
