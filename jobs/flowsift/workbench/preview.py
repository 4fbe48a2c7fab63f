"""Try an analysis on recorded traffic and see its first rows while they come."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rich.console import Group
from rich.live import Live
from rich.text import Text

from flowsift.catalog.file import SqlFile
from flowsift.catalog.library import Library
from flowsift.engine.contract import LEDGER
from flowsift.engine.endpoints import FileInput, FileOutput
from flowsift.engine.flink.running import RunningJob
from flowsift.engine.job import Run
from flowsift.engine.results import rows
from flowsift.engine.submit import run
from flowsift.report.progress import wait_looking
from flowsift.report.summary import print_ledger
from flowsift.report.tables import console, in_order, row_table
from flowsift.scratch import scratch_folder

# Rows are seen when a checkpoint writes them.
SETTINGS = {"execution.checkpointing.interval": "1 s"}


@dataclass(frozen=True)
class Preview:
    """What to try, and how many rows to show."""

    analysis: str
    source: str
    input: FileInput
    parameters: dict[str, str]
    limit: int

    def request(self, output: Path) -> Run:
        """The run that writes its results to `output`."""
        return Run(self.source, self.input, FileOutput(output.resolve()), [self.analysis], self.parameters)


def preview(asked: Preview, library: Library) -> None:
    """Run an analysis and show its first rows while they come, then the ledger."""
    out = console()
    file = library.analyses([asked.analysis])[0]
    with scratch_folder() as folder:
        sink = folder / asked.analysis
        with Live(console=out, refresh_per_second=4, transient=True) as live:

            def show(job: RunningJob) -> None:
                wait_looking(job, lambda: live.update(_so_far(file, sink, asked.limit)))

            run(asked.request(folder), SETTINGS, library=library, watching=show)
        found = _latest(file, rows(sink))
        out.print(_view(file, found, asked.limit, len(found), "in all"))
        print_ledger(rows(folder / LEDGER))


def _so_far(file: SqlFile, sink: Path, limit: int) -> Group:
    """What checkpoints have written, to unfinished files too; there may be much, so that only what is shown is read."""
    lines: list[bytes] = []
    for part in sorted(sink.glob("*part-*")):
        # One that was finished, and so renamed, while we looked is seen by the next look.
        with suppress(FileNotFoundError):
            lines += part.read_bytes().split(b"\n")[:-1]
    shown = lines if file.key else lines[:limit]
    found = _latest(file, [json.loads(line) for line in shown])
    return _view(file, found, limit, len(found) if file.key else len(lines), "so far")


def _latest(file: SqlFile, found: list[dict]) -> list[dict]:
    """The rows that count: the last of each key, where there is one."""
    return list({tuple(row[name] for name in file.key): row for row in found}.values()) if file.key else found


def _view(file: SqlFile, found: list[dict], limit: int, count: int, how_far: str) -> Group:
    said = Text(f"{file.name}: {count:,} rows {how_far}" + (f", {limit} of them shown" if count > limit else ""))
    return Group(row_table(in_order(found, file.order)[:limit]), said) if found else Group(said)
