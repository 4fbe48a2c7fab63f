"""What a user sees while something runs."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from flowsift.engine.endpoints import TRUTH_SUFFIX, KafkaInput
from flowsift.engine.job import wait
from flowsift.testbed.generate import Recipe, to_file, to_kafka, write_truth

if TYPE_CHECKING:
    from pyflink.common import JobClient

_POLL_S = 0.5


def generate_to(
    recipe: Recipe, target: Path | KafkaInput, truth_path: Path | None, per_second: float | None = None
) -> int:
    """Write traffic to a file or topic under a progress bar, and the truth beside it; returns the number of records."""
    begin, total = time.monotonic(), 0
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[lines]:,} records"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("generating", total=recipe.duration_s * 1_000, lines=0)

        def advance(lines: int, time_ms: int) -> None:
            nonlocal total
            total += lines
            progress.update(task, completed=min(time_ms - recipe.start_ms, recipe.duration_s * 1_000), lines=total)

        if isinstance(target, KafkaInput):
            truth = to_kafka(recipe, target.server, target.topic, target.properties, per_second, advance)
            name, truth_path = (
                f"kafka://{target.server}/{target.topic}",
                truth_path or Path(target.topic + TRUTH_SUFFIX),
            )
        else:
            truth = to_file(recipe, target, advance)
            name, truth_path = str(target), truth_path or target.with_name(target.name + TRUTH_SUFFIX)
    if truth:
        write_truth(truth_path, truth)
    seconds = time.monotonic() - begin
    print(f"{total:,} records to {name} in {seconds:.1f} s" + (f"; what was planted: {truth_path}" if truth else ""))
    return total


def watch(job: JobClient, rest: str) -> None:
    """Show how far a job on the mini-cluster is, until it ends; raises UserError if it fails."""
    job_id = str(job.get_job_id())
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("starting", total=None)
        wait_looking(job, lambda: progress.update(task, description=_counts(rest, job_id)))


def wait_looking(job: JobClient, look: Callable[[], None]) -> None:
    """Wait for a job, and look again and again until it ends; raises UserError if it fails."""
    ended = threading.Event()

    def poll() -> None:
        while not ended.wait(_POLL_S):
            look()

    poller = threading.Thread(target=poll, daemon=True)
    poller.start()
    try:
        wait(job)
    finally:
        ended.set()
        poller.join()


def _counts(rest: str, job_id: str) -> str:
    try:
        with urllib.request.urlopen(f"{rest}/jobs/{job_id}", timeout=2) as answer:
            vertices = json.load(answer)["vertices"]
    except (OSError, KeyError):
        return "running"  # the mini-cluster comes and goes with its job; only the display depends on it
    moved = max(vertex["metrics"]["write-records"] for vertex in vertices)
    done = sum(vertex["status"] == "FINISHED" for vertex in vertices)
    return f"running: {moved:,} rows handed on, {done} of {len(vertices)} steps done"
