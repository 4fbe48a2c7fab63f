"""Watching a job on the mini-cluster."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Callable

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from flowsift.engine.flink.running import RunningJob

_POLL_S = 0.5


def watch(job: RunningJob) -> None:
    """Show how far a job on the mini-cluster is, until it ends; raises UserError if it fails."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("starting", total=None)
        wait_looking(job, lambda: progress.update(task, description=_counts(job)))


def wait_looking(job: RunningJob, look: Callable[[], None]) -> None:
    """Wait for a job, and look again and again until it ends; raises UserError if it fails."""
    ended = threading.Event()

    def poll() -> None:
        while not ended.wait(_POLL_S):
            look()

    poller = threading.Thread(target=poll, daemon=True)
    poller.start()
    try:
        job.wait()
    finally:
        ended.set()
        poller.join()


def _counts(job: RunningJob) -> str:
    try:
        with urllib.request.urlopen(f"{job.rest}/jobs/{job.id}", timeout=2) as answer:
            vertices = json.load(answer)["vertices"]
    except (OSError, KeyError):
        return "running"  # the mini-cluster comes and goes with its job; only the display depends on it
    moved = max(vertex["metrics"]["write-records"] for vertex in vertices)
    done = sum(vertex["status"] == "FINISHED" for vertex in vertices)
    return f"running: {moved:,} rows passed on, {done} of {len(vertices)} steps done"
