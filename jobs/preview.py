"""Try an analysis on recorded traffic and see its first rows while they come."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Group
from rich.live import Live
from rich.text import Text

from jobs.endpoints import FileInput, FileOutput
from jobs.job import Run
from jobs.library import Library
from jobs.progress import wait_looking
from jobs.runner import print_ledger, rows, run
from jobs.sqlfile import SqlFile
from jobs.tables import console, identity, row_table

if TYPE_CHECKING:
    from pyflink.common import JobClient

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
    with tempfile.TemporaryDirectory(prefix="flowsift-preview-") as folder:
        sink = Path(folder) / asked.analysis
        with Live(console=out, refresh_per_second=4, transient=True) as live:

            def show(job: JobClient, _rest: str) -> None:
                wait_looking(job, lambda: live.update(_view(file, _so_far(sink), asked.limit, "so far")))

            run(asked.request(Path(folder)), SETTINGS, library=library, watching=show)
        out.print(_view(file, rows(sink), asked.limit, "in all"))
        print_ledger(rows(Path(folder) / "ledger"))


def _so_far(sink: Path) -> list[dict]:
    """The rows that checkpoints have written, those in unfinished files among them."""
    found = []
    for part in sorted(sink.glob("*part-*")):
        try:
            text = part.read_bytes()
        except FileNotFoundError:
            continue  # finished, and so renamed, while we looked; the next look sees it
        found += [json.loads(line) for line in text.split(b"\n")[:-1]]
    return found


def _view(file: SqlFile, found: list[dict], limit: int, how_far: str) -> Group:
    if file.key:
        found = list({tuple(row[name] for name in file.key): row for row in found}.values())
    count = Text(f"{file.name}: {len(found):,} rows {how_far}" + (f", the first {limit}" if len(found) > limit else ""))
    return Group(row_table(sorted(found, key=identity)[:limit]), count) if found else Group(count)
