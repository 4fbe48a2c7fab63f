"""Settings of Flink: those of every job, of a job on this machine, and of one that is only planned."""

from __future__ import annotations

import os
import random
import re
import shlex
import socket
import sys
from contextlib import suppress
from pathlib import Path

from flowsift.errors import UserError

_OF_EVERY_JOB = {
    # Shared views are planned once and their rows computed once; a scan serves every statement.
    "table.optimizer.reuse-optimize-block-with-digest-enabled": "true",
    # Operators of one chain hand rows on without copying them; all of them are the planner's own.
    "pipeline.object-reuse": "true",
    "execution.checkpointing.interval": "10 s",
    "python.fn-execution.bundle.size": "10000",
    "python.fn-execution.arrow.batch.size": "10000",
}
_ZONE = "table.local-time-zone"
# Over a hundred tasks that start at once on few cores keep Flink from answering itself; it gives up after ten seconds.
PATIENT = {"pekko.ask.timeout": "2 min"}
# For the embedded mini-cluster only; a real cluster has its own.
_LOCAL = {
    **PATIENT,
    "execution.checkpointing.interval": "3 s",
    "restart-strategy.type": "fixed-delay",
    "restart-strategy.fixed-delay.attempts": "3",
    "taskmanager.memory.managed.size": "512m",
    "taskmanager.memory.network.min": "256m",
    "taskmanager.memory.network.max": "256m",
}


def in_utc(settings: dict[str, str]) -> dict[str, str]:
    """These settings on top of ours; raises UserError for a time zone, since windows and what is learned are in UTC."""
    zone = settings.get(_ZONE, "UTC")
    if zone != "UTC":
        raise UserError(f"{_ZONE}: all times are UTC, got {zone!r}; leave it out")
    return {**_OF_EVERY_JOB, _ZONE: zone, **settings}


def local_settings(scratch: Path) -> dict[str, str]:
    """Settings of the embedded mini-cluster, its REST port among them; checkpoints go to `scratch`."""
    return {
        **_LOCAL,
        "execution.checkpointing.dir": (scratch / "checkpoints").as_uri(),
        "rest.bind-address": "127.0.0.1",
        "rest.bind-port": str(free_port()),
        "parallelism.default": str(os.cpu_count() or 1),
        "python.executable": _python(scratch),
        "python.client.executable": sys.executable,
    }


def _python(scratch: Path) -> str:
    """This Python for Flink's workers; Flink splits its path at blanks, so one that has some stands in a script."""
    if not re.search(r"\s", sys.executable):
        return sys.executable
    if re.search(r"\s", str(scratch)):
        raise UserError(
            f"Flink starts no Python whose path has blanks, {sys.executable}; set TMPDIR to a folder without any"
        )
    script = scratch / "python.sh"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    script.chmod(0o755)
    return str(script)


def planning_settings(scratch: Path) -> dict[str, str]:
    """Settings for a job that is planned and never run: its code need not be split into methods that compile well."""
    return {**local_settings(scratch), "table.generated-code.max-length": str(10**8)}


def free_port() -> int:
    """A port nobody listens on, below those that the system hands out to clients in the meantime."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port
