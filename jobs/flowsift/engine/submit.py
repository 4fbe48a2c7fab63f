"""Run a job from the command line: check, submit, show progress, tidy up, sum up."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from flowsift.catalog.file import SqlFile
from flowsift.catalog.library import Library
from flowsift.engine.endpoints import FileOutput, KafkaInput
from flowsift.engine.flink.api import PROJECT_ROOT
from flowsift.engine.flink.jvm import inside_flink_run, prepare_java
from flowsift.engine.flink.kafka_admin import create_outputs, located, redacted
from flowsift.engine.job import Job, Run, udfs_archive, wait
from flowsift.errors import UserError
from flowsift.report.progress import watch
from flowsift.scratch import scratch_folder
from flowsift.testbed.clusters import PATIENT, free_port

if TYPE_CHECKING:
    from pyflink.common import JobClient

# For the embedded mini-cluster only; a real cluster has its own.
_LOCAL_SETTINGS = {
    **PATIENT,
    "execution.checkpointing.interval": "3 s",
    "restart-strategy.type": "fixed-delay",
    "restart-strategy.fixed-delay.attempts": "3",
    "taskmanager.memory.managed.size": "512m",
    "taskmanager.memory.network.min": "256m",
    "taskmanager.memory.network.max": "256m",
}


_LOOPBACK_PYTHON = str(Path(__file__).with_name("flink") / "loopback_python.sh")


class Show(Enum):
    """What a user wants to see of a run."""

    RESULTS = auto()
    PLAN = auto()
    SCRIPT = auto()


def local_settings(scratch: Path) -> dict[str, str]:
    """Settings of the embedded mini-cluster, its REST port among them; checkpoints go to `scratch`."""
    return {
        **_LOCAL_SETTINGS,
        "execution.checkpointing.dir": (scratch / "checkpoints").as_uri(),
        "rest.bind-address": "127.0.0.1",
        "rest.bind-port": str(free_port()),
        "parallelism.default": str(os.cpu_count() or 1),
        "python.executable": _LOOPBACK_PYTHON if _can_be_run(_LOOPBACK_PYTHON) else sys.executable,
        "python.client.executable": sys.executable,
    }


def _can_be_run(script: str) -> bool:
    """Whether Flink can run a script, which it splits at blanks; a file's mode may be lost in a copy."""
    return os.access(script, os.X_OK) and not re.search(r"\s", script)


def planning_settings(scratch: Path) -> dict[str, str]:
    """Settings for a job that is planned and never run: its code need not be split into methods that compile well."""
    return {**local_settings(scratch), "table.generated-code.max-length": str(10**8)}


def run(
    request: Run,
    settings: dict[str, str],
    *,
    library: Library | None = None,
    show: Show = Show.RESULTS,
    watching: Callable[[JobClient, str], None] = watch,
) -> None:
    """Run the job and wait for its end, unless it has none and a cluster runs it; or only show what would run.

    `watching` waits for a job on the mini-cluster, given its client and the address of its REST interface.
    """
    library = library or Library()
    library.source(request.source)
    sinks = request.sinks(library)
    with scratch_folder() as scratch:
        _run(request, library, sinks, settings, scratch, show, watching)


def _run(
    request: Run,
    library: Library,
    sinks: list[SqlFile],
    settings: dict[str, str],
    scratch: Path,
    show: Show,
    watching: Callable[[JobClient, str], None],
) -> None:
    local = not inside_flink_run()
    if local:
        prepare_java()
    # A script outlives this run.
    archive = udfs_archive(PROJECT_ROOT / "build" if show is Show.SCRIPT else scratch)
    settings = {"python.files": str(archive), **settings}
    settings_here = local_settings if show is Show.RESULTS else planning_settings
    place = settings_here(scratch) if local else {}
    secrets = getattr(request.input, "properties", {}) | getattr(request.output, "properties", {})
    if isinstance(request.input, KafkaInput):
        request = replace(request, input=located(request.input, request.jars))
    if isinstance(request.output, FileOutput):
        request.output.check([file.name for file in sinks])
    elif show is Show.RESULTS:
        create_outputs(request.output, {file.name: bool(file.key) for file in sinks}, request.jars)
    try:
        job = Job(request, library, {**place, **settings})
        if show is not Show.RESULTS:
            print(redacted(job.plan() if show is Show.PLAN else job.script(settings), secrets))
            return
        submitted = job.submit()
        if local:
            watching(submitted, f"http://127.0.0.1:{place['rest.bind-port']}")
        elif request.input.bounded:
            wait(submitted)
        else:
            print(f"submitted as job {submitted.get_job_id()}")
            return
    except UserError as error:
        raise UserError(redacted(str(error), secrets)) from error.__cause__
    if isinstance(request.output, FileOutput):
        for file in sinks:
            if file.key:
                keep_latest(request.output.folder / file.name, file.key)


def sum_up(request: Run) -> None:
    """Print what came out, the ledger where it can be read, and where the results are."""
    if isinstance(request.output, FileOutput):
        folder = request.output.folder
        sinks = request.sinks(Library())
        counts = {file.name: _row_count(folder / file.name) for file in sinks if file.name != "ledger"}
        print("Rows: " + ", ".join(f"{name} {count:,}" for name, count in counts.items()))
        print_ledger(rows(folder / "ledger"))
        print(f"Results: {request.output.folder}/<sink>/")
    else:
        print(f"Results: the topics of {request.output.server} named {request.output.prefix}<sink>")


def rows(folder: Path) -> list[dict]:
    """The rows of a sink's folder in the order in which they were written."""
    parts = sorted(folder.glob("part-*"), key=lambda path: [int(number) for number in path.name.split("-")[-2:]])
    return [json.loads(line) for part in parts for line in part.read_text(encoding="utf-8").splitlines()]


def _row_count(folder: Path) -> int:
    return sum(len(part.read_bytes().splitlines()) for part in folder.glob("part-*"))


def keep_latest(folder: Path, key: list[str]) -> None:
    """Replace the log of an updating result by its last row of each key."""
    parts = list(folder.glob("part-*"))
    latest = {tuple(row[name] for name in key): row for row in rows(folder)}
    if parts:
        compacted = folder / ".latest"
        compacted.write_text("".join(json.dumps(row) + "\n" for row in latest.values()), encoding="utf-8")
        for part in parts:
            part.unlink()
        compacted.rename(folder / "part-latest-0-0")


def print_ledger(ledger: list[dict]) -> None:
    """Print what became of all records, and whether it adds up."""
    total = {name: sum(row[name] for row in ledger) for name in ("received", "accepted", "late", "dead")}
    sums = "  ".join(f"{name} {count:,}" for name, count in total.items())
    balanced = total["received"] == total["accepted"] + total["late"] + total["dead"]
    print(f"Ledger: {sums}  ({'every record is accounted for' if balanced else 'IT DOES NOT BALANCE'})")
